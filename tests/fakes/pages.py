"""The pages over fakes of the flows: every stage under its own id, two records, two links, three consents."""

import base64
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from flask import Flask
from msgspec.structs import replace

from deploy.describing import openapi
from gateway.errors import NotFound, RequestRefused, StepRefused
from gateway.flows.confirm_device import DeviceAsks
from gateway.flows.my_consents import ConsentDetail, ConsentLine
from gateway.flows.my_links import LinkLine
from gateway.flows.sessions import SessionLine, SignedIn
from gateway.flows.sign_in import AnswerGiven
from gateway.flows.stage_view import Answer, Finished, Next, Redirect, StageView, Stay
from gateway.identity.region import Region
from gateway.oidc.authorization_response import AuthorizationResponse
from gateway.oidc.client import Client
from pwa.app_shell import create_pages
from pwa.ports import PublicRecord, SealedRecord, ToSign, VerifiedFile
from pwa.settings import PwaSettings
from tests.fakes import page_examples as examples
from tests.fakes.partner_pages import REFERENCE, FakePartners

SESSION = "session-of-the-example"
KEY = b"k" * 32
AGENCY = Client(
    id="registry",
    agency="registry-agency",
    names={"en": "Registry", "zh-Hant": "登記處", "zh-Hans": "登记处", "pt": "Registo"},
    region="CN-44",
    redirect_uris=("https://agency.example/callback",),
)


class FakeDescription:
    """The real description, of all that is ever served."""

    document = openapi.document(openapi.OPERATIONS, origin="http://localhost")


@dataclass(slots=True)
class FakeSignIns:
    """Remembers what was asked of it; every action leads to the next stage of the list or to a place outside."""

    calls: list[tuple[str, str]] = field(default_factory=list)
    answers: list[AnswerGiven] = field(default_factory=list)
    optional: frozenset[str] = frozenset()

    def begin(self, browser: str, *, locale: str) -> Next:
        self.calls.append(("begin", locale))
        return Stay(sign_in="choose", locale=locale)

    def view(self, sign_in_id: str, browser: str, *, locale: str, unasked: bool = False) -> StageView:
        found = examples.all_stages(locale).get(sign_in_id)
        if found is None:
            raise NotFound("sign_in_unknown")
        return found

    def choose_region(self, sign_in_id: str, browser: str, *, region: str, locale: str, user_agent: str) -> Next:
        if region not in {"HK", "MO"}:
            raise StepRefused("region_unknown")
        self.calls.append(("region", region))
        return Redirect(url=f"https://region.example/{region}", sign_in=sign_in_id)

    def resume(self, sign_in_id: str, browser: str) -> Next:
        return Stay(sign_in="link", locale="en")

    def link(self, sign_in_id: str, browser: str, *, locale: str, user_agent: str) -> Next:
        self.calls.append(("link", sign_in_id))
        return Redirect(url="https://region.example/gd", sign_in=sign_in_id)

    def bind(self, sign_in_id: str, browser: str, answer: AnswerGiven) -> Next:
        self.answers.append(answer)
        if sign_in_id == "choose":
            raise StepRefused("guangdong_account_taken")
        return Stay(sign_in="claims", locale="en", session=SESSION)

    def agree_claims(self, sign_in_id: str, browser: str, answer: AnswerGiven, *, optional: frozenset[str]) -> Next:
        self.answers.append(answer)
        self.optional = optional
        return Stay(sign_in="check", locale="en")

    def answer_check(self, sign_in_id: str, browser: str, answer: AnswerGiven) -> Next:
        self.answers.append(answer)
        return Stay(sign_in="agreed" if answer.agree else "other-way", locale="en")

    def proceed(self, sign_in_id: str, browser: str, *, locale: str, user_agent: str, other_way: bool = False) -> Next:
        self.calls.append(("proceed", "other" if other_way else "agreed"))
        return Redirect(url="https://region.example/check", sign_in=sign_in_id)

    def cancel(self, sign_in_id: str, browser: str) -> Next:
        stage = examples.all_stages("en")["finished-post" if sign_in_id == "finished-post" else "finished"]
        assert isinstance(stage, Finished)
        assert stage.answer is not None
        return Answer(response=stage.answer, sign_in=sign_in_id)

    def restart(self, sign_in_id: str, browser: str) -> Next:
        return Stay(sign_in="choose", locale="en")


