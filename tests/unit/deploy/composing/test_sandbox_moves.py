"""The sandbox's authorities are found after PORT= has moved them, and nobody else is."""

from collections.abc import Mapping

import pytest

from deploy.composing.sealing import InProcessReply, to_the_present_port

PRESENT = "http://localhost:9001"


def _asked(url: str) -> str:
    """Where a request for this address ends up."""
    seen: list[str] = []

    def out(method: str, url: str, *, headers: Mapping[str, str] | None = None, body: bytes = b"") -> InProcessReply:
        seen.append(url)
        return InProcessReply(status=200, headers=headers or {}, body=body)

    to_the_present_port(out, PRESENT)("POST", url, headers={"A": "b"}, body=b"asked")
    (address,) = seen
    return address


def test_a_certificate_that_names_the_port_of_its_first_day_is_still_asked_about() -> None:
    assert _asked("http://localhost:8001/pki/CN-44/ocsp") == f"{PRESENT}/pki/CN-44/ocsp"


@pytest.mark.parametrize(
    "address", ["http://localhost:8001/agency/pki/", "https://ocsp.example/pki/CN-44/ocsp", f"{PRESENT}/pki/HK/tsa"]
)
def test_other_addresses_stay_as_they_are(address: str) -> None:
    assert _asked(address) == address
