"""The operations on records, verifications and signings: what trust's endpoints take and answer."""

from collections.abc import Mapping

from deploy.describing.operation import BINARY, FORM, JSON, PDF, Answer, Operation, Parameter, parts
from trust.documents.intake import RULES
from trust.endpoints import batches, bodies, document_batches, documents, signings, verifications
from trust.flows.issue_batch import LONGEST_KEY
from trust.validation import report_schema
from trust.validation.policy import POLICIES

RECORDS, VERIFYING, SIGNING = "records", "verification", "signing"
REPORT = {"$ref": "#/components/schemas/VerificationReport"}
XML = {"type": "string", "description": "ETSI TS 119 102-2"}

KEY = Parameter(
    name="Idempotency-Key",
    place="header",
    says="Names this request, so that sending it again does nothing twice.",
    schema={"type": "string", "pattern": "^[!-~]{1,128}$"},
    required=True,
)
BATCH_KEY = Parameter(
    name="Idempotency-Key",
    place="header",
    says="Names this batch, and is where it is found again.",
    schema={"type": "string", "pattern": f"^[A-Za-z0-9._~-]{{1,{LONGEST_KEY}}}$"},
    required=True,
)
POLICY = Parameter(
    name="policy",
    place="query",
    says="Which validation policy is applied; `ordinary` where none is named.",
    schema={"type": "string", "enum": sorted(POLICIES)},
)
AFTER = Parameter(
    name="after",
    place="query",
    says="How many reports the client has already.",
    schema={"type": "string", "pattern": "^[0-9]{1,6}$"},
)

