"""Verdicts rest on lists that may have been verified before; who checks the lists is told what is on the shelf now."""

from datetime import datetime
from pathlib import Path

from deploy.sandbox.pki.authorities import Authorities
from deploy.trust_lists import checking
from deploy.trust_lists.opening import TrustLists
from tests.fakes.outside import SetClock
from tests.fakes.trust_lists import AT
from trust.anchors.trust_list import ListState, TrustList
from trust.custody.key_store import KeyStore
from trust.errors import TrustListRefused
from trust.keys.key import Purpose
from trust.trust_lists.files import XmlLists


class Refusing(XmlLists):
    """Believes no list any more."""

    def read(self, data: bytes, signers: tuple[bytes, ...], *, at: datetime | None = None) -> TrustList:
        raise TrustListRefused("signature_invalid")


def opened(home: Path) -> TrustLists:
    keys = KeyStore.open(home / "keys.json", bytes(32))
    keys.ensure(Purpose.DATA, "A256GCM", at=AT)
    clock = SetClock(AT)
    authorities = Authorities.open(home / "pki", "http://sandbox.test", clock)
    return TrustLists(home, keys, authorities=authorities, now=clock)


def test_verdicts_rest_on_what_was_verified_before_and_checks_do_not(tmp_path: Path) -> None:
    opened(tmp_path).publish()
    before = opened(tmp_path).snapshot()
    later = opened(tmp_path)
    later.xml.read = Refusing().read  # type: ignore[method-assign]  # as if the code had changed its mind
    assert later.snapshot() == before
    assert {each.state for each in later.snapshot(anew=True).failed} == {ListState.UNVERIFIED}
    assert {row["state"] for row in checking.own(later) if row["what"].startswith("list ")} == {ListState.UNVERIFIED}


def test_a_list_that_was_changed_on_the_shelf_is_not_remembered(tmp_path: Path) -> None:
    lists = opened(tmp_path)
    lists.publish()
    present = lists.snapshot().id
    place = tmp_path / "trust" / "snapshots" / present.removeprefix("sha256:") / "HK.xml"
    place.chmod(0o600)
    place.write_bytes(place.read_bytes().replace(b"recognised", b"withdrawn!", 1))
    found = opened(tmp_path).snapshot()
    assert found.anchors == ()
    assert {each.reason for each in found.failed} == {"snapshot_changed"}
