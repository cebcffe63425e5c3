"""Where a browser goes after signing out at an agency's word, and which such words are followed."""

from datetime import UTC, datetime

import pytest

from gateway.oidc.client import Client
from gateway.oidc.logout import LogoutRequest, objection, pack, unpack

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
BYE = "https://agency.example/bye"
CLIENT = Client(id="a", agency="a", names={}, region="HK", redirect_uris=(), post_logout_redirect_uris=(BYE,))


def request(return_to: str | None, state: str | None) -> LogoutRequest:
    return LogoutRequest(client="a", hinted=True, session="s", return_to=return_to, state=state, expires_at=NOW)


@pytest.mark.parametrize(
    ("return_to", "state", "url"),
    [
        (BYE, None, BYE),
        (BYE, "one", f"{BYE}?state=one"),
        (f"{BYE}?from=here", "one", f"{BYE}?from=here&state=one"),
        (BYE, "a&b=c d/é", f"{BYE}?state=a%26b%3Dc%20d%2F%C3%A9"),
        (None, "one", None),
    ],
)
def test_the_state_comes_along_and_adds_nothing_else(return_to: str | None, state: str | None, url: str | None) -> None:
    assert request(return_to, state).url == url


def test_a_request_is_sealed_and_opened_as_it_was() -> None:
    assert unpack(pack(request(BYE, "one"))) == request(BYE, "one")


@pytest.mark.parametrize(
    ("parameters", "client", "reason"),
    [
        ({}, None, None),
        ({"state": "one"}, None, None),
        ({"post_logout_redirect_uri": BYE, "state": "one"}, CLIENT, None),
        ({"post_logout_redirect_uri": BYE}, None, "post_logout_redirect_uri_of_nobody"),
        ({"post_logout_redirect_uri": f"{BYE}/more"}, CLIENT, "post_logout_redirect_uri_unregistered"),
        ({"post_logout_redirect_uri": ""}, CLIENT, "post_logout_redirect_uri_unregistered"),
        ({"state": "a\nb"}, CLIENT, "state_malformed"),
        ({"state": "x" * 5000}, CLIENT, "state_malformed"),
    ],
)
def test_only_an_address_of_the_agency_that_asks_is_followed(
    parameters: dict[str, str], client: Client | None, reason: str | None
) -> None:
    assert objection(parameters, client) == reason
