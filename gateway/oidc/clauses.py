"""Which clause of which standard a refused request broke, by the reason's slug; and by the error code for the rest."""

from collections.abc import Mapping
from types import MappingProxyType

# clause → the reasons that stand for breaking it
BROKEN: Mapping[str, str] = {
    "RFC 6749 §2.3": "client_secret_refused assertion_missing",
    "RFC 6749 §3.1": "parameter_repeated parameters_malformed parameters_too_many parameters_too_long",
    "RFC 6749 §2.3.1": "parameters_in_query",
    "RFC 6749 §3.2": "content_type_other_than_form",
    "RFC 6749 §3.1.1": "response_type_missing response_type_other_than_code",
    "RFC 6749 §3.1.2.3": "redirect_uri_missing redirect_uri_unregistered redirect_changed",
    "RFC 6749 §3.3": "scope_malformed scope_not_allowed scope_wider_than_granted",
    "RFC 6749 §4.1.1": "client_missing client_unknown state_malformed client_signs_nobody_in",
    "RFC 6749 §4.1.3": "code_missing code_unknown code_expired code_of_another_client grant_type_missing",
    "RFC 6749 §5.2": "grant_type_unknown grant_type_not_allowed",
    "RFC 6749 §6": (
        "refresh_token_missing refresh_token_unknown refresh_token_expired refresh_token_of_another_client "
        "consent_ended"
    ),
    "RFC 6585 §4": "too_many_requests",
    "RFC 6750 §2": "token_twice token_missing",
    "FAPI 2.0 Security Profile §5.3.3": "token_in_query",
    "RFC 6750 §3.1": "token_ended token_expired scope_insufficient scope_missing token_without_person token_invalid",
    "RFC 9068 §4": "token_not_ours token_for_another_audience token_of_another_issuer token_of_another_kind",
    "RFC 7009 §2.1": "token_of_another_client",
    "RFC 7523 §2.2": "assertion_type_unknown assertion_type_header_unknown",
    "RFC 7523 §3": (
        "assertion_issuer_not_client assertion_subject_not_client assertion_expired assertion_not_yet_valid "
        "assertion_from_the_future assertion_without_jti assertion_replayed"
    ),
    "FAPI 2.0 Security Profile §5.3.2.1": "assertion_audience_not_issuer assertion_lives_too_long",
    "FAPI 2.0 Security Profile §5.4": (
        "algorithm_other_than_the_keys key_algorithm_not_admitted key_curve_not_admitted key_exponent_not_admitted "
        "key_factorable key_size_not_admitted key_type_not_admitted"
    ),
    "RFC 7515 §5.2": "jws_malformed jws_too_long signature_wrong claims_malformed",
    "RFC 7515 §4.1.11": "jws_extension_unknown",
    "RFC 7517 §4": (
        "key_id_malformed key_malformed key_not_an_object key_not_for_signatures key_not_on_curve key_private"
    ),
    "RFC 7517 §4.5": "key_unknown key_id_missing key_id_repeated",
    "RFC 7517 §5": "client_keys_unavailable key_set_malformed",
    "OpenID Connect for Identity Assurance §5.3": "verified_claims_malformed verified_claims_too_large",
    "RFC 7636 §4.3": "code_challenge_missing code_challenge_malformed",
    "FAPI 2.0 Security Profile §5.3.2.2": "code_challenge_method_other_than_s256 request_not_pushed",
    "RFC 7636 §4.6": "verifier_missing verifier_wrong",
    "RFC 8705 §2.2": "certificate_of_another_client assertion_not_registered",
    "RFC 8705 §3": "certificate_missing token_of_another_certificate",
    "RFC 8628 §3.1": "device_location_malformed device_codes_used_up",
    "RFC 8628 §3.4": "device_code_missing device_code_unknown device_code_of_another_client device_key_changed",
    "RFC 8628 §3.5": "device_answer_pending device_polls_too_often device_code_expired device_refused",
    "RFC 8628 §5.1": "device_guesses_used_up",
    "RFC 9470 §3": "sign_in_too_long_ago sign_in_too_weak token_without_sign_in step_up_required",
    "RFC 9449 §4.3": (
        "proof_for_another_method proof_for_another_url proof_not_fresh proof_of_another_kind proof_over_or_early "
        "proof_without_jti"
    ),
    "RFC 9449 §5": "proof_missing key_changed",
    "RFC 9449 §7": "proof_for_another_token token_needs_proof token_not_bound token_of_another_key",
    "RFC 9449 §8": "proof_without_present_nonce proof_needs_nonce",
    "RFC 9449 §10": "dpop_jkt_malformed dpop_jkt_of_another_key",
    "RFC 9449 §11.1": "proof_replayed",
    "RFC 9126 §2": "request_uri_nested request_uri_of_another_client request_uri_unknown",
    "RFC 9101 §5": "request_uri_not_pushed request_parameter_refused",
    "RFC 9101 §4": (
        "request_object_malformed request_object_nested request_object_of_another_client "
        "request_object_of_another_kind request_object_with_subject"
    ),
    "FAPI 2.0 Message Signing §5.3": (
        "request_not_signed request_object_audience_not_issuer request_object_expired "
        "request_object_from_the_future request_object_lives_too_long request_object_not_yet_valid "
        "request_object_too_old"
    ),
    "FAPI 2.0 Message Signing §5.4": "response_mode_not_signed",
    "OAuth 2.0 Multiple Response Types §2.1": "response_mode_unknown",
    "OIDC Core §3.1.2.1": (
        "acr_values_malformed claims_locales_malformed login_hint_too_long max_age_malformed nonce_malformed "
        "prompt_malformed prompt_none_with_another prompt_unknown scope_without_openid ui_locales_malformed "
        "id_token_hint_not_ours id_token_hint_of_another_client registration_parameter_refused"
    ),
    "OIDC RP-Initiated Logout §2": (
        "logout_request_expired logout_request_unknown post_logout_redirect_uri_of_nobody "
        "post_logout_redirect_uri_unregistered"
    ),
    "RFC 8693 §2.1": (
        "actor_token_refused audience_missing audience_not_allowed consent_missing_at_audience "
        "requested_token_type_unknown subject_token_missing subject_token_of_another_client "
        "subject_token_type_unknown subject_token_without_person"
    ),
    "RFC 9396 §5": (
        "details_malformed details_type_unknown details_type_not_allowed details_fields_wrong "
        "details_application_malformed details_purpose_not_allowed"
    ),
    "RFC 9110 §15.5.14": "body_too_large too_large",
    "RFC 7578 §4": "multipart_malformed metadata_malformed content_type_unsupported",
}
CLAUSES: Mapping[str, str] = MappingProxyType(
    {reason: clause for clause, reasons in BROKEN.items() for reason in reasons.split()}
)

