"""Who is asked after a certificate's end may have forgotten it: silence then says nothing, a revocation still does.

RFC 5280 §3.3, RFC 6960 §4.4.4. Each scene is of somebody who signed, with a timestamp, while the certificate held.
"""

from collections.abc import Callable
from datetime import datetime

import pytest
from cryptography import x509

from tests.fakes import pki
from tests.fakes.path_scene import CA, Scene
from tests.fakes.pki import DAY, NOW, signatory
from trust.validation.revocation import ENDED_STAY_LISTED

OVER = signatory(CA, asked=True, ends=NOW - 10 * DAY)
SIGNED = NOW - 20 * DAY
VALID, UNTOLD, REVOKED = ("PASSED", "valid"), ("INDETERMINATE", "TRY_LATER"), ("INDETERMINATE", "REVOKED_NO_POE")


def listed(crl: bytes) -> Scene:
    return Scene(leaf=OVER, crls=(crl,), stamped=SIGNED)


def answered(told: bytes) -> Scene:
    return Scene(leaf=OVER, ocsps=(told,), stamped=SIGNED)


def told_back_to(at: datetime) -> Scene:
    return answered(pki.with_cutoff(pki.answer(OVER, CA), CA, at))


def kept_back_to(at: datetime) -> Scene:
    return saying(b"\x18\x0f" + f"{at:%Y%m%d%H%M%S}Z".encode())


def saying(written: bytes) -> Scene:
    return listed(pki.crl(CA, extensions=[(x509.UnrecognizedExtension(ENDED_STAY_LISTED, written), False)]))


CASES: dict[str, tuple[Callable[[], Scene], tuple[str, str]]] = {
    "a list made before the end": (
        lambda: listed(pki.crl(CA, said=NOW - 15 * DAY, until=NOW - 14 * DAY)), VALID),
    "a list made after the end": (lambda: listed(pki.crl(CA)), UNTOLD),
    "a list made after the end that keeps who ended": (lambda: kept_back_to(NOW - 11 * DAY), VALID),
    "a list made after the end that keeps who ended later": (lambda: kept_back_to(NOW - 9 * DAY), UNTOLD),
    "a list made after the end that says so in no words": (lambda: saying(b"\x05\x00"), UNTOLD),
    "a list made after the end that says so by no time": (lambda: saying(b"\x18\x0f2026-11-31T00:0Z"), UNTOLD),
    "a list made after the end that names it": (lambda: listed(pki.crl(CA, OVER, at=NOW - 30 * DAY)), REVOKED),
    "an answer before the end": (
        lambda: answered(pki.answer(OVER, CA, said=NOW - 15 * DAY, until=NOW - 14 * DAY)), VALID),
    "an answer after the end": (lambda: answered(pki.answer(OVER, CA)), UNTOLD),
    "an answer after the end by who tells so far back": (lambda: told_back_to(NOW - 400 * DAY), VALID),
    "an answer after the end by who does not": (lambda: told_back_to(NOW - 5 * DAY), UNTOLD),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_silence_counts_only_while_the_certificate_is_remembered(case: str) -> None:
    scene, expected = CASES[case]
    assert scene().verdict() == expected
