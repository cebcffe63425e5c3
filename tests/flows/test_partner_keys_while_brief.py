"""Where nobody may wait, a request that needs a partner's keys begins again elsewhere, and nothing was spent before."""

import threading
from collections.abc import Callable

import pytest
import sqlalchemy as sa

from deploy.serving.terms import Lengthy, brief_threads
from gateway.endpoints.wire import Page, Request, Response
from tests.fakes.oidc_signer import Key
from tests.fakes.oidc_world import Agency, World, body, make_world, parameters

KEYS = "https://agency.example/jwks"
GRANTS = ("authorization_code", "client_credentials", "refresh_token")


class BriefAtFirst(World):
    """Asks as the server does."""

    begun_again = 0

    def send(self, request: Request) -> Response | Page:
        brief_threads.add(threading.get_ident())
        try:
            return super().send(request)
        except Lengthy:
            self.begun_again += 1
        finally:
            brief_threads.discard(threading.get_ident())
        return super().send(request)


@pytest.fixture
def agency(sqlite_engine: sa.Engine) -> Agency:
    made = make_world(sqlite_engine)
    world = BriefAtFirst(**{name: getattr(made, name) for name in World.__dataclass_fields__})
    agency = Agency(world, dpop_key=Key.make(kid="proof")).enrol(
        jwks={}, jwks_uri=KEYS, require_dpop=True, grant_types=frozenset(GRANTS)
    )
    world.partners.publish(KEYS, agency.key)
    return agency


def asked(agency: Agency) -> int:
    assert isinstance(agency.world, BriefAtFirst)
    return agency.world.begun_again


def client_credentials(agency: Agency) -> Response:
    form = {"grant_type": "client_credentials"} | agency.auth()
    return agency.world.post("/oauth/token", form, dpop=agency.proof("/oauth/token"))


def introspection(agency: Agency) -> Response:
    return agency.world.post("/oauth/introspect", {"token": "unknown"} | agency.auth())


def revocation(agency: Agency) -> Response:
    return agency.world.post("/oauth/revoke", {"token": "unknown"} | agency.auth())


@pytest.mark.parametrize("ask", [client_credentials, Agency.push, introspection, revocation])
def test_keys_that_are_not_there_yet_are_fetched_and_the_answer_is_as_ever(
    agency: Agency, ask: Callable[[Agency], Response]
) -> None:
    assert ask(agency).status in (200, 201)
    assert asked(agency) == 1
    assert ask(agency).status in (200, 201)
    assert asked(agency) == 1
    assert agency.world.partners.asked == [KEYS]


def test_a_new_key_is_found_in_the_middle_of_a_sign_in_and_the_code_counts_once(agency: Agency) -> None:
    code = agency.code()
    agency.key = Key.make("PS256", kid="agency-2")
    agency.world.partners.publish(KEYS, agency.key)
    agency.world.clock.passes(seconds=31)
    assert agency.redeem(code).status == 200
    assert asked(agency) == 2
    assert body(agency.redeem(code))["error"] == "invalid_grant"


def test_a_signed_request_whose_key_is_new_is_read(agency: Agency) -> None:
    agency.pushed()
    agency.key = Key.make("PS256", kid="agency-2")
    agency.world.partners.publish(KEYS, agency.key)
    agency.world.clock.passes(seconds=31)
    answer = agency.push_signed(agency.request_object())
    assert answer.status == 201
    assert parameters(agency.bring(body(answer)["request_uri"]))["code"]


def test_forged_keys_wait_no_more_often_than_the_budget_allows(agency: Agency) -> None:
    assert client_credentials(agency).status == 200
    agency.world.clock.passes(seconds=31)
    agency.key = Key.make(kid="forged")
    for _ in range(5):
        assert body(client_credentials(agency))["error_description"] == "key_unknown"
    assert asked(agency) == 2
