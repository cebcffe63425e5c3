"""The sandbox agency believes an answer only when every rule of a relying party holds."""

import base64
import hashlib
import json
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey
from msgspec.structs import replace

from deploy.sandbox.agency import client_assertion, keys
from deploy.sandbox.agency.errors import AgencyError, AnswerRefused, ProviderFailed, SignInEnded
from deploy.sandbox.agency.provider import Provider
from deploy.sandbox.agency.proving import Proving
from deploy.sandbox.agency.sign_in import Departure, RelyingParty
from gateway.ports.egress import Reply
from tests.fakes.openid_provider import ISSUER, NOW, OpenidProvider

KEY = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig"}, auto_kid=True)


def party_of(provider: OpenidProvider) -> RelyingParty:
    serial = count()
    return RelyingParty(
        client="agency",
        redirect_uri="https://agency.example/callback",
        key=KEY,
        provider=Provider(issuer=ISSUER, send=provider, clock=lambda: NOW),
        proving=Proving(send=provider, clock=lambda: NOW, new_token=lambda: f"proof-{next(serial):038d}"),
        clock=lambda: NOW,
        new_token=lambda: f"token-{next(serial):038d}",
    )


def answer(departure: Departure, **bent: str | None) -> dict[str, list[str]]:
    honest = {"state": departure.state, "iss": ISSUER, "code": "c1", **bent}
    return {name: [value] for name, value in honest.items() if value is not None}


def test_a_person_arrives_with_subject_claims_and_checks() -> None:
    provider = OpenidProvider(tokens={"authorization_details": [{"type": "biometric_check", "outcome": "passed"}]})
    party = party_of(provider)
    departure = party.depart({"scope": "openid"})
    person = party.arrive(answer(departure), departure)
    assert person.subject == "pairwise-1"
    assert person.claims["name"] == "CHAN Tai Man"
    assert person.authorization_details == ({"type": "biometric_check", "outcome": "passed"},)


def test_the_browser_carries_nothing_but_the_reference_of_the_pushed_request() -> None:
    provider = OpenidProvider()
    departure = party_of(provider).depart({"scope": "openid"})
    reference = "urn%3Aietf%3Aparams%3Aoauth%3Arequest_uri%3Aabc"
    assert departure.url == f"{ISSUER}/authorize?client_id=agency&request_uri={reference}"
    pushed = provider.forms["/par"]
    assert pushed["code_challenge_method"] == "S256"
    assert pushed["client_assertion_type"] == client_assertion.TYPE
    assert departure.verifier not in str(pushed)


def test_neither_verifier_nor_state_shows_when_a_departure_is_printed() -> None:
    departure = party_of(OpenidProvider()).depart({})
    assert departure.verifier not in repr(departure)
    assert departure.state not in repr(departure)


OTHER = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig", "kid": "k1"})
AGO = int(NOW.timestamp()) - 3600

BENT: dict[str, tuple[Callable[[], OpenidProvider], str]] = {
    "another issuer": (lambda: OpenidProvider(claims={"iss": "https://other.example"}), "id_token_issuer"),
    "no issuer": (lambda: OpenidProvider(claims={"iss": None}), "id_token_issuer"),
    "another audience": (lambda: OpenidProvider(claims={"aud": "other"}), "id_token_audience"),
    "no audience": (lambda: OpenidProvider(claims={"aud": None}), "id_token_audience"),
    "a second audience": (lambda: OpenidProvider(claims={"aud": ["agency", "other"]}), "id_token_audience"),
    "another authorized party": (lambda: OpenidProvider(claims={"azp": "other"}), "id_token_party"),
    "an expiry in the past": (lambda: OpenidProvider(claims={"exp": AGO}), "id_token_expired"),
    "no expiry": (lambda: OpenidProvider(claims={"exp": None}), "id_token_expired"),
    "an old time of issue": (lambda: OpenidProvider(claims={"iat": AGO}), "id_token_time"),
    "no time of issue": (lambda: OpenidProvider(claims={"iat": None}), "id_token_time"),
    "another nonce": (lambda: OpenidProvider(claims={"nonce": "other"}), "id_token_nonce"),
    "no nonce": (lambda: OpenidProvider(claims={"nonce": None}), "id_token_nonce"),
    "no subject": (lambda: OpenidProvider(claims={"sub": None}), "id_token_subject"),
    "the hash of another access token": (lambda: OpenidProvider(claims={"at_hash": "x"}), "id_token_at_hash"),
    "no ID token": (lambda: OpenidProvider(tokens={"id_token": None}), "id_token_missing"),
    "an unsigned ID token": (lambda: OpenidProvider(tokens={"id_token": "eyJhbGciOiJub25lIn0.e30."}), "id_token_"),
    "an ID token that is none": (lambda: OpenidProvider(tokens={"id_token": "a.b"}), "id_token_unreadable"),
    "a signature of another key": (
        lambda: OpenidProvider(published=[OTHER.as_dict(private=False)]),
        "id_token_signature",
    ),
    "userinfo of somebody else": (lambda: OpenidProvider(userinfo={"sub": "other"}), "userinfo_subject"),
    "userinfo of nobody": (lambda: OpenidProvider(userinfo={"sub": None}), "userinfo_subject"),
}


