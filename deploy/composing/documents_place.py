"""Where documents lie: a folder in the data directory, or the bucket that the settings name."""

from typing import TYPE_CHECKING

from deploy.settings import ObjectStorageSettings, Settings
from trust.storage.blobs import Folder, Place

if TYPE_CHECKING:
    from deploy.object_storage import Bucket


def documents_place(settings: Settings) -> Place:
    """The place of these settings."""
    return open_bucket(settings.object_storage) or Folder(settings.data_dir / "blobs")


def open_bucket(storage: ObjectStorageSettings) -> "Bucket | None":
    """The bucket, where one is named; a gateway without one does not carry its library in memory."""
    if not storage.bucket:
        return None
    from deploy.object_storage import Bucket  # noqa: PLC0415

    return Bucket(storage)
