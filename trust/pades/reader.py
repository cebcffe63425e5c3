"""Reads a signed PDF into facts (CPU only; run it contained): signatures, what they cover, what came after.

1. The file must open, unencrypted; its cross-reference is followed as written.
2. Each signature's byte range must leave out its own value and nothing else, and lie where the
   cross-reference of the signed revision says that the signature is.
3. The message must be well-formed and hold over the bytes.
4. What stands after the signed bytes must belong to later revisions, and each change is classed.
"""

import hashlib
import re
from datetime import UTC, datetime, timedelta, timezone
from itertools import pairwise
from typing import Any

import pikepdf
from msgspec.structs import replace

from trust.frozen import Frozen
from trust.pades import changes, cms_reader, gap, later_revisions, revision, taken_away, unreadable
from trust.pades.content import HashedFile
from trust.pades.hidden import Trail
from trust.pades.in_memory import Document
from trust.pades.later_revisions import Later
from trust.pades.mentions import Search
from trust.pades.sig_fields import SignatureField, get, signature_fields
from trust.pades.stream_bodies import bodies
from trust.pades.syntax import OBJECT, Ref
from trust.pades.unreadable import MOST_SIGNATURES
from trust.pades.xref import Entry, Kind, Layout, Layouts, XrefBroken
from trust.validation.facts import Change, CmsFacts, FileFacts, SignatureFacts

MOST_EVIDENCE = 2000
LARGEST_EVIDENCE = 64 * 1024 * 1024
_BLANK = re.compile(rb"[\x00\t\n\x0c\r ]*")
_END = re.compile(rb"[\x00\t\n\x0c\r ]*%%EOF")
_DATE = re.compile(r"(?:D:)?(\d{4})(\d\d)?(\d\d)?(\d\d)?(\d\d)?(\d\d)?(?:([Zz+-])(?:(\d\d)'?(?:(\d\d)'?)?)?)?")


class _File(Frozen):
    data: Document
    pdf: pikepdf.Pdf
    hashed: HashedFile
    layouts: Layouts
    layout: Layout | None
    xref_problem: str
    entries: dict[int, Entry]
    trail: Trail
    search: Search
    holders: dict[int, int]  # which object holds a signature, and where that ends


def read(data: Document, *, held: int | None = None) -> FileFacts:  # noqa: PLR0911 - one a way of being unreadable
    """The facts about a file; every file has some. `held` is memory that holds it too (trust/pades/in_memory.py)."""

    def nothing(problem: str) -> FileFacts:
        return FileFacts(sha256=hashlib.sha256(data).hexdigest(), size=len(data), problem=problem)

    if not data:
        return nothing("empty")
    if b"%PDF-" not in data[:1024] and data.find(b"/ByteRange") < 0:
        return nothing("not_a_pdf")
    try:
        pdf = revision.whole(data, held=held)
    except pikepdf.PasswordError:
        return nothing("encrypted")
    except Exception:  # whatever a foreign document does to the library, it is unreadable
        return unreadable.read(data)
    with pdf:
        if pdf.is_encrypted:
            return nothing("encrypted")
        try:
            return _read(data, pdf)
        except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError, IndexError, AttributeError):
            return unreadable.read(data)


def _read(data: Document, pdf: pikepdf.Pdf) -> FileFacts:
    problem, layout, layouts = "", None, Layouts(data)
    try:
        layout = layouts.of(len(data))
    except XrefBroken as broken:
        problem = broken.reason
    found = list(signature_fields(pdf.Root))
    signed = [item for item in found if get(item.value, "/ByteRange") is not None]
    search = _search(data, layout, signed)
    if search.file.signatures > len(signed) and (unlisted := _unlisted(pdf, signed)):
        signed += unlisted
        search = _search(data, layout, signed)
    file = _File(
        data=data,
        pdf=pdf,
        hashed=HashedFile(data, [_range(item.value)[1] for item in signed]),
        layouts=layouts,
        layout=layout,
        xref_problem=problem,
        entries=layout.entries() if layout is not None else {},
        trail=Trail(data, _first_end(data, signed)),
        search=search,
        holders={_holder(item): _range(item.value)[3] for item in signed},
    )
    certificates, ocsps, crls = _evidence(pdf.Root)
    order = sorted(signed, key=lambda item: _range(item.value)[3])
    read = [_signature(file, item) for item in order[:MOST_SIGNATURES]]
    ranges = [_range(item.value) for item in order]
    facts = taken_away.told_to_signatures(_apart(read, ranges))
    findings = [f"xref:{problem}"] if problem else []
    if layout is not None and not _ends_well(data, layout):
        findings.append("bytes_after_end")
    if pdf.get_warnings():
        findings.append("repaired_by_reader")
    if _overlap(ranges):
        findings.append("byte_ranges_overlap")
    if not facts and search.file.signatures:
        findings.append("signature_outside_document")  # the document that is shown is not the one that was signed
    return FileFacts(
        sha256=file.hashed.sha256(),
        size=len(data),
        pages=_pages(pdf),
        signatures=tuple(replace(item, revision=count) for count, item in enumerate(facts, start=1)),
        empty_fields=sum(item.value is None for item in found),
        certificates=certificates,
        ocsps=ocsps,
        crls=crls,
        findings=tuple(findings),
    )