READING = ("multipart_malformed", "metadata_malformed", "idempotency_key_missing", "content_type_unsupported")
UNFIT = (*RULES, "beyond_repair", "idempotency_key_reused")
AWAY = "object_storage_unreachable"
REPORT_FORMS = {JSON: REPORT, "application/xml": XML}
SEALED = {PDF: BINARY}
LOCATION = {"Location": "Where it is looked at."}

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("POST", "/api/v1/documents"): Operation(
        name="issueRecord",
        group=RECORDS,
        summary="Hand a PDF over to be sealed and given to its person",
        says="It is sealed at PAdES B-LTA at once; where an authority is away it waits, and is sealed when it is back.",
        scope=documents.ISSUE,
        parameters=(KEY,),
        takes={FORM: parts(metadata=bodies.RecordMetadata, file=BINARY)},
        answers={
            201: Answer(says="Sealed.", bodies={JSON: bodies.RecordState}, headers=LOCATION),
            202: Answer(
                says="Received, and waiting to be sealed.", bodies={JSON: bodies.RecordState}, headers=LOCATION
            ),
        },
        reasons=(*READING, *UNFIT, "subject_unknown", AWAY),
        statuses=(400, 422),  # what the PDF itself is refused for has more words than are listed
    ),
    ("GET", "/api/v1/documents/{id}"): Operation(
        name="showRecord",
        group=RECORDS,
        summary="How a record stands",
        scope=documents.ISSUE,
        answers={200: Answer(says="The record.", bodies={JSON: bodies.RecordState})},
        reasons=("document_unknown",),
    ),
    ("GET", "/api/v1/documents/{id}/content"): Operation(
        name="fetchRecord",
        group=RECORDS,
        summary="The sealed PDF",
        scope=documents.ISSUE,
        answers={200: Answer(says="The PDF with its seal.", bodies=SEALED)},
        reasons=("document_unknown", "document_not_sealed", AWAY),
    ),
    ("POST", document_batches.PATH): Operation(
        name="issueRecords",
        group=RECORDS,
        summary="Hand many PDFs over with one request",
        says="A part `metadata`, then a part `file` for each of its items in the same order. The worker seals them.",
        scope=documents.ISSUE,
        parameters=(BATCH_KEY,),
        takes={
            FORM: {
                "type": "object",
                "properties": {"metadata": bodies.RecordBatchMetadata, "file": {"type": "array", "items": BINARY}},
                "required": ["metadata", "file"],
            }
        },
        answers={202: Answer(says="Received.", bodies={JSON: bodies.RecordBatchState}, headers=LOCATION)},
        reasons=(*READING, *UNFIT, "batch_empty", "batch_too_many_files", "subject_unknown", AWAY),
        statuses=(400, 422),
    ),
    ("GET", document_batches.PATH + "/{key}"): Operation(
        name="showRecords",
        group=RECORDS,
        summary="How each record of a batch stands",
        scope=documents.ISSUE,
        answers={200: Answer(says="All of them, in their order.", bodies={JSON: bodies.RecordBatchState})},
        reasons=("batch_unknown",),
    ),
    ("POST", "/api/v1/verifications"): Operation(
        name="verify",
        group=VERIFYING,
        summary="Verify one PDF",
        says="For anybody, without a token. The file is read, judged and forgotten; whatever the verdict, that is 200.",
        parameters=(POLICY,),
        takes=dict.fromkeys(verifications.TAKEN, BINARY),
        answers={200: Answer(says="The report.", bodies=REPORT_FORMS)},
        reasons=("content_type_unsupported", "too_large", "not_acceptable", "policy_unknown"),
    ),
    ("POST", "/api/v1/verifications/digest"): Operation(
        name="verifyByDigest",
        group=VERIFYING,
        summary="Verify a detached signature by the digests of its document",
        says="The document itself stays with you.",
        parameters=(POLICY,),
        takes={JSON: bodies.DigestsAsked},
        answers={200: Answer(says="The report.", bodies=REPORT_FORMS)},
        reasons=(
            "content_type_unsupported",
            "signature_malformed",
            "digests_malformed",
            "digest_algorithm_unknown",
            "not_acceptable",
            "policy_unknown",
        ),
    ),
    ("POST", batches.PATH): Operation(
        name="verifyMany",
        group=VERIFYING,
        summary="Hand many files over to be verified",
        says="Parts named `file`. The worker judges them one after the other; reports are kept for a week.",
        scope=batches.VERIFY,
        parameters=(KEY, POLICY),
        takes={
            FORM: {
                "type": "object",
                "properties": {"file": {"type": "array", "items": BINARY}},
                "required": ["file"],
            }
        },
        answers={202: Answer(says="Received.", bodies={JSON: bodies.BatchState}, headers=LOCATION)},
        reasons=(
            "multipart_malformed",
            "idempotency_key_missing",
            "content_type_unsupported",
            "policy_unknown",
            "idempotency_key_reused",
            "too_large",
            "batch_empty",
            "batch_too_many_files",
            "too_many_files_waiting",
        ),
    ),
    ("GET", batches.PATH + "/{id}"): Operation(
        name="showVerifications",
        group=VERIFYING,
        summary="How far a batch is",
        scope=batches.VERIFY,
        answers={200: Answer(says="The batch.", bodies={JSON: bodies.BatchState})},
        reasons=("batch_unknown",),
    ),
    ("GET", batches.PATH + "/{id}/results"): Operation(
        name="fetchVerifications",
        group=VERIFYING,
        summary="The reports that are there, in the order of the files",
        says="One report a line (JSON Lines), each as `verify` answers it.",
        scope=batches.VERIFY,
        parameters=(AFTER,),
        answers={200: Answer(says="The reports.", bodies={"application/jsonl": {"type": "string"}})},
        reasons=("batch_unknown", "malformed_request"),
    ),
    ("DELETE", batches.PATH + "/{id}"): Operation(
        name="forgetVerifications",
        group=VERIFYING,
        summary="Forget a batch before its time",
        scope=batches.VERIFY,
        answers={204: Answer(says="Nothing of it is kept any longer.")},
        reasons=("batch_unknown",),
    ),
    ("GET", report_schema.PATH): Operation(
        name="reportSchema",
        group=VERIFYING,
        summary="The JSON Schema of reports",
        answers={200: Answer(says="The schema.", bodies={"application/schema+json": {"type": "object"}})},
    ),
    ("POST", signings.PATH): Operation(
        name="askForSignature",
        group=SIGNING,
        summary="Have a person sign a PDF with a key of their own",
        scope=signings.SCOPE,
        parameters=(KEY,),
        takes={FORM: parts(metadata=bodies.SigningMetadata, file=BINARY)},
        answers={201: Answer(says="The wish, waiting.", bodies={JSON: bodies.SigningShown}, headers=LOCATION)},
        reasons=(
            *READING,
            *UNFIT,
            "subject_unknown",
            "return_uri_unregistered",
            "signing_means_unavailable",
            AWAY,
        ),
        statuses=(400, 422),
    ),
    ("GET", signings.PATH + "/{id}"): Operation(
        name="showSigning",
        group=SIGNING,
        summary="How a signing stands",
        scope=signings.SCOPE,
        answers={200: Answer(says="The signing.", bodies={JSON: bodies.SigningShown})},
        reasons=("signing_unknown",),
    ),
    ("GET", signings.PATH + "/{id}/content"): Operation(
        name="fetchSigned",
        group=SIGNING,
        summary="The signed PDF",
        scope=signings.SCOPE,
        answers={200: Answer(says="The PDF with the person's signature.", bodies=SEALED)},
        reasons=("signing_unknown", "document_not_signed", AWAY),
    ),
    ("POST", signings.PATH + "/{id}/begin"): Operation(
        name="beginSigning",
        group=SIGNING,
        summary="Send the person, who is with you now, to sign with iAM Smart",
        says="Only for a page of your own; the page at `signing_url` does it by itself, for every means.",
        scope=signings.SCOPE,
        takes={JSON: bodies.SigningBegin},
        answers={200: Answer(says="Where they go.", bodies={JSON: bodies.SigningBegun})},
        reasons=(
            "metadata_malformed",
            "return_uri_unregistered",
            "signer_malformed",
            "signer_unknown",
            "signing_attempts_used_up",
            "signing_done",
            "signing_expired",
            "signing_means_unavailable",
            "signing_on_page_only",
            "signing_unknown",
        ),
        statuses=(400,),  # how the platform failed has words of its own
    ),
}
