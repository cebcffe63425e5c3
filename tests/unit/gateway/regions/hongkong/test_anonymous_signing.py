"""What is sent so that a person signs, and what of the platform's answers is taken for a signature of this document."""

import base64
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from msgspec.structs import replace

from gateway.errors import RegionUnavailable
from gateway.identity.region import Region
from gateway.regions.hongkong.anonymous_signing import HASH, PDF, AnonymousSigning, Kind, NotSigned, hkic_hash
from gateway.settings import HongKongSettings

DIGEST = bytes(range(32))
OTHER = base64.b64encode(bytes(32)).decode()
PERSON = hkic_hash("A1234563")
SETTINGS = HongKongSettings(
    api_base="https://platform.test/api/v1",
    client_id="client",
    client_secret="secret",
    encipherment_key="",
    redirect_uri="https://gateway.test/back",
)


@dataclass(slots=True)
class Platform:
    """Answers as it is told, and keeps what it was asked."""

    answers: dict[str, dict[str, Any]]
    asked: dict[str, Mapping[str, object]] = field(default_factory=dict)

    def __call__(self, path: str, message: Mapping[str, object]) -> dict[str, Any]:
        self.asked[path] = message
        if path not in self.answers:
            raise RegionUnavailable("no_answer", region=Region.HONG_KONG.value)
        return self.answers[path]


def signing(kind: Kind = PDF, **result: Any) -> tuple[AnonymousSigning, Platform]:
    honest = {kind.digest_field: base64.b64encode(DIGEST).decode(), "signature": "…"}
    platform = Platform(
        {
            f"{kind.path}/initiateRequest": {"authByQR": True, "ticketID": "ticket"},
            f"{kind.path}/getResult": honest | result,
        }
    )
    made = AnonymousSigning(
        kind=kind, ask=platform, settings=SETTINGS, redirect_uri="https://gateway.test/signed", new_id=lambda: "b-1"
    )
    return made, platform


def begin(made: AnonymousSigning, **changed: str) -> str:
    told = {
        "hkic_hash": PERSON,
        "state": "s",
        "document": "d" * 500,
        "department": "x" * 500,
        "service": "y" * 500,
        "browser": "",
        "locale": "en",
    }
    return made.begin(digest=DIGEST, **told | changed).code


@pytest.mark.parametrize(("kind", "algorithm"), [(PDF, None), (HASH, "SHA256withRSA")])
def test_a_digest_leaves_with_short_words_and_nothing_else_of_the_document(kind: Kind, algorithm: str | None) -> None:
    made, platform = signing(kind)
    begin(made)
    [asked] = platform.asked.values()
    assert asked[kind.digest_field] == base64.b64encode(DIGEST).decode()
    assert asked.get("sigAlgo") == algorithm
    assert [len(str(asked[name])) for name in ("documentName", "department", "serviceName")] == [200] * 3


@pytest.mark.parametrize("known_by", ["", "A123456(3)", PERSON[:-1], PERSON + "=", PERSON + "\n"])
def test_who_is_not_known_by_a_hash_is_not_asked_for(known_by: str) -> None:
    made, platform = signing()
    with pytest.raises(NotSigned, match="signer_malformed"):
        begin(made, hkic_hash=known_by)
    assert not platform.asked


@pytest.mark.parametrize("answer", [{}, {"businessID": "b-1"}, {"businessID": ""}])
def test_what_was_made_over_this_digest_is_taken(answer: dict[str, str]) -> None:
    made, _ = signing()
    assert made.result(digest=DIGEST, business_id="b-1", answer=answer)["signature"]


REFUSED: dict[str, tuple[dict[str, Any], dict[str, str], str]] = {
    "a browser that comes for another signing": ({}, {"businessID": "b-2"}, "signing_of_another_document"),
    "a result over another digest": ({"docDigest": OTHER}, {}, "signing_of_another_document"),
    "a result that names no digest": ({"docDigest": None}, {}, "signing_of_another_document"),
    "a person who rejects": ({}, {"error_code": "D40001"}, "rejected"),
    "an error that nobody knows": ({}, {"error_code": "D1"}, "return_code_unexpected"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_anything_else_is_no_signature_of_it(what: str) -> None:
    result, answer, reason = REFUSED[what]
    made, _ = signing(**result)
    with pytest.raises(NotSigned) as refused:
        made.result(digest=DIGEST, business_id="b-1", answer=answer)
    assert refused.value.reason == reason


def test_a_receipt_that_cannot_be_told_changes_nothing_and_a_result_that_cannot_be_had_does() -> None:
    made, platform = signing()
    made.acknowledge("b-1")
    assert platform.asked["/account/signing/ackResult"] == {"businessID": "b-1"}
    silent = replace(made, ask=Platform({}))
    with pytest.raises(NotSigned, match="no_answer"):
        silent.result(digest=DIGEST, business_id="b-1", answer={})
