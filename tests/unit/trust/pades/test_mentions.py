"""References are found however they are written, and in the revision that holds them."""

import pytest

from trust.pades.mentions import Mentions

FAR = b"%" + b"x" * 9000 + b"\n"


@pytest.mark.parametrize(
    "text",
    [
        b"99 0 R",
        b"[99 0 R]",
        b"/Over 99 0 R/Next",
        b"<< /A 98 0 R /B 99\n0\rR >>",
        b"0099 00 R ",
        b"99 %c\n0 R",
        b"99%c\r0%d\nR",
        b"99 % 5\n0 R",
        b"99 % 5\n% 6 0 \n 0 R",
        b"99 0 % 1 0\n R",
        b"(7 %) 99 0 R",
        b"(7 %) 99\n0 R",
        b"(7 %) 99 %c\n0 R",
        b"99\x00\x00" + b" " * 400 + b"0 R",
        b"99 %" + b"x" * 300 + b" 5\n0 R",
        b"0" * 40 + b"99 0 R",
        b"99 " + FAR + b"0 R",
        b"99 0 " + FAR * 3 + b"R",
        b"99 " + b" " * 9000 + b"0 R",
    ],
)
@pytest.mark.parametrize(
    "before", [b"", b"1 0 obj\n<< /Type /Page\n", b"\xff" * 40, b"(text) " * 90, b"x" * 9000 + b"\n"]
)
def test_a_reference_is_found(before: bytes, text: bytes) -> None:
    assert Mentions(before + text, {99, 100000}).mentioned() >= {99}


@pytest.mark.parametrize(
    "text",
    [
        b"199 0 R",
        b"99 0 obj",
        b"99 0 Rx",
        b"1 99 0 0 R",
        b"99 0R",
        b"990 R",
        b"(99) 0 R",
        b"12345678901234599 0 R",
        b"99 x 0 R",
    ],
)
@pytest.mark.parametrize("before", [b"", b"x" * 3000 + b"\n", b"<< /Kids [\n1 0 R\n2 0 R\n"])
def test_what_is_none_is_not(before: bytes, text: bytes) -> None:
    assert Mentions(before + text, {99, 100000}).mentioned() == set()


def test_a_reference_belongs_to_the_revisions_that_hold_it_whole() -> None:
    text = b"<< /A 99 0 R >>\nmore /B 98 0 R"
    found = Mentions(text, {98, 99}, {12, len(text)})
    assert [found.mentioned(end) for end in (11, 12, len(text) - 1, len(text))] == [set(), {99}, {99}, {98, 99}]
    assert (found.keys(98), found.keys(98, 20), found.keys(99, 20)) == ({"B"}, set(), {"A"})


def test_a_revision_may_end_with_a_reference() -> None:
    text = b"/A 99 0 Rest"
    assert Mentions(text, {99}, {9}).mentioned(9) == {99}
    assert Mentions(text, {99}).mentioned() == set()


def test_keys_are_read_with_their_escapes_and_unreadable_ones_are_none() -> None:
    text = b"/Ann#6fts 99 0 R [99 0 R] /Annots %c\n 99 0 R"
    assert Mentions(text, {99}).keys(99) == {"Annots", ""}


def test_signatures_are_counted() -> None:
    assert Mentions(b"/ByteRange [0 1 2 3] ByteRange /ByteRange[", ()).signatures == 2


def test_the_object_round_a_reference_is_told() -> None:
    text = b"3 0 obj\n<< /Annots 99 0 R >>\nendobj\n12 4 obj << /Annots 99 0 R >>"
    assert Mentions(text, {99}).holders(99, "Annots", len(text)) == [(3, 0, 0), (12, 4, text.index(b"12 4"))]
    assert Mentions(text, {99}).holders(99, "Annots", 40) == [(3, 0, 0)]
    assert Mentions(b"/Annots 99 0 R", {99}).holders(99, "Annots", 14) is None


def test_what_comes_after_every_revision_and_in_what_is_left_out_is_of_no_interest() -> None:
    text = b"/A 97 0 R /B 98 0 R /ByteRange /C 99 0 R "
    assert Mentions(text, {97, 98, 99}, {20}).mentioned() == {97, 98}
    assert Mentions(text, {97, 98, 99}, None, [(10, 20)]).mentioned() == {97, 99}
    assert Mentions(text, {97, 98, 99}, None, [(0, 10), (20, 31)]).signatures == 0
