"""What a reader saw in a file, before anybody judges it. Plain values, so that they cross a process."""

from datetime import datetime
from enum import IntEnum

from msgspec import field

from trust.frozen import Frozen, Hidden


class Change(IntEnum):
    """What happened to a document after a signature, from nothing to anything."""

    NONE = 0
    VALIDATION_DATA = 1  # evidence and document timestamps (EN 319 142-1 §5.4)
    UNSHOWN = 2  # what no page shows: the document's title and description, evidence taken away
    SIGNATURES = 3  # further signatures
    FORM = 4  # fields filled in
    ANNOTATIONS = 5
    UNKNOWN = 6  # it could not be told
    OTHER = 7


class SealFacts(Frozen):
    """The electronic seal that a signature put to a document (GB/T 38540, GM/T 0031), as its maker made it."""

    standard: str
    objection: str = ""  # what is wrong with it at any time
    maker: Hidden[bytes] = b""  # certificate, DER
    identifier: str = ""
    name: Hidden[str] = ""
    begins: datetime | None = None  # when it was made, or may first be used, whichever is later
    ends: datetime | None = None
    picture: str = ""  # SM3 of its picture, hexadecimal


class CmsFacts(Frozen):
    """A signed message: what it says, and whether its own cryptography holds."""

    problem: str = ""  # why it could not be read or is not supported
    intact: bool = False  # the message digest is that of the content
    genuine: bool = False  # the signature value is the signer's
    signer: Hidden[bytes] = b""  # certificate, DER
    certificates: Hidden[tuple[bytes, ...]] = ()
    # the signing-certificate attribute: "" absent, "matches", "differs"
    names_signer: str = ""
    digest_algorithm: str = ""
    signature_algorithm: str = ""
    claimed_at: datetime | None = None
    ocsps: Hidden[tuple[bytes, ...]] = ()
    crls: Hidden[tuple[bytes, ...]] = ()
    stamps: tuple["StampFacts", ...] = ()
    seal: SealFacts | None = None


class StampFacts(Frozen):
    """A timestamp token over something."""

    cms: CmsFacts
    at: datetime | None = None
    covers: bool = False  # its imprint is the digest of what it claims to cover
    imprint: str = ""  # by which algorithm
    policy: str = ""


class SignatureFacts(Frozen):
    """One signature or document timestamp of a file."""

    field_name: str
    is_stamp: bool = False
    sub_filter: str = ""
    problem: str = ""  # a structure that no honest writer makes
    end: int = 0  # where the signed bytes end
    covers_file: bool = False
    digest_only: bool = False  # what it covers was never seen, only its digest
    revision: int = 0  # counted from 1
    cms: CmsFacts = field(default_factory=CmsFacts)
    stamp: StampFacts | None = None  # for a document timestamp
    claimed_at: datetime | None = None
    reason: str = ""
    permits: int = 0  # DocMDP level of a certification, 0 for none
    change: Change = Change.NONE
    changes: tuple[str, ...] = ()


class FileFacts(Frozen):
    """A file as it was read."""

    sha256: str
    size: int
    problem: str = ""  # why nothing could be read: not_a_pdf, encrypted, …
    pages: int = 0
    digest_only: bool = False  # there was no file: a signature and the digest of what it signs
    signatures: tuple[SignatureFacts, ...] = ()
    empty_fields: int = 0
    certificates: Hidden[tuple[bytes, ...]] = ()
    ocsps: Hidden[tuple[bytes, ...]] = ()
    crls: Hidden[tuple[bytes, ...]] = ()
    findings: tuple[str, ...] = ()
