"""Documents lie in a folder or in a bucket, sealed, once, and are found again: the same contract for both."""

from pathlib import Path

import pytest

from deploy.object_storage import Bucket
from deploy.settings import ObjectStorageSettings
from tests.fakes.sealing_world import SealingWorld
from trust.custody.vault import Vault
from trust.documents.document import digest
from trust.errors import BlobsUnavailable, SealBroken
from trust.keys.key import Purpose
from trust.storage.blobs import Folder, Place, SealedBlobs
from trust.storage.drafts import SealedDrafts

DOCUMENT = b"%PDF-1.7 what an agency sent" * 100


def bucket(address: str, **other: str) -> Bucket:
    given = {"bucket": "records", "prefix": "gba", "access_key": "operator", "secret_key": "of the test", **other}
    return Bucket(ObjectStorageSettings(endpoint=address, **given))


@pytest.fixture(params=["folder", "bucket"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    if request.param == "folder":
        return Folder(tmp_path)
    return bucket(request.getfixturevalue("object_storage"), prefix=tmp_path.name)


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    world = SealingWorld.open(tmp_path / "keys")
    world.keys.generate(Purpose.DATA, "A256GCM", at=world.now)
    world.keys.generate(Purpose.INDEX, "HS256", at=world.now)
    return Vault(world.keys)


def test_what_is_kept_is_found_under_its_digest(place: Place, vault: Vault) -> None:
    blobs = SealedBlobs(place, vault)
    key = blobs.put(DOCUMENT)
    assert key == digest(DOCUMENT)
    assert blobs.get(key) == DOCUMENT


def test_what_lies_there_cannot_be_read_without_the_keys(place: Place, vault: Vault) -> None:
    key = SealedBlobs(place, vault).put(DOCUMENT)
    name = key.removeprefix("sha256:")
    kept = place.read(f"{name[:2]}/{name}")
    assert kept is not None
    assert b"PDF" not in kept


def test_the_same_bytes_are_kept_once_and_never_written_over(place: Place, vault: Vault) -> None:
    blobs = SealedBlobs(place, vault)
    key = blobs.put(DOCUMENT).removeprefix("sha256:")
    before = place.read(f"{key[:2]}/{key}")
    blobs.put(DOCUMENT)
    assert place.read(f"{key[:2]}/{key}") == before  # sealing anew would give other bytes


def test_a_draft_that_is_forgotten_is_gone_and_twice_is_once(place: Place, vault: Vault) -> None:
    drafts = SealedDrafts(place, vault)
    drafts.keep("one", DOCUMENT)
    assert drafts.get("one") == DOCUMENT
    for _ in range(2):
        drafts.forget("one")
    assert drafts.get("one") is None


def test_a_draft_takes_the_same_bytes_from_nobody(place: Place, vault: Vault) -> None:
    blobs, drafts = SealedBlobs(place, vault), SealedDrafts(place, vault)
    for signing in ("one", "other"):
        drafts.keep(signing, DOCUMENT)
    key = blobs.put(DOCUMENT)
    drafts.forget("one")
    assert blobs.get(key) == DOCUMENT
    assert drafts.get("other") == DOCUMENT


def test_a_draft_cannot_be_read_as_another_signings(tmp_path: Path, vault: Vault) -> None:
    """Who can write to the storage puts one document in another's place."""
    drafts = SealedDrafts(Folder(tmp_path / "drafts"), vault)
    drafts.keep("one", DOCUMENT)
    (lies,) = (path for path in (tmp_path / "drafts").rglob("*") if path.is_file())
    drafts.keep("other", DOCUMENT + b"2")
    (placed,) = (path for path in (tmp_path / "drafts").rglob("*") if path.is_file() and path != lies)
    placed.write_bytes(lies.read_bytes())
    with pytest.raises(SealBroken):
        drafts.get("other")


def test_what_is_not_there_is_said_to_be_missing(place: Place, vault: Vault) -> None:
    with pytest.raises(LookupError, match="blob_missing"):
        SealedBlobs(place, vault).get(digest(b"never kept"))


@pytest.mark.parametrize("key", ["", "sha256:", "sha256:../../etc/passwd", "md5:00", "sha256:" + "G" * 64])
def test_a_key_that_is_no_digest_reaches_nothing(place: Place, vault: Vault, key: str) -> None:
    with pytest.raises(LookupError, match="digest_malformed"):
        SealedBlobs(place, vault).get(key)


def test_who_writes_second_changes_nothing(object_storage: str) -> None:
    own = bucket(object_storage)
    own.write("aa/race", b"first")
    own.write("aa/race", b"second")
    assert own.read("aa/race") == b"first"


def test_a_storage_that_is_away_is_told_by_its_reason_alone(object_storage: str) -> None:
    away = bucket("http://127.0.0.1:9", bucket="elsewhere")
    missing = bucket(object_storage, bucket="no-such-bucket")
    for act in (
        lambda: away.read("aa/x"),
        lambda: away.holds("aa/x"),
        lambda: away.write("aa/x", b"x"),
        lambda: missing.write("aa/x", b"x"),
    ):
        with pytest.raises(BlobsUnavailable, match=r"^object_storage_unreachable$"):
            act()


def test_readiness_tells_a_bucket_that_answers_from_one_that_does_not(object_storage: str) -> None:
    assert bucket(object_storage).answers()
    assert not bucket(object_storage, bucket="no-such-bucket").answers()
    assert not bucket("http://127.0.0.1:9").answers()


def test_the_secret_is_not_in_what_is_printed() -> None:
    settings = ObjectStorageSettings(bucket="b", access_key="who", secret_key="not to be seen")
    assert "not to be seen" not in repr(settings)
