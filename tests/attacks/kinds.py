"""Attacks on signed documents by kind, the traps laid before signing, and how each may be told."""

import re
from collections.abc import Callable
from random import Random
from typing import Any

import pikepdf

from tests.attacks.certified import (
    catalogue,
    evidence_beside,
    evil_annotation,
    form_filled,
    overlay,
    page_box,
    page_tree,
    sneaky_signature,
    sneaky_timestamp,
)
from tests.attacks.documents import DESCRIBING, opened
from tests.attacks.forgery import usf, usf_contents, usf_without_range
from tests.attacks.marks import (
    copied_signature,
    field_for_a_signature,
    odd_box,
    unfilled_signature,
    widget_of_a_signature,
)
from tests.attacks.nested import one_byte, pdf_before, pdf_behind, pdf_behind_chained, renumbered, rewritten
from tests.attacks.overlapping import (
    beginning_late,
    borrowed,
    embedded,
    ending_early,
    gap_over_the_first,
    gap_over_the_update,
    in_three_parts,
    negative,
    nested_in_the_gap,
    reaching_back,
    same_gap,
)
from tests.attacks.saving import (
    hybrid,
    isa_after_end,
    isa_content,
    isa_empty_xref,
    isa_entry_twice,
    isa_freed,
    isa_generation,
    isa_hidden_in_comment,
    isa_hidden_in_stream,
    isa_object_stream,
    isa_old_startxref,
    isa_other_root,
    isa_page_added,
    isa_prev_skips,
    isa_truncated,
    isa_without_trailer,
    isa_without_xref,
    isa_wrong_entry,
    isa_wrong_startxref,
)
from tests.attacks.update import EVIL, Update, evil_stream, metadata
from tests.attacks.wrapping import (
    shadow_font,
    shadow_hidden_object,
    swa_in_gap,
    swa_other_object,
    swa_range,
)

Attack = Callable[[bytes, Random], bytes]


def trap_sprung(kind: str, pdf: bytes) -> bytes:
    if kind in DESCRIBING:
        return _description_sprung(kind, pdf)
    update = Update(pdf)
    drawing = b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Length %d >>\nstream\n%s\nendstream"
    with opened(pdf) as found:
        page: Any = found.pages[0].obj
        root = found.Root
        kept = {name: value for name, value in root.items() if name != "/Metadata"}
        match kind:
            case "overlay":
                box = page.Resources.XObject.Over.objgen[0]
                update.bodies[box] = (
                    b"<< /Type /XObject /Subtype /Form /BBox [0 0 1 1] /Length 0 >>\nstream\n\nendstream"
                )
            case "metadata as drawing":
                number = update.add(drawing % (len(EVIL), EVIL))
                update.bodies[update.root.number] = (
                    pikepdf.Dictionary(kept).unparse()[:-2] + b"/Metadata %d 0 R >>" % number
                )
            case "evidence as content":
                array = page.Contents
                number = update.add(evil_stream())
                update.bodies[array.objgen[0]] = b"[%s %d 0 R]" % (array[0].unparse(), number)
            case "certificate as drawing":
                update.bodies[root.DSS.Certs[0].objgen[0]] = drawing % (len(EVIL), EVIL)
            case "notes as content":
                array = page.Annots
                entries = b"/Type /Annot /Subtype /Widget /FT /Sig /T (X) /Rect [0 0 0 0]"
                number = update.add(b"<< %s /Length %d >>\nstream\n%s\nendstream" % (entries, len(EVIL), EVIL))
                update.bodies[array.objgen[0]] = b"[%s %d 0 R]" % (
                    b" ".join(item.unparse() for item in array), number
                )  # fmt: skip
            case "hole" | "cross-reference as drawing":
                number = int(re.findall(rb"/Over (\d+) 0 R", pdf)[-1])
                update.bodies[number] = drawing % (len(EVIL), EVIL)
    return update.written()


def _description_sprung(kind: str, pdf: bytes) -> bytes:
    update = Update(pdf)
    with opened(pdf) as found:
        root = found.Root
        kept = {name: value for name, value in root.items() if name not in ("/Metadata", "/Extensions")}
        text = pikepdf.Dictionary(kept).unparse()[:-2]
        match kind:
            case "information as graphics state":
                update.bodies[found.trailer.Info.objgen[0]] = b"<< /Type /ExtGState /ca 0 >>"
            case "extensions as graphics state":
                update.bodies[update.root.number] = text + b"/Extensions << /ca 0 >> >>"
            case "metadata as content":
                update.bodies[found.pages[0].obj.Contents.objgen[0]] = metadata(EVIL)
            case "metadata as letter":
                number = update.add(metadata(b"0 0 0 0 9 9 d1 0 0 900 900 re f"))
                update.bodies[update.root.number] = text + b"/Metadata %d 0 R >>" % number
    return update.written()


