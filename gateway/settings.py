"""The gateway's settings: each section is frozen, typed, and checks itself when made.

Hosts, identifiers and secrets have no default: in the sandbox `deploy` supplies them, elsewhere the operator does. What
is not publicly known of a region's platform is a setting here and never a guess in its connector.
"""

import re
from collections.abc import Mapping
from datetime import timedelta
from typing import Literal

from msgspec import field

from gateway.frozen import Frozen, Hidden

RsaPadding = Literal["oaep-sha256", "oaep-sha1", "pkcs1v15"]

LEAST_SECRET = 32  # characters
ACR = re.compile(r"urn:gba:acr:[1-4]")
HEADER_NAME = re.compile(r"[A-Za-z0-9-]{1,64}")
BASE_URL = re.compile(r"https://[A-Za-z0-9.:\[\]-]+")

LONGEST_CODE_LIFE = timedelta(minutes=1)  # FAPI 2.0 Security Profile §5.3.2.1
LONGEST_REQUEST_LIFE = timedelta(minutes=10)  # the same: request_uri below 600 seconds


class MutualTlsSettings(Frozen):
    """Tokens bound to client certificates (RFC 8705), behind a proxy of server.trusted_proxies that ends TLS.

    The proxy asks clients for a certificate, takes away both headers wherever they come from outside (also when it has
    nothing to write there itself, also spelt with underscores), and writes them.
    """

    # What the proxy proves itself with, in a header of its own. Empty: no certificate is believed, from anybody.
    proxy_secret: Hidden[str] = ""
    proxy_secret_header: str = "gba-proxy-secret"  # noqa: S105 - a name, not a secret
    certificate_header: str = "client-cert"
    # rfc9440: base64 of the DER between colons; pem: URL-encoded PEM, as nginx writes $ssl_client_escaped_cert
    certificate_form: Literal["rfc9440", "pem"] = "rfc9440"
    url: str = ""  # where the proxy asks for certificates, if not at the issuer's own address (RFC 8705 §5)

    @property
    def enabled(self) -> bool:
        return bool(self.proxy_secret)

    def __post_init__(self) -> None:
        if self.proxy_secret and len(self.proxy_secret) < LEAST_SECRET:
            raise ValueError(f"proxy_secret: expected {LEAST_SECRET} characters or more")
        names = (self.proxy_secret_header, self.certificate_header)
        if not all(HEADER_NAME.fullmatch(name) for name in names) or names[0].lower() == names[1].lower():
            raise ValueError("proxy_secret_header, certificate_header: expected two names of headers")
        if self.url and not BASE_URL.fullmatch(self.url):
            raise ValueError("url: expected https://host[:port] and nothing more")


class StepUpSettings(Frozen):
    """How a person must have signed in for a token to serve with a scope (RFC 9470).

    A scope of machines (documents:issue) that stands here may be asked for in a sign-in, and then serves for nobody
    who acts without one.
    """

    scope: Literal["openid", "documents:issue"]  # openid: userinfo
    acr: str = ""  # the least level: urn:gba:acr:1 to urn:gba:acr:4
    max_age: timedelta | None = None  # since the sign-in

    def __post_init__(self) -> None:
        if self.acr and not ACR.fullmatch(self.acr):
            raise ValueError("acr: expected urn:gba:acr:1 to urn:gba:acr:4")
        if not self.acr and self.max_age is None:
            raise ValueError("acr, max_age: expected one of them")
        if self.max_age is not None and self.max_age < timedelta(seconds=1):
            raise ValueError("max_age: expected 1s or more")


