"""The verification report as a PDF for people (PDF/A-3a, PDF/UA-1), in the reader's language, its JSON attached."""

import json
from collections.abc import Mapping, Sequence

from trust.pades import paper, typesetting
from trust.validation.sentences import sentence
from trust.validation.words import acts, later_changes
from trust.validation.words import words as words_in

FILE_FACTS = ("file", "sha256", "size", "pages", "at", "policy", "sub_indication")
SIGNATURE_FACTS = (
    "signer",
    "issuer",
    "serial",
    "territory",
    "level",
    "proved_level",
    "process",
    "signing_time",
    "signing_time_source",
    "coverage",
    "modifications",
    "sub_indication",
)
MOMENTS = frozenset({"at", "signing_time"})
WORDED = frozenset({"territory", "level", "process", "signing_time_source", "coverage", "modifications"})


def render(report: Mapping[str, object], language: str, *, sealed: bool = False) -> bytes:
    """The report (as `Report.as_json` gives it) as a PDF; the same bytes for the same report and language.

    `sealed` says whether a seal will be put on it; a report that gets none says so itself.
    """
    lang = paper.known(language)
    words = words_in(lang)
    listed = report.get("signatures")
    signatures = [one for one in (listed if isinstance(listed, Sequence) else ()) if isinstance(one, Mapping)]
    data = {
        "lang": paper.CODES[lang][0],
        "region": paper.CODES[lang][1],
        "title": words["title"],
        "by": words["by"],
        "words": words,
        "verdict": report["verdict"],
        "sentence": sentence(str(report["reason"]), lang),
        "snapshot": str(report.get("trust_snapshot", "")),
        "note": words["how"] if sealed else words["unsealed"],
        "sealed": sealed,
        "facts": _facts(report, FILE_FACTS, words),
        "acts": acts(report, lang),
        "signatures": [
            {
                "title": f"{count}. {words.get(str(one.get('kind')), '')}",
                "verdict": one["verdict"],
                "sentence": sentence(str(one["reason"]), lang),
                "facts": [
                    *_facts({**one, "modifications": later_changes(one)}, SIGNATURE_FACTS, words),
                    *_seal(one, words),
                ],
            }
            for count, one in enumerate(signatures, start=1)
        ],
    }
    return typesetting.compiled(
        paper.template("report.typ"),
        {"data": _text(data), "report": _text(report, indent=2)},
        archival=True,
        attachments=True,
        timestamp=paper.moment(str(report.get("at", ""))),
    )


def _text(told: object, indent: int | None = None) -> str:
    """JSON; of a file name that is no text in any encoding what cannot be shown is replaced."""
    return json.dumps(told, ensure_ascii=False, indent=indent).encode("utf-8", "replace").decode()


def _seal(one: Mapping[str, object], words: Mapping[str, str]) -> list[tuple[str, str]]:
    """The electronic seal that was put to the document."""
    seal = one.get("electronic_seal")
    return [(words["electronic_seal"], f"{seal['name']} ({seal['standard']})")] if isinstance(seal, Mapping) else []


def _facts(holder: Mapping[str, object], keys: tuple[str, ...], words: Mapping[str, str]) -> list[tuple[str, str]]:
    facts = []
    for key in keys:
        value = holder.get(key)
        if value in (None, ""):
            continue
        text = words.get(str(value), str(value)) if key in WORDED else str(value)
        text = paper.local(text) if key in MOMENTS else text
        name = "document_digest" if key == "sha256" and holder.get("subject") == "digest" else key
        facts.append((words[name], text))
    return facts
