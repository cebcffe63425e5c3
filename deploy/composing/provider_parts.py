"""What the OpenID provider rests on: ports and settings. The gateway gives the real ones, tests give others."""

from deploy import clock
from deploy.composing.world import World, new_token
from deploy.signers import TokenSigner as KeptSigner
from gateway.flows.find_client import FindClient
from gateway.flows.issue_code import IssueCode, Refuse
from gateway.flows.respond import Respond
from gateway.frozen import Frozen
from gateway.oidc.offer import Offer
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress
from gateway.ports.signing import TokenSigner
from gateway.ports.tokens import NewToken
from gateway.ports.vault import Vault
from gateway.ports.work import OpenWork
from gateway.settings import OidcSettings


class ProviderParts(Frozen):
    """Everything outside the provider but people: who they are comes from the residents' flows."""

    offer: Offer
    settings: OidcSettings
    open_work: OpenWork
    vault: Vault
    signer: TokenSigner
    egress: Egress
    new_token: NewToken
    clock: Clock

    @classmethod
    def of(cls, world: World, open_work: OpenWork, offer: Offer) -> "ProviderParts":
        """The gateway's own."""
        return cls(
            offer=offer,
            settings=world.settings.oidc,
            open_work=open_work,
            vault=world.vault,
            signer=KeptSigner(world.keys),
            egress=world.egress,
            new_token=new_token,
            clock=clock.now,
        )

    def issue_code(self) -> IssueCode:
        """The flow that the person's steps end with; made first, since those steps are a part of the provider."""
        return IssueCode(
            offer=self.offer,
            respond=self._respond(),
            lifetime=self.settings.code_lifetime,
            vault=self.vault,
            new_token=self.new_token,
        )

    def refuse(self) -> Refuse:
        """The flow that a refusal ends with."""
        return Refuse(respond=self._respond())

    def find_client(self) -> FindClient:
        """One for the whole process, since it keeps what it found."""
        return FindClient(open_work=self.open_work, clock=self.clock, recheck=self.settings.client_recheck)

    def _respond(self) -> Respond:
        return Respond(issuer=self.offer.issuer, signer=self.signer, clock=self.clock)
