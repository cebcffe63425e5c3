"""What a document says of itself: the information dictionary (ISO 32000-2 §14.3.3) and XMP (§14.3.2, ISO 16684-1).

No page shows it, but a viewer's title bar does, and archives file by it. So a later update may renew what every
program renews when it saves (when it was saved, and by what); anything else is a change to what was signed.
"""

from typing import Any
from xml.parsers import expat

import pikepdf

from trust.pades import own_text
from trust.pades.sig_fields import get

LARGEST = 1024 * 1024
DEEPEST = 64
_STREAM_KEYS = frozenset({"/Type", "/Subtype", "/Length", "/Filter", "/DecodeParms"})
_RENEWED = frozenset({"/ModDate", "/Producer"})
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns# "
_XMP, _MEDIA = "http://ns.adobe.com/xap/1.0/ ", "http://ns.adobe.com/xap/1.0/mm/ "
_RENEWED_PROPERTIES = frozenset(
    {
        f"{_XMP}ModifyDate",
        f"{_XMP}MetadataDate",
        f"{_MEDIA}InstanceID",
        f"{_MEDIA}History",
        "http://ns.adobe.com/pdf/1.3/ Producer",
        "adobe:ns:meta/ xmptk",  # the toolkit that wrote it
    }
)
# they group properties and say nothing themselves
_GROUPING = frozenset({"adobe:ns:meta/ xmpmeta", f"{_RDF}RDF", f"{_RDF}Description", f"{_RDF}about"})

Statement = tuple[tuple[str, ...], str]  # the names that lead to a value, and the value


def is_words(old: Any, new: Any) -> bool:
    """Whether nothing but words changed in an information dictionary: neither a number nor a name acts on pages."""
    before, after = _entries(old), _entries(new)
    changed = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
    return all(key == "/Trapped" or (_is_text(old, key) and _is_text(new, key)) for key in changed)


def same_words(old: Any, new: Any) -> bool:
    """Whether two information dictionaries say the same, but for what every program renews."""
    before, after = ({k: v for k, v in _entries(info).items() if k not in _RENEWED} for info in (old, new))
    return before == after


def _entries(info: Any) -> dict[str, bytes | str]:
    """What the entries say; a reference by itself, since what it leads to is compared where that changes."""
    listed = info.items() if isinstance(info, pikepdf.Dictionary) else ()
    return {key: str(item) if isinstance(item, pikepdf.String) else own_text.text(item) for key, item in listed}


def _is_text(info: Any, key: str) -> bool:
    """Whether an entry is text, or is not there."""
    return isinstance(get(info, key), pikepdf.String | None)


def is_metadata(value: Any) -> bool:
    """XMP and nothing else: a stream that says so of itself, and that is well-formed."""
    return statements(value) is not None


def same_metadata(old: Any, new: Any) -> bool:
    """Whether two metadata streams state the same, but for what every program renews."""
    before = statements(old)
    return before is not None and before == statements(new)


def statements(stream: Any) -> list[Statement] | None:
    """What a metadata stream states, however it is grouped; None where it is no XMP."""
    if not isinstance(stream, pikepdf.Stream) or not set(stream.stream_dict.keys()) <= _STREAM_KEYS:
        return None
    if get(stream, "/Type") != "/Metadata" or get(stream, "/Subtype") != "/XML":
        return None
    try:
        text = bytes(stream.read_bytes())
        return _Statements().of(text) if len(text) <= LARGEST else None
    except (pikepdf.PdfError, expat.ExpatError, _NotXmp):
        return None


class _NotXmp(Exception):
    """A document type, or nesting that XMP does not have."""


class _Statements:
    """Collects the leaves of an RDF tree; a property may be written as an element or as an attribute."""

    def __init__(self) -> None:
        self._path: list[str] = []
        self._text: list[str] = []
        self._found: list[Statement] = []

    def of(self, text: bytes) -> list[Statement]:
        """All of them, in a steady order."""
        parser = expat.ParserCreate(namespace_separator=" ")
        parser.buffer_text = True
        parser.StartDoctypeDeclHandler = self._refuse
        parser.StartElementHandler = self._open
        parser.EndElementHandler = self._close
        parser.CharacterDataHandler = self._text.append
        parser.Parse(text, True)
        return sorted(self._found)

    def _refuse(self, *_: object) -> None:
        raise _NotXmp

    def _open(self, name: str, attributes: dict[str, str]) -> None:
        if len(self._path) >= DEEPEST:
            raise _NotXmp
        self._state("".join(self._text))
        self._text.clear()
        self._path.append(name)
        for key, value in attributes.items():
            self._path.append(key)
            self._state(value)
            self._path.pop()

    def _close(self, _: str) -> None:
        self._state("".join(self._text))
        self._text.clear()
        self._path.pop()

    def _state(self, value: str) -> None:
        path = tuple(name for name in self._path if name not in _GROUPING)
        if (value := value.strip()) and path and not _RENEWED_PROPERTIES.intersection(path):
            self._found.append((path, value))
