"""Four workers, two tabs each, a rotation of keys and a restart in the middle: nobody's sign-in fails.

No process remembers anything of a sign-in: which of the workers answers is chance, and after the restart all are new.
"""

import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from deploy.journey import simulator
from deploy.journey.person import Person, with_phone
from deploy.journey.stack import Stack, free_port
from deploy.journey.stage import stage_of
from tests.fixtures.postgres import Server

WORKERS = 4
PEOPLE = {
    "chan-tai-man": "HK",
    "singh-arjun": "HK",
    "lei-chi-meng": "MO",
}
ACTS = {"link": "link-start", "bind": "bind-agree", "claims": "claims-agree", "finished": "go-on"}
MOST_STEPS = 12


@pytest.fixture(
    params=[
        pytest.param("SQLite", marks=pytest.mark.thorough),
        pytest.param("PostgreSQL", marks=pytest.mark.postgres),
        pytest.param("PostgreSQL nearby", marks=pytest.mark.postgres),
    ]
)
def stack(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Stack]:
    settings: Mapping[str, str] = {"GBA_SERVER__WORKERS": str(WORKERS), "GBA_SERVER__THREADS": "8"}
    if request.param != "SQLite":
        server: Server = request.getfixturevalue("postgres_server")
        near = str(request.param.endswith("nearby")).lower()
        server.run(f"CREATE DATABASE four_workers_near_{near}")
        url = server.url(f"four_workers_near_{near}")
        settings = {**settings, "GBA_DATABASE__URL": url, "GBA_DATABASE__NEAR": near}
    own = Stack(data_dir=tmp_path / "data", port=free_port(), apart=True, settings=settings)
    own.start()
    yield own
    own.stop()


def test_nobody_s_sign_in_fails(stack: Stack) -> None:
    # everybody stops here twice: each at another point of their way
    rest = threading.Barrier(len(PEOPLE) + 1, timeout=300)
    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        ways = [
            pool.submit(sign_in_in_two_tabs, stack, who, home, rests=(at + 1, at + 3), rest=rest)
            for at, (who, home) in enumerate(PEOPLE.items())
        ]
        with suppress(threading.BrokenBarrierError):  # what went wrong is said below
            rest.wait()
            before = keys(stack)
            gba(stack, "keys", "rotate", "--compromised")  # at once: the old key signs nothing more
            rest.wait()
            rest.wait()
            stack.kill_gateway()
            stack.start()
            rest.wait()
        arrived = [way.result(timeout=300) for way in sorted(ways, key=_broken_last)]
    assert arrived == [("agency", "agency")] * len(PEOPLE)
    assert keys(stack) != before


def sign_in_in_two_tabs(
    stack: Stack, who: str, home: str, *, rests: tuple[int, int], rest: threading.Barrier
) -> tuple[str, str]:
    """One step in one tab, then one in the other; where the tabs are in the end."""
    try:
        return _two_tabs(stack, who, home, rests, rest)
    except BaseException:
        rest.abort()  # nobody waits for who will not come
        raise


def _two_tabs(stack: Stack, who: str, home: str, rests: tuple[int, int], rest: threading.Barrier) -> tuple[str, str]:
    first = with_phone("en")
    tabs = first, Person(client=first.client)
    for tab in tabs:
        tab.go(f"{stack.sandbox}/agency/en/")
        tab.press("agency-sign-in")
    for step in range(MOST_STEPS):
        if step in rests:
            rest.wait()
            rest.wait()
        for tab in tabs:
            if stage_of(tab.screen) != "agency":
                one_step(tab, who, home)
    return stage_of(tabs[0].screen), stage_of(tabs[1].screen)


def one_step(tab: Person, who: str, home: str) -> None:
    """What a person does at this stage; in a tab that was left behind, they look where the sign-in is by now."""
    stage = stage_of(tab.screen)
    if stage == "choose_region":
        tab.press(f"region-{home}")
    elif stage in ACTS:
        tab.press(ACTS[stage])
    else:
        pytest.fail(f"{who} is at {stage} {tab.whereabouts()}")
    if stage_of(tab.screen) == "simulator":
        simulator.sign_in(tab, who)
    tab.wait()


def _broken_last(way: "Future[tuple[str, str]]") -> bool:
    """The reason first, then those who only waited in vain."""
    return isinstance(way.exception(timeout=300), threading.BrokenBarrierError)


def keys(stack: Stack) -> str:
    return gba(stack, "keys", "list", "--json")


def gba(stack: Stack, *words: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "deploy.cli", *words],
        env=stack.environment(),
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