TRAPS = (
    "overlay",
    "metadata as drawing",
    "evidence as content",
    "certificate as drawing",
    "notes as content",
    *DESCRIBING,
    "hole",
    "cross-reference as drawing",
)
# attack → by which findings it may be told; one of them must be among those told
RECOGNISED: dict[Attack, frozenset[str]] = {
    attack: frozenset(slugs.split())
    for attack, slugs in {
        usf: "byte_range_malformed",
        usf_without_range: "no_signature HASH_FAILURE",
        usf_contents: "byte_range_not_round_value value_empty",
        isa_content: "object_changed",
        isa_page_added: "object_changed",
        isa_empty_xref: "hidden_objects",
        isa_hidden_in_stream: "hidden_objects",
        isa_hidden_in_comment: "hidden_objects",
        isa_without_xref: "bytes_after_end hidden_objects unreadable",
        isa_without_trailer: "hidden_objects unreadable",
        isa_wrong_startxref: "hidden_objects unreadable",
        isa_old_startxref: "revisions_not_chained hidden_objects",
        isa_wrong_entry: "hidden_objects",
        isa_entry_twice: "hidden_objects xref_contradicts_itself",
        isa_generation: "generation_changed",
        isa_freed: "object_removed annotation_removed",
        isa_object_stream: "page/Contents",
        isa_prev_skips: "signature_outside_document hidden_objects revisions_not_chained",
        isa_other_root: "catalogue_replaced catalogue/Pages",
        isa_after_end: "bytes_after_end",
        isa_truncated: "signature_lies_elsewhere bytes_after_end hidden_objects unreadable HASH_FAILURE",
        hybrid: "hidden_objects xref_contradicts_itself object_changed",
        swa_in_gap: "signature_outside_document byte_range_not_round_value unreadable",
        swa_range: "byte_range_malformed byte_range_not_round_value byte_range_beyond_file HASH_FAILURE",
        swa_other_object: "signature_lies_elsewhere",
        shadow_hidden_object: "entries_point_elsewhere",
        shadow_font: "object_changed",
        evil_annotation: "annotation_added",
        sneaky_signature: "mark_without_signature signature_without_value byte_range_malformed"
        " byte_range_not_round_value",
        sneaky_timestamp: "mark_without_signature signature_without_value",
        overlay: "page/Contents",
        form_filled: "field_filled_in",
        catalogue: "catalogue/OpenAction catalogue/Names catalogue/AA catalogue/OCProperties catalogue/Outlines"
        " catalogue/PageLabels catalogue/URI catalogue/PageMode catalogue/Perms catalogue/Lang",
        page_box: "page/CropBox page/Rotate page/AA page/UserUnit",
        page_tree: "object_changed",
        evidence_beside: "object_changed",
        pdf_before: "byte_range_not_round_value byte_range_malformed unreadable HASH_FAILURE",
        pdf_behind: "hidden_objects signature_outside_document",
        pdf_behind_chained: "hidden_objects",
        rewritten: "byte_range_beyond_file byte_range_not_round_value HASH_FAILURE byte_range_malformed",
        renumbered: "byte_range_beyond_file byte_range_not_round_value HASH_FAILURE no_signature",
        gap_over_the_first: "byte_range_not_round_value value_malformed",
        gap_over_the_update: "byte_range_not_round_value",
        reaching_back: "byte_range_malformed",
        same_gap: "byte_range_round_another_value",
        ending_early: "signed_part_is_no_revision",
        beginning_late: "byte_range_malformed",
        in_three_parts: "byte_range_malformed",
        negative: "byte_range_malformed",
        nested_in_the_gap: "signature_outside_document HASH_FAILURE",
        borrowed: "revisions_not_chained",
        embedded: "no_signature",
        widget_of_a_signature: "mark_of_another_signature",
        field_for_a_signature: "mark_of_another_signature",
        copied_signature: "mark_of_another_signature",
        odd_box: "mark_without_signature",
        unfilled_signature: "mark_without_signature",
        one_byte: "HASH_FAILURE FORMAT_FAILURE no_signature unreadable cms_malformed",
    }.items()
}
# attack → the published kinds that a report may name it by; one of them must be among those told
KINDS: dict[Attack, frozenset[str]] = {
    attack: frozenset(words.split())
    for several, words in (
        ((usf, usf_contents), "universal_signature_forgery"),
        (
            (
                isa_content, isa_page_added, isa_empty_xref, isa_hidden_in_stream, isa_hidden_in_comment,
                isa_without_xref, isa_without_trailer, isa_wrong_startxref, isa_old_startxref, isa_wrong_entry,
                isa_entry_twice, isa_generation, isa_freed, isa_object_stream, isa_prev_skips, isa_other_root,
                isa_after_end, hybrid, catalogue, page_box, page_tree, overlay,
            ),
            "incremental_saving",
        ),
        ((swa_in_gap, swa_range, swa_other_object), "signature_wrapping"),
        ((shadow_hidden_object,), "shadow_hide_and_replace"),
        ((shadow_font, evidence_beside), "shadow_replace"),
        (
            (
                evil_annotation, sneaky_timestamp, widget_of_a_signature, field_for_a_signature, copied_signature,
                odd_box, unfilled_signature,
            ),
            "annotation",
        ),
        ((sneaky_signature,), "annotation universal_signature_forgery"),
        ((gap_over_the_first, reaching_back, same_gap), "overlapping_ranges"),
        ((gap_over_the_update, beginning_late, in_three_parts, negative), "signature_wrapping"),
        ((ending_early, borrowed), "incremental_saving"),
        ((nested_in_the_gap, embedded), "pdf_in_pdf"),
        ((pdf_behind, pdf_behind_chained), "pdf_in_pdf incremental_saving"),
    )
    for attack in several
}  # fmt: skip
# what says by itself that nothing more could be seen
BLIND = frozenset({"unreadable", "HASH_FAILURE", "no_signature", "cms_malformed"})
# what needs a form to be filled in, and nobody who allowed it
NEEDS: dict[Attack, tuple[str, ...]] = {
    form_filled: ("form, approval", "form, P=1", "form over the whole page, P=2"),
}
