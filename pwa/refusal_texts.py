"""What the refusals of a program's request mean: `type` of a problem+json answer, reason of an OAuth error.

Who reads these is a technician of an agency, or a person to whom a program showed the address. The exact clause stands
in the reason itself; here it is said what is wrong and who can mend it.
"""

from collections.abc import Mapping

from pwa.catalogues import marked as _
from pwa.problem_texts import ENDS, GONE, OURS, REGION_REFUSED, REQUEST, SIGN_IN, STEP, Problem

TOKEN = Problem(
    title=_("The access token does not hold"),
    text=_(
        "It is missing, has run out, or was given to somebody else. The program must ask for a new one and prove that "
        "it holds the key."
    ),
)
NONCE = Problem(
    title=_("The proof must carry our nonce"),
    text=_("The program sends the request again, with the nonce from the DPoP-Nonce header of this answer."),
)
STEP_UP = Problem(
    title=_("This needs a surer or a fresh sign-in"),
    text=_(
        "The sign-in behind the access token is too weak or too long ago for this. The program sends the person to "
        "sign in again, asking for what stands in the WWW-Authenticate header of this answer."
    ),
)
DEVICE = Problem(
    title=_("Nobody has signed in for the device"),
    text=_(
        "The code on its screen was not confirmed yet, was refused, or its time is over. The device asks again no more "
        "often than it was told, and begins anew with a new code."
    ),
)
SCOPE = Problem(
    title=_("The program may not do this"),
    text=_("What it was given access to does not include it. The service must have it enabled first."),
)
CLIENT_PROOF = Problem(
    title=_("The program could not prove whose it is"),
    text=_(
        "Its signed statement, or the key that signed it, does not hold. The service's technicians check the key, the "
        "clock and the address that the statement is meant for."
    ),
)
SERVICE_REQUEST = Problem(
    title=_("The service's request is not in order"),
    text=_(
        "A part of it is missing, has the wrong form or is not allowed. You need do nothing; the service's technicians "
        "find the reason in the answer that their program got."
    ),
)
CODE = Problem(
    title=_("This was already used, or has run out"),
    text=_(
        "What a program is given after a sign-in can be exchanged once, for a short time, by that program alone. "
        "Please sign in again."
    ),
)
NO_CHECK = Problem(
    title=_("The face comparison is not available"),
    text=_("Nothing is lost by it. Use the other way, at the same fee and with the same time limit."),
)
DAMAGED = Problem(
    title=_("The PDF is damaged"),
    text=_(
        "It cannot be read in only one way, so it is not sealed. Make it again from its source; ask whoever signed a "
        "signed file for it anew."
    ),
)
PARTS = Problem(
    title=_("The parts of the request cannot be read"),
    text=_("The program sends multipart/form-data with two parts: metadata, as JSON, and file, the PDF."),
)

SIGNING_GONE = Problem(
    title=_("There is no such document to sign"),
    text=_("It does not exist, or it belongs to another service. Go back to the service and begin there."),
)
SIGNING_STATE = Problem(
    title=_("The document cannot be signed now"),
    text=_(
        "It is signed already, it has not been begun, or the time for it has passed. Ask the service how it stands."
    ),
)
SIGNING_REQUEST = Problem(
    title=_("The request to sign does not hold"),
    text=_("The address to return to must be registered, and the person be named by the HKICHash of iAM Smart."),
)
NO_SIGNER = Problem(
    title=_("This person cannot sign so"),
    text=_(
        "The platform does not know them, is not connected here, or asks for something that this page cannot give. "
        "They can sign with something else, or at a counter."
    ),
)
HASHED_ANEW = Problem(
    title=_("The platform signs hashes in another way"),
    text=_(
        "It hashed the hash once more, so no signature of a PDF can be made of it. The operator of this gateway turns "
        "to PDF signing."
    ),
)
SIGNATURE = Problem(
    title=_("The signature does not hold"),
    text=_("What came back is not a signature over this document. The document waits; the person can sign again."),
)
WISH = Problem(
    title=_("The seal cannot be made as asked"),
    text=_(
        "The field is signed already or was made for something else, or the image, the words or the permission do "
        "not fit. Change the request and send it again."
    ),
)

SIGNATURE_ALONE = Problem(
    title=_("The signature or its digests cannot be read"),
    text=_(
        "The program sends JSON: the signature in Base64, and digests of the document in hexadecimal, by an algorithm "
        "that can still be relied on."
    ),
)

