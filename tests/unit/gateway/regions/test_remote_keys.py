"""A foreign party's keys are kept, refetched within a budget, and the last good ones outlive an outage."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from gateway.errors import RegionUnavailable
from gateway.oidc.compact_jws import JwsRefused, take_apart
from gateway.ports.egress import EgressFailed, Reply
from gateway.regions.remote_keys import RemoteKeys
from gateway.regions.signed_request import RequestSigner
from tests.fakes.outside import SetClock

LIVE, BUDGET = timedelta(minutes=10), timedelta(seconds=30)


def signer() -> RequestSigner:
    key = ec.generate_private_key(ec.SECP256R1())
    return RequestSigner(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode())


@dataclass(slots=True)
class Publisher:
    published: list[RequestSigner]
    also: list[dict[str, str]] = field(default_factory=list)
    down: bool = False
    asked: int = 0

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        self.asked += 1
        if self.down:
            raise EgressFailed("timed_out")
        keys = [*self.also, *(dict(one.public_jwk) for one in self.published)]
        return Reply(status=200, headers={}, body=json.dumps({"keys": keys}).encode())


class Case:
    def __init__(self) -> None:
        self.first, self.second = signer(), signer()
        self.publisher = Publisher([self.first])
        self.clock = SetClock()
        self.keys = RemoteKeys(
            lambda: "https://x.example/jwks",
            region="MO",
            egress=self.publisher,
            clock=self.clock,
            algorithms=frozenset({"ES256"}),
            live=LIVE,
            refetch_after=BUDGET,
        )

    def verify(self, by: RequestSigner) -> None:
        self.keys.verify(take_apart(by.sign({"a": 1}, typ="JWT"), longest=10_000))


def test_keys_are_fetched_once_in_their_life() -> None:
    case = Case()
    for _ in range(3):
        case.verify(case.first)
    assert case.publisher.asked == 1
    case.clock.move(LIVE + timedelta(seconds=1))
    case.verify(case.first)
    assert case.publisher.asked == 2


def test_a_new_key_is_found_when_it_is_first_used() -> None:
    case = Case()
    case.verify(case.first)
    case.publisher.published = [case.first, case.second]
    case.clock.move(BUDGET)
    case.verify(case.second)
    assert case.publisher.asked == 2


def test_forged_tokens_do_not_make_us_fetch_without_end() -> None:
    case = Case()
    case.verify(case.first)
    for _ in range(20):
        with pytest.raises(JwsRefused, match="key_unknown"):
            case.verify(case.second)
    assert case.publisher.asked == 1


def test_the_last_good_keys_outlive_an_outage() -> None:
    case = Case()
    case.verify(case.first)
    case.publisher.down = True
    case.clock.move(LIVE * 2)
    case.verify(case.first)


def test_without_any_keys_the_party_is_unavailable_until_it_answers() -> None:
    case = Case()
    case.publisher.down = True
    with pytest.raises(RegionUnavailable, match="keys_unavailable"):
        case.verify(case.first)
    case.publisher.down = False
    case.verify(case.first)


def test_a_key_that_we_may_not_use_does_not_spoil_the_others() -> None:
    case = Case()
    case.publisher.also = [{"kty": "RSA", "use": "enc", "n": "AQAB", "e": "AQAB", "kid": "e1"}]
    case.verify(case.first)


def test_a_signature_by_a_key_of_the_same_name_is_wrong() -> None:
    case = Case()
    forged = signer()
    forged.public_jwk = {**forged.public_jwk, "kid": case.first.public_jwk["kid"]}
    with pytest.raises(JwsRefused, match="signature_wrong"):
        case.verify(forged)
