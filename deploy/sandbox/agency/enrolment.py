"""The agency as a client of the gateway: what an operator would register."""

from pathlib import Path

from deploy.sandbox.agency import keys, names
from deploy.sandbox.agency.documents import SCOPE, VERIFY
from deploy.sandbox.agency.services import CHECK, CHECK_PURPOSE
from deploy.sandbox.agency.sign_in import DEVICE_GRANT
from gateway.oidc.client import Client


def registration(folder: Path, base_url: str) -> Client:
    """The client value for the gateway's storage; makes the agency's key on first use.

    `base_url` is where the agency's pages lie, for instance http://localhost:8001/agency.
    """
    return Client(
        id=names.CLIENT_ID,
        agency=names.AGENCY,
        names=names.NAMES,
        region=names.REGION,
        redirect_uris=(f"{base_url}/callback", f"{base_url}/signed"),
        post_logout_redirect_uris=(f"{base_url}/",),
        jwks=keys.public_set(keys.load_or_create(folder)),
        scopes=frozenset({"openid", "profile", SCOPE, VERIFY}),
        grant_types=frozenset({"authorization_code", "client_credentials", DEVICE_GRANT}),
        detail_types=frozenset({CHECK}),
        require_dpop=True,
        check_purposes=frozenset({CHECK_PURPOSE}),
        purpose=names.PURPOSE,
    )
