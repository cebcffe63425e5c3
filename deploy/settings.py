"""All settings: one TOML file, then the environment, checked as a whole before anything starts.

`GBA_CONFIG` names the file. `GBA_SERVER__PORT=8080` overrides `[server] port`; two underscores are one dot. A variable
that ends in `__FILE` for a secret names a file to read it from. `PORT` alone stands for `GBA_SERVER__PORT`, so that
`make run PORT=9000` reads well. This is the only reader of the environment.
"""

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from msgspec import field

from deploy.reading import SettingsRefused, read_section
from deploy.showing import in_force
from gateway.frozen import Frozen, Hidden
from gateway.identity.transfer_ground import Ground
from gateway.settings import OidcSettings, RegionSettings, ResidentSettings
from trust.settings import KEY_FILE, TrustSettings

CHECKOUT = Path(__file__).resolve().parent.parent
PREFIX = "GBA_"
LANGUAGES = ("zh-Hant", "zh-Hans", "en", "pt")
LOOPBACK = ("localhost", "127.0.0.1", "::1")
WIDEST = {4: 8, 6: 7}  # 10.0.0.0/8 and fc00::/7 are networks of somebody; 0.0.0.0/0 is everybody
SANDBOX_OFFSET = 1  # the sandbox listens one port above the gateway


class ServerSettings(Frozen):
    """Where the gateway listens. `public_url` is the issuer: what people and agencies see."""

    host: str = "127.0.0.1"
    port: int = 8000
    public_url: str = ""  # empty: http://localhost:<port>
    workers: int = 1
    # Requests of one worker that may wait for somebody else at a time, each on a thread. Three quarters of them may be
    # with the regions' platforms at a time, half with one: a slow platform stops nobody else.
    threads: int = 64
    trusted_proxies: tuple[str, ...] = ()  # addresses or networks that a proxy's words are believed from
    log_level: Literal["debug", "info", "warning", "error"] = "info"


class DatabaseSettings(Frozen):
    url: str = ""  # empty: SQLite in the data directory
    pool_size: int = 8
    # PostgreSQL: consents, grants, sessions and audit entries are on its disk before anybody is answered. So is, with
    # this, what is lost with the last half second before its machine crashes and costs nobody more than a new sign-in:
    # sign-ins under way, pushed requests, limits, and which assertions were used already.
    always_wait_for_disk: bool = False
    # PostgreSQL is on this machine, or answers as quickly: then what is short is answered where requests are read, as
    # over SQLite, and waits for it there. A sixth less processor for each sign-in; but while PostgreSQL waits for its
    # disk a worker waits with it, so let there be two workers for each processor, and leave it where that is slow.
    near: bool = False


class ObjectStorageSettings(Frozen):
    """Where documents lie: a bucket of any S3 API. Without a bucket: a folder in the data directory."""

    bucket: str = ""
    prefix: str = ""
    endpoint: str = ""  # empty: the provider's own for the region
    region: str = "us-east-1"
    access_key: str = ""  # empty: what the machine's role gives
    secret_key: Hidden[str] = ""


class KeySettings(Frozen):
    """Keys lie in one encrypted file; the master key stands elsewhere."""

    file: Path | None = None  # empty: in the data directory
    master_file: Path | None = None  # 32 bytes or more; in the sandbox it is made on first start


class EgressSettings(Frozen):
    """The only way out."""

    timeout: timedelta = timedelta(seconds=10)
    largest_answer: int = 2_000_000  # bytes
    connections: int = 32
    also_allowed: tuple[str, ...] = ()  # origins beyond those that other sections name
    authorities_file: Path | None = None  # PEM: a private TLS authority of a government's network, besides the public


class OperatorSettings(Frozen):
    """Who runs this gateway: told in every notice, in each language (zh-Hant, zh-Hans, en, pt)."""

    name: Mapping[str, str] = field(default_factory=dict)
    phone: str = ""  # one that answers calls from Hong Kong and Macau too


class PurposeSettings(Frozen):
    """A purpose for which an agency may ask for a biometric check: it needs an impact assessment and a necessity."""

    code: str
    notice: str
    agencies: frozenset[str]
    impact_assessment: str
    necessity: Mapping[str, str]
    parameters: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    service_item: str = ""


