"""Where documents lie: a folder in the data directory, or the bucket that the settings name."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from deploy.settings import ObjectStorageSettings, Settings
from trust.storage.blobs import Folder, Place

if TYPE_CHECKING:
    from deploy.object_storage import Bucket

UNFINISHED_LIVES = timedelta(days=1)  # no file takes as long to be written


def documents_place(settings: Settings) -> Place:
    """The place of these settings."""
    return open_bucket(settings.object_storage) or Folder(settings.data_dir / "blobs")


def clear_unfinished(settings: Settings, *, at: datetime) -> int:
    """Remove what a crash left of files that are not done within a day; how many. A bucket takes whole objects only."""
    place = documents_place(settings)
    return place.clear_unfinished(before=at - UNFINISHED_LIVES) if isinstance(place, Folder) else 0


def open_bucket(storage: ObjectStorageSettings) -> "Bucket | None":
    """The bucket, where one is named; a gateway without one does not carry its library in memory."""
    if not storage.bucket:
        return None
    from deploy.object_storage import Bucket  # noqa: PLC0415

    return Bucket(storage)
