"""A timestamp proves a time only with the certificate that its token names (RFC 3161 §2.4.2, RFC 5816 §2.2.1)."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

from tests.fakes.foreign_signing import ForeignSigner
from tests.fakes.sealing_world import SealingWorld, plain_pdf
from trust.pades import reader


@pytest.mark.parametrize(("named", "source"), [("matches", "signature_timestamp"), ("differs", "claimed")])
def test_a_token_beside_another_certificate_proves_no_time(tmp_path: Path, named: str, source: str) -> None:
    world = SealingWorld.open(tmp_path)
    facts = reader.read(ForeignSigner(world=world).sign(plain_pdf(), "B-T"))
    (signature,) = facts.signatures
    stamps = tuple(replace(stamp, cms=replace(stamp.cms, names_signer=named)) for stamp in signature.cms.stamps)
    swapped = replace(facts, signatures=(replace(signature, cms=replace(signature.cms, stamps=stamps)),))

    told: dict[str, Any] = world.verifier().judged(swapped).as_json()["signatures"][0]

    assert told["signing_time_source"] == source
    assert [stamp["proves"] for stamp in told["timestamps"]] == [named == "matches"]
