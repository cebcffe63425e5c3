"""Reading foreign documents, contained; and asking how certificates stand."""

from collections.abc import Mapping
from typing import Protocol

from trust.validation.facts import FileFacts


class DocumentReader(Protocol):
    """Reads a file into facts. Never raises: a crash, a timeout and a flood of memory are facts too."""

    def read(self, data: bytes) -> FileFacts:
        """The facts about these bytes."""
        ...


class DetachedReader(Protocol):
    """Reads signatures that come without their document. Never raises either."""

    def read_detached(self, message: bytes, digests: Mapping[str, bytes]) -> FileFacts:
        """The facts about a signature over whatever has these digests, by the name of the algorithm."""
        ...


class StatusSource(Protocol):
    """Asks how certificates stand now."""

    def answers(self, pairs: tuple[tuple[bytes, bytes], ...]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """OCSP answers and CRLs about (certificate, issuer) pairs, as far as they could be had."""
        ...
