"""What the pages need of the flows; `deploy` supplies it. Those of gateway have the shape of its own classes."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from gateway.flows.confirm_device import DeviceAsks
from gateway.flows.look_at_partner import PartnerState
from gateway.flows.my_consents import ConsentDetail, ConsentLine
from gateway.flows.my_links import LinkLine
from gateway.flows.sessions import SessionLine, SignedIn
from gateway.flows.sign_in import AnswerGiven
from gateway.flows.stage_view import Next, StageView
from gateway.frozen import Frozen, Hidden
from gateway.oidc.client import Client
from gateway.oidc.integration_error import IntegrationError
from gateway.oidc.registration_request import RegistrationRequest


class SealedRecord(Frozen):
    """A record that an agency issued for a person, as its list and its page show it."""

    id: str
    title: Hidden[str]
    agency: Mapping[str, str]  # the agency's name by language
    issued_at: datetime  # when it was sealed
    sha256: str
    pages: int | None
    code: str  # of the public page /v/{code}


class PublicRecord(Frozen):
    """What anybody may know who holds the code: that it exists, whose it is to vouch for, and its fingerprint."""

    agency: Mapping[str, str]
    issued_at: datetime
    sha256: str


class Documents(Protocol):
    def of(self, account: str) -> tuple[SealedRecord, ...]:
        """Sealed records of this person, newest first."""
        ...

    def find(self, account: str, document: str) -> SealedRecord | None:
        """None as well when it belongs to somebody else."""
        ...

    def content(self, account: str, document: str) -> bytes | None:
        """The sealed PDF."""
        ...

    def by_code(self, code: str) -> PublicRecord | None:
        """By the verification code printed on the record."""
        ...


class VerifiedFile(Frozen):
    """What came of verifying one file, in the two forms that programs read."""

    report: Hidden[Mapping[str, object]]  # as `gba verify --json` prints it
    xml: Hidden[str]  # after ETSI TS 119 102-2


class TypedField(Frozen):
    """Something that the person types: a code that was sent to them, or a secret of theirs."""

    one_time: bool
    numeric: bool


class ToSign(Frozen):
    """A document that a person is asked to sign, and how far that is."""

    id: str
    title: Hidden[str]
    agency: Mapping[str, str]  # the agency's name by language
    means: str  # iam_smart or esign_cloud
    state: str  # waiting, asked, signed or expired, as of now
    reason: str  # how the last attempt ended
    sha256: str
    asked_on: datetime  # when the agency asked
    until: datetime  # when it is over, or the platform's question is
    minutes: int  # until then
    names_account: bool  # the person says which account of the platform is theirs
    url: Hidden[str] = ""  # of the platform, where the person answers there
    code: str = ""  # that service and app both show
    typed: tuple[TypedField, ...] = ()
    holder: Hidden[str] = ""  # whose certificate it is
    tries: int = 0  # that are left
    sends: int = 0
    back: Hidden[str] = ""  # the agency's address, told how it stands


class PersonSignings(Protocol):
    """What a person is asked to sign. None where it is not theirs; DocumentRefused or SigningFailed where it fails."""

    def waiting(self, account: str) -> tuple[ToSign, ...]:
        """What this person can still sign, newest first."""
        ...

    def find(self, account: str, signing: str) -> ToSign | None:
        """One of theirs."""
        ...

    def content(self, account: str, signing: str) -> bytes | None:
        """The PDF as it waits or is signed."""
        ...

    def begin(self, account: str, signing: str, *, named: str, agent: str, language: str) -> ToSign | None:
        """Ask the platform; `named` is the account there that the person typed."""
        ...

    def answer(self, account: str, signing: str, typed: Sequence[str]) -> ToSign | None:
        """What was typed, in the order of the fields. Raises TypedWrong where they may try again."""
        ...

    def send_again(self, account: str, signing: str) -> ToSign | None:
        """Have another code sent."""
        ...

    def cancel(self, account: str, signing: str) -> ToSign | None:
        """Not now."""
        ...


class Verification(Protocol):
    def report(self, name: str, pdf: bytes) -> VerifiedFile:
        """The report of one file. Never raises for what the file holds."""
        ...

    def report_pdf(self, report: Mapping[str, object], language: str) -> bytes:
        """The same in words, as a PDF."""
        ...

    def sentence(self, reason: str, language: str) -> str:
        """What a reason means, in words."""
        ...


class ReceiptPrinter(Protocol):
    def __call__(self, content: Mapping[str, object], *, signed: str, language: str) -> bytes:
        """A consent's receipt as a sealed PDF; `signed` is the compact JWS, attached to it."""
        ...


