"""How a page is not given."""


class PageRefused(Exception):
    """The reason as a slug, and the status that goes with it."""

    def __init__(self, reason: str, *, status: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
