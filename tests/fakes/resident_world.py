"""The resident's flows over a real database, with regions that a test can tell what to answer."""

import base64
import itertools
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from msgspec.structs import replace

from deploy.database import make_engine
from gateway.flows.close_account import CloseAccount
from gateway.flows.decide_review import Reviews
from gateway.flows.equipment import Equipment
from gateway.flows.housekeeping import Housekeeping
from gateway.flows.issue_code import IssueCode, Refuse
from gateway.flows.my_consents import MyConsents
from gateway.flows.my_links import MyLinks
from gateway.flows.pairwise_subjects import PairwiseSubjects
from gateway.flows.person_steps import BeginSteps
from gateway.flows.release_claims import ReleaseClaims
from gateway.flows.respond import Respond
from gateway.flows.sessions import ResidentSessions
from gateway.flows.sign_in import AnswerGiven, SignIns
from gateway.flows.stage_view import (
    Answer,
    CheckQuestion,
    ClaimsQuestion,
    Matched,
    Next,
    Redirect,
    StageView,
)
from gateway.identity.account import Account
from gateway.identity.check import CheckPurpose
from gateway.identity.claim import SCOPE_CLAIMS
from gateway.identity.region import Region
from gateway.identity.transfer import TransferBasis
from gateway.identity.transfer_ground import Ground
from gateway.oidc.authorization_request import AuthorizationRequest
from gateway.oidc.client import Client
from gateway.oidc.offer import Offer
from gateway.oidc.permission import Permission
from gateway.ports.person_steps import Missing, SignInStarted
from gateway.settings import ResidentSettings
from gateway.storage.metadata import metadata
from gateway.storage.notices import NoticeFolder
from gateway.storage.unit_of_work import SqlWork
from tests.fakes.oidc_signer import FakeSigner
from tests.fakes.oidc_world import FakeVault, Journal, Moment
from tests.fakes.resident_regions import CHAN, CHAN_IN_GUANGDONG, FakeFaceCheck, FakeRegion
from tests.fixtures.databases import make_tables

NOTICES = Path(__file__).resolve().parents[2] / "translations" / "notices"
BROWSER = "browser-of-the-test"
PHONE = "Mozilla/5.0 (phone)"
AGENCY = Client(
    id="kapok-bay-registry",
    agency="kapok-bay",
    names={"en": "Kapok Bay Registry", "zh-Hant": "木棉灣登記處", "zh-Hans": "木棉湾登记处", "pt": "Registo da Baía"},
    region="CN-44",
    redirect_uris=("https://agency.example/callback",),
    scopes=frozenset({"openid", "profile", "travel_document"}),
    detail_types=frozenset({"biometric_check"}),
    require_dpop=False,
    purpose={"en": "To make your record", "zh-Hant": "辦理證明", "zh-Hans": "办理证明", "pt": "Para o seu registo"},
)
REQUEST = AuthorizationRequest(
    client=AGENCY.id,
    redirect_uri=AGENCY.redirect_uris[0],
    scope=("openid",),
    state="a-state",
    code_challenge="c" * 43,
    claims={"userinfo": {"name": {"essential": True}, "birthdate": {}}},
)
CHECK = {"type": "biometric_check", "application": "APP-2026-7", "purpose": "business-registration"}
LANGUAGES = ("zh-Hant", "zh-Hans", "en", "pt")
PARAMETERS = {
    "agency_phone": "+86 20 0000 0000",
    "check_service": "Check Service",
    "check_place": "Guangzhou",
    "service_name": "a branch",
    "counter_place": "Counter 1",
    "counter_hours": "9-17",
    "read_aloud_seconds": "150",
}
PURPOSE = CheckPurpose(
    code="business-registration",
    notice="biometric-check",
    agencies=frozenset({AGENCY.agency}),
    impact_assessment="PIA-2026-1",
    necessity=dict.fromkeys(LANGUAGES, "The register protects against branches in a stranger's name."),
    parameters=dict.fromkeys(LANGUAGES, PARAMETERS),
)
BASES = tuple(
    TransferBasis(
        source=source,
        destination="CN-44",
        ground=Ground.SEPARATE_CONSENT,
        reference="notice:claims",
        claims=frozenset({"name", "chinese_name", "birthdate"}),
    )
    for source in ("HK", "MO")
)


@dataclass
class FakePairwiseKeys:
    newest: int = 1

    def secret(self, version: int) -> bytes:
        return f"pairwise-secret-{version}".encode()


