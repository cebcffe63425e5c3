"""Many records with one request: each is kept, each has its own state, and nothing is sealed twice."""

import json
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from msgspec.structs import replace

from tests.fakes.sealing_world import plain_pdf
from tests.fakes.wire import Asked
from tests.flows.test_issue_documents import Office, headers, office, told
from trust.endpoints.document_batches import DocumentBatchesApi
from trust.endpoints.wire import Response
from trust.flows.issue_batch import IssueBatch
from trust.pades.source import admit
from trust.storage.tables import documents

__all__ = ["office"]  # a fixture

ITEM = {"subject": "pairwise-7", "title": {"en": "Voucher"}, "kind": "acceptance_voucher", "language": "en"}


def api(office: Office) -> DocumentBatchesApi:
    batch = IssueBatch(
        work=office.work,
        blobs=office.blobs,
        admit=admit,
        clock=office.world.clock,
        new_token=office.issue.new_token,
    )
    return DocumentBatchesApi(issue_batch=batch, single=office.api, most=5)


def body(items: object, files: list[bytes]) -> bytes:
    named = [("metadata", json.dumps({"items": items}).encode()), *(("file", file) for file in files)]
    out = b""
    for name, content in named:
        out += (
            b'--line-between\r\nContent-Disposition: form-data; name="%s"\r\n\r\n' % name.encode() + content + b"\r\n"
        )
    return out + b"--line-between--\r\n"


def post(office: Office, files: list[bytes], *, key: str = "batch-1", items: object = None) -> Response:
    given = [ITEM] * len(files) if items is None else items
    return api(office).submit(Asked(headers=headers(key, "agency-a"), body=body(given, files)))


def show(office: Office, *, key: str = "batch-1", agency: str = "agency-a") -> Response:
    return api(office).show(Asked(headers={"authorization": f"Bearer {agency}"}, captured={"key": key}))


def states(answer: Response) -> list[str]:
    listed: Any = told(answer)["items"]
    return [item["state"] for item in listed]


def test_a_batch_is_kept_at_once_and_sealed_by_the_worker(office: Office) -> None:
    taken = post(office, [plain_pdf(), b"text", plain_pdf(2)])
    assert (taken.status, states(taken)) == (202, ["received", "refused", "received"])
    assert told(taken)["done"] is False
    assert office.issue.seal_due() == 2
    after = show(office)
    assert states(after) == ["sealed", "refused", "sealed"]
    assert told(after)["done"] is True
    items: Any = told(after)["items"]
    assert items[1]["reason"] == "not_a_pdf"
    sealed = office.get(items[2]["id"], content=True)
    assert office.world.verify(sealed.body).verdict.passed


def test_while_the_authority_is_away_they_wait(office: Office) -> None:
    office.authority_answers = False
    post(office, [plain_pdf(), plain_pdf(2)])
    office.issue.seal_due()
    assert states(show(office)) == ["received", "received"]
    office.authority_answers = True
    office.world.later(minutes=5)
    office.issue.seal_due()
    assert states(show(office)) == ["sealed", "sealed"]


def test_the_same_batch_again_changes_nothing(office: Office) -> None:
    files = [plain_pdf(), plain_pdf(2)]
    first = post(office, files)
    office.issue.seal_due()
    again = post(office, files)
    assert [item["id"] for item in told(first)["items"]] == [item["id"] for item in told(again)["items"]]  # type: ignore[attr-defined]
    assert states(again) == ["sealed", "sealed"]


def test_a_batch_that_was_cut_off_keeps_what_is_missing(office: Office) -> None:
    files = [plain_pdf(), plain_pdf(2), plain_pdf(3)]
    post(office, files)
    with office.engine.begin() as connection:
        last = sa.select(sa.func.max(documents.c.idempotency_key)).scalar_subquery()
        connection.execute(documents.delete().where(documents.c.idempotency_key == last))
    assert len(states(show(office))) == 2
    assert len(states(post(office, files))) == 3


@pytest.mark.parametrize("files", [[plain_pdf(9)], [plain_pdf(), plain_pdf(2), plain_pdf(3)][:1]])
def test_a_key_is_for_one_batch(office: Office, files: list[bytes]) -> None:
    post(office, [plain_pdf(), plain_pdf(2)])
    assert post(office, files).reason == "idempotency_key_reused"


@pytest.mark.parametrize(("is_same", "status"), [(False, 422), (True, 202)])
def test_of_two_batches_that_come_together_under_one_key_one_is_kept(
    office: Office, is_same: bool, status: int
) -> None:
    first: list[Response] = []
    mine, other = plain_pdf(), plain_pdf(9)

    def admit_late(pdf: bytes) -> int:
        if not first:
            first.append(post(office, [mine if is_same else other]))
        return admit(pdf)

    slow = api(office)
    slow = replace(slow, issue_batch=replace(slow.issue_batch, admit=admit_late))
    answer = slow.submit(Asked(headers=headers("batch-1", "agency-a"), body=body([ITEM], [mine])))
    assert answer.status == status
    assert [item["id"] for item in told(show(office))["items"]] == [item["id"] for item in told(first[0])["items"]]  # type: ignore[attr-defined]


def test_nobody_sees_the_batch_of_another(office: Office) -> None:
    post(office, [plain_pdf()])
    assert show(office, agency="agency-b").status == show(office, key="batch").status == 404
    assert show(office, key="batch-").status == 404
    assert show(office, key="%").status == 404


REFUSED: dict[str, tuple[list[bytes], object, str]] = {
    "more items than files": ([plain_pdf()], [ITEM, ITEM], "metadata_malformed"),
    "no list": ([plain_pdf()], {"a": 1}, "metadata_malformed"),
    "an item that is none": ([plain_pdf()], ["text"], "metadata_malformed"),
    "somebody unknown": ([plain_pdf()], [ITEM | {"subject": "stranger"}], "subject_unknown"),
    "nothing": ([], [], "batch_empty"),
    "too many": ([b"x"] * 6, None, "batch_too_many_files"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_batch_that_does_not_hold_is_refused_whole(office: Office, what: str) -> None:
    files, items, reason = REFUSED[what]
    assert post(office, files, items=items).reason == reason
    assert show(office).status == 404


@pytest.mark.parametrize("key", ["", "a b", "x" * 101, "a/b"])
def test_a_key_that_cannot_stand_in_an_address_is_refused(office: Office, key: str) -> None:
    assert post(office, [plain_pdf()], key=key).reason == "idempotency_key_missing"


def test_without_a_token_nothing_is_told(office: Office, tmp_path: Path) -> None:
    assert show(office, agency="").status == 401
    assert api(office).submit(Asked()).status == 401
