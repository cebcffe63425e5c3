"""Signing by persons: iAM Smart's messages behind trust's port, the API, and the browser's return."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from deploy import clock
from deploy.composing.residents import region_settings
from deploy.composing.world import World, new_token
from deploy.rim import Route
from gateway.endpoints.parameters import read_query
from gateway.endpoints.vouched_certificate import Handler
from gateway.endpoints.wire import Page, Request, Response
from gateway.errors import RequestRefused
from gateway.flows.find_client import FindClient
from gateway.regions.hongkong.adapter import HongKong
from gateway.regions.hongkong.pdf_signing import NotSigned, PdfSigning
from trust.anchors.snapshot import Snapshot
from trust.endpoints.signings import PATH, SigningsApi
from trust.errors import DocumentRefused, SigningFailed
from trust.flows.sign_with_person import SignWithPerson
from trust.pades import cms
from trust.pades.contained import ContainedReader
from trust.ports.person_signing import Begun, Wish

CALLBACK = "/signings/callback"


@dataclass(frozen=True, slots=True, kw_only=True)
class IamSmartSigner:
    """Trust's PersonSigner port over the connector of Hong Kong."""

    platform: PdfSigning

    def begin(self, wish: Wish) -> Begun:
        """Ask the platform."""
        try:
            asked = self.platform.begin(
                digest=wish.digest,
                hkic_hash=wish.signer,
                state=wish.state,
                document=wish.document,
                department=wish.department,
                service=wish.service,
                browser=wish.browser,
                locale=wish.language,
            )
        except NotSigned as failed:
            raise SigningFailed(failed.reason) from None
        # the HKICHash is as good as the number itself, so it is not kept: what follows does not need it
        return Begun(
            url=asked.url,
            code=asked.code,
            memory={"business_id": asked.business_id, "digest": wish.digest.hex()},
        )

    def finish(self, memory: Mapping[str, str], answer: Mapping[str, str]) -> bytes:
        """The signed message."""
        digest = bytes.fromhex(memory["digest"])
        try:
            return self.platform.finish(digest=digest, business_id=memory["business_id"], answer=answer)
        except NotSigned as failed:
            raise SigningFailed(failed.reason) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class LastSignatureHolds:
    """Trust's SignatureCheck port: the message is foreign, so it is read where no key is."""

    reader: ContainedReader = field(repr=False)

    def __call__(self, pdf: bytes) -> str | None:
        """Why the newest signature does not hold, or None."""
        facts = self.reader.read(pdf)
        if facts.problem or not facts.signatures:
            return "signature_unreadable"
        last = max(facts.signatures, key=lambda one: one.end)
        holds = last.cms.intact and last.cms.genuine and last.covers_file and not last.problem
        return None if holds else "signature_does_not_hold"


@dataclass(frozen=True, slots=True, kw_only=True)
class UpToKnownAuthorities:
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


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisteredAgencies:
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


def platform(world: World) -> PdfSigning | None:
    """iAM Smart as these settings know it; None where it is not configured."""
    settings = region_settings(world.settings).hongkong
    if settings is None:
        return None
    connector = HongKong(settings, egress=world.egress, clock=clock.now)
    return PdfSigning(
        ask=connector.ask,
        settings=settings,
        redirect_uri=f"{world.settings.public_url}{CALLBACK}",
        new_id=lambda: new_token()[:36],
    )


def returned(sign: SignWithPerson) -> Callable[[Request], Response | Page]:
    """GET: the person is back from the platform; the browser goes on to the agency, which asks how it went."""

    def answer(request: Request) -> Response | Page:
        try:
            query = read_query(request)
            signing = sign.finish(query.get("state", ""), query)
        except RequestRefused as refused:
            return Page(status=400, reason=refused.reason, incident=request.incident)
        except DocumentRefused as refused:
            status = 404 if refused.reason == "signing_unknown" else 409
            return Page(status=status, reason=refused.reason, incident=request.incident)
        separator = "&" if "?" in signing.back else "?"
        to = f"{signing.back}{separator}{urlencode({'signing': signing.id, 'signing_state': signing.state.value})}"
        headers = (("Location", to), ("Cache-Control", "no-store"), ("Referrer-Policy", "no-referrer"))
        return Response(303, headers, b"")

    return answer


def routes(
    api: SigningsApi | None, for_tokens: Callable[[Handler], Handler], largest: int
) -> dict[tuple[str, str], Any]:
    """What the rim mounts, where a platform is configured with which persons sign."""
    if api is None:
        return {}
    return {
        ("POST", PATH): Route(for_tokens(api.ask), body_limit=largest),
        ("GET", PATH + "/{id}"): for_tokens(api.show),
        ("GET", PATH + "/{id}/content"): for_tokens(api.content),
        ("POST", PATH + "/{id}/begin"): for_tokens(api.begin),
        ("GET", CALLBACK): returned(api.sign),
    }
