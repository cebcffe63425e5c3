"""Reads signed messages (RFC 5652) and timestamp tokens (RFC 3161); checks their own cryptography, no trust.

A message in plain form that holds is read at once; whatever else it may be, the tolerant reader says.
"""

from trust.pades import cms_plain
from trust.pades.content import Content
from trust.validation.facts import CmsFacts, StampFacts

# formats whose signed content is not the file's bytes themselves (ISO 32000-1 §12.8.3.3.1)
INDIRECT = frozenset({"adbe.x509.rsa_sha1", "adbe.pkcs7.sha1"})


def read(der: bytes, content: Content, sub_filter: str) -> CmsFacts:
    """The facts about a message over this content; whatever is wrong with it is a fact too."""
    facts = cms_plain.read(der, content) if sub_filter not in INDIRECT else None
    if facts is not None:
        return facts
    from trust.pades import cms_tolerant  # noqa: PLC0415 - half a thousand types, which plain messages never need

    return cms_tolerant.read(der, content, sub_filter)


def read_stamp(der: bytes, content: Content) -> StampFacts:
    """The facts about a token that claims to cover this content."""
    facts = cms_plain.read_stamp(der, content)
    if facts is not None:
        return facts
    from trust.pades import cms_tolerant  # noqa: PLC0415 - as above

    return cms_tolerant.read_stamp(der, content)
