"""A reviewer is shown each fact that differs, by territory and entry, and nothing else."""

from datetime import timedelta

from tests.fakes.trust_lists import AT, BEGAN, listed, recognition, root_service, service, table
from trust.anchors.difference import between

LIST = listed()


def test_a_new_issue_that_says_the_same_differs_in_nothing() -> None:
    assert between([LIST], [listed(at=AT + timedelta(days=1))]) == ()


def test_a_status_that_changed_is_shown_before_and_after() -> None:
    status = [{"is": "recognised", "since": BEGAN}, {"is": "deprecated", "since": AT}]
    new = listed(table(root_service(), service(status=status, recognition=[recognition()])))
    [found] = between([LIST], [new])
    assert (found.territory, found.entry, found.what) == ("HK", "example-issuing", "history")
    assert "deprecatedatnationallevel since 2026-11-21T08:00:00Z" in found.after
    assert "deprecated" not in found.before


def test_a_condition_that_changed_is_shown_under_its_recognition() -> None:
    new = listed(table(root_service(), service(recognition=[recognition(policy_prefix="1.2.3")])))
    [found] = between([LIST], [new])
    assert found.what == "recognition hk-guangdong Example e-Cert (Personal)"
    assert "1.2.3 and 3 nodes" in found.after


def test_a_certificate_that_was_supplied_is_shown() -> None:
    [found] = between([listed(table(root_service(certificate="")))], [listed(table(root_service()))])
    assert (found.what, found.before) == ("certificates", "to be supplied")


def test_an_entry_or_a_list_that_goes_is_shown_to_go() -> None:
    gone = {each.entry for each in between([LIST], [listed(table(root_service()))]) if not each.after}
    assert gone == {"example-issuing"}
    assert [(each.territory, each.what, each.after) for each in between([LIST], [])] == [("HK", "list", "")]


def test_an_operator_that_changed_is_shown_on_the_list_itself() -> None:
    values = table()
    values["scheme"]["operator"] = {"en": "Another"}
    assert [(each.entry, each.what) for each in between([LIST], [listed(values)])] == [("", "scheme.operator")]