@dataclass
class FakeReceiptSigner:
    private: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))

    def sign(self, payload: bytes, *, typ: str) -> str:
        head = _b64(json.dumps({"alg": "ES256", "kid": "receipt-1", "typ": typ}).encode())
        signed = f"{head}.{_b64(payload)}"
        r, s = decode_dss_signature(self.private.sign(signed.encode(), ec.ECDSA(SHA256())))
        return f"{signed}.{_b64(r.to_bytes(32) + s.to_bytes(32))}"

    def keys(self) -> Mapping[str, Mapping[str, object]]:
        numbers = self.private.public_key().public_numbers()
        x, y = (_b64(value.to_bytes(32)) for value in (numbers.x, numbers.y))
        return {"receipt-1": {"kty": "EC", "crv": "P-256", "x": x, "y": y}}


def _b64(value: bytes) -> str:
    return base64.urlsafe_b64encode(value).decode().rstrip("=")


# What the tests need of Traditional to Simplified.
SIMPLER = {"陳": "陈"}


@dataclass
class World:
    """Everything on one database. `again()` is the same world after a restart of the process."""

    engine: sa.Engine
    clock: Moment
    vault: FakeVault
    journal: Journal
    regions: dict[Region, FakeRegion]
    face_check: FakeFaceCheck
    equipment: Equipment
    signer: FakeReceiptSigner = field(default_factory=FakeReceiptSigner)

    @property
    def open_work(self) -> SqlWork:
        return SqlWork(self.engine, vault=self.vault, audit=lambda _: self.journal)

    @property
    def sign_ins(self) -> SignIns:
        return SignIns(equipment=self.equipment)

    @property
    def steps(self) -> BeginSteps:
        return BeginSteps(equipment=self.equipment)

    @property
    def sessions(self) -> ResidentSessions:
        return ResidentSessions(open_work=self.open_work, clock=self.clock, lifetime=self.equipment.lifetime)

    @property
    def links(self) -> MyLinks:
        return MyLinks(open_work=self.open_work, clock=self.clock)

    @property
    def close_account(self) -> CloseAccount:
        return CloseAccount(open_work=self.open_work, clock=self.clock)

    @property
    def consents(self) -> MyConsents:
        return MyConsents(
            open_work=self.open_work,
            clock=self.clock,
            new_token=self.equipment.new_token,
            signer=self.signer,
            issuer="https://gateway.example",
        )

    @property
    def reviews(self) -> Reviews:
        return Reviews(open_work=self.open_work, clock=self.clock)

    @property
    def claims(self) -> ReleaseClaims:
        return ReleaseClaims(open_work=self.open_work, clock=self.clock, transfer_bases=self.equipment.transfer_bases)

    @property
    def housekeeping(self) -> Housekeeping:
        return Housekeeping(open_work=self.open_work, clock=self.clock, settings=self.equipment.settings)

    def view(self, sign_in: str, *, browser: str = BROWSER, locale: str = "en") -> StageView:
        return self.sign_ins.view(sign_in, browser, locale=locale)

    def go(self, sign_in: str, region: Region = Region.HONG_KONG) -> Next:
        """Choose the region, and come back from it."""
        left = self.sign_ins.choose_region(sign_in, BROWSER, region=region.value, locale="en", user_agent=PHONE)
        assert isinstance(left, Redirect)
        return self.back(region)

    def back(self, region: Region, *, browser: str = BROWSER, **query: str) -> Next:
        """The browser returns from the last departure to this region."""
        state = self.regions[region].trips[-1].state
        return self.sign_ins.arrive(region.value, {"state": state, "code": "c", **query}, browser)

    def link(self, sign_in: str) -> Next:
        left = self.sign_ins.link(sign_in, BROWSER, locale="en", user_agent=PHONE)
        assert isinstance(left, Redirect)
        return self.back(Region.GUANGDONG)

    def answer(self, sign_in: str, *, agree: bool = True, locale: str = "en") -> AnswerGiven:
        """An answer to the question that the page shows now."""
        shown = self.view(sign_in, locale=locale)
        assert isinstance(shown, Matched | ClaimsQuestion | CheckQuestion)
        return AnswerGiven(agree=agree, shown=shown.notice.text_sha256, locale=locale, control="agree")

    def bind(self, sign_in: str) -> Next:
        return self.sign_ins.bind(sign_in, BROWSER, self.answer(sign_in))

    def bound(self, region: Region = Region.HONG_KONG) -> str:
        """A person who has bound their accounts and is signed in; the session's cookie."""
        sign_in = self.sign_ins.begin(BROWSER, locale="en").sign_in
        self.go(sign_in, region)
        self.link(sign_in)
        done = self.bind(sign_in)
        assert done.session is not None
        return done.session

    def bound_again(self) -> str:
        """The same, on a browser that is known already: home is asked for attributes only when they are needed."""
        sign_in = self.sign_ins.begin(BROWSER, locale="en").sign_in
        self.go(sign_in)
        self.sign_ins.link(sign_in, BROWSER, locale="en", user_agent=PHONE)
        self.back(Region.HONG_KONG)
        self.back(Region.GUANGDONG)
        done = self.bind(sign_in)
        assert done.session is not None
        return done.session

    def account(self, cookie: str) -> str:
        who = self.sessions.current(cookie, BROWSER)
        assert who is not None
        return who.account

    def begin(
        self, request: AuthorizationRequest, *, browser: str = BROWSER, session: str | None
    ) -> Permission | SignInStarted | Missing:
        """What an agency's request needs of the person."""
        with self.open_work(write=False) as work:
            return self.steps.begin(request, browser=browser, session=session, work=work, at=self.clock())

    def asked(self, request: AuthorizationRequest, cookie: str | None = None) -> str:
        """An agency's request that needs the person; the sign-in's id."""
        started = self.begin(request, session=cookie)
        sign_in = getattr(started, "sign_in", None)
        assert isinstance(sign_in, str), started
        return sign_in

    def leave_to_check(self, sign_in: str, **brought: str) -> Next:
        left = self.sign_ins.proceed(sign_in, BROWSER, locale="en", user_agent=PHONE)
        assert isinstance(left, Redirect)
        state = left.url.partition("state=")[2]
        to = "check" if left.url.startswith("https://check") else "HK"
        return self.sign_ins.arrive(to, {"state": state, "code": "c", **brought}, BROWSER)

    def configured(self, **changes: object) -> "World":
        self.equipment = replace(self.equipment, **changes)
        return self