class FakeSessions:
    def __init__(self) -> None:
        self.ended: list[str] = []

    def current(self, cookie: str | None, browser: str | None) -> SignedIn | None:
        if cookie != SESSION or cookie in self.ended:
            return None
        return SignedIn(
            session="s1",
            account="a1",
            home=Region.HONG_KONG,
            acr="urn:2",
            since=examples.NOW,
            expires_at=examples.NOW,
            lasts=timedelta(minutes=15),
        )

    def list(self, who: SignedIn) -> tuple[SessionLine, ...]:
        line = SessionLine(id="s1", home=Region.HONG_KONG, since=examples.NOW, seen_at=examples.NOW, is_this_one=True)
        return line, replace(line, id="s2", is_this_one=False)

    def end(self, who: SignedIn, session: str) -> None:
        self.ended.append(session)

    def sign_out(self, cookie: str | None) -> None:
        self.ended.append(cookie or "")


class FakeLinks:
    def __init__(self) -> None:
        self.undone: list[str] = []
        self.closed: list[str] = []

    def list(self, account: str) -> tuple[LinkLine, ...]:
        return examples.LINKS

    def undo(self, account: str, binding: str) -> None:
        if binding != "b1":
            raise NotFound("link_unknown")
        self.undone.append(binding)

    def close(self, account: str) -> None:
        self.closed.append(account)


class FakeSignOut:
    """Knows one request, of an agency; agreeing leads back to it."""

    def asker(self, sealed: str) -> Client | None:
        if sealed not in {"r1", "nobody"}:
            raise RequestRefused("logout_request_unknown")
        return None if sealed == "nobody" else AGENCY

    def answer(self, sealed: str, *, agree: bool, session: str | None) -> str | None:
        self.asker(sealed)
        return "https://agency.example/bye" if agree and sealed == "r1" else None


class FakeConsents:
    def __init__(self) -> None:
        self.withdrawn: list[str] = []

    def list(self, account: str) -> tuple[ConsentLine, ...]:
        return tuple(detail.line for detail in examples.consent_details("zh-Hant"))

    def detail(self, account: str, record: str) -> ConsentDetail:
        found = {detail.line.id: detail for detail in examples.consent_details("zh-Hant")}
        if record not in found:
            raise NotFound("consent_unknown")
        return found[record]

    def receipt(self, account: str, record: str) -> str:
        detail = self.detail(account, record)
        payload = base64.urlsafe_b64encode(json.dumps({"record": detail.line.id}).encode()).decode().rstrip("=")
        return f"e30.{payload}.c2ln"

    def withdraw(self, account: str, record: str) -> ConsentDetail:
        self.withdrawn.append(record)
        return self.detail(account, record)


class FakeDocuments:
    def of(self, account: str) -> tuple[SealedRecord, ...]:
        return examples.RECORDS if account == "a1" else ()

    def find(self, account: str, document: str) -> SealedRecord | None:
        return next((record for record in self.of(account) if record.id == document), None)

    def content(self, account: str, document: str) -> bytes | None:
        return b"%PDF-1.7\n" if self.find(account, document) else None

    def by_code(self, code: str) -> PublicRecord | None:
        return examples.PUBLIC if code == examples.RECORDS[0].code else None


