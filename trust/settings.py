"""What trust needs to be told."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True, kw_only=True)
class TrustSettings:
    """Sealing and verifying. Empty addresses mean the sandbox's own authorities in sandbox mode."""

    seal_territory: str = "CN-44"  # whose seal key is used where an agency has none of its own
    timestamp_urls: tuple[str, ...] = ()  # RFC 3161, tried in order
    timestamp_policy: str = ""  # the policy OID that each of them must stamp under; empty: its own
    anchors_file: str = ""  # PEM certificates trusted besides the lists
    largest_document: int = 64 * 1024 * 1024  # bytes
    readers: int = 2  # processes that parse foreign PDFs
    surveyors: int = 1  # processes that read PDFs to be sealed
    reading_limit: timedelta = timedelta(seconds=60)
