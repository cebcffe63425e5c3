"""An operator's invitation to register clients (RFC 7591 §1.2: the initial access token), and how far it reaches."""

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from msgspec.structs import replace

from gateway.frozen import Frozen
from gateway.oidc.client import Client
from gateway.oidc.profile import Profile


class Reach(Frozen):
    """What may be registered, whatever the registration says. The sector is the agency: an operator names it."""

    agency: str
    region: str
    profile: Profile = Profile.FAPI2
    scopes: frozenset[str] = frozenset({"openid"})
    grant_types: frozenset[str] = frozenset({"authorization_code"})
    detail_types: frozenset[str] = frozenset()
    check_purposes: frozenset[str] = frozenset()
    hosts: frozenset[str] = frozenset()  # of every address that people or we ourselves are sent to


class Invitation(Frozen):
    """Of its token only a digest is kept. `uses` are those left."""

    id: str
    reach: Reach
    uses: int
    created_at: datetime
    created_by: str
    expires_at: datetime
    withdrawn_at: datetime | None = None


def addresses(client: Client) -> tuple[str, ...]:
    """Every address of the client: those that browsers are sent to, and those that we speak to ourselves."""
    ours = (client.jwks_uri, client.backchannel_logout_uri)
    return (*client.redirect_uris, *client.post_logout_redirect_uris, *(uri for uri in ours if uri is not None))


def hosts(client: Client) -> frozenset[str]:
    """The names of the servers at its addresses. Raises ValueError for an address that is none."""
    return frozenset(urlsplit(uri).hostname or "" for uri in addresses(client))


def _hosts(client: Client, reach: Reach) -> bool:
    """Exact host names: a wildcard would invite whoever can get a name below it."""
    try:
        return hosts(client) <= reach.hosts
    except ValueError:
        return False


Rule = Callable[[Client, Reach], bool]

RULES: dict[str, Rule] = {
    "host_not_invited": _hosts,
    "scope_not_invited": lambda client, reach: client.scopes <= reach.scopes,
    "grant_type_not_invited": lambda client, reach: client.grant_types <= reach.grant_types,
    "detail_type_not_invited": lambda client, reach: client.detail_types <= reach.detail_types,
    "agency_not_invited": lambda client, reach: (client.agency, client.region) == (reach.agency, reach.region),
}


def objection(client: Client, reach: Reach) -> str | None:
    """The first way in which this client goes beyond what was invited, or None."""
    return next((name for name, holds in RULES.items() if not holds(client, reach)), None)


def narrowed(reach: Reach, before: Client, after: Client) -> Reach:
    """What is left of it when an operator took something away: the partner must not take it back by itself."""
    return replace(
        reach,
        scopes=reach.scopes - (before.scopes - after.scopes),
        grant_types=reach.grant_types - (before.grant_types - after.grant_types),
        detail_types=reach.detail_types - (before.detail_types - after.detail_types),
        check_purposes=reach.check_purposes - (before.check_purposes - after.check_purposes),
        hosts=reach.hosts - (hosts(before) - hosts(after)),
    )
