"""Publish a territory's trust list: number it, date it, sign it, and read it back before anybody may rely on it."""

from datetime import datetime, timedelta

from msgspec.structs import replace

from trust.anchors.source import Source
from trust.anchors.trust_list import TrustList
from trust.errors import TrustListRefused
from trust.frozen import Frozen, Hidden
from trust.ports.sealing import SigningDevice
from trust.ports.trust_lists import ListReader, ListWriter

LIFE = timedelta(days=180)  # TS 119 612 §5.3.15: at most six months
RENEW_BEFORE = timedelta(days=60)
SLACK = timedelta(minutes=10)  # machines' clocks differ a little


class Published(Frozen):
    """An issue of a list."""

    listed: TrustList
    content: Hidden[bytes]


class PublishTrustList(Frozen):
    """Publishes where something changed, or where the last issue is about to run out."""

    reader: ListReader
    writer: ListWriter

    def __call__(
        self,
        source: Source,
        device: SigningDevice,
        *,
        at: datetime,
        last: TrustList | None = None,
        life: timedelta = LIFE,
    ) -> Published | None:
        """The next issue; None where the last one still says the same and will for a while."""
        if last is not None and _says_the_same(source, last, at):
            return None
        issued_at = at.replace(microsecond=0)
        wanted = TrustList(
            territory=source.territory,
            sequence=last.sequence + 1 if last is not None else 1,
            issued_at=issued_at,
            next_update=issued_at + life,
            scheme=source.scheme,
            providers=source.providers,
        )
        content = self.writer.write(wanted, device)
        found = self.reader.read(content, device.chain[:1])
        if replace(found, digest="") != wanted:
            raise TrustListRefused("list_reads_otherwise")
        return Published(listed=found, content=content)


def _says_the_same(source: Source, last: TrustList, at: datetime) -> bool:
    begun = last.issued_at <= at + SLACK  # an issue of a clock that was ahead would outlast every other
    lasts = last.next_update is not None and at < last.next_update - RENEW_BEFORE
    return begun and lasts and (last.scheme, last.providers) == (source.scheme, source.providers)
