"""Within which bounds an operator invites: an example a rule, and the last of what each allows."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.flows.invite_partner import LONGEST, MOST_USES, RULES, Asked
from gateway.oidc.invitation import Reach
from gateway.oidc.offer import Offer

OFFER = Offer(issuer="https://gateway.example")
HERE = Offer(issuer="http://localhost:8000")
REACH = Reach(agency="ferry-company", region="MO", hosts=frozenset({"ferry.example"}))


def reasons(offer: Offer = OFFER, *, uses: int = 1, days: float = 7, **changed: Any) -> set[str]:
    asked = Asked(reach=replace(REACH, **changed), uses=uses, lifetime=timedelta(days=days))
    return {name for name, holds in RULES.items() if not holds(asked, offer)}


def of(*words: str) -> frozenset[str]:
    return frozenset(words)


MACHINE = {"grant_types": of("client_credentials"), "hosts": of()}
CHECKS: dict[str, Any] = {"detail_types": of("biometric_check"), "check_purposes": of("boarding")}
INVITED: dict[str, tuple[Offer, dict[str, Any]]] = {
    "a client for people": (OFFER, {}),
    "a program that acts for itself, and has no address": (OFFER, MACHINE),
    "scopes of people and of programs": (OFFER, {"scopes": of("openid", "profile", "documents:issue")}),
    "checks with their purpose": (OFFER, CHECKS),
    "another port of this machine, beside a gateway on it": (HERE, {"hosts": of("localhost", "127.0.0.1")}),
    "once": (OFFER, {"uses": 1}),
    "as often as can be": (OFFER, {"uses": MOST_USES}),
    "for a minute": (OFFER, {"days": 1 / 24 / 60}),
    "for as long as can be": (OFFER, {"days": LONGEST.days}),
    **{f"an agency of {region}": (OFFER, {"region": region}) for region in ("HK", "MO", "CN-44")},
}
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "no agency": ("agency_missing", {"agency": ""}),
    "an agency of two words": ("agency_missing", {"agency": "ferry company"}),
    "another region": ("region_not_served", {"region": "CN"}),
    "every host below one": ("host_malformed", {"hosts": of("*.ferry.example")}),
    "an address for a host": ("host_malformed", {"hosts": of("https://ferry.example")}),
    "a host with its port": ("host_malformed", {"hosts": of("ferry.example:444")}),
    "this machine, from elsewhere": ("host_malformed", {"hosts": of("localhost")}),
    "people, and nowhere to send them": ("host_missing", {"hosts": of()}),
    "a scope that nobody knows": ("scope_unknown", {"scopes": of("openid", "everything")}),
    "nothing to do": ("grant_type_unknown", {"grant_types": of()}),
    "a grant that nobody knows": ("grant_type_unknown", {"grant_types": of("authorization_code", "implicit")}),
    "details that nobody knows": ("detail_type_unknown", CHECKS | {"detail_types": of("payment")}),
    "checks for nothing": ("check_without_purpose", CHECKS | {"check_purposes": of()}),
    "never": ("uses_out_of_bounds", {"uses": 0}),
    "too often": ("uses_out_of_bounds", {"uses": MOST_USES + 1}),
    "for less than a minute": ("lifetime_out_of_bounds", {"days": 1 / 24 / 61}),
    "for too long": ("lifetime_out_of_bounds", {"days": LONGEST.days + 1}),
}


@pytest.mark.parametrize("what", INVITED)
def test_an_operator_may_invite(what: str) -> None:
    offer, changed = INVITED[what]
    assert reasons(offer, **changed) == set()


@pytest.mark.parametrize("what", REFUSED)
def test_an_operator_is_told_what_is_wrong_with(what: str) -> None:
    expected, changed = REFUSED[what]
    assert reasons(**changed) == {expected}


def test_every_rule_has_an_example() -> None:
    assert {expected for expected, _ in REFUSED.values()} == RULES.keys()
