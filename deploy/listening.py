"""Whether somebody listens on a port of this machine."""

import socket

EVERYWHERE = ("0.0.0.0", "::")  # noqa: S104 - compared with, not bound to


def is_open(host: str, port: int) -> bool:
    """True when a connection is accepted within half a second."""
    with socket.socket() as probe:
        probe.settimeout(0.5)
        return probe.connect_ex(("127.0.0.1" if host in EVERYWHERE else host, port)) == 0
