"""What the flows of trust need from the world, as protocols."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Tells the moment."""

    def __call__(self) -> datetime:
        """Now, in UTC."""
        ...
