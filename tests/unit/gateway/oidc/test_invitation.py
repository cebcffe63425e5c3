"""How far an invitation reaches: an example a rule."""

from typing import Any

import pytest
from msgspec.structs import replace

from gateway.oidc.client import Client
from gateway.oidc.invitation import RULES, Reach, narrowed, objection

REACH = Reach(
    agency="ferry-company",
    region="MO",
    scopes=frozenset({"openid", "profile"}),
    grant_types=frozenset({"authorization_code", "client_credentials"}),
    detail_types=frozenset({"biometric_check"}),
    hosts=frozenset({"ferry.example", "www.ferry.example"}),
)
CLIENT = Client(
    id="dyn-1",
    agency="ferry-company",
    region="MO",
    names={"en": "Ferry"},
    redirect_uris=("https://ferry.example/cb", "https://www.ferry.example:444/cb"),
    post_logout_redirect_uris=("https://ferry.example/bye",),
    backchannel_logout_uri="https://ferry.example/hear",
    jwks={},
    jwks_uri="https://FERRY.example/jwks",
    scopes=frozenset({"openid"}),
    grant_types=frozenset({"authorization_code"}),
)
BEYOND: dict[str, tuple[str, dict[str, Any]]] = {
    "another host": ("host_not_invited", {"redirect_uris": ("https://other.example/cb",)}),
    "another host beside an invited one": (
        "host_not_invited", {"redirect_uris": (*CLIENT.redirect_uris, "https://other.example/cb")}),
    "a host below an invited one": ("host_not_invited", {"redirect_uris": ("https://x.ferry.example/cb",)}),
    "a host that ends alike": ("host_not_invited", {"redirect_uris": ("https://myferry.example/cb",)}),
    "a host that begins alike": ("host_not_invited", {"redirect_uris": ("https://ferry.example.evil.example/cb",)}),
    "an invited host as a name of somebody": (
        "host_not_invited", {"redirect_uris": ("https://ferry.example@evil.example/cb",)}),
    "no host": ("host_not_invited", {"redirect_uris": ("com.ferry:/cb",)}),
    "what is no address": ("host_not_invited", {"redirect_uris": ("https://[ferry.example/cb",)}),
    "a way out elsewhere": ("host_not_invited", {"post_logout_redirect_uris": ("https://other.example/bye",)}),
    "an ear elsewhere": ("host_not_invited", {"backchannel_logout_uri": "https://other.example/hear"}),
    "keys elsewhere": ("host_not_invited", {"jwks_uri": "https://other.example/jwks"}),
    "another scope": ("scope_not_invited", {"scopes": frozenset({"openid", "documents:read"})}),
    "another grant": ("grant_type_not_invited", {"grant_types": frozenset({"refresh_token"})}),
    "other details": ("detail_type_not_invited", {"detail_types": frozenset({"payment"})}),
    "another agency": ("agency_not_invited", {"agency": "bridge-company"}),
    "another region": ("agency_not_invited", {"region": "HK"}),
}  # fmt: skip


def test_what_lies_within_it_may_be_registered() -> None:
    assert objection(CLIENT, REACH) is None
    whole = replace(CLIENT, scopes=REACH.scopes, grant_types=REACH.grant_types, detail_types=REACH.detail_types)
    assert objection(whole, REACH) is None


@pytest.mark.parametrize("what", BEYOND)
def test_what_goes_beyond_it_may_not(what: str) -> None:
    expected, changed = BEYOND[what]
    assert objection(replace(CLIENT, **changed), REACH) == expected


def test_every_rule_has_an_example() -> None:
    assert {expected for expected, _ in BEYOND.values()} == RULES.keys()


def test_what_an_operator_takes_is_no_longer_within_reach() -> None:
    before = replace(CLIENT, scopes=frozenset({"openid", "profile"}), detail_types=REACH.detail_types)
    after = replace(before, scopes=frozenset({"openid"}), redirect_uris=("https://ferry.example/cb",))
    assert narrowed(REACH, before, after) == replace(
        REACH, scopes=frozenset({"openid"}), hosts=frozenset({"ferry.example"})
    )
    assert narrowed(REACH, after, before) == REACH  # and what an operator gives beyond it is the operator's
    gone = replace(after, detail_types=frozenset(), grant_types=frozenset())
    left = narrowed(REACH, after, gone)
    assert (left.detail_types, left.grant_types) == (frozenset(), frozenset({"client_credentials"}))
