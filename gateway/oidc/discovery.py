"""What the provider says about itself (OIDC Discovery §3, RFC 8414 §2, and the RFCs that add members)."""

from gateway.identity.claim import VERIFICATION
from gateway.identity.further import WITHHELD
from gateway.oidc import assurance_metadata, device_code
from gateway.oidc.offer import Offer
from gateway.oidc.request_checks import RESPONSE_MODES

SIGNATURES = ["PS256", "ES256", "EdDSA"]
PROTOCOL_CLAIMS = ("sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid")


# What a client calls itself, and so could show a certificate at (RFC 8705 §5).
CALLED_BY_CLIENTS = (
    "pushed_authorization_request_endpoint",
    "token_endpoint",
    "userinfo_endpoint",
    "introspection_endpoint",
    "revocation_endpoint",
    "device_authorization_endpoint",
)


def metadata(offer: Offer, *, signing: list[str], grant_types: list[str]) -> dict[str, object]:
    """The document, the same for OpenID Connect and for OAuth."""
    base = offer.issuer
    document: dict[str, object] = {
        "issuer": base,
        "authorization_endpoint": f"{base}/oauth/authorize",
        "pushed_authorization_request_endpoint": f"{base}/oauth/par",
        "token_endpoint": f"{base}/oauth/token",
        "userinfo_endpoint": f"{base}/oauth/userinfo",
        "introspection_endpoint": f"{base}/oauth/introspect",
        "revocation_endpoint": f"{base}/oauth/revoke",
        "device_authorization_endpoint": f"{base}{device_code.PATH}",  # RFC 8628 §4
        "end_session_endpoint": f"{base}/oauth/logout",
        "backchannel_logout_supported": True,
        "backchannel_logout_session_supported": True,
        "jwks_uri": f"{base}/oauth/jwks",
        "registration_endpoint": f"{base}/oauth/register",  # RFC 7591, under an invitation of the operator's
        "response_types_supported": ["code"],
        "response_modes_supported": list(RESPONSE_MODES),
        "grant_types_supported": grant_types,
        "subject_types_supported": ["pairwise"],
        "scopes_supported": [*offer.scope_claims, *offer.machine_scopes],
        "claims_supported": sorted(
            {"sub", "iss", "aud", "exp", "iat", "auth_time", "acr", "amr", "sid", WITHHELD}
            | offer.claims - {VERIFICATION}
        ),
        "claims_parameter_supported": True,
        **assurance_metadata.metadata(offer.trust_frameworks),
        "claim_types_supported": ["normal"],
        "display_values_supported": ["page"],
        "acr_values_supported": list(offer.acr_values),
        "authorization_details_types_supported": list(offer.detail_types),  # RFC 9396 §10
        "id_token_signing_alg_values_supported": signing,
        "userinfo_signing_alg_values_supported": signing,
        "token_endpoint_auth_methods_supported": list(offer.auth_methods),
        "token_endpoint_auth_signing_alg_values_supported": SIGNATURES,
        "introspection_endpoint_auth_methods_supported": list(offer.auth_methods),
        "introspection_endpoint_auth_signing_alg_values_supported": SIGNATURES,
        "revocation_endpoint_auth_methods_supported": list(offer.auth_methods),
        "revocation_endpoint_auth_signing_alg_values_supported": SIGNATURES,
        "dpop_signing_alg_values_supported": SIGNATURES,  # RFC 9449 §5.1
        "code_challenge_methods_supported": ["S256"],
        # Message Signing: responses (JARM §3), requests (RFC 9101 §10.5), introspection (RFC 9701 §7)
        "authorization_signing_alg_values_supported": signing,
        "request_object_signing_alg_values_supported": SIGNATURES,
        "require_signed_request_object": False,  # of single clients only
        "introspection_signing_alg_values_supported": signing,
        "require_pushed_authorization_requests": True,  # RFC 9126 §5; lifted for single clients only
        "authorization_response_iss_parameter_supported": True,  # RFC 9207 §3
        "request_parameter_supported": True,
        "request_uri_parameter_supported": False,
        "prompt_values_supported": ["none", "login", "consent", "select_account"],
        "ui_locales_supported": list(offer.locales),
        "tls_client_certificate_bound_access_tokens": offer.certificate_bound_tokens,  # RFC 8705 §3.3
    }
    if offer.mutual_tls_url:
        document["mtls_endpoint_aliases"] = {
            name: f"{offer.mutual_tls_url}{str(document[name]).removeprefix(base)}"
            for name in CALLED_BY_CLIENTS
            if name in document
        }
    return document
