"""What was wrong with a partner's request, in one sentence each: for the engineers who read their integration errors.

Where a reason has no sentence here, its words for people stand in (`pwa.explain`).
"""

from collections.abc import Mapping
from types import MappingProxyType

from pwa.catalogues import marked as _
from pwa.explain import text_for

# sentence → the reasons that it says; a sentence names what to look at, never what was sent
SAID: Mapping[str, str] = {
    _("The client is unknown here or disabled."): "client_unknown client_missing",
    _("There is no client assertion; clients prove themselves with private_key_jwt alone."): (
        "assertion_missing client_secret_refused assertion_type_unknown assertion_type_header_unknown"
    ),
    _("A client proves itself in the one way it is enrolled with: by assertions, or by a certificate of its own."): (
        "assertion_not_registered certificate_of_another_client"
    ),
    _("iss and sub of the client assertion must both be the client_id."): (
        "assertion_issuer_not_client assertion_subject_not_client"
    ),
    _("aud of the client assertion must be our issuer, as a string and nothing else."): "assertion_audience_not_issuer",
    _("The times of the client assertion do not hold: compare your clock, and let exp be at most ten minutes away."): (
        "assertion_expired assertion_not_yet_valid assertion_from_the_future assertion_lives_too_long"
    ),
    _("Each client assertion needs a jti of its own, and is used once."): "assertion_without_jti assertion_replayed",
    _("The signature does not verify with the key that its header names."): "signature_wrong",
    _("The key that the header names is not in your key set: publish it before you sign with it."): "key_unknown",
    _("Your jwks_uri did not answer, and no earlier key set of yours is known."): "client_keys_unavailable",
    _("The key or its algorithm is not admitted: PS256, ES256 or EdDSA, with RSA from 2048 bits."): (
        "algorithm_other_than_the_keys key_algorithm_not_admitted key_curve_not_admitted key_exponent_not_admitted "
        "key_factorable key_size_not_admitted key_type_not_admitted key_not_on_curve"
    ),
    _("The key set is malformed: public keys for signatures, each with a kid of its own."): (
        "key_id_malformed key_id_missing key_id_repeated key_malformed key_not_an_object key_not_for_signatures "
        "key_private key_set_malformed"
    ),
    _("A signed value cannot be read as a compact JWS with a JSON object inside."): (
        "jws_malformed jws_too_long claims_malformed jws_extension_unknown"
    ),
    _("The parameters cannot be read: send each once, as a form, and nothing in the query."): (
        "parameter_repeated parameters_malformed parameters_too_many parameters_too_long parameters_in_query "
        "content_type_other_than_form body_too_large"
    ),
    _("The redirect_uri is missing or is not exactly one that is registered."): (
        "redirect_uri_missing redirect_uri_unregistered redirect_changed"
    ),
    _("The request must be pushed first: send it to the PAR endpoint, then bring its request_uri."): (
        "request_not_pushed request_uri_not_pushed request_parameter_refused"
    ),
    _("The request_uri is over, was answered, or is another client's."): (
        "request_uri_unknown request_uri_of_another_client request_uri_nested"
    ),
    _("Only response_type=code is offered, with the response modes of the discovery document."): (
        "response_type_missing response_type_other_than_code response_mode_unknown response_mode_not_signed"
    ),
    _("code_challenge is missing or malformed; S256 is the only method."): (
        "code_challenge_missing code_challenge_malformed code_challenge_method_other_than_s256"
    ),
    _("The scope is malformed, lacks openid, or is more than this client may ask for."): (
        "scope_malformed scope_without_openid scope_not_allowed scope_wider_than_granted"
    ),
    _("A parameter of the authorization request has the wrong form."): (
        "state_malformed nonce_malformed acr_values_malformed claims_locales_malformed login_hint_too_long "
        "max_age_malformed prompt_malformed prompt_none_with_another prompt_unknown ui_locales_malformed "
        "dpop_jkt_malformed registration_parameter_refused client_signs_nobody_in device_location_malformed "
        "verified_claims_malformed verified_claims_too_large"
    ),
    _("The id_token_hint is not an ID token that we gave to this client."): (
        "id_token_hint_not_ours id_token_hint_of_another_client"
    ),
    _("The request object is missing, or its claims do not hold: iss, aud, nbf, exp and the request itself."): (
        "request_not_signed request_object_malformed request_object_nested request_object_of_another_client "
        "request_object_of_another_kind request_object_with_subject request_object_audience_not_issuer "
        "request_object_expired request_object_from_the_future request_object_lives_too_long "
        "request_object_not_yet_valid request_object_too_old"
    ),
    _("authorization_details do not have the form, type or purpose that this client may use."): (
        "details_malformed details_type_unknown details_type_not_allowed details_fields_wrong "
        "details_application_malformed details_purpose_not_allowed"
    ),
    _("The grant_type is missing, not offered, or not enrolled for this client."): (
        "grant_type_missing grant_type_unknown grant_type_not_allowed"
    ),
    _("The authorization code is missing, over, used before, or another client's."): (
        "code_missing code_unknown code_expired code_of_another_client"
    ),
    _("The code_verifier is missing or does not belong to the code_challenge."): "verifier_missing verifier_wrong",
    _("The refresh token is missing, over, used before, or another client's."): (
        "refresh_token_missing refresh_token_unknown refresh_token_expired refresh_token_of_another_client"
    ),
    _("The person has withdrawn the consent; nothing more can be told."): "consent_ended consent_missing_at_audience",
    _("The DPoP proof is missing."): "proof_missing",
    _("The DPoP proof is for another request: htm, htu and ath must name this one."): (
        "proof_for_another_method proof_for_another_url proof_for_another_token proof_of_another_kind"
    ),
    _("The DPoP proof is too old, too early, or was used before: make a new one for each request."): (
        "proof_not_fresh proof_over_or_early proof_replayed proof_without_jti"
    ),
    _("The DPoP proof lacks our present nonce: take it from the DPoP-Nonce header and send the request again."): (
        "proof_without_present_nonce proof_needs_nonce"
    ),
    _("The token is bound to another key or certificate than the one that was shown."): (
        "token_of_another_key token_needs_proof token_not_bound key_changed dpop_jkt_of_another_key "
        "token_of_another_certificate certificate_missing"
    ),
    _("There is no access token, or it stands in the wrong place."): "token_missing token_twice token_in_query",
    _("The access token is over or revoked: get a new one."): "token_ended token_expired token_invalid",
    _("The access token is not one of ours for this use."): (
        "token_not_ours token_for_another_audience token_of_another_issuer token_of_another_kind "
        "token_of_another_client token_without_person"
    ),
    _("The access token does not hold the scope that this endpoint asks for."): "scope_insufficient scope_missing",
    _("Too many requests in a minute: wait as long as Retry-After says."): "too_many_requests",
    _("The token exchange asks for something that this client may not have."): (
        "actor_token_refused audience_missing audience_not_allowed requested_token_type_unknown subject_token_missing "
        "subject_token_of_another_client subject_token_type_unknown subject_token_without_person"
    ),
    _("The logout request is over, or its post_logout_redirect_uri is not registered."): (
        "logout_request_expired logout_request_unknown post_logout_redirect_uri_of_nobody "
        "post_logout_redirect_uri_unregistered"
    ),
}
SENTENCES: Mapping[str, str] = MappingProxyType(
    {reason: sentence for sentence, reasons in SAID.items() for reason in reasons.split()}
)


def sentence(reason: str, status: int) -> str:
    """What to tell an engineer of a reason, to be translated."""
    return SENTENCES.get(reason) or text_for(reason, status).title
