"""What stands in deploy/production works: settings, proxy, services; PostgreSQL, a bucket and TLS by configuration."""

import base64
import datetime as dt
import json
import os
import pwd
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from joserfc.jwk import ECKey

from deploy.journey.stack import free_port
from deploy.listening import is_open
from deploy.reading import SettingsRefused
from deploy.sandbox.agency.client_assertion import parameters
from deploy.settings import load
from tests.fixtures.postgres import Server

PRODUCTION = Path(__file__).resolve().parents[2] / "deploy" / "production"
START_SECONDS = 180
NAMES = ("localhost", "mtls.localhost")
PROXY_SECRET = "what-the-proxy-proves-itself-with-0123456789"
REGISTRY = {
    "id": "registry",
    "agency": "registry",
    "region": "CN-44",
    "names": {"zh-Hant": "登記處", "zh-Hans": "登记处", "en": "Registry", "pt": "Registo"},
    "redirect_uris": [],
    "scopes": ["documents:issue"],
    "grant_types": ["client_credentials"],
    "require_mtls": True,
    "require_dpop": False,
}


@dataclass(frozen=True)
class Place:
    """A machine of production, in a folder: TLS, master key, settings."""

    folder: Path
    port: int
    behind: int

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def environment(self, **more: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if not name.startswith("GBA_") and name != "PORT"}
        return kept | {
            "GBA_CONFIG": str(self.folder / "gateway.toml"),
            "GBA_DATA_DIR": str(self.folder / "data"),
            "GBA_KEYS__MASTER_FILE": str(self.folder / "master.key"),
            "GBA_SERVER__PUBLIC_URL": self.url,
            "GBA_SERVER__PORT": str(self.behind),
            "GBA_REGIONS__HONGKONG__CLIENT_SECRET__FILE": str(self.folder / "secret"),
            "GBA_REGIONS__HONGKONG__ENCIPHERMENT_KEY__FILE": str(self.folder / "rsa.pem"),
            "GBA_REGIONS__GUANGDONG__CLIENT_SECRET__FILE": str(self.folder / "secret"),
            "GBA_OIDC__MUTUAL_TLS__URL": f"https://mtls.localhost:{self.port}",
            "GBA_OIDC__MUTUAL_TLS__CERTIFICATE_FORM": "pem",
            "GBA_OIDC__MUTUAL_TLS__PROXY_SECRET": PROXY_SECRET,
            **more,
        }

    def gba(self, *words: str, **more: str) -> str:
        """What a command says; it must end well."""
        done = subprocess.run(
            [sys.executable, "-m", "deploy.cli", *words],
            env=self.environment(**more),
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@pytest.fixture
def place(tmp_path: Path) -> Place:
    made = Place(folder=tmp_path, port=free_port(), behind=free_port())
    _certificate(tmp_path, "tls", "localhost")
    _certificate(tmp_path, "seal", "Provincial Agency")
    rsa = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, check=True).stdout
    (tmp_path / "rsa.pem").write_bytes(rsa)
    (tmp_path / "secret").write_text("secret of the operator")
    (tmp_path / "master.key").write_bytes(os.urandom(32))
    text = (PRODUCTION / "gateway.toml").read_text("utf-8")
    (tmp_path / "gateway.toml").write_text(re.sub(r"<([^<>]+)>", r"\1", text), "utf-8")
    return made


