"""The operations for partners' engineers and operators: integration, registration, keys of receipts, health."""

from collections.abc import Mapping

from deploy import health
from deploy.describing import service
from deploy.describing.operation import JSON, Answer, Operation, Parameter
from gateway.endpoints import integration, receipt_keys, registrations
from gateway.endpoints.integration import ErrorList, IntegrationState, PageLink
from gateway.endpoints.registrations import RegistrationState
from gateway.flows.look_at_partner import MOST

INTEGRATION, REGISTRATION, OPERATION = "integration", "registration", "operation"

KEY_SET = {
    "type": "object",
    "description": "A JSON Web Key Set (RFC 7517)",
    "properties": {"keys": {"type": "array", "items": {"type": "object", "required": ["kty", "kid"]}}},
    "required": ["keys"],
}
LIMIT = Parameter(
    name="limit",
    place="query",
    says=f"At most so many, {MOST} at the most.",
    schema={"type": "string", "pattern": "^[0-9]{1,3}$"},
)
BEFORE = Parameter(
    name="before",
    place="query",
    says="Go on before this one: what `next` told.",
    schema={"type": "string"},
)
LANGUAGE = Parameter(
    name="Accept-Language", place="header", says="The language of sentences for people.", schema={"type": "string"}
)

OPERATIONS: Mapping[tuple[str, str], Operation] = {
    ("GET", integration.PATH): Operation(
        name="showIntegration",
        group=INTEGRATION,
        summary="How your client stands: keys, limits, what you were told",
        scope=integration.SCOPE,
        answers={200: Answer(says="The state.", bodies={JSON: IntegrationState})},
        statuses=(400, 401, 403, 404),
    ),
    ("GET", integration.PATH + "/errors"): Operation(
        name="listIntegrationErrors",
        group=INTEGRATION,
        summary="What was wrong with your last requests, by clause",
        says="Without any person's data. Kept for a week.",
        scope=integration.SCOPE,
        parameters=(LIMIT, BEFORE, LANGUAGE),
        answers={200: Answer(says="The newest first.", bodies={JSON: ErrorList})},
        statuses=(400, 401, 403),
    ),
    ("POST", integration.PATH + "/page"): Operation(
        name="openIntegrationPage",
        group=INTEGRATION,
        summary="A link to the page where your engineers read the same",
        scope=integration.SCOPE,
        parameters=(LANGUAGE,),
        answers={201: Answer(says="It works once.", bodies={JSON: PageLink})},
        statuses=(400, 401, 403),
    ),
    ("POST", registrations.PATH): Operation(
        name="askToRegister",
        group=REGISTRATION,
        summary="Ask to be registered, with a request signed by the key that you want to use",
        says="Nothing takes effect before an operator approves.",
        takes={registrations.MEDIA: {"type": "string", "description": "A compact JWS"}},
        answers={
            202: Answer(
                says="An operator will decide.",
                bodies={JSON: RegistrationState},
                headers={"Location": "Where its state is told."},
            )
        },
        statuses=(400, 415, 429),
    ),
    ("GET", registrations.ONE): Operation(
        name="showRegistration",
        group=REGISTRATION,
        summary="What became of a request",
        answers={200: Answer(says="Its state.", bodies={JSON: RegistrationState})},
        statuses=(404,),
    ),
    ("GET", receipt_keys.PATH): Operation(
        name="receiptKeys",
        group=OPERATION,
        summary="The keys that receipts of consents are checked with",
        answers={
            200: Answer(says="Retired ones too.", bodies={JSON: KEY_SET}),
            304: Answer(says="Unchanged (If-None-Match)."),
        },
    ),
    ("GET", "/healthz"): Operation(
        name="isAlive",
        group=OPERATION,
        summary="Whether this process answers",
        answers={200: Answer(says="It does.", bodies={JSON: health.Alive})},
    ),
    ("GET", "/readyz"): Operation(
        name="isReady",
        group=OPERATION,
        summary="Whether what it needs is there, part by part",
        answers={
            200: Answer(says="All is there.", bodies={JSON: health.Readiness}),
            503: Answer(says="Something is missing.", bodies={JSON: health.Readiness}),
        },
    ),
    ("GET", service.PATH): Operation(
        name="description",
        group=OPERATION,
        summary="This description",
        answers={
            200: Answer(says="OpenAPI 3.1.", bodies={JSON: {"type": "object", "required": ["openapi", "paths"]}}),
            304: Answer(says="Unchanged (If-None-Match)."),
        },
    ),
}
