"""Which language a page speaks: by script, then by region, the way readers in Hong Kong and Macau need it.

The usual negotiation answers a zh-HK phone in English and a zh-MO phone in Portuguese, because it compares tags
letter by letter. Here a range is read as language, script and region (RFC 5646 §2.1): Chinese is Traditional when
the script says so, or when the region writes it so.
"""

from collections.abc import Iterator

from gateway.frozen import Frozen


class Language(Frozen):
    """A language that the site speaks. `code` stands in addresses; `tag` is the page's `lang` (script and region)."""

    code: str
    tag: str
    catalogue: str  # directory under translations
    formats: str  # CLDR locale of dates: short ones differ on both sides of the border, so only long ones are shown
    name: str  # in itself
    short: str
    voice: str  # BCP 47 tag asked of speech synthesis
    overlay: str | None = None  # a small catalogue merged over the other


TRADITIONAL = Language(
    code="zh-Hant",
    tag="zh-Hant-HK",
    catalogue="zh_Hant_HK",
    formats="zh_Hant_HK",
    name="繁體中文",
    short="繁",
    voice="zh-HK",
)
SIMPLIFIED = Language(
    code="zh-Hans",
    tag="zh-Hans-CN",
    catalogue="zh_Hans_CN",
    formats="zh_Hans_CN",
    name="简体中文",
    short="简",
    voice="zh-CN",
)
ENGLISH = Language(code="en", tag="en-HK", catalogue="en", formats="en_HK", name="English", short="EN", voice="en-GB")
PORTUGUESE = Language(
    code="pt", tag="pt-PT", catalogue="pt_PT", formats="pt_PT", name="Português", short="PT", voice="pt-PT"
)
# The address stays /zh-Hant/; the words are Macau's where they differ (櫃枱, 電子身份).
MACAU = Language(
    code="zh-Hant",
    tag="zh-Hant-MO",
    catalogue="zh_Hant_HK",
    formats="zh_Hant_MO",
    overlay="zh_Hant_MO",
    name="繁體中文",
    short="繁",
    voice="zh-HK",
)

LANGUAGES = (TRADITIONAL, SIMPLIFIED, ENGLISH, PORTUGUESE)
BY_CODE = {language.code: language for language in LANGUAGES}
WITHOUT_A_WISH = TRADITIONAL  # no header at all
OTHERWISE = ENGLISH  # a header, and nothing of ours in it

CHINESE = frozenset({"zh", "cmn", "yue", "nan", "hak"})
TRADITIONAL_REGIONS = frozenset({"hk", "mo", "tw"})
LONGEST_HEADER = 1000
MOST_RANGES = 30


def negotiate(accept_language: str, choice: str | None = None) -> Language:
    """The language to answer in. An explicit choice wins over the header."""
    if choice in BY_CODE:
        return BY_CODE[choice]
    if not accept_language.strip():
        return WITHOUT_A_WISH
    spoken = (language_of(tag) for tag in ranges(accept_language))
    return next((language for language in spoken if language is not None), OTHERWISE)


def language_of(tag: str) -> Language | None:
    """The site's language for one language range, or None."""
    primary, *rest = tag.split("-")
    if primary in CHINESE:
        if "hant" in rest:
            return TRADITIONAL
        if "hans" in rest:
            return SIMPLIFIED
        if TRADITIONAL_REGIONS.intersection(rest):
            return TRADITIONAL
        # CLDR likely subtags: yue alone is Hant, zh alone is Hans.
        return TRADITIONAL if primary == "yue" and "cn" not in rest else SIMPLIFIED
    return {"en": ENGLISH, "pt": PORTUGUESE}.get(primary)


def with_local_words(language: Language, accept_language: str) -> Language:
    """The same language, in Macau's words when the reader's first Chinese range is Macau's."""
    if language is not TRADITIONAL or "mo" not in accept_language.lower():
        return language
    first = next((tag for tag in ranges(accept_language) if tag.split("-")[0] in CHINESE), "")
    return MACAU if "mo" in first.split("-") else language


def ranges(header: str) -> Iterator[str]:
    """Language ranges by falling quality, in lower case; those with q=0 are not wanted (RFC 9110 §12.5.4)."""
    weighed = []
    for position, part in enumerate(header[:LONGEST_HEADER].split(",")[:MOST_RANGES]):
        tag, _, parameters = part.strip().partition(";")
        quality = _quality(parameters)
        if tag and quality > 0:
            weighed.append((-quality, position, tag.strip().lower().replace("_", "-")))
    yield from (tag for _, _, tag in sorted(weighed))


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    if name.strip() != "q":
        return 1.0
    try:
        quality = float(value)
    except ValueError:
        return 0.0
    return quality if 0.0 <= quality <= 1.0 else 0.0
