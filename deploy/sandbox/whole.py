"""The whole sandbox: the simulators with the authorities and the agency, as `gba sandbox serve` and tests run it."""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from flask import Flask

from deploy.sandbox.agency.pages import blueprint as agency
from deploy.sandbox.app import create_sandbox
from deploy.sandbox.delivery import Deliver
from deploy.sandbox.hongkong_signing import SigningDesk
from deploy.sandbox.pki.authorities import Authorities
from deploy.sandbox.signature_service import SignatureService
from gateway.ports.egress import Egress
from gateway.ports.tokens import NewToken


def whole_sandbox(
    *,
    data_dir: Path,
    gateway_url: str,
    sandbox_url: str,
    clock: Callable[[], datetime],
    send: Egress,
    new_token: NewToken,
    deliver: Deliver | None = None,
) -> Flask:
    """Everything that port 8001 answers."""
    home = data_dir / "sandbox"
    authorities = Authorities.open(home / "pki", sandbox_url, clock)
    counter = agency(
        folder=home / "agency",
        gateway_url=gateway_url,
        base_url=f"{sandbox_url}/agency",
        send=send,
        clock=clock,
        new_token=new_token,
    )
    return create_sandbox(
        data_dir=data_dir,
        gateway_url=gateway_url,
        sandbox_url=sandbox_url,
        clock=clock,
        send=send,
        deliver=deliver,
        authorities=authorities.answer,
        signing_desk=SigningDesk(authorities, gateway_url=gateway_url, clock=clock),
        also=(("/agency", counter), ("/mo/esign", SignatureService(authorities, clock).blueprint())),
    )
