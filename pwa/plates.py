"""Pages that many people are shown alike, kept as plates: what is each one's own stands open, and is filled in.

A plate is what the template makes of everything that the page says, printed once with marks in the open places. Only
values of plain letters are filled in: they look the same in a text, an attribute and an address.
"""

import re
import secrets
from collections.abc import Callable, Mapping

from gateway.flows.remembered import Remembered
from pwa.reply import Reply

PLAIN = re.compile(r"[A-Za-z0-9_-]+")
MOST = 256  # plates of some twelve kilobytes each

Print = Callable[[Mapping[str, str]], Reply]


class Plates:
    """`own` names the open places of a page; `print_page` makes the page from values for them."""

    def __init__(self, *own: str, most: int = MOST) -> None:
        # of chance, so that nothing that a page says can be taken for one
        self._marks = {name: f"{name}{secrets.token_hex(16)}" for name in own}
        self._kept: Remembered[object, tuple[Reply, bytes]] = Remembered(most)

    def page(self, said: object, own: Mapping[str, str], print_page: Print) -> Reply:
        """The page that says `said` (equal values, equal pages), with these values in its open places."""
        if not all(PLAIN.fullmatch(value) for value in own.values()):
            return print_page(own)
        plate = self._kept.get(said)
        if plate is None:
            plate = self._printed(print_page(self._marks))
            self._kept.put(said, plate)
        reply, printed = plate
        body = printed % {name.encode(): value.encode() for name, value in own.items()}
        return Reply(status=reply.status, kind=reply.kind, headers=reply.headers, body=body)

    def _printed(self, reply: Reply) -> tuple[Reply, bytes]:
        """The page with its open places, as Python fills them in."""
        printed = reply.body.replace(b"%", b"%%")
        for name, mark in self._marks.items():
            printed = printed.replace(mark.encode(), f"%({name})b".encode())
        return reply, printed
