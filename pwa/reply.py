"""What goes back to a browser: a value, whatever carries it."""

from gateway.frozen import Frozen, Hidden

HTML = "text/html; charset=utf-8"
JSON = "application/json"


class Reply(Frozen):
    status: int = 200
    kind: str = HTML  # its Content-Type
    body: Hidden[bytes] = b""
    headers: Hidden[tuple[tuple[str, str], ...]] = ()

    @property
    def is_page(self) -> bool:
        return self.kind.startswith("text/html")


def leave(url: str) -> Reply:
    """See other (303): what follows a form is a GET. `url` comes from a flow, never from the browser."""
    return Reply(status=303, headers=(("Location", url),))
