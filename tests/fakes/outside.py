"""The sandbox in process: an egress that calls it, a person who answers its pages, callbacks that are kept."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from itertools import count
from pathlib import Path
from urllib.parse import parse_qsl, urlsplit

from flask import Flask

from deploy.sandbox.app import create_sandbox
from deploy.sandbox.delivery import Headers
from deploy.sandbox.registration import registrations
from gateway.ports.egress import EgressFailed, Reply
from gateway.ports.regions import Callback
from gateway.regions.registry import face_check, regions
from gateway.settings import RegionSettings

GATEWAY_URL = "http://localhost:8000"
SANDBOX_URL = "http://localhost:8001"

Change = Callable[[Reply], Reply]


@dataclass(slots=True)
class SetClock:
    """A clock that stands until it is moved."""

    moment: datetime = datetime(2026, 11, 21, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, by: timedelta) -> None:
        self.moment += by


@dataclass(slots=True)
class WsgiEgress:
    """Implements the Egress port by calling the sandbox; answers can be changed, or not come at all."""

    app: Flask
    down: bool = False
    changes: dict[str, Change] = field(default_factory=dict)  # by the end of the path
    sent: list[tuple[str, bytes]] = field(default_factory=list)  # path and body

    @property
    def asked(self) -> list[str]:
        return [path for path, _ in self.sent]

    def __call__(self, method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
        parts = urlsplit(url)
        self.sent.append((parts.path, body))
        if self.down or f"{parts.scheme}://{parts.netloc}" != SANDBOX_URL:
            raise EgressFailed("no_answer")
        got = self.app.test_client().open(
            f"{parts.path}?{parts.query}", method=method, headers=dict(headers or {}), data=body, base_url=SANDBOX_URL
        )
        reply = Reply(status=got.status_code, headers={k.lower(): v for k, v in got.headers.items()}, body=got.data)
        for end, change in self.changes.items():
            if parts.path.endswith(end):
                reply = change(reply)
        return reply


@dataclass(slots=True)
class Delivered:
    """A callback as it would arrive at the gateway; header names in lower case."""

    url: str
    headers: dict[str, str]
    body: bytes


class Outside:
    """The whole outside world of one test."""

    def __init__(self, data_dir: Path, *, app_at_hand: bool = False) -> None:
        self.data_dir = data_dir
        self.clock = SetClock()
        self.settings: RegionSettings = registrations(data_dir, GATEWAY_URL, SANDBOX_URL)
        self.deliveries: list[Delivered] = []
        self.app = create_sandbox(
            data_dir=data_dir,
            gateway_url=GATEWAY_URL,
            sandbox_url=SANDBOX_URL,
            clock=self.clock,
            send=_nobody,
            deliver=self._keep,
            app_at_hand=app_at_hand,
        )
        self.egress = WsgiEgress(self.app)
        self._tokens = count(1)
        self.regions = regions(self.settings, egress=self.egress, clock=self.clock, new_token=self.new_token)
        check = face_check(self.settings, egress=self.egress, clock=self.clock, new_token=self.new_token)
        assert check is not None
        self.face_check = check

    def new_token(self) -> str:
        """Distinct, long enough, and the same in each run."""
        return f"token-{next(self._tokens):032d}"

    def answer(self, url: str, **form: str) -> Callback:
        """Open the page, answer its form, and bring back what the browser is sent on with."""
        client = self.app.test_client()
        parts = urlsplit(url)
        page = client.get(f"{parts.path}?{parts.query}", base_url=SANDBOX_URL)
        if page.status_code == 303:  # turned away at once
            return callback(page.headers["Location"])
        assert page.status_code == 200, page.status_code
        text = page.get_data(as_text=True)
        hidden = re.search(r'name="transaction" value="([^"]+)"', text)
        action = re.search(r'action="([^"]+)"', text)
        assert hidden
        assert action
        values = {"transaction": unescape(hidden[1]), "answer": "agree", **form}
        back = client.post(unescape(action[1]), data=values, base_url=SANDBOX_URL)
        assert back.status_code == 303, back.status_code
        return callback(back.headers["Location"])

    def _keep(self, url: str, headers: Headers, body: bytes) -> None:
        lowered = {name.lower(): value for name, value in headers().items()}
        self.deliveries.append(Delivered(url=url, headers=lowered, body=body))


def callback(location: str) -> Callback:
    """The query of an address at the gateway."""
    assert location.startswith(GATEWAY_URL), "the person was not sent to the gateway"
    return Callback(query=dict(parse_qsl(urlsplit(location).query)))


def _nobody(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> Reply:
    raise EgressFailed("no_answer")
