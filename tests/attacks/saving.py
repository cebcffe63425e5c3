"""Incremental saving: what is appended after the signature, and how it hides."""

from random import Random

import pikepdf

from tests.attacks.documents import opened
from tests.attacks.parts import SPACES, page_numbers
from tests.attacks.update import Update, evil_stream


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