# What the documents API answers, one by one (trust/endpoints/problems.py).
DOCUMENTS: Mapping[str, Problem] = {
    "token_missing": TOKEN,
    "token_invalid": TOKEN,
    "proof_needs_nonce": NONCE,
    "scope_missing": SCOPE,
    "step_up_required": STEP_UP,
    "document_unknown": Problem(
        title=_("There is no such document"), text=_("It does not exist, or it belongs to another service.")
    ),
    "signing_unknown": SIGNING_GONE,
    "document_not_signed": SIGNING_STATE,
    "signing_done": SIGNING_STATE,
    "signing_expired": SIGNING_STATE,
    "signing_not_begun": SIGNING_STATE,
    "return_uri_unregistered": SIGNING_REQUEST,
    "signer_malformed": SIGNING_REQUEST,
    "signing_attempts_used_up": SIGNING_STATE,
    "codes_used_up": SIGNING_STATE,
    "typed_wrong": SIGNING_STATE,
    "signing_on_page_only": SIGNING_REQUEST,
    "signing_means_unavailable": NO_SIGNER,
    "signer_unknown": NO_SIGNER,
    "signer_certificate_unfit": NO_SIGNER,
    "key_service_asks_otherwise": NO_SIGNER,
    "hash_signed_anew": HASHED_ANEW,
    "signature_does_not_hold": SIGNATURE,
    "signature_unreadable": SIGNATURE,
    "signing_of_another_document": SIGNATURE,
    "document_not_sealed": Problem(
        title=_("The document is not sealed yet"),
        text=_("That takes a few seconds, or longer while a timestamp authority is away. Ask again later."),
    ),
    "too_large": Problem(
        title=_("The document is too large"), text=_("Make it smaller, or divide it, and send it again.")
    ),
    "content_type_unsupported": PARTS,
    "multipart_malformed": PARTS,
    "metadata_malformed": PARTS,
    "idempotency_key_missing": Problem(
        title=_("An Idempotency-Key is needed"),
        text=_("With it, a request that is sent twice makes one document. Choose a new value for each document."),
    ),
    "idempotency_key_reused": Problem(
        title=_("This Idempotency-Key belongs to another request"),
        text=_("Choose a new value for a new document, and repeat the old one only with the same content."),
    ),
    "subject_unknown": Problem(
        title=_("The service does not know this person"),
        text=_("Nobody with this identifier has signed in there, or the link was undone. The person signs in first."),
    ),
    "not_a_pdf": Problem(title=_("The file is not a PDF"), text=_("Only PDF files can be sealed.")),
    "empty": Problem(title=_("The file is empty"), text=_("Nothing arrived that could be sealed. Send it again.")),
    "encrypted": Problem(
        title=_("The PDF is locked"),
        text=_("It is encrypted or has a password. Save it without protection and send it again."),
    ),
    "unreadable": DAMAGED,
    "beyond_repair": DAMAGED,
    "signed_and_damaged": DAMAGED,
    "no_pages": Problem(title=_("The PDF has no pages"), text=_("There is nothing in it to put a seal on.")),
    "too_many_pages": Problem(
        title=_("The PDF has too many pages"), text=_("Divide it into parts and send each by itself.")
    ),
    "field_unfit": WISH,
    "certified_without_field": WISH,
    "field_already_signed": WISH,
    "seal_image_unfit": WISH,
    "permission_unknown": WISH,
    "certified_against_changes": Problem(
        title=_("This PDF allows no further seal"),
        text=_("Whoever certified it has forbidden any change, and a seal is one. Ask for a copy that allows it."),
    ),
    "policy_unknown": REQUEST,
    "not_acceptable": REQUEST,
    "signature_malformed": SIGNATURE_ALONE,
    "digests_malformed": SIGNATURE_ALONE,
    "digest_algorithm_unknown": SIGNATURE_ALONE,
    "batch_unknown": Problem(
        title=_("There is no such batch"), text=_("It does not exist, is over, or belongs to another service.")
    ),
    "batch_empty": PARTS,
    "batch_too_many_files": Problem(
        title=_("There are too many files in one batch"), text=_("Divide them over several batches.")
    ),
    "too_many_files_waiting": Problem(
        title=_("Too many files of this service are waiting"),
        text=_("They are verified one after the other. Send more when some of them have their reports."),
    ),
    "address_unknown": GONE,
    "method_not_allowed": REQUEST,
    "body_cut_short": REQUEST,
    "content_length_malformed": REQUEST,
}

