"""`gba serve`: the gateway; in sandbox mode the sandbox and a worker beside it."""

import signal
import sys
import time
from typing import IO

import click

from deploy.claim import Taken, claim
from deploy.listening import is_open
from deploy.processes import Processes, end_with_parent
from deploy.settings import SANDBOX_OFFSET, Settings, load, process_environment
from deploy.welcome import welcome


@click.command()
@click.option("--port", type=click.IntRange(1, 65534), help="Listen here instead of the settings' port.")
@click.option("--workers", type=click.IntRange(1), help="Worker processes, instead of the settings' number.")
@click.option("--only-gateway", is_flag=True, help="Without the worker (and the sandbox): for several machines.")
@click.option("--end-with-parent", "bound", is_flag=True, help="Stop when whoever started this ends, even by kill -9.")
def command(port: int | None, workers: int | None, only_gateway: bool, bound: bool) -> None:
    """Serve the gateway until it is stopped.

    In sandbox mode (the default) the simulated platforms, authorities and agency run beside it, one port higher, and
    the database is brought to the present by itself. In production it refuses to start with a sandbox key, a default
    secret, plain http, or a database that is behind.
    """
    if bound:
        end_with_parent()
    environment = process_environment()
    if port is not None:
        environment["GBA_SERVER__PORT"] = str(port)
        environment.pop("PORT", None)
    if workers is not None:
        environment["GBA_SERVER__WORKERS"] = str(workers)
    settings = load(environment)
    _refuse_a_taken_port(settings, beside=settings.sandbox and not only_gateway)
    held = _claim(settings) if settings.sandbox else None  # open for as long as we serve
    _prepare(settings)
    processes = Processes()
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, lambda got, _frame: stopping.append(got))
    try:
        if settings.sandbox and not only_gateway:
            processes.start("sandbox", [*_gba(), "sandbox", "serve"], environment)
        processes.start("gateway", serving(settings), environment)
        if not only_gateway:
            processes.start("worker", [*_gba(), "work"], environment)
        ended = _watch(settings, processes, stopping)
    finally:
        processes.stop()
        if held is not None:
            held.close()
    if ended is not None:
        name, status = ended
        raise click.ClickException(f"the {name} ended by itself (status {status}); its last words are above")


def _claim(settings: Settings) -> IO[str]:
    try:
        return claim(settings.data_dir, settings.server.port)
    except Taken as taken:
        where = f"the gateway on port {taken.port}" if taken.port else "another gateway"
        raise click.ClickException(
            f"{where} uses {settings.data_dir}; stop it, or give this one a directory of its own by GBA_DATA_DIR"
        ) from None


def _prepare(settings: Settings) -> None:
    """Keys, database, sandbox registrations: once, before any worker starts."""
    from deploy.prepare import prepare  # noqa: PLC0415 - heavy, and only needed here

    problems = prepare(settings)
    if problems:
        for problem in problems:
            click.echo(f"  {problem}", err=True)
        raise click.ClickException("the gateway does not start like this")


def _watch(settings: Settings, processes: Processes, stopping: list[int]) -> tuple[str, int] | None:
    """Wait for a signal or for something to end; greet once the gateway answers."""
    greeted = False
    while not stopping:
        ended = processes.ended()
        if ended is not None:
            return ended
        if not greeted and _answers(settings):
            click.echo(welcome(settings))
            greeted = True
        time.sleep(0.2)
    return None


def _answers(settings: Settings) -> bool:
    ports = [settings.server.port] + ([settings.server.port + SANDBOX_OFFSET] if settings.sandbox else [])
    return all(is_open(settings.server.host, port) for port in ports)


def _refuse_a_taken_port(settings: Settings, *, beside: bool) -> None:
    first = settings.server.port
    for port in [first, *([first + SANDBOX_OFFSET] if beside else [])]:
        if is_open(settings.server.host, port):
            raise click.ClickException(
                f"port {port} is taken; choose another: make run PORT=9000 (the sandbox takes the next one)"
            )


def _gba() -> list[str]:
    return [sys.executable, "-m", "deploy.cli"]


def serving(settings: Settings) -> list[str]:
    """The command that serves wsgi.py as these settings say."""
    server = settings.server
    return [
        sys.executable,
        "-m",
        "deploy.serving",
        f"--host={server.host}",
        f"--port={server.port}",
        f"--workers={server.workers}",
        f"--threads={server.threads}",
        "wsgi:app",
    ]
