"""Every endpoint of the gateway, what it takes and how it refuses: the list that the tests of bad input go through."""

from dataclasses import dataclass
from enum import StrEnum


class Speaks(StrEnum):
    """How an endpoint says no."""

    OAUTH = "oauth"  # JSON with the standard's error code (RFC 6749 §5.2)
    PROBLEM = "problem"  # application/problem+json (RFC 9457)
    PAGE = "page"  # a page in the reader's language


@dataclass(frozen=True, kw_only=True)
class Endpoint:
    """`rule` as the route table writes it, `path` an example of it."""

    rule: str
    path: str
    methods: frozenset[str]
    speaks: Speaks
    shared: frozenset[str] = frozenset()  # methods that another rule takes on the same path


def _endpoint(methods: str, rule: str, speaks: Speaks, path: str = "") -> Endpoint:
    return Endpoint(rule=rule, path=path or rule, methods=frozenset(methods.split("|")), speaks=speaks)


NO_ID = "doesnotexist0000000000"

MACHINE = (
    _endpoint("GET", "/.well-known/openid-configuration", Speaks.OAUTH),
    _endpoint("GET", "/.well-known/oauth-authorization-server", Speaks.OAUTH),
    _endpoint("GET", "/oauth/jwks", Speaks.OAUTH),
    _endpoint("POST", "/oauth/par", Speaks.OAUTH),
    _endpoint("GET|POST", "/oauth/authorize", Speaks.PAGE),
    _endpoint("GET|POST", "/oauth/logout", Speaks.PAGE),
    _endpoint("POST", "/oauth/token", Speaks.OAUTH),
    _endpoint("GET|POST", "/oauth/userinfo", Speaks.OAUTH),
    _endpoint("POST", "/oauth/introspect", Speaks.OAUTH),
    _endpoint("POST", "/oauth/revoke", Speaks.OAUTH),
    _endpoint("POST", "/oauth/register", Speaks.OAUTH),
    _endpoint("GET|PUT|DELETE", "/oauth/register/{client}", Speaks.OAUTH, f"/oauth/register/{NO_ID}"),
    _endpoint("POST", "/oauth/device_authorization", Speaks.OAUTH),
    _endpoint("GET", "/regions/{code}/callback", Speaks.PAGE, "/regions/HK/callback"),
    _endpoint("GET", "/regions/check/callback", Speaks.PAGE),
    _endpoint("POST", "/regions/{code}/receive/{kind}", Speaks.OAUTH, "/regions/HK/receive/profile"),
    _endpoint("POST", "/api/v1/documents", Speaks.PROBLEM),
    _endpoint("GET", "/api/v1/documents/{id}", Speaks.PROBLEM, f"/api/v1/documents/{NO_ID}"),
    _endpoint("GET", "/api/v1/documents/{id}/content", Speaks.PROBLEM, f"/api/v1/documents/{NO_ID}/content"),
    _endpoint("POST", "/api/v1/documents/batches", Speaks.PROBLEM),
    _endpoint("GET", "/api/v1/documents/batches/{key}", Speaks.PROBLEM, f"/api/v1/documents/batches/{NO_ID}"),
    _endpoint("POST", "/api/v1/signings", Speaks.PROBLEM),
    _endpoint("GET", "/api/v1/signings/{id}", Speaks.PROBLEM, f"/api/v1/signings/{NO_ID}"),
    _endpoint("GET", "/api/v1/signings/{id}/content", Speaks.PROBLEM, f"/api/v1/signings/{NO_ID}/content"),
    _endpoint("POST", "/api/v1/signings/{id}/begin", Speaks.PROBLEM, f"/api/v1/signings/{NO_ID}/begin"),
    _endpoint("GET", "/signings/callback", Speaks.PAGE),
    _endpoint("POST", "/api/v1/verifications", Speaks.PROBLEM),
    _endpoint("POST", "/api/v1/verifications/digest", Speaks.PROBLEM),
    _endpoint("POST", "/api/v1/verifications/batches", Speaks.PROBLEM),
    _endpoint(
        "GET|DELETE", "/api/v1/verifications/batches/{id}", Speaks.PROBLEM, f"/api/v1/verifications/batches/{NO_ID}"
    ),
    _endpoint(
        "GET",
        "/api/v1/verifications/batches/{id}/results",
        Speaks.PROBLEM,
        f"/api/v1/verifications/batches/{NO_ID}/results",
    ),
    _endpoint("GET", "/schemas/verification-report-1.json", Speaks.OAUTH),
    _endpoint("GET", "/api/v1/integration", Speaks.PROBLEM),
    _endpoint("GET", "/api/v1/integration/errors", Speaks.PROBLEM),
    _endpoint("POST", "/api/v1/integration/page", Speaks.PROBLEM),
    _endpoint("POST", "/api/v1/registrations", Speaks.PROBLEM),
    _endpoint("GET", "/api/v1/registrations/{reference}", Speaks.PROBLEM, f"/api/v1/registrations/{NO_ID}"),
    _endpoint("GET", "/api/v1/openapi.json", Speaks.PROBLEM),
    _endpoint("GET", "/receipts/jwks", Speaks.OAUTH),
    _endpoint("GET", "/healthz", Speaks.OAUTH),
    _endpoint("GET", "/readyz", Speaks.OAUTH),
)

