"""The story of one resident, from the first page to the undone link; every step says what it proved.

1. first page   2. to the gateway   3. home   4. link   5. claims   6. check   7. arrival
8. record       9. my documents    10. verify   11. gba verify   12. receipt   13. undo
"""

import json
import re
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from deploy.journey import simulator
from deploy.journey.person import Lost, Person
from deploy.journey.resident import Resident
from deploy.journey.stage import stage_of
from deploy.journey.step import Failed, Step, expect

LANGUAGES = ("zh-Hant", "zh-Hans", "en", "pt")
_MOST_STAGES = 12

CheckFile = Callable[[Path], Mapping[str, object]]
CheckReceipt = Callable[[bytes, str], str | None]


@dataclass(slots=True, kw_only=True)
class Story:
    """One resident's story. `check_file` is `gba verify --json`; `check_receipt` tells what is wrong with a receipt."""

    gateway: str
    sandbox: str
    resident: Resident
    person: Person
    folder: Path
    check_file: CheckFile
    check_receipt: CheckReceipt
    record: Path | None = None
    application: str = ""
    subject: str = ""
    consent: str = ""
    shown: str = ""  # the hash of the biometric notice on the screen
    document: str = ""
    sealed: Path = field(default=Path())

    def steps(self) -> tuple[tuple[str, Callable[[], list[str]]], ...]:
        """In the order of the story."""
        return (
            ("the first page speaks the phone's language", self.first_page),
            ("the agency sends them to the gateway", self.to_the_gateway),
            ("they sign in at home", self.at_home),
            ("they link their Guangdong account", self.link),
            ("they decide what the agency is told", self.claims),
            ("they answer the biometric question", self.check),
            ("they arrive at the agency", self.arrive),
            ("the agency issues a record and the gateway seals it", self.issue),
            ("it lies among their documents", self.documents),
            ("anyone can verify it on a page", self.verify_page),
            ("anyone can verify it with a command", self.verify_command),
            ("the receipt of their answer can be checked", self.receipt),
            ("they undo the link", self.undo),
        )

    def play(self) -> Iterator[Step]:
        """Play until the end or the first step that fails."""
        for title, act in self.steps():
            began = time.monotonic()
            proved, problem = [], ""
            try:
                proved = act()
            except (Failed, Lost) as fault:
                problem = str(fault)
            yield Step(
                resident=self.resident.label,
                title=title,
                proved=tuple(proved),
                seconds=time.monotonic() - began,
                problem=problem,
            )
            if problem:
                return

    def first_page(self) -> list[str]:
        page = self.person.go(f"{self.gateway}/")
        expect(page.status == 200, "the first page", self.person.whereabouts())
        expect(page.language.startswith(self.resident.first_page), self.resident.first_page, page.language)
        missing = [code for code in LANGUAGES if not self.person.sees(f"lang-{code}")]
        expect(not missing, "a switch to every language", f"none to {missing}")
        proved = [f'"{self.resident.phone.split(",")[0]}" was answered in {page.language}: {page.title}']
        if self.resident.reads != self.resident.first_page:
            page = self.person.press(f"lang-{self.resident.reads}")
            expect(page.language.startswith(self.resident.reads), self.resident.reads, page.language)
            proved.append(f"the switch leads to {page.language}: {page.title}")
        return proved

    def to_the_gateway(self) -> list[str]:
        self.person.go(f"{self.sandbox}/agency/{self.resident.reads}/")
        page = self.person.press("agency-sign-in-check")
        carried = [hop for hop in self.person.hops if "/oauth/authorize" in hop]
        expect(carried, "a redirect to the authorization endpoint", self.person.whereabouts())
        names = sorted(parse_qs(urlsplit(carried[0]).query))
        expect(names == ["client_id", "request_uri"], "client_id and request_uri, and nothing more", names)
        self._expect_stage("choose_region")
        expect(page.language.startswith(self.resident.reads), f"a page in {self.resident.reads}", page.language)
        return [
            "the request was pushed (RFC 9126); the browser carried client_id and request_uri only",
            f"the gateway goes on in the agency's language: {page.language}",
        ]

    def at_home(self) -> list[str]:
        self.person.press(f"region-{self.resident.region}")
        expect(self.person.screen.url.startswith(self.sandbox), "the region's own page", self.person.whereabouts())
        simulator.sign_in(self.person, self.resident.person)
        self._settle()
        stage = stage_of(self.person.screen)
        expect(stage in ("link", "claims", "check"), "the way on at the gateway", self._seen())
        return [f"signed in at the simulated platform of {self.resident.region} and came back"]

    def link(self) -> list[str]:
        if stage_of(self.person.screen) != "link":
            return ["the link stood already, from an earlier journey"]
        self.person.press("link-start")
        simulator.sign_in(self.person, self.resident.person)
        self._settle()
        self._expect_stage("bind")
        page = self.person.screen
        agreed = [element.label for element in page.elements if element.tag == "li"]
        shown = page.text("notice-hash")
        expect(re.fullmatch(r"[0-9a-f]{64}", shown), "the hash of the notice on the page", shown)
        self.person.press("bind-agree")
        self._settle()
        return [
            "signed in to the Guangdong account too; the two records match",
            f"what would be kept was shown before it was kept ({len(agreed)} facts), under its own consent",
        ]

    def claims(self) -> list[str]:
        if stage_of(self.person.screen) != "claims":
            return ["nothing new was asked: an earlier answer stands"]
        ticked = [name for name in self.resident.volunteers if self.person.sees(f"claim-{name}")]
        boxes = [element for element in self.person.screen.elements if element.id.startswith("claim-")]
        expect(not any("checked" in box.attributes for box in boxes), "nothing ticked beforehand")
        self.person.press("claims-agree", {"claim": ticked})
        self._settle()
        return [f"{len(boxes)} voluntary claims, none ticked beforehand; gave {', '.join(ticked) or 'none of them'}"]

    def check(self) -> list[str]:
        self._expect_stage("check")
        page = self.person.screen
        clauses = [element for element in page.elements if element.tag == "section" and "id" in element.attributes]
        expect(len(clauses) >= 15, "the fifteen clauses on one screen", len(clauses))
        agree, other = page.find("check-agree"), page.find("check-other-way")
        expect(
            agree and other and _alike(agree.attributes) == _alike(other.attributes) and agree.form == other.form,
            "two answers of one kind in one form",
        )
        self.shown = page.text("notice-hash")
        self.person.press("check-agree" if self.resident.agrees_to_face else "check-other-way")
        self._settle()
        self._expect_stage("check_answered")
        link = next((address for address in self.person.screen.links() if address.endswith("/receipt.json")), "")
        expect(link, "the receipt right away", self.person.whereabouts())
        self.consent = link.split("/")[-2]
        self.person.press("check-proceed")
        if self.resident.agrees_to_face:
            simulator.compare_face(self.person)
        else:
            simulator.sign_in(self.person, self.resident.person)
        self._settle()
        way = "agreed; the face was compared" if self.resident.agrees_to_face else "refused; confirmed at home instead"
        return [f"{len(clauses)} clauses, two equal answers, on a screen of its own", way]

    def arrive(self) -> list[str]:
        for _ in range(_MOST_STAGES):
            if stage_of(self.person.screen) != "finished":
                break
            self.person.press("go-on")
            self._settle()
        self._expect_stage("agency")
        page = self.person.screen
        self.application, self.subject = page.text("agency-application"), page.text("agency-subject")
        check = page.find("agency-check")
        way = "face" if self.resident.agrees_to_face else "confirmation_at_home"
        expect(check and check.attributes.get("data-method") == way, f"a check by {way}", check and check.attributes)
        expect(check and check.attributes.get("data-outcome") == "passed", "a check that passed", check and check.label)
        told = {element.id for element in page.elements if element.id.startswith("agency-claim-")}
        withheld = {f"agency-claim-{name}" for name in ("chinese_name", "birthdate")} - {
            f"agency-claim-{name}" for name in self.resident.volunteers
        }
        expect(not told & withheld, "no claim that was not given", sorted(told & withheld))
        acr = page.text("agency-acr")
        expect(acr.startswith("urn:gba:acr:"), "the assurance level reached", acr)
        return [
            "the ID token held: signature, issuer, audience, nonce, time, subject",
            f"a subject made for this agency alone, {acr}, and the claims given: "
            + (", ".join(sorted(name.removeprefix("agency-claim-") for name in told)) or "none"),
            f"the check passed by {way}",
        ]

    def issue(self) -> list[str]:
        files = None
        if self.record is not None:
            files = {"file": (self.record.name, self.record.read_bytes(), "application/pdf")}
        self.person.press("agency-issue", files=files)
        issued = self.person.screen.find("agency-issued")
        expect(issued, "the issued record", self._seen())
        assert issued is not None
        expect(issued.attributes.get("data-state") == "sealed", "a sealed record", issued.attributes.get("data-state"))
        self.document = issued.attributes["data-document"]
        return [f"{self.record.name if self.record else 'the agency’s own record'} was taken, sealed and handed over"]

    def documents(self) -> list[str]:
        self.person.go(f"{self.gateway}/{self.resident.reads}/documents")
        self.person.press(f"document-{self.document}")
        expect(self.person.sees("document-qr"), "a QR code", self.person.whereabouts())
        address = self.person.screen.text("document-code")
        answer = self.person.press("document-file")
        expect(answer.body.startswith(b"%PDF-"), "a PDF", answer.headers.get("content-type", ""))
        self.sealed = self.folder / f"{self.document}.pdf"
        self.sealed.write_bytes(answer.body)
        page = self.person.go(_address(address, self.gateway))
        expect(page.status == 200 and self.person.sees("fingerprint"), "the page behind the QR code", self._seen())
        return [f"the sealed PDF ({len(answer.body):,} bytes) was downloaded", "the QR code leads to its page"]

    def verify_page(self) -> list[str]:
        stranger = simulator.stranger(self.person)
        good = self._verify(stranger, self.sealed.read_bytes())
        expect(good == "PASSED", "PASSED", good)
        for kind, begins in (("json", b"{"), ("pdf", b"%PDF-")):
            shown = stranger.screen
            report = stranger.press(f"report-{kind}")
            expect(report.body.startswith(begins), f"the report as {kind.upper()}", stranger.whereabouts())
            stranger.page = shown
        changed = bytearray(self.sealed.read_bytes())
        changed[len(changed) // 3] ^= 1
        bad = self._verify(stranger, bytes(changed))
        expect(bad not in ("PASSED", ""), "a changed byte to be noticed", bad)
        return [
            "without signing in: PASSED, with a report as JSON and PDF",
            f"the same file with one changed bit: {bad}",
        ]

    def verify_command(self) -> list[str]:
        report = self.check_file(self.sealed)
        expect(report.get("verdict") == "PASSED", "PASSED", json.dumps(report)[:400])
        signatures = report.get("signatures")
        expect(isinstance(signatures, list) and signatures, "signatures in the report", report)
        assert isinstance(signatures, list)
        first = signatures[0]
        return [f"gba verify: PASSED, {first.get('level')}, {first.get('territory')}, {first.get('signer')}"]

    def receipt(self) -> list[str]:
        answer = self.person.go(f"{self.gateway}/{self.resident.reads}/consents/{self.consent}/receipt.json")
        expect(answer.status == 200, "the receipt", self.person.whereabouts())
        problem = self.check_receipt(answer.body, self.shown)
        expect(problem is None, "a receipt that holds", problem)
        printed = self.person.go(f"{self.gateway}/{self.resident.reads}/consents/{self.consent}/receipt.pdf")
        expect(printed.body.startswith(b"%PDF-"), "the receipt as a PDF", self.person.whereabouts())
        return ["its signature holds and it names the hash of the very text that was shown", "the PDF is there too"]

    def undo(self) -> list[str]:
        page = self.person.go(f"{self.gateway}/{self.resident.reads}/links")
        button = next((element.id for element in page.elements if element.id.startswith("undo-")), None)
        expect(button, "a link that can be undone", self.person.whereabouts())
        self.person.press(str(button))
        page = self.person.go(f"{self.gateway}/{self.resident.reads}/documents")
        expect(page.status == 401, "to be signed out", self._seen())
        return ["the link is undone and its sessions are ended; the story can be played again"]

    def _verify(self, person: Person, pdf: bytes) -> str:
        person.go(f"{self.gateway}/{self.resident.reads}/verify")
        page = person.press("verify-submit", files={"file": ("record.pdf", pdf, "application/pdf")})
        verdict = page.find("verdict")
        return verdict.attributes.get("data-verdict", verdict.label) if verdict else ""

    def _settle(self) -> None:
        """Wait where the page says so."""
        self.person.wait()

    def _expect_stage(self, stage: str) -> None:
        expect(stage_of(self.person.screen) == stage, f"the stage {stage}", self._seen())

    def _seen(self) -> str:
        page = self.person.screen
        problem = page.text("stage-problem") or page.text("over") or page.text("problem") or page.text("agency-problem")
        return f"the stage {stage_of(page)} {self.person.whereabouts()} {problem}".strip()


def _alike(attributes: Mapping[str, str]) -> dict[str, str]:
    return {name: value for name, value in attributes.items() if name not in ("id", "value")}


def _address(text: str, gateway: str) -> str:
    return text if text.startswith("http") else f"{gateway}{text}"
