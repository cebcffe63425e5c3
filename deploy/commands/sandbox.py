"""gba sandbox: the persons of the simulated outside world, and its server."""

import json
import logging
import secrets
from datetime import timedelta
from urllib.parse import urlsplit

import click

from deploy.clock import now
from deploy.logs import configure
from deploy.settings import Settings, load

log = logging.getLogger(__name__)

LARGEST_ANSWER = 40_000_000  # bytes: sealed documents come back to the agency


@click.group(name="sandbox")
def command() -> None:
    """The simulated outside world: Hong Kong, Macau, Guangdong, a face check, an agency, authorities.

    It exists in sandbox mode only. `gba serve` starts it beside the gateway.
    """


@command.command()
@click.option("--json", "as_json", is_flag=True, help="One JSON array, for programs.")
def people(as_json: bool) -> None:
    """List the sandbox's persons and the words to sign in as each."""
    from deploy.sandbox.people import PEOPLE  # noqa: PLC0415 - only this command needs it

    if as_json:
        listed = [
            {
                "id": one.id,
                "region": one.region.value,
                "name": one.name,
                "login": one.login,
                "password": one.password,
                "guangdong_level": one.guangdong.level if one.guangdong else None,
                "first_binding": one.expect,
                "story": {"en": one.story, "zh-Hant": one.story_zh},
            }
            for one in PEOPLE
        ]
        click.echo(json.dumps(listed, ensure_ascii=False, indent=2))
        return
    for one in PEOPLE:
        click.echo(f"{one.region.value}  {click.style(one.name, bold=True)}")
        click.echo(f"    {one.login} / {one.password}")
        click.echo(f"    {one.story}")


@command.command()
@click.option("--port", type=int, default=None, help="Where to listen; one above the gateway by default.")
@click.option("--host", help="The address to listen on; the gateway's by default.")
def serve(port: int | None, host: str | None) -> None:
    """Serve the sandbox alone (Ctrl-C ends it). The gateway must be told of another port in its settings."""
    settings = load()
    if not settings.sandbox:
        raise click.ClickException("The sandbox is refused in production mode.")
    configure(settings.server.log_level)  # also keeps the web server's own lines, which hold whole URLs, out
    chosen = port or urlsplit(settings.sandbox_url).port or 8001
    _run(settings, host or settings.server.host, chosen)


def _run(settings: Settings, host: str, port: int) -> None:
    from werkzeug.serving import make_server  # noqa: PLC0415 - heavy, and only this command needs it

    from deploy.egress import Egress  # noqa: PLC0415
    from deploy.sandbox.whole import whole_sandbox  # noqa: PLC0415

    sandbox_url = f"http://localhost:{port}"
    send = Egress(allowed=(settings.public_url,), timeout=timedelta(seconds=60), largest=LARGEST_ANSWER, connections=16)
    application = whole_sandbox(
        data_dir=settings.data_dir,
        gateway_url=settings.public_url,
        sandbox_url=sandbox_url,
        clock=now,
        send=send,
        new_token=lambda: secrets.token_urlsafe(32),
    )
    server = make_server(host, port, application, threaded=True)
    log.info("sandbox on %s", sandbox_url)
    try:
        server.serve_forever()
    finally:
        send.close()
