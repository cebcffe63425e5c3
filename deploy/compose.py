"""Settings → application: the world, the flows over it, and the two kinds of rim in front."""

import re
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import Any

from deploy import health, logs
from deploy.composing import residents as people
from deploy.composing import signings
from deploy.composing.pages import pages
from deploy.composing.partners import partners
from deploy.composing.provider import logouts, provider
from deploy.composing.provider_parts import ProviderParts
from deploy.composing.records import records
from deploy.composing.world import World, new_token
from deploy.describing import openapi
from deploy.describing.service import PATH as DESCRIPTION
from deploy.describing.service import Description
from deploy.rim import BODY_LIMIT, Rim, Route, Waits
from deploy.serving.terms import Terms
from deploy.settings import LANGUAGES, Settings
from gateway.endpoints import receipt_keys, region_callback, routes
from gateway.endpoints.authorize import CookieNames
from gateway.endpoints.dpop_nonce import offering
from gateway.endpoints.vouched_certificate import Handler, Proxy, vouched
from gateway.endpoints.wire import Request
from pwa.locale import negotiate
from trust.endpoints import batches, document_batches
from trust.endpoints.verifications import LARGEST_SIGNATURE
from trust.validation import report_schema

# one multipart request: the document, its metadata, and the boundaries between them
AROUND_A_DOCUMENT = 64 * 1024
# What is answered out of memory, and what asks the database besides. Everything else may wait for others.
FROM_MEMORY = ("/.well-known/", "/oauth/jwks", receipt_keys.PATH)
FROM_THE_DATABASE = frozenset(
    "/oauth/" + name for name in ("par", "authorize", "token", "userinfo", "introspect", "revoke")
)
PAGE_OF_A_SIGN_IN = re.compile(r"/[A-Za-z-]+/sign-in/[^/]+(/state)?")
# what these write is written by one unit, after anybody else was asked; so that what has to wait can begin again
FORM_OF_A_SIGN_IN = re.compile(r"/[A-Za-z-]+/sign-in/[^/]+/(region|link|bind|claims|cancel)")


