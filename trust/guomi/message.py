"""What holds of a signed message over a content: its own cryptography, no trust.

1. Compare the content: message digest and content type with what the caller gives.
2. Check the signature value over the attributes or, without any, over the content.
"""

from collections.abc import Callable
from typing import Any

from trust.guomi import der, signature, sm2, sm3
from trust.guomi.certificate import Certificate
from trust.guomi.der import Malformed
from trust.guomi.facts import GuomiFacts
from trust.guomi.signed_data import DATA, REVOCATION_ARCHIVE, Message

DigestOf = Callable[[str], bytes]


def facts(
    message: Message,
    digest_of: DigestOf,
    *,
    digest_after: Callable[[bytes], bytes] | None = None,
    identity: bytes = sm2.DISTINGUISHED_ID,
    content_inside: bool = False,
) -> GuomiFacts:
    """Whether the message's own cryptography holds over this content."""
    told = _told(message)
    if message.signer is None:
        return GuomiFacts(**told, problem="signer_certificate_missing")
    if message.digest not in sm3.NAMES.values():
        return GuomiFacts(**told, problem="algorithm_unsupported")
    told["names_signer"] = _names_signer(message, message.signer)
    carried, key = message.carried, message.signer.key
    if carried is None:
        form, bound, expected = "detached", not content_inside, digest_of(message.digest)
    else:
        expected = sm3.named(message.digest, carried) or b""
        same = carried == digest_of(message.digest)
        form, bound = "digest_inside" if same else "inside", same or content_inside
    told["form"] = form
    if message.attributes is not None:
        body = message.attributes
        bound = bound and message.told_digest == expected and _type_told(message)
    elif carried is not None:
        body = carried
    elif key.point is not None and digest_after is not None and message.digest == sm3.SM3:
        # nothing but the signature holds the content, so Z_A has to go before it (GB/T 32918.2 §7.1)
        digest = digest_after(sm2.identity_digest(key.point, identity))
        problem = sm2.objection(key.point, digest, message.value)
        if message.algorithm not in signature.SM2_IN_MESSAGES:
            problem = "algorithm_unsupported"
        return _concluded(told, intact=bound and problem is None, objection=problem)
    else:
        return GuomiFacts(**told, problem="content_needed")
    problem = signature.objection_in_message(
        key, message.algorithm, message.digest, body, message.value, identity=identity
    )
    return _concluded(told, intact=bound, objection=problem)


def _concluded(told: dict[str, Any], *, intact: bool, objection: str | None) -> GuomiFacts:
    unsupported = objection if objection == "algorithm_unsupported" else ""
    return GuomiFacts(
        **told, intact=intact, genuine=objection is None, objection=objection or "", problem=unsupported or ""
    )


def _told(message: Message) -> dict[str, Any]:
    """What the message says of itself."""
    ocsps, crls = _revocation(message)
    return {
        "container": message.container,
        "signer": message.signer.der if message.signer else b"",
        "certificates": message.certificates,
        "digest_algorithm": message.digest,
        "signature_algorithm": message.algorithm,
        "claimed_at": message.claimed_at,
        "ocsps": ocsps,
        "crls": (*crls, *message.crls),
    }


def _type_told(message: Message) -> bool:
    """RFC 5652 §11.1; the two ways to say "data" are one, since implementers mix them."""
    told = message.told_type
    return told == message.content_type or {told, message.content_type} <= DATA


def _names_signer(message: Message, signer: Certificate) -> str:
    """RFC 5035: whether the signed attributes name this certificate and no other."""
    if message.named is None:
        return ""
    digest, named = message.named
    return "matches" if sm3.named(digest, signer.der) == named else "differs"


def _revocation(message: Message) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
    """RevocationInfoArchival ::= SEQUENCE { crl [0] EXPLICIT …, ocsp [1] EXPLICIT …, otherRevInfo [2] EXPLICIT … }."""
    found: dict[int, list[bytes]] = {0xA0: [], 0xA1: [], 0xA2: []}
    for holder in (message.signed, message.unsigned):
        for archive in holder.get(REVOCATION_ARCHIVE, ()):
            try:
                for tagged in der.parts(archive, der.part(archive, 0, len(archive)).body, len(archive)):
                    listed = der.part(archive, tagged.body, tagged.end)
                    found.setdefault(tagged.tag, []).extend(
                        archive[item.start : item.end] for item in der.parts(archive, listed.body, listed.end)
                    )
            except Malformed:
                continue  # evidence that cannot be read is no evidence
    return tuple(found[0xA1]), tuple(found[0xA0])
