"""Universal signature forgery: nothing to check, nothing wrong."""

from random import Random

from tests.attacks.parts import VALUE, last_range, put


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
