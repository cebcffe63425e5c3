"""A resource that needs a surer or a later sign-in says so; an agency gets it by asking for just that (RFC 9470)."""

import re
from collections.abc import Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from deploy.composing.records import AuthoriseByToken
from gateway.endpoints.wire import Request, Response
from gateway.flows.stage_view import ClaimsQuestion, StepUpNeeded
from gateway.identity.region import Region
from gateway.oidc import compact_jws
from gateway.settings import OidcSettings, StepUpSettings
from tests.fakes import oidc_world
from tests.fakes.oidc_world import Agency, body, parameters
from tests.fakes.resident_world import AGENCY, BROWSER, PHONE, World, make_world
from tests.fakes.whole_world import cookies, enrolled, provider_over
from trust.endpoints.problems import problem
from trust.errors import NotAuthorised

MO = Region.MACAU
SETTINGS = OidcSettings(
    step_up=(
        StepUpSettings(scope="openid", acr="urn:gba:acr:3"),
        StepUpSettings(scope="documents:issue", acr="urn:gba:acr:2", max_age=timedelta(minutes=2)),
    )
)


@pytest.fixture
def residents(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


@pytest.fixture
def provider(residents: World) -> oidc_world.World:
    return provider_over(residents, SETTINGS)


@pytest.fixture
def agency(provider: oidc_world.World) -> Agency:
    scopes = AGENCY.scopes | {"documents:issue"}
    grants = frozenset({"authorization_code", "client_credentials"})
    return enrolled(provider, AGENCY, scopes=scopes, grant_types=grants)


def signed_in(residents: World, agency: Agency, session: str, **asked: str) -> dict[str, Any]:
    """The tokens, after whatever the person is asked on the way."""
    answer = agency.bring(agency.pushed(scope="openid documents:issue", **asked), cookie=cookies(session))
    assert isinstance(answer, Response)
    where = dict(answer.headers)["Location"]
    if "/sign-in/" in where:
        sign_in = where.rpartition("/")[2]
        while "code=" not in where:
            where = on(residents, sign_in)
        code = re.findall("[?&]code=([^&]*)", where)[0]
    else:
        code = parameters(answer)["code"]
    redeemed = agency.redeem(code)
    assert redeemed.status == 200, redeemed.body
    return body(redeemed)


def on(residents: World, sign_in: str) -> str:
    """One step of the person; where the browser is then."""
    stage = residents.view(sign_in)
    if isinstance(stage, StepUpNeeded):
        residents.sign_ins.proceed(sign_in, BROWSER, locale="en", user_agent=PHONE)
        following = residents.back(MO)
    elif isinstance(stage, ClaimsQuestion):
        following = residents.sign_ins.agree_claims(sign_in, BROWSER, residents.answer(sign_in), optional=frozenset())
    else:
        following = residents.go(sign_in, MO)
    response = getattr(following, "response", None)
    return response.url if response is not None and response.url else ""


def claims_of(provider: oidc_world.World, token: str) -> Mapping[str, Any]:
    jws = compact_jws.take_apart(token, longest=10_000)
    compact_jws.verify(jws, provider.signer.key_set())
    return compact_jws.read_claims(jws, longest=10_000)


def challenge(answer: Response) -> dict[str, str]:
    """What both challenges say alike."""
    told = [value for name, value in answer.headers if name == "WWW-Authenticate"]
    assert {value.split(" ")[0] for value in told} == {"DPoP", "Bearer"}
    read = [dict(re.findall(r'([a-z_]+)="([^"]*)"', value)) for value in told]
    assert all(one["error"] == "insufficient_user_authentication" for one in read)
    return {name: read[0][name] for name in ("acr_values", "max_age") if name in read[0]}


def test_userinfo_asks_for_a_surer_sign_in_and_tells_once_it_was_made(
    residents: World, provider: oidc_world.World, agency: Agency
) -> None:
    residents.regions[MO].method = "password"  # level 2
    session = residents.bound(MO)
    weak = signed_in(residents, agency, session)["access_token"]
    assert claims_of(provider, weak)["acr"] == "urn:gba:acr:2"
    refused = agency.userinfo(weak)
    assert (refused.status, refused.reason) == (401, "sign_in_too_weak")
    wanted = challenge(refused)
    assert wanted == {"acr_values": "urn:gba:acr:3 urn:gba:acr:4"}
    surer = signed_in(residents, agency, session, **wanted)["access_token"]
    assert claims_of(provider, surer)["acr"] == "urn:gba:acr:3"
    told = body(provider.post("/oauth/introspect", {"token": surer} | agency.auth()))
    assert (told["acr"], told["auth_time"]) == ("urn:gba:acr:3", claims_of(provider, surer)["auth_time"])
    assert agency.userinfo(surer).status == 200
    assert agency.userinfo(weak).status == 401  # what was given before stays what it was


def documents(provider: oidc_world.World, token: str) -> Response:
    """The documents API's door, and what it says."""
    door = AuthoriseByToken(check=provider.provider.check_access)
    request = Request(method="GET", path="/api/v1/documents/1", headers={"authorization": f"Bearer {token}"})
    try:
        door(request, "documents:issue")
    except NotAuthorised as refused:
        answer = problem(refused.reason, request, challenge=refused.challenge)
        return Response(answer.status, answer.headers, answer.body, answer.reason)
    return Response(200)


def test_the_documents_api_asks_for_a_later_sign_in_and_opens_once_it_was_made(
    residents: World, provider: oidc_world.World, agency: Agency
) -> None:
    session = residents.bound(MO)
    token = signed_in(residents, agency, session)["access_token"]
    assert documents(provider, token).status == 200
    residents.clock.passes(minutes=3)
    again = signed_in(residents, agency, session)["access_token"]  # a new token, and the old sign-in
    refused = documents(provider, again)
    assert (refused.status, refused.reason) == (401, "step_up_required")
    wanted = challenge(refused)
    assert wanted == {"acr_values": "urn:gba:acr:2 urn:gba:acr:3 urn:gba:acr:4", "max_age": "120"}
    fresh = signed_in(residents, agency, session, **wanted)["access_token"]
    assert claims_of(provider, fresh)["auth_time"] > claims_of(provider, again)["auth_time"]
    assert documents(provider, fresh).status == 200


def test_a_client_that_acts_for_itself_is_told_that_a_person_must_sign_in(
    provider: oidc_world.World, agency: Agency
) -> None:
    itself = {"grant_type": "client_credentials", "scope": "documents:issue"} | agency.auth()
    token = body(provider.post("/oauth/token", itself))["access_token"]
    assert challenge(documents(provider, token))["max_age"] == "120"


def test_where_nothing_is_required_a_persons_request_may_not_name_a_scope_of_machines(residents: World) -> None:
    provider = provider_over(residents)
    scopes = AGENCY.scopes | {"documents:issue"}
    agency = enrolled(provider, AGENCY, scopes=scopes)
    assert body(agency.push(scope="openid documents:issue"))["error"] == "invalid_scope"


@pytest.mark.parametrize("wrong", [{"acr": "urn:other"}, {"acr": ""}, {"max_age": timedelta(0)}])
def test_settings_that_cannot_be_meant_are_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=next(iter(wrong))):
        replace(SETTINGS.step_up[0], **wrong)
    with pytest.raises(ValueError, match="step_up"):
        OidcSettings(step_up=(SETTINGS.step_up[0], SETTINGS.step_up[0]))
