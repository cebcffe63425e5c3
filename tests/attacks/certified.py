"""What a certification may forbid, and is done all the same."""

from random import Random

import pikepdf

from tests.attacks.documents import opened
from tests.attacks.parts import SPACES, page_numbers
from tests.attacks.update import EVIL, Update, evil_stream


def page_with(pdf: bytes, number: int, update: Update) -> bytes:
    """The page listing one more annotation."""
    with opened(pdf) as found:
        page = found.pages[0].obj
        listed = page.get("/Annots")
        kept = b" ".join(item.unparse() for item in listed) if listed is not None else b""
        array = b"[%s %d 0 R]" % (kept, number)
        if listed is not None and listed.is_indirect:
            update.bodies[listed.objgen[0]] = array
        else:
            entries = {key: value for key, value in page.items() if key != "/Annots"}
            update.bodies[page.objgen[0]] = pikepdf.Dictionary(entries).unparse()[:-2] + b"/Annots " + array + b" >>"
    return update.written()


def drawing(update: Update) -> int:
    return update.add(
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Length %d >>\nstream\n%s\nendstream" % (len(EVIL), EVIL)
    )


def evil_annotation(pdf: bytes, random: Random) -> bytes:
    update = Update(pdf)
    kind = random.choice([b"FreeText", b"Stamp", b"Redact", b"Square", b"Ink", b"Widget", b"Link", b"Popup", b"Screen"])
    body = b"<< /Type /Annot /Subtype /%s /Rect [0 0 595 842] /F 4 /AP << /N %d 0 R >> >>"
    return page_with(pdf, update.add(body % (kind, drawing(update))), update)


def sneaky_signature(pdf: bytes, random: Random) -> bytes:
    """A visible mark over the page that calls itself a signature field."""
    update = Update(pdf)
    value = random.choice(
        [b"", b"/V << /Type /Sig /Filter /Adobe.PPKLite >>", b"/V << /Type /Sig /ByteRange [0 1 2 3] /Contents <30> >>"]
    )
    drawn = drawing(update)
    body = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (X) /F 4 /Rect [0 0 595 842] /AP << /N %d 0 R >> %s >>"
    number = update.add(body % (drawn, value))
    list_field(pdf, number, update)
    return page_with(pdf, number, update)


def sneaky_timestamp(pdf: bytes, random: Random) -> bytes:
    """An invisible field of a timestamp, with a widget over the page that calls it its parent."""
    update = Update(pdf)
    value = random.choice([b"/V << /Type /DocTimeStamp /SubFilter /ETSI.RFC3161 >>", b""])
    field = update.add(b"<< /FT /Sig /T (T) /Rect [0 0 0 0] %s >>" % value)
    list_field(pdf, field, update)
    body = b"<< /Type /Annot /Subtype /Widget /Parent %d 0 R /F 4 /Rect [0 0 595 842] /AP << /N %d 0 R >> >>"
    return page_with(pdf, update.add(body % (field, drawing(update))), update)


def list_field(pdf: bytes, number: int, update: Update) -> None:
    with opened(pdf) as found:
        form = found.Root.AcroForm
        fields = b" ".join(item.unparse() for item in form.Fields)
        array = b"[%s %d 0 R]" % (fields, number)
        if form.Fields.is_indirect:
            update.bodies[form.Fields.objgen[0]] = array
        elif form.is_indirect:
            update.bodies[form.objgen[0]] = b"<< /SigFlags 3 /Fields %s >>" % array
        else:
            entries = {key: value for key, value in found.Root.items() if key != "/AcroForm"}
            update.bodies[update.root.number] = (
                pikepdf.Dictionary(entries).unparse()[:-2] + b"/AcroForm << /SigFlags 3 /Fields %s >> >>" % array
            )