class Consents(Protocol):
    """A person's consents (`gateway.flows.my_consents.MyConsents`)."""

    def list(self, account: str) -> tuple[ConsentLine, ...]: ...

    def detail(self, account: str, record: str) -> ConsentDetail: ...

    def receipt(self, account: str, record: str) -> str: ...

    def withdraw(self, account: str, record: str) -> ConsentDetail: ...


class Links(Protocol):
    """A person's bindings (`gateway.flows.my_links.MyLinks`)."""

    def list(self, account: str) -> tuple[LinkLine, ...]: ...

    def undo(self, account: str, binding: str) -> None: ...


class CloseAccount(Protocol):
    """Closing a person's account for good (`gateway.flows.close_account.CloseAccount`)."""

    def __call__(self, account: str) -> None: ...


class Sessions(Protocol):
    """A person's sessions (`gateway.flows.sessions.ResidentSessions`)."""

    def current(self, cookie: str | None, browser: str | None) -> SignedIn | None: ...

    def list(self, who: SignedIn) -> tuple[SessionLine, ...]: ...

    def end(self, who: SignedIn, session: str) -> None: ...

    def sign_out(self, cookie: str | None) -> None: ...


class SignOut(Protocol):
    """Signing out at an agency's word (`gateway.flows.sign_out_for.SignOutFor`). `sealed` came with the browser."""

    def asker(self, sealed: str) -> Client | None: ...

    def answer(self, sealed: str, *, agree: bool, session: str | None) -> str | None: ...


class Devices(Protocol):
    """Signing in for a device (`gateway.flows.confirm_device.ConfirmDevice`). Raises StepRefused for wrong codes."""

    def look(self, typed: str, browser: str) -> DeviceAsks: ...

    def agree(self, typed: str, browser: str, *, session: str | None, locale: str) -> Next: ...

    def refuse(self, typed: str, browser: str) -> None: ...


class Partners(Protocol):
    """Partners' affairs (`gateway.flows`: partner_pass, look_at_partner, ask_to_register). `visit` is the cookie."""

    def visitor(self, visit: str | None) -> Client | None: ...

    def enter(self, link: str) -> str: ...

    def leave(self, visit: str | None) -> None: ...

    def errors(self, client: str, *, limit: int, before: str | None) -> tuple[IntegrationError, ...]: ...

    def state(self, client: str) -> PartnerState | None: ...

    def ask(self, signed: str, *, remote: str, forwarded: str | None) -> RegistrationRequest: ...

    def request(self, reference: str) -> RegistrationRequest: ...


class SignIns(Protocol):
    """The steps of a sign-in, as `gateway.flows.sign_in.SignIns` takes them. `browser` is the cookie's value."""

    def begin(self, browser: str, *, locale: str) -> Next: ...

    def view(self, sign_in_id: str, browser: str, *, locale: str, unasked: bool = False) -> StageView: ...

    def choose_region(self, sign_in_id: str, browser: str, *, region: str, locale: str, user_agent: str) -> Next: ...

    def resume(self, sign_in_id: str, browser: str) -> Next: ...

    def link(self, sign_in_id: str, browser: str, *, locale: str, user_agent: str) -> Next: ...

    def bind(self, sign_in_id: str, browser: str, answer: AnswerGiven) -> Next: ...

    def agree_claims(self, sign_in_id: str, browser: str, answer: AnswerGiven, *, optional: frozenset[str]) -> Next: ...

    def answer_check(self, sign_in_id: str, browser: str, answer: AnswerGiven) -> Next: ...

    def proceed(
        self, sign_in_id: str, browser: str, *, locale: str, user_agent: str, other_way: bool = False
    ) -> Next: ...

    def cancel(self, sign_in_id: str, browser: str) -> Next: ...

    def restart(self, sign_in_id: str, browser: str) -> Next: ...


class ApiDescription(Protocol):
    @property
    def document(self) -> Mapping[str, Any]:
        """The description of the machine API (OpenAPI 3.1)."""
        ...
