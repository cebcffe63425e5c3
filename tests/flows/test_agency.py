"""The sandbox agency and the provider understand each other, without pages between them."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from deploy.sandbox.agency import enrolment, keys
from deploy.sandbox.agency.errors import ProviderFailed, SignInEnded
from deploy.sandbox.agency.names import CLIENT_ID
from deploy.sandbox.agency.provider import Provider
from deploy.sandbox.agency.proving import Proving
from deploy.sandbox.agency.services import SERVICES, wishes
from deploy.sandbox.agency.sign_in import Departure, RelyingParty
from gateway.endpoints.wire import Request, Response
from gateway.ports.egress import Reply
from tests.fakes.oidc_world import ISSUER, World, make_world

BASE = "https://agency.example/agency"


@dataclass
class Wire:
    """Implements Egress: straight into the provider's handlers."""

    world: World

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        parts = urlsplit(url)
        answer = self.world.send(
            Request(method=method, path=parts.path, query=parts.query, headers=dict(headers or {}), body=body)
        )
        assert isinstance(answer, Response)
        given = {name.lower(): value for name, value in answer.headers}
        return Reply(status=answer.status, headers=given, body=answer.body)


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


@pytest.fixture
def party(world: World, tmp_path: Path) -> RelyingParty:
    world.save(enrolment.registration(tmp_path / "agency", BASE))
    send = Wire(world)
    return RelyingParty(
        client=CLIENT_ID,
        redirect_uri=f"{BASE}/callback",
        key=keys.load_or_create(tmp_path / "agency"),
        provider=Provider(issuer=ISSUER, send=send, clock=world.clock),
        proving=Proving(send=send, clock=world.clock, new_token=world.parts.new_token),
        clock=world.clock,
        new_token=world.parts.new_token,
    )


def brought_back(world: World, departure: Departure) -> dict[str, list[str]]:
    """The browser goes where it is sent, and comes back."""
    parts = urlsplit(departure.url)
    answer = world.send(Request(method="GET", path=parts.path, query=parts.query))
    assert isinstance(answer, Response)
    location = dict(answer.headers)["Location"]
    assert location.startswith(f"{BASE}/callback?")
    return parse_qs(urlsplit(location).query)


@pytest.mark.parametrize("service", SERVICES)
def test_a_person_arrives_with_what_the_service_needs(world: World, party: RelyingParty, service: str) -> None:
    departure = party.depart(wishes(SERVICES[service], application="KBR-2026-000001", language="zh-Hant"))
    person = party.arrive(brought_back(world, departure), departure)
    assert person.claims["name"] == "陳大文"
    assert person.id_token["acr"] == "urn:gba:acr:3"
    asked = [detail["application"] for detail in person.authorization_details]
    assert asked == (["KBR-2026-000001"] if SERVICES[service].with_check else [])


def test_an_answer_cannot_be_used_twice(world: World, party: RelyingParty) -> None:
    departure = party.depart({"scope": "openid"})
    answer = brought_back(world, departure)
    party.arrive(answer, departure)
    with pytest.raises(ProviderFailed) as refused:
        party.arrive(answer, departure)
    assert (refused.value.reason, refused.value.detail) == ("token_refused", "invalid_grant")


def test_what_needs_a_person_is_told_when_none_may_be_asked(world: World, party: RelyingParty) -> None:
    world.person.at_once = False
    departure = party.depart({"scope": "openid", "prompt": "none"})
    with pytest.raises(SignInEnded, match="login_required"):
        party.arrive(brought_back(world, departure), departure)


def test_the_agency_gets_a_token_of_its_own_for_issuing_and_for_nothing_else(party: RelyingParty) -> None:
    assert party.service_token("documents:issue").count(".") == 2
    with pytest.raises(ProviderFailed) as refused:
        party.service_token("openid")
    assert refused.value.detail == "invalid_scope"
