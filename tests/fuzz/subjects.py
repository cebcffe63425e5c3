"""What is fuzzed: a stock of good inputs, the ways to change them, and what must hold of every change."""

import contextlib
import json
import re
import subprocess
import tempfile
from binascii import unhexlify
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache
from pathlib import Path
from shutil import which

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from deploy.commands.verify_words import in_words
from gateway.errors import GatewayError
from gateway.identity import receipt
from gateway.oidc import base64url, compact_jws, dpop, registration_request, strict_json, wishes
from gateway.oidc.compact_jws import JwsRefused
from gateway.regions.hongkong import messages
from tests.attacks.documents import BASES, base, world
from tests.fakes import trust_lists
from tests.fakes.sealing_world import SAMPLES
from tests.fuzz import mutations
from tests.fuzz.mutations import Mutation
from tests.fuzz.others import objections
from trust.endpoints import multipart
from trust.errors import TrustError
from trust.pades import detached, reader
from trust.pades.contained import ContainedReader
from trust.trust_lists.files import XmlLists
from trust.validation import report_xml
from trust.validation.facts import FileFacts
from trust.validation.report import Report

RANGE = re.compile(rb"/ByteRange *\[\s*(\d+)\s+(\d+)\s+(\d+)\s+(\d+)\s*\]")
CONTENTS = re.compile(rb"/Contents *<([0-9a-fA-F]{200,})>")


class Forged(Exception):
    """What was changed was taken for what it had been."""


class OthersObject(Exception):
    """What passed here is called invalid by another program."""


class Disagreement(Exception):
    """The contained reader says something else than the one in this process."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One kind of input."""

    stock: dict[str, bytes]
    ways: Sequence[Mutation]
    examine: Callable[[str, bytes], bool | None]  # whether it passed although changed; raises what is wrong
    share: int  # how often, in relation to others


# --- documents -------------------------------------------------------------------------------------------------------


def _documents() -> dict[str, bytes]:
    stock = {name: base(name) for name in BASES}
    for path in sorted((SAMPLES / "signed").glob("*.pdf")):
        if path.stat().st_size < 400_000:
            stock[path.name] = path.read_bytes()
    return stock


@lru_cache(maxsize=1)
def _contained() -> ContainedReader:
    return ContainedReader(seconds=60)


def _document(name: str, data: bytes) -> bool:
    """One that passes although it was changed says what it said, and other programs call it valid too."""
    report = _reported(reader.read(data))
    if not report.verdict.passed or (name in BASES and data == base(name)):
        return False
    if name not in BASES:
        raise Forged("passed_without_an_anchor")
    _same_promise(base(name), data, report)
    if objected := [each for each in objections(data) if each not in _usual(name)]:
        raise OthersObject(" ".join(objected))
    return True


@lru_cache(maxsize=100)
def _usual(name: str) -> frozenset[str]:
    """What is said against the document that nobody changed."""
    return frozenset(objections(base(name)))


def document_contained(name: str, data: bytes) -> None:
    """As in production: read by a worker, judged here. The worker may give up where this process does not."""
    told = _contained().read(data)
    _reported(told)
    if not told.problem and told != reader.read(data):
        raise Disagreement


def _reported(facts: FileFacts) -> Report:
    report = world().verifier(online=True).judged(facts, name="file.pdf")
    json.loads(report.as_line())
    in_words(report, "pt")
    report_xml.render(report)
    return report


def _same_promise(before: bytes, after: bytes, report: Report) -> None:
    """Some signature of the original covers the same bytes in the changed file, and the same is shown."""
    revisions = [before]
    held = False
    for found in RANGE.finditer(before):
        first, length, second, rest = (int(each) for each in found.groups())
        whole = slice(first, first + length), slice(second, second + rest)
        if all(before[part] == after[part] for part in whole):
            held = True
            revisions.append(before[: second + rest])
    if not held:
        raise Forged("covered_bytes_changed")
    was = {_said(one) for one in world().verify(before).as_json()["signatures"]}
    now = {_said(one) for one in report.as_json()["signatures"]}
    if not {each for each in now if each[-1]} <= was or not {each[:-1] for each in now} <= {each[:-1] for each in was}:
        raise Forged("other_signers_told")
    if which("pdftoppm") and _shown(after) not in {_shown(revision) for revision in revisions}:
        raise Forged("something_else_is_shown")


def _said(one: dict[str, object]) -> tuple[object, ...]:
    """Who signed, and the proved time: nobody signs for a timestamp, so one that is damaged only proves nothing."""
    proved = one["signing_time"] if one["signing_time_source"] != "claimed" else None
    return (*(one[each] for each in ("kind", "signer", "signer_subject", "issuer", "serial")), proved)


@lru_cache(maxsize=200)
def _shown(pdf: bytes) -> tuple[int, bytes]:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.pdf"
        path.write_bytes(pdf)
        said = subprocess.run(["pdftoppm", "-r", "30", "-gray", path], capture_output=True, timeout=30, check=False)
    return said.returncode, said.stdout


# --- messages, lists, tokens, forms ----------------------------------------------------------------------------------


