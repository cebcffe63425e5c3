"""How a registration is spoken of: media type, token, caching and refusals as RFC 7591 and RFC 6750 have them."""

import orjson
import pytest
import sqlalchemy as sa

from gateway.endpoints.register import LONGEST, ONE
from gateway.endpoints.wire import Request, Response
from tests.fakes.oidc_world import body, make_world
from tests.fakes.registering_partner import Partner, reason

PATH = "/oauth/register"


@pytest.fixture
def partner(sqlite_engine: sa.Engine) -> Partner:
    return Partner(make_world(sqlite_engine))


def post(partner: Partner, content: bytes | None = None, **headers: str) -> Response:
    """A registration, with other headers or another body than an honest one's."""
    honest = {"content-type": "application/json", "authorization": f"Bearer {partner.token}"}
    told = {name.replace("_", "-"): value for name, value in headers.items()}
    laid = orjson.dumps(partner.metadata()) if content is None else content
    answer = partner.world.provider.routes["POST", PATH](
        Request(method="POST", path=PATH, headers=honest | told, body=laid)
    )
    assert isinstance(answer, Response)
    return answer


@pytest.mark.parametrize("media", ["application/json; charset=utf-8", "Application/JSON", "application/json ;x=y"])
def test_metadata_are_json_however_their_type_is_spelled(partner: Partner, media: str) -> None:
    assert post(partner, content_type=media).status == 201


@pytest.mark.parametrize("media", ["", "text/plain", "application/x-www-form-urlencoded", "application/jwt"])
def test_what_calls_itself_otherwise_is_not_read(partner: Partner, media: str) -> None:
    answer = post(partner, content_type=media)
    told = body(answer)
    assert (answer.status, told["error"]) == (400, "invalid_client_metadata")
    assert told["error_description"] == "content_type_other_than_json"


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER", "Bearer  "])
def test_the_token_follows_its_scheme_however_that_is_spelled(partner: Partner, scheme: str) -> None:
    assert post(partner, authorization=f"{scheme} {partner.token} ").status == 201


@pytest.mark.parametrize("scheme", ["Basic", "DPoP", "Bearer:"])
def test_a_token_under_another_scheme_is_none(partner: Partner, scheme: str) -> None:
    answer = post(partner, authorization=f"{scheme} {partner.token}")
    assert answer.status == 401
    assert [value for name, value in answer.headers if name == "WWW-Authenticate"] == ["Bearer"]


NO_METADATA: dict[str, bytes] = {
    "nothing": b"",
    "no JSON": b"not json",
    "one member twice": b'{"client_name": "a", "client_name": "b"}',
    "half a letter in an address": b'{"redirect_uris": ["https://agency.example/\\ud800"]}',
    "half a letter that nobody reads": b'{"unheard_of": "\\ud800"}',
    "too much": b'{"unheard_of": "' + b"x" * LONGEST + b'"}',
}


@pytest.mark.parametrize("what", NO_METADATA)
def test_what_is_no_json_or_cannot_be_told_back_is_no_metadata(partner: Partner, what: str) -> None:
    told = body(post(partner, NO_METADATA[what]))
    assert (told["error"], told["error_description"]) == ("invalid_client_metadata", "client_metadata_malformed")


def test_an_answer_says_since_when_the_client_is_and_is_kept_by_nobody(partner: Partner) -> None:
    answer = post(partner)
    told = body(answer)
    assert told["client_id_issued_at"] == int(partner.world.clock().timestamp())
    assert isinstance(told["client_id_issued_at"], int)  # RFC 7591 §3.2.1
    client, token = told["client_id"], told["registration_access_token"]
    gone = partner.send("DELETE", None, token=token, client=client)
    for each in (answer, gone):
        assert dict(each.headers)["Cache-Control"] == "no-store"
    assert (gone.status, gone.body) == (204, b"")


def test_a_token_that_nobody_gave_is_told_so(partner: Partner) -> None:
    answer = partner.send("POST", partner.metadata(), token="guessed")
    assert (answer.status, reason(answer)) == (401, "invitation_unknown")
    assert [value for name, value in answer.headers if name == "WWW-Authenticate"] == ['Bearer error="invalid_token"']


def test_who_does_not_hold_the_registration_is_not_told_what_is_wrong_with_the_metadata(partner: Partner) -> None:
    client = partner.register()["client_id"]
    answer = partner.send("PUT", {"client_secret": "s"}, token="guessed", client=client)
    assert (answer.status, reason(answer)) == (401, "registration_token_unknown")


def test_who_brings_no_token_is_not_told_what_is_wrong_with_the_metadata(partner: Partner) -> None:
    client = partner.register()["client_id"]
    route = partner.world.provider.routes["PUT", ONE]
    answer = route(
        Request(method="PUT", path=f"{PATH}/{client}", headers={}, body=b"not json", captured={"client": client})
    )
    assert isinstance(answer, Response)
    assert (answer.status, reason(answer)) == (401, "token_missing")
