"""What was seen in signed messages, stamps and seals, before anybody judges it. Plain values, so they cross a process.

The names are those of trust.validation.facts wherever the thing is the same.
"""

from datetime import datetime

from trust.frozen import Frozen, Hidden


class GuomiFacts(Frozen):
    """A signed message: what it says, and whether its own cryptography holds. Whom to trust is asked elsewhere."""

    problem: str = ""  # why it could not be read or is not supported
    intact: bool = False  # what it signs is the content
    genuine: bool = False  # the signature value is the signer's
    objection: str = ""  # why it is not genuine
    container: str = ""  # cms (RFC 5652) or gm (GB/T 35275)
    form: str = ""  # detached; digest_inside: it carries the content's digest; inside: it carries something
    signer: Hidden[bytes] = b""  # certificate, DER
    certificates: Hidden[tuple[bytes, ...]] = ()
    # the signing-certificate attribute: "" absent, "matches", "differs"
    names_signer: str = ""
    digest_algorithm: str = ""  # a name, or the object identifier of one that we do not know
    signature_algorithm: str = ""  # an object identifier
    claimed_at: datetime | None = None
    ocsps: Hidden[tuple[bytes, ...]] = ()
    crls: Hidden[tuple[bytes, ...]] = ()
    stamps: tuple["StampFacts", ...] = ()


class StampFacts(Frozen):
    """A timestamp token over something."""

    cms: GuomiFacts
    at: datetime | None = None
    covers: bool = False  # its imprint is the digest of what it claims to cover
    imprint_algorithm: str = ""
    policy: str = ""


class SealFacts(Frozen):
    """An electronic seal put to something (GB/T 38540 SES_Signature; GM/T 0031's older layout)."""

    problem: str = ""  # why it could not be read or is not supported
    layout: int = 0  # 4: GB/T 38540; 1: GM/T 0031
    version: int = 0  # as written
    intact: bool = False  # the data hash is the content's SM3 digest
    genuine: bool = False  # the signature value is the signer's
    objection: str = ""  # why it is not genuine
    signer: Hidden[bytes] = b""
    signer_listed: bool = False  # the seal names the signer's certificate among those who may use it
    claimed_at: datetime | None = None
    covers: Hidden[str] = ""  # the signer's words about what is covered
    stamps: tuple[StampFacts, ...] = ()
    seal: "MadeSeal | None" = None
    unknown_critical: tuple[str, ...] = ()


class MadeSeal(Frozen):
    """The electronic seal itself, as its maker signed it (GB/T 38540 §6)."""

    genuine: bool = False  # the maker's signature holds
    objection: str = ""
    maker: Hidden[bytes] = b""
    maker_signed: str = ""  # info: the seal's data alone; whole: also the maker's certificate and the algorithm
    identifier: str = ""
    vendor: str = ""
    version: int = 0
    kind: int = 0
    name: Hidden[str] = ""
    signers: Hidden[tuple[bytes, ...]] = ()  # certificates, or their digests
    signers_by: str = ""  # certificate, digest
    made_at: datetime | None = None
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    picture: "Picture | None" = None
    unknown_critical: tuple[str, ...] = ()


class Picture(Frozen):
    """What is known of the seal's picture without drawing it."""

    kind: str
    size: int  # bytes
    width: int  # millimetres
    height: int
    digest: str  # SM3, hexadecimal
