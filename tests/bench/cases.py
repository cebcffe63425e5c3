"""The cases of the bench: which scripts are run against which provider."""

import itertools
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from tests.bench import load
from tests.bench.agency import Agency
from tests.bench.load import Script
from tests.bench.measure import Case
from tests.bench.scripts import GATEWAY, Browser, Provider, Scripts
from tests.bench.sealing import Sealing
from tests.bench.server import Server

PEOPLE = 24  # residents who signed in before the measuring begins
CONNECTIONS = 8

GATEWAY_ALONE: Mapping[str, str] = {
    "sign-in": "sign-in, fresh browser: PAR, region, consent, code, token, userinfo",
    "sign-in-again": "sign-in, same browser: PAR, code, token, userinfo",
    "fapi-again": "the same with DPoP (FAPI 2.0)",
    "client-credentials": "token by client_credentials, private_key_jwt",
    "introspection": "introspection, private_key_jwt",
    "discovery": "discovery and key set",
}
SEALING: Mapping[str, str] = {
    "seal": "seal, B-LTA, 50 KB, visible with code",
    "seal-plain": "seal, B-LTA, 50 KB, P-256, invisible",
    "pyhanko-seal": "the same by pyHanko's plain calls",
    "seal-rsa": "seal, B-LTA, 50 KB, RSA-2048, invisible",
    "pyhanko-seal-rsa": "the same by pyHanko's plain calls",
    "verify": "verify, B-LTA, 50 KB",
}
BESIDE_THE_PEER: Mapping[str, str] = {
    "oidc": "sign-in, fresh browser, with consent",
    "oidc-again": "sign-in, existing session",
    "client-credentials": "client_credentials, private_key_jwt",
    "introspection": "introspection",
    "discovery": "discovery and key set",
    "fapi": "FAPI 2.0 (PAR, DPoP), fresh browser",
    "fapi-again": "FAPI 2.0 (PAR, DPoP), existing session",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """A running provider and the agencies registered there: `plain` (OpenID), `pushed` (PAR), `fapi` (PAR, DPoP)."""

    server: Server
    plain: Agency
    pushed: Agency
    fapi: Agency
    at: Provider = GATEWAY
    beside: tuple[int, ...] = ()  # the processes of its database, where that is a server

    def cases(self, words: Mapping[str, str], *, every: float = 0.0, connections: int = CONNECTIONS) -> list[Case]:
        """Those that are named in `words`. With `every` operations begin at that distance."""
        port = self.server.port

        def run(script: Callable[[], Script]) -> Callable[[float], load.Done]:
            most = connections * 4 if every else connections
            return lambda seconds: load.run(port, script, connections=most, seconds=seconds, every=every)

        return [
            Case(f"{self.server.name}:{name}", words[name], lambda: self.server.pid, run(script), self.beside)
            for name, script in self._scripts().items()
            if name in words
        ]

    def _scripts(self) -> dict[str, Callable[[], Script]]:
        plain, pushed, fapi = (
            Scripts(host=f"localhost:{self.server.port}", agency=agency, at=self.at)
            for agency in (self.plain, self.pushed, self.fapi)
        )
        known = [Browser(person) for person in range(1, PEOPLE + 1)]
        for scripts in (plain, pushed, fapi):
            self._each(scripts, known)
        tokens: list[str] = []
        load.run(self.server.port, lambda: pushed.a_token(tokens.append), connections=1, operations=1)
        people, signed_in = itertools.cycle(range(1, PEOPLE + 1)), itertools.cycle(known)
        return {
            "sign-in": lambda: pushed.sign_in(Browser(next(people)), push=True, ask=True),
            "sign-in-again": lambda: pushed.sign_in(next(signed_in), push=True, ask=False),
            "oidc": lambda: plain.sign_in(Browser(next(people)), push=False, ask=True),
            "oidc-again": lambda: plain.sign_in(next(signed_in), push=False, ask=False),
            "fapi": lambda: fapi.sign_in(Browser(next(people)), push=True, ask=True),
            "fapi-again": lambda: fapi.sign_in(next(signed_in), push=True, ask=False),
            "client-credentials": pushed.client_credentials,
            "introspection": lambda: pushed.introspection(tokens[0]),
            "discovery": pushed.discovery,
        }

    def _each(self, scripts: Scripts, known: list[Browser]) -> None:
        """Every one of them signs in once, so that binding, consent and session are there."""
        ready, push = iter(known), scripts.agency is not self.plain
        load.run(
            self.server.port,
            lambda: scripts.sign_in(next(ready), push=push, ask=False),
            connections=4,
            operations=len(known),
        )


def sealing_case(sealing: Sealing, verb: str) -> Case:
    def slice_of(seconds: float) -> load.Done:
        took = sealing.order(verb, seconds)
        return load.Done(seconds=sum(took), operations=took)

    return Case(f"sealing:{verb}", SEALING[verb], lambda: sealing.pid, slice_of)