class FakeSignings:
    """Remembers what was asked of it; s1 waits, s2 shows a code, s3 wants to be typed to, s4 is signed, s5 over."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, object]] = []
        self.refuses: Exception | None = None

    def waiting(self, account: str) -> tuple[ToSign, ...]:
        return examples.TO_SIGN[:1] if account == "a1" else ()

    def find(self, account: str, signing: str) -> ToSign | None:
        return next((one for one in examples.TO_SIGN if one.id == signing and account == "a1"), None)

    def content(self, account: str, signing: str) -> bytes | None:
        return b"%PDF-1.7\n" if self.find(account, signing) else None

    def begin(self, account: str, signing: str, *, named: str, agent: str, language: str) -> ToSign | None:
        return self._did("begin", (named, language), account, signing)

    def answer(self, account: str, signing: str, typed: Sequence[str]) -> ToSign | None:
        return self._did("answer", tuple(typed), account, "s4")

    def send_again(self, account: str, signing: str) -> ToSign | None:
        return self._did("again", signing, account, signing)

    def cancel(self, account: str, signing: str) -> ToSign | None:
        return self._did("cancel", signing, account, signing)

    def _did(self, what: str, told: object, account: str, signing: str) -> ToSign | None:
        if self.refuses is not None:
            raise self.refuses
        self.calls.append((what, told))
        return self.find(account, signing)


class FakeVerification:
    def report(self, name: str, pdf: bytes) -> VerifiedFile:
        verdict = pdf.decode("latin-1").strip() if pdf else "INDETERMINATE"
        report = {**examples.REPORTS.get(verdict, examples.REPORTS["INDETERMINATE"]), "file": name}
        long = random.Random(7).randbytes(600_000).hex() if pdf == b"ENDLESS" else report["verdict"]
        return VerifiedFile(report=report, xml=f"<report>{long}</report>")

    def report_pdf(self, report: Mapping[str, object], language: str) -> bytes:
        return f"%PDF-1.7 {report['verdict']} {language}".encode()

    def sentence(self, reason: str, language: str) -> str:
        return f"{reason} ({language})"


def print_receipt(content: Mapping[str, object], *, signed: str, language: str) -> bytes:
    return f"%PDF-1.7 {content['record']} {language}".encode()


@dataclass(slots=True)
class FakeDevices:
    """One device waits, with the code WDJB-MJHT."""

    calls: list[tuple[str, str]] = field(default_factory=list)
    signed_in: bool = False

    def look(self, typed: str, browser: str) -> DeviceAsks:
        if typed == "GUESSED":
            raise StepRefused("device_guesses_used_up")
        if typed.upper().replace("-", "") != "WDJBMJHT":
            raise StepRefused("device_code_unknown")
        return examples.DEVICE_ASKS

    def agree(self, typed: str, browser: str, *, session: str | None, locale: str) -> Next:
        self.look(typed, browser)
        self.calls.append(("agree", locale))
        if not self.signed_in:
            return Stay(sign_in="choose", locale=locale)
        parameters = (("outcome", "allowed"),)
        page = f"http://localhost/{locale}/device"
        return Answer(
            response=AuthorizationResponse(redirect_uri=page, mode="query", parameters=parameters), sign_in=""
        )

    def refuse(self, typed: str, browser: str) -> None:
        self.look(typed, browser)
        self.calls.append(("refuse", typed))


@dataclass(slots=True)
class FakePages:
    """The application and the fakes behind it."""

    app: Flask
    sign_ins: FakeSignIns
    sessions: FakeSessions
    links: FakeLinks
    consents: FakeConsents
    devices: FakeDevices
    partners: FakePartners
    signings: FakeSignings


def pages(*, origin: str = "http://localhost", sandbox: bool = True) -> FakePages:
    sign_ins, sessions, links, consents = FakeSignIns(), FakeSessions(), FakeLinks(), FakeConsents()
    devices, partners, signings = FakeDevices(), FakePartners(), FakeSignings()
    app = create_pages(
        settings=PwaSettings(
            origin=origin,
            form_key=KEY,
            sandbox=sandbox,
            sandbox_origin="http://localhost:8001" if sandbox else None,
            upload_limit=1024 * 1024,
        ),
        sessions=sessions,
        sign_ins=sign_ins,
        sign_out=FakeSignOut(),
        links=links,
        close_account=links.close,
        consents=consents,
        documents=FakeDocuments(),
        signings=signings,
        verification=FakeVerification(),
        print_receipt=print_receipt,
        devices=devices,
        partners=partners,
        api=FakeDescription(),
    )
    return FakePages(
        app=app,
        sign_ins=sign_ins,
        sessions=sessions,
        links=links,
        consents=consents,
        devices=devices,
        partners=partners,
        signings=signings,
    )


# Every page that a GET shows, below the language.
PLACES = (
    "/",
    "/sign-in",
    *(f"/sign-in/{name}" for name in examples.all_stages("en")),
    "/documents",
    "/documents/d1",
    "/documents/d2",
    f"/v/{examples.RECORDS[0].code}",
    *(f"/signings/{signing.id}" for signing in examples.TO_SIGN),
    "/links",
    "/account/close",
    "/sign-out",
    "/sign-out?request=r1",
    "/consents",
    "/consents/c1",
    "/consents/c2",
    "/consents/c3",
    "/verify",
    "/device",
    "/device?user_code=WDJB-MJHT",
    "/device?outcome=allowed",
    "/device?outcome=refused",
    "/device?outcome=expired",
    "/partners",
    "/partners/enter/link-of-the-example",
    "/partners/register",
    f"/partners/requests/{REFERENCE}",
    f"/partners/requests/{REFERENCE}-refused",
    "/developers",
    "/developers/start",
    "/developers/examples/partner.py",
    "/developers/api",
    "/developers/api/records",
    "/developers/types/RecordState",
    "/help",
    "/accessibility",
    "/privacy",
    "/offline",
    "/problems/unforeseen",
    "/nowhere",
)
