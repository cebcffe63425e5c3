"""Values that are made for one request and carried through it, some thirty in a sign-in.

They are structs and no dataclasses: a frozen dataclass sets each of its fields by a call of its own. That was a seventh
of all that Python did in a sign-in, and takes a third as long here.
"""

from typing import Any, Self

import msgspec


class Carried(msgspec.Struct, frozen=True, kw_only=True):
    """Printed, it tells its name alone: some of what is carried is about a person, or opens a door."""

    def changed(self, **changes: Any) -> Self:
        """The same but for what has changed."""
        return msgspec.structs.replace(self, **changes)

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"
