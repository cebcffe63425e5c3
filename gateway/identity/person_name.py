"""Comparing names that two systems hold of one person.

1. Both are folded: NFKC, no spaces, dots or hyphens.
2. Characters are compared one by one: equal, or one is the simplified form of the other.
3. Pairs in the tables below are exceptions: some are one character written two ways, some leave it open whether two
   people are meant, and then a person must decide.
4. Romanised names are equal when they have the same words in any order. No distance, no initials, no guesses.
"""

import re
import unicodedata
from collections.abc import Callable
from enum import StrEnum

Simplify = Callable[[str], str]  # Traditional to Simplified, for one character; supplied from outside

LONGEST = 100  # characters


class Likeness(StrEnum):
    EQUAL = "equal"
    AMBIGUOUS = "ambiguous"  # the same or another person: the characters do not tell
    DIFFERENT = "different"


_SEPARATORS = re.compile(r"[\s.·・‧•．。,，'’`´\-‐-―_/()]+")


def _pairs(text: str) -> frozenset[frozenset[str]]:
    return frozenset(frozenset(pair) for pair in text.split())


# Surnames of two characters: the surname table then covers both.
_COMPOUND_TEXT = (
    "歐陽 欧阳 司徒 司馬 司马 上官 諸葛 诸葛 夏侯 東方 东方 皇甫 尉遲 尉迟 公孫 公孙 長孫 长孙 慕容 "
    "端木 鮮于 鲜于 淳于 令狐 万俟 呼延 軒轅 轩辕"
)
_COMPOUND = frozenset(_COMPOUND_TEXT.split())

# One character with two glyphs in use in the three territories, or with a second simplified form.
_SAME = _pairs(
    "鍾锺 餘馀 啟啓 衞衛 衞卫 峯峰 温溫 黄黃 強强 為爲 戶户 羣群 裏裡 綫線 麪麵 滙匯 濶闊 濶阔 髙高 徳德 恒恆 説說 "
    "畧略 秊年 珎珍 栢柏 栄榮 栄荣"
)

# In a surname: two surnames, or a surname and the character that is often, but not correctly, written for it.
_OPEN_IN_SURNAME = _pairs(
    "於于 範范 後后 餘余 遊游 瀋沈 鬱郁 穀谷 種种 樸朴 麴曲 黨党 薑姜 鐘鍾 蕭肖 萧肖 閻闫 阎闫 傅付 戴代 藍兰 蓝兰 嶽岳"
)

# Anywhere: the conversion loses a difference that names keep.
_OPEN_ANYWHERE = _pairs("乾干 昇陞 徵征 甯宁 甯寧 瞭了 藉借")


def compare_chinese(one: str, other: str, simplify: Simplify) -> Likeness:
    """How alike two names in Han characters are."""
    if len(one) > LONGEST or len(other) > LONGEST:
        return Likeness.DIFFERENT
    left, right = fold_chinese(one), fold_chinese(other)
    if not left or len(left) != len(right):
        return Likeness.DIFFERENT
    if left == right:
        return Likeness.EQUAL
    surname = 2 if left[:2] in _COMPOUND else 1
    found = {
        _compare_character(a, b, simplify, in_surname=position < surname)
        for position, (a, b) in enumerate(zip(left, right, strict=True))
    }
    if Likeness.DIFFERENT in found:
        return Likeness.DIFFERENT
    return Likeness.AMBIGUOUS if Likeness.AMBIGUOUS in found else Likeness.EQUAL


def _compare_character(a: str, b: str, simplify: Simplify, *, in_surname: bool) -> Likeness:
    if a == b:
        return Likeness.EQUAL
    pair = frozenset((a, b))
    if pair in _SAME:
        return Likeness.EQUAL
    if pair in _OPEN_ANYWHERE or (in_surname and pair in _OPEN_IN_SURNAME):
        return Likeness.AMBIGUOUS
    simple_a, simple_b = simplify(a), simplify(b)
    if simple_a == b or simple_b == a:
        return Likeness.EQUAL
    # two Traditional characters that fall together when simplified are two characters
    return Likeness.AMBIGUOUS if simple_a == simple_b else Likeness.DIFFERENT


def latin_words(name: str) -> tuple[str, ...]:
    """The words of a romanised name, folded and sorted; a word that stands twice counts twice."""
    decomposed = unicodedata.normalize("NFKD", name[:LONGEST])
    bare = "".join(c for c in decomposed if not unicodedata.combining(c)).casefold()
    return tuple(sorted(word for word in _SEPARATORS.split(bare) if word))


def compare_latin(one: str, other: str) -> Likeness:
    """Equal when both have the same words, whatever their order; otherwise different."""
    left, right = latin_words(one), latin_words(other)
    return Likeness.EQUAL if left and left == right else Likeness.DIFFERENT


def fold_chinese(name: str) -> str:
    """The characters of a name without what only writes it."""
    return _SEPARATORS.sub("", unicodedata.normalize("NFKC", name))


def has_han(text: str) -> bool:
    """Whether any character is a Han ideograph; those beyond the first plane count (HKSCS)."""
    return any(
        0x3400 <= point <= 0x9FFF or 0xF900 <= point <= 0xFAFF or 0x20000 <= point <= 0x3FFFF
        for point in map(ord, text)
    )
