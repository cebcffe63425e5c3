"""Changes to foreign bytes that know something of their structure; each takes the bytes and a random source."""

import re
import zlib
from binascii import hexlify, unhexlify
from collections.abc import Callable, Sequence
from random import Random

Mutation = Callable[[bytes, Random], bytes]

EDGES = (0, 1, 2, 127, 128, 255, 65535, 65536, 2**31 - 1, 2**31, 2**32, 2**63, 2**64, 10**30)
NUMBER = re.compile(rb"\b\d+")
WORD = re.compile(rb"/[A-Za-z]{1,20}")
REFERENCE = re.compile(rb"(?<!\d)\d{1,7} \d{1,5} R")
LENGTH = re.compile(rb"/Length \d+")
OBJECT = re.compile(rb"(?<!\d)\d{1,7} \d{1,5} obj\b")
XREF_ENTRY = re.compile(rb"(?<!\d)\d{10} \d{5} [nf]")
START = re.compile(rb"startxref\s+\d{1,20}")  # another change may have made it as long as a file
TRAILER_NUMBER = re.compile(rb"/(?:Size|Prev|XRefStm|First|N|Index ?\[|W ?\[|ByteRange ?\[)[ \d]*")
CONTENTS = re.compile(rb"<([0-9a-fA-F]{200,})>")
JSON_VALUE = re.compile(rb'"[^"\\]{0,200}"|\b\d+\b|\btrue\b|\bfalse\b|\bnull\b')
NAMES = (
    b"/Annots /AcroForm /Pages /Kids /Parent /Contents /ByteRange /Filter /DSS /Perms /V /Fields /Root /Type /XObject"
    b" /OCProperties /Names /Metadata /Extensions /Lang /AP /N /MK /DA /Rect /F /Subtype /StructTreeRoot /XFA"
).split()
JSON = (b"null", b"true", b"-1", b"1e999", b'""', b"[]", b"{}", b'"\\ud800"', b"[" * 5000, b'{"a":' * 5000, b"9" * 5000)


def _somewhere(data: bytes, random: Random) -> int:
    return random.randrange(len(data) + 1)


def bit(data: bytes, random: Random) -> bytes:
    if not data:
        return b"\0"
    out = bytearray(data)
    for _ in range(random.choice((1, 1, 1, 2, 8))):
        out[random.randrange(len(out))] ^= 1 << random.randrange(8)
    return bytes(out)


def byte(data: bytes, random: Random) -> bytes:
    at = _somewhere(data, random)
    return data[:at] + bytes([random.choice((0, 9, 10, 13, 32, 37, 40, 41, 60, 62, 91, 93, 255))]) + data[at + 1 :]


def cut(data: bytes, random: Random) -> bytes:
    return data[: _somewhere(data, random)]


def missing(data: bytes, random: Random) -> bytes:
    at = _somewhere(data, random)
    return data[:at] + data[at + random.choice((1, 2, 16, 300, 5000)) :]


def repeated(data: bytes, random: Random) -> bytes:
    at = _somewhere(data, random)
    return data[:at] + data[at : at + random.choice((1, 16, 300, 5000))] * random.choice((2, 3, 50)) + data[at:]


def moved(data: bytes, random: Random) -> bytes:
    """A piece taken from one place to another."""
    start, length = _somewhere(data, random), random.choice((4, 64, 1024))
    piece, rest = data[start : start + length], data[:start] + data[start + length :]
    at = _somewhere(rest, random)
    return rest[:at] + piece + rest[at:]


def _replaced(data: bytes, found: Sequence[re.Match[bytes]], random: Random, text: bytes, *, fit: bool) -> bytes:
    """One of the places with another text; fit: without moving what comes after, where that is possible."""
    if not found:
        return data
    at = random.choice(found)
    if fit:
        text = text.ljust(len(at.group()))[: len(at.group())]
    return data[: at.start()] + text + data[at.end() :]


def number(data: bytes, random: Random) -> bytes:
    found = list(NUMBER.finditer(data))
    return _replaced(data, found, random, b"%d" % random.choice(EDGES), fit=random.random() < 0.7)


