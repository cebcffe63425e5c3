"""A person of Hong Kong whose claims are vouched for, and the ground that decisions about them rest on."""

from collections.abc import Collection, Mapping
from datetime import UTC, date, datetime

from gateway.identity import consent
from gateway.identity.assertion import Attributes, ChineseName, Sex
from gateway.identity.binding import Binding, Method, Profile
from gateway.identity.claim import CLAIMS
from gateway.identity.consent import Kind, State
from gateway.identity.document import Document, DocumentType
from gateway.identity.identifier import guangdong_account, home_subject
from gateway.identity.notice import ShownNotice
from gateway.identity.region import HOMES, Region
from gateway.identity.release import Ground
from gateway.identity.transfer import TransferBasis
from gateway.identity.transfer_ground import Ground as TransferGround
from gateway.oidc.client import Client

BOUND_AT = datetime(2026, 11, 1, 9, 30, tzinfo=UTC)
SHOWN = ShownNotice(
    id="claims",
    version="1",
    effective_from=date(2026, 1, 1),
    language="en",
    binding_language="zh-Hans",
    languages=("en",),
    title="?",
    blocks=(),
    answers={},
    parameters={},
    text_sha256="sha256:0",
    text_set_sha256="sha256:1",
)
BASES = tuple(
    TransferBasis(
        source=home.value,
        destination="CN-44",
        ground=TransferGround.STATUTORY,
        reference="Article 1",
        claims=frozenset(CLAIMS),
    )
    for home in HOMES
)


def binding(known: Mapping[str, str] | None = None, *, chinese_name_verified: bool = True) -> Binding:
    """Bound at the third level on both sides."""
    names = known or {}
    return Binding(
        id="binding-1",
        account="1.account-of-the-example",
        home=Region.HONG_KONG,
        home_identity=home_subject("urn:hk:iamsmart", "openid"),
        guangdong_identity=guangdong_account("urn:cn-44:tyrz", "gd"),
        guangdong_version=None,
        level="urn:gba:acr:3",
        guangdong_level="urn:gba:acr:3",
        method=Method.COMPARED,
        reasons=(),
        evidence=None,
        consent="consent-1",
        profile=Profile(
            home=Attributes(
                documents=(Document(type=DocumentType.HKID, number="A1234563"),),
                birth_date=date.fromisoformat(names.get("birthdate", "1990-01-02")),
                sex=Sex.MALE,
                chinese_name=ChineseName(text="陳大文", verified=chinese_name_verified),
                latin_name=names.get("name", "CHAN TAI MAN"),
            ),
            travel_document=Document(type=DocumentType.HOME_RETURN_PERMIT, number="H12345678"),
        ),
        bound_at=BOUND_AT,
        home_level="urn:gba:acr:3",
    )


def record(items: Collection[str], *, at: datetime) -> consent.ConsentRecord:
    """A consent that stands, to just these."""
    asked = consent.asked(
        record_id="consent-1",
        kind=Kind.CLAIMS,
        account="1.account-of-the-example",
        client="registry",
        items=tuple(items),
        head={},
        shown=SHOWN,
        at=at,
    )
    return consent.then(asked, State.GIVEN, at=at, by="person")


def vouched(
    known: Mapping[str, str], *, client: Client, withdrawn: Collection[str], scope: frozenset[str] | None, at: datetime
) -> Ground:
    """Everything consented but what was withdrawn, and lawful to transfer."""
    return Ground(
        binding=binding(known),
        consent=record([name for name in CLAIMS if name not in withdrawn], at=at),
        allowed_scopes=client.scopes,
        destination=client.region,
        bases=BASES,
        at=at,
        scope=scope,
    )