def _messages() -> dict[str, bytes]:
    stock = {}
    for name in ("approval, B-B", "approval, B-T", "our seal, B-LTA"):
        for place, found in enumerate(CONTENTS.finditer(base(name))):
            stock[f"{name} {place}"] = unhexlify(found.group(1)).rstrip(b"\0")
    return stock


def _message(_: str, data: bytes) -> None:
    for digest in (bytes(32), b""):
        report = _reported(detached.read(data, {"sha256": digest}))
        if report.verdict.indication == "PASSED":
            raise Forged("message_without_its_document")


@lru_cache(maxsize=1)
def _list() -> bytes:
    return trust_lists.signed()


def _trust_list(_: str, data: bytes) -> None:
    with contextlib.suppress(TrustError):
        if XmlLists().read(data, trust_lists.OPERATOR.chain).providers != _good_list().providers:
            raise Forged("trust_list_changed")


@lru_cache(maxsize=1)
def _good_list():  # type: ignore[no-untyped-def]
    return XmlLists().read(_list(), trust_lists.OPERATOR.chain)


@lru_cache(maxsize=1)
def _key() -> tuple[ec.EllipticCurvePrivateKey, dict[str, str]]:
    key = ec.generate_private_key(ec.SECP256R1())
    point = key.public_key().public_numbers()
    x, y = (base64url.encode(each.to_bytes(32, "big")) for each in (point.x, point.y))
    return key, {"kty": "EC", "crv": "P-256", "x": x, "y": y}


def _signed(header: dict[str, object], claims: dict[str, object]) -> bytes:
    key, _ = _key()
    parts = [base64url.encode(json.dumps(part).encode()) for part in (header, claims)]
    text = ".".join(parts)
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return f"{text}.{base64url.encode(r.to_bytes(32, 'big') + s.to_bytes(32, 'big'))}".encode()


@lru_cache(maxsize=1)
def _tokens() -> dict[str, bytes]:
    _, jwk = _key()
    now = int((world().now - timedelta(seconds=1)).timestamp())
    proof = {"jti": "abc", "htm": "POST", "htu": "https://gateway.test/token", "iat": now}
    wish: dict[str, object] = {"client_metadata": {"jwks": {"keys": [jwk]}, "redirect_uris": ["https://a.test/"]}}
    return {
        "proof": _signed({"typ": "dpop+jwt", "alg": "ES256", "jwk": jwk}, proof),
        "registration": _signed({"typ": "JWT", "alg": "ES256"}, wish),
        "claims": b'{"id_token":{"sub":{"essential":true},"acr":{"values":["a","b"]}},"userinfo":{"name":null,'
        b'"verified_claims":{"verification":{"trust_framework":null},"claims":{"given_name":null}}}}',
        "envelope": b'{"code":"D00000","message":"SUCCESS","content":"abc","secretKey":"def"}',
    }


def _token(name: str, data: bytes) -> None:
    """Every reader gets every text; a signed one is taken for what it was only if nothing of it changed."""
    text = data.decode("utf-8", "surrogateescape")
    with contextlib.suppress(JwsRefused):
        dpop.read(text)
        good, now = _tokens()["proof"].decode().split("."), text.split(".")
        if name == "proof" and now[0] == good[0] and now[1] != good[1]:
            raise Forged("proof_changed")
    for read in (registration_request.read, wishes.read_claims):
        with contextlib.suppress(GatewayError, JwsRefused):
            read(text)
    with contextlib.suppress(messages.AnswerRefused):
        messages.read_envelope(data)
    with contextlib.suppress(strict_json.NotJson):
        strict_json.read(data, longest=100_000)
    receipt.verify(text, {})
    with contextlib.suppress(JwsRefused):
        compact_jws.read_claims(compact_jws.take_apart(text, longest=100_000), longest=100_000)


def _form(_: str, data: bytes) -> None:
    for kind in ('multipart/form-data; boundary="xyz"', "multipart/form-data; boundary=-"):
        for read in (multipart.read, lambda a, b: multipart.files(a, b, most=5)):
            with contextlib.suppress(multipart.Malformed, multipart.TooMany):
                read(kind, data)


FORM = (
    b'--xyz\r\nContent-Disposition: form-data; name="file"; filename="a.pdf"\r\nContent-Type: application/pdf\r\n\r\n'
    b'%PDF-1.7\r\n--xyz\r\nContent-Disposition: form-data; name="profile"\r\n\r\n{"a": 1}\r\n--xyz--\r\n'
)


def subjects() -> dict[str, Subject]:
    """Everything that is fuzzed, by name; making it takes some seconds."""
    documents = _documents()
    return {
        "document": Subject(stock=documents, ways=mutations.PDF, examine=_document, share=20),
        "document contained": Subject(stock=documents, ways=mutations.PDF, examine=document_contained, share=2),
        "message": Subject(stock=_messages(), ways=mutations.DER, examine=_message, share=6),
        "trust list": Subject(stock={"list": _list()}, ways=mutations.XML, examine=_trust_list, share=2),
        "token": Subject(stock=_tokens(), ways=mutations.TEXT, examine=_token, share=2),
        "form": Subject(stock={"form": FORM}, ways=mutations.PLAIN, examine=_form, share=1),
    }
