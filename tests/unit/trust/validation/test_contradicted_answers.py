"""A good answer clears nobody whom the issuer's own list names, nor may a responder that the list names give it."""

from cryptography import x509
from cryptography.x509.oid import ExtendedKeyUsageOID

from tests.fakes import pki
from tests.fakes.path_scene import CA, Scene
from tests.fakes.pki import DAY, NOW, signatory

LEAF = signatory(CA, asked=True)
RESPONDER = pki.responder(CA, ExtendedKeyUsageOID.OCSP_SIGNING)
GOOD = pki.answer(LEAF, CA, RESPONDER)
STOLEN = frozenset([x509.ReasonFlags.key_compromise])
FOR_SOME_REASONS = [(x509.IssuingDistributionPoint(None, None, False, False, STOLEN, False, False), True)]
UNTOLD = ("INDETERMINATE", "TRY_LATER")
VALID = ("PASSED", "valid")


def judged(*crls: bytes) -> tuple[str, str]:
    return Scene(leaf=LEAF, ocsps=(GOOD,), crls=crls).verdict()


def test_a_list_for_some_reasons_that_names_somebody_revokes_and_otherwise_says_nothing() -> None:
    assert judged(pki.crl(CA, LEAF, extensions=FOR_SOME_REASONS)) == ("INDETERMINATE", "REVOKED_NO_POE")
    assert judged(pki.crl(CA, extensions=FOR_SOME_REASONS)) == VALID
    assert Scene(leaf=LEAF, crls=(pki.crl(CA, extensions=FOR_SOME_REASONS),)).verdict() == UNTOLD


def test_a_responder_that_was_revoked_clears_nobody() -> None:
    named = pki.crl(CA, RESPONDER, extensions=FOR_SOME_REASONS)
    assert judged(named) == UNTOLD
    assert judged(pki.crl(CA, RESPONDER, at=NOW + DAY, said=NOW + DAY, until=NOW + 2 * DAY)) == VALID


def test_what_the_list_itself_says_counts_all_the_same() -> None:
    assert judged(pki.crl(CA, RESPONDER)) == VALID