class OidcSettings(Frozen):
    """How long the provider's things live. The issuer is the server's public URL."""

    code_lifetime: timedelta = timedelta(seconds=60)
    request_lifetime: timedelta = timedelta(seconds=120)  # of a pushed request, until the browser brings it
    access_token_lifetime: timedelta = timedelta(minutes=10)
    id_token_lifetime: timedelta = timedelta(minutes=10)
    refresh_lifetime: timedelta = timedelta(days=90)  # how long an agency may come back without the person
    require_dpop_nonce: bool = False  # proofs must carry a nonce of ours: no proof can be made long before its use
    dpop_nonce_lifetime: timedelta = timedelta(minutes=2)
    client_requests_per_minute: int = (
        60_000  # of one client at all endpoints, unless it is enrolled with another number
    )
    key_set_cache: timedelta = timedelta(minutes=10)  # how long others may keep our key set; keys are published before
    client_recheck: timedelta = timedelta(seconds=1)  # a disabled client is out after this at the latest
    device_code_lifetime: timedelta = timedelta(minutes=10)  # until a person has signed in for a kiosk (RFC 8628)
    device_poll_interval: timedelta = timedelta(seconds=5)  # the least between two questions of one device
    mutual_tls: MutualTlsSettings = field(default_factory=MutualTlsSettings)
    step_up: tuple[StepUpSettings, ...] = ()  # [[oidc.step_up]]: scope, acr, max_age

    def __post_init__(self) -> None:
        if not timedelta(0) < self.code_lifetime <= LONGEST_CODE_LIFE:
            raise ValueError("code_lifetime: expected more than 0 and at most 60s")
        if not timedelta(seconds=5) <= self.request_lifetime < LONGEST_REQUEST_LIFE:
            raise ValueError("request_lifetime: expected 5s to 599s")
        # a grant must outlive the code it came from: as long as it is kept, the code cannot be redeemed again
        if self.access_token_lifetime < LONGEST_CODE_LIFE or self.id_token_lifetime <= timedelta(0):
            raise ValueError("access_token_lifetime: expected 60s or more; id_token_lifetime: more than 0")
        scopes = [one.scope for one in self.step_up]
        if len(set(scopes)) != len(scopes):
            raise ValueError("step_up: expected each scope once")
        if self.client_requests_per_minute < 1:
            raise ValueError("client_requests_per_minute: expected 1 or more")
        if not timedelta(minutes=1) <= self.device_code_lifetime <= timedelta(minutes=30):
            raise ValueError("device_code_lifetime: expected 1m to 30m")
        if not timedelta(seconds=1) <= self.device_poll_interval <= timedelta(minutes=1):
            raise ValueError("device_poll_interval: expected 1s to 1m")
        if not timedelta(seconds=10) <= self.dpop_nonce_lifetime <= timedelta(hours=1):
            raise ValueError("dpop_nonce_lifetime: expected 10s to 1h")
        if not self.access_token_lifetime <= self.refresh_lifetime <= timedelta(days=365):
            raise ValueError("refresh_lifetime: expected at least access_token_lifetime, at most 365d")


class HongKongSettings(Frozen):
    """iAM Smart.

    signing: pdf, where the platform makes the signed message, or hash, where we make it round the platform's signature.
    """

    api_base: str  # https://<host>/api/v1
    client_id: str
    client_secret: Hidden[str]
    encipherment_key: Hidden[str]  # PEM: the private half of the KEK
    redirect_uri: str  # registered: where the browser comes back
    issuer: str = "urn:hk:iamsmart"  # names the platform in our records; its openID is pairwise for this client
    rsa_padding: RsaPadding = "oaep-sha256"  # one value, settled in the platform's test; never probed
    get_key_body: Literal["empty_object", "values"] = "empty_object"  # two readings of the platform exist
    scope: str = "eidapi_auth eidapi_profiles"
    profile_path: str = "/account/auth/profile/initiateRequest"
    step_up_path: str = "/account/stepup/initiateRequest"
    signing_scope: str = "eidapi_sign"
    signing: Literal["pdf", "hash"] = "pdf"
    signing_algorithm: str = "SHA256withRSA"  # as hash signing calls it
    sign_code_input: Literal["raw", "base64"] = "raw"  # what the four digits are made from; settled in the test
    clock_window: timedelta = timedelta(minutes=5)  # how old or early a signed callback may be
    poll_after: timedelta = timedelta(seconds=2)


class MacauSettings(Frozen):
    """One Account as a standard OpenID provider (its real protocol is not public).

    profile: openid, or fapi2 (requests pushed, tokens bound by DPoP, every response names its issuer).
    client_authentication: private_key_jwt with signing_key, or client_secret_basic with client_secret.
    """

    issuer: str
    client_id: str
    redirect_uri: str
    # fapi2: requests are pushed, tokens bound to a key of ours (DPoP), and every response must name its issuer
    profile: Literal["openid", "fapi2"] = "openid"
    client_authentication: Literal["private_key_jwt", "client_secret_basic"] = "private_key_jwt"
    # for private_key_jwt: PEM, P-256; registered there under its thumbprint as `kid` (RFC 7638)
    signing_key: Hidden[str] = ""
    client_secret: Hidden[str] = ""  # for client_secret_basic
    # what we call it → what they call it; documents by our type names
    claims: Mapping[str, str]
    # their acr → the method that identity.assurance grades
    methods: Mapping[str, str]
    confirm_acr: str  # the acr that a confirmation with a one-time password asks for
    scope: str = "openid profile identity"
    acr_values: str = ""  # what a sign-in asks for, where the platform names its acr only to those who ask
    # of their ID tokens: ES256, PS256, EdDSA; RS256 only where the platform signs with nothing better
    algorithms: frozenset[str] = frozenset({"ES256", "PS256", "EdDSA"})
    leeway: timedelta = timedelta(seconds=30)
    keys_live: timedelta = timedelta(minutes=10)
    keys_refetch_after: timedelta = timedelta(seconds=30)  # least time between two refetches for an unknown key

    def __post_init__(self) -> None:
        if not self.algorithms or not self.algorithms <= {"ES256", "PS256", "EdDSA", "RS256"}:
            raise ValueError("algorithms: expected some of ES256, PS256, EdDSA, RS256")
        if self.client_authentication == "private_key_jwt" and not self.signing_key:
            raise ValueError("signing_key: private_key_jwt needs it")
        if self.client_authentication == "client_secret_basic" and not self.client_secret:
            raise ValueError("client_secret: client_secret_basic needs it")
        if self.profile == "fapi2" and self.client_authentication != "private_key_jwt":
            raise ValueError("client_authentication: fapi2 takes private_key_jwt")  # FAPI 2.0 §5.3.3.1
        if self.profile == "fapi2" and "RS256" in self.algorithms:
            raise ValueError("algorithms: fapi2 takes no RS256")  # FAPI 2.0 §5.4.1


