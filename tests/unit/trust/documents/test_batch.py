"""How much a client may hand over at once, how far a batch is, and when two requests are the same."""

from datetime import UTC, datetime, timedelta

import pytest

from trust.documents.batch import Batch, File, Limits, Progress, Submission, objection

NOW = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)
LIMITS = Limits(files=3, waiting=5)


def handed_over(*files: tuple[str, bytes], policy: str = "ordinary", client: str = "a", key: str = "k") -> Submission:
    listed = tuple(File(name=name, content=content) for name, content in files)
    return Submission(client=client, idempotency_key=key, policy=policy, files=listed)


def of(count: int) -> Submission:
    return handed_over(*((f"{number}.pdf", b"1") for number in range(count)))


@pytest.mark.parametrize(
    ("count", "waiting", "reason"),
    [
        (0, 0, "batch_empty"),
        (3, 0, None),
        (4, 0, "batch_too_many_files"),
        (3, 2, None),
        (3, 3, "too_many_files_waiting"),
        (1, 5, "too_many_files_waiting"),
    ],
)
def test_a_client_hands_over_so_many_at_once_and_in_all(count: int, waiting: int, reason: str | None) -> None:
    assert objection(of(count), waiting, LIMITS) == reason


def test_another_policy_name_content_or_order_is_another_request_and_another_key_is_not() -> None:
    one, two = ("a.pdf", b"1"), ("b.pdf", b"2")
    first = handed_over(one, two)
    others = [
        handed_over(one, two, policy="seal"),
        handed_over(("c.pdf", b"1"), two),
        handed_over(("a.pdf", b"3"), two),
        handed_over(two, one),
        handed_over(one),
    ]
    assert len({first.request_digest, *(each.request_digest for each in others)}) == 6
    assert handed_over(one, two, key="another").request_digest == first.request_digest


@pytest.mark.parametrize(
    ("verdicts", "state"),
    [({}, "waiting"), ({"PASSED": 1}, "running"), ({"PASSED": 2, "FAILED": 1}, "finished")],
)
def test_a_batch_waits_runs_and_is_finished(verdicts: dict[str, int], state: str) -> None:
    batch = Batch(
        id="b",
        client="a",
        idempotency_key="k",
        request_digest="d",
        policy="ordinary",
        files=3,
        received_at=NOW,
        expires_at=NOW + timedelta(days=7),
    )
    assert Progress(batch=batch, verdicts=verdicts).state == state