def name(data: bytes, random: Random) -> bytes:
    return _replaced(data, list(WORD.finditer(data)), random, random.choice(NAMES), fit=random.random() < 0.7)


def reference(data: bytes, random: Random) -> bytes:
    """A reference to another object, itself perhaps."""
    text = b"%d 0 R" % random.randrange(40)
    return _replaced(data, list(REFERENCE.finditer(data)), random, text, fit=random.random() < 0.9)


def length(data: bytes, random: Random) -> bytes:
    """A stream that lies about its length."""
    text = b"/Length %d" % random.choice((*EDGES, random.randrange(20000)))
    return _replaced(data, list(LENGTH.finditer(data)), random, text, fit=random.random() < 0.7)


def entry(data: bytes, random: Random) -> bytes:
    """An entry of the cross-reference that points elsewhere."""
    places = [each.start() for each in OBJECT.finditer(data)] or [0]
    offset = random.choice((*places, 0, len(data), 9999999999, random.randrange(len(data) + 1)))
    kind = random.choice((b"n", b"n", b"f"))
    text = b"%010d %05d %s" % (offset, random.choice((0, 0, 1, 65535)), kind)
    return _replaced(data, list(XREF_ENTRY.finditer(data)), random, text, fit=False)


def start(data: bytes, random: Random) -> bytes:
    old = list(START.finditer(data))
    places = [int(each.group().split()[1]) for each in old] + [_somewhere(data, random)]
    return _replaced(data, old, random, b"startxref\n%d" % random.choice((*places, *EDGES)), fit=False)


def trailer(data: bytes, random: Random) -> bytes:
    """The numbers by which a trailer, an object stream or a byte range is found."""
    found = list(TRAILER_NUMBER.finditer(data))
    if not found:
        return data
    at = random.choice(found)
    text = NUMBER.sub(lambda _: b"%d" % random.choice((*EDGES, len(data))), at.group(), count=1)
    return data[: at.start()] + text + data[at.end() :]


def deep(data: bytes, random: Random) -> bytes:
    """Nesting where a value stood."""
    many = random.choice((50, 600, 20000))
    opened, closed = random.choice(((b"[", b"]"), (b"<</A ", b">>"), (b"(", b")")))
    return _replaced(data, list(REFERENCE.finditer(data)), random, opened * many + b"0" + closed * many, fit=False)


def object_changed(data: bytes, random: Random) -> bytes:
    """One object written a second time behind everything, listed or not."""
    bodies = list(re.finditer(rb"(?<!\d)(\d{1,7}) 0 obj.{0,3000}?endobj", data, re.DOTALL))
    if not bodies:
        return data
    one = random.choice(bodies)
    body = random.choice((bit, name, number, reference))(one.group(), random)
    previous = [int(each.group().split()[1]) for each in START.finditer(data)] or [0]
    offset = len(data) + 1
    tail = b"xref\n%d 1\n%010d 00000 n\r\ntrailer\n<< /Size 500 /Root %s /Prev %d >>\nstartxref\n%d\n%%%%EOF\n"
    roots = re.findall(rb"/Root (\d+ \d+ R)", data) or [b"1 0 R"]
    ending = tail % (int(one.group(1)), offset, roots[-1], previous[-1], offset + len(body) + 1)
    return data + b"\n" + body + b"\n" + random.choice((ending, ending, b""))


def bomb(data: bytes, random: Random) -> bytes:
    """An object stream, a page's content or evidence that swells."""
    packed = zlib.compress(bytes(random.choice((1, 30)) * 1024 * 1024), 9)
    if random.random() < 0.4:  # packed twice
        packed = zlib.compress(packed, 9)
        filters = b"[/FlateDecode /FlateDecode]"
    else:
        filters = b"/FlateDecode"
    kind = random.choice((b"/Type /ObjStm /N 100000 /First 10", b"/Type /XRef /W [1 2 1] /Size 99999999", b""))
    target = random.choice(list(OBJECT.finditer(data)) or [None])
    label = target.group() if target is not None else b"9 0 obj"
    body = b"%s\n<< %s /Filter %s /Length %d >>\nstream\n%s\nendstream\nendobj\n"
    made = body % (label, kind, filters, len(packed), packed)
    previous = [int(each.group().split()[1]) for each in START.finditer(data)] or [0]
    ending = b"xref\n%d 1\n%010d 00000 n\r\ntrailer\n<< /Size 500 /Root %s /Prev %d >>\nstartxref\n%d\n%%%%EOF\n" % (
        int(label.split()[0]),
        len(data),
        (re.findall(rb"/Root (\d+ \d+ R)", data) or [b"1 0 R"])[-1],
        previous[-1],
        len(data) + len(made),
    )
    return data + made + ending


