"""Makes what guomi verifies: SM2 keys and signatures by OpenSSL, structures around them by asn1crypto.

None of our own verifying code is used here, so that the two sides prove each other.
"""

import shutil
import subprocess
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from asn1crypto import keys

DEFAULT_ID = "1234567812345678"


@cache
def openssl() -> str:
    """The openssl program, if it knows SM2; otherwise the test is skipped."""
    program = shutil.which("openssl")
    if program is None:
        pytest.skip("there is no openssl program here to sign with")
    known = subprocess.run([program, "list", "-public-key-algorithms"], capture_output=True, text=True, check=False)
    if "sm2" not in known.stdout.lower():
        pytest.skip("the openssl program here was built without SM2")
    return program


def run(*arguments: str | Path) -> bytes:
    """What openssl answers; its complaint if it fails."""
    done = subprocess.run([openssl(), *map(str, arguments)], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout


class Signer:
    """A private key that only openssl sees."""

    def __init__(self, *algorithm: str) -> None:
        self._folder = TemporaryDirectory()
        self._key = Path(self._folder.name) / "key.pem"
        run("genpkey", *(algorithm or ("-algorithm", "SM2")), "-out", self._key)
        public = run("pkey", "-in", self._key, "-pubout", "-outform", "DER")
        self.spki = keys.PublicKeyInfo.load(public)

    @property
    def point(self) -> bytes:
        """The public key as an uncompressed point."""
        encoded = self.spki["public_key"].native
        assert isinstance(encoded, bytes)
        return encoded

    def sign(self, message: bytes, identity: str = DEFAULT_ID, digest: str = "sm3") -> bytes:
        """A signature value over the message."""
        text = Path(self._folder.name) / "message"
        text.write_bytes(message)
        options = ["-pkeyopt", f"distid:{identity}"] if digest == "sm3" else []
        return run("pkeyutl", "-sign", "-rawin", "-digest", digest, *options, "-inkey", self._key, "-in", text)
