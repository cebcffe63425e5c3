"""What must be known of a document to seal it: facts that a contained reader tells, checked before they are used.

Whoever holds a key never parses a foreign PDF. A worker without keys reads it and answers with a survey; the writer
writes both updates from that alone. A worker that was taken over could still lie, so a survey is foreign too:

1. every number is a number within its bounds, every piece a whole PDF value and nothing besides;
2. the document's last bytes lead to the cross-reference that the survey names;
3. the catalogue is one, and what the writer sets itself is not in the pieces.
"""

import re

from msgspec import field

from trust.frozen import Frozen, Hidden
from trust.pades.syntax import OBJECT, BadSyntax, Name, Ref, Value, read_value, skip_space
from trust.pades.xref import Entry, Kind, Layout, Section
from trust.signing.placement import Box

Pieces = dict[str, bytes]  # "/Key" → the value as it is written
Place = tuple[int, int]  # number and generation of an object

HIGHEST = 8_388_607  # ISO 32000-1 annex C: object numbers
LARGEST_PIECE = 4 * 1024 * 1024
MOST_PIECES = 200_000
LONGEST_NAME = 2000
_KEY = re.compile(r"/[!-~]{0,500}")
_REFERENCE = re.compile(rb"\d{1,7} \d{1,5} R")
_LAST = re.compile(rb"startxref[\x00\t\n\x0c\r ]+(\d{1,12})[\x00\t\n\x0c\r ]*%%EOF[\x00\t\n\x0c\r ]*\Z")


class Asked(Frozen):
    """Which part of a document the seal is for."""

    page: int = -1
    visible: bool = True
    field: str = ""


class Page(Frozen):
    """The page that the seal stands on."""

    place: Place
    annotations: Place | None  # the array, where it is an object of its own
    on_it: tuple[bytes, ...]
    entries: Pieces  # empty where the array is an object of its own
    shown: Box
    rotation: int
    unit: float
    taken: tuple[Box, ...]


class EmptyField(Frozen):
    """A signature field that was put there to be signed."""

    place: Place
    entries: Pieces
    box: Box


class Tags(Frozen):
    """The structure of a tagged document (ISO 32000-1 §14.7), as far as a field is put into it."""

    root: Place
    entries: Pieces
    holder: Place  # the element that takes the field in: the document's, or the root itself
    holder_entries: Pieces  # empty where it is the root
    kids: tuple[bytes, ...]
    tree: Pieces  # the parent tree
    numbers: tuple[bytes, ...]  # its /Nums, where it has no leaves
    leaves: tuple[bytes, ...]  # its /Kids
    next_key: int


class Survey(Frozen):
    """One document, as it is to be sealed."""

    problem: str = ""  # why it cannot be sealed; then nothing else counts
    pages: int = 0
    signatures: int = 0
    certified: bool = False
    active: tuple[str, ...] = ()  # findings about content that acts
    claims: tuple[str, ...] = ()  # the standards that it says it keeps to: "PDF/A-3a", "PDF/UA-1"
    base: Hidden[bytes | None] = None  # the document written anew, because it did not hold
    start: int = 0  # of the newest cross-reference
    size: int = 1  # one more than the highest object number
    by_stream: bool = False
    root: Place = (0, 0)
    info: Place | None = None
    identifier: bytes = b""
    version: str = ""
    catalogue: Hidden[Pieces] = field(default_factory=dict)
    acroform: int = 0  # the form's object, 0 where it has none that may be changed
    form: Hidden[Pieces] = field(default_factory=dict)
    fields: Hidden[tuple[bytes, ...]] = ()
    names: Hidden[frozenset[str]] = frozenset()
    store: Hidden[dict[str, tuple[bytes, ...]]] = field(default_factory=dict)  # /Certs, /OCSPs, /CRLs
    by_signature: Hidden[bytes] = b""  # the store's /VRI
    page: Page | None = None
    wanted: EmptyField | None = None
    tags: Tags | None = None  # of an unsigned document whose pages show a seal

    @property
    def layout(self) -> Layout:
        """As much of the cross-reference as an update hangs on."""
        trailer: dict[str, Value] = {"Root": Ref(*self.root), "Size": self.size}
        if self.info is not None:
            trailer["Info"] = Ref(*self.info)
        if self.identifier:
            trailer["ID"] = [self.identifier, self.identifier]
        entries: dict[int, Entry] = {self.size - 1: (Kind.FREE, 0, 0)}
        newest = Section(offset=self.start, stream=self.by_stream, hybrid=False, entries=entries, trailer=trailer)
        return Layout(start=self.start, tail=0, sections=(newest,))


