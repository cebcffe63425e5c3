"""What partners and operators need beside the protocol: errors, keys, limits, registration, and the page about them."""

import logging
from collections.abc import Mapping
from functools import cached_property

from deploy import clock
from deploy.composing.provider import Provider
from deploy.composing.world import World, new_token
from deploy.settings import CHECKOUT
from gateway.endpoints import integration, registrations
from gateway.endpoints.integration import IntegrationApi
from gateway.endpoints.oauth_errors import Handler
from gateway.endpoints.refusals import Noted, noting
from gateway.endpoints.vouched_certificate import Proxy
from gateway.endpoints.wire import Request
from gateway.flows.ask_to_register import AskToRegister
from gateway.flows.identify_caller import IdentifyCaller
from gateway.flows.look_at_partner import LookAtPartner, PartnerState
from gateway.flows.note_refusal import NoteRefusal
from gateway.flows.partner_pass import PartnerPass
from gateway.flows.watch_partners import WatchPartners
from gateway.frozen import Frozen
from gateway.oidc.client import Client
from gateway.oidc.integration_error import IntegrationError
from gateway.oidc.offer import Offer
from gateway.oidc.registration_request import RegistrationRequest
from gateway.ports.work import OpenWork
from pwa import catalogues
from pwa.catalogues import Catalogue
from pwa.integration_texts import sentence
from pwa.locale import Language, negotiate

log = logging.getLogger("deploy.partners")


class Sentences:
    """What a reason means, in the language that a request asks for. The texts are read when first wanted."""

    @cached_property
    def _catalogues(self) -> Mapping[Language, Catalogue]:
        return catalogues.load(CHECKOUT / "translations")

    def __call__(self, request: Request, reason: str, status: int) -> str:
        language = negotiate(request.headers.get("accept-language", "en"))
        return self._catalogues[language].gettext(sentence(reason, status))


class PagePartners(Frozen):
    """The pages' Partners port."""

    passes: PartnerPass
    look: LookAtPartner
    asking: AskToRegister

    def visitor(self, visit: str | None) -> Client | None:
        """Whose page a visit is to."""
        return self.passes.visitor(visit)

    def enter(self, link: str) -> str:
        """Begin a visit."""
        return self.passes.enter(link)

    def leave(self, visit: str | None) -> None:
        """End it."""
        self.passes.leave(visit)

    def errors(self, client: str, *, limit: int, before: str | None) -> tuple[IntegrationError, ...]:
        """The client's last refusals."""
        return self.look.errors(client, limit=limit, before=before)

    def state(self, client: str) -> PartnerState | None:
        """Keys, limits, deliveries."""
        return self.look.state(client)

    def ask(self, signed: str, *, remote: str, forwarded: str | None) -> RegistrationRequest:
        """Take a signed request."""
        return self.asking(signed, remote=remote, forwarded=forwarded)

    def request(self, reference: str) -> RegistrationRequest:
        """What became of it."""
        return self.asking.state(reference)


class Partners(Frozen):
    """What the rim, the pages and the worker need of partners' affairs."""

    look: LookAtPartner
    passes: PartnerPass
    ask: AskToRegister
    noted: Noted
    api: IntegrationApi

    @property
    def pages(self) -> PagePartners:
        """What people look at."""
        return PagePartners(passes=self.passes, look=self.look, asking=self.ask)

    @property
    def routes(self) -> Mapping[tuple[str, str], Handler]:
        """What takes no token of ours."""
        return registrations.routes(self.ask)

    @property
    def token_routes(self) -> Mapping[tuple[str, str], Handler]:
        """What takes our tokens."""
        return integration.routes(self.api)


def partners(world: World, work: OpenWork, issuing: Provider, *, proxy: Proxy | None) -> Partners:
    """Everything about partners, over the provider's own parts: one cache of keys, one count of requests.

    `proxy` vouches for clients' certificates.
    """
    authenticate = issuing.flows.push.authenticate
    look = LookAtPartner(find_client=issuing.find_client, limits=authenticate.limit, open_work=work, clock=clock.now)
    passes = PartnerPass(open_work=work, find_client=issuing.find_client, new_token=new_token, clock=clock.now)
    note = NoteRefusal(
        identify=IdentifyCaller(
            issuer=issuing.offer.issuer,
            find_client=issuing.find_client,
            keys=authenticate.keys,
            signer=issuing.signer,
            clock=clock.now,
        ),
        open_work=work,
        clock=clock.now,
    )
    return Partners(
        look=look,
        passes=passes,
        ask=asking(world, work, issuing.offer),
        noted=noting(note, proxy=proxy),
        api=IntegrationApi(
            check=issuing.check_access,
            look=look,
            passes=passes,
            say=Sentences(),
            page_url=lambda request, link: page_url(
                issuing.offer.issuer, negotiate(request.headers.get("accept-language", "en")).code, link
            ),
        ),
    )


def asking(world: World, work: OpenWork, offer: Offer) -> AskToRegister:
    """How a partner asks to be registered."""
    return AskToRegister(
        offer=offer,
        open_work=work,
        vault=world.vault,
        new_token=new_token,
        clock=clock.now,
        proxies=world.settings.server.trusted_proxies,
    )


def page_url(origin: str, language: str, link: str) -> str:
    """Where a link to a partner's page leads."""
    return f"{origin}/{language}/partners/enter/{link}"


class WarnOfKeys(Frozen):
    """A line in the log for each client whose keys need seeing to: a worker's task."""

    watch: WatchPartners

    def __call__(self) -> int:
        """How many clients there were."""
        troubled = [one for one in self.watch.key_states() if one.state.troubles]
        for one in troubled:
            for trouble in one.state.troubles:
                log.warning("partner_keys", extra={"client": one.client, "reason": trouble.value})
        return len(troubled)
