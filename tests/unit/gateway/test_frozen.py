"""What values do, in the gateway and in trust alike."""

from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace

import gateway.frozen
import trust.frozen

DOCSTRING = chr(34) * 3
ROOMS: tuple[Any, ...] = (gateway.frozen, trust.frozen)


def kinds(room: Any) -> tuple[Any, Any]:
    class Person(room.Frozen):  # type: ignore[misc]
        name: room.Hidden[str]
        home: str = "HK"

    class Resident(Person):
        account: str

    return Person, Resident


@pytest.mark.parametrize("room", ROOMS)
def test_it_is_made_by_keywords_and_never_changed(room: Any) -> None:
    person, _ = kinds(room)
    with pytest.raises(TypeError):
        person("Chan")
    made = person(name="Chan")
    with pytest.raises(AttributeError):
        made.home = "MO"
    assert replace(made, home="MO") == person(name="Chan", home="MO") != made
    assert len({made, person(name="Chan")}) == 1


@pytest.mark.parametrize("room", ROOMS)
def test_what_is_hidden_is_never_printed_also_where_it_was_inherited(room: Any) -> None:
    person, resident = kinds(room)
    assert repr(person(name="Chan")) == "Person(home='HK')"
    assert repr(resident(name="Chan", account="7")) == "Resident(home='HK', account='7')"
    assert dict(resident(name="Chan", account="7").__rich_repr__()) == {"home": "HK", "account": "7"}
    assert room.hidden(resident) == {"name"}


def test_the_two_rooms_are_alike() -> None:
    texts = [Path(room.__file__).read_text(encoding="utf-8").split(DOCSTRING, 2)[2] for room in ROOMS]
    assert texts[0] == texts[1]