class GuangdongSettings(Frozen):
    """The province's unified identity platform."""

    base: str  # https://<host>/tif/sso/connect/page/oauth2
    client_id: str
    client_secret: Hidden[str]
    redirect_uri: str
    document_types: Mapping[str, str]  # their idcardtype → our document type; a code that is not here is refused
    issuer: str = "urn:cn-44:tyrz"
    state_travels_in: Literal["parameter", "redirect_uri"] = "parameter"  # whether the platform echoes `state`
    birth_date_property: str = "birthday"  # where an account that holds a permit says it
    levels: tuple[str, ...] = ("L0", "L1", "L2", "L3")  # lowest first; a level that is not here is refused
    verified_from: str = "L1"  # from this level on somebody checked the record


class FaceCheckSettings(Frozen):
    """The configured service that compares a face with the photo of a document."""

    service: str  # shown to the person and kept with the result: who compares
    issuer: str
    check_url: str
    keys_url: str
    client_id: str
    signing_key: Hidden[str]  # PEM, P-256: signs our requests
    redirect_uri: str
    request_lives: timedelta = timedelta(minutes=5)
    leeway: timedelta = timedelta(seconds=30)
    keys_live: timedelta = timedelta(minutes=10)
    keys_refetch_after: timedelta = timedelta(seconds=30)


class RegionSettings(Frozen):
    """All regions and the face check. A region that is None is not offered."""

    hongkong: HongKongSettings | None = None
    macau: MacauSettings | None = None
    guangdong: GuangdongSettings | None = None
    face_check: FaceCheckSettings | None = None


class ResidentSettings(Frozen):
    """How long what residents do is kept, and how they are let in."""

    sign_in_lifetime: timedelta = timedelta(minutes=30)
    sign_in_memory: timedelta = timedelta(hours=24)  # an expired sign-in can be started over with the agency's request
    session_idle: timedelta = timedelta(minutes=15)
    session_lifetime: timedelta = timedelta(hours=8)
    # That this browser was here, so that fewer attributes are asked for: pages say ninety days.
    session_memory: timedelta = timedelta(days=90)
    claims_consent_lifetime: timedelta = timedelta(days=365)
    # How long consent records are kept after they ended: pages say three years (PIPL Art. 56 asks for no less).
    consent_memory: timedelta = timedelta(days=1096)
    review_lifetime: timedelta = timedelta(days=30)
    # What `verified_claims` name as the trust framework, by region (HK, MO, CN-44). No register knows one for these
    # platforms, so without a setting it is a name of our own, urn:gba:trust-framework:<region>; an empty one takes
    # away that anything is told as verified on that region's word.
    trust_frameworks: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if not timedelta(minutes=5) <= self.sign_in_lifetime <= timedelta(hours=2):
            raise ValueError("sign_in_lifetime: expected 5m to 2h")
        if not timedelta(0) < self.session_idle <= self.session_lifetime <= timedelta(hours=12):
            raise ValueError("session_idle, session_lifetime: expected idle within lifetime, lifetime at most 12h")
        if not self.session_lifetime <= self.session_memory <= timedelta(days=90):
            raise ValueError("session_memory: expected at least session_lifetime, at most 90d")
        if not timedelta(days=1) <= self.review_lifetime <= timedelta(days=90):
            raise ValueError("review_lifetime: expected 1d to 90d")
        if not timedelta(days=1096) <= self.consent_memory <= timedelta(days=3660):
            raise ValueError("consent_memory: expected 1096d to 3660d")
        if not self.trust_frameworks.keys() <= {"HK", "MO", "CN-44"}:
            raise ValueError("trust_frameworks: expected HK, MO or CN-44")
