"""Every reason that goes outward is explained at /problems/{reason}, in every language.

The slugs are read from the sources: what the outward errors are raised with, what rules object, what tables name.
"""

import ast
import re
from collections.abc import Iterator

import pytest

from pwa.explain import WORDS
from tests.guards.catalogues import TRANSLATED, said
from tests.guards.tree import modules, name, parse
from trust.endpoints.problems import KNOWN

SLUG = re.compile(r"[a-z][a-z0-9]*(?:_[a-z0-9]+)*")
# Errors and local makers of them whose first argument is the reason.
OUTWARD = frozenset(
    {
        "RequestRefused", "ClientUnknown", "RegionUnavailable", "AssertionRejected", "PersonDeclined", "StepRefused",
        "NotFound", "PageRefused", "DocumentRefused", "NotAuthorised", "KeyUnavailable", "StampUnavailable",
        "EvidenceUnavailable", "TrustListRefused", "Unreadable", "AnswerRefused", "JwsRefused", "ContentRefused",
        "KeyRefused", "problem", "refused", "_refused", "_rejected", "_details_refused",
    }
)  # fmt: skip
TABLES = frozenset({"RULES", "DECLINED", "AWAY"})  # rule by its reason, or the platform's word with ours as value
# What stays inside, by the beginning of its path, and where it is said instead.
INSIDE = {
    "deploy/sandbox/": "the simulators have pages of their own",
    "deploy/trust_lists/": "the operator's trust lists: told by `gba trustlist`",
    "gateway/flows/decide_review.py": "the operator's desk: told by `gba reviews`",
    "gateway/identity/review.py": "the operator's desk: told by `gba reviews`",
    "gateway/oidc/security_event.py": "what became of telling a partner: told by `gba clients deliveries`",
    "gateway/identity/earlier_subject.py": "importing subjects: told by `gba clients subjects`",
    "gateway/flows/import_subjects.py": "importing subjects: told by `gba clients subjects`",
    "gateway/identity/check.py": "settings of a client: told by `gba clients`",
    "gateway/identity/transfer.py": "settings: told before the start",
    "gateway/identity/document_number.py": "reads a number; a form that is wrong is no match",
    "gateway/identity/claim.py": "values, not reasons",
    "gateway/flows/read_hint.py:sub": "a value, not a reason",
    "gateway/endpoints/presented_token.py:access_token": "a value, not a reason",
    "trust/anchors/": "trust lists: told by `gba trustlist`",
    "trust/audit/": "the audit chain: told by the worker's log",
    "trust/custody/key_store.py": "the operator's keys: told by `gba keys` and the log",
    "trust/flows/open_snapshot.py": "trust lists: told by `gba trustlist`",
    "trust/flows/publish_trust_list.py": "trust lists: told by `gba trustlist`",
    "trust/flows/refresh_trust_lists.py": "trust lists: told by `gba trustlist`",
    "trust/flows/verify_again.py": "an earlier report made again: told by `gba verify --again`",
    "trust/guomi/": "facts of a signature: in the report, with sentences of their own",
    "trust/keys/": "the operator's keys: told by `gba keys`",
    "trust/pades/": "facts of a file: in the report; refusals are those of trust/endpoints/problems.py",
    "trust/signing/": "settings of a seal: told before the start",
    "trust/storage/audit_log.py": "the audit chain: told by the worker's log",
    "trust/trust_lists/": "trust lists: told by `gba trustlist`",
    "trust/validation/": "judgement: in the report, with sentences of their own",
}  # fmt: skip


def slugs_in(node: ast.AST) -> Iterator[str]:
    for part in ast.walk(node):
        if isinstance(part, ast.Constant) and isinstance(part.value, str) and SLUG.fullmatch(part.value):
            yield part.value


def slugs_of(module: ast.Module) -> Iterator[str]:
    for node in ast.walk(module):
        if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in OUTWARD and node.args:
            yield from slugs_in(node.args[0])
        elif isinstance(node, ast.FunctionDef) and node.returns and ast.unparse(node.returns) == "str | None":
            for part in ast.walk(node):
                if isinstance(part, ast.Return) and part.value is not None:
                    yield from slugs_in(part.value)
        elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Dict):
            target = ast.unparse(node.targets[0] if isinstance(node, ast.Assign) else node.target)
            if target in TABLES:
                told = [key for key in node.value.keys if key] if target == "RULES" else [node.value]
                for slugs in map(slugs_in, told):
                    yield from slugs


def outward() -> dict[str, str]:
    """Each outward slug with the first file that says it."""
    found: dict[str, str] = {}
    for file in modules("gateway", "trust", "pwa", "deploy"):
        for slug in slugs_of(parse(file)):
            said_at = f"{name(file)}:{slug}"
            if not any(said_at.startswith(inside) for inside in INSIDE):
                found.setdefault(slug, name(file))
    return found


def test_every_reason_that_goes_outward_has_words() -> None:
    assert {slug: file for slug, file in outward().items() if slug not in WORDS} == {}


def test_the_search_finds_what_is_known_to_be_there() -> None:
    assert {
        "code_expired",
        "token_missing",
        "consent_unknown",
        "multipart_malformed",
        "state_wrong",
    } <= outward().keys()


def test_everything_that_the_documents_api_answers_has_words() -> None:
    assert KNOWN.keys() - WORDS.keys() == set()


def test_no_exemption_is_left_over() -> None:
    files = [name(file) for file in modules()]
    assert [place for place in INSIDE if not any(file.startswith(place.split(":")[0]) for file in files)] == []


@pytest.mark.parametrize("catalogue", TRANSLATED)
def test_the_words_of_every_reason_are_translated(catalogue: str) -> None:
    texts = said(catalogue)
    assert sorted({part for words in WORDS.values() for part in (words.title, words.text) if not texts.get(part)}) == []