def overlay(pdf: bytes, random: Random) -> bytes:
    """One more content stream over the page."""
    update = Update(pdf)
    number = update.add(evil_stream())
    with opened(pdf) as found:
        page = found.pages[0].obj
        content = page.Contents.unparse()
        order = [content, b"%d 0 R" % number]
        entries = {key: value for key, value in page.items() if key != "/Contents"}
        joined = b" ".join(order if random.random() < 0.5 else order[::-1])
        update.bodies[page.objgen[0]] = pikepdf.Dictionary(entries).unparse()[:-2] + b"/Contents [%s] >>" % joined
    return update.written()


def form_filled(pdf: bytes, random: Random) -> bytes:
    update = Update(pdf)
    with opened(pdf) as found:
        item = found.Root.AcroForm.Fields[0]
        entries = {key: value for key, value in item.items() if key not in ("/V", "/AP")}
        text = pikepdf.Dictionary(entries).unparse()[:-2]
        number = item.objgen[0]
    update.bodies[number] = text + b"/V (%d) /AP << /N %d 0 R >> >>" % (random.randint(2, 9999), drawing(update))
    return update.written()


def catalogue(pdf: bytes, random: Random) -> bytes:
    """Names, actions, layers, outlines: whatever acts or hides."""
    update = Update(pdf)
    entry = random.choice(
        [
            b"/OpenAction << /S /JavaScript /JS (app.alert\\(1\\)) >>",
            b"/Names << /JavaScript << /Names [(a) << /S /JavaScript /JS (1) >>] >> >>",
            b"/AA << /WC << /S /Launch /F (x) >> >>",
            b"/OCProperties << /OCGs [] /D << /BaseState /OFF >> >>",
            b"/Outlines << /Count 0 >>",
            b"/PageLabels << /Nums [0 << /P (9) >>] >>",
            b"/URI << /Base (http://evil.example) >>",
            b"/PageMode /UseAttachments",
            b"/Perms << /DocMDP 1 0 R >>",
            b"/Lang (xx)",
            b"/Names << /EmbeddedFiles << /Names [] >> >>",
        ]
    )
    key = entry.split(b" ")[0].decode()
    with opened(pdf) as found:
        kept = {name: value for name, value in found.Root.items() if name != key}
        update.bodies[update.root.number] = pikepdf.Dictionary(kept).unparse()[:-2] + entry + b" >>"
    return update.written()


def page_box(pdf: bytes, random: Random) -> bytes:
    update = Update(pdf)
    entry = random.choice([b"/CropBox [0 0 9 9]", b"/Rotate 90", b"/AA << /O << /S /Launch >> >>", b"/UserUnit 9"])
    with opened(pdf) as found:
        page = found.pages[0].obj
        update.bodies[page.objgen[0]] = pikepdf.Dictionary(dict(page.items())).unparse()[:-2] + entry + b" >>"
    return update.written()


def page_tree(pdf: bytes, random: Random) -> bytes:
    update = Update(pdf)
    with opened(pdf) as found:
        tree = found.Root.Pages
        kids = [kid.unparse() for kid in tree.Kids]
        entry = random.choice([b"/Rotate 180", b"/MediaBox [0 0 9 9]", b"/Resources << >>"])
        update.bodies[tree.objgen[0]] = b"<< /Type /Pages %s /Count %d /Kids [%s] >>" % (
            entry, len(kids), b" ".join(kids)
        )  # fmt: skip
    return update.written()


def evidence_beside(pdf: bytes, random: Random) -> bytes:
    """Evidence added as it may be, and the page's content changed with it."""
    update = Update(pdf)
    certificate = update.add(b"<< /Length 3 >>\nstream\n0\x01\x00\nendstream")
    with opened(pdf) as found:
        kept = {name: value for name, value in found.Root.items() if name != "/DSS"}
        update.bodies[update.root.number] = (
            pikepdf.Dictionary(kept).unparse()[:-2] + b"/DSS << /Certs [%d 0 R] >> >>" % certificate
        )
    update.bodies[page_numbers(pdf)[1]] = evil_stream()
    return update.written(before=random.choice(SPACES))
