"""Who plays: a person of the sandbox, in a language, with an answer to the biometric question."""

from gateway.frozen import Frozen


class Resident(Frozen):
    """`phone` is an Accept-Language header; `reads` the language they choose to go on in."""

    label: str
    person: str  # id among the sandbox's persons; the same at home and in Guangdong
    region: str
    phone: str
    first_page: str
    reads: str
    agrees_to_face: bool
    volunteers: tuple[str, ...]  # voluntary claims they tick


HONG_KONG = Resident(
    label="A resident of Hong Kong, in English, who agrees to the face comparison",
    person="wong-siu-ling",
    region="HK",
    phone="zh-HK,zh-TW;q=0.9,zh;q=0.8,en-US;q=0.7",
    first_page="zh-Hant",
    reads="en",
    agrees_to_face=True,
    volunteers=("birthdate",),
)
MACAU = Resident(
    label="A resident of Macau, in Traditional Chinese, who chooses the other way",
    person="lei-chi-meng",
    region="MO",
    phone="zh-MO,zh;q=0.9,pt;q=0.8",
    first_page="zh-Hant",
    reads="zh-Hant",
    agrees_to_face=False,
    volunteers=("chinese_name",),
)
