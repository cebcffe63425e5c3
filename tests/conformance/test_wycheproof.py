"""Wycheproof's JOSE vectors: of the invalid ones our admission of keys and signatures takes none.

They are read from ../shared/vectors; where that is not, this file says so and stands aside.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from gateway.oidc import compact_jws
from gateway.oidc.compact_jws import JwsRefused
from gateway.oidc.key_set import KeySet
from gateway.oidc.public_key import STRONG, KeyRefused

VECTORS = Path(__file__).resolve().parents[3] / "shared" / "vectors" / "wycheproof"
FILES = ("json_web_signature_test.json", "json_web_key_test.json", "json_web_crypto_test.json")
# Everything that our code can be told to admit; partners' keys are held to STRONG, a subset of it.
ALL_WE_READ = STRONG | {"RS256"}
LONGEST = 100_000

pytestmark = pytest.mark.skipif(not VECTORS.is_dir(), reason="the vectors of ../shared/vectors are not here")


def cases() -> list[Any]:
    return list(_cases())


def _cases() -> Iterator[Any]:
    for name in FILES if VECTORS.is_dir() else ():
        for group in json.loads((VECTORS / name).read_text())["testGroups"]:
            for case in group["tests"]:
                yield pytest.param(group, case, id=f"{name.split('_test')[0]}-{case['tcId']}")


def published(key: dict[str, Any]) -> dict[str, Any]:
    """The public half of a key pair: refusing private members is another test's business."""
    return {name: value for name, value in key.items() if name not in ("d", "p", "q", "dp", "dq", "qi")}


def accepted(group: dict[str, Any], jws: Any, algorithms: frozenset[str]) -> bool:
    """Whether the message is believed under the group's key, published as its owner would."""
    key = group.get("public") or group["private"]
    keys = {"keys": [published(each) for each in key.get("keys", [key])]}
    if not isinstance(jws, str):
        return False  # the JSON serialisation is not a compact JWS; nothing here reads it
    try:
        compact_jws.verify(compact_jws.take_apart(jws, longest=LONGEST), KeySet.read(keys, algorithms=algorithms))
    except (KeyRefused, JwsRefused):
        return False
    return True


@pytest.mark.parametrize(("group", "case"), cases())
def test_no_invalid_vector_is_accepted(group: dict[str, Any], case: dict[str, Any]) -> None:
    if case["result"] == "invalid":
        assert not accepted(group, case.get("jws"), ALL_WE_READ)
        assert not accepted(group, case.get("jws"), STRONG)


def test_valid_vectors_of_the_admitted_algorithms_are_accepted() -> None:
    """The suite is not passed by refusing everything."""
    seen = {
        param.values[1]["tcId"]
        for param in cases()
        if param.id.startswith("json_web_signature")
        and param.values[1]["result"] == "valid"
        and accepted(param.values[0], param.values[1].get("jws"), ALL_WE_READ)
    }
    assert len(seen) >= 10
