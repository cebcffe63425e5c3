"""Where a document's bytes refer to an object: searched as written, before anybody parses anything.

A reference can be written with comments inside and with leading zeros; the search finds those too, since whoever
prepares a trap would write it so. A file is gone through once, however many signatures are asked about: each
reference is kept with the place where it ends, and a revision holds those that end within it.
"""

import re
from collections.abc import Callable, Collection, Iterable, Sequence
from itertools import chain, repeat

from trust.pades.in_memory import Document

_WHITE = rb"\x00\t\n\x0c\r "
_SPACE = rb"(?>(?:[" + _WHITE + rb"]++|%[^\r\n]*+[\r\n])+)"
_DELIMITER = rb"(?![^\x00\t\n\x0c\r ()<>\[\]{}/%])"
_DIGITS = re.compile(rb"\d++")
_REFERENCE = re.compile(rb"\d++" + _SPACE + rb"\d++" + _SPACE + rb"R")
# what a reference ends with, and the key of a signature; one literal letter first, which is what makes it quick
_CANDIDATE = re.compile(rb"R(?:(?<=[" + _WHITE + rb"]R)" + _DELIMITER + rb"|ange(?<=/ByteRange))")
# number and generation on one line, so that no comment can come between: as nearly all references are written
_PLAIN = re.compile(rb".*[^0-9]([1-9][0-9]{0,9})[\t ]+[0-9]{1,5}[\t ]+", re.DOTALL)
# nothing but space, comments and digits: a reference may begin even further back
_OPEN = re.compile(rb"(?:[^\r\n]*+[\r\n])?(?>(?:[" + _WHITE + rb"0-9]++|%[^\r\n]*+[\r\n])*)R", re.DOTALL)
_HEAD = re.compile(rb"(?<!\d)(\d{1,10})[" + _WHITE + rb"]{1,4}(\d{1,5})[" + _WHITE + rb"]{1,4}obj\Z")
_KEY = re.compile(rb"/([^\x00\t\n\x0c\r ()<>\[\]{}/%]*)[\x00\t\n\x0c\r ]*\Z")
_ESCAPED = re.compile(rb"#([0-9A-Fa-f]{2})")
LONGEST_KEY = 200
LONGEST_NUMBER = 18
MOST_PLACES = 100
NEAR, FURTHER, FAR = 32, 512, 8192  # how far back a reference is looked for: at first, then, and at all
ANY = -1  # a reference too long to be read, which may be to anything


class Mentions:
    """The references in one text to some objects, and the keys of signatures in it."""

    def __init__(
        self,
        text: Document,
        numbers: Collection[int],
        ends: Collection[int] | None = None,
        without: Sequence[tuple[int, int]] = (),
    ) -> None:
        """`ends` are where revisions end that will be asked about; what comes after all of them is of no interest.

        `without` are the parts, in order, that need not be looked through.
        """
        self._text = text
        self._numbers = numbers
        self.signatures = 0  # how often /ByteRange stands there
        self._found: dict[tuple[int, str], int] = {}  # (object, key) → where the first such reference ends
        self._places: dict[tuple[int, str], list[int]] = {}  # (object, key) → where each ends, while they are few
        wanted = {b"%d" % number for number in numbers}
        plainly, last = _PLAIN.fullmatch, len(text) if ends is None else max(ends, default=0)
        begins = (0, *(end for _, end in without))
        stops = (*(begin for begin, _ in without), len(text))
        for found in chain.from_iterable(map(_CANDIDATE.finditer, repeat(text), begins, stops)):
            at = found.start()
            if found.end() > at + 1:
                self.signatures += 1
            elif wanted and at < last:
                plain = plainly(text, at - NEAR if at > NEAR else 0, at)
                if plain is None or plain[1] in wanted:
                    self._note_any(at)
        for end in ends or ():  # where a revision ends, it ends a reference too
            if numbers and text[end - 1 : end] == b"R":
                self._note_any(end - 1)

    def mentioned(self, end: int | None = None) -> set[int]:
        """Which objects the text refers to before this place; all of them where one cannot be told."""
        found = {number for (number, _), place in self._found.items() if end is None or place <= end}
        return set(self._numbers) if ANY in found else found

    def keys(self, number: int, end: int | None = None) -> set[str]:
        """Under which keys an object is referred to; "" for a reference in an array or one that is hard to read."""
        return {
            key
            for (named, key), place in self._found.items()
            if named in (number, ANY) and (end is None or place <= end)
        }

    def holders(self, number: int, key: str, end: int) -> list[tuple[int, int, int]] | None:
        """The objects (number, generation, offset) that hold such a reference; None where they cannot be told."""
        held = []
        for place in self._places.get((number, key), ()):
            if place > end:
                continue
            head = _HEAD.search(self._text, max(0, (at := self._text.rfind(b"obj", 0, place)) - NEAR), at + 3)
            if at < 0 or head is None:
                return None
            held.append((int(head.group(1)), int(head.group(2)), head.start()))
        return held if len(held) <= MOST_PLACES else None

    def _note(self, number: int, begins: int, at: int) -> None:
        key = _KEY.search(self._text, max(0, begins - LONGEST_KEY), begins)
        named = (number, _plain(key.group(1)) if key is not None else "")
        self._found[named] = min(at + 1, self._found.get(named, at + 1))
        places = self._places.setdefault(named, [])
        if len(places) <= MOST_PLACES:
            places.append(at + 1)

    def _note_any(self, at: int) -> None:
        """The references that may end here; looked for further back for as long as one may begin there."""
        for far in (NEAR, FURTHER, FAR):
            begin = max(0, at - far)
            near = self._text[begin : at + 1]
            for digits in _DIGITS.finditer(near):
                # a comment may hide a number or be none itself: whatever can be read as a reference counts as one
                reads = _REFERENCE.match(near, digits.start())
                if reads is None or reads.end() < len(near) or (begin and not digits.start() and far < FAR):
                    continue
                number = digits.group().lstrip(b"0")
                if len(number) <= LONGEST_NUMBER and int(number or b"0") in self._numbers:
                    self._note(int(number or b"0"), begin + digits.start(), at)
            if not begin or not _OPEN.fullmatch(near):
                return
        self._note(ANY, at, at)


class Search:
    """The references in a file and in its object streams, each read once for all revisions that hold it."""

    def __init__(
        self, data: Document, numbers: Collection[int], ends: Collection[int], without: Sequence[tuple[int, int]] = ()
    ) -> None:
        self.file = Mentions(data, numbers, ends, without)
        self._numbers = numbers
        self._streams: dict[int, Mentions] = {}  # by where they begin

    def stream(self, offset: int, read: Callable[[], bytes]) -> Mentions:
        """What an object stream refers to."""
        if offset not in self._streams:
            self._streams[offset] = Mentions(read(), self._numbers)
        return self._streams[offset]


def mentioned(end: int, file: Mentions, streams: Iterable[Mentions]) -> set[int]:
    """Which objects a revision refers to, in its bytes and in its object streams."""
    return file.mentioned(end).union(*(stream.mentioned() for stream in streams))


def keys(number: int, end: int, file: Mentions, streams: Iterable[Mentions]) -> set[str]:
    """Under which keys a revision refers to an object."""
    return file.keys(number, end).union(*(stream.keys(number) for stream in streams))


def _plain(name: bytes) -> str:
    return _ESCAPED.sub(lambda found: bytes([int(found.group(1), 16)]), name).decode("latin-1")
