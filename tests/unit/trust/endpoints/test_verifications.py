"""Anybody may have a document or a detached signature verified, in the form that they read."""

import base64
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from tests.fakes.sealing_world import SealingWorld, plain_pdf
from tests.fakes.wire import Asked
from tests.unit.trust.pades.test_detached import DOCUMENT, ROOT, signed
from trust.anchors.snapshot import Anchor, Snapshot
from trust.endpoints.verifications import VerificationsApi
from trust.flows.verify_digest import VerifyDigest
from trust.flows.verify_document import VerifyDocument
from trust.pades.contained import ContainedReader
from trust.validation.policy import POLICIES
from trust.validation.report import Report


@dataclass(frozen=True, kw_only=True)
class Verifying:
    whole: VerifyDocument
    reader: ContainedReader

    def __call__(self, data: bytes, *, name: str = "", at: datetime | None = None, policy: str = "ordinary") -> Report:
        return replace(self.whole, policy=POLICIES[policy])(data, name=name, at=at)

    def by_digests(self, message: bytes, supplied: Mapping[str, bytes], *, policy: str = "ordinary") -> Report:
        trusted = Snapshot(anchors=(Anchor(territory="", entry="given", certificate=ROOT.der),))
        judge = replace(self.whole, policy=POLICIES[policy], snapshot=trusted)
        return VerifyDigest(reader=self.reader, verify=judge)(message, supplied)


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


@pytest.fixture
def api(world: SealingWorld) -> Iterator[VerificationsApi]:
    reader = ContainedReader()
    yield VerificationsApi(verify=Verifying(whole=world.verifier(), reader=reader), largest=1_000_000)
    reader.close()


PDF = {"content-type": "application/pdf"}
JSON = {"content-type": "application/json; charset=utf-8"}


def alone(**changed: object) -> bytes:
    told = {
        "signature": base64.b64encode(signed()).decode(),
        "digests": {"sha256": hashlib.sha256(DOCUMENT).hexdigest()},
    }
    return json.dumps({name: value for name, value in (told | changed).items() if value is not None}).encode()


def test_the_answer_comes_in_the_form_that_is_accepted(api: VerificationsApi, world: SealingWorld) -> None:
    pdf = world.seal(plain_pdf()).content
    as_json = api.post(Asked(headers=PDF, body=pdf))
    assert json.loads(as_json.body)["verdict"] == "PASSED"
    as_xml = api.post(Asked(headers={**PDF, "accept": "application/xml"}, body=pdf))
    assert dict(as_xml.headers)["Content-Type"] == "application/xml"
    assert b"total-passed" in as_xml.body
    assert api.post(Asked(headers={**PDF, "accept": "text/html"}, body=pdf)).status == 406


def test_a_policy_may_be_named(api: VerificationsApi, world: SealingWorld) -> None:
    pdf = world.seal(plain_pdf()).content
    assert json.loads(api.post(Asked(headers=PDF, body=pdf, query="policy=seal")).body)["policy"] == "seal/1"
    for query in ("policy=mine", "policy=seal&policy=archive", "&".join(["a=1"] * 20)):
        assert api.post(Asked(headers=PDF, body=pdf, query=query)).reason == "policy_unknown"


def test_a_signature_is_verified_without_its_document(api: VerificationsApi) -> None:
    told = json.loads(api.digest(Asked(headers=JSON, body=alone())).body)
    assert (told["verdict"], told["subject"]) == ("PASSED", "digest")
    wrong = alone(digests={"sha256": "00" * 32})
    assert json.loads(api.digest(Asked(headers=JSON, body=wrong)).body)["reason"] == "HASH_FAILURE"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "signature_malformed"),
        (b"[]", "signature_malformed"),
        (b"[" * 100_000, "signature_malformed"),
        (alone(signature=None), "signature_malformed"),
        (alone(signature=7), "signature_malformed"),
        (alone(signature="not base64!"), "signature_malformed"),
        (alone(signature="A" * 6_000_000), "signature_malformed"),
        (alone(digests=None), "signature_malformed"),
        (alone(digests={}), "digests_malformed"),
        (alone(digests={"sha256": "00"}), "digests_malformed"),
        (alone(digests={"md5": "00" * 16}), "digest_algorithm_unknown"),
    ],
)
def test_nonsense_is_refused_with_its_reason(api: VerificationsApi, body: bytes, reason: str) -> None:
    refused = api.digest(Asked(headers=JSON, body=body))
    assert (400 <= refused.status < 500, refused.reason) == (True, reason)


def test_other_types_and_sizes_are_refused(api: VerificationsApi) -> None:
    assert api.post(Asked(headers={"content-type": "text/html"}, body=b"x")).status == 415
    assert api.digest(Asked(headers=PDF, body=alone())).status == 415
    assert api.post(Asked(headers=PDF, body=bytes(1_000_001))).status == 413


def test_the_published_form_is_the_one_that_reports_have(api: VerificationsApi) -> None:
    published = json.loads(api.schema(Asked()).body)
    Draft202012Validator.check_schema(published)
    Draft202012Validator(published).validate(json.loads(api.digest(Asked(headers=JSON, body=alone())).body))
