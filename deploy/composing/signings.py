"""Signing by persons: what their signatures are checked with, the API, the pages, and the browser's return."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from deploy import clock
from deploy.composing.residents import operator
from deploy.composing.signers import CALLBACK, BoundPersons, signers
from deploy.composing.world import World, new_token
from deploy.rim import Route
from gateway.endpoints.parameters import read_query
from gateway.endpoints.vouched_certificate import Handler
from gateway.endpoints.wire import Page, Request, Response
from gateway.errors import RequestRefused
from gateway.flows.find_client import FindClient
from gateway.frozen import Frozen, Hidden
from gateway.ports.work import OpenWork
from trust.anchors.snapshot import Snapshot
from trust.documents.signing import Signing
from trust.endpoints.signings import PATH, SigningsApi, page_of
from trust.errors import BlobsUnavailable, DocumentRefused, TypedWrong
from trust.flows.ask_for_signature import AskForSignature
from trust.flows.complete_signature import CompleteSignature
from trust.flows.end_signings import EndSignings
from trust.flows.forget_signers import ForgetSigners
from trust.flows.seal_pdf import SealPdf
from trust.flows.sign_with_person import SignWithPerson
from trust.pades import cms
from trust.pades.contained import ContainedReader
from trust.pades.writer import PdfWriter, Surveyor
from trust.storage.blobs import SealedBlobs
from trust.storage.drafts import SealedDrafts
from trust.storage.unit_of_work import SqlWork


class LastSignatureHolds(Frozen):
    """Trust's SignatureCheck port: the message is foreign, so it is read where no key is."""

    reader: Hidden[ContainedReader]

    def __call__(self, pdf: bytes) -> str | None:
        """Why the newest signature does not hold, or None."""
        facts = self.reader.read(pdf)
        if facts.problem or not facts.signatures:
            return "signature_unreadable"
        last = max(facts.signatures, key=lambda one: one.end)
        holds = last.cms.intact and last.cms.genuine and last.covers_file and not last.problem
        return None if holds else "signature_does_not_hold"


class UpToKnownAuthorities(Frozen):
    """A chain with the authority above it, if that is one of ours: messages leave it out, and evidence needs it."""

    snapshot: Callable[[], Snapshot]

    def __call__(self, chain: tuple[bytes, ...]) -> tuple[bytes, ...]:
        """The chain, longer by one where it can be."""
        if not chain or cms.names_in(chain[-1]).own:
            return chain
        wanted = cms.names_in(chain[-1]).issuer
        known = self.snapshot()
        listed = (*known.intermediates, *(anchor.certificate for anchor in known.anchors))
        above = next((der for der in listed if cms.names_in(der).subject == wanted), None)
        return chain if above is None else (*chain, above)


class RegisteredAgencies(Frozen):
    """Trust's Agencies port over the registrations."""

    find_client: FindClient
    names: Callable[[str], Mapping[str, str]]

    def name(self, agency: str, language: str) -> str:
        """How it is called in a language, or otherwise."""
        called = self.names(agency)
        return called.get(language) or called.get("en") or agency

    def may_return_to(self, agency: str, url: str) -> bool:
        """Exactly one of its redirect addresses."""
        known = self.find_client(agency)
        return known is not None and url in known.client.redirect_uris


class PersonSigning(Frozen):
    """Everything about signing by persons that is mounted somewhere."""

    ask_for: AskForSignature
    sign: SignWithPerson
    end: EndSignings
    forget: ForgetSigners


def person_signing(
    world: World,
    work: OpenWork,
    *,
    unit: SqlWork,
    blobs: SealedBlobs,
    drafts: SealedDrafts,
    surveyor: Surveyor,
    seal: SealPdf,
    snapshot: Callable[[], Snapshot],
) -> PersonSigning:
    """The flows, over the platforms that are configured."""
    platforms, persons = signers(world), BoundPersons(work=work)
    writer = PdfWriter(surveyor)
    return PersonSigning(
        ask_for=AskForSignature(
            work=unit,
            drafts=drafts,
            writer=writer,
            signers=platforms,
            persons=persons,
            clock=clock.now,
            new_token=new_token,
        ),
        sign=SignWithPerson(
            work=unit,
            blobs=blobs,
            drafts=drafts,
            signers=platforms,
            persons=persons,
            complete=CompleteSignature(
                writer=writer,
                check=LastSignatureHolds(reader=ContainedReader(workers=1)),
                stamps=seal.stamps,
                revocation=seal.revocation,
                complete=UpToKnownAuthorities(snapshot=snapshot),
            ),
            names={code: told["operator"] for code, told in operator(world.settings).items()},
            clock=clock.now,
            new_token=new_token,
        ),
        end=EndSignings(work=unit, drafts=drafts, clock=clock.now),
        forget=ForgetSigners(work=unit, clock=clock.now, memory=world.settings.trust.signer_memory),
    )


def returned(sign: SignWithPerson) -> Callable[[Request], Response | Page]:
    """GET: the person is back from the platform; the browser goes on to the agency, which asks how it went.

    Where the agency named no address, it goes to our own page.
    """

    def answer(request: Request) -> Response | Page:
        try:
            query = read_query(request)
            signing = sign.finish(query.get("state", ""), query)
        except RequestRefused as refused:
            return Page(status=400, reason=refused.reason, incident=request.incident)
        except DocumentRefused as refused:
            status = 404 if refused.reason == "signing_unknown" else 409
            return Page(status=status, reason=refused.reason, incident=request.incident)
        except TypedWrong as wrong:  # a code that the service gave to the browser, and does not know
            return Page(status=409, reason=wrong.reason, incident=request.incident)
        except BlobsUnavailable as away:  # nothing is used up: the same answer is good while the platform waits
            return Page(status=503, reason=away.reason, incident=request.incident)
        headers = (
            ("Location", way_back(signing) or page_of(signing)),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
        )
        return Response(303, headers, b"")

    return answer


def way_back(signing: Signing) -> str:
    """The agency's address, which is told how the signing stands; empty where it named none."""
    if not signing.back:
        return ""
    told = urlencode({"signing": signing.id, "signing_state": signing.state.value})
    return f"{signing.back}{'&' if '?' in signing.back else '?'}{told}"


def routes(api: SigningsApi, for_tokens: Callable[[Handler], Handler], largest: int) -> dict[tuple[str, str], Any]:
    """What the rim mounts."""
    return {
        ("POST", PATH): Route(for_tokens(api.ask), body_limit=largest),
        ("GET", PATH + "/{id}"): for_tokens(api.show),
        ("GET", PATH + "/{id}/content"): for_tokens(api.content),
        ("POST", PATH + "/{id}/begin"): for_tokens(api.begin),
        ("GET", CALLBACK): returned(api.sign),
    }
