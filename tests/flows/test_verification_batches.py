"""An agency hands over many files at once and fetches the reports as they come, whatever happens in between."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
import sqlalchemy as sa
from jsonschema import Draft202012Validator
from msgspec.structs import replace

from tests.fakes.sealing_world import SealingWorld, plain_pdf
from tests.fakes.wire import Asked, Caller
from tests.fixtures.databases import make_tables
from trust.custody.vault import Vault
from trust.documents.batch import Batch, Limits
from trust.endpoints.batches import BatchesApi
from trust.endpoints.wire import Request, Response
from trust.errors import NotAuthorised
from trust.flows.verify_batch import AT_ONCE, CLAIM, TURN, VerifyBatches
from trust.flows.verify_document import VerifyDocument
from trust.keys.key import Purpose
from trust.storage.batches import SqlBatches
from trust.storage.tables import audit_entries, metadata
from trust.storage.tables_batches import verification_files
from trust.storage.unit_of_work import SqlWork
from trust.validation import report_schema
from trust.validation.facts import FileFacts
from trust.validation.policy import POLICIES
from trust.validation.report import Report


def authorise(request: Request, scope: str) -> Caller:
    """The caller is who the header says, as long as it says so."""
    assert scope == "documents:verify"
    agency = request.headers.get("authorization", "")
    if not agency:
        raise NotAuthorised("token_missing")
    return Caller(agency)


class Interrupted(BaseException):
    """The worker's process ends."""


@dataclass(slots=True, kw_only=True)
class Judging:
    """Verifies; ends the worker while it reads, as often as it is told to."""

    whole: VerifyDocument
    deaths: int = 0

    def __call__(self, data: bytes, *, name: str = "", at: datetime | None = None, policy: str = "ordinary") -> Report:
        if self.deaths:
            self.deaths -= 1
            raise Interrupted
        return replace(self.whole, policy=POLICIES[policy])(data, name=name, at=at)

    def ended(self, problem: str, *, name: str, policy: str) -> Report:
        whole = replace(self.whole, policy=POLICIES[policy])
        return whole.judged(FileFacts(sha256="", size=0, problem=problem), name=name)


@dataclass(slots=True)
class Slow:
    """Verifies as it is told to."""

    judge: Callable[..., Report]
    whole: Judging

    def __call__(self, data: bytes, *, name: str = "", at: datetime | None = None, policy: str = "ordinary") -> Report:
        return self.judge()

    def ended(self, problem: str, *, name: str, policy: str) -> Report:
        return self.whole.ended(problem, name=name, policy=policy)


@dataclass(slots=True, kw_only=True)
class Service:
    """The API and its worker over one database, with one clock."""

    world: SealingWorld
    engine: sa.Engine
    judging: Judging
    api: BatchesApi

    def submit(self, *files: tuple[str, bytes], agency: str = "a", key: str = "k1", query: str = "") -> Response:
        parts = [
            b'--x\r\nContent-Disposition: form-data; name="file"; filename="%s"\r\n\r\n%s\r\n'
            % (name.encode(), content)
            for name, content in files
        ]
        headers = {
            "authorization": agency,
            "idempotency-key": key,
            "content-type": "multipart/form-data; boundary=x",
        }
        return self.api.submit(Asked(headers=headers, body=b"".join(parts) + b"--x--", query=query))

    def show(self, batch: str, agency: str = "a") -> Response:
        return self.api.show(Asked(headers={"authorization": agency}, captured={"id": batch}))

    def lines(self, batch: str, query: str = "") -> list[dict[str, object]]:
        told = self.api.results(Asked(headers={"authorization": "a"}, captured={"id": batch}, query=query))
        assert told.status == 200
        return [json.loads(line) for line in told.body.splitlines()]


@pytest.fixture
def service(empty_engine: sa.Engine, tmp_path: Path) -> Service:
    engine, world = empty_engine, SealingWorld.open(tmp_path)
    make_tables(engine, metadata)
    world.keys.ensure(Purpose.DATA, "A256GCM", at=world.now)
    judging = Judging(whole=world.verifier())
    ids = count(1)
    batches = VerifyBatches(
        work=SqlWork(engine, Vault(world.keys)),
        judge=judging,
        clock=world.clock,
        new_token=lambda: f"b{next(ids)}",
        limits=Limits(files=5, waiting=7, kept=timedelta(days=7)),
    )
    api = BatchesApi(batches=batches, authorise=authorise, largest=1_000_000)
    return Service(world=world, engine=engine, judging=judging, api=api)


def told(response: Response) -> dict[str, object]:
    found: dict[str, object] = json.loads(response.body)
    return found


