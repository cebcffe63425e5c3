"""A reviewed source is read whole, every problem is named by its place, and nothing is filled in."""

from copy import deepcopy
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.fakes.trust_lists import AT, BEGAN, read, recognition, root_service, service, table
from trust.anchors.source import SourceRefused
from trust.anchors.vocabulary import CA_QC, GRANTED, Kind


def problems(values: dict[str, Any]) -> str:
    with pytest.raises(SourceRefused) as refused:
        read(values)
    return "\n".join(refused.value.problems)


def changed(path: str, value: object) -> dict[str, Any]:
    values = deepcopy(table())
    place: Any = values
    *way, last = path.split(".")
    for step in way:
        place = place[int(step)] if step.isdigit() else place[step]
    if value is None:
        del place[last]
    else:
        place[last] = value
    return values


def test_a_source_that_holds_is_read() -> None:
    source = read(table())
    root, issuing = source.providers[0].services
    assert (root.kind, issuing.kind) == (Kind.ROOT, Kind.ISSUING)
    assert issuing.names == (("en", "Example Issuing"), ("zh-Hant", "示例"))
    assert issuing.recognitions[0].since == BEGAN
    assert (source.to_be_supplied, source.unreviewed) == ((), ())


RECOGNITION = "provider.0.service.1.recognition.0"


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("territory", "Hong Kong", "territory: expected an ISO 3166 code"),
        ("scheme.operator", {"pt": "Operador"}, "scheme.operator: English is missing"),
        ("scheme.name", None, "scheme.name: expected texts by language"),
        ("scheme.colour", "red", "scheme.colour: unknown key"),
        ("scheme.address.electronic", [], "scheme.address.electronic: expected a list"),
        ("provider.0.service.0.kind", "queen", "provider[0].service[0].kind: expected one of"),
        ("provider.0.service.0.id", "No Spaces", "provider[0].service[0].id: expected 2 to 64"),
        ("provider.0.service.0.id", "example-issuing", "example-issuing is there twice"),
        ("provider.0.service.0.certificate", "gone.pem", "there is no certificate gone.pem"),
        ("provider.0.service.0.certificate", None, "provider[0].service[0].certificate: expected text"),
        ("provider.0.service.0.status", [], "needs its status and since when"),
        ("provider.0.service.0.status", [{"is": "good", "since": BEGAN}], "expected one of recognised"),
        ("provider.0.service.0.status.0.since", datetime(2015, 7, 11), "in whole seconds, with its offset"),
        (f"{RECOGNITION}.policy_prefix", "2.16.x", "expected an object identifier"),
        (f"{RECOGNITION}.version_nodes", 0, "version_nodes: expected 1 to 9"),
        (f"{RECOGNITION}.root", "another", "names the root another, which is not listed"),
        (f"{RECOGNITION}.root", "example-issuing", "which is not listed"),
        (f"{RECOGNITION}.until", BEGAN, "ends before it begins"),
        (f"{RECOGNITION}.source_digest", "sha256:12", "expected sha256: and 64"),
        (f"{RECOGNITION}.reviewed_on", AT, "reviewed_on: expected a date"),
        (f"{RECOGNITION}.legal_basis", "", "legal_basis: expected text"),
    ],
)
def test_what_does_not_hold_is_named_by_its_place(path: str, value: object, said: str) -> None:
    assert said in problems(changed(path, value))


def test_every_problem_is_told_at_once() -> None:
    values = changed("territory", "x")
    values["scheme"]["information"] = ""
    assert len(problems(values).splitlines()) == 2


def test_a_root_that_did_not_issue_the_authority_is_noticed() -> None:
    assert "example-root did not issue" in problems(
        table(root_service(certificate="other.pem"), service(recognition=[recognition()]))
    )


def test_the_same_beginning_twice_is_no_history() -> None:
    status = [{"is": "recognised", "since": AT}, {"is": "deprecated", "since": AT}]
    assert "two begin at the same moment" in problems(table(service(status=status)))


def test_history_is_put_in_order_and_a_status_lasts_until_the_next() -> None:
    status = [
        {"is": "deprecated", "since": AT},
        {"is": "recognised", "since": BEGAN},
        {"is": "recognised", "since": AT + timedelta(days=9)},
    ]
    [found] = read(table(service(status=status))).providers[0].services
    assert [found.stands(at) for at in (BEGAN, AT, AT + timedelta(days=9))] == [True, False, True]
    assert found.status(BEGAN - timedelta(seconds=1)) is None


def test_moments_are_kept_in_utc() -> None:
    local = datetime.fromisoformat("2015-07-11T00:00:00+08:00")
    [found] = read(table(service(status=[{"is": "recognised", "since": local}]))).providers[0].services
    assert found.history[0].since == BEGAN
    assert found.history[0].since.tzinfo is UTC


def test_an_entry_that_waits_for_its_certificate_is_listed_only_with_something_to_say() -> None:
    nothing = service("waiting", certificate="", status=[])
    source = read(table(root_service(), service(certificate="", recognition=[recognition()]), nothing))
    assert [each.id for each in source.providers[0].services] == ["example-root", "example-issuing"]
    assert source.to_be_supplied == ("example-issuing", "waiting")
    assert source.unpublished == ("waiting",)


@pytest.mark.parametrize("missing", ["reviewer", "source_digest"])
def test_a_recognition_that_nobody_signed_off_is_open(missing: str) -> None:
    values = table(root_service(), service(recognition=[recognition(**{missing: ""})]))
    assert read(values).unreviewed == ("example-issuing",)


def test_a_service_may_be_of_the_unions_kind() -> None:
    values = table(service(type=CA_QC, status=[{"is": "granted", "since": BEGAN}]))
    [found] = read(values).providers[0].services
    assert (found.type_uri, found.history[0].status, found.stands(AT)) == (CA_QC, GRANTED, True)
