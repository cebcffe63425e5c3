"""What a credential may ask of its holder on our page, and what is refused because it could not be asked there."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from msgspec.structs import replace

from deploy.composing.sealing import InProcessReply
from deploy.sandbox import signature_service as simulator
from deploy.sandbox.people import residents
from deploy.sandbox.signature_service import SignatureService
from gateway.identity.region import Region
from tests.fakes.sealing_world import SealingWorld
from trust.custody.cloud_signer import LONGEST_TYPED, MOST_CREDENTIALS, CloudSigner
from trust.custody.csc_service import CscPlace, CscService
from trust.errors import SigningFailed, TypedWrong
from trust.pades.person_message import PersonMessages
from trust.ports.person_signing import Wish

ACCOUNT = residents(Region.MACAU)[0].login
PIN = {"type": "Password", "id": "PIN", "format": "N"}
OTP = {"type": "ChallengeResponse", "id": "OTP"}
WISH = Wish(
    digest=bytes(32), document="", department="", service="", signer=ACCOUNT, state="s", browser="", language="en"
)


@dataclass(slots=True)
class Line:
    """The way to the service, on which somebody may change what is said."""

    service: SignatureService
    change: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)

    def __call__(
        self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b""
    ) -> InProcessReply:
        status, told = self.service.answer(method, url, headers or {}, body)
        self.asked.append(url.partition("/csc/v2/")[2])
        self.bodies.append(body)
        told = told | dict(self.change.get(self.asked[-1], {}))
        return InProcessReply(status=status, headers={}, body=json.dumps(told).encode() if told else b"")

    def said(self, what: str) -> list[dict[str, Any]]:
        return [json.loads(body) for asked, body in zip(self.asked, self.bodies, strict=True) if asked == what]


@pytest.fixture
def line(tmp_path: Path) -> Line:
    world = SealingWorld.open(tmp_path)
    return Line(SignatureService(world.authorities, world.clock))


def signer(line: Line, *, secret: str = simulator.SECRET) -> CloudSigner:
    place = CscPlace(service=f"https://sign.test{simulator.PATH}", client_id=simulator.CLIENT, client_secret=secret)
    service = CscService(place, line, line.service._clock)
    return CloudSigner(service, PersonMessages(), redirect_uri="https://gateway.test/signings/callback")


def asks(line: Line, *objects: Mapping[str, Any], expression: str = "", mode: str = "explicit") -> None:
    line.change["credentials/info"] = {"auth": {"mode": mode, "expression": expression, "objects": list(objects)}}


@pytest.mark.parametrize("expression", ["", "PIN AND OTP", "OTP AND PIN"])
def test_all_that_is_asked_is_typed_and_codes_are_sent_for(line: Line, expression: str) -> None:
    asks(line, PIN, OTP, expression=expression)
    question = signer(line).begin(WISH).question
    assert [(one.id, one.one_time, one.numeric) for one in question.typed] == [
        ("PIN", False, True),
        ("OTP", True, False),
    ]
    assert line.asked.count("credentials/getChallenge") == 1


def test_a_code_of_a_device_of_the_persons_own_is_not_sent_for(line: Line) -> None:
    asks(line, {"type": "Password", "id": "OTP", "format": "N", "generator": "totp"})
    assert [one.one_time for one in signer(line).begin(WISH).question.typed] == [True]
    assert "credentials/getChallenge" not in line.asked


OTHERWISE: dict[str, dict[str, Any]] = {
    "one of two": {"objects": [PIN, OTP], "expression": "PIN OR OTP"},
    "a part of what it lists": {"objects": [PIN, OTP], "expression": "PIN"},
    "out of band": {"objects": [PIN, {"type": "ChallengeResponseOOB", "id": "PUSH"}]},
    "nothing": {"objects": []},
    "too much": {"objects": [PIN] * 5},
    "a name that is none": {"objects": [{"type": "Password", "id": "P\nN"}]},
    "a name of other letters": {"objects": [{"type": "Password", "id": "ＰＩＮ"}]},
    "an endless name": {"objects": [{"type": "Password", "id": "P" * 65}]},
    "another way": {"objects": [PIN], "mode": "implicit"},
    "no list": {"objects": "PIN"},
}


@pytest.mark.parametrize("what", OTHERWISE)
def test_what_cannot_be_asked_on_a_page_is_refused(line: Line, what: str) -> None:
    line.change["credentials/info"] = {"auth": {"mode": "explicit", **OTHERWISE[what]}}
    with pytest.raises(SigningFailed, match="key_service_asks_otherwise"):
        signer(line).begin(WISH)


UNUSABLE: dict[str, tuple[str, dict[str, Any], str]] = {
    "no credentials": ("credentials/list", {"credentialIDs": []}, "signer_unknown"),
    "no list of them": ("credentials/list", {"credentialIDs": "all"}, "signer_unknown"),
    "a disabled key": ("credentials/info", {"key": {"status": "disabled"}}, "signer_unknown"),
    "junk for a certificate": ("credentials/info", {"cert": {"certificates": ["AAAA"]}}, "seal_certificate_unfit"),
}


@pytest.mark.parametrize("what", UNUSABLE)
def test_a_credential_that_cannot_sign_is_refused(line: Line, what: str) -> None:
    method, changed, reason = UNUSABLE[what]
    line.change[method] = changed
    with pytest.raises(SigningFailed, match=reason):
        signer(line).begin(WISH)


def test_only_credentials_that_can_sign_are_asked_for_and_few_of_them(line: Line) -> None:
    signer(line).begin(WISH)
    assert line.said("credentials/list") == [{"userID": ACCOUNT, "onlyValid": True}]
    [known] = [each["credentialID"] for each in line.said("credentials/info")]
    line.change["credentials/list"] = {"credentialIDs": [7, *[known] * 9]}
    line.change["credentials/info"] = {"key": {"status": "disabled"}}
    with pytest.raises(SigningFailed, match="signer_unknown"):
        signer(line).begin(WISH)
    assert len(line.said("credentials/info")) == 1 + MOST_CREDENTIALS - 1  # the first of the list is none


def test_what_is_typed_releases_the_key_for_one_digest_and_is_bounded(line: Line) -> None:
    begun = signer(line).begin(WISH)
    with pytest.raises(TypedWrong):
        signer(line).finish(begun.memory, {"PIN": "1" * 500, "OTP": "2"})
    [asked] = line.said("credentials/authorize")
    attributes = hashlib.sha256(base64.b64decode(begun.memory["attributes"])).digest()
    assert (asked["numSignatures"], asked["hashes"]) == (1, [base64.b64encode(attributes).decode()])
    assert {one["id"]: len(one["value"]) for one in asked["authData"]} == {"PIN": LONGEST_TYPED, "OTP": 1}


def test_the_service_is_sent_to_for_this_very_digest(line: Line) -> None:
    asks(line, mode="oauth2code")
    begun = signer(line).begin(WISH)
    query = dict(parse_qsl(urlsplit(begun.question.url).query))
    attributes = hashlib.sha256(base64.b64decode(begun.memory["attributes"])).digest()
    assert (query["numSignatures"], query["state"]) == ("1", "s")
    assert query["hashes"] == base64.urlsafe_b64encode(attributes).rstrip(b"=").decode()
    challenge = hashlib.sha256(begun.memory["verifier"].encode()).digest()
    assert query["code_challenge"] == base64.urlsafe_b64encode(challenge).rstrip(b"=").decode()


def test_the_service_is_sent_to_with_what_only_we_can_redeem(line: Line) -> None:
    asks(line, mode="oauth2code")
    begun = signer(line).begin(WISH)
    assert begun.question.url.startswith(f"https://sign.test{simulator.PATH}/oauth2/authorize?")
    assert "code_challenge_method=S256" in begun.question.url
    assert begun.memory["verifier"] not in begun.question.url
    assert begun.memory["verifier"] not in repr(begun)


def test_a_person_is_not_said_to_be_unknown_where_it_is_we_who_are_refused(line: Line) -> None:
    with pytest.raises(SigningFailed, match="key_service_refused"):
        signer(line, secret="another").begin(WISH)
    with pytest.raises(SigningFailed, match="signer_unknown"):
        signer(line).begin(replace(WISH, signer="nobody"))
