"""Refusals as RFC 9457 problem details: a stable type, a status, the incident's id; nothing that was sent."""

import json

from trust.endpoints.wire import Request, Response

# reason → (status, title); what is not here is a 400 of the same name
KNOWN: dict[str, tuple[int, str]] = {
    "token_missing": (401, "An access token is needed"),
    "token_invalid": (401, "The access token does not hold"),
    "proof_needs_nonce": (401, "The proof must carry the nonce of this answer"),
    "step_up_required": (401, "The person must sign in more surely, or anew"),
    "scope_missing": (403, "The access token does not allow this"),
    "document_unknown": (404, "There is no such document"),
    "document_not_sealed": (409, "The document is not sealed yet"),
    "signing_unknown": (404, "There is no such signing"),
    "document_not_signed": (409, "The document is not signed yet"),
    "signing_done": (409, "The document is signed already"),
    "signing_expired": (409, "The time to sign has passed"),
    "signing_not_begun": (409, "The signing has not begun"),
    "return_uri_unregistered": (400, "The address to return to is not registered"),
    "signing_attempts_used_up": (409, "The person has begun too often"),
    "signing_on_page_only": (409, "This person signs on the gateway's page only"),
    "signing_means_unavailable": (409, "There is nothing with which this person could sign"),
    "signer_unknown": (409, "The platform that signs does not know this person"),
    "signer_malformed": (400, "The signer's HKICHash is malformed"),
    "batch_unknown": (404, "There is no such batch"),
    "not_acceptable": (406, "No form of the answer that would do is offered"),
    "too_large": (413, "The document is too large"),
    "content_type_unsupported": (415, "The content type is not supported"),
    "idempotency_key_missing": (400, "An Idempotency-Key header is needed"),
    "idempotency_key_reused": (422, "The idempotency key was used for another request"),
    "subject_unknown": (422, "No such person is known to this agency"),
    "not_a_pdf": (422, "The file is not a PDF"),
    "encrypted": (422, "The PDF is encrypted"),
    "unreadable": (422, "The PDF cannot be read"),
    "empty": (422, "The file is empty"),
    "no_pages": (422, "The PDF has no pages"),
    "too_many_pages": (422, "The PDF has too many pages"),
    "beyond_repair": (422, "The PDF is damaged beyond repair"),
    "certified_against_changes": (422, "The PDF is certified and allows no further seal"),
    "signed_and_damaged": (422, "The PDF is signed and damaged"),
    "reading_busy": (503, "Many documents are being read at this moment; please try again"),
    "object_storage_unreachable": (503, "The documents cannot be reached for now; please try again"),
    "multipart_malformed": (400, "The multipart body is malformed"),
    "metadata_malformed": (400, "The metadata part is malformed"),
    "policy_unknown": (400, "There is no such validation policy"),
    "signature_malformed": (400, "The signature or its envelope is malformed"),
    "digests_malformed": (400, "The digests are malformed"),
    "digest_algorithm_unknown": (422, "A digest is of an algorithm that is not taken"),
    "batch_empty": (422, "There is no file in the batch"),
    "batch_too_many_files": (422, "There are too many files in one batch"),
    "too_many_files_waiting": (429, "Too many files of this client are waiting"),
}


def problem(reason: str, request: Request, *, challenge: str = "") -> Response:
    """The refusal for a reason; `challenge` says in the header what would do."""
    status, title = KNOWN.get(reason, (400, "The request cannot be taken"))
    body = {
        "type": f"/problems/{reason}",
        "title": title,
        "status": status,
        "instance": f"urn:incident:{request.incident}",
    }
    headers = [("Content-Type", "application/problem+json"), ("Cache-Control", "no-store")]
    if reason == "proof_needs_nonce":
        headers.append(("WWW-Authenticate", 'DPoP error="use_dpop_nonce"'))  # RFC 9449 §9
    elif reason == "step_up_required":  # RFC 9470 §3
        told = f'error="insufficient_user_authentication", {challenge}'
        headers += [("WWW-Authenticate", f"{scheme} {told}") for scheme in ("DPoP", "Bearer")]
    elif status == 401:
        headers.append(("WWW-Authenticate", 'Bearer error="invalid_token"'))
    elif reason == "scope_missing":
        headers.append(("WWW-Authenticate", 'Bearer error="insufficient_scope"'))
    elif status == 503:
        headers.append(("Retry-After", "30"))
    return Response(status=status, headers=tuple(headers), body=json.dumps(body).encode(), reason=reason)
