"""The provider over the residents' own flows: agencies at one end, regions at the other, nothing between faked."""

from msgspec.structs import replace

from deploy.composing.provider_parts import ProviderParts
from gateway.flows.confirm_device import ConfirmDevice
from gateway.oidc.client import Client
from gateway.oidc.offer import Offer
from gateway.settings import OidcSettings
from tests.fakes import oidc_world
from tests.fakes.oidc_provider import make_provider
from tests.fakes.oidc_signer import FakeSigner
from tests.fakes.oidc_world import Agency
from tests.fakes.resident_world import BROWSER, World


def provider_over(residents: World, settings: OidcSettings | None = None) -> oidc_world.World:
    """The provider's world on the same database, clock and keys as the residents'."""
    settings = settings or OidcSettings()
    equipment, signer, partners = residents.equipment, FakeSigner(), oidc_world.Partners()
    offer = Offer(
        issuer=oidc_world.ISSUER,
        acr_values=("urn:gba:acr:2", "urn:gba:acr:3"),
        scopes_of_both=frozenset(one.scope for one in settings.step_up),
    )
    parts = ProviderParts(
        offer=offer,
        settings=settings,
        open_work=residents.open_work,
        vault=residents.vault,
        signer=signer,
        new_token=equipment.new_token,
        clock=residents.clock,
        egress=partners,
    )
    residents.equipment = replace(equipment, issue=replace(equipment.issue, offer=offer))
    provider = make_provider(
        parts,
        steps=residents.steps,
        claims=residents.claims,
        subjects=equipment.subjects,
        page=lambda _, sign_in, locale: f"/{locale or 'en'}/sign-in/{sign_in}",
    )
    return oidc_world.World(
        provider=provider,
        parts=parts,
        work=residents.open_work,
        clock=residents.clock,
        person=oidc_world.Person(clock=residents.clock, offer=offer),
        signer=signer,
        journal=residents.journal,
        partners=partners,
    )


def confirm_device(residents: World, provider: oidc_world.World) -> ConfirmDevice:
    """The page's part of a device's request."""
    return ConfirmDevice(
        open_work=residents.open_work,
        find_client=provider.provider.flows.authorize.find_client,
        steps=residents.steps,
        issue=residents.equipment.issue,
        refuse_request=residents.equipment.refuse,
        clock=residents.clock,
        pages_url=oidc_world.ISSUER,
    )


def enrolled(world: oidc_world.World, client: Client, **other: object) -> Agency:
    """A client of the residents' world, with keys, and able to speak."""
    agency = Agency(world, id=client.id)
    world.save(replace(client, jwks={"keys": [agency.key.jwk]}, **other))
    return agency


def cookies(session: str | None) -> str:
    """The Cookie header of the residents' browser."""
    told = f"__Host-gba_browser={BROWSER}"
    return told if session is None else f"{told}; __Host-gba_session={session}"
