"""What an authority says of a certificate in an OCSP answer or a list, believed as of the moment it was said.

How long a word counts is asked by whoever weighs words against each other.
"""

from trust.guomi import certificate, crl, ocsp
from trust.guomi.certificate import Certificate
from trust.guomi.der import Malformed
from trust.guomi.revocation import Standing, Told


def told(kind: str, body: bytes, der: bytes, issuer_der: bytes) -> Told | None:
    """The word of an "ocsp" answer or a "crl" about a certificate of this issuer; None where it does not speak."""
    try:
        leaf, issuer = certificate.read(der), certificate.read(issuer_der)
        found = _answered(body, leaf, issuer) if kind == "ocsp" else _listed(body, leaf, issuer)
    except Malformed:
        return None
    return found if found is not None and found.standing is not Standing.UNKNOWN else None


def _answered(body: bytes, leaf: Certificate, issuer: Certificate) -> Told | None:
    answer = ocsp.read(body)
    told = answer.tells(leaf, issuer)
    if told.this_update is None:
        return None
    asked = ocsp.Asked(answer=answer, certificate=leaf, issuer=issuer, at=told.this_update)
    return told if ocsp.objection(asked) is None else None


def _listed(body: bytes, leaf: Certificate, issuer: Certificate) -> Told | None:
    found = crl.read(body)
    asked = crl.Asked(found=found, certificate=leaf, issuer=issuer, at=found.this_update)
    return found.tells(leaf) if crl.objection(asked) is None else None
