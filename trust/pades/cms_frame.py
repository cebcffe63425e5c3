"""The parts of a signed message that nobody signs (RFC 5652 §5.1, §5.3): they must fit together all the same.

Nothing is decided by them, so a change there could do no harm; but a message that was touched must not look untouched.
"""

from collections.abc import Callable
from typing import Any

from asn1crypto import cms, core

from trust.validation import paths

# RFC 5652 §5.1 tells 1 from 3 by what is signed; signers write either, so either is taken
VERSIONS = frozenset({"v1", "v3"})
# §5.1: beside certificates of other kinds, or revocation data of other formats
VERSIONS_BESIDE = {"v4": frozenset({"v2_attr_cert"}), "v5": frozenset({"other"})}


def objection(der: bytes, info: Any, signer: Any) -> str | None:
    """Which part of the frame does not fit, or None."""
    if not _filled(der):
        return "more_than_a_message"
    return next((name for name, holds in RULES.items() if not holds(info, signer)), None)


def version_fits(content: Any) -> bool:
    """Whether a message's version is one that what it carries allows (RFC 5652 §5.1)."""
    stated = content["version"].native
    listed = [part for part in (content["certificates"], content["crls"]) if isinstance(part, core.SetOf)]
    carried = {choice.name for part in listed for choice in part}
    return stated in VERSIONS or bool(VERSIONS_BESIDE.get(stated, frozenset()) & carried)


def signer_version_fits(signer: Any) -> bool:
    """Whether a signer's version is that of how the certificate is named (RFC 5652 §5.3)."""
    return bool(signer["version"].native == ("v1" if signer["sid"].name == "issuer_and_serial_number" else "v3"))


def _filled(der: bytes) -> bool:
    """Whether each structure of the frame holds its values and nothing besides; not asked of indefinite lengths."""
    place, counts = (0, len(der)), ((1, 2), (2, 2), (1, 1), (4, 6))  # the padding behind the message may be a second
    for least, most in counts:
        found = _values(der, *place)
        if found is None:
            return True
        if not least <= len(found) <= most:
            return False
        place = found[-1] if (least, most) == (2, 2) else found[0]
    return True


def _values(der: bytes, at: int, end: int) -> list[tuple[int, int]] | None:
    """Where the content of each value between two places lies; None where a length is left open."""
    found: list[tuple[int, int]] = []
    while at < end:
        if not der[at]:  # padding
            return [*found, (at, end)]
        size, start = der[at + 1], at + 2
        if size == 0x80:
            return None
        if size > 0x80:
            start += size & 0x7F
            size = int.from_bytes(der[at + 2 : start], "big")
        found.append((start, start + size))
        at = start + size
    return found


def _digests(info: Any, signer: Any) -> bool:
    listed = info["content"]["digest_algorithms"]
    return all(_plain(each) for each in (*listed, signer["digest_algorithm"]))


def _named(info: Any, signer: Any) -> bool:
    wanted = signer["digest_algorithm"]["algorithm"].native
    listed = [each["algorithm"].native for each in info["content"]["digest_algorithms"]]
    return not listed or wanted in listed


def _plain(algorithm: Any) -> bool:
    return algorithm["parameters"].native is None


def _signature(_: Any, signer: Any) -> bool:
    stated = signer["signature_algorithm"]
    return stated["algorithm"].native in ("rsassa_pss", "rsaes_oaep") or _plain(stated)


def _choices(info: Any, _: Any) -> bool:
    listed = info["content"]["certificates"]
    return not isinstance(listed, cms.CertificateSet) or all(choice.name != "extended_certificate" for choice in listed)


def _certificates(info: Any, _: Any) -> bool:
    """Nobody need use a certificate beside the signer's, but one that is none was touched, or never was one."""
    listed = info["content"]["certificates"]
    if not isinstance(listed, cms.CertificateSet):
        return True
    return all(
        paths.load(choice.dump()) is not None or _readable(choice.chosen)
        for choice in listed
        if choice.name == "certificate"
    )


def _readable(certificate: Any) -> bool:
    """Whether a more lenient reader makes sense of it: certificates of old break rules that nobody held them to."""
    try:
        return certificate.native is not None
    except (ValueError, TypeError, KeyError):
        return False


RULES: dict[str, Callable[[Any, Any], bool]] = {
    "version_unknown": lambda info, _: version_fits(info["content"]),
    "signer_version_unknown": lambda _, signer: signer_version_fits(signer),
    "digest_not_listed": _named,
    "digest_with_parameters": _digests,
    "signature_with_parameters": _signature,
    "certificate_of_old_kind": _choices,
    "certificate_malformed": _certificates,
}