@pytest.mark.parametrize("case", BENT)
def test_nobody_is_signed_in_by(case: str) -> None:
    make, reason = BENT[case]
    party = party_of(make())
    departure = party.depart({})
    with pytest.raises(AnswerRefused) as refused:
        party.arrive(answer(departure), departure)
    assert refused.value.reason.startswith(reason)


def test_an_audience_as_a_list_of_one_is_ours() -> None:
    party = party_of(OpenidProvider(claims={"aud": ["agency"]}))
    departure = party.depart({})
    assert party.arrive(answer(departure), departure).subject == "pairwise-1"


def test_the_type_of_token_may_be_written_in_any_case() -> None:
    party = party_of(OpenidProvider(tokens={"token_type": "dpOP"}))
    departure = party.depart({})
    assert party.arrive(answer(departure), departure).subject == "pairwise-1"


def test_an_rs256_signature_is_not_of_the_profile() -> None:
    provider = OpenidProvider(header={"alg": "RS256"})
    provider.key = RSAKey.generate_key(2048, {"kid": "k1"})  # type: ignore[assignment]  # the attack
    party = party_of(provider)
    departure = party.depart({})
    with pytest.raises(AnswerRefused, match="id_token_algorithm"):
        party.arrive(answer(departure), departure)


def test_a_token_that_names_no_key_is_read_with_the_only_one() -> None:
    party = party_of(OpenidProvider(header={"kid": None}))
    departure = party.depart({})
    assert party.arrive(answer(departure), departure).subject == "pairwise-1"


def test_a_token_that_names_no_key_among_several_is_refused() -> None:
    provider = OpenidProvider(header={"kid": None})
    provider.published = [provider.key.as_dict(private=False), {**OTHER.as_dict(private=False), "kid": "k2"}]
    party = party_of(provider)
    departure = party.depart({})
    with pytest.raises(ProviderFailed, match="key_unknown"):
        party.arrive(answer(departure), departure)


ANSWERS: dict[str, tuple[dict[str, str | None], type[AgencyError], str]] = {
    "no state": ({"state": None}, AnswerRefused, "state_mismatch"),
    "another state": ({"state": "other"}, AnswerRefused, "state_mismatch"),
    "no issuer": ({"iss": None}, AnswerRefused, "issuer_mismatch"),
    "another issuer": ({"iss": "https://other.example"}, AnswerRefused, "issuer_mismatch"),
    "an error from another issuer": ({"iss": "https://o.example", "error": "x"}, AnswerRefused, "issuer_mismatch"),
    "an error": ({"error": "access_denied", "code": None}, SignInEnded, "access_denied"),
    "no code": ({"code": None}, AnswerRefused, "code_missing"),
}


@pytest.mark.parametrize("case", ANSWERS)
def test_an_answer_ends_the_sign_in_with(case: str) -> None:
    bent, kind, reason = ANSWERS[case]
    party = party_of(OpenidProvider())
    departure = party.depart({})
    with pytest.raises(kind) as ended:
        party.arrive(answer(departure, **bent), departure)
    assert ended.value.reason == reason


def test_a_parameter_twice_is_refused() -> None:
    party = party_of(OpenidProvider())
    departure = party.depart({})
    with pytest.raises(AnswerRefused, match="parameter_repeated"):
        party.arrive({**answer(departure), "code": ["c1", "c2"]}, departure)