def tag(data: bytes, random: Random) -> bytes:
    """DER: another tag, another length, a piece twice."""
    if len(data) < 8:
        return data
    out = bytearray(data)
    at = random.randrange(len(out) - 4)
    match random.randrange(5):
        case 0:
            out[at] = random.choice(
                (0x02, 0x03, 0x04, 0x05, 0x06, 0x0C, 0x17, 0x18, 0x30, 0x31, 0xA0, 0xA1, 0x80, 0x24)
            )
        case 1:
            out[at] = random.choice(b"\x80\x81\x82\x83\x84\x88\xff\x00")
        case 2:
            # an identifier, whole as far as it is changed
            found = [match.start() for match in re.finditer(rb"\x06[\x03-\x0b]", data[:-3])] or [at - 1]
            out[random.choice(found) + 2 + random.randrange(3)] ^= random.randrange(1, 128)
        case 3:
            out[at : at + 4] = b"\x30\x80\x30\x80" * random.choice((1, 400))
        case _:
            out[at] ^= random.randrange(1, 256)
    return bytes(out)


def message(data: bytes, random: Random) -> bytes:
    """DER inside a signature's value; the file keeps its length."""
    found = list(CONTENTS.finditer(data))
    if not found:
        return data
    at = random.choice(found)
    digits = at.group(1)[: len(at.group(1)) // 2 * 2]
    der = unhexlify(digits)
    used = der.rstrip(b"\0")
    changed = random.choice((tag, tag, bit, missing, moved))(used, random)[: len(der)].ljust(len(der), b"\0")
    return data[: at.start() + 1] + hexlify(changed).ljust(len(at.group(1)), b"0") + data[at.end() - 1 :]


def json_value(data: bytes, random: Random) -> bytes:
    return _replaced(data, list(JSON_VALUE.finditer(data)), random, random.choice(JSON), fit=False)


def markup(data: bytes, random: Random) -> bytes:
    """XML: an element twice, entities, comments, other names."""
    found = list(re.finditer(rb"<[^<>]{1,300}>", data))
    if not found:
        return data
    at = random.choice(found)
    text = random.choice(
        (b"", at.group() * 2, b"<!--x-->", b"<![CDATA[<]]>", b"<?x?>", b"&lt;", b"&#0;", b"<a>" * 300, b"<a/>" * 9000)
    )
    text = random.choice((text, text + at.group(), at.group() + text))
    if random.random() < 0.05:
        return b'<!DOCTYPE a [<!ENTITY b "c"><!ENTITY d "&b;&b;">]>' + data
    return data[: at.start()] + text + data[at.end() :]


PLAIN: tuple[Mutation, ...] = (bit, bit, byte, cut, missing, repeated, moved, number)
PDF: tuple[Mutation, ...] = (
    *(bit, byte, cut, missing, repeated, moved),
    *(number, name, reference, length, entry, start, trailer, deep),
    *(object_changed, object_changed, bomb, message, message, message),
)
DER: tuple[Mutation, ...] = (tag, tag, tag, bit, missing, moved, repeated, cut)
XML: tuple[Mutation, ...] = (*PLAIN, markup, markup, markup, markup)
TEXT: tuple[Mutation, ...] = (*PLAIN, json_value, json_value, json_value)


def mutate(data: bytes, random: Random, ways: Sequence[Mutation]) -> bytes:
    """One change, or a few on top of each other."""
    for _ in range(random.choice((1, 1, 1, 1, 2, 3))):
        data = random.choice(ways)(data, random)
    return data
