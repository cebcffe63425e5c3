"""Documents in a bucket: any storage that speaks the S3 API, named by settings alone.

The one way out beside deploy/egress.py: an object storage has its own signatures, retries and connections, which a
kept library knows better than we would. What goes there is already sealed by the vault; names are digests.
"""

from datetime import timedelta
from typing import TYPE_CHECKING

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from deploy.settings import ObjectStorageSettings
from trust.errors import BlobsUnavailable

if TYPE_CHECKING:
    from obstore.store import ClientConfig, S3Config

TIMEOUT = timedelta(seconds=30)
UNREACHABLE = "object_storage_unreachable"


class Bucket:
    """A Place (trust/storage/blobs.py) in an object storage."""

    def __init__(self, settings: ObjectStorageSettings) -> None:
        known: S3Config = {"region": settings.region}
        if settings.endpoint:
            known["endpoint"] = settings.endpoint
        if settings.access_key:
            known["access_key_id"] = settings.access_key
            known["secret_access_key"] = settings.secret_key
        client: ClientConfig = {"timeout": TIMEOUT}
        if settings.endpoint.startswith("http://"):  # a sandbox; production settings refuse it
            client["allow_http"] = True
        self._store = S3Store(
            settings.bucket,
            prefix=settings.prefix,
            config=known,
            client_options=client,
            retry_config={"max_retries": 3, "retry_timeout": TIMEOUT},
        )

    def answers(self) -> bool:
        """Whether the bucket is there and lets us in."""
        try:
            next(iter(self._store.list(chunk_size=1)), None)
        except (BaseError, FileNotFoundError):
            return False
        return True

    def holds(self, name: str) -> bool:
        """Whether the object is there."""
        try:
            self._store.head(name)
        except FileNotFoundError:
            return False
        except BaseError:
            raise BlobsUnavailable(UNREACHABLE) from None  # its own words may hold addresses
        return True

    def write(self, name: str, content: bytes) -> None:
        """One conditional PUT: who comes second finds the same bytes' digest and changes nothing."""
        try:
            # not multipart: only a single PUT is all or nothing and knows If-None-Match
            self._store.put(name, content, mode="create", use_multipart=False)
        except AlreadyExistsError:
            return
        except (BaseError, FileNotFoundError):  # the latter: there is no such bucket
            raise BlobsUnavailable(UNREACHABLE) from None  # its own words may hold addresses

    def read(self, name: str) -> bytes | None:
        """The object's bytes."""
        try:
            return bytes(self._store.get(name).bytes())
        except FileNotFoundError:
            return None
        except BaseError:
            raise BlobsUnavailable(UNREACHABLE) from None  # its own words may hold addresses

    def remove(self, name: str) -> None:
        """The object is gone; twice is once."""
        try:
            self._store.delete(name)
        except FileNotFoundError:
            return
        except BaseError:
            raise BlobsUnavailable(UNREACHABLE) from None  # its own words may hold addresses
