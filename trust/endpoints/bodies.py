"""What trust's API takes and answers, by type; the description of the API is made of these."""

from typing import Annotated, NotRequired, TypedDict

from msgspec import Meta

from trust.documents.batch import BatchProgress
from trust.documents.digests import LENGTHS
from trust.documents.record import State
from trust.documents.signing import Means, SigningState
from trust.signing.profile import LANGUAGES

Instant = Annotated[str, Meta(description="UTC, to the second", pattern="^[0-9-]{10}T[0-9:]{8}Z$")]
Digest = Annotated[str, Meta(pattern="^sha256:[0-9a-f]{64}$")]
Slug = Annotated[str, Meta(description="A stable word; /problems/{word} explains it", pattern="^[A-Za-z0-9_.-]+$")]
Language = Annotated[str, Meta(pattern=f"^({'|'.join(LANGUAGES)})$")]
Count = Annotated[int, Meta(ge=0)]
MeansName = Annotated[str, Meta(description="Who keeps the person's key", pattern=f"^({'|'.join(Means)})$")]
StateName = Annotated[str, Meta(description="Where it is in its life", pattern=f"^({'|'.join(State)})$")]


class RecordMetadata(TypedDict):
    """What an agency tells of a record. `subject` is the `sub` that it was told of the person."""

    subject: Annotated[str, Meta(min_length=1, max_length=255)]
    title: (
        Annotated[str, Meta(description="In `language`", min_length=1, max_length=300)]
        | Annotated[
            dict[Annotated[str, Meta(max_length=16)], Annotated[str, Meta(min_length=1, max_length=300)]],
            Meta(description="By language", min_length=1, max_length=8),
        ]
    )
    kind: Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9_.:-]{0,63}$")]
    language: NotRequired[Language]


class RecordBatchMetadata(TypedDict):
    """One item for each part `file`, in the same order."""

    items: list[RecordMetadata]


class RecordState(TypedDict):
    """A record: received and waiting, sealed, or refused with a reason."""

    id: str
    state: StateName
    kind: str
    language: Language
    received_at: Instant | None
    sealed_at: Instant | None
    received_sha256: Digest
    sealed_sha256: Digest | None
    pages: Count | None
    verification_url: Annotated[str, Meta(description="The public page of the record, also in its QR code")]
    reason: NotRequired[Slug]


class RecordLine(TypedDict):
    """One record of a batch."""

    id: str
    state: StateName
    reason: NotRequired[Slug]
    sealed_sha256: Digest | None


class RecordBatchState(TypedDict):
    """How each record of a batch stands; `done` when none waits."""

    batch: str
    done: bool
    states: dict[str, Count]
    items: list[RecordLine]


class DigestsAsked(TypedDict):
    """A detached signature (CMS, in base64) and the digests of its document, in hexadecimal, by algorithm."""

    signature: str
    digests: Annotated[
        dict[Annotated[str, Meta(pattern=f"^({'|'.join(LENGTHS)})$")], Annotated[str, Meta(pattern="^[0-9a-f]+$")]],
        Meta(min_length=1),
    ]


class BatchState(TypedDict):
    """How far a batch of files is."""

    id: str
    state: BatchProgress
    policy: str
    files: Count
    judged: Count
    verdicts: Annotated[dict[str, Count], Meta(description="How many files came out how")]
    received_at: Instant
    expires_at: Instant
    results: Annotated[str, Meta(description="Where the reports are")]


class SigningMetadata(TypedDict):
    """What a person is asked to sign. Without `means`, they sign with what they have; `return_uri` as registered."""

    subject: Annotated[str, Meta(min_length=1, max_length=255)]
    title: Annotated[str, Meta(min_length=1, max_length=200)]
    language: NotRequired[Language]
    means: NotRequired[MeansName]
    return_uri: NotRequired[str]


class SigningBegin(TypedDict):
    """The person is there now. `hkic_hash` only where the gateway does not know the person's card."""

    hkic_hash: NotRequired[str]
    return_uri: NotRequired[str]
    user_agent: NotRequired[str]


class SigningBegun(TypedDict):
    """Where the person's browser goes, and the code that they compare; the gateway's page shows both."""

    url: str
    code: str
    signing_url: str


class SigningShown(TypedDict):
    """A document that a person is to sign, at `signing_url`. `level` is null for a signature that is no PAdES."""

    id: str
    state: Annotated[str, Meta(pattern=f"^({'|'.join(SigningState)})$")]
    means: MeansName
    signing_url: Annotated[str, Meta(description="The gateway's page on which the person signs")]
    language: Language
    created_at: Instant | None
    expires_at: Instant | None
    signed_at: Instant | None
    level: str | None
    sha256: Digest | None
    reason: NotRequired[Slug]
