"""Names are compared by characters and words, and where those do not tell, nothing is decided."""

import pytest

from gateway.identity.person_name import Likeness, compare_chinese, compare_latin, has_han
from gateway.regions.simplify import simplifier

SIMPLIFY = simplifier()

EQUAL = [
    ("陳大文", "陈大文"),
    ("陳 大 文", "陈大文"),
    ("葉小明", "叶小明"),
    ("鍾志強", "钟志强"),
    ("鍾志強", "锺志强"),
    ("蕭美玲", "萧美玲"),
    ("閻立本", "阎立本"),
    ("范仲文", "范仲文"),
    ("於志明", "於志明"),
    ("李範", "李范"),  # not the surname: 范 is how 範 is simplified
    ("黄啟明", "黃启明"),
    ("黃啓明", "黄启明"),
    ("衞斯理", "卫斯理"),
    ("歐陽·鋒", "欧阳锋"),
    ("李𡃁峰", "李𡃁峰"),
    ("李後", "李后"),
]
AMBIGUOUS = [
    ("李乾", "李干"),
    ("於志明", "于志明"),
    ("範文", "范文"),
    ("蕭美玲", "肖美玲"),
    ("閻立", "闫立"),
    ("傅聰", "付聪"),
    ("後羿", "后羿"),
    ("鍾鐘", "钟鍾"),
    ("李復", "李複"),  # two characters that fall together as 复
]
DIFFERENT = [
    ("陳大文", "陈小文"),
    ("陳大文", "陈大"),
    ("陳大文", "張大文"),
    ("", ""),
    ("陳" * 101, "陈" * 101),
    ("範小文", "范大文"),  # one open character does not hide one that differs
]


@pytest.mark.parametrize(("home", "guangdong"), EQUAL)
def test_equal(home: str, guangdong: str) -> None:
    assert compare_chinese(home, guangdong, SIMPLIFY) is Likeness.EQUAL
    assert compare_chinese(guangdong, home, SIMPLIFY) is Likeness.EQUAL


@pytest.mark.parametrize(("home", "guangdong"), AMBIGUOUS)
def test_the_characters_do_not_tell(home: str, guangdong: str) -> None:
    assert compare_chinese(home, guangdong, SIMPLIFY) is Likeness.AMBIGUOUS
    assert compare_chinese(guangdong, home, SIMPLIFY) is Likeness.AMBIGUOUS


@pytest.mark.parametrize(("home", "guangdong"), DIFFERENT)
def test_different(home: str, guangdong: str) -> None:
    assert compare_chinese(home, guangdong, SIMPLIFY) is Likeness.DIFFERENT


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("CHAN, Tai Man", "CHAN TAI MAN"),
        ("João da Silva-Leong", "LEONG DA SILVA JOAO"),
        ("O’Brien, Mary", "MARY O'BRIEN"),
    ],
)
def test_the_same_words_in_any_order_are_the_same_name(one: str, other: str) -> None:
    assert compare_latin(one, other) is Likeness.EQUAL


@pytest.mark.parametrize(
    ("one", "other"),
    [("CHAN TAI MAN", "CHAN TAI MIN"), ("CHAN TAI MAN", "CHAN T M"), ("WONG KA KA", "WONG KA"), ("", "")],
)
def test_a_small_difference_is_a_difference(one: str, other: str) -> None:
    assert compare_latin(one, other) is Likeness.DIFFERENT


def test_han_beyond_the_first_plane_is_han() -> None:
    assert has_han("𡃁")
    assert not has_han("Silva")