# Reasons that mean the same to whoever reads of them, by what they mean.
ALIKE: tuple[tuple[Problem, str], ...] = (
    (
        TOKEN,
        (
            "token_ended token_expired token_for_another_audience token_in_query token_needs_proof token_not_bound "
            "token_not_ours token_of_another_client token_of_another_issuer token_of_another_key token_of_another_kind "
            "token_twice token_without_person proof_for_another_method proof_for_another_token proof_for_another_url "
            "proof_missing proof_not_fresh proof_of_another_kind proof_over_or_early proof_replayed proof_without_jti "
            "token_of_another_certificate"
        ),
    ),
    (NONCE, "proof_without_present_nonce"),
    (
        DEVICE,
        (
            "device_answer_pending device_code_expired device_code_missing device_code_of_another_client "
            "device_codes_used_up device_key_changed device_polls_too_often device_refused"
        ),
    ),
    (STEP_UP, "sign_in_too_long_ago sign_in_too_weak token_without_sign_in"),
    (SCOPE, "scope_insufficient scope_not_allowed scope_wider_than_granted"),
    (
        CLIENT_PROOF,
        (
            "algorithm_other_than_the_keys assertion_audience_not_issuer assertion_expired assertion_from_the_future "
            "assertion_issuer_not_client assertion_lives_too_long assertion_missing assertion_not_yet_valid "
            "assertion_replayed assertion_subject_not_client assertion_type_header_unknown assertion_type_unknown "
            "assertion_not_registered assertion_without_jti certificate_missing certificate_of_another_client "
            "claims_malformed client_keys_unavailable client_secret_refused "
            "jws_extension_unknown "
            "jws_malformed jws_too_long key_algorithm_not_admitted key_curve_not_admitted key_exponent_not_admitted "
            "key_factorable key_id_malformed key_id_missing key_id_repeated key_malformed key_not_an_object "
            "key_not_for_signatures key_not_on_curve key_private key_set_malformed key_size_not_admitted "
            "key_type_not_admitted key_unknown signature_wrong"
        ),
    ),
    (
        SERVICE_REQUEST,
        (
            "client_signs_nobody_in code_challenge_malformed code_challenge_method_other_than_s256 "
            "code_challenge_missing "
            "content_type_other_than_form details_application_malformed details_fields_wrong details_malformed "
            "details_purpose_not_allowed details_type_not_allowed details_type_unknown dpop_jkt_malformed "
            "dpop_jkt_of_another_key device_location_malformed "
            "grant_type_missing grant_type_not_allowed grant_type_unknown "
            "id_token_hint_not_ours id_token_hint_of_another_client login_hint_too_long max_age_malformed "
            "nonce_malformed "
            "parameter_repeated parameters_in_query parameters_malformed parameters_too_long parameters_too_many "
            "acr_values_malformed prompt_malformed prompt_none_with_another prompt_unknown ui_locales_malformed "
            "claims_locales_malformed registration_parameter_refused request_not_pushed request_not_signed "
            "request_object_audience_not_issuer request_object_expired request_object_from_the_future "
            "request_object_lives_too_long request_object_malformed request_object_nested request_object_not_yet_valid "
            "request_object_of_another_client request_object_of_another_kind request_object_too_old "
            "request_object_with_subject request_parameter_refused request_uri_nested request_uri_not_pushed "
            "response_mode_not_signed response_mode_unknown response_type_missing response_type_other_than_code "
            "scope_malformed scope_without_openid state_malformed logout_request_expired logout_request_unknown "
            "post_logout_redirect_uri_of_nobody post_logout_redirect_uri_unregistered actor_token_refused "
            "audience_missing audience_not_allowed consent_missing_at_audience requested_token_type_unknown "
            "subject_token_missing subject_token_of_another_client subject_token_type_unknown "
            "subject_token_without_person"
        ),
    ),
    (
        CODE,
        (
            "code_expired code_missing code_of_another_client code_unknown consent_ended key_changed redirect_changed "
            "refresh_token_expired refresh_token_missing refresh_token_of_another_client refresh_token_unknown "
            "verified_claims_malformed verified_claims_too_large verifier_missing verifier_wrong"
        ),
    ),
    (
        REGION_REFUSED,
        (
            "acr_too_low acr_unknown algorithm_not_allowed answer_malformed application_wrong attribute_malformed "
            "attribute_missing audience_wrong authentication_stale callback_unexpected callback_unknown code_refused "
            "content_malformed content_tampered document_type_unmapped errand_unsupported issued_at_wrong issuer_wrong "
            "keys_unusable level_unknown nonce_wrong not_a_person outcome_unknown party_wrong push_refused "
            "reference_missing return_code_unexpected signature_expired signature_headers_missing state_missing "
            "state_wrong subject_differs subject_missing token_hash_wrong token_type_unexpected userinfo_refused"
        ),
    ),
    (ENDS["cancelled"], "consent_required interaction_required login_required"),
    (ENDS["timed_out"], "login_timeout"),
    (ENDS["level_not_reached"], "method_not_graded"),
    (NO_CHECK, "check_service_absent"),
    (SIGN_IN, "session_idle session_of_another_browser session_over"),
    (STEP, "consent_changed_meanwhile nothing_to_bind region_not_offered region_unknown sign_in_unknown"),
    (GONE, "account_unknown consent_unknown departure_unknown link_unknown session_unknown"),
    (ENDS["upstream_failed"], "no_answer"),
    (
        OURS,
        (
            "certificate_revoked key_device_failed key_device_pin_at_risk key_device_refused_pin "
            "key_device_unreachable key_device_without_key key_device_without_pin key_service_answers_wrong "
            "key_service_refused key_service_refused_pin key_service_unreachable key_setting_unreadable no_such_key "
            "seal_certificate_unfit seal_signature_wrong no_seal_key object_storage_unreachable reading_busy "
            "revocation_unreachable seal_certificate_not_valid_now seal_key_without_certificate signature_too_long "
            "stamp_answers_another_question stamp_at_another_time stamp_authority_missing stamp_authority_refused "
            "stamp_authority_unreachable stamp_signature_wrong stamp_under_another_policy stamp_unreadable"
        ),
    ),
)

REFUSALS: Mapping[str, Problem] = {
    **{reason: problem for problem, reasons in ALIKE for reason in reasons.split()},
    **DOCUMENTS,
}