# Under /en, as a reader of English sees them.
PAGES = (
    _endpoint("GET", "/", Speaks.PAGE),
    _endpoint("GET", "/sw.js", Speaks.PAGE),
    _endpoint("GET", "/favicon.ico", Speaks.PAGE),
    _endpoint("GET", "/static/<revision>/<path:path>", Speaks.PAGE, "/static/none/none.css"),
    _endpoint("GET", "/problems/<reason>", Speaks.PAGE, "/problems/not_found"),
    _endpoint("GET", "/<code>/choose", Speaks.PAGE, "/en/choose"),
    _endpoint("GET", "/<code>/manifest.webmanifest", Speaks.PAGE, "/en/manifest.webmanifest"),
    _endpoint("GET", "/<code>/offline", Speaks.PAGE, "/en/offline"),
    _endpoint("GET", "/<code>/problems/<reason>", Speaks.PAGE, "/en/problems/not_found"),
    _endpoint("GET", "/<lang>/", Speaks.PAGE, "/en/"),
    _endpoint("GET", "/<lang>/session", Speaks.PAGE, "/en/session"),
    _endpoint("GET", "/<lang>/help", Speaks.PAGE, "/en/help"),
    _endpoint("GET", "/<lang>/developers", Speaks.PAGE, "/en/developers"),
    _endpoint("GET", "/<lang>/developers/<name>", Speaks.PAGE, "/en/developers/start"),
    _endpoint("GET", "/<lang>/developers/api", Speaks.PAGE, "/en/developers/api"),
    _endpoint("GET", "/<lang>/developers/api/<name>", Speaks.PAGE, "/en/developers/api/records"),
    _endpoint("GET", "/<lang>/developers/types/<name>", Speaks.PAGE, "/en/developers/types/Problem"),
    _endpoint("GET", "/<lang>/developers/examples/<name>", Speaks.PAGE, "/en/developers/examples/sign_in.py"),
    _endpoint("GET", "/<lang>/accessibility", Speaks.PAGE, "/en/accessibility"),
    _endpoint("GET", "/<lang>/privacy", Speaks.PAGE, "/en/privacy"),
    _endpoint("GET|POST", "/<lang>/verify", Speaks.PAGE, "/en/verify"),
    _endpoint("POST", "/<lang>/verify/report.json", Speaks.PAGE, "/en/verify/report.json"),
    _endpoint("POST", "/<lang>/verify/report.xml", Speaks.PAGE, "/en/verify/report.xml"),
    _endpoint("POST", "/<lang>/verify/report.pdf", Speaks.PAGE, "/en/verify/report.pdf"),
    _endpoint("GET", "/<lang>/v/<code>", Speaks.PAGE, f"/en/v/{NO_ID}"),
    _endpoint("GET|POST", "/<lang>/sign-in", Speaks.PAGE, "/en/sign-in"),
    _endpoint("GET", "/<lang>/sign-in/<sign_in>", Speaks.PAGE, f"/en/sign-in/{NO_ID}"),
    Endpoint(
        rule="/<lang>/sign-in/<sign_in>/state",
        path=f"/en/sign-in/{NO_ID}/state",
        methods=frozenset({"GET"}),
        speaks=Speaks.PAGE,
        shared=frozenset({"POST"}),  # an action of that name, which there is not
    ),
    Endpoint(
        rule="/<lang>/sign-in/<sign_in>/stay",
        path=f"/en/sign-in/{NO_ID}/stay",
        methods=frozenset({"GET"}),
        speaks=Speaks.PAGE,
        shared=frozenset({"POST"}),  # the same
    ),
    _endpoint("POST", "/<lang>/sign-in/<sign_in>/<action>", Speaks.PAGE, f"/en/sign-in/{NO_ID}/bind"),
    _endpoint("GET|POST", "/<lang>/device", Speaks.PAGE, "/en/device"),
    _endpoint("GET|POST", "/<lang>/sign-out", Speaks.PAGE, "/en/sign-out"),
    _endpoint("POST", "/<lang>/sessions/<session>/end", Speaks.PAGE, f"/en/sessions/{NO_ID}/end"),
    _endpoint("GET", "/<lang>/links", Speaks.PAGE, "/en/links"),
    _endpoint("GET|POST", "/<lang>/account/close", Speaks.PAGE, "/en/account/close"),
    _endpoint("POST", "/<lang>/links/<link>/undo", Speaks.PAGE, f"/en/links/{NO_ID}/undo"),
    _endpoint("GET", "/<lang>/consents", Speaks.PAGE, "/en/consents"),
    _endpoint("GET", "/<lang>/consents/<record>", Speaks.PAGE, f"/en/consents/{NO_ID}"),
    _endpoint("GET", "/<lang>/consents/<record>/receipt.json", Speaks.PAGE, f"/en/consents/{NO_ID}/receipt.json"),
    _endpoint("GET", "/<lang>/consents/<record>/receipt.pdf", Speaks.PAGE, f"/en/consents/{NO_ID}/receipt.pdf"),
    _endpoint("POST", "/<lang>/consents/<record>/withdraw", Speaks.PAGE, f"/en/consents/{NO_ID}/withdraw"),
    _endpoint("GET", "/<lang>/documents", Speaks.PAGE, "/en/documents"),
    _endpoint("GET", "/<lang>/documents/<document>", Speaks.PAGE, f"/en/documents/{NO_ID}"),
    _endpoint("GET", "/<lang>/documents/<document>/file", Speaks.PAGE, f"/en/documents/{NO_ID}/file"),
    _endpoint("GET", "/<lang>/signings/<signing>", Speaks.PAGE, f"/en/signings/{NO_ID}"),
    Endpoint(
        rule="/<lang>/signings/<signing>/file",
        path=f"/en/signings/{NO_ID}/file",
        methods=frozenset({"GET"}),
        speaks=Speaks.PAGE,
        shared=frozenset({"POST"}),  # an action of that name, which there is not
    ),
    _endpoint("POST", "/<lang>/signings/<signing>/<action>", Speaks.PAGE, f"/en/signings/{NO_ID}/begin"),
    _endpoint("GET", "/<lang>/partners", Speaks.PAGE, "/en/partners"),
    _endpoint("GET|POST", "/<lang>/partners/enter/<link>", Speaks.PAGE, f"/en/partners/enter/{NO_ID}"),
    _endpoint("POST", "/<lang>/partners/leave", Speaks.PAGE, "/en/partners/leave"),
    _endpoint("GET|POST", "/<lang>/partners/register", Speaks.PAGE, "/en/partners/register"),
    _endpoint("GET", "/<lang>/partners/requests/<reference>", Speaks.PAGE, f"/en/partners/requests/{NO_ID}"),
)
ENDPOINTS = MACHINE + PAGES
