"""What a signature changes in a document besides itself: catalogue, form, fields, annotations, security store."""

from dataclasses import dataclass

from trust.pades import objects
from trust.pades.increment import Increment
from trust.pades.objects import Fields
from trust.pades.survey import Survey, Tags
from trust.ports.sealing import Evidence

PRINTED_AND_LOCKED = b"132"
NOWHERE = b"[0 0 0 0]"
OFF_THE_PAGE = b"[-9999 -9999 -9999 -9999]"  # ISO 14289-1 §7.18.1 asks nothing of what lies outside the crop box


@dataclass(slots=True, kw_only=True)
class Form:
    """What both updates change: the catalogue, the form, the page's annotations, the security store."""

    root: tuple[int, int]
    catalogue: Fields
    acroform: int
    form: Fields
    fields: list[bytes]
    annotations: tuple[int, int]
    on_page: list[bytes]
    page: bytes
    names: set[str]
    store: dict[str, list[bytes]]
    by_signature: bytes
    nowhere: bytes  # the rectangle of a field that shows nothing


def open_form(survey: Survey, increment: Increment) -> Form:
    """The form of a surveyed document, ready to be changed; what must be new for it stands in the update."""
    page = survey.page
    assert page is not None
    catalogue = dict(survey.catalogue)
    number = survey.acroform or increment.reserve()
    catalogue["/AcroForm"] = f"{number} 0 R".encode()
    if page.annotations is None:
        annotations = (increment.reserve(), 0)
        entries = {**page.entries, "/Annots": f"{annotations[0]} 0 R".encode()}
        if survey.tags is not None:
            entries["/Tabs"] = b"/S"  # ISO 14289-1 §7.18.3: by structure, where there are annotations
        increment.put(page.place[0], objects.dictionary(entries), page.place[1])
        increment.put(annotations[0], objects.array(list(page.on_it)))
    else:
        annotations = page.annotations
    if survey.version < "1.7":
        catalogue["/Version"] = b"/1.7"
    if survey.version < "2.0" and "/Extensions" not in catalogue:
        # EN 319 142-1 §5.6: what says that ISO 32000-1 alone does not know DSS and document timestamps
        extension = {"/Type": b"/DeveloperExtensions", "/BaseVersion": b"/1.7", "/ExtensionLevel": b"2"}
        catalogue["/Extensions"] = objects.dictionary({"/ESIC": objects.dictionary(extension)})
    return Form(
        root=survey.root,
        catalogue=catalogue,
        acroform=number,
        form=dict(survey.form),
        fields=list(survey.fields),
        annotations=annotations,
        on_page=list(page.on_it),
        page=b"%d %d R" % page.place,
        names=set(survey.names),
        store={key: list(listed) for key, listed in survey.store.items()},
        by_signature=survey.by_signature,
        nowhere=OFF_THE_PAGE if "PDF/UA-1" in survey.claims else NOWHERE,
    )


def free_name(form: Form, name: str) -> str:
    """A field name that nobody has: the word with a number."""
    taken = {known.split(".", maxsplit=1)[0] for known in form.names}
    return next(f"{name}{count}" for count in range(1, len(taken) + 2) if f"{name}{count}" not in taken)


def put_field(increment: Increment, form: Form, name: str, entries: Fields) -> bytes:
    """A new signature field, shown on the page and listed in the form."""
    form.names.add(name)
    reference = increment.add(
        objects.dictionary(
            {
                "/Type": b"/Annot",
                "/Subtype": b"/Widget",
                "/FT": b"/Sig",
                "/T": objects.string(name),
                "/TU": objects.string(name),
                "/F": PRINTED_AND_LOCKED,
                "/P": form.page,
                **entries,
            }
        )
    )
    form.fields.append(reference)
    form.on_page.append(reference)
    increment.put(form.annotations[0], objects.array(form.on_page), form.annotations[1])
    put_form(increment, form)
    return reference


def put_into_structure(increment: Increment, tags: Tags, widget: bytes, page: bytes, says: str) -> None:
    """An element of type Form for a widget that has the structure's next key (ISO 32000-1 §14.7.4.4)."""
    above = b"%d %d R" % tags.holder
    named = objects.dictionary({"/Type": b"/OBJR", "/Obj": widget, "/Pg": page})
    element = increment.add(
        objects.dictionary(
            {
                "/Type": b"/StructElem",
                "/S": b"/Form",
                "/P": above,
                "/Pg": page,
                "/Alt": objects.string(says),
                "/K": named,
            }
        )
    )
    pair = [b"%d" % tags.next_key, element]
    tree = dict(tags.tree)
    if tags.leaves:
        limits = objects.array([pair[0], pair[0]])
        leaf = increment.add(objects.dictionary({"/Limits": limits, "/Nums": objects.array(pair)}))
        tree["/Kids"] = objects.array([*tags.leaves, leaf])
    else:
        tree["/Nums"] = objects.array([*tags.numbers, *pair])
    root = {**tags.entries, "/ParentTree": increment.add(objects.dictionary(tree))}
    root["/ParentTreeNextKey"] = b"%d" % (tags.next_key + 1)
    kids = objects.array([*tags.kids, element])
    if tags.holder == tags.root:
        root["/K"] = kids
    else:
        increment.put(tags.holder[0], objects.dictionary({**tags.holder_entries, "/K": kids}), tags.holder[1])
    increment.put(tags.root[0], objects.dictionary(root), tags.root[1])


def put_form(increment: Increment, form: Form) -> None:
    """The form with its fields as they are by now."""
    whole = {**form.form, "/Fields": objects.array(form.fields), "/SigFlags": b"3"}
    increment.put(form.acroform, objects.dictionary(whole))


def put_catalogue(increment: Increment, form: Form) -> None:
    """The catalogue as it is by now."""
    increment.put(form.root[0], objects.dictionary(form.catalogue), form.root[1])


def put_evidence(increment: Increment, form: Form, evidence: Evidence) -> None:
    """The document security store (EN 319 142-1 §5.4.2); what an earlier one held stays in it."""
    groups = {"/Certs": evidence.certificates, "/OCSPs": evidence.ocsps, "/CRLs": evidence.crls}
    entries: Fields = {"/Type": b"/DSS"}
    for key, values in groups.items():
        kept = form.store.setdefault(key, [])
        kept += [increment.add(objects.stream({}, der)) for der in values]
        if kept:
            entries[key] = objects.array(kept)
    if form.by_signature:
        entries["/VRI"] = form.by_signature
    form.catalogue["/DSS"] = increment.add(objects.dictionary(entries))
    put_catalogue(increment, form)
