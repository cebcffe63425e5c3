"""SM2: the standard's own examples, OpenSSL's signatures, and everything that is not quite a signature."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.unit.trust.guomi.making import Signer
from trust.guomi import sm2
from trust.guomi.curve import SM2, Curve, Point, sum_of_multiples

MESSAGE = b"message digest"
# GB/T 32918.5 annex A: key, digests and signature on the recommended curve
KEY: Point = (
    0x09F9DF311E5421A150DD7D161E4BC5C672179FAD1833FC076BB08FF356F35020,
    0xCCEA490CE26775A52DC6EA718CC1AA600AED05FBF35E084A6632F6072DA9AD13,
)
SECRET = 0x3945208F7B2144B13F36E38AC6D39F95889393692860B51A42FB81EF4DF7C5B8
R = 0xF5A03B0648D2C4630EEAC513E1BB81A15944DA3827D5B74143AC7EACEEE720B3
S = 0xB1B6AA29DF212FD8763182BC0D421CA1BB9038FD1F7F42D4840B69C485BBC1AA
# GB/T 32918.2 annex A.2: the 256-bit example on a curve made for it, with an e-mail address as identity
EXAMPLE = Curve(
    p=0x8542D69E4C044F18E8B92435BF6FF7DE457283915C45517D722EDB8B08F1DFC3,
    a=0x787968B4FA32C3FD2417842E73BBFEFF2F3C848B6831D7E0EC65228B3937E498,
    b=0x63E4C6D3B23B0C849CF84241484BFE48F61D59A5B16BA06E6E12D1DA27C5249A,
    n=0x8542D69E4C044F18E8B92435BF6FF7DD297720630485628D5AE74EE7C32E79B7,
    base=(
        0x421DEBD61B62EAB6746434EBC3CC315E32220B3BADD50BDC4C4E6C147FEDD43D,
        0x0680512BCBB42C07D47349D2153B70C4E5D7FDFCBFA36EA1A85841B9E46E09A2,
    ),
)
ALICE: Point = (
    0x0AE4C7798AA0F119471BEE11825BE46202BB79E2A5844495E97C04FF4DF2548A,
    0x7C0240F88F1CD4E16352A73C17B7F16F07353E53A176D684A9FE0C6BB798E857,
)
ALICE_R = 0x40F1EC59F793D9F49E09DCEF49130D4194F79FB1EED2CAA55BACDB49C4E755D1
ALICE_S = 0x6FC6DAC32C5D5CF10C77DFB20F7C2EB667A457872FB09EC56327A67EC7DEEBE7


@cache
def signer() -> Signer:
    return Signer()


def integer(number: int) -> bytes:
    body = number.to_bytes(number.bit_length() // 8 + 1, "big")
    return bytes((2, len(body))) + body


def der(r: int, s: int) -> bytes:
    body = integer(r) + integer(s)
    return bytes((0x30, len(body))) + body


def point(encoded: bytes) -> Point:
    key = sm2.public_key(encoded)
    assert key is not None
    return key


def test_the_identity_digest_is_that_of_the_standard() -> None:
    expected = "b2e14c5c79c6df5b85f4fe7ed8db7a262b9da7e07ccb0ea9f4747b8ccda8a4f3"
    assert sm2.identity_digest(KEY).hex() == expected


def test_the_signed_digest_is_that_of_the_standard() -> None:
    expected = "f0b43e94ba45accaace692ed534382eb17e6ab5a19ce7b31f4486fdfc0d28640"
    assert sm2.signed_digest(KEY, MESSAGE).hex() == expected


def test_the_standard_s_signature_on_the_recommended_curve_verifies() -> None:
    assert sm2.verifies(KEY, MESSAGE, der(R, S))


def test_the_standard_s_signature_on_its_example_curve_verifies() -> None:
    identity = b"ALICE123@YAHOO.COM"
    expected = "f4a38489e32b45b6f876e3ac2168ca392362dc8f23459c1d1146fc3dbfb7bc9a"
    assert sm2.identity_digest(ALICE, identity, curve=EXAMPLE).hex() == expected
    digest = sm2.signed_digest(ALICE, MESSAGE, identity, curve=EXAMPLE)
    assert sm2.objection(ALICE, digest, der(ALICE_R, ALICE_S), curve=EXAMPLE) is None
    assert sm2.objection(ALICE, digest, der(ALICE_R, ALICE_S ^ 2), curve=EXAMPLE) == "signature_wrong"


def test_a_signature_of_another_library_verifies() -> None:
    # made by gmsm 1.4.1 with the standard's key; published as a known answer
    value = (
        "304402203d72aed265584d819a1dcf7cc4fe1bb2451659a5849b04bcc1fe8223f493baa8"
        "02204be68eda55e43f4546d58bb63b99ab4302acc4167f4338429b96f2eab35017dd"
    )
    assert sm2.verifies(KEY, MESSAGE, bytes.fromhex(value))


def test_multiples_agree_with_the_standard_s_key_and_with_the_order() -> None:
    assert sum_of_multiples(SM2, SECRET, 0, KEY) == KEY
    assert sum_of_multiples(SM2, SM2.n - 1, 0, KEY) == (SM2.base[0], SM2.p - SM2.base[1])
    assert sum_of_multiples(SM2, SM2.n, 0, KEY) is None
    # the two halves meet in one point, and in opposite ones
    assert sum_of_multiples(SM2, SECRET, 1, KEY) == sum_of_multiples(SM2, 0, 2, KEY)
    assert sum_of_multiples(SM2, SM2.n - SECRET, 1, KEY) is None


@given(s=st.integers(1, SM2.n - 1), t=st.integers(1, SM2.n - 1))
@settings(max_examples=25)
def test_a_sum_of_multiples_is_one_multiple_of_the_base(s: int, t: int) -> None:
    whole = (s + t * SECRET) % SM2.n
    assert sum_of_multiples(SM2, s, t, KEY) == sum_of_multiples(SM2, whole, 0, KEY)


@given(message=st.binary(max_size=300), identity=st.text("ABCDEFabcdef0123456789@.", min_size=1, max_size=40))
@settings(max_examples=40)
def test_openssl_s_signatures_verify_and_no_other_message_or_identity_does(message: bytes, identity: str) -> None:
    key = point(signer().point)
    value = signer().sign(message, identity)
    assert sm2.verifies(key, message, value, identity.encode())
    assert not sm2.verifies(key, message + b"\0", value, identity.encode())
    assert not sm2.verifies(key, message, value, identity.encode() + b"1")
    assert not sm2.verifies(KEY, message, value, identity.encode())


@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(max_examples=150)
def test_no_changed_bit_of_a_signature_goes_unseen(place: int, bit: int) -> None:
    value = bytearray(der(R, S))
    value[place % len(value)] ^= 1 << bit
    assert not sm2.verifies(KEY, MESSAGE, bytes(value))


@pytest.mark.parametrize(
    "numbers",
    [(0, S), (R, 0), (SM2.n, S), (R, SM2.n), (R + SM2.n, S), (R, SM2.n - R), (2**256 - 1, S)],
)
def test_numbers_out_of_range_are_refused(numbers: tuple[int, int]) -> None:
    digest = sm2.signed_digest(KEY, MESSAGE)
    assert sm2.objection(KEY, digest, der(*numbers)) == "signature_out_of_range"


def test_a_sum_at_infinity_is_refused() -> None:
    # s·G + t·P vanishes when s = -t·d: choose t, then r = t - s
    t = 5
    s = -t * SECRET % SM2.n
    r = (t - s) % SM2.n
    assert sm2.objection(KEY, r.to_bytes(32, "big"), der(r, s)) == "signature_wrong"


GOOD = der(R, S)
NOT_DER = {
    "nothing": b"",
    "only a tag": b"\x30",
    "something after it": GOOD + b"\0",
    "something inside after it": b"\x30" + bytes((GOOD[1] + 2,)) + GOOD[2:] + b"\x05\0",
    "cut short": GOOD[:-1],
    "a longer length than needed": b"\x30\x81" + GOOD[1:],
    "a zero too many": b"\x30\x47\x02\x22\x00" + GOOD[4:5] + GOOD[5:37] + GOOD[37:],
    "a negative number": b"\x30\x44\x02\x20" + R.to_bytes(32, "big") + b"\x02\x20" + S.to_bytes(32, "big"),
    "an empty number": b"\x30\x04\x02\x00\x02\x00",
    "another tag": b"\x31" + GOOD[1:],
    "the two numbers alone": R.to_bytes(32, "big") + S.to_bytes(32, "big"),
    "an endless length": b"\x30\x80" + GOOD[2:] + b"\0\0",
    "a number longer than the rest": b"\x30\x06\x02\x01\x01\x02\x7f\x01",
}


@pytest.mark.parametrize("form", NOT_DER)
def test_only_the_one_der_form_is_a_signature(form: str) -> None:
    digest = sm2.signed_digest(KEY, MESSAGE)
    assert sm2.objection(KEY, digest, NOT_DER[form]) == "signature_not_der"


@given(st.binary(max_size=90))
def test_no_bytes_break_the_reader_of_signatures(value: bytes) -> None:
    assert sm2.objection(KEY, bytes(32), value) in {"signature_not_der", "signature_out_of_range", "signature_wrong"}


def encoded(x: int, y: int) -> bytes:
    return b"\x04" + x.to_bytes(32, "big") + y.to_bytes(32, "big")


NOT_KEYS = {
    "off the curve": encoded(KEY[0], KEY[1] ^ 1),
    "zero": encoded(0, 0),
    "infinity": b"\0",
    "infinity at full length": b"\0" * 65,
    "compressed": b"\x03" + KEY[0].to_bytes(32, "big"),
    "hybrid": b"\x07" + encoded(*KEY)[1:],
    "a coordinate above p": encoded(SM2.p, KEY[1]),
    "on another curve": encoded(*ALICE),
    "something after it": encoded(*KEY) + b"\0",
}


@pytest.mark.parametrize("form", NOT_KEYS)
def test_what_is_no_point_is_no_key(form: str) -> None:
    assert sm2.public_key(NOT_KEYS[form]) is None


def test_a_key_off_the_curve_verifies_nothing() -> None:
    digest = sm2.signed_digest(KEY, MESSAGE)
    assert sm2.objection((KEY[0], KEY[1] ^ 1), digest, GOOD) == "key_not_on_curve"


def test_a_point_has_one_way_to_be_written() -> None:
    assert SM2.holds(KEY)
    assert not SM2.holds((KEY[0] + SM2.p, KEY[1]))
    assert not SM2.holds((KEY[0], KEY[1] - SM2.p))


def test_an_identity_has_a_longest_length() -> None:
    sm2.identity_digest(KEY, b"x" * sm2.LONGEST_ID)
    with pytest.raises(ValueError, match="identity_too_long"):
        sm2.identity_digest(KEY, b"x" * (sm2.LONGEST_ID + 1))
