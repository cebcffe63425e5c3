"""What was changed in a document after a signature: only what is known to be harmless counts as harmless.

Every object that a later update touches is compared with what it was when the document was signed, both as
qpdf reads them. A changed object must have a role in which such a change is allowed; an object that is new
counts through whatever refers to it, and that is itself a changed object. The cost grows with what changed.

The rules are a list of roles: catalogue, form, fields array, page, annotations array, field, evidence. What has
no role, or changes in another way than its role allows, is OTHER.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pikepdf

from trust.pades import evidence_store, mentions
from trust.pades.alike import differences, grew, members, same, visible
from trust.pades.mentions import Mentions, Search
from trust.pades.object_kinds import (
    HARMLESS,
    acts,
    drawings,
    is_flat,
    is_metadata,
    is_signature,
    page_area,
    written,
)
from trust.pades.occupied import covers_content
from trust.pades.sig_fields import get
from trust.pades.xref import Entry, Kind
from trust.validation.facts import Change

MOST_CHANGED = 200_000
MOST_PAGES = 2000  # looked at for their size
CONTAINERS = ("/XRef", "/ObjStm")
LARGEST_FILLED = 0.5  # of a page's area: what is filled in over more than that may hide the page

# what a field may change when it is filled in, and when it is signed
FILLED = frozenset({"/V", "/AP", "/AS", "/M", "/I", "/TI", "/RV"})
SIGNED = frozenset({"/V", "/AP", "/AS", "/M", "/F", "/MK", "/Lock", "/DA"})

Number = int


@dataclass(slots=True)
class Found:
    """The worst change so far, and what led to each."""

    level: Change = Change.NONE
    notes: list[str] = field(default_factory=list)

    def add(self, level: Change, note: str) -> None:
        """One more change."""
        if level > Change.NONE and note not in self.notes and len(self.notes) < 50:
            self.notes.append(note)
        self.level = max(self.level, level)


class Comparison:
    """A signed revision against the document as it is now."""

    def __init__(
        self,
        old: pikepdf.Pdf,
        new: pikepdf.Pdf,
        *,
        end: int,
        search: Search,
        entries: tuple[dict[Number, Entry], dict[Number, Entry]],
        changed: set[Number],
    ) -> None:
        self._old, self._new = old, new
        self._end, self._search = end, search
        self._known, self._now = entries
        self._streams: list[Mentions] | None = None
        self._changed = changed
        self._found = Found()
        self._old_fields: dict[Number, Any] = {}

    def __call__(self) -> Found:
        """The worst change and the notes on each."""
        if len(self._changed) > MOST_CHANGED:
            self._found.add(Change.UNKNOWN, "too_many_changes")
            return self._found
        if self._old.Root.objgen != self._new.Root.objgen:
            self._found.add(Change.OTHER, "catalogue_replaced")
            return self._found
        roles = self._roles()
        for number in sorted(self._changed):
            if not self._existed(number):
                continue
            old, new = self._object(self._old, number), self._object(self._new, number)
            if self._generation(self._known, number) != self._generation(self._now, number) and new is not None:
                self._found.add(Change.OTHER, "generation_changed")  # what refers to it finds nothing any more
                continue
            if same(old, new):
                continue
            role = roles.get(number)
            if role is None:
                self._unknown_role(number, old, new)
            else:
                role(old, new)
        self._dangling()
        return self._found

    # --- which object plays which role in the signed revision

    def _roles(self) -> dict[Number, Any]:
        root = self._old.Root
        roles: dict[Number, Any] = {}
        for number, check in evidence_store.numbered(get(root, "/DSS")).items():
            roles[number] = partial(self._evidence, number, check)
        form = get(root, "/AcroForm")
        for field_, _ in _fields(get(form, "/Fields")):
            if field_.is_indirect:
                roles[field_.objgen[0]] = self._field
                self._old_fields[field_.objgen[0]] = field_
        if isinstance(listed := get(form, "/Fields"), pikepdf.Array) and listed.is_indirect:
            roles[listed.objgen[0]] = self._field_list
        if isinstance(form, pikepdf.Dictionary) and form.is_indirect:
            roles[form.objgen[0]] = self._form
        for number in self._changed:
            old = self._object(self._old, number)
            if get(old, "/Type") == "/Page":
                roles[number] = self._page
        for page in self._pages_of_changed_lists():
            annotations = get(page, "/Annots")
            if isinstance(annotations, pikepdf.Array) and annotations.is_indirect:
                roles[annotations.objgen[0]] = partial(self._annotations, page)
        roles[root.objgen[0]] = self._catalogue
        return roles

    def _pages_of_changed_lists(self) -> list[Any]:
        """The pages whose lists of annotations may have changed; all of them where it cannot be told which."""
        found: list[Any] = []
        for number in self._changed:
            if not isinstance(self._object(self._old, number), pikepdf.Array):
                continue
            names = self._known_as(number)
            if not names & {"Annots", ""}:
                continue
            hard_to_find = "" in names or any(stream.keys(number) for stream in self._object_streams())
            pages = None if hard_to_find else self._holders(number)
            if pages is None:
                return [page.obj for page in self._old.pages]
            found += pages
        return found

    def _holders(self, number: Number) -> list[Any] | None:
        """The objects of the signed revision that name this one as their list of annotations, as pages do."""
        held = self._search.file.holders(number, "Annots", self._end)
        if held is None:
            return None
        present = (n for n, generation, offset in held if self._known.get(n) == (Kind.OFFSET, offset, generation))
        pages = [self._object(self._old, holder) for holder in present]
        plain = all(getattr(get(page, "/Annots"), "objgen", None) == (number, 0) for page in pages)
        return pages if plain and pages else None

    def _known_as(self, number: Number) -> set[str]:
        """Under which keys the signed revision refers to an object."""
        return mentions.keys(number, self._end, self._search.file, self._object_streams())

    # --- what each role may change into

    def _catalogue(self, old: Any, new: Any) -> None:
        for key, before, after in differences(old, new):
            match key:
                case "/AcroForm" if isinstance(after, pikepdf.Dictionary):
                    self._form(before, after)
                case "/Perms" if isinstance(after, pikepdf.Dictionary) and set(after.keys()) <= {"/DocMDP", "/UR3"}:
                    self._found.add(Change.SIGNATURES, "certification_added")
                case "/DSS" | "/Extensions" | "/Version" | "/Metadata" if HARMLESS[key](after):
                    self._found.add(Change.VALIDATION_DATA, "metadata" if key == "/Metadata" else "evidence")
                case _:
                    self._found.add(Change.OTHER, f"catalogue{key}")

    def _evidence(self, number: Number, check: Callable[[Any], bool], old: Any, new: Any) -> None:
        """A part of the store; a list must be nothing else to anybody, such as a page's list of contents."""
        known_as: set[str] = set()
        if isinstance(old, pikepdf.Array):
            known_as = self._known_as(number)
        if check(new) and known_as <= evidence_store.LIST_NAMES:
            self._found.add(Change.VALIDATION_DATA, "evidence")
        else:
            self._found.add(Change.OTHER, "evidence_misused")

    def _form(self, old: Any, new: Any) -> None:
        for key, before, after in differences(old, new):
            match key:
                case "/Fields":
                    self._field_list(before, after)
                case "/SigFlags":
                    self._found.add(Change.VALIDATION_DATA, "signature_flags")
                case "/DR" if isinstance(after, pikepdf.Dictionary) and grew(
                    get(before, "/Font"), get(after, "/Font"), 0
                ):
                    # what fields that are drawn anew take their fonts from: those that were there are as they were
                    self._found.add(Change.VALIDATION_DATA, "form_resources_added")
                case "/DA" if isinstance(after, pikepdf.String) and before is None:
                    self._found.add(Change.VALIDATION_DATA, "form_resources_added")
                case "/NeedAppearances" | "/DA" | "/Q" if not isinstance(after, pikepdf.Stream):
                    self._found.add(Change.FORM, f"form{key}")
                case _:
                    self._found.add(Change.OTHER, f"form{key}")

    def _field_list(self, old: Any, new: Any) -> None:
        before, after = members(old), members(new)
        if any(item not in after for item in before):
            self._found.add(Change.OTHER, "field_removed")
        for text, item in after.items():
            if text not in before:
                self._new_field(item)

    def _new_field(self, item: Any) -> None:
        if not isinstance(item, pikepdf.Dictionary) or get(item, "/FT") != "/Sig" or get(item, "/Kids") is not None:
            self._found.add(Change.OTHER, "field_added")
        elif acts(item):
            self._found.add(Change.OTHER, "field_with_action_added")
        else:
            self._signed_field(item, item)

    def _signed_field(self, item: Any, widget: Any) -> None:
        """A field that now carries a signature, or waits for one, and the widget that shows it."""
        value = get(item, "/V")
        shown = visible(widget) or visible(item)
        if value is None and shown and get(widget, "/AP") is not None:
            self._found.add(Change.ANNOTATIONS, "mark_without_signature")
        elif value is None:
            self._found.add(Change.SIGNATURES, "signature_field_added")
        elif not is_signature(value):
            self._found.add(Change.OTHER, "signature_without_value")
        elif get(value, "/SubFilter") != "/ETSI.RFC3161":
            self._found.add(Change.SIGNATURES, "further_signature")
        elif shown:
            self._found.add(Change.ANNOTATIONS, "visible_timestamp")
        else:
            self._found.add(Change.VALIDATION_DATA, "document_timestamp")

    def _field(self, old: Any, new: Any) -> None:
        if not isinstance(new, pikepdf.Dictionary):
            self._found.add(Change.OTHER, "field_removed")
            return
        keys = {key for key, _, _ in differences(old, new)}
        signs = get(old, "/FT") == "/Sig"
        if any(isinstance(get(new, key), pikepdf.Stream) for key in keys - {"/RV"}):
            self._found.add(Change.OTHER, "field_changed")  # a drawing in disguise
        elif signs and get(old, "/V") is None and keys <= SIGNED:
            self._signed_field(new, new)
        elif not signs and keys <= FILLED:
            self._found.add(Change.FORM, "field_filled_in")
            if "/AP" in keys and self._hides_its_page(new):
                self._found.add(Change.UNKNOWN, "field_covers_page")
        elif signs and keys <= {"/AP"}:
            self._found.add(Change.OTHER, "signature_mark_changed")
        else:
            self._found.add(Change.OTHER, "field_changed")

    def _hides_its_page(self, item: Any) -> bool:
        """Whether a widget is so large that what is filled in may hide what was signed."""
        try:
            a, b, c, d = (float(side) for side in get(item, "/Rect"))
        except (TypeError, ValueError):
            return False
        pages = [page.obj for page in self._old.pages[:MOST_PAGES]]
        smallest = min((page_area(page) for page in pages), default=0.0)
        return abs((c - a) * (d - b)) > LARGEST_FILLED * smallest

    def _page(self, old: Any, new: Any) -> None:
        for key, before, after in differences(old, new):
            if key == "/Annots":
                self._annotations(old, before, after)
            else:
                self._found.add(Change.OTHER, f"page{key}")

    def _annotations(self, page: Any, old: Any, new: Any) -> None:
        before, after = members(old), members(new)
        if any(item not in after for item in before):
            self._found.add(Change.ANNOTATIONS, "annotation_removed")
        elif [item for item in after if item in before] != list(before):
            self._found.add(Change.ANNOTATIONS, "annotations_reordered")  # what lies above what
        for text, item in after.items():
            if text not in before:
                self._new_annotation(page, item)

    def _new_annotation(self, page: Any, item: Any) -> None:
        field_ = item if get(item, "/FT") is not None else get(item, "/Parent")
        if not isinstance(item, pikepdf.Dictionary):
            self._found.add(Change.OTHER, "annotation_malformed")
        elif get(item, "/Subtype") == "/Widget" and get(field_, "/FT") == "/Sig" and not acts(item):
            self._signed_field(field_, item)
            if visible(item) and get(item, "/AP") is not None and covers_content(page, get(item, "/Rect")):
                self._found.add(Change.SIGNATURES, "mark_covers_content")
        else:
            self._found.add(Change.ANNOTATIONS, "annotation_added")

    def _unknown_role(self, number: Number, old: Any, new: Any) -> None:
        kind = get(old, "/Type")
        if kind in CONTAINERS:
            return  # what they hold is compared object by object; who refers to them is asked below
        info = self._old.trailer.get("/Info")
        if isinstance(info, pikepdf.Dictionary) and info.is_indirect and info.objgen[0] == number and is_flat(new):
            self._found.add(Change.VALIDATION_DATA, "document_information")
        elif kind == "/Metadata" and is_metadata(old) and is_metadata(new):
            self._found.add(Change.VALIDATION_DATA, "metadata")
        elif kind == "/Pages" and {key for key, _, _ in differences(old, new)} <= {"/ITXT"}:
            self._found.add(Change.VALIDATION_DATA, "producer_note")  # iText 5 leaves its name there
        elif kind == "/Annot" or (get(old, "/Subtype") is not None and get(old, "/Rect") is not None):
            self._found.add(Change.ANNOTATIONS, "annotation_changed")
        elif self._is_field_mark(number):
            self._found.add(Change.FORM, "field_appearance_changed")
        else:
            self._found.add(Change.OTHER, "object_removed" if new is None else "object_changed")

    def _is_field_mark(self, number: Number) -> bool:
        """Whether an object draws a field that is not a signature, and nothing else."""
        marks = {
            drawn.objgen[0]
            for item in self._old_fields.values()
            if get(item, "/FT") != "/Sig"
            for drawn in drawings(get(item, "/AP"))
            if drawn.is_indirect
        }
        if number not in marks:
            return False
        # its fonts and whatever else it uses may serve a page too; so may the drawing itself
        users = [item for item in self._old.objects if number in Mentions(written(item), {number}).mentioned()]
        known = {item.objgen for item in self._old_fields.values() if get(item, "/FT") != "/Sig"}
        known |= {get(item, "/AP").objgen for item in self._old_fields.values() if get(item, "/AP") is not None}
        return all(item.objgen in known for item in users)

    def _dangling(self) -> None:
        """References of the signed revision to objects that did not exist then, and do now.

        Such a hole can be prepared before the signature and filled after it. The bytes are searched, as they are and
        in object streams: parsed objects would say null where the hole is. A container of the signed revision is such
        a hole too.
        """
        fresh = {
            number
            for number in self._changed
            if self._object(self._new, number) is not None
            and (not self._existed(number) or self._replaced_container(number))
        }
        if fresh and fresh & mentions.mentioned(self._end, self._search.file, self._object_streams()):
            self._found.add(Change.OTHER, "missing_object_supplied")

    def _replaced_container(self, number: Number) -> bool:
        old = self._object(self._old, number)
        return get(old, "/Type") in CONTAINERS and not same(old, self._object(self._new, number))

    def _object_streams(self) -> list[Mentions]:
        """What the signed revision's object streams refer to."""
        if self._streams is None:
            self._streams = []
            for number in sorted({entry[1] for entry in self._known.values() if entry[0] is Kind.COMPRESSED}):
                holder = self._old.get_object(number, 0)
                if isinstance(holder, pikepdf.Stream):
                    _, offset, _ = self._known.get(number, (Kind.FREE, 0, 0))
                    self._streams.append(self._search.stream(offset, partial(_decoded, holder)))
        return self._streams

    def _generation(self, entries: dict[int, Entry], number: Number) -> int:
        kind, _, generation = entries.get(number, (Kind.FREE, 0, 0))
        return generation if kind is Kind.OFFSET else 0

    def _existed(self, number: Number) -> bool:
        return self._known.get(number, (Kind.FREE, 0, 0))[0] is not Kind.FREE

    def _object(self, pdf: pikepdf.Pdf, number: Number) -> Any:
        entries = self._known if pdf is self._old else self._now
        kind, _, generation = entries.get(number, (Kind.FREE, 0, 0))
        if kind is Kind.FREE:
            return None
        return pdf.get_object(number, generation if kind is Kind.OFFSET else 0)


def _decoded(stream: pikepdf.Stream) -> bytes:
    return bytes(stream.read_bytes())


def _fields(listed: Any) -> Iterator[tuple[Any, int]]:
    waiting = [(item, 0) for item in listed] if isinstance(listed, pikepdf.Array) else []
    seen: set[tuple[int, int]] = set()
    while waiting and len(seen) < 20_000:
        item, depth = waiting.pop()
        if not isinstance(item, pikepdf.Dictionary) or depth > 32 or item.objgen in seen:
            continue
        if item.is_indirect:
            seen.add(item.objgen)
        yield item, depth
        kids = get(item, "/Kids")
        if isinstance(kids, pikepdf.Array):
            waiting += [(kid, depth + 1) for kid in kids]
