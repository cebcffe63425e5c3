"""A verification report as its page shows it: a verdict in words and colour, then the facts of each signature."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from gateway.frozen import Frozen
from pwa.catalogues import marked as _
from pwa.views import words
from pwa.views.trust_lists import ListInForce, Recognised, each, lists_in_force, recognised
from trust.validation.words import later_changes

TONES: Mapping[str, tuple[str, str]] = {
    "PASSED": ("good", _("Genuine and unchanged")),
    "FAILED": ("bad", _("Do not rely on this file")),
    "INDETERMINATE": ("warn", _("This cannot be said for certain")),
}
# Of one signature among several, in a word.
SHORT: Mapping[str, str] = {
    "PASSED": _("valid"),
    "FAILED": _("not valid"),
    "INDETERMINATE": _("not certain"),
}
KINDS: Mapping[str, str] = {
    "signature": _("Signature %(number)s"),
    "document_timestamp": _("Archive timestamp %(number)s"),
}
COVERAGE: Mapping[str, str] = {
    "ENTIRE_FILE": _("the whole file"),
    "ENTIRE_REVISION": _("everything up to this signature"),
    "UNCLEAR": _("this cannot be told"),
}
TIME_SOURCES: Mapping[str, str] = {
    "claimed": _("only the signer's own word"),
    "signature_timestamp": _("a timestamp authority"),
    "archive_timestamp": _("an archive timestamp"),
    "document_timestamp": _("an archive timestamp"),
}
MODIFICATIONS: Mapping[str, str] = {
    "none": _("nothing was changed since"),
    "validation_data": _("only proofs for later years were added"),
    "unshown": _("only what no page shows was changed: the title, the description or kept proofs"),
    "signatures": _("further signatures were added"),
    "form": _("only form fields were filled in"),
    "annotations": _("notes were added"),
    "other": _("the content was changed"),
    "unknown": _("what was changed cannot be told"),
}

# What was noticed about the file itself; a reader's trouble with the table of objects comes as `xref:{problem}`.
FINDINGS: Mapping[str, str] = {
    "xref": _("The table of contents inside the file is broken; it was read in another way."),
    "bytes_after_end": _("There is something after the end of the file that is not part of it."),
    "byte_ranges_overlap": _("The parts of the file that signatures cover overlap."),
    "repaired_by_reader": _("The file is damaged, and was read only by repairing it."),
    "signature_outside_document": _("There is a signature in the file that does not belong to the document you see."),
    "unreadable": _("The file could not be read."),
    "rendered_differently": _("Drawn as it was signed and as it is now, the file does not look the same."),
    "rendering_not_compared": _("Whether the file still looks as it was signed could not be compared."),
}
# The published kinds of attack of which the findings are the marks.
ATTACKS: Mapping[str, str] = {
    "universal_signature_forgery": _("Nothing was left to check the signature by (universal signature forgery)"),
    "incremental_saving": _("Content was added behind the signature (incremental saving)"),
    "signature_wrapping": _("What was signed was moved aside for something else (signature wrapping)"),
    "shadow_hide": _("What lay over other content was taken away after signing (shadow attack: hide)"),
    "shadow_replace": _("Something prepared beforehand was exchanged after signing (shadow attack: replace)"),
    "shadow_hide_and_replace": _(
        "Hidden content was put in place of what was signed (shadow attack: hide and replace)"
    ),
    "annotation": _("Notes or marks may cover what was signed, or look like a signature (annotation attack)"),
    "pdf_in_pdf": _("The signature belongs to another document inside the file (PDF in PDF)"),
    "overlapping_ranges": _("The parts that signatures cover overlap (overlapping ranges)"),
    "certification": _("Something was done that the signer had forbidden (certification attack)"),
}
NOTICED = _("Something about the file is unusual.")


class Fact(Frozen):
    """A line of the table: its name is translated; its value is too when it is one of our words."""

    name: str
    value: str
    moment: datetime | None = None
    ours: bool = False
    mono: bool = False


class SignatureFacts(Frozen):
    kind: str  # takes its number
    tone: str
    title: str
    text: str
    signer: str
    facts: tuple[Fact, ...]
    recognition: Recognised | None


class Shown(Frozen):
    verdict: str
    tone: str
    title: str
    text: str
    file: str
    facts: tuple[Fact, ...]
    findings: tuple[str, ...]  # our words, still to be translated
    attacks: tuple[tuple[str, str], ...]  # the kind, and our words for it
    acts: tuple[Mapping[str, str], ...]  # two signatures that are one act: what its sentence is said with
    signatures: tuple[SignatureFacts, ...]
    lists: tuple[ListInForce, ...]


def shown(report: Mapping[str, object], sentence: Callable[[str], str], language: str) -> Shown:
    """`sentence` says a reason in the reader's language. Unknown fields of the report are left to its JSON."""
    verdict = str(report.get("verdict", "INDETERMINATE"))
    tone, title = TONES.get(verdict, TONES["INDETERMINATE"])
    return Shown(
        verdict=verdict,
        tone=tone,
        title=title,
        text=sentence(str(report.get("reason", ""))),
        file=str(report.get("file", "")),
        facts=_facts(
            (
                (_("File"), "file", False),
                (_("Fingerprint (SHA-256)"), "sha256", True),
                (_("Checked at"), "at", False),
                (_("Trust lists"), "trust_snapshot", True),
                (_("Policy"), "policy", False),
                (_("In the standard's words"), "sub_indication", False),
            ),
            report,
        ),
        findings=_findings(report.get("findings")),
        attacks=_attacks(report.get("attack_kinds")),
        acts=tuple(_act(one) for one in each(report.get("acts"))),
        signatures=tuple(_signature(one, sentence, language) for one in each(report.get("signatures"))),
        lists=lists_in_force(report.get("trust_lists"), language),
    )


