"""Where the notices' texts come from."""

from typing import Protocol

from gateway.identity.notice import Notice


class Notices(Protocol):
    def current(self, notice: str) -> Notice:
        """The newest version of this notice, in all its languages. Raises NoticeBroken."""
        ...

    def version(self, notice: str, version: str) -> Notice:
        """A particular version; kept as long as consents refer to it. Raises NoticeBroken."""
        ...
