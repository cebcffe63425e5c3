"""Proofs towards a server that asks for nonces (RFC 9449 §8), when several requests are on their way at once."""

import base64
import json
from collections.abc import Mapping

from gateway.ports.egress import Reply
from gateway.regions.proofs import Prover
from tests.fakes.outside import SetClock

URL = "https://op.example/token"


def nonce_in(headers: Mapping[str, str]) -> str | None:
    payload = headers["DPoP"].split(".")[1]
    told = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4))).get("nonce")
    assert told is None or isinstance(told, str)
    return told


def asks_for(nonce: str) -> Reply:
    return Reply(status=400, headers={"dpop-nonce": nonce}, body=b'{"error":"use_dpop_nonce"}')


DONE = Reply(status=200, headers={}, body=b"{}")


def test_who_was_overtaken_in_learning_a_nonce_repeats_as_well() -> None:
    prover, sent = Prover(clock=SetClock(), new_token=lambda: "t"), list[str | None]()

    def server(headers: Mapping[str, str]) -> Reply:
        sent.append(nonce_in(headers))
        if len(sent) == 1:  # while this one is on its way, another goes, is refused, and learns the nonce
            prover.send("POST", URL, server)
        return DONE if nonce_in(headers) == "n1" else asks_for("n1")

    assert prover.send("POST", URL, server) is DONE
    assert sent == [None, None, "n1", "n1"]


def test_a_nonce_that_is_asked_for_again_and_again_is_repeated_once() -> None:
    prover, sent = Prover(clock=SetClock(), new_token=lambda: "t"), list[str | None]()

    def server(headers: Mapping[str, str]) -> Reply:
        sent.append(nonce_in(headers))
        return asks_for(f"n{len(sent)}")

    assert prover.send("POST", URL, server).status == 400
    assert sent == [None, "n1"]
    prover.send("POST", URL, server)
    assert sent == [None, "n1", "n2", "n3"], "the newest nonce is the one that came last (RFC 9449 §8.2)"


def test_a_nonce_that_was_used_and_is_refused_is_not_tried_again() -> None:
    prover, sent = Prover(clock=SetClock(), new_token=lambda: "t"), list[str | None]()

    def server(headers: Mapping[str, str]) -> Reply:
        sent.append(nonce_in(headers))
        return asks_for("n1")

    prover.send("POST", URL, server)
    prover.send("POST", URL, server)
    assert sent == [None, "n1", "n1"]