def _findings(told: object) -> tuple[str, ...]:
    """Each once, in words."""
    named = [str(one).partition(":")[0] for one in told] if isinstance(told, list | tuple) else []
    return tuple(dict.fromkeys(FINDINGS.get(name, NOTICED) for name in named))


def _attacks(told: object) -> tuple[tuple[str, str], ...]:
    named = [str(one) for one in told] if isinstance(told, list | tuple) else []
    return tuple((name, ATTACKS[name]) for name in named if name in ATTACKS)


def _act(one: Mapping[str, object]) -> Mapping[str, str]:
    first, second = each(one.get("halves"))
    return {
        "first": str(first["signature"]),
        "first_key": str(first["key"]).upper(),
        "second": str(second["signature"]),
        "second_key": str(second["key"]).upper(),
    }


def _sealed(one: Mapping[str, object]) -> tuple[Fact, ...]:
    """The electronic seal of the mainland that was put to the document, by its own name."""
    seal = one.get("electronic_seal")
    if not isinstance(seal, Mapping):
        return ()
    facts = ((_("Electronic seal"), "name", False), (_("Seal made by"), "maker", False))
    return _facts(facts, {"name": f"{seal.get('name')} ({seal.get('standard')})", "maker": seal.get("maker")})


def _signature(one: Mapping[str, object], sentence: Callable[[str], str], language: str) -> SignatureFacts:
    verdict = str(one.get("verdict"))
    tone, _title = TONES.get(verdict, TONES["INDETERMINATE"])
    reason = str(one.get("reason") or "")
    worded = {
        _("Territory"): words.REGIONS.get(str(one.get("territory")), ""),
        _("The time rests on"): TIME_SOURCES.get(str(one.get("signing_time_source")), ""),
        _("Covers"): COVERAGE.get(str(one.get("coverage")), ""),
        _("After signing"): MODIFICATIONS.get(later_changes(one), ""),
    }
    return SignatureFacts(
        kind=KINDS.get(str(one.get("kind")), KINDS["signature"]),
        tone=tone,
        title=SHORT.get(verdict, SHORT["INDETERMINATE"]),
        text=sentence(reason) if reason else "",
        signer=str(one.get("signer") or ""),
        facts=(
            *_facts(((_("Signed at"), "signing_time", False),), one),
            *(Fact(name=name, value=value, ours=True) for name, value in worded.items() if value),
            *_sealed(one),
            *_facts(
                (
                    (_("Level"), "level", False),
                    (_("Level that is proved"), "proved_level", False),
                    (_("Certificate issuer"), "issuer", False),
                    (_("Trust list entry"), "trust_entry", False),
                    (_("In the standard's words"), "sub_indication", False),
                ),
                one,
            ),
        ),
        recognition=recognised(one.get("mutual_recognition"), language),
    )


def _facts(wanted: Sequence[tuple[str, str, bool]], told: Mapping[str, object]) -> tuple[Fact, ...]:
    return tuple(
        Fact(name=name, value=str(told[key]), moment=_moment(told[key]), mono=mono)
        for name, key, mono in wanted
        if isinstance(told.get(key), str | int) and told[key] != ""
    )


def _moment(value: object) -> datetime | None:
    if not isinstance(value, str) or "T" not in value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else None
