"""A snapshot: what it is called, whom it trusts when, and what it withholds."""

from datetime import timedelta

from tests.fakes.trust_lists import AT, BEGAN, HELD, ISSUING, ROOT, listed, root_service, service, table
from trust.anchors.snapshot import Anchor, Snapshot, from_lists, missing
from trust.anchors.trust_list import ListState

HK = listed()
MO = listed(table(root_service(), territory="MO"))


def entries(snapshot: Snapshot) -> list[str]:
    return [anchor.entry for anchor in snapshot.anchors]


def test_roots_are_anchors_and_what_they_issued_is_not() -> None:
    snapshot = from_lists((HK,))
    assert [anchor.certificate for anchor in snapshot.anchors] == [ROOT.der]
    assert snapshot.intermediates == (ISSUING.der,)


def test_an_authority_whose_root_is_not_listed_is_an_anchor_itself() -> None:
    assert entries(from_lists((listed(table(service())),))) == ["example-issuing"]


def test_an_entry_without_a_certificate_gives_no_anchor() -> None:
    assert entries(from_lists((listed(table(root_service(certificate=""))),))) == []


def test_its_name_is_that_of_its_lists_whatever_their_order() -> None:
    assert from_lists((HK, MO)).id == from_lists((MO, HK)).id
    assert from_lists((HK,)).id != from_lists((HK, MO)).id


def test_another_issue_of_the_same_list_is_another_snapshot() -> None:
    assert from_lists((HK,)).id != from_lists((listed(at=AT + timedelta(days=1)),)).id


def test_an_anchor_given_by_hand_changes_the_name() -> None:
    given = Anchor(territory="", entry="given", certificate=HELD["other.pem"])
    assert from_lists((HK,), given=(given,)).id != from_lists((HK,)).id


def test_a_list_that_is_not_current_gives_no_anchors_and_keeps_its_name() -> None:
    snapshot = from_lists((HK,), given=(Anchor(territory="", entry="given", certificate=HELD["other.pem"]),))
    late = snapshot.as_of(AT + timedelta(days=181))
    assert entries(late) == ["given"]
    assert late.id == snapshot.id
    assert [each.state for each in late.standings(AT + timedelta(days=181))] == [ListState.EXPIRED]
    assert entries(snapshot.as_of(AT)) == ["example-root", "given"]


def test_a_list_knows_by_its_history_what_was_before_it() -> None:
    early = AT - timedelta(seconds=1)
    assert entries(from_lists((HK,)).as_of(early)) == ["example-root"]
    assert from_lists((HK,)).standings(early)[0].state is ListState.NOT_YET


def test_whom_it_trusts_is_asked_as_of_the_signing() -> None:
    status = [{"is": "recognised", "since": BEGAN}, {"is": "withdrawn", "since": AT}]
    snapshot = from_lists((listed(table(root_service(status=status))),))
    assert snapshot.anchors_at(AT - timedelta(seconds=1)) == snapshot.anchors
    assert snapshot.anchors_at(AT) == ()
    assert snapshot.anchors_at(BEGAN - timedelta(seconds=1)) == ()


def test_anchors_given_by_hand_have_no_dates_of_their_own() -> None:
    given = Anchor(territory="", entry="given", certificate=ROOT.der)
    assert from_lists((), given=(given,)).anchors_at(BEGAN - timedelta(days=9999)) == (given,)


def test_a_list_that_failed_is_told_among_the_standings() -> None:
    snapshot = from_lists((HK,), (missing("CN-44"),))
    assert [(each.territory, each.state) for each in snapshot.standings(AT)] == [
        ("CN-44", ListState.MISSING),
        ("HK", ListState.CURRENT),
    ]