# where the code itself is defined
CODES: Mapping[str, str] = MappingProxyType(
    {
        "invalid_request": "RFC 6749 §5.2",
        "invalid_client": "RFC 6749 §5.2",
        "invalid_grant": "RFC 6749 §5.2",
        "unauthorized_client": "RFC 6749 §5.2",
        "unsupported_grant_type": "RFC 6749 §5.2",
        "invalid_scope": "RFC 6749 §5.2",
        "unsupported_response_type": "RFC 6749 §4.1.2.1",
        "access_denied": "RFC 6749 §4.1.2.1",
        "temporarily_unavailable": "RFC 6585 §4",
        "server_error": "RFC 6749 §4.1.2.1",
        "invalid_token": "RFC 6750 §3.1",
        "insufficient_scope": "RFC 6750 §3.1",
        "invalid_dpop_proof": "RFC 9449 §5",
        "use_dpop_nonce": "RFC 9449 §8",
        "invalid_request_object": "RFC 9101 §6.2",
        "request_uri_not_supported": "OIDC Core §3.1.2.6",
        "request_not_supported": "OIDC Core §3.1.2.6",
        "registration_not_supported": "OIDC Core §3.1.2.6",
        "invalid_target": "RFC 8693 §2.2.2",
        "invalid_authorization_details": "RFC 9396 §5",
        "unmet_authentication_requirements": "OIDC Core Unmet Authentication Requirements §2",
        "insufficient_user_authentication": "RFC 9470 §3",
        "authorization_pending": "RFC 8628 §3.5",
        "slow_down": "RFC 8628 §3.5",
        "expired_token": "RFC 8628 §3.5",
        "invalid_redirect_uri": "RFC 7591 §3.2.2",
        "invalid_client_metadata": "RFC 7591 §3.2.2",
    }
)