def _pages(pdf: pikepdf.Pdf) -> int:
    try:
        return len(pdf.pages)
    except pikepdf.PdfError:
        return 0


def _first_end(data: Document, signed: list[SignatureField]) -> int:
    """Where the first of the signatures ends that something follows."""
    ends = [end for item in signed if (end := _range(item.value)[3]) > 0 and not _BLANK.fullmatch(data, end)]
    return min(ends, default=len(data))


def _search(data: Document, layout: Layout | None, signed: list[SignatureField]) -> Search:
    """Prepared for all objects that are written after a signature."""
    first = _first_end(data, signed)
    later = [section for section in layout.sections if section.offset >= first] if layout is not None else []
    numbers = {number for section in later for number in section.entries}
    if numbers and layout is not None and isinstance(root := layout.trailer.get("Root"), Ref):
        numbers.add(root.number)  # whether the catalogue is nothing else is asked, too
    ends = {_range(item.value)[3] for item in signed}
    ends = {end for end in ends if end > 0 and not _BLANK.fullmatch(data, end)}
    # where the form lists no signature, one may lie anywhere, as in a document within the document
    return Search(data, numbers, ends, bodies(data, layout) if signed and layout is not None else ())


def _unlisted(pdf: pikepdf.Pdf, listed: list[SignatureField]) -> list[SignatureField]:
    """Signatures that the form does not list; only looked for where the bytes say that there are more."""
    known = {item.value.objgen for item in listed if item.value.is_indirect}
    found: list[SignatureField] = []
    for item in pdf.objects:
        if len(found) >= MOST_SIGNATURES:
            break
        holder = item if isinstance(item, pikepdf.Dictionary) else None
        if get(holder, "/ByteRange") is not None and holder.objgen not in known:  # type: ignore[union-attr]
            found.append(SignatureField("", None, holder))
    return found


def _signature(file: _File, item: SignatureField) -> SignatureFacts:
    value = item.value
    sub_filter = str(get(value, "/SubFilter") or "").lstrip("/")
    is_stamp = sub_filter == "ETSI.RFC3161"
    before, opening, closing, end = _range(value)
    common: dict[str, Any] = {
        "field_name": item.name,
        "is_stamp": is_stamp,
        "sub_filter": sub_filter,
        "claimed_at": _date(get(value, "/M")),
        "reason": str(get(value, "/Reason") or "")[:500],
        "permits": _permits(value),
        "end": max(end, 0),
    }
    problem, contents = _structure(file, item, (before, opening, closing, end))
    if problem:
        return SignatureFacts(**common, problem=problem)
    content = file.hashed.covered(opening, closing, end)
    if is_stamp:
        stamp = cms_reader.read_stamp(contents, content)
        cms = stamp.cms
    else:
        stamp, cms = None, cms_reader.read(contents, content, sub_filter)
    covers = _BLANK.fullmatch(file.data, end) is not None
    change, notes = (Change.NONE, ()) if covers else _after(file, end, closing)
    return SignatureFacts(**common, cms=cms, stamp=stamp, covers_file=covers, change=change, changes=tuple(notes))


def _holder(item: SignatureField) -> int:
    """The number of the object that a signature stands in; 0 where there is none."""
    holder = item.value if item.value.is_indirect else item.field
    return int(holder.objgen[0]) if holder is not None else 0


def _range(value: Any) -> tuple[int, int, int, int]:
    """Start, opening and closing of the gap, end; (-1, …) where the entry is not four numbers."""
    try:
        numbers = [int(number) for number in get(value, "/ByteRange")]
    except (TypeError, ValueError, OverflowError):
        return -1, -1, -1, -1
    if len(numbers) != 4:
        return -1, -1, -1, -1
    return numbers[0], numbers[0] + numbers[1], numbers[2], numbers[2] + numbers[3]


def _structure(file: _File, item: SignatureField, spread: tuple[int, int, int, int]) -> tuple[str, bytes]:
    """What is wrong with how the signature lies in the file ("" if nothing), and its value."""
    start, opening, closing, end = spread
    if start != 0 or not 0 < opening < closing <= end:
        return "byte_range_malformed", b""
    contents, problem = gap.value(file.data, opening, closing, end)
    if problem:
        return problem, b""
    written = get(item.value, "/Contents")
    if not isinstance(written, pikepdf.String) or bytes(written) != contents:
        return "byte_range_round_another_value", b""
    if not _lies_there(file, item, opening, end):
        return "signature_lies_elsewhere", b""
    if not any(contents):
        return "value_empty", b""
    return "", contents


def _lies_there(file: _File, item: SignatureField, opening: int, end: int) -> bool:
    """Whether the object that the cross-reference places is the one round the gap."""
    holder = item.value if item.value.is_indirect else item.field
    if holder is None or not holder.is_indirect or file.layout is None:
        return file.layout is None  # without a cross-reference nothing can be said; that is a finding
    kind, offset, _ = file.entries.get(holder.objgen[0], (Kind.FREE, 0, 0))
    if kind is not Kind.OFFSET or offset >= opening or offset >= end:
        return False
    found = OBJECT.match(file.data, offset)
    if found is None or int(found.group(1)) != holder.objgen[0]:
        return False
    # in its own object, and nothing ends between its head and the gap
    return file.data.find(b"endobj", offset, opening) < 0


