"""Reading foreign documents, contained; and asking how certificates stand."""

from typing import Protocol

from trust.validation.facts import FileFacts


class DocumentReader(Protocol):
    """Reads a file into facts. Never raises: a crash, a timeout and a flood of memory are facts too."""

    def read(self, data: bytes) -> FileFacts:
        """The facts about these bytes."""
        ...


class StatusSource(Protocol):
    """Asks how certificates stand now."""

    def answers(self, pairs: tuple[tuple[bytes, bytes], ...]) -> tuple[tuple[bytes, ...], tuple[bytes, ...]]:
        """OCSP answers and CRLs about (certificate, issuer) pairs, as far as they could be had."""
        ...
