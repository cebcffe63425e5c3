"""The outline of DER: one form only, within bounds, and the same structures that OpenSSL sees."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.trust.guomi.messages import tlv
from trust.guomi import der

NULL = b"\x05\x00"


@st.composite
def structures(draw: st.DrawFn, depth: int = 4) -> bytes:
    """Any well-formed DER of small tags."""
    if depth == 0 or draw(st.booleans()):
        return tlv(draw(st.sampled_from([0x02, 0x04, 0x05, 0x0C, 0x80])), draw(st.binary(max_size=200)))
    parts = draw(st.lists(structures(depth=depth - 1), max_size=4))
    return tlv(draw(st.sampled_from([0x30, 0x31, 0xA0, 0xA3])), *parts)


@given(structures())
def test_well_formed_structures_are_accepted_and_their_parts_lie_side_by_side(data: bytes) -> None:
    assert der.objection(data) is None
    assert der.objection(data, ber=True) is None
    assert der.objection(data + b"\0") == "bytes_after_end"
    whole = der.part(data, 0, len(data))
    assert whole.end == len(data)
    if whole.tag & der.CONSTRUCTED:
        found = list(der.parts(data, whole.body, whole.end))
        assert b"".join(data[part.start : part.end] for part in found) == data[whole.body : whole.end]


@given(structures(), st.data())
def test_a_cut_structure_is_refused(data: bytes, draw: st.DataObject) -> None:
    assert der.objection(data[: draw.draw(st.integers(0, len(data) - 1))]) == "der_malformed"


@given(st.binary(max_size=200))
@settings(max_examples=300)
def test_no_bytes_break_the_walk(data: bytes) -> None:
    for ber in (False, True):
        der.objection(data, ber=ber, padded=True)


REFUSED = {
    "a length longer than needed": b"\x04\x81\x05hello",
    "a length with a zero in front": b"\x04\x82\x00\x85" + bytes(133),
    "an endless length": b"\x30\x80" + NULL + b"\0\0",
    "a tag above thirty": b"\x1f\x22\x00",
    "a length of nine bytes": b"\x04\x89" + bytes(9),
    "more than there is": b"\x30\x03\x02\x02\x01",
    "a part that leaves its whole": b"\x30\x04\x04\x03ab" + b"cd",
}


@pytest.mark.parametrize("case", REFUSED)
def test_der_has_one_form(case: str) -> None:
    assert der.objection(REFUSED[case]) == "der_malformed"


def test_ber_may_be_endless_where_it_is_allowed() -> None:
    inner = b"\x30\x80" + NULL + b"\0\0"
    assert der.objection(inner, ber=True) is None
    assert der.objection(b"\x30\x80" + inner + inner + b"\0\0", ber=True) is None
    assert der.objection(tlv(0x30, inner, NULL), ber=True) is None
    assert der.objection(b"\x30\x80" + NULL, ber=True) == "der_malformed"
    assert der.objection(tlv(0x30, b"\x30\x80" + NULL), ber=True) == "der_malformed"
    assert der.objection(b"\x04\x80" + NULL + b"\0\0", ber=True) == "der_malformed"


def test_a_structure_is_freed_of_its_padding() -> None:
    assert der.unpadded(NULL + bytes(7)) == NULL
    endless = b"\x30\x80" + NULL + b"\0\0"
    assert der.unpadded(endless + bytes(7), ber=True) == endless


def test_there_is_a_largest_depth_number_and_size() -> None:
    deep = NULL
    for _ in range(der.DEEPEST - 2):
        deep = tlv(0x30, deep)
    assert der.objection(tlv(0x30, deep)) is None
    assert der.objection(tlv(0x30, tlv(0x30, deep))) == "too_deep"
    assert der.objection(tlv(0x30, NULL * (der.MOST_PARTS - 1))) is None
    assert der.objection(tlv(0x30, NULL * der.MOST_PARTS)) == "too_many_parts"
    assert der.objection(bytes(der.LARGEST + 1)) == "too_large"
