"""What goes back to a browser: a value, whatever carries it."""

from dataclasses import dataclass, field

HTML = "text/html; charset=utf-8"
JSON = "application/json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    status: int = 200
    kind: str = HTML  # its Content-Type
    body: bytes = field(default=b"", repr=False)
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    @property
    def is_page(self) -> bool:
        return self.kind.startswith("text/html")


def leave(url: str) -> Reply:
    """See other (303): what follows a form is a GET. `url` comes from a flow, never from the browser."""
    return Reply(status=303, headers=(("Location", url),))
