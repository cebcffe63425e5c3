"""A root that stands does not speak for whom the list itself no longer names as in force, below it."""

from datetime import datetime

import pytest
from msgspec.structs import replace

from tests.fakes.path_scene import CA, LONG_AGO, ROOT, TSA, Scene
from tests.fakes.pki import DAY, NOW, Holder, authority, signatory
from tests.fakes.trust_lists import OPERATOR, service, table
from trust.anchors import source
from trust.anchors.snapshot import from_lists
from trust.anchors.trust_list import TrustList
from trust.flows.publish_trust_list import PublishTrustList
from trust.trust_lists.files import XmlLists

NO_CHAIN = ("INDETERMINATE", "NO_CERTIFICATE_CHAIN_FOUND")
VALID = ("PASSED", "valid")
RENEWED = authority("Issuing", ROOT, key=CA.key, begins=LONG_AGO)  # the same key in another certificate


def status(*words: tuple[str, datetime]) -> list[dict[str, object]]:
    return [{"is": word, "since": since} for word, since in words]


def listing(holder: Holder, *words: tuple[str, datetime], kind: str = "issuing", territory: str = "HK") -> TrustList:
    entry = service(kind=kind, certificate="it.pem", status=status(*words))
    found = source.read(table(entry, territory=territory), {"it.pem": holder.der}.__getitem__)
    issue = PublishTrustList(reader=XmlLists(), writer=XmlLists())(found, OPERATOR, at=NOW)
    assert issue is not None
    return XmlLists().read(issue.content, OPERATOR.chain)


ENDED = (("recognised", LONG_AGO), ("withdrawn", NOW - DAY))
SIGNED = Scene(leaf=signatory(CA))
STAMPED = Scene(leaf=signatory(CA, ends=NOW - DAY), stamped=NOW - 2 * DAY)


@pytest.mark.parametrize("signer", [SIGNED, Scene(leaf=signatory(RENEWED), pool=(RENEWED,))])
def test_nobody_signs_under_an_authority_that_was_withdrawn(signer: Scene) -> None:
    assert signer.verdict() == VALID
    assert replace(signer, lists=(listing(CA, *ENDED),)).verdict() == NO_CHAIN


def test_what_was_signed_before_stays_valid() -> None:
    assert replace(SIGNED, stamped=NOW - 2 * DAY, lists=(listing(CA, *ENDED),)).verdict() == VALID
    assert replace(SIGNED, stamped=NOW - DAY / 2, lists=(listing(CA, *ENDED),)).verdict() == NO_CHAIN


def test_a_timestamp_unit_that_was_withdrawn_proves_no_time() -> None:
    unit = listing(TSA, *ENDED, kind="timestamps")
    assert STAMPED.verdict() == VALID
    assert replace(STAMPED, lists=(unit,)).verdict() == ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")


def test_an_authority_that_stands_or_was_not_listed_yet_rests_on_its_root() -> None:
    for words in (("recognised", LONG_AGO),), (("recognised", NOW + DAY),):
        assert replace(SIGNED, lists=(listing(CA, *words),)).verdict() == VALID


def test_where_one_list_closed_it_and_another_has_it_in_force_it_stands() -> None:
    both = listing(CA, *ENDED), listing(CA, ("recognised", LONG_AGO), territory="MO")
    assert replace(SIGNED, lists=both).verdict() == VALID


def test_who_was_given_by_hand_is_trusted_whatever_a_list_says() -> None:
    assert replace(SIGNED, anchors=(CA,), lists=(listing(CA, *ENDED),)).verdict() == VALID


@pytest.mark.parametrize("listed", [CA, RENEWED])
def test_who_is_listed_for_timestamps_alone_vouches_for_no_signer(listed: Holder) -> None:
    unit = listing(listed, ("recognised", LONG_AGO), kind="timestamps")
    assert replace(SIGNED, lists=(unit,)).verdict() == NO_CHAIN
    # the same key is an authority's by another entry
    both = unit, listing(CA, ("recognised", LONG_AGO), territory="MO")
    assert replace(SIGNED, lists=both).verdict() == VALID


def test_an_anchor_for_timestamps_alone_is_one_for_them() -> None:
    unit = listing(CA, ("recognised", LONG_AGO), kind="timestamps")
    below = replace(SIGNED, anchors=(CA,), lists=(unit,))
    assert replace(below, territory="HK").verdict() == NO_CHAIN
    assert below.verdict() == VALID  # given by hand
    snapshot = from_lists((unit,))
    [anchor] = snapshot.anchors_at(NOW)
    assert not snapshot.vouches_for_signers(anchor)
    assert snapshot.vouches_for_signers(replace(anchor, territory="", history=()))  # given by hand
