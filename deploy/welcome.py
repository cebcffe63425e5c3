"""What `gba serve` says once it answers: where to go, who to be, what to try first."""

from collections.abc import Iterator

from deploy.settings import Settings


def welcome(settings: Settings) -> str:
    """The greeting, as lines of text."""
    return "\n".join(_sandbox(settings) if settings.sandbox else _production(settings))


def _production(settings: Settings) -> Iterator[str]:
    yield f"The gateway serves {settings.public_url} with {settings.server.workers} worker(s)."


def _sandbox(settings: Settings) -> Iterator[str]:
    from deploy.sandbox.people import PEOPLE  # noqa: PLC0415 - in production there are none

    agency = f"{settings.sandbox_url}/agency/"
    yield ""
    yield f"  The gateway         {settings.public_url}/"
    yield f"  A partner agency    {agency}"
    yield f"  Verify a record     {settings.public_url}/en/verify"
    yield f"  The sandbox         {settings.sandbox_url}/   (simulated Hong Kong, Macau, Guangdong, authorities)"
    yield ""
    yield "  Try first: open the agency, choose a service, sign in as one of these invented persons,"
    yield "  agree or choose the other way, issue the record, then see it under My documents and verify it."
    yield ""
    for person in PEOPLE:
        yield f"  {person.region.value:3} {person.login:12} {person.password:14} {person.story}"
    yield ""
    yield "  Without a browser: make journey.   A seal from the shell: .venv/bin/gba seal IN.pdf -o OUT.pdf"
    yield "  Ctrl-C stops everything; data stays in " + str(settings.data_dir)
    yield ""
