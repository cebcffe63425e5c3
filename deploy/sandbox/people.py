"""The sandbox's persons: invented, obviously so, and each interesting for a reason.

Numbers carry valid check digits where a check exists, and stand in ranges that nobody is given. Sign-in words are no
secrets: every page of the sandbox shows them.
"""

# ruff: noqa: S106 - the passwords are the sandbox's own and shown on its pages

from datetime import date

from deploy.sandbox.person import GuangdongAccount, HomeRecord, Person
from gateway.identity.document import DocumentType
from gateway.identity.region import Region

# What Guangdong's real platform calls these documents is not public; these codes are the sandbox's own.
ID_CARD_TYPES = {
    "10": DocumentType.PRC_ID,
    "20": DocumentType.OTHER_PASSPORT,
    "41": DocumentType.HOME_RETURN_PERMIT,
    "42": DocumentType.RESIDENCE_PERMIT,
    "43": DocumentType.HOME_RETURN_PERMIT_NON_CHINESE,
}

PERMIT, RESIDENCE, NON_CHINESE = (
    DocumentType.HOME_RETURN_PERMIT,
    DocumentType.RESIDENCE_PERMIT,
    DocumentType.HOME_RETURN_PERMIT_NON_CHINESE,
)

PEOPLE: tuple[Person, ...] = (
    Person(
        id="chan-tai-man",
        region=Region.HONG_KONG,
        login="taiman",
        password="kapok-2871",
        home=HomeRecord(
            number="Z999901A",
            latin_name="CHAN, Tai Man",
            chinese_name="陳大文",
            sex="M",
            birth_date=date(1985, 4, 12),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0001",
            name="陈大文",
            document=(PERMIT, "H9999990101"),
            sex="1",
            birth_date=date(1985, 4, 12),
            level="L2",
        ),
        story="The plain case: a Home Return Permit in Guangdong, and everything agrees.",
        story_zh="最普通的情況：廣東帳戶綁定回鄉證，各項資料一致。",
        expect="match",
    ),
    Person(
        id="wong-siu-ling",
        region=Region.HONG_KONG,
        login="siuling",
        password="banyan-4410",
        home=HomeRecord(
            number="Z9999028",
            latin_name="WONG, Siu Ling",
            chinese_name="黃小玲",
            sex="F",
            birth_date=date(1988, 8, 8),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0002",
            name="黄小玲",
            document=(RESIDENCE, "810000198808089907"),
            sex="2",
            birth_date=None,
            level="L3",
        ),
        story="Lives in Shenzhen on a residence permit; her Guangdong account is at the highest level.",
        story_zh="持港澳居民居住證在深圳生活，廣東帳戶屬最高等級。",
        expect="match",
    ),
    Person(
        id="lee-ka-yan",
        region=Region.HONG_KONG,
        login="kayan",
        password="lychee-7093",
        home=HomeRecord(
            number="Z9999036",
            latin_name="LEE, Ka Yan",
            chinese_name="李嘉欣",
            sex="F",
            birth_date=date(1992, 3, 1),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0003",
            name="李嘉欣",
            document=(PERMIT, "H99999903"),
            sex="2",
            birth_date=date(1992, 1, 3),
            level="L2",
        ),
        story="Her two records disagree on the birth date, so they are never bound.",
        story_zh="兩邊紀錄的出生日期不一致，不能綁定。",
        expect="mismatch",
    ),
    Person(
        id="siu-mei-kuen",
        region=Region.HONG_KONG,
        login="meikuen",
        password="orchid-1186",
        home=HomeRecord(
            number="Z9999044",
            latin_name="SIU, Mei Kuen",
            chinese_name="蕭美娟",
            sex="F",
            birth_date=date(1979, 11, 23),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0004",
            name="肖美娟",
            document=(PERMIT, "H9999990400"),
            sex="2",
            birth_date=date(1979, 11, 23),
            level="L2",
        ),
        story="蕭 at home, 肖 in Guangdong: perhaps one surname, perhaps two. A person must decide.",
        story_zh="香港姓「蕭」，廣東寫作「肖」：未必同一姓氏，須由人員判斷。",
        expect="manual",
    ),
    Person(
        id="ho-chi-kin",
        region=Region.HONG_KONG,
        login="chikin",
        password="ginger-5527",
        home=HomeRecord(
            number="Z9999052",
            latin_name="HO, Chi Kin",
            chinese_name="何志健",
            chinese_name_verified=False,
            sex="M",
            birth_date=date(2001, 6, 30),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0005",
            name="何志健",
            document=(PERMIT, "H9999990500"),
            sex="1",
            birth_date=date(2001, 6, 30),
            level="L1",
        ),
        story="His Chinese name is not verified at home, and an unverified name confirms nothing alone.",
        story_zh="中文姓名在香港未經核實，不能單憑姓名確認。",
        expect="manual",
    ),
    Person(
        id="ng-yuk-fong",
        region=Region.HONG_KONG,
        login="yukfong",
        password="longan-3305",
        home=HomeRecord(
            number="Z9999060",
            latin_name="NG, Yuk Fong",
            chinese_name="吳玉芳",
            sex="F",
            birth_date=date(1967, 2, 14),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0006",
            name="吴玉芳",
            document=(DocumentType.OTHER_PASSPORT, "X99999906"),
            sex="2",
            birth_date=date(1967, 2, 14),
            level="L1",
        ),
        story="Her Guangdong account holds neither a Home Return Permit nor a residence permit.",
        story_zh="廣東帳戶既無回鄉證，亦無居住證。",
        expect="manual",
    ),
    Person(
        id="singh-arjun",
        region=Region.HONG_KONG,
        login="arjun",
        password="jasmine-9042",
        home=HomeRecord(
            number="WX7777718",
            latin_name="SINGH, Arjun Dev",
            chinese_name=None,
            sex="M",
            birth_date=date(1990, 10, 2),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0007",
            name="SINGH ARJUN DEV",
            document=(NON_CHINESE, "HA9999907"),
            sex="1",
            birth_date=date(1990, 10, 2),
            level="L2",
        ),
        story="Holds the permit for residents who are not Chinese citizens (issued since July 2024).",
        story_zh="持二○二四年七月起簽發的非中國籍通行證。",
        expect="match",
    ),
    Person(
        id="tang-wing",
        region=Region.HONG_KONG,
        login="wing",
        password="bamboo-6618",
        home=HomeRecord(
            number="Z9999087",
            latin_name="TANG, Wing",
            chinese_name="鄧\U000210c1榮",
            sex="M",
            birth_date=date(1973, 9, 9),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0008",
            name="邓\U000210c1荣",
            document=(PERMIT, "H9999990803"),
            sex="1",
            birth_date=date(1973, 9, 9),
            level="L2",
        ),
        story="A character of his name lies beyond the first plane of Unicode (HKSCS).",
        story_zh="名字含香港增補字符集罕用字（Unicode 第二平面）。",
        expect="match",
    ),
    Person(
        id="tsang-kwok-keung",
        region=Region.HONG_KONG,
        login="kwokkeung",
        password="camphor-2254",
        home=HomeRecord(
            number="Z9999095",
            latin_name="TSANG, Kwok Keung",
            chinese_name="曾國強",
            sex="M",
            birth_date=date(1958, 12, 1),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0009",
            name="曾国强",
            document=(PERMIT, "H9999990902"),
            sex="1",
            birth_date=date(1958, 12, 1),
            level="L0",
        ),
        story="His Guangdong account is at level L0: nobody has checked what it says.",
        story_zh="廣東帳戶為 L0 級：資料未經任何核實。",
        expect="manual",
    ),
    Person(
        id="fung-ka-po",
        region=Region.HONG_KONG,
        login="kapo",
        password="lotus-8139",
        home=HomeRecord(
            number="Z9999109",
            latin_name="FUNG, Ka Po",
            chinese_name="馮家寶",
            sex="F",
            birth_date=date(2009, 5, 20),
        ),
        guangdong=None,
        story="Has no account in Guangdong yet.",
        story_zh="尚未開立廣東帳戶。",
        expect="no_account",
    ),
    Person(
        id="lei-chi-meng",
        region=Region.MACAU,
        login="chimeng",
        password="pagoda-4976",
        home=HomeRecord(
            number="90000113",
            latin_name="LEI CHI MENG",
            chinese_name="李志明",
            sex="M",
            birth_date=date(1981, 7, 17),
            permit=(PERMIT, "M9999991100"),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0011",
            name="李志明",
            document=(PERMIT, "M9999991100"),
            sex="1",
            birth_date=date(1981, 7, 17),
            level="L2",
        ),
        story="The plain case from Macau: both sides hold the same permit number.",
        story_zh="澳門的普通情況：兩邊登記同一通行證號碼。",
        expect="match",
    ),
    Person(
        id="maria-da-silva-leong",
        region=Region.MACAU,
        login="maria",
        password="azulejo-1552",
        home=HomeRecord(
            number="90000127",
            latin_name="Maria João da Silva Leong",
            chinese_name="梁美珊",
            chinese_name_verified=False,
            sex="F",
            birth_date=date(1994, 6, 10),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0012",
            name="LEONG DA SILVA MARIA JOAO",
            document=(NON_CHINESE, "MA9999912"),
            sex="2",
            birth_date=date(1994, 6, 10),
            level="L2",
        ),
        story="A Portuguese name: Guangdong writes it in another order and without accents.",
        story_zh="葡文姓名：廣東登記的次序不同，且無重音符號。",
        expect="match",
    ),
    Person(
        id="ip-wai-keong",
        region=Region.MACAU,
        login="waikeong",
        password="lantern-3690",
        home=HomeRecord(
            number="90000135",
            latin_name="IP WAI KEONG",
            chinese_name="葉偉強",
            sex="M",
            birth_date=date(1979, 3, 15),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0013",
            name="叶伟强",
            document=(RESIDENCE, "820000197903159915"),
            sex="1",
            birth_date=None,
            level="L1",
        ),
        story="Lives in Zhuhai on a residence permit; his Guangdong account is only record-matched (L1).",
        story_zh="持居住證在珠海生活，廣東帳戶為 L1 級。",
        expect="match",
    ),
    Person(
        id="chan-sok-i",
        region=Region.MACAU,
        login="soki",
        password="egret-7401",
        home=HomeRecord(
            number="90000149",
            latin_name="CHAN SOK I",
            chinese_name="陳淑儀",
            sex="F",
            birth_date=date(1970, 1, 31),
            permit=(PERMIT, "M9999991400"),
        ),
        guangdong=GuangdongAccount(
            code="GD-SANDBOX-0014",
            name="陈淑仪",
            document=(PERMIT, "M9999991402"),
            sex="2",
            birth_date=date(1970, 1, 31),
            level="L2",
            version=3,
        ),
        story="Renewed her permit twice since Macau took note of it: the first nine characters stay the same.",
        story_zh="通行證已換領兩次，首九位號碼不變。",
        expect="match",
    ),
)


def person(id_: str) -> Person | None:
    """The person of that id."""
    return next((one for one in PEOPLE if one.id == id_), None)


def by_words(login: str, password: str) -> Person | None:
    """The person whose words these are."""
    return next((one for one in PEOPLE if (one.login, one.password) == (login.strip(), password.strip())), None)


def residents(region: Region) -> tuple[Person, ...]:
    """Who has an account at this region's platform."""
    if region is Region.GUANGDONG:
        return tuple(one for one in PEOPLE if one.guangdong is not None)
    return tuple(one for one in PEOPLE if one.region is region)