def objection(survey: Survey, received: bytes, asked: Asked) -> str | None:
    """Why a survey cannot be built upon, or None. Not asked of one that tells a problem."""
    try:
        sound = _numbers(survey) and _document(survey, received) and _pieces(survey) and _catalogue(survey)
        complete = survey.page is not None and (survey.wanted is not None or not asked.field or _free(survey, asked))
    except (TypeError, ValueError, AttributeError, BadSyntax, RecursionError):
        sound = False
    return None if sound and complete else "reading_crashed"


def is_plain(survey: Survey) -> bool:
    """Whether what is told of every document is as short as it should be."""
    return all(len(word) < 100 for word in (*survey.active, *survey.claims, survey.problem))


def _free(survey: Survey, asked: Asked) -> bool:
    return asked.field not in survey.names


def _is_place(place: object, size: int) -> bool:
    match place:
        case (int(number), int(generation)):
            return 0 < number < size and 0 <= generation < 65_536
    return False


def _numbers(survey: Survey) -> bool:
    """1."""
    page, wanted = survey.page, survey.wanted
    if not 1 < survey.size <= HIGHEST or not 0 <= survey.acroform < survey.size or page is None:
        return False
    places = [survey.root, page.place, *(found for found in (survey.info, page.annotations) if found is not None)]
    tags = survey.tags
    if tags is not None:
        places += [tags.root, tags.holder]
        if not 0 <= tags.next_key < HIGHEST:
            return False
    boxes = [page.shown, *page.taken]
    if wanted is not None:
        places.append(wanted.place)
        boxes.append(wanted.box)
    sides = [side for box in boxes for side in (box.x0, box.y0, box.x1, box.y1)]
    return (
        all(_is_place(place, survey.size) for place in places)
        and all(abs(side) < 1e7 for side in sides)
        and 0 < page.unit < 1e4
        and all(len(name) < LONGEST_NAME for name in survey.names)
    )


def _document(survey: Survey, received: bytes) -> bool:
    """2."""
    document = received if survey.base is None else survey.base
    if not document.startswith(b"%PDF-") or not 0 < survey.start < len(document):
        return False
    last = _LAST.search(document, max(0, len(document) - 4096))
    if last is None or int(last.group(1)) != survey.start:
        return False
    at = skip_space(document, survey.start)
    if survey.by_stream:
        return OBJECT.match(document, at) is not None
    return document.startswith(b"xref", at)


def _pieces(survey: Survey) -> bool:
    """1."""
    page, wanted = survey.page, survey.wanted
    assert page is not None
    dictionaries = [survey.catalogue, survey.form, page.entries, wanted.entries if wanted is not None else {}]
    loose = [*survey.fields, *page.on_it, *(piece for listed in survey.store.values() for piece in listed)]
    loose += [survey.by_signature] if survey.by_signature else []
    if (tags := survey.tags) is not None:
        dictionaries += [tags.entries, tags.holder_entries, tags.tree]
        loose += [*tags.kids, *tags.numbers, *tags.leaves]
    if len(loose) + sum(map(len, dictionaries)) > MOST_PIECES or not survey.store.keys() <= {
        "/Certs",
        "/OCSPs",
        "/CRLs",
    }:
        return False
    named = all(_KEY.fullmatch(key) for pieces in dictionaries for key in pieces)
    return named and all(map(_whole, (*loose, *(value for pieces in dictionaries for value in pieces.values()))))


def _whole(piece: bytes) -> bool:
    if not 0 < len(piece) <= LARGEST_PIECE:
        return False
    if _REFERENCE.fullmatch(piece):
        return True
    _, end = read_value(piece, 0)
    return end == len(piece) and b"%" not in piece[:1]


def _catalogue(survey: Survey) -> bool:
    """3."""
    catalogue = survey.catalogue
    kind, _ = read_value(catalogue.get("/Type", b"null"), 0)
    pages, _ = read_value(catalogue.get("/Pages", b"null"), 0)
    return kind == Name("Catalog") and isinstance(pages, Ref)
