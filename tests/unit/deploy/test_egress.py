"""The only way out keeps its list and its silence about what failed."""

from datetime import timedelta

import pytest

from deploy.egress import Egress, origin
from gateway.ports.egress import EgressFailed


@pytest.mark.parametrize(
    "url",
    ["http://elsewhere.example/", "https://outside.example/", "http://outside.example:81/", "http://127.0.0.1/"],
)
def test_another_host_scheme_or_port_is_refused(url: str) -> None:
    egress = Egress(allowed=["http://outside.example/path"], timeout=timedelta(seconds=2), largest=5000, connections=2)
    with pytest.raises(EgressFailed) as failed:
        egress("GET", url)
    assert failed.value.reason == "host_not_allowed"


@pytest.mark.parametrize("url", ["https://outside.example:99999/", "https://outside.example:x/", "https://[outside/"])
def test_an_address_that_is_none_is_no_more_than_a_call_without_an_answer(url: str) -> None:
    egress = Egress(allowed=[], timeout=timedelta(seconds=2), largest=5000, connections=2)
    with pytest.raises(EgressFailed) as failed:
        egress("GET", url)
    assert failed.value.reason == "no_answer"


def test_a_failure_does_not_tell_the_url() -> None:
    closed = Egress(allowed=["http://127.0.0.1:9"], timeout=timedelta(seconds=1), largest=10, connections=1)
    with pytest.raises(EgressFailed) as failed:
        closed("GET", "http://127.0.0.1:9/?client_secret=s")
    assert str(failed.value) == "no_answer"
    assert failed.value.__cause__ is None


def test_origins_are_compared_with_their_ports() -> None:
    assert origin("https://a.example/x") == origin("https://a.example:443")
    assert origin("https://a.example") != origin("http://a.example")