def test_a_batch_is_taken_judged_and_fetched(service: Service) -> None:
    sealed = service.world.seal(plain_pdf()).content
    taken = service.submit(("a.pdf", sealed), ("b.pdf", plain_pdf()), ("c.txt", b"text"))
    batch = told(taken)
    assert (taken.status, batch["id"], batch["state"], batch["files"]) == (202, "b1", "waiting", 3)
    assert dict(taken.headers)["Location"] == "/api/v1/verifications/batches/b1"
    assert service.lines("b1") == []
    assert service.api.batches.judge_due() == 3
    shown = told(service.show("b1"))
    assert (shown["state"], shown["judged"]) == ("finished", 3)
    assert shown["verdicts"] == {"INDETERMINATE": 2, "PASSED": 1}
    lines = service.lines("b1")
    assert [line["file"] for line in lines] == ["a.pdf", "b.pdf", "c.txt"]
    assert [line["reason"] for line in lines] == ["valid", "no_signature", "not_a_pdf"]
    for line in lines:
        Draft202012Validator(report_schema.schema()).validate(line)


def test_results_go_on_where_the_client_stopped(service: Service) -> None:
    service.submit(("a.pdf", b"1"), ("b.pdf", b"2"), ("c.pdf", b"3"))
    service.api.batches.judge_due()
    assert [line["file"] for line in service.lines("b1", "after=2")] == ["c.pdf"]
    assert service.lines("b1", "after=3") == []
    for query in ("after=-1", "after=x", "after=1e9", "after=9999999"):
        asked = Asked(headers={"authorization": "a"}, captured={"id": "b1"}, query=query)
        assert service.api.results(asked).status == 400


def test_a_policy_holds_for_the_whole_batch(service: Service) -> None:
    service.submit(("a.pdf", service.world.seal(plain_pdf()).content), query="policy=seal")
    service.api.batches.judge_due()
    assert service.lines("b1")[0]["policy"] == "seal/1"
    assert service.submit(("a.pdf", b"1"), key="k2", query="policy=mine").reason == "policy_unknown"


def test_the_same_request_again_is_the_same_batch(service: Service) -> None:
    assert told(service.submit(("a.pdf", b"1")))["id"] == told(service.submit(("a.pdf", b"1")))["id"]
    assert service.submit(("a.pdf", b"2")).reason == "idempotency_key_reused"
    assert told(service.submit(("a.pdf", b"1"), agency="other"))["id"] == "b2"


