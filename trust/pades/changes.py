"""What was changed in a document after a signature: only what is known to be harmless counts as harmless.

Every object that a later update touches is compared with what it was when the document was signed, both as
qpdf reads them. A changed object must have a role in which such a change is allowed; an object that is new
counts through whatever refers to it, and that is itself a changed object. The cost grows with what changed.

The rules are a list of roles: catalogue, form, fields array, page, annotations array, field, evidence. What has
no role, or changes in another way than its role allows, is OTHER.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import pikepdf

from trust.pades import description, evidence_store
from trust.pades.alike import differences, grew, members, same, visible
from trust.pades.mentions import Search
from trust.pades.object_kinds import (
    HARMLESS,
    acts,
    drawings,
    is_placeholder,
    is_resources,
    is_signature,
    largest_share,
)
from trust.pades.occupied import covers_content
from trust.pades.sig_fields import every_field, get, owner
from trust.pades.uses import Number, Uses
from trust.pades.xref import Entry, Kind
from trust.validation.facts import Change

MOST_CHANGED = 200_000
MOST_PAGES = 2000  # looked at for their size
CONTAINERS = ("/XRef", "/ObjStm")
LARGEST_FILLED = 0.5  # of a page's area: what is filled in over more than that may hide the page

# what a field may change when it is filled in, and when it is signed
FILLED = frozenset({"/V", "/AP", "/AS", "/M", "/I", "/TI", "/RV"})
SIGNED = frozenset({"/V", "/AP", "/AS", "/M", "/F", "/MK", "/Lock", "/DA"})
# under which keys the catalogue may be known; Data: what the digest of a signature's objects was made of (§12.8.2.4)
CATALOGUE_NAMES = frozenset({"Root", "Data"})


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
        signed_later: Collection[Number],
    ) -> None:
        self._old, self._new = old, new
        self._known, self._now = entries
        self._uses = Uses(old, self._known, end=end, search=search)
        self._changed = changed
        self._signed_later = signed_later  # the objects that hold the signatures which are judged, and end further on
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
        self._unshown()
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

    def _unshown(self) -> None:
        """What became of the document's title and of its evidence, wherever they stand now."""
        if not description.same_words(self._old.trailer.get("/Info"), self._new.trailer.get("/Info")):
            self._found.add(Change.UNSHOWN, "description_changed")
        some, everything = evidence_store.lost(get(self._old.Root, "/DSS"), get(self._new.Root, "/DSS"))
        if everything:
            self._found.add(Change.OTHER, "evidence_emptied")
        elif some:
            self._found.add(Change.UNSHOWN, "evidence_removed")

    # --- which object plays which role in the signed revision

    def _roles(self) -> dict[Number, Any]:
        root = self._old.Root
        roles: dict[Number, Any] = {}
        for number, check in evidence_store.numbered(get(root, "/DSS")).items():
            roles[number] = partial(self._evidence, number, check)
        form = get(root, "/AcroForm")
        for field_ in every_field(get(form, "/Fields")):
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
            if not self._uses.keys(number) & {"Annots", ""}:
                continue
            pages = self._uses.holders(number, "Annots")
            if not pages or any(getattr(get(page, "/Annots"), "objgen", None) != (number, 0) for page in pages):
                return [page.obj for page in self._old.pages]
            found += pages
        return found

    # --- what each role may change into

    def _catalogue(self, old: Any, new: Any) -> None:
        for key, before, after in differences(old, new):
            match key:
                case "/AcroForm" if isinstance(after, pikepdf.Dictionary):
                    self._form(before, after)
                case "/Perms" if self._certified_later(before, after):
                    self._found.add(Change.SIGNATURES, "certification_added")
                case "/DSS" | "/Extensions" | "/Version" if HARMLESS[key](after):
                    self._found.add(Change.VALIDATION_DATA, "evidence")
                case "/Metadata" if description.is_metadata(after) and self._is_mere_catalogue(old):
                    self._described(before, after)
                case _:
                    self._found.add(Change.OTHER, f"catalogue{key}")

    def _certified_later(self, old: Any, new: Any) -> bool:
        """Whether permissions name one more certification, and it is a signature that is judged (§12.8.4)."""
        changed = {key: after for key, _, after in differences(old, new)}
        made = changed.get("/DocMDP")
        named = isinstance(made, pikepdf.Dictionary) and made.is_indirect and made.objgen[0] in self._signed_later
        return changed.keys() == {"/DocMDP"} and named

    def _evidence(self, number: Number, check: Callable[[Any], bool], old: Any, new: Any) -> None:
        """A part of the store; a list must be nothing else to anybody, such as a page's list of contents."""
        known_as: set[str] = set()
        if isinstance(old, pikepdf.Array):
            known_as = self._uses.keys(number)
        if check(new) and known_as <= evidence_store.LIST_NAMES:
            self._found.add(Change.VALIDATION_DATA, "evidence")
        else:
            self._found.add(Change.OTHER, "evidence_misused")

    def _described(self, old: Any, new: Any) -> None:
        """Metadata that replaces others."""
        if description.same_metadata(old, new):
            self._found.add(Change.VALIDATION_DATA, "metadata")
        else:
            self._found.add(Change.UNSHOWN, "description_changed")

    def _form(self, old: Any, new: Any) -> None:
        redrawn = any(get(form, "/NeedAppearances") is True for form in (old, new)) and any(
            get(owner(item), "/FT") != "/Sig" for item in self._old_fields.values()
        )
        for key, before, after in differences(old, new):
            match key:
                case "/Fields":
                    self._field_list(before, after)
                case "/SigFlags":
                    self._found.add(Change.VALIDATION_DATA, "signature_flags")
                case "/DR" if is_resources(after) and grew(get(before, "/Font"), get(after, "/Font"), 0):
                    # what fields that are drawn anew take their fonts from: those that were there are as they were
                    self._found.add(Change.VALIDATION_DATA, "form_resources_added")
                case "/NeedAppearances" | "/DA" | "/Q" if redrawn:
                    # fields are drawn anew by each viewer, from their values: what the signer saw is not what is seen
                    self._found.add(Change.UNKNOWN, f"form{key}")
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
        unsigned = value is None or is_placeholder(value)
        if unsigned and shown and get(widget, "/AP") is not None:
            self._found.add(Change.ANNOTATIONS, "mark_without_signature")
        elif unsigned:
            self._found.add(Change.SIGNATURES, "signature_field_added")
        elif not is_signature(value):
            self._found.add(Change.OTHER, "signature_without_value")
        elif (value if value.is_indirect else item).objgen[0] not in self._signed_later:
            self._found.add(
                Change.OTHER, "mark_of_another_signature"
            )  # a copy, or an earlier one's: nobody signed here
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
        signs = get(owner(old), "/FT") == "/Sig"
        if any(isinstance(get(new, key), pikepdf.Stream) for key in keys - {"/RV"}):
            self._found.add(Change.OTHER, "field_changed")  # a drawing in disguise
        elif signs and get(owner(old), "/V") is None and keys <= SIGNED:
            self._signed_field(owner(new), new)
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
        pages = [page.obj for page in self._old.pages[:MOST_PAGES]]
        return largest_share(get(item, "/Rect"), pages) > LARGEST_FILLED

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
        field_ = owner(item)
        if not isinstance(item, pikepdf.Dictionary):
            self._found.add(Change.OTHER, "annotation_malformed")
        elif get(item, "/Subtype") == "/Widget" and get(field_, "/FT") == "/Sig" and not (acts(item) or acts(field_)):
            self._signed_field(field_, item)
            if visible(item) and get(item, "/AP") is not None and covers_content(page, get(item, "/Rect")):
                self._found.add(Change.SIGNATURES, "mark_covers_content")
        else:
            self._found.add(Change.ANNOTATIONS, "annotation_added")

    def _unknown_role(self, number: Number, old: Any, new: Any) -> None:
        kind = get(old, "/Type")
        if kind in CONTAINERS:
            return  # what they hold is compared object by object; who refers to them is asked below
        if self._is_information(number) and description.is_words(old, new):
            self._found.add(Change.VALIDATION_DATA, "document_information")  # what changed in it is told by the trailer
        elif description.is_metadata(new) and self._is_metadata(number):
            self._described(old, new)
        elif kind == "/Pages" and {key for key, _, _ in differences(old, new)} <= {"/ITXT"}:
            self._found.add(Change.VALIDATION_DATA, "producer_note")  # iText 5 leaves its name there
        elif kind == "/Annot" or (get(old, "/Subtype") is not None and get(old, "/Rect") is not None):
            self._found.add(Change.ANNOTATIONS, "annotation_changed")
        elif self._is_field_mark(number):
            self._found.add(Change.FORM, "field_appearance_changed")
        else:
            self._found.add(Change.OTHER, "object_removed" if new is None else "object_changed")

    def _is_information(self, number: Number) -> bool:
        """Whether an object is the information dictionary, and nothing to anybody else."""
        info = self._old.trailer.get("/Info")
        is_it = isinstance(info, pikepdf.Dictionary) and info.is_indirect and info.objgen[0] == number
        return is_it and self._uses.only_as(number, frozenset({"Info"}))

    def _is_metadata(self, number: Number) -> bool:
        """Whether an object is the catalogue's metadata, and nothing to anybody else."""
        root = self._old.Root
        stated = get(root, "/Metadata")
        if not isinstance(stated, pikepdf.Stream) or stated.objgen[0] != number:
            return False
        return self._is_mere_catalogue(root) and self._uses.only_by(root.objgen[0], number, "Metadata")

    def _is_mere_catalogue(self, root: Any) -> bool:
        """Whether nobody has the catalogue for anything else, such as for a list of drawings by its entries' names."""
        return self._uses.only_as(root.objgen[0], CATALOGUE_NAMES)

    def _is_field_mark(self, number: Number) -> bool:
        """Whether an object draws a field that is not a signature, and nothing else."""
        marks = {
            drawn.objgen[0]
            for item in self._old_fields.values()
            if get(owner(item), "/FT") != "/Sig"
            for drawn in drawings(get(item, "/AP"))
            if drawn.is_indirect
        }
        if number not in marks:
            return False
        # its fonts and whatever else it uses may serve a page too; so may the drawing itself
        known = {item.objgen[0] for item in self._old_fields.values() if get(owner(item), "/FT") != "/Sig"}
        known |= {get(item, "/AP").objgen[0] for item in self._old_fields.values() if get(item, "/AP") is not None}
        return self._uses.by_object(number).keys() <= known

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
        if fresh and fresh & self._uses.mentioned():
            self._found.add(Change.OTHER, "missing_object_supplied")

    def _replaced_container(self, number: Number) -> bool:
        old = self._object(self._old, number)
        return get(old, "/Type") in CONTAINERS and not same(old, self._object(self._new, number))

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
