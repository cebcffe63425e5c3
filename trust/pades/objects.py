"""PDF objects as they are written (ISO 32000-2 §7.3)."""

Fields = dict[str, bytes]  # "/Key" → the value as it is written


def dictionary(entries: Fields) -> bytes:
    """A dictionary as it is written."""
    return b"<< " + b" ".join(key.encode() + b" " + value for key, value in entries.items()) + b" >>"


def array(items: list[bytes]) -> bytes:
    """An array as it is written."""
    return b"[" + b" ".join(items) + b"]"


def stream(entries: Fields, content: bytes) -> bytes:
    """A stream as it is written."""
    whole = {**entries, "/Length": str(len(content)).encode()}
    return dictionary(whole) + b"\nstream\n" + content + b"\nendstream"


def string(value: str) -> bytes:
    """A text string (§7.9.2.2): UTF-16BE with its mark, in hexadecimal, so that nothing need be escaped."""
    if value.isascii() and not set(value) & set("()\\") and value.isprintable():
        return b"(" + value.encode() + b")"
    return b"<FEFF" + value.encode("utf-16-be").hex().upper().encode() + b">"


def number(value: float) -> bytes:
    """A real number, short."""
    return f"{value:.3f}".rstrip("0").rstrip(".").encode() or b"0"