def test_the_same_request_twice_at_once_is_one_batch(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second has looked before the first was kept, as over PostgreSQL; the database says which was first."""
    assert told(service.submit(("a.pdf", b"1")))["id"] == "b1"
    look, looks = SqlBatches.by_idempotency_key, count()

    def too_early(batches: SqlBatches, client: str, key: str) -> Batch | None:
        return look(batches, client, key) if next(looks) else None

    monkeypatch.setattr(SqlBatches, "by_idempotency_key", too_early)
    assert told(service.submit(("a.pdf", b"1")))["id"] == "b1"
    looks = count()
    assert service.submit(("a.pdf", b"2")).reason == "idempotency_key_reused"
    with service.engine.connect() as connection:
        assert connection.execute(sa.select(sa.func.count()).select_from(verification_files)).scalar_one() == 1


def test_nobody_is_told_of_the_batch_of_another(service: Service) -> None:
    service.submit(("a.pdf", b"1"))
    assert service.show("b1", agency="other").reason == "batch_unknown"
    for handler in (service.api.show, service.api.results, service.api.remove):
        assert handler(Asked(headers={"authorization": "other"}, captured={"id": "b1"})).status == 404
        assert handler(Asked(captured={"id": "b1"})).status == 401
    assert service.show("b1").status == 200


def test_what_is_asked_for_is_bounded(service: Service) -> None:
    files = [(f"{number}.pdf", b"1") for number in range(6)]
    assert service.submit(*files).reason == "batch_too_many_files"
    assert service.submit(*files[:5]).status == 202
    over = service.submit(*files[:3], key="k2")
    assert (over.status, over.reason) == (429, "too_many_files_waiting")
    assert service.submit(*files[:3], key="k2", agency="other").status == 202
    service.api.batches.judge_due()
    assert service.submit(*files[:3], key="k2").status == 202


@pytest.mark.parametrize(
    ("headers", "body", "reason"),
    [
        ({"idempotency-key": ""}, b"", "idempotency_key_missing"),
        ({"content-type": "application/pdf"}, b"%PDF", "content_type_unsupported"),
        ({}, b"", "multipart_malformed"),
        ({}, b"--x--", "batch_empty"),
        ({}, b'--x\r\nContent-Disposition: form-data; name="other"\r\n\r\n1\r\n--x--', "multipart_malformed"),
        ({}, b'--x\r\nContent-Disposition: form-data; name="file"\r\n\r\n1\r\n' * 50, "batch_too_many_files"),
        ({}, bytes(1_000_001), "too_large"),
    ],
)
def test_nonsense_is_refused_with_its_reason(
    service: Service, headers: dict[str, str], body: bytes, reason: str
) -> None:
    honest = {"authorization": "a", "idempotency-key": "k", "content-type": "multipart/form-data; boundary=x"}
    assert service.api.submit(Asked(headers=honest | headers, body=body)).reason == reason


def test_a_worker_that_is_stopped_leaves_nothing_undone(service: Service) -> None:
    service.submit(("a.pdf", b"1"), ("b.pdf", b"2"))
    service.judging.deaths = 1
    with pytest.raises(Interrupted):
        service.api.batches.judge_due()
    assert service.api.batches.judge_due() == 0  # another worker may be at it
    service.world.now += CLAIM
    assert service.api.batches.judge_due() == 2
    assert len(service.lines("b1")) == 2


def test_a_file_that_ends_every_worker_is_given_up(service: Service) -> None:
    service.submit(("poison.pdf", b"1"))
    service.judging.deaths = 3
    for _ in range(3):
        with pytest.raises(Interrupted):
            service.api.batches.judge_due()
        service.world.now += CLAIM
    assert service.api.batches.judge_due() == 1
    assert service.lines("b1")[0]["reason"] == "reading_crashed"


def test_reports_come_in_the_order_of_the_files_so_that_a_client_that_counts_misses_none(service: Service) -> None:
    service.submit(("a.pdf", b"1"), ("b.pdf", b"2"), ("c.pdf", b"3"))
    with service.api.batches.work(write=True) as unit:  # as a worker beside would that is slow
        unit.batches.claim(at=service.world.now, until=service.world.now + CLAIM, limit=1)
        unit.commit()
    assert service.api.batches.judge_due() == 2
    assert told(service.show("b1"))["judged"] == 2
    assert service.lines("b1") == []
    service.world.now += CLAIM
    service.api.batches.judge_due()
    assert [line["file"] for line in service.lines("b1")] == ["a.pdf", "b.pdf", "c.pdf"]


def test_a_worker_looks_after_its_other_tasks_when_its_turn_is_over(service: Service) -> None:
    service.submit(*((f"{number}.pdf", b"1") for number in range(5)))

    def slowly() -> Report:
        service.world.now += TURN
        return service.judging.ended("reading_crashed", name="", policy="ordinary")

    batches = replace(service.api.batches, judge=Slow(slowly, service.judging))
    assert [batches.judge_due(), batches.judge_due()] == [AT_ONCE, 1]


def test_what_is_taken_and_forgotten_stands_in_the_history_without_a_file_name(service: Service) -> None:
    service.submit(("secret-name.pdf", b"1"))
    service.api.remove(Asked(headers={"authorization": "a"}, captured={"id": "b1"}))
    with service.engine.connect() as connection:
        events = [json.loads(text) for text in connection.execute(sa.select(audit_entries.c.text)).scalars()]
    assert [(event["kind"], event["actor"], event["subjects"]) for event in events] == [
        ("verification_batch_received", "a", ["b1"]),
        ("verification_batch_removed", "a", ["b1"]),
    ]
    assert "secret-name" not in str(events)


def test_a_report_that_was_kept_is_never_kept_again(service: Service) -> None:
    service.submit(("a.pdf", b"1"))
    with service.api.batches.work(write=True) as unit:
        claimed = unit.batches.claim(at=service.world.now, until=service.world.now, limit=1)[0]
        unit.commit()
    service.api.batches.judge_due()
    with service.api.batches.work(write=True) as unit:
        unit.batches.keep_report(claimed, verdict="PASSED", report="{}", at=service.world.now)
        unit.commit()
    assert service.lines("b1")[0]["reason"] == "not_a_pdf"


def test_files_and_reports_are_unreadable_at_rest_and_gone_in_time(service: Service) -> None:
    service.submit(("secret-name.pdf", b"secret content"))

    def lying() -> list[bytes]:
        with service.engine.connect() as connection:
            return list(connection.execute(sa.select(verification_files.c.sealed)).scalars())

    assert not any(b"secret" in bytes(row) for row in lying())
    service.api.batches.judge_due()
    assert not any(b"secret" in bytes(row) for row in lying())
    service.world.later(days=7)
    assert service.api.batches.purge() == 1
    assert lying() == []
    assert service.show("b1").status == 404


def test_a_client_may_have_it_forgotten_at_once(service: Service) -> None:
    service.submit(("a.pdf", b"1"))
    asked = Asked(headers={"authorization": "a"}, captured={"id": "b1"})
    assert service.api.remove(asked).status == 204
    assert service.api.remove(asked).status == 404
    assert service.api.batches.judge_due() == 0


@pytest.mark.parametrize(
    ("name", "kept"), [("a/b\\c.pdf", "c.pdf"), ("", "1.pdf"), ("x\x00\x1by.pdf", "xy.pdf"), ("名" * 300, "名" * 200)]
)
def test_a_file_name_is_made_harmless(service: Service, name: str, kept: str) -> None:
    service.submit((name, b"1"))
    service.api.batches.judge_due()
    assert service.lines("b1")[0]["file"] == kept