@pytest.fixture
def proxy(place: Place, nginx: Path) -> Iterator[str]:
    """The address of a real nginx with the file as it stands, but for names, ports and paths."""
    folder = place.folder
    text = (PRODUCTION / "nginx.conf").read_text("utf-8").replace("<gateway.example>", "localhost")
    for standing, ours in (
        ("listen 443", f"listen 127.0.0.1:{place.port}"),
        ("    listen [::]:443 ssl http2;\n", ""),
        ("listen 80", f"listen 127.0.0.1:{free_port()}"),
        ("/etc/gba/nginx-secret.conf", str(folder / "nginx-secret.conf")),
        ("    listen [::]:80;\n", ""),
        ("server 127.0.0.1:8000", f"server 127.0.0.1:{place.behind}"),
        ("/etc/gba/tls/fullchain.pem", str(folder / "tls.pem")),
        ("/etc/gba/tls/key.pem", str(folder / "tls.key")),
        ("/var/log/nginx/gba.log", str(folder / "access.log")),
        ("/var/log/nginx/gba-error.log", str(folder / "gba-error.log")),
    ):
        assert standing in text
        text = text.replace(standing, ours)
    (folder / "nginx-secret.conf").write_text(f'proxy_set_header Gba-Proxy-Secret "{PROXY_SECRET}";\n')
    whole = f"daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\nevents {{}}\nhttp {{\n{text}\n}}\n"
    (folder / "nginx.conf").write_text(whole, "utf-8")
    checked = subprocess.run([nginx, "-t", "-c", folder / "nginx.conf"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    running = subprocess.Popen([nginx, "-c", folder / "nginx.conf"], stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while not is_open("127.0.0.1", place.port):
        assert running.poll() is None
        assert time.monotonic() < until
        time.sleep(0.05)
    yield place.url
    running.terminate()
    running.wait(timeout=60)


def test_the_settings_hold_as_they_stand_once_the_secrets_are_given(place: Place) -> None:
    settings = load(place.environment())
    assert not settings.sandbox
    assert settings.server.workers > 1
    assert settings.object_storage.bucket


def test_a_bucket_over_plain_http_is_refused_unless_it_is_on_this_machine(place: Place) -> None:
    with pytest.raises(SettingsRefused) as refused:
        load(place.environment(GBA_OBJECT_STORAGE__ENDPOINT="http://s3.example"))
    assert refused.value.problems == ["object_storage.endpoint: production needs https"]
    assert load(place.environment(GBA_OBJECT_STORAGE__ENDPOINT="http://localhost:9000")).object_storage.bucket


def test_while_the_gateway_is_away_the_proxy_writes_no_code_of_a_person_anywhere(place: Place, proxy: str) -> None:
    trusted = ssl.create_default_context(cafile=str(place.folder / "tls.pem"))
    with httpx.Client(base_url=proxy, verify=trusted, trust_env=False) as far:
        assert far.get("/regions/HK/callback?code=secret-of-a-person").status_code == 502
    logs = [file.read_text() for file in place.folder.glob("*.log")]
    assert len(logs) > 1
    assert "secret-of-a-person" not in "".join(logs)


def test_a_command_by_hand_has_the_settings_and_secrets_of_the_services(tmp_path: Path) -> None:
    (tmp_path / "environment").write_text("GBA_DATABASE__URL__FILE=/etc/gba/secrets/database\n")
    text = (PRODUCTION / "gba").read_text("utf-8")
    for standing, ours in (
        ("= gba ]", f"= {pwd.getpwuid(os.getuid()).pw_name} ]"),
        ("/etc/gba/", f"{tmp_path}/"),
        ("/opt/gba/.venv/bin/gba", "/usr/bin/env"),
    ):
        assert standing in text
        text = text.replace(standing, ours)
    given = {"PATH": os.environ["PATH"]}
    told = subprocess.run(["/bin/sh", "-c", text, "gba"], capture_output=True, text=True, check=True, env=given).stdout
    assert f"GBA_CONFIG={tmp_path}/gateway.toml\n" in told
    assert "GBA_DATABASE__URL__FILE=/etc/gba/secrets/database\n" in told


def test_the_services_are_what_systemd_takes(tmp_path: Path) -> None:
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("systemd-analyze is not here; without it there is no check of the services")
    for name in ("gba-gateway.service", "gba-worker.service"):
        text = (PRODUCTION / name).read_text("utf-8").replace("/opt/gba/.venv/bin/gba", "/bin/true")
        (tmp_path / name).write_text(text, "utf-8")
        got = subprocess.run([verify, "verify", tmp_path / name], capture_output=True, text=True, check=False)
        assert name not in got.stderr, got.stderr


def test_the_image_copies_what_the_checkout_has() -> None:
    copied = re.findall(r"^COPY (?!--from)(.+) \S+$", (PRODUCTION / "Containerfile").read_text("utf-8"), re.MULTILINE)
    assert copied
    for name in " ".join(copied).split():
        assert (PRODUCTION.parents[1] / name).exists(), name


@pytest.mark.postgres
def test_production_runs_on_postgresql_a_bucket_and_many_workers_by_configuration_alone(
    place: Place,
    proxy: str,
    postgres_server: Server,
    object_storage: str,
) -> None:
    postgres_server.run("CREATE DATABASE production")
    settled = {
        "GBA_DATABASE__URL": postgres_server.url("production"),
        "GBA_OBJECT_STORAGE__BUCKET": "records",
        "GBA_OBJECT_STORAGE__PREFIX": place.folder.name,
        "GBA_OBJECT_STORAGE__ENDPOINT": object_storage,
        "GBA_OBJECT_STORAGE__ACCESS_KEY": "operator",
        "GBA_OBJECT_STORAGE__SECRET_KEY": "of the test",
    }
    place.gba("database", "upgrade", **settled)
    place.gba("keys", "create", **settled)
    place.gba("keys", "admit-seal", str(place.folder / "seal.key"), str(place.folder / "seal.pem"),
              "--territory", "CN-44", **settled)  # fmt: skip
    key = ECKey.generate_key("P-256", {"kid": "one", "alg": "ES256", "use": "sig"}, auto_kid=False)
    client = {**REGISTRY, "jwks": {"keys": [key.as_dict(private=False)]}}
    (place.folder / "client.json").write_text(json.dumps(client), "utf-8")
    place.gba("clients", "add", str(place.folder / "client.json"), **settled)
    log = (place.folder / "serve.log").open("wb")
    serving = subprocess.Popen(
        [sys.executable, "-m", "deploy.cli", "serve", "--only-gateway"],
        env=place.environment(**settled),
        stdout=log,
        stderr=log,
    )
    try:
        trusted = ssl.create_default_context(cafile=str(place.folder / "tls.pem"))
        with httpx.Client(base_url=proxy, verify=trusted, trust_env=False) as far:
            ready = _once_it_answers(far, serving, place.folder / "serve.log")
            assert ready["parts"] == {"database": "ok", "keys": "ok", "documents": "ok"}
            found = far.get("/.well-known/openid-configuration").json()
            assert found["issuer"] == place.url
            page = far.get("/en/")
            assert page.status_code == 200
            assert "max-age" in page.headers["strict-transport-security"]
            cookies = page.headers.get_list("set-cookie")
            assert all(each.startswith("__Host-") and "Secure" in each for each in cookies)
            assert far.get("/en/help?code=secret-of-a-person").status_code == 200
        _a_token_is_bound_to_the_certificate_that_was_shown(place, key)
        assert "secret-of-a-person" not in (place.folder / "access.log").read_text()
    finally:
        serving.terminate()
        serving.wait(timeout=60)
        log.close()


def _a_token_is_bound_to_the_certificate_that_was_shown(place: Place, key: ECKey) -> None:
    own = place.folder / "tls.pem"
    trusted = ssl.create_default_context(cafile=str(own))
    trusted.load_cert_chain(place.folder / "seal.pem", place.folder / "seal.key")
    shown = x509.load_pem_x509_certificate((place.folder / "seal.pem").read_bytes())
    name = {"sni_hostname": "mtls.localhost"}
    form = {"grant_type": "client_credentials", "scope": "documents:issue"}
    now = dt.datetime.now(dt.UTC)
    with httpx.Client(verify=trusted, trust_env=False, headers={"Host": "mtls.localhost"}) as far:
        proof = parameters(client="registry", issuer=place.url, key=key, jti="one", at=now)
        url = f"https://localhost:{place.port}/oauth/token"
        answer = far.post(url, data={**form, **proof}, extensions=name)
        assert answer.status_code == 200, answer.text
        told = json.loads(base64.urlsafe_b64decode(answer.json()["access_token"].split(".")[1] + "=="))
        thumbprint = base64.urlsafe_b64encode(shown.fingerprint(hashes.SHA256())).rstrip(b"=").decode()
        assert told["cnf"] == {"x5t#S256": thumbprint}
        # at the other name nobody is asked for a certificate, and what a stranger writes there counts for nothing
        proof = parameters(client="registry", issuer=place.url, key=key, jti="two", at=now)
        claimed = {"Client-Cert": quote((place.folder / "seal.pem").read_text()), "Gba-Proxy-Secret": PROXY_SECRET}
        with httpx.Client(verify=trusted, trust_env=False, headers=claimed) as stranger:
            refused = stranger.post(url, data={**form, **proof})
        assert refused.status_code == 400


def _once_it_answers(far: httpx.Client, serving: "subprocess.Popen[bytes]", log: Path) -> dict[str, dict[str, str]]:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and serving.poll() is None:
        answer = far.get("/readyz")
        if answer.headers.get("content-type") == "application/json":
            whole: dict[str, dict[str, str]] = json.loads(answer.content)
            return whole
        time.sleep(0.2)
    pytest.fail(log.read_text("utf-8"))


def _certificate(folder: Path, name: str, who: str) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, who)])
    now = dt.datetime.now(dt.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=30))
        .add_extension(
            x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.DNSName("mtls.localhost")]), critical=False
        )
        .add_extension(x509.BasicConstraints(ca=name == "tls", path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / f"{name}.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / f"{name}.key").write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
