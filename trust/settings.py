"""What trust needs to be told."""

from datetime import timedelta

from trust.frozen import Frozen, Hidden

KEY_FILE = "file"  # what the key file is called among the keys that make seals


class TokenSealKey(Frozen):
    """A seal key in a hardware token (PKCS#11)."""

    name: str  # for `seal_key` and `gba seal --key`
    module: str  # path of the maker's library, such as /usr/lib/softhsm/libsofthsm2.so
    token: str  # the token's label
    key: str  # the private key's label
    pin: Hidden[str] = ""
    pin_file: str = ""  # a file that holds the PIN
    chain_file: str = ""  # PEM, the seal's certificate first; empty: the certificate beside the key, if it stands alone


class RemoteSealKey(Frozen):
    """A seal key that a trust service keeps (Cloud Signature Consortium API v2, as of eSignTrust's eSignCloud)."""

    name: str
    service: str  # the base of the API, such as https://host/csc/v2
    client_id: str
    credential: str  # the credential's id there
    client_secret: Hidden[str] = ""
    client_secret_file: str = ""
    pin: Hidden[str] = ""
    pin_file: str = ""
    token_url: str = ""  # empty: oauth2/token below the base


class CloudSigning(Frozen):
    """A trust service with which persons sign, each with a key of their own (CSC API v2, as of eSignCloud).

    service: the base of the API, such as https://host/csc/v2. Empty addresses lie below it. Register
    {public_url}/signings/callback there, where people come back who release their key at the service itself.
    """

    service: str  # the base of the API, such as https://host/csc/v2
    client_id: str
    client_secret: Hidden[str] = ""
    client_secret_file: str = ""
    token_url: str = ""  # empty: oauth2/token below the base
    authorize_url: str = ""  # where people release their key at the service itself; empty: oauth2/authorize below


class TrustSettings(Frozen):
    """Sealing and verifying. Empty addresses mean the sandbox's own authorities in sandbox mode."""

    seal_territory: str = "CN-44"  # whose seal key is used where an agency has none of its own
    seal_key: str = ""  # which key makes seals: one of the two lists below by its name; empty: the key file
    seal_tokens: tuple[TokenSealKey, ...] = ()  # [[trust.seal_tokens]]
    seal_services: tuple[RemoteSealKey, ...] = ()  # [[trust.seal_services]]
    cloud_signing: CloudSigning | None = None  # [trust.cloud_signing]
    timestamp_urls: tuple[str, ...] = ()  # RFC 3161, tried in order
    timestamp_policy: str = ""  # the policy OID that each of them must stamp under; empty: its own
    anchors_file: str = ""  # PEM certificates trusted besides the lists
    largest_document: int = 64 * 1024 * 1024  # bytes
    readers: int = 2  # processes that parse foreign PDFs
    surveyors: int = 1  # processes that read PDFs to be sealed
    reading_limit: timedelta = timedelta(seconds=60)
    # Whether files with later revisions are drawn as signed, as they are and as rebuilt, and compared: some
    # milliseconds a page; needs the option `rendering` (pypdfium2)
    compare_rendering: bool = False
    keep_answers: bool = True  # what authorities answered, so that a report can be made again; they are never removed
    batch_files: int = 100  # files in one batch of an agency, to be sealed or verified
    batch_waiting: int = 1000  # files of one agency that may wait for their turn
    batch_kept: timedelta = timedelta(days=7)  # how long reports of a batch can be fetched
    # How long it is kept of whom a signature was asked, and for what, after the week in which they could sign: pages
    # say ninety days. How it ended, and what was signed, the agency can fetch afterwards too.
    signer_memory: timedelta = timedelta(days=90)

    def __post_init__(self) -> None:
        if not timedelta(days=1) <= self.signer_memory <= timedelta(days=90):
            raise ValueError("signer_memory: expected 1d to 90d")
