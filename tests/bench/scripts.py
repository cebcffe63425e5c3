"""What is asked of a provider: one script an operation, as an agency's server and a person's browser send it."""

import json
import re
import secrets
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlencode, urlsplit

from tests.bench.agency import CALLBACK, Agency, verifier
from tests.bench.load import Answer, Later, Script, Unexpected, request
from tests.bench.platform import return_address

FORM = "Content-Type: application/x-www-form-urlencoded\r\n"
HIDDEN = re.compile(rb'type="hidden" name="(\w+)" value="([^"]*)"')
LONGEST_WAY = 30

Step = Generator[bytes, Answer, str]


@dataclass(slots=True)
class Browser:
    """A person's browser: cookies, and nothing else."""

    person: int
    cookies: dict[str, str] = field(default_factory=dict)

    def headers(self) -> str:
        sent = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        return f"Cookie: {sent}\r\n" if sent else ""

    def keep(self, answer: Answer) -> Answer:
        for line in answer.headers("set-cookie"):
            name, _, value = line.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """Where a provider's endpoints are, and how a person gets through its pages."""

    keys: str
    push: str
    authorize: str
    token: str
    introspect: str
    userinfo: str
    action: re.Pattern[bytes]  # of the form to send; its last group names the step
    answers: Mapping[str, Mapping[str, str | tuple[str, ...]]]
    resource: Mapping[str, str]  # what a machine asks for, beside the scope


# the person lets the agency know what it asks for, so that there is something to tell: as the peer tells it
AGREED: Mapping[str, str | tuple[str, ...]] = {"answer": "agree", "claim": ("name", "birthdate", "gender")}

GATEWAY = Provider(
    keys="/oauth/jwks",
    push="/oauth/par",
    authorize="/oauth/authorize",
    token="/oauth/token",
    introspect="/oauth/introspect",
    userinfo="/oauth/userinfo",
    action=re.compile(rb'action="(/[^"]*/sign-in/[^"/]+/(region|link|bind|claims))"'),
    answers={"region": {"region": "MO"}, "link": {}, "bind": {"answer": "agree"}, "claims": AGREED},
    resource={},
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scripts:
    """Operations of one agency at one provider."""

    host: str
    agency: Agency
    at: Provider = GATEWAY

    def discovery(self) -> Script:
        for path in ("/.well-known/openid-configuration", self.at.keys):
            answer = yield request("GET", path, host=self.host)
            answer.expect(200)

    def client_credentials(self) -> Script:
        yield from self._tokens(grant_type="client_credentials", scope="documents:read", **self.at.resource)

    def introspection(self, token: str) -> Script:
        body = self.agency.form(token=token)
        answer = yield request("POST", self.at.introspect, host=self.host, headers=FORM, body=body)
        if json.loads(answer.expect(200).body)["active"] is not True:
            raise Unexpected("an inactive token")

    def a_token(self, keep: Callable[[str], None]) -> Script:
        """A client_credentials token, handed over."""
        told = yield from self._tokens(grant_type="client_credentials", scope="documents:read")
        keep(str(told["access_token"]))

    def sign_in(self, browser: Browser, *, push: bool, ask: bool) -> Script:
        """From the agency's request to the person's claims. `push`: RFC 9126; `ask`: the consent page every time."""
        secret, challenge = verifier()
        wanted = {
            "response_type": "code",
            "redirect_uri": CALLBACK,
            "scope": "openid profile",
            "code_challenge": challenge,
            "code_challenge_method": "S256",
            "nonce": secrets.token_urlsafe(16),
            "state": "s",
            **({"prompt": "consent"} if ask else {}),
        }
        query = urlencode({**wanted, "client_id": self.agency.client})
        if push:
            headers = FORM + self.agency.proof("POST", self.at.push)
            body = self.agency.form(**wanted)
            answer = yield request("POST", self.at.push, host=self.host, headers=headers, body=body)
            reference = json.loads(answer.expect(201).body)["request_uri"]
            query = urlencode({"client_id": self.agency.client, "request_uri": reference})
        code = yield from self._walk(browser, f"{self.at.authorize}?{query}")
        tokens = yield from self._tokens(
            grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=secret
        )
        token = str(tokens["access_token"])
        scheme = "DPoP" if self.agency.bound else "Bearer"
        headers = f"Authorization: {scheme} {token}\r\n{self.agency.proof('GET', self.at.userinfo, token)}"
        answer = yield request("GET", self.at.userinfo, host=self.host, headers=headers)
        if not {"sub", "name", "birthdate", "gender"} <= json.loads(answer.expect(200).body).keys():
            raise Unexpected("a person of whom nothing is told")

    def _tokens(self, **values: str) -> Generator[bytes, Answer, dict[str, object]]:
        headers = FORM + self.agency.proof("POST", self.at.token)
        body = self.agency.form(**values)
        answer = yield request("POST", self.at.token, host=self.host, headers=headers, body=body)
        told: dict[str, object] = json.loads(answer.expect(200).body)
        return told

    def _walk(self, browser: Browser, path: str) -> Step:
        """Follow redirects and press what each page offers, until the browser is sent to the agency with a code."""
        for _ in range(LONGEST_WAY):
            asked = request("GET", path, host=self.host, headers=browser.headers())
            answer = browser.keep((yield asked))
            while answer.status == 503 and (pause := answer.header("refresh")):
                again = Later(asked)  # what a browser does with such a page by itself
                again.after = float(pause)
                answer = browser.keep((yield again))
            if answer.status == 200:
                answer = browser.keep((yield self._press(browser, answer)))
            location = answer.expect(303).header("location") or ""
            if location.startswith(CALLBACK):
                found = parse_qs(urlsplit(location).query)
                if "code" not in found:
                    raise Unexpected(location)
                return found["code"][0]
            path = _back(location, browser.person)
        raise Unexpected("a way without an end")

    def _press(self, browser: Browser, page: Answer) -> bytes:
        action = self.at.action.search(page.body)
        if action is None:
            raise Unexpected(f"a page without a step: {page.body[:2000].decode('utf-8', 'replace')}")
        hidden = {name.decode(): value.decode() for name, value in HIDDEN.findall(page.body)}
        body = urlencode({**hidden, **self.at.answers[action[2].decode()]}, doseq=True).encode()
        headers = f"{FORM}Origin: http://{self.host}\r\n{browser.headers()}"
        return request("POST", action[1].decode(), host=self.host, headers=headers, body=body)


def _back(location: str, person: int) -> str:
    """The way back from a region, or the gateway's own next page."""
    parts = urlsplit(location)
    if parts.hostname == "127.0.0.1":
        return return_address(location, person)
    if parts.hostname is None or not parts.hostname.endswith(".example"):
        return parts.path + (f"?{parts.query}" if parts.query else "")
    region = parts.hostname.removesuffix(".example").upper()
    return f"/regions/{region}/callback?{parts.query}&person={person}"