class TransferSettings(Frozen):
    """A ground on which claims may cross a border (PIPL Art. 38, 39; Law 8/2005 of Macau, Art. 19, 20)."""

    source: str
    destination: str
    ground: Ground
    reference: str  # filing number, article, or the notice that asks
    claims: frozenset[str]
    valid_until: datetime | None = None


class Settings(Frozen):
    """Everything the product needs to be told."""

    mode: Literal["sandbox", "production"] = "sandbox"
    data_dir: Path = CHECKOUT / "var"
    server: ServerSettings = field(default_factory=ServerSettings)
    database: DatabaseSettings = field(default_factory=DatabaseSettings)
    object_storage: ObjectStorageSettings = field(default_factory=ObjectStorageSettings)
    keys: KeySettings = field(default_factory=KeySettings)
    egress: EgressSettings = field(default_factory=EgressSettings)
    oidc: OidcSettings = field(default_factory=OidcSettings)
    residents: ResidentSettings = field(default_factory=ResidentSettings)
    regions: RegionSettings = field(default_factory=RegionSettings)  # in the sandbox: its simulators

    trust: TrustSettings = field(default_factory=TrustSettings)
    operator: OperatorSettings = field(default_factory=OperatorSettings)  # in the sandbox: an invented one
    check_purposes: tuple[PurposeSettings, ...] = ()
    transfers: tuple[TransferSettings, ...] = ()

    @property
    def sandbox(self) -> bool:
        """Whether the outside world is simulated beside the gateway."""
        return self.mode == "sandbox"

    @property
    def public_url(self) -> str:
        """The issuer, without a slash at its end."""
        return self.server.public_url.rstrip("/") or f"http://localhost:{self.server.port}"

    @property
    def sandbox_url(self) -> str:
        """Where the sandbox answers."""
        return f"http://localhost:{self.server.port + SANDBOX_OFFSET}"

    @property
    def database_url(self) -> str:
        """SQLAlchemy's URL of the database."""
        return self.database.url or f"sqlite:///{self.data_dir / 'gateway.db'}"


