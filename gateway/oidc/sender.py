"""Where a request comes from, as far as places are shared out by it: past our own proxies, and no finer than a network.

A proxy writes the address that it saw last in `X-Forwarded-For`; whatever stands before that anybody may have written.
Who has an address of version 6 has 2^64 of them (RFC 4291 §2.5.1), so the network is what counts.
"""

from collections.abc import Collection
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

NETWORK = 64  # bits of an IPv6 address that its holder does not choose

Address = IPv4Address | IPv6Address


def source(remote: str, forwarded: str | None, proxies: Collection[str]) -> str:
    """The sender's address or network. `remote` is the connection's other end, `proxies` whom we believe."""
    near = _address(remote)
    if near is None:
        return remote
    networks = [ip_network(proxy, strict=False) for proxy in proxies]
    if forwarded is not None and any(near in network for network in networks):
        near = _address(forwarded.rpartition(",")[2].strip(" \t")) or near
    return str(near) if isinstance(near, IPv4Address) else str(ip_network((near, NETWORK), strict=False))


def _address(text: str) -> Address | None:
    try:
        found = ip_address(text)
    except ValueError:
        return None
    return (found.ipv4_mapped or found) if isinstance(found, IPv6Address) else found
