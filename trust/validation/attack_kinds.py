"""What kind of attack the findings about a file are the marks of, by the names of the published collections.

A mark is no proof of intent: careless programs leave some of them too. So a kind is told beside the reasons, never
instead of them, and only about what did not pass.
"""

from collections.abc import Iterable

from trust.validation.assess import SignatureFindings
from trust.validation.facts import Change, FileFacts
from trust.validation.verdict import Verdict

# kind → findings that are its marks; one that ends in "/" stands for all that begin so
MARKS: dict[str, frozenset[str]] = {
    kind: frozenset(marks.split())
    for kind, marks in {
        # nothing is left to check (Mladenov et al. 2019, USF)
        "universal_signature_forgery": "byte_range_malformed byte_range_not_round_value value_empty value_malformed"
        " signature_without_value",
        # content behind the back of a cross-reference, or a later revision that changes what was signed (ISA)
        "incremental_saving": "hidden_objects bytes_after_end bytes_unaccounted xref_contradicts_itself"
        " revisions_not_chained catalogue_replaced signed_part_is_no_revision generation_changed object_changed"
        " object_removed field_added field_removed page/ catalogue/ form/",
        # the signed bytes moved, or others put between them (SWA)
        "signature_wrapping": "byte_range_malformed byte_range_not_round_value byte_range_beyond_file"
        " byte_range_round_another_value signature_lies_elsewhere signature_outside_document value_followed_by_more",
        # what was hidden when it was signed (Mainka et al. 2021)
        "shadow_hide": "object_removed annotation_removed field_removed page/",
        "shadow_replace": "object_changed field_changed missing_object_supplied evidence_misused",
        "shadow_hide_and_replace": "entries_point_elsewhere",
        # notes and marks that cover or look like something else (Rohlmann et al. 2021, EAA and SSA)
        "annotation": "annotation_added annotation_changed annotation_malformed annotation_removed"
        " annotations_reordered mark_without_signature visible_timestamp signature_mark_changed mark_covers_content"
        " field_covers_page field_with_action_added signature_without_value mark_of_another_signature",
        "pdf_in_pdf": "signature_outside_document",
        "overlapping_ranges": "byte_ranges_overlap",
    }.items()
}
CERTIFICATION = "certification"  # what a certification forbids was done
KINDS = (*MARKS, CERTIFICATION)


def kinds(facts: FileFacts, judged: Iterable[tuple[SignatureFindings, Verdict]], verdict: Verdict) -> tuple[str, ...]:
    """The kinds whose marks a file bears, in a steady order; none where it passed."""
    if verdict.passed:
        return ()
    found, forbidden = set(facts.findings), False
    for each, its_verdict in judged:
        found |= {each.facts.problem, *each.facts.changes}
        forbidden = forbidden or (
            bool(each.facts.permits) and not its_verdict.passed and each.facts.change >= Change.ANNOTATIONS
        )
        forbidden = forbidden or its_verdict.reason == "modified_against_certification"
    found |= {note.partition("/")[0] + "/" for note in found if "/" in note}
    return tuple(kind for kind in KINDS if (forbidden if kind == CERTIFICATION else found & MARKS[kind]))
