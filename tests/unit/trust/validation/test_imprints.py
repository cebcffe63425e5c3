"""A timestamp proves no more than the digest by which it names what it stamped."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.fakes.path_scene import CA, Scene
from tests.fakes.pki import DAY, NOW, signatory
from tests.fakes.sealing_world import BASE, SealingWorld
from trust.network.timestamps import RemoteTimestampAuthority
from trust.pades import cms_plain, cms_tolerant
from trust.pades.content import Content
from trust.validation.policy import ORDINARY, outlived

STAMPED = Scene(leaf=signatory(CA, ends=NOW - DAY), stamped=NOW - 2 * DAY)


@pytest.mark.parametrize("broken", ["md5", "sha1", "sha224"])
def test_an_imprint_by_a_digest_that_gave_way_proves_no_time(broken: str) -> None:
    assert STAMPED.verdict() == ("PASSED", "valid")
    assert replace(STAMPED, imprint=broken).verdict() == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")


def test_what_was_proved_to_be_there_while_the_digest_held_stays_proved() -> None:
    until = ORDINARY.digests["sha1"]
    assert not outlived(ORDINARY, "sha1", until)
    assert outlived(ORDINARY, "sha1", until + timedelta(seconds=1))
    assert not outlived(ORDINARY, "sha256", NOW)


def test_each_reader_tells_the_digest_of_an_imprint(tmp_path: Path) -> None:
    world, stamped = SealingWorld.open(tmp_path), b"what is stamped"
    authority = RemoteTimestampAuthority(world.egress, (f"{BASE}/pki/CN-44/tsa",))
    token = authority.stamp(hashlib.sha256(stamped).digest())
    plainly = cms_plain.read_stamp(token, Content(stamped))
    assert plainly is not None
    assert plainly.imprint == cms_tolerant.read_stamp(token, Content(stamped)).imprint == "sha256"
