"""Parts of a request come out as they went in, and nothing else comes out of nonsense."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from trust.endpoints import multipart
from trust.endpoints.multipart import Malformed, TooMany

KIND = "multipart/form-data; boundary=x"


def body(*parts: tuple[str, bytes], name: str = "file") -> bytes:
    made = [
        f'--x\r\nContent-Disposition: form-data; name="{name}"; filename="{called}"\r\n\r\n'.encode()
        + content
        + b"\r\n"
        for called, content in parts
    ]
    return b"".join(made) + b"--x--\r\n"


@given(st.lists(st.binary(max_size=200).filter(lambda content: b"\r\n--x" not in b"\r\n" + content), max_size=5))
def test_files_come_out_as_they_went_in(contents: list[bytes]) -> None:
    sent = [(f"{number}.pdf", content) for number, content in enumerate(contents)]
    found = multipart.files(KIND, body(*sent), most=5)
    assert [(name, part.content) for name, part in found] == sent


@given(st.binary(max_size=400), st.text(max_size=60))
def test_nonsense_is_malformed_and_never_more(content: bytes, kind: str) -> None:
    for given_kind in (KIND, kind, f"multipart/form-data; boundary={kind}"):
        for read in (multipart.read, lambda told, whole: multipart.files(told, whole, most=3)):
            try:
                read(given_kind, content)
            except (Malformed, TooMany):
                continue


def test_more_files_than_are_taken_are_told_apart_from_nonsense() -> None:
    six = body(*[("a", b"1")] * 6)
    assert len(multipart.files(KIND, six, most=6)) == 6
    with pytest.raises(TooMany):
        multipart.files(KIND, six, most=5)


def test_a_part_of_another_name_is_no_file() -> None:
    with pytest.raises(Malformed):
        multipart.files(KIND, body(("a", b"1"), name="document"), most=5)


def test_a_name_given_twice_counts_for_nothing() -> None:
    with pytest.raises(Malformed):
        multipart.read(KIND, body(("a", b"1"), ("b", b"2")))
