"""`python -m deploy.serving wsgi:app`: what `gba serve` starts."""

import importlib
import signal
import sys
import time

import click

from deploy.processes import Processes, end_with_parent
from deploy.settings import CHECKOUT, process_environment

BRIEFEST_LIFE = 5.0  # seconds; who ends earlier than that will end again


@click.command()
@click.argument("target")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8000, show_default=True)
@click.option("--threads", type=click.IntRange(1), default=64, show_default=True, help="Requests that wait at a time.")
@click.option("--workers", type=click.IntRange(1), default=1, show_default=True, help="Processes that serve.")
@click.option("--factory", is_flag=True, help="The target makes the application.")
@click.option("--shared", is_flag=True, hidden=True)
def main(target: str, host: str, port: int, threads: int, workers: int, *, factory: bool, shared: bool) -> None:
    """Serve the WSGI application MODULE:NAME, by as many processes as are asked for."""
    if workers > 1:
        options = [f"--host={host}", f"--port={port}", f"--threads={threads}", "--shared"]
        sys.exit(_several(workers, [*options, *(["--factory"] if factory else []), target]))
    if shared:
        end_with_parent()
    from deploy.serving import server  # noqa: PLC0415 - who only looks after others needs none of it

    sys.path.insert(0, str(CHECKOUT))
    module, _, name = target.partition(":")
    made = getattr(importlib.import_module(module), name)
    server.run(made() if factory else made, host=host, port=port, threads=threads, shared=shared)


def _several(workers: int, arguments: list[str]) -> int:
    """Look after them: one that ends is begun anew, unless it cannot begin. Returns the exit status."""
    processes, begun = Processes(), {}
    stopping: list[int] = []
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda got, _frame: stopping.append(got))
    command = [sys.executable, "-m", "deploy.serving", *arguments]
    try:
        for worker in range(workers):
            name = f"worker {worker + 1}"
            processes.start(name, command, process_environment())
            begun[name] = time.monotonic()
        while not stopping:
            ended = processes.ended()
            if ended is not None:
                name, status = ended
                if time.monotonic() - begun[name] < BRIEFEST_LIFE:
                    return status or 1
                click.echo(f"{name} ended by itself (status {status}) and is begun anew", err=True)
                processes.start(name, command, process_environment())
                begun[name] = time.monotonic()
            time.sleep(0.2)
    finally:
        processes.stop()
    return 0


if __name__ == "__main__":
    main()
