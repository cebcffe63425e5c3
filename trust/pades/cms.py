"""CMS as PAdES wants it (EN 319 142-1 §5, RFC 5652, RFC 5035): written by hand, signed once."""

import hashlib
from functools import lru_cache

from trust.frozen import Frozen, Hidden
from trust.guomi import der as outline
from trust.guomi.der import Malformed, Part
from trust.pades.tlv import NULL, body, context, integer, octets, oid, sequence, set_of

TIMESTAMP_TOKEN_ROOM = 8192  # what a token may take; ours takes 2.1 kB, public ones up to 6
MOST_CERTIFICATES = 16  # in a token

DATA, SIGNED_DATA = oid("1.2.840.113549.1.7.1"), oid("1.2.840.113549.1.7.2")
CONTENT_TYPE, MESSAGE_DIGEST = oid("1.2.840.113549.1.9.3"), oid("1.2.840.113549.1.9.4")
SIGNING_CERTIFICATE_V2 = oid("1.2.840.113549.1.9.16.2.47")
SIGNATURE_TIME_STAMP = oid("1.2.840.113549.1.9.16.2.14")
SHA256, SHA512 = oid("2.16.840.1.101.3.4.2.1"), oid("2.16.840.1.101.3.4.2.3")

ALGORITHMS = {
    "sha256_ecdsa": sequence(oid("1.2.840.10045.4.3.2")),  # RFC 5754 §3.3: without parameters
    "sha256_rsa": sequence(oid("1.2.840.113549.1.1.11"), NULL),  # RFC 4055 §5: NULL
    "ed25519": sequence(oid("1.3.101.112")),  # RFC 8419 §2.2: without parameters
}


class SignedAttributes(Frozen):
    """What is signed: the attributes, and what of them reaches the key."""

    der: Hidden[bytes]  # as a SET, the form that is hashed (RFC 5652 §5.4)
    digest: Hidden[bytes]  # of the attributes; for Ed25519, which hashes by itself, the attributes


def message_digest(algorithm: str) -> str:
    """Which hash the content is digested with: SHA-512 beside Ed25519 (RFC 8419 §2.3), SHA-256 otherwise."""
    return "sha512" if algorithm == "ed25519" else "sha256"


def attributes(digest: bytes, certificate: bytes | None, algorithm: str = "sha256_ecdsa") -> SignedAttributes:
    """Content type, message digest and signing certificate; no signing time (EN 319 142-1 §6.3: /M says it).

    Without a certificate, because a service tells it only with the signature, the message is no PAdES: it goes into a
    PDF as `adbe.pkcs7.detached` (ISO 32000-2 §12.8.3.3), which has no need of the third.
    """
    told = [sequence(CONTENT_TYPE, set_of(DATA)), sequence(MESSAGE_DIGEST, set_of(octets(digest)))]
    if certificate is not None:
        essential = sequence(sequence(sequence(octets(hashlib.sha256(certificate).digest()))))
        told.append(sequence(SIGNING_CERTIFICATE_V2, set_of(essential)))
    der = set_of(*told)
    return SignedAttributes(der=der, digest=der if algorithm == "ed25519" else hashlib.sha256(der).digest())


def assemble(
    signed: SignedAttributes,
    signature: bytes,
    *,
    chain: tuple[bytes, ...],
    algorithm: str,
    token: bytes | None,
) -> bytes:
    """The SignedData, detached, with the certificates below the root and the timestamp over the signature."""
    leaf = names_in(chain[0])
    carried = [der for at, der in enumerate(chain) if at == 0 or not names_in(der).own]
    hashed = sequence(SHA512 if message_digest(algorithm) == "sha512" else SHA256)
    unsigned = b"" if token is None else context(1, sequence(SIGNATURE_TIME_STAMP, set_of(token)))
    info = sequence(
        integer(1),
        sequence(leaf.issuer, leaf.serial),
        hashed,
        context(0, body(signed.der)),
        ALGORITHMS[algorithm],
        octets(signature),
        unsigned,
    )
    data = sequence(
        integer(1),
        set_of(hashed),
        sequence(DATA),
        context(0, b"".join(sorted(carried))),
        set_of(info),
    )
    return sequence(SIGNED_DATA, context(0, data))


def room(chain: tuple[bytes, ...], *, stamped: bool) -> int:
    """Bytes to reserve for the SignedData, so that nothing is signed twice to find out."""
    return sum(map(len, chain)) + 1536 + (TIMESTAMP_TOKEN_ROOM if stamped else 0)


def token_chain(token: bytes) -> tuple[bytes, ...]:
    """The certificates of a timestamp token, its signer's first, then by who issued whom. Raises Malformed."""
    if problem := outline.objection(token, ber=True):
        raise Malformed(problem)
    try:
        return _chain_of(*_certificates_and_signer(token))
    except (IndexError, ValueError):
        raise Malformed("der_malformed") from None


def _certificates_and_signer(token: bytes) -> tuple[tuple[bytes, ...], bytes]:
    """The certificates, and issuer and serial number by which the signer is named."""
    _, content = _inside(token, outline.part(token, 0, len(token)))
    signed, *_ = _inside(token, content)
    fields = _inside(token, signed)
    certificates: tuple[bytes, ...] = ()
    for part in fields:
        if part.tag == 0xA0:
            inside = _inside(token, part)[:MOST_CERTIFICATES]
            certificates = tuple(token[found.start : found.end] for found in inside if found.tag == outline.SEQUENCE)
    signer = _inside(token, _inside(token, fields[-1])[0])
    return certificates, token[signer[1].body : signer[1].end]


def _inside(data: bytes, part: Part) -> list[Part]:
    return list(outline.parts(data, part.body, part.end))


@lru_cache(maxsize=256)
def _chain_of(certificates: tuple[bytes, ...], signer: bytes) -> tuple[bytes, ...]:
    named = {der: names_in(der) for der in certificates}
    first = [der for der, names in named.items() if names.issuer + names.serial == signer]
    chain = first[:1] or list(certificates[:1])
    while chain and len(chain) <= len(certificates):
        wanted = named[chain[-1]].issuer
        above = [der for der, names in named.items() if names.subject == wanted and der not in chain]
        if not above:
            break
        chain.append(above[0])
    return tuple(chain)


class Names(Frozen, kw_only=False):
    """Of a certificate, as they are written in it."""

    issuer: bytes
    subject: bytes
    serial: bytes
    own: bool  # self-issued


@lru_cache(maxsize=256)
def names_in(der: bytes) -> Names:
    """Who issued a certificate, whom it names, and its number (RFC 5280 §4.1)."""
    whole = outline.part(der, 0, len(der))
    fields = _inside(der, _inside(der, whole)[0])
    if fields[0].tag == 0xA0:  # the version
        fields = fields[1:]
    serial, _, issuer, _, subject = (der[part.start : part.end] for part in fields[:5])
    return Names(issuer, subject, serial, issuer == subject)
