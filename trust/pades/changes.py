"""What was changed in a document after a signature: only what is known to be harmless counts as harmless.

Every object that a later update touches is compared with what it was when the document was signed, both as
qpdf reads them. A changed object must have a role in which such a change is allowed; an object that is new
counts through whatever refers to it, and that is itself a changed object. The cost grows with what changed.

The rules are a list of roles: catalogue, form, fields array, page, annotations array, field, evidence. What has
no role, or changes in another way than its role allows, is OTHER.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pikepdf

from trust.pades import objects
from trust.pades.sig_fields import get
from trust.pades.xref import Kind, Layout
from trust.validation.facts import Change

MOST_CHANGED = 200_000
_REFERENCE = re.compile(rb"(\d{1,10})[\x00\t\n\x0c\r ]+\d{1,5}[\x00\t\n\x0c\r ]+R")

Number = int
NULL = b"null"


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
        signed: bytes,
        layouts: tuple[Layout, Layout],
        changed: set[Number],
    ) -> None:
        self._old, self._new = old, new
        self._signed = signed
        self._known, self._now = layouts[0].entries(), layouts[1].entries()
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
            old, new = self._object(self._old, number), self._object(self._new, number)
            if not self._existed(number):
                continue
            if _same(old, new):
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
        for number in _reachable(get(root, "/DSS")):
            roles[number] = lambda old, new: self._found.add(Change.VALIDATION_DATA, "evidence")  # noqa: ARG005
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
        for page in self._old.pages if self._arrays_changed() else ():
            annotations = get(page.obj, "/Annots")
            if isinstance(annotations, pikepdf.Array) and annotations.is_indirect:
                roles[annotations.objgen[0]] = self._annotations
        roles[root.objgen[0]] = self._catalogue
        return roles

    def _arrays_changed(self) -> bool:
        return any(isinstance(self._object(self._old, number), pikepdf.Array) for number in self._changed)

    # --- what each role may change into

    def _catalogue(self, old: Any, new: Any) -> None:
        for key, before, after in _differences(old, new):
            match key:
                case "/DSS" | "/Extensions" | "/Version" | "/Metadata":
                    self._found.add(Change.VALIDATION_DATA, "evidence")
                case "/AcroForm":
                    self._form(before, after)
                case "/Perms":
                    self._found.add(Change.SIGNATURES, "certification_added")
                case _:
                    self._found.add(Change.OTHER, f"catalogue{key}")

    def _form(self, old: Any, new: Any) -> None:
        for key, before, after in _differences(old, new):
            match key:
                case "/Fields":
                    self._field_list(before, after)
                case "/SigFlags":
                    self._found.add(Change.VALIDATION_DATA, "signature_flags")
                case "/DR" | "/DA" if _grew(before, after, 0):
                    # fonts and a default for marks to come; what was there is as it was
                    self._found.add(Change.VALIDATION_DATA, "form_resources_added")
                case "/NeedAppearances" | "/DR" | "/DA" | "/Q":
                    self._found.add(Change.FORM, f"form{key}")
                case _:
                    self._found.add(Change.OTHER, f"form{key}")

    def _field_list(self, old: Any, new: Any) -> None:
        before, after = _members(old), _members(new)
        if any(item not in after for item in before):
            self._found.add(Change.OTHER, "field_removed")
        for text, item in after.items():
            if text not in before:
                self._new_field(item)

    def _new_field(self, item: Any) -> None:
        if get(item, "/FT") != "/Sig" or get(item, "/Kids") is not None:
            self._found.add(Change.OTHER, "field_added")
            return
        if any(get(item, key) is not None for key in ("/A", "/AA")):
            self._found.add(Change.OTHER, "field_with_action_added")
            return
        self._signed_field(item)

    def _signed_field(self, item: Any) -> None:
        """A field that now carries a signature, or waits for one."""
        value = get(item, "/V")
        is_stamp = get(value, "/SubFilter") == "/ETSI.RFC3161"
        visible = _visible(item)
        if value is None and visible and get(item, "/AP") is not None:
            self._found.add(Change.ANNOTATIONS, "mark_without_signature")
        elif is_stamp and visible:
            self._found.add(Change.ANNOTATIONS, "visible_timestamp")
        elif is_stamp:
            self._found.add(Change.VALIDATION_DATA, "document_timestamp")
        else:
            self._found.add(Change.SIGNATURES, "further_signature")

    def _field(self, old: Any, new: Any) -> None:
        if not isinstance(new, pikepdf.Dictionary):
            self._found.add(Change.OTHER, "field_removed")
            return
        keys = {key for key, _, _ in _differences(old, new)}
        signs = get(old, "/FT") == "/Sig"
        if signs and get(old, "/V") is None and keys <= {"/V", "/AP", "/M", "/F", "/MK", "/Lock", "/DA", "/AS"}:
            self._signed_field(new)
        elif not signs and keys <= {"/V", "/AP", "/AS", "/M", "/I", "/TI", "/RV", "/MK"}:
            self._found.add(Change.FORM, "field_filled_in")
        elif signs and keys <= {"/AP"}:
            self._found.add(Change.OTHER, "signature_mark_changed")
        else:
            self._found.add(Change.OTHER, "field_changed")

    def _page(self, old: Any, new: Any) -> None:
        for key, before, after in _differences(old, new):
            if key == "/Annots":
                self._annotations(before, after)
            else:
                self._found.add(Change.OTHER, f"page{key}")

    def _annotations(self, old: Any, new: Any) -> None:
        before, after = _members(old), _members(new)
        if any(item not in after for item in before):
            self._found.add(Change.ANNOTATIONS, "annotation_removed")
        for text, item in after.items():
            if text in before:
                continue
            is_field = get(item, "/Subtype") == "/Widget" and get(item, "/FT") == "/Sig"
            parent = get(item, "/Parent")
            if get(item, "/Subtype") == "/Widget" and get(parent, "/FT") == "/Sig":
                is_field = True
            if is_field and not any(get(item, key) is not None for key in ("/A", "/AA")):
                self._signed_field(item if get(item, "/FT") is not None else parent)
            else:
                self._found.add(Change.ANNOTATIONS, "annotation_added")

    def _unknown_role(self, number: Number, old: Any, new: Any) -> None:
        kind = get(old, "/Type")
        if kind in ("/XRef", "/ObjStm"):
            return  # containers: what they hold is compared object by object
        info = self._old.trailer.get("/Info")
        if isinstance(info, pikepdf.Dictionary) and info.is_indirect and info.objgen[0] == number:
            self._found.add(Change.VALIDATION_DATA, "document_information")
        elif kind == "/Metadata" and get(new, "/Type") == "/Metadata":
            self._found.add(Change.VALIDATION_DATA, "metadata")
        elif kind == "/Pages" and {key for key, _, _ in _differences(old, new)} <= {"/ITXT"}:
            self._found.add(Change.VALIDATION_DATA, "producer_note")  # iText 5 leaves its name there
        elif kind == "/DSS":
            self._found.add(Change.VALIDATION_DATA, "evidence")
        elif kind == "/Annot" or (get(old, "/Subtype") is not None and get(old, "/Rect") is not None):
            self._found.add(Change.ANNOTATIONS, "annotation_changed")
        elif self._is_field_mark(number):
            self._found.add(Change.FORM, "field_appearance_changed")
        else:
            self._found.add(Change.OTHER, "object_removed" if new is None else "object_changed")

    def _is_field_mark(self, number: Number) -> bool:
        """Whether an object draws a field that is not a signature."""
        for item in self._old_fields.values():
            if get(item, "/FT") != "/Sig" and number in _reachable(get(item, "/AP")):
                return True
        return False

    def _dangling(self) -> None:
        """References of the signed revision to objects that did not exist then, and do now.

        Such a hole can be prepared before the signature and filled after it. The bytes are searched first, as
        they are and in object streams; only a hit there is worth a look at every object.
        """
        fresh = {
            number
            for number in self._changed
            if not self._existed(number) and self._object(self._new, number) is not None
        }
        if not fresh or not any(_mentions(text, fresh) for text in self._raw_texts()):
            return
        if any(_mentions(text, fresh) for text in self._old_texts()):
            self._found.add(Change.OTHER, "missing_object_supplied")

    def _raw_texts(self) -> Iterator[bytes]:
        yield self._signed
        streams = {entry[1] for entry in self._known.values() if entry[0] is Kind.COMPRESSED}
        for number in sorted(streams):
            holder = self._old.get_object(number, 0)
            if isinstance(holder, pikepdf.Stream):
                yield bytes(holder.read_bytes())

    def _old_texts(self) -> Iterator[bytes]:
        """Every object of the signed revision that can hold references, as it is written."""
        for item in self._old.objects:
            if isinstance(item, pikepdf.Stream):
                yield objects.dictionary(objects.fields(item))
            elif isinstance(item, pikepdf.Dictionary | pikepdf.Array):
                yield item.unparse(resolved=True)

    def _existed(self, number: Number) -> bool:
        return self._known.get(number, (Kind.FREE, 0, 0))[0] is not Kind.FREE

    def _object(self, pdf: pikepdf.Pdf, number: Number) -> Any:
        entries = self._known if pdf is self._old else self._now
        kind, _, generation = entries.get(number, (Kind.FREE, 0, 0))
        if kind is Kind.FREE:
            return None
        return pdf.get_object(number, generation if kind is Kind.OFFSET else 0)


def _mentions(text: bytes, numbers: set[Number]) -> bool:
    return any(int(found.group(1)) in numbers for found in _REFERENCE.finditer(text))


def _same(old: Any, new: Any) -> bool:
    if isinstance(old, pikepdf.Stream) or isinstance(new, pikepdf.Stream):
        if not (isinstance(old, pikepdf.Stream) and isinstance(new, pikepdf.Stream)):
            return False
        before, after = objects.fields(old), objects.fields(new)
        before.pop("/Length", None), after.pop("/Length", None)
        return before == after and bytes(old.read_raw_bytes()) == bytes(new.read_raw_bytes())
    return _text(old) == _text(new)


def _text(value: Any) -> bytes:
    if isinstance(value, pikepdf.Dictionary | pikepdf.Array):
        return value.unparse(resolved=True)
    return objects.text(value)


def _differences(old: Any, new: Any) -> Iterator[tuple[str, Any, Any]]:
    """The entries that differ, resolved one level, so that a direct and an indirect value compare alike."""
    before = dict(old.items()) if isinstance(old, pikepdf.Dictionary) else {}
    after = dict(new.items()) if isinstance(new, pikepdf.Dictionary) else {}
    for key in before.keys() | after.keys():
        one, other = before.get(key), after.get(key)
        if not _alike(one, other, 0):
            yield key, one, other


def _alike(one: Any, other: Any, depth: int) -> bool:
    """The same value, or a copy of it under another number; what keeps its number is compared by itself."""
    if objects.text(one) == objects.text(other):
        return True
    if depth > 8:
        return False
    if isinstance(one, pikepdf.Stream) and isinstance(other, pikepdf.Stream):
        return _same(one, other)
    if isinstance(one, pikepdf.Dictionary) and isinstance(other, pikepdf.Dictionary):
        before, after = dict(one.items()), dict(other.items())
        return before.keys() == after.keys() and all(_alike(before[key], after[key], depth + 1) for key in before)
    if isinstance(one, pikepdf.Array) and isinstance(other, pikepdf.Array):
        return len(one) == len(other) and all(
            _alike(a, b, depth + 1) for a, b in zip(list(one), list(other), strict=True)
        )
    return False


def _grew(before: Any, after: Any, depth: int) -> bool:
    """Whether everything that was there is as it was, and only something was added."""
    if before is None or _alike(before, after, 0):
        return True
    if depth > 3 or not (isinstance(before, pikepdf.Dictionary) and isinstance(after, pikepdf.Dictionary)):
        return False
    return all(key in after and _grew(value, after[key], depth + 1) for key, value in before.items())


def _members(value: Any) -> dict[bytes, Any]:
    return {objects.text(item): item for item in value} if isinstance(value, pikepdf.Array) else {}


def _visible(item: Any) -> bool:
    box = get(item, "/Rect")
    try:
        a, b, c, d = (float(side) for side in box)
    except (TypeError, ValueError):
        return False
    return a != c and b != d


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


def _reachable(value: Any) -> set[Number]:
    """The numbers of the objects below a value, not through pages or parents."""
    found: set[Number] = set()
    waiting = [value]
    while waiting and len(found) < 50_000:
        item = waiting.pop()
        if not isinstance(item, pikepdf.Object):
            continue
        if item.is_indirect:
            if item.objgen[0] in found or get(item, "/Type") in ("/Page", "/Pages", "/Catalog"):
                continue
            found.add(item.objgen[0])
        if isinstance(item, pikepdf.Array):
            waiting += list(item)
        elif isinstance(item, pikepdf.Dictionary | pikepdf.Stream):
            waiting += [child for key, child in item.items() if key not in ("/P", "/Parent")]
    return found
