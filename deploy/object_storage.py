"""Documents in a bucket: any storage that speaks the S3 API, named by settings alone.

The one way out beside deploy/egress.py: an object storage has its own signatures, retries and connections, which a
kept library knows better than we would. What goes there is already sealed by the vault; names are digests.
"""

from datetime import timedelta

from obstore.exceptions import AlreadyExistsError, BaseError
from obstore.store import S3Store

from deploy.settings import ObjectStorageSettings
from trust.errors import BlobsUnavailable

TIMEOUT = timedelta(seconds=30)
UNREACHABLE = "object_storage_unreachable"


class Bucket:
    """A Place (trust/storage/blobs.py) in an object storage."""

    def __init__(self, settings: ObjectStorageSettings) -> None:
        self._store = S3Store(
            settings.bucket,
            prefix=settings.prefix or None,
            endpoint=settings.endpoint or None,
            region=settings.region,
            access_key_id=settings.access_key or None,
            secret_access_key=settings.secret_key or None,
            virtual_hosted_style_request=not settings.endpoint,
            client_options={"timeout": TIMEOUT, "allow_http": settings.endpoint.startswith("http://")},
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
