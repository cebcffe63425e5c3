"""Servers over views that a test gives by path."""

from collections.abc import Callable, Iterator

import pytest

from tests.fixtures.serving import LIMIT, Served, View, Views

Serve = Callable[..., Served]


@pytest.fixture
def serve(monkeypatch: pytest.MonkeyPatch) -> Iterator[Serve]:
    """Start servers over views by path. All of them end with the test."""
    monkeypatch.setattr("deploy.serving.server.SWEEP_SECONDS", 0.02)
    running: list[Served] = []

    def start(views: dict[str, View], *, threads: int = 4, limit: int = LIMIT) -> Served:
        running.append(Served(Views(views, limit=limit), threads=threads))
        return running[-1]

    yield start
    for served in running:
        for line in served.lines:
            line.socket.close()
        served.end()
        assert served.ended()
