"""A document opened for sealing: read by qpdf, its cross-reference checked, and rewritten if it needs repair.

What is unsigned and does not hold as written (junk before the header, a broken cross-reference, a hybrid one,
bytes after the end) is written anew by qpdf before it is sealed, and the result says so. What is signed is
never rewritten.
"""

import io
import re
from typing import Any

import pikepdf
from msgspec.structs import replace

from trust.documents.intake import DocumentFacts, objection
from trust.errors import DocumentRefused
from trust.frozen import Frozen
from trust.pades import revision, xref
from trust.pades.lost_content import content_is_lost
from trust.pades.salvage import salvage
from trust.pades.sig_fields import get, signature_fields
from trust.pades.syntax import OBJECT, Ref
from trust.pades.xref import Kind, Layout, XrefBroken

_END = re.compile(rb"[\x00\t\n\x0c\r ]*%%EOF[\x00\t\n\x0c\r ]*")


class Source(Frozen):
    """A document that may be sealed."""

    data: bytes
    pdf: pikepdf.Pdf
    layout: Layout
    facts: DocumentFacts
    normalised: bool


def open_source(data: bytes) -> Source:
    """The document, repaired if need be. Raises DocumentRefused with the rule it breaks."""
    facts, pdf, layout = _look(data)
    if problem := objection(facts):
        raise DocumentRefused(problem)
    assert pdf is not None
    if facts.sound and layout is not None:
        return Source(data=data, pdf=pdf, layout=layout, facts=facts, normalised=False)
    if content_is_lost(data, pdf):
        raise DocumentRefused("beyond_repair")
    try:
        out = io.BytesIO()
        pdf.save(out, static_id=True)
        written = out.getvalue()
    except Exception:
        raise DocumentRefused("unreadable") from None
    after, pdf, layout = _look(written)
    if problem := objection(after) or (None if after.sound else "beyond_repair"):
        raise DocumentRefused(problem)
    assert pdf is not None
    assert layout is not None
    kept = replace(facts, sound=False)
    return Source(data=written, pdf=pdf, layout=layout, facts=kept, normalised=True)


def look(data: bytes) -> DocumentFacts:
    """What can be said about a document before anything is done with it."""
    return _look(data)[0]


def admit(data: bytes) -> int:
    """How many pages a document has that may be sealed. Raises DocumentRefused."""
    facts = look(data)
    if problem := objection(facts):
        raise DocumentRefused(problem)
    return facts.pages


def _look(data: bytes) -> tuple[DocumentFacts, pikepdf.Pdf | None, Layout | None]:
    facts = DocumentFacts(size=len(data), header=b"%PDF-" in data[:1024])
    if objection(facts) != "unreadable":
        return facts, None, None
    try:
        pdf = revision.whole(data)
    except pikepdf.PasswordError:
        return replace(facts, encrypted=True), None, None
    except Exception:  # whatever a foreign document does to the library, qpdf cannot read it
        salvaged = salvage(data)
        if salvaged is None:
            return facts, None, None
        pdf = salvaged
    if pdf.is_encrypted:
        return replace(facts, encrypted=True), None, None
    try:
        pages = len(pdf.pages)
        signed = [found for found in signature_fields(pdf.Root) if get(found.value, "/ByteRange") is not None]
        forbids = _forbids_changes(pdf.Root) if signed else False
        active = _active(pdf.Root)
    except Exception:
        return facts, None, None
    layout = _layout(data)
    sound = layout is not None and _sound(data, pdf, layout)
    facts = replace(
        facts,
        readable=True,
        pages=pages,
        signatures=len(signed),
        no_changes_allowed=forbids,
        sound=sound,
        active=active,
    )
    return facts, pdf, layout


def _layout(data: bytes) -> Layout | None:
    try:
        return xref.read(data)
    except XrefBroken:
        return None


def _sound(data: bytes, pdf: pikepdf.Pdf, layout: Layout) -> bool:
    """Whether the cross-reference holds as written, and qpdf read the same."""
    if not data.startswith(b"%PDF-") or pdf.get_warnings() or layout.sections[0].hybrid:
        return False
    end = _END.match(data, layout.tail)
    if end is None or end.end() != len(data):
        return False
    root = layout.trailer.get("Root")
    if not isinstance(root, Ref) or (root.number, root.generation) != pdf.Root.objgen:
        return False
    for number, (kind, offset, generation) in layout.entries().items():
        if kind is Kind.OFFSET and number:
            found = OBJECT.match(data, offset)
            if found is None or (int(found.group(1)), int(found.group(2))) != (number, generation):
                return False
    # every page must be an object of its own that the cross-reference knows
    entries = layout.entries()
    return all(page.objgen[0] in entries for page in pdf.pages)


def _forbids_changes(root: Any) -> bool:
    """Whether a certification allows nothing further (§12.8.2.2: level 1)."""
    certified = get(get(root, "/Perms"), "/DocMDP")
    references = get(certified, "/Reference")
    if not isinstance(references, pikepdf.Array):
        return False
    return any(get(get(item, "/TransformParams"), "/P") == 1 for item in references)


def _active(root: Any) -> tuple[str, ...]:
    """Content that acts, as findings: it is sealed as it is, and said."""
    names = get(root, "/Names")
    found = {
        "javascript": get(names, "/JavaScript") is not None or get(get(root, "/OpenAction"), "/S") == "/JavaScript",
        "launch": get(get(root, "/OpenAction"), "/S") == "/Launch",
        "additional_actions": get(root, "/AA") is not None,
        "embedded_files": get(names, "/EmbeddedFiles") is not None or get(root, "/AF") is not None,
        "xfa": get(get(root, "/AcroForm"), "/XFA") is not None,
    }
    return tuple(name for name, there in found.items() if there)