def load(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of this process. Raises SettingsRefused with every problem."""
    given = os.environ if environment is None else environment
    problems: list[str] = []
    values = _from_file(given.get(f"{PREFIX}CONFIG"), problems)
    _merge(values, _from_environment(given, problems))
    settings = read_section(Settings, values, "", problems)
    if settings is None or problems:
        raise SettingsRefused(problems)
    problems = objections(settings)
    if problems:
        raise SettingsRefused(problems)
    return settings


def objections(settings: Settings) -> list[str]:
    """What keeps these settings from starting, by key."""
    found = []
    if not 1 <= settings.server.port <= 65535 - SANDBOX_OFFSET:
        found.append("server.port: expected 1 to 65534")
    if settings.server.workers < 1 or settings.server.threads < 1:
        found.append("server.workers, server.threads: expected at least 1")
    counts = {
        "database.pool_size": settings.database.pool_size,
        "egress.connections": settings.egress.connections,
        "egress.largest_answer": settings.egress.largest_answer,
        "trust.largest_document": settings.trust.largest_document,
        "trust.readers": settings.trust.readers,
        "trust.surveyors": settings.trust.surveyors,
    }
    found += [f"{key}: expected at least 1" for key, count in counts.items() if count < 1]
    if not settings.egress.timeout or not settings.trust.reading_limit:
        found.append("egress.timeout, trust.reading_limit: expected more than 0")
    if not all(is_network(address) for address in settings.server.trusted_proxies):
        found.append("server.trusted_proxies: expected addresses or networks, such as 10.0.0.5 or fd00::/64")
    if settings.oidc.mutual_tls.enabled and not settings.server.trusted_proxies:
        found.append("oidc.mutual_tls: needs server.trusted_proxies, whose word on certificates is believed")
    if not _is_origin(settings.public_url):
        found.append("server.public_url: expected scheme://host[:port] in lower case and nothing more")
    if not settings.sandbox:
        found += _objections_in_production(settings)
    return found


def _objections_in_production(settings: Settings) -> list[str]:
    found = []
    if urlsplit(settings.public_url).scheme != "https":
        found.append("server.public_url: production needs https")
    if settings.keys.master_file is None:
        found.append("keys.master_file: production needs a master key of its own, kept outside the data directory")
    elif settings.data_dir.resolve() in settings.keys.master_file.resolve().parents:
        found.append("keys.master_file: lies in the data directory, beside what it protects")
    addresses = dict(in_force(settings))
    for one in settings.trust.seal_services:
        addresses |= {f"trust.seal_services.{one.name}.{key}": value for key, value in in_force(one)}
    plain = [key for key, value in addresses.items() if value.lower().startswith('"http://')]
    plain = [key for key in plain if key != "server.public_url"]
    if urlsplit(settings.object_storage.endpoint).hostname in LOOPBACK:
        plain = [
            key for key in plain if key != "object_storage.endpoint"
        ]  # a proxy of the storage on this very machine
    found += [f"{key}: production needs https" for key in plain]
    found += _objections_to_seals(settings.trust)
    if not settings.operator.phone or not all(settings.operator.name.get(code) for code in LANGUAGES):
        found.append(f"operator: production needs a phone, and a name in {', '.join(LANGUAGES)}")
    if settings.regions.guangdong is None or not (settings.regions.hongkong or settings.regions.macau):
        found.append("regions: production needs guangdong, and hongkong or macau")
    return found


def _objections_to_seals(trust: TrustSettings) -> list[str]:
    found = []
    named = [token.name for token in trust.seal_tokens] + [service.name for service in trust.seal_services]
    if len({*named, KEY_FILE}) <= len(named):
        found.append(f"trust.seal_tokens, trust.seal_services: each needs a name of its own, and none is `{KEY_FILE}`")
    if trust.seal_key and trust.seal_key not in named:
        found.append("trust.seal_key: names neither a token nor a service; see `gba keys seals`")
    if not trust.timestamp_urls:
        found.append("trust.timestamp_urls: production needs a timestamp authority (RFC 3161)")
    return found


def is_network(text: str) -> bool:
    """Whether this is an IP address or a network of them; one that holds nearly everybody is no network of a proxy."""
    try:
        found = ip_network(text, strict=False)
    except ValueError:
        return False
    return found.prefixlen >= WIDEST[found.version]


def _is_origin(url: str) -> bool:
    """As browsers and agencies write it, letter for letter (RFC 6454 §6.2)."""
    try:
        parts = urlsplit(url)
        whole = parts.hostname and (parts.port is None or parts.port > 0)
    except ValueError:
        return False
    plain = parts.username is None and url == f"{parts.scheme}://{parts.netloc}".lower()
    return bool(whole) and plain and parts.scheme in ("http", "https")


def process_environment() -> dict[str, str]:
    """A copy of the environment, for processes that this one starts."""
    return dict(os.environ)


def _from_file(name: str | None, problems: list[str]) -> dict[str, Any]:
    if not name:
        return {}
    import tomllib  # noqa: PLC0415 - only where there is a file

    try:
        return tomllib.loads(Path(name).read_text("utf-8"))
    except OSError as problem:
        problems.append(f"{PREFIX}CONFIG: cannot read {name}: {problem.strerror}")
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        problems.append(f"{PREFIX}CONFIG: {name} is not TOML: {problem}")
    return {}


def _from_environment(given: Mapping[str, str], problems: list[str]) -> dict[str, Any]:
    values: dict[str, Any] = {"server": {"port": given["PORT"]}} if given.get("PORT") else {}
    for name, text in sorted(given.items()):
        if not name.startswith(PREFIX) or name.startswith(f"{PREFIX}TEST_") or name == f"{PREFIX}CONFIG":
            continue
        path = name.removeprefix(PREFIX).lower().split("__")
        if path[-1] == "file" and len(path) > 2:
            path, text = path[:-1], _from_secret_file(name, text, problems)  # noqa: PLW2901 - the file's text stands in
        place = values
        for part in path[:-1]:
            if not isinstance(place.setdefault(part, {}), dict):
                problems.append(f"{name}: {part} is given as a value, too")
                break
            place = place[part]
        else:
            place[path[-1]] = text
    return values


def _from_secret_file(name: str, path: str, problems: list[str]) -> str:
    try:
        if found := Path(path).read_text("utf-8").strip():
            return found
        problems.append(f"{name}: {path} is empty")
    except (OSError, UnicodeDecodeError):
        problems.append(f"{name}: cannot read {path}")
    return ""


def _merge(into: dict[str, Any], more: Mapping[str, Any]) -> None:
    for name, value in more.items():
        if isinstance(value, Mapping) and isinstance(into.get(name), dict):
            _merge(into[name], value)
        else:
            into[name] = value