def _after(file: _File, end: int, closing: int) -> tuple[Change, list[str]]:  # noqa: PLR0911 - one a rule
    """What happened to the file after these signed bytes."""
    data = file.data
    if file.layout is None:
        # objects at the end that no cross-reference leads to: who searches the file for objects sees them
        hides = file.trail.hides(end, [])
        return (Change.OTHER, ["hidden_objects"]) if hides else (Change.UNKNOWN, [file.xref_problem])
    if not _ends_well(data, file.layout):
        return Change.OTHER, ["bytes_after_end"]
    try:
        layout = file.layouts.of(end)
    except XrefBroken as broken:
        return Change.UNKNOWN, [f"signed_revision_{broken.reason}"]
    if layout.tail < closing:
        # the signed bytes end before their own cross-reference: they are no revision
        return Change.OTHER, ["signed_part_is_no_revision"]
    later = [section for section in file.layout.sections if section.offset >= end]
    after = Later(trail=file.trail, end=end, signed=layout, now=file.layout, sections=later)
    if problem := later_revisions.objection(after):
        return Change.OTHER, [problem]
    changed = {number for section in later for number in section.entries if number}
    try:
        known = layout.entries()
        with revision.opened(data, end, len(known)) as old:
            compared = changes.Comparison(
                old,
                file.pdf,
                end=end,
                search=file.search,
                entries=(known, file.entries),
                changed=changed,
                signed_later={number for number, stop in file.holders.items() if stop > end},
            )()
            if old.get_warnings() or file.pdf.get_warnings():
                compared.add(Change.UNKNOWN, "repaired_by_reader")
            if file.trail.unaccounted(end, later):
                compared.add(Change.UNKNOWN, "bytes_unaccounted")
    except pikepdf.PdfError:
        return Change.UNKNOWN, ["signed_revision_unreadable"]
    return compared.level, compared.notes


def _ends_well(data: Document, layout: Layout) -> bool:
    """Whether nothing but an end marker and white space stands after the last startxref."""
    end = _END.match(data, layout.tail)
    return end is not None and _BLANK.fullmatch(data, end.end()) is not None


def _apart(read: list[SignatureFacts], ranges: list[tuple[int, int, int, int]]) -> list[SignatureFacts]:
    """Byte ranges must nest: each later one covers the earlier ones whole, gap and all."""
    out = list(read)
    for index in range(len(out)):
        for other in range(index):
            if out[index].problem or out[other].problem:
                continue
            if ranges[other][3] > ranges[index][1]:
                out[index] = replace(out[index], problem="byte_ranges_overlap", cms=CmsFacts())
                out[other] = replace(out[other], problem="byte_ranges_overlap", cms=CmsFacts())
    return out


def _overlap(ranges: list[tuple[int, int, int, int]]) -> bool:
    """Whether a range reaches back into itself, or leaves out part of what an earlier one ends with."""
    whole = [each for each in ranges if each[3] > 0]
    return any(each[2] < each[1] for each in whole) or any(one[3] > other[1] for one, other in pairwise(whole))


def _permits(value: Any) -> int:
    references = get(value, "/Reference")
    for item in references if isinstance(references, pikepdf.Array) else ():
        if get(item, "/TransformMethod") == "/DocMDP":
            level = get(get(item, "/TransformParams"), "/P")
            return int(level) if level in (1, 2, 3) else 2  # §12.8.2.2.2: 2 where nothing is said
    return 0


def _evidence(root: Any) -> tuple[tuple[bytes, ...], tuple[bytes, ...], tuple[bytes, ...]]:
    store = get(root, "/DSS")
    total = 0
    groups: list[tuple[bytes, ...]] = []
    for key in ("/Certs", "/OCSPs", "/CRLs"):
        listed = get(store, key)
        found: list[bytes] = []
        for item in list(listed)[:MOST_EVIDENCE] if isinstance(listed, pikepdf.Array) else ():
            if isinstance(item, pikepdf.Stream) and total < LARGEST_EVIDENCE:
                try:
                    body = bytes(item.read_bytes())
                except pikepdf.PdfError:
                    continue
                total += len(body)
                found.append(body)
        groups.append(tuple(found))
    return groups[0], groups[1], groups[2]


def _date(value: Any) -> datetime | None:
    """A PDF date (§7.9.4); None where it is not one."""
    found = _DATE.match(str(value)) if value is not None else None
    if found is None:
        return None
    year, month, day, hour, minute, second, sign, hours, minutes = found.groups()
    try:
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
        zone = UTC if sign in (None, "Z", "z") else timezone(offset if sign == "+" else -offset)
        return datetime(
            int(year),
            int(month or 1),
            int(day or 1),
            int(hour or 0),
            int(minute or 0),
            int(second or 0),
            tzinfo=zone,
        ).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
