"""`gba work`: the worker. Housekeeping, sealing that had to wait, and the links of the audit chain."""

import signal
import threading

import click

from deploy.settings import load


@click.command()
@click.option("--once", is_flag=True, help="Do what is due and end.")
@click.option("--every", default=5.0, show_default=True, help="Seconds between two rounds.")
def command(once: bool, every: float) -> None:
    """Do what is due, again and again, until stopped.

    Every round puts away what is over, seals records that had to wait for an authority, and draws the next link of the
    audit chain. What is due stands in the rows themselves, so a round that was cut off is simply done again, and two
    workers do no harm. In production it starts on nothing that `gba serve` would refuse.
    """
    from deploy import in_production  # noqa: PLC0415 - heavy, and only needed here
    from deploy.worker import Worker  # noqa: PLC0415 - as above

    settings = load()
    if problems := in_production.look(settings):
        for problem in problems:
            click.echo(f"  {problem}", err=True)
        raise click.ClickException("the worker does not start like this")
    worker = Worker(settings)
    stopped = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda _got, _frame: stopped.set())
    while not stopped.is_set():
        worker.round()
        if once:
            return
        stopped.wait(every)
