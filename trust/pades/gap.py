"""The gap that a signature leaves in what it covers, and its value in it (ISO 32000-2 §12.8.1)."""

from trust.pades.in_memory import Document


def value(data: Document, opening: int, closing: int, end: int) -> tuple[bytes, str]:
    """The value in the gap, or what is wrong with it."""
    if end > len(data):
        return b"", "byte_range_beyond_file"
    gap = data[opening:closing]
    if gap[:1] != b"<" or gap[-1:] != b">":
        return b"", "byte_range_not_round_value"
    try:
        contents = bytes.fromhex(gap[1:-1].decode("ascii"))
    except ValueError:
        return b"", "value_malformed"
    # one writer writes one case; a digit changed in case alone was changed by another hand
    if gap not in (gap.lower(), gap.upper()):
        return b"", "value_malformed"
    if contents[_length(contents) :].strip(b"\x00"):
        return b"", "value_followed_by_more"
    return contents, ""


def _length(der: bytes) -> int:
    """How long the outermost DER value is; all there is where it does not say (indefinite lengths)."""
    if len(der) < 6 or der[1] == 0x80:
        return len(der)
    if der[1] < 0x80:
        return 2 + der[1]
    count = der[1] & 0x7F
    return 2 + count + int.from_bytes(der[2 : 2 + count], "big")
