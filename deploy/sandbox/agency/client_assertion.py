"""How the agency proves itself to the gateway: private_key_jwt (RFC 7523 §2.2, FAPI 2.0 §5.3.3.1)."""

from datetime import datetime

from joserfc import jwt
from joserfc.jwk import ECKey

from deploy.sandbox.agency.keys import ALGORITHM

TYPE = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
_LIFETIME_SECONDS = 60


def parameters(*, client: str, issuer: str, key: ECKey, jti: str, at: datetime) -> dict[str, str]:
    """The form parameters that go along with every request; the audience is the issuer and nothing else."""
    now = int(at.timestamp())
    claims = {"iss": client, "sub": client, "aud": issuer, "jti": jti, "iat": now, "exp": now + _LIFETIME_SECONDS}
    assertion = jwt.encode({"alg": ALGORITHM, "kid": key.kid, "typ": "JWT"}, claims, key, algorithms=[ALGORITHM])
    return {"client_id": client, "client_assertion_type": TYPE, "client_assertion": assertion}
