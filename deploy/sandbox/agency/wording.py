"""The agency's words, one file a language; a missing word is a fault that the tests find."""

import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path

from deploy.sandbox.agency.errors import AgencyError, ProviderFailed, RecordRefused, SignInEnded

_FOLDER = Path(__file__).with_name("texts")


@cache
def words(language: str) -> Mapping[str, str]:
    """Every text in one language (`zh-Hant`, `zh-Hans`, `en` or `pt`)."""
    with (_FOLDER / f"{language}.toml").open("rb") as file:
        return {str(name): str(text) for name, text in tomllib.load(file).items()}


def _sentence(language: str, prefix: str, reason: str) -> str:
    """The sentence for a reason, or the one for every other reason of its kind."""
    texts = words(language)
    return texts.get(f"{prefix}_{reason}", texts[f"{prefix}_other"])


def told(fault: AgencyError, language: str) -> tuple[str, int]:
    """What went wrong, in words, and the status of the page that says it."""
    if fault.reason in ("visit_unknown", "not_from_here"):
        return words(language)[fault.reason], 403
    if isinstance(fault, SignInEnded):
        return _sentence(language, "ended", fault.reason), 200
    if isinstance(fault, RecordRefused):
        return _sentence(language, "record_refused", fault.reason), 422
    if isinstance(fault, ProviderFailed):
        return _sentence(language, "failed", fault.reason), 502
    return _sentence(language, "refused", fault.reason), 400