def parameters(answer: Next) -> dict[str, str]:
    """What the agency is told."""
    assert isinstance(answer, Answer), answer
    return dict(answer.response.parameters)


def world_of(url: str, account: Account) -> Iterator[World]:
    """One in which this account was opened, for as long as a test lasts."""
    made = make_world(url)
    with made.open_work(write=True) as work:
        work.accounts.add(account)
        work.commit()
    yield made
    made.engine.dispose()


def make_world(url: str, *, now: datetime = datetime(2026, 11, 21, 12, 0, tzinfo=UTC), is_new: bool = True) -> World:
    """Over an empty database, or over one that another world made (`is_new=False`)."""
    engine = make_engine(url)
    if is_new:
        make_tables(engine, metadata)
    clock, vault, journal = Moment(now), FakeVault(), Journal()
    regions = {
        Region.HONG_KONG: FakeRegion(Region.HONG_KONG, "openid-chan", CHAN, clock),
        Region.MACAU: FakeRegion(Region.MACAU, "mo-chan", CHAN, clock),
        Region.GUANGDONG: FakeRegion(Region.GUANGDONG, "gd-chan", CHAN_IN_GUANGDONG, clock),
    }
    face_check = FakeFaceCheck()
    numbers = itertools.count(1)
    open_work = SqlWork(engine, vault=vault, audit=lambda _: journal)

    def new_token() -> str:
        return f"token-number-{next(numbers):06d}-for-the-test"

    issuer = "https://gateway.example"
    respond = Respond(issuer=issuer, signer=FakeSigner(), clock=clock)
    equipment = Equipment(
        open_work=open_work,
        clock=clock,
        new_token=new_token,
        regions=regions,
        face_check=face_check,
        notices=NoticeFolder(NOTICES),
        issue=IssueCode(
            offer=Offer(issuer=issuer, scope_claims=SCOPE_CLAIMS),
            respond=respond,
            lifetime=timedelta(seconds=60),
            vault=vault,
            new_token=new_token,
        ),
        refuse=Refuse(respond=respond),
        subjects=PairwiseSubjects(keys=FakePairwiseKeys(), open_work=open_work, clock=clock, recheck=timedelta(0)),
        pairwise_keys=FakePairwiseKeys(),
        simplify=lambda character: SIMPLER.get(character, character),
        settings=ResidentSettings(),
        pages_url="https://gateway.example",
        operator={
            language: {"operator": "Bay Gateway", "operator_phone": "+86 20 1111 1111"} for language in LANGUAGES
        },
        purposes={PURPOSE.code: PURPOSE},
        transfer_bases=BASES,
    )
    world = World(
        engine=engine,
        clock=clock,
        vault=vault,
        journal=journal,
        regions=regions,
        face_check=face_check,
        equipment=equipment,
    )
    for region in regions.values():
        region.gateway = world.sign_ins
    with world.open_work(write=True) as work:
        work.clients.save(AGENCY)
        work.commit()
    return world
