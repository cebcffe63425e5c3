"""The gateway's registration at each simulator: made at random on the first start, kept in the data directory.

Both sides read the same file, so the gateway and the sandbox agree from the first request on.
"""

import json
import os
import secrets
import uuid
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from deploy.sandbox.people import ID_CARD_TYPES
from gateway.frozen import Frozen, Hidden
from gateway.settings import (
    FaceCheckSettings,
    GuangdongSettings,
    HongKongSettings,
    MacauSettings,
    RegionSettings,
)

FILE = "registrations.json"
FACE_SERVICE = "Sandbox Face Comparison"
CONFIRM_ACR = "urn:mo:sandbox:password-otp"
ACRS = {
    "urn:mo:sandbox:password": "password",
    CONFIRM_ACR: "password_otp",
    "urn:mo:sandbox:electronic-identity": "electronic_identity",
}
# our name → the sandbox provider's claim
CLAIMS = {
    "mo_bir": "bir_number",
    "hmt_permit": "mainland_permit_number",
    "hmt_permit_non_cn": "mainland_permit_non_chinese_number",
    "birth_date": "birthdate",
    "sex": "gender",
    "latin_name": "name",
    "chinese_name": "name_zh",
    "chinese_name_verified": "name_zh_verified",
}


class Secrets(Frozen):
    """What the file holds: identifiers, shared secrets, and the private keys of both sides."""

    hongkong_client: str
    hongkong_secret: Hidden[str]
    hongkong_encipherment_key: Hidden[str]  # the gateway's
    macau_client: str
    macau_client_key: Hidden[str]  # the gateway's
    macau_provider_key: Hidden[str]  # the simulator's
    guangdong_client: str
    guangdong_secret: Hidden[str]
    check_client: str
    check_client_key: Hidden[str]  # the gateway's
    check_service_key: Hidden[str]  # the simulator's
    pairwise_salt: Hidden[str]  # the simulators', for subjects that no other service can join


def secrets_in(data_dir: Path) -> Secrets:
    """The registrations of this data directory. Two processes starting at once end with the same ones."""
    path = data_dir / "sandbox" / FILE
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        draft = path.with_name(f"{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
        draft.touch(mode=0o600)
        draft.write_text(json.dumps(_fresh(), indent=1), encoding="utf-8")
        try:
            path.hardlink_to(draft)
        except FileExistsError:
            pass  # the other process was first, and its secrets are as good
        finally:
            draft.unlink()
    return Secrets(**json.loads(path.read_text(encoding="utf-8")))


def registrations(data_dir: Path, gateway_url: str, sandbox_url: str) -> RegionSettings:
    """The settings that connect a gateway at `gateway_url` to the simulators at `sandbox_url`."""
    held = secrets_in(data_dir)
    return RegionSettings(
        hongkong=HongKongSettings(
            api_base=f"{sandbox_url}/hk/api/v1",
            client_id=held.hongkong_client,
            client_secret=held.hongkong_secret,
            encipherment_key=held.hongkong_encipherment_key,
            redirect_uri=f"{gateway_url}/regions/HK/callback",
        ),
        macau=MacauSettings(
            issuer=f"{sandbox_url}/mo",
            client_id=held.macau_client,
            signing_key=held.macau_client_key,
            redirect_uri=f"{gateway_url}/regions/MO/callback",
            claims=dict(CLAIMS),
            methods=dict(ACRS),
            confirm_acr=CONFIRM_ACR,
        ),
        guangdong=GuangdongSettings(
            base=f"{sandbox_url}/gd/tif/sso/connect/page/oauth2",
            client_id=held.guangdong_client,
            client_secret=held.guangdong_secret,
            redirect_uri=f"{gateway_url}/regions/CN-44/callback",
            document_types={code: type_.value for code, type_ in ID_CARD_TYPES.items()},
        ),
        face_check=FaceCheckSettings(
            service=FACE_SERVICE,
            issuer=f"{sandbox_url}/check",
            check_url=f"{sandbox_url}/check/start",
            keys_url=f"{sandbox_url}/check/jwks",
            client_id=held.check_client,
            signing_key=held.check_client_key,
            redirect_uri=f"{gateway_url}/regions/check/callback",
        ),
    )


def _fresh() -> dict[str, str]:
    return {
        "hongkong_client": uuid.uuid4().hex,
        "hongkong_secret": secrets.token_urlsafe(32),
        "hongkong_encipherment_key": _pem(rsa.generate_private_key(public_exponent=65537, key_size=2048)),
        "macau_client": f"gateway-{secrets.token_hex(4)}",
        "macau_client_key": _pem(ec.generate_private_key(ec.SECP256R1())),
        "macau_provider_key": _pem(ec.generate_private_key(ec.SECP256R1())),
        "guangdong_client": f"gateway{secrets.token_hex(4)}",
        "guangdong_secret": secrets.token_urlsafe(32),
        "check_client": f"gateway-{secrets.token_hex(4)}",
        "check_client_key": _pem(ec.generate_private_key(ec.SECP256R1())),
        "check_service_key": _pem(ec.generate_private_key(ec.SECP256R1())),
        "pairwise_salt": secrets.token_hex(32),
    }


def _pem(key: rsa.RSAPrivateKey | ec.EllipticCurvePrivateKey) -> str:
    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode("ascii")
