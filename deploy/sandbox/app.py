"""The sandbox as one web application. Refused in production: whoever composes asks `settings.sandbox` first."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from pathlib import Path

from flask import Blueprint, Flask, Response, request

from deploy.sandbox import desk
from deploy.sandbox.delivery import Courier, Deliver
from deploy.sandbox.face_check import FaceCheck
from deploy.sandbox.guangdong import Guangdong
from deploy.sandbox.hongkong import HongKong
from deploy.sandbox.hongkong_signing import SigningDesk
from deploy.sandbox.macau import Macau
from deploy.sandbox.people import PEOPLE
from deploy.sandbox.registration import secrets_in
from gateway.ports.egress import Egress

LARGEST_REQUEST = 40_000_000  # bytes: the agency takes documents
# method, path, headers, body → status, headers, body: the authorities' way of answering
Authorities = Callable[[str, str, Mapping[str, str], bytes], tuple[int, Mapping[str, str], bytes]]


def create_sandbox(
    *,
    data_dir: Path,
    gateway_url: str,
    sandbox_url: str,
    clock: Callable[[], datetime],
    send: Egress,
    deliver: Deliver | None = None,
    authorities: Authorities | None = None,
    also: Iterable[tuple[str, Blueprint]] = (),
    app_at_hand: bool = False,
    signing_desk: SigningDesk | None = None,
) -> Flask:
    """The simulators, and beside them the authorities and whatever else is mounted (path, blueprint).

    `send` is the sandbox's own way to the gateway: it needs no other origin.
    """
    held = secrets_in(data_dir)
    sandbox = Flask(__name__)
    sandbox.config["MAX_CONTENT_LENGTH"] = LARGEST_REQUEST
    hongkong = HongKong(
        held,
        gateway_url=gateway_url,
        clock=clock,
        deliver=deliver or Courier(send),
        app_at_hand=app_at_hand,
        signing_desk=signing_desk,
    )
    macau = Macau(held, gateway_url=gateway_url, sandbox_url=sandbox_url, clock=clock)
    guangdong = Guangdong(held, gateway_url=gateway_url, clock=clock)
    check = FaceCheck(held, gateway_url=gateway_url, sandbox_url=sandbox_url, clock=clock)
    for path, blueprint in (
        ("/hk", hongkong.blueprint()),
        ("/mo", macau.blueprint()),
        ("/gd", guangdong.blueprint()),
        ("/check", check.blueprint()),
        *also,
    ):
        sandbox.register_blueprint(blueprint, url_prefix=path)
    if authorities is not None:
        _mount(sandbox, authorities)

    sandbox.context_processor(lambda: {"gateway_url": gateway_url})

    @sandbox.get("/")
    def start() -> Response:
        return desk.show("start", party="", people=PEOPLE)

    @sandbox.errorhandler(404)
    def nowhere(_: Exception) -> Response:
        return desk.show("nowhere", party="", status=404)

    @sandbox.get("/healthz")
    def healthz() -> str:
        return "ok"

    @sandbox.after_request
    def guard(response: Response) -> Response:
        return _guarded(response, gateway_url)

    return sandbox


def _mount(sandbox: Flask, authorities: Authorities) -> None:
    """What is below /pki is answered by the authorities."""

    def answer(rest: str) -> Response:  # noqa: ARG001 - the authorities read the whole path
        headers = dict(request.headers.items())
        status, given, body = authorities(request.method, request.path, headers, request.get_data())
        return Response(body, status, dict(given))

    sandbox.add_url_rule("/pki/<path:rest>", "authorities", answer, methods=["GET", "POST"])


def _guarded(response: Response, gateway_url: str) -> Response:
    """Headers for pages; a blueprint that has its own policy keeps it."""
    # after a form the browser is sent on to the gateway, which form-action must allow
    policy = (
        f"default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self' {gateway_url}; "
        "base-uri 'none'; frame-ancestors 'none'"
    )
    response.headers.setdefault("Content-Security-Policy", policy)
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    response.headers.setdefault("Referrer-Policy", "no-referrer")
    if not request.path.startswith("/static/"):
        response.headers.setdefault("Cache-Control", "no-store")
    return response