def create_app(settings: Settings, *, connect: people.Connect = people.connect_regions) -> Rim:
    """The gateway as a WSGI application. `connect` makes the connectors of the regions."""
    logs.configure(settings.server.log_level)
    world = World.open(settings)
    work = people.open_work(world)
    offered = people.offer(settings)
    residents = people.residents(world, work, offered, connect=connect)
    parts = ProviderParts.of(world, work, offered)
    issuing = provider(parts, steps=residents.steps, claims=residents.claims, subjects=residents.subjects)
    ending = logouts(parts, issuing, residents.sessions, residents.subjects)
    kept = records(world, work, issuing)
    cookies = CookieNames.on(settings.public_url)
    nonces = issuing.flows.nonces
    proxy = Proxy.of(settings.oidc.mutual_tls, settings.server.trusted_proxies)
    about_partners = partners(world, work, issuing, proxy=proxy)

    def for_tokens(handler: Handler) -> Handler:
        """What every endpoint gets that takes our tokens."""
        return vouched(proxy, offering(nonces, handler))

    largest = settings.trust.largest_document + AROUND_A_DOCUMENT
    machine: dict[tuple[str, str], Any] = {
        **routes.routes(
            issuing.flows,
            offer=offered,
            signer=issuing.signer,
            new_token=new_token,
            page=_sign_in_page,
            sign_out=ending.sign_out,
            sign_out_page=_sign_out_page,
            signing=["ES256"],
            key_set_cache=settings.oidc.key_set_cache,
            proxy=proxy,
        ),
        **region_callback.routes(residents.sign_ins, cookies=cookies, page=_stage_page),
        ("GET", receipt_keys.PATH): receipt_keys.get(residents.consents.signer, cache=settings.oidc.key_set_cache),
        ("POST", "/api/v1/documents"): Route(for_tokens(kept.documents_api.issue), body_limit=largest),
        ("POST", document_batches.PATH): Route(for_tokens(kept.document_batches_api.submit), body_limit=largest),
        ("GET", document_batches.PATH + "/{key}"): for_tokens(kept.document_batches_api.show),
        ("GET", "/api/v1/documents/{id}"): for_tokens(kept.documents_api.show),
        ("GET", "/api/v1/documents/{id}/content"): for_tokens(kept.documents_api.content),
        ("POST", "/api/v1/verifications"): Route(kept.verifications_api.post, body_limit=largest),
        ("POST", "/api/v1/verifications/digest"): Route(
            kept.verifications_api.digest, body_limit=2 * LARGEST_SIGNATURE
        ),
        ("POST", batches.PATH): Route(for_tokens(kept.batches_api.submit), body_limit=largest),
        ("GET", batches.PATH + "/{id}"): for_tokens(kept.batches_api.show),
        ("DELETE", batches.PATH + "/{id}"): for_tokens(kept.batches_api.remove),
        ("GET", batches.PATH + "/{id}/results"): for_tokens(kept.batches_api.results),
        ("GET", report_schema.PATH): kept.verifications_api.schema,
        **signings.routes(kept.signings_api, for_tokens, largest),
        **about_partners.routes,
        **{route: for_tokens(handler) for route, handler in about_partners.token_routes.items()},
        **health.routes(world),
    }
    # a file's pages are mostly in memory, and a network is not: who asks a PostgreSQL elsewhere has a thread meanwhile
    is_quick = settings.database.near or settings.database_url.startswith("sqlite")
    brief = Waits.FOR_THE_DATABASE if is_quick else Waits.FOR_NOBODY
    description = Description(lambda: openapi.document(machine, origin=settings.public_url))
    machine[("GET", DESCRIPTION)] = description.get
    return Rim(
        routes=_with_waits(machine),
        brief=brief,
        page_terms=_page_terms(largest, brief),
        pages=pages(
            world,
            residents,
            kept,
            ending.sign_out,
            devices=issuing.confirm_device,
            partners=about_partners.pages,
            api=description,
        ),
        https=settings.public_url.startswith("https://"),
        noted=about_partners.noted,
        # one process alone: of several each would keep the others waiting for as long as it answers
        together=work.together if settings.server.workers == 1 else nullcontext,
    )


def _with_waits(machine: Mapping[tuple[str, str], Any]) -> Mapping[tuple[str, str], Any]:
    waits = {path: Waits.FOR_THE_DATABASE for _, path in machine if path in FROM_THE_DATABASE}
    waits |= {path: Waits.FOR_NOBODY for method, path in machine if method == "GET" and path.startswith(FROM_MEMORY)}
    return {
        (method, path): Route(handler, waits=waits[path]) if path in waits else handler
        for (method, path), handler in machine.items()
    }


def _page_terms(body_limit: int, brief: Waits) -> Callable[[str, str], Terms]:
    """Of a sign-in most is brief; other pages draw, verify and print."""
    long, short = Terms(body_limit), Terms(BODY_LIMIT, brief >= Waits.FOR_THE_DATABASE)

    def terms(method: str, path: str) -> Terms:
        brief_path = FORM_OF_A_SIGN_IN if method == "POST" else PAGE_OF_A_SIGN_IN
        return short if brief_path.fullmatch(path) else long

    return terms


def _sign_in_page(request: Request, sign_in: str, locale: str | None) -> str:
    """Where a sign-in is shown: in the language the agency named, or that the phone speaks."""
    language = locale or negotiate(request.headers.get("accept-language", "")).code
    return _stage_page(language, sign_in)


def _sign_out_page(request: Request, asked: str | None, wished: str | None) -> str:
    """Where a person is asked whether to sign out, or told that it is done."""
    language = negotiate(request.headers.get("accept-language", "")).code
    for name in (wished or "").split(" "):
        language = name if name in LANGUAGES else language
    return f"/{language}/?done=signed-out" if asked is None else f"/{language}/sign-out?request={asked}"


def _stage_page(locale: str, sign_in: str) -> str:
    return f"/{locale}/sign-in/{sign_in}"
