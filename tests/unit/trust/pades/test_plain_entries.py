"""The entries of a plain dictionary are those that are read token by token; of any other nothing is said."""

from random import Random

from trust.pades.syntax import BadSyntax, Name, Ref, Value, plain_entries, read_value

PIECES = (
    b"/A", b"/Length", b"/Length1", b"/", b" ", b"\n", b"\x00", b"\x0b", b"12", b"0", b" 0 R", b"R", b"1 2 R", b"-1.5",
    b".", b"+", b"<<", b">>", b"[", b"]", b"(a)", b"<41>", b"%c\n", b"true", b"#41", b"x", b"99999999999",
)  # fmt: skip


def said(value: Value) -> object:
    """A value as `plain_entries` writes one, but for the space within a reference."""
    if isinstance(value, Name):
        return b"/" + value.text.encode("latin-1")
    return (value.number, value.generation) if isinstance(value, Ref) else value


def read(text: bytes) -> object:
    """A scalar as it is written, made comparable."""
    if text.startswith(b"/"):
        return text
    if text.endswith(b"R"):
        number, generation = text[:-1].replace(b"\x00", b" ").split()
        return int(number), int(generation)
    return float(text) if b"." in text else int(text)


def test_both_readers_agree_on_whatever_the_plain_one_takes() -> None:
    choose, taken = Random(7), 0
    for _ in range(20_000):
        written = b"<<" + b"".join(choose.choices(PIECES, k=choose.randrange(1, 9))) + b">>"
        plain = plain_entries(written, 2)
        if plain is None:
            continue
        taken += 1
        value, end = read_value(written, 0)
        assert isinstance(value, dict)
        assert {b"/" + key.encode("latin-1"): said(one) for key, one in value.items()} == {
            key: read(text) for key, text in plain[0].items()
        }
        assert end == plain[1]
    assert taken > 500


def test_what_is_no_dictionary_is_none_for_either() -> None:
    for written in (b"<< /A12 >>", b"<< /A 1 2 >>", b"<< 1 /A >>", b"<< /A /B"):
        assert plain_entries(written, 2) is None
        try:
            read_value(written, 0)
        except BadSyntax:
            continue
        raise AssertionError(written)
