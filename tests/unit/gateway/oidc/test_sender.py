"""Places are shared out by where a request really comes from: a proxy's word counts if it is ours, a network is one."""

import pytest

from gateway.oidc.sender import source

PROXIES = ("127.0.0.1", "fd00::/64")


@pytest.mark.parametrize(
    ("remote", "forwarded", "found"),
    [
        ("198.51.100.1", None, "198.51.100.1"),
        ("198.51.100.1", "203.0.113.9", "198.51.100.1"),  # anybody can write a header
        ("127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "192.0.2.1, 203.0.113.9", "203.0.113.9"),  # what the proxy was sent stands before its own word
        ("fd00::5", "203.0.113.9", "203.0.113.9"),
        ("::ffff:127.0.0.1", "203.0.113.9", "203.0.113.9"),
        ("127.0.0.1", "no address", "127.0.0.1"),
        ("127.0.0.1", None, "127.0.0.1"),
        ("2001:db8:1:2::3", None, "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::9", None, "2001:db8:1:2::/64"),
        ("127.0.0.1", "2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", None, ""),
    ],
)
def test_a_source_is_an_address_or_a_network(remote: str, forwarded: str | None, found: str) -> None:
    assert source(remote, forwarded, PROXIES) == found