def test_metadata_of_another_issuer_are_refused() -> None:
    with pytest.raises(ProviderFailed, match="issuer_mismatch"):
        party_of(OpenidProvider(metadata={"issuer": f"{ISSUER}/"})).depart({})


def test_a_silent_gateway_is_told_as_such() -> None:
    with pytest.raises(ProviderFailed, match="gateway_unreachable"):
        party_of(OpenidProvider(silent=True)).depart({})


def test_a_refused_push_keeps_the_standards_error() -> None:
    with pytest.raises(ProviderFailed) as refused:
        party_of(OpenidProvider(push_error="invalid_client")).depart({})
    assert refused.value.detail == "invalid_client"


def test_a_rotated_key_is_fetched_when_a_token_names_it() -> None:
    provider = OpenidProvider()
    party = party_of(provider)
    first = party.depart({})
    party.arrive(answer(first), first)
    provider.key = ECKey.generate_key("P-256", {"alg": "ES256", "use": "sig", "kid": "k2"})
    provider.header = {"kid": "k2"}
    second = party.depart({})
    assert party.arrive(answer(second), second).subject == "pairwise-1"


def test_the_agencys_key_is_made_once_and_kept_private(tmp_path: Path) -> None:
    first = keys.load_or_create(tmp_path / "agency")
    assert keys.load_or_create(tmp_path / "agency").kid == first.kid
    published: Any = keys.public_set(first)
    assert "d" not in published["keys"][0]
    assert (tmp_path / "agency" / "agency-key.json").stat().st_mode & 0o077 == 0


def test_another_departure_of_the_same_party_does_not_fit() -> None:
    party = party_of(OpenidProvider())
    first, second = party.depart({}), party.depart({})
    with pytest.raises(AnswerRefused, match="state_mismatch"):
        party.arrive(answer(first), second)
    with pytest.raises(AnswerRefused, match="id_token_nonce"):
        party.arrive(answer(second), replace(first, state=second.state))


def test_every_request_proves_the_key_and_tokens_are_bound_to_it() -> None:
    provider = OpenidProvider()
    party = party_of(provider)
    departure = party.depart({})
    party.arrive(answer(departure), departure)
    proofs = {url: headers["dpop"] for _, url, headers, _ in provider.requests if "dpop" in headers}
    assert proofs.keys() == {f"{ISSUER}/par", f"{ISSUER}/token", f"{ISSUER}/userinfo"}
    told = [jwt.decode(proof, party.proving.key, algorithms=["ES256"]) for proof in proofs.values()]
    assert [each.claims["htu"] for each in told] == list(proofs)
    assert len({each.claims["jti"] for each in told}) == 3
    assert {json.dumps(each.header["jwk"]) for each in told} == {json.dumps(party.proving.key.as_dict(private=False))}
    ath = base64.urlsafe_b64encode(hashlib.sha256(b"access").digest()).rstrip(b"=").decode()
    assert [each.claims.get("ath") for each in told] == [None, None, ath]


@pytest.mark.parametrize(
    "asking",
    [
        Reply(status=400, headers={"dpop-nonce": "n1"}, body=b'{"error":"use_dpop_nonce"}'),
        Reply(status=401, headers={"dpop-nonce": "n1", "www-authenticate": 'DPoP error="use_dpop_nonce"'}, body=b""),
    ],
)
def test_a_nonce_that_is_asked_for_is_in_the_second_try_and_in_all_that_follow(asking: Reply) -> None:
    serial, proofs = count(), []
    answers = [asking, Reply(status=200, headers={}, body=b"{}"), Reply(status=200, headers={}, body=b"{}")]

    def send(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        proofs.append((headers or {})["dpop"])
        return answers.pop(0)

    proving = Proving(send=send, clock=lambda: NOW, new_token=lambda: str(next(serial)))
    for _ in range(2):
        assert proving("POST", "https://gateway.example/token", lambda: ({}, b"")).status == 200
    told = [jwt.decode(proof, proving.key, algorithms=["ES256"]).claims for proof in proofs]
    assert [each.get("nonce") for each in told] == [None, "n1", "n1"]
    assert len({each["jti"] for each in told}) == 3
