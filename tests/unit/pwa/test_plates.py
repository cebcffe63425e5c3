"""A plate gives each visitor the page that would have been printed for them alone."""

from collections.abc import Mapping
from datetime import timedelta

import pytest
from msgspec.structs import replace

from gateway.flows.stage_view import ChooseRegion, StageView
from pwa.pages.sign_in import ALIKE
from pwa.plates import Plates
from pwa.reply import Reply
from tests.fakes import page_examples as examples
from tests.fakes.pages import SESSION, FakeSignIns, pages


class Printer:
    """Prints a greeting, and counts."""

    def __init__(self, says: str = "Good day") -> None:
        self.says = says
        self.times = 0

    def __call__(self, own: Mapping[str, str]) -> Reply:
        self.times += 1
        return Reply(body=f"{self.says}, {own['name']}! <{own['name']}|{own['token']}>".encode())


def test_what_is_said_alike_is_printed_once() -> None:
    plates, printer = Plates("name", "token"), Printer()
    for name in ("Ana", "Bela", "Ana"):
        page = plates.page("hello", {"name": name, "token": "t-1"}, printer)
        assert page.body == f"Good day, {name}! <{name}|t-1>".encode()
    assert printer.times == 1


def test_what_looks_like_an_open_place_and_is_none_stays() -> None:
    plates = Plates("name", "token")
    for name in ("Ana", "Bela"):
        page = plates.page("hello", {"name": name, "token": "t"}, Printer("100 % of %(name)b, %s"))
        assert page.body == f"100 % of %(name)b, %s, {name}! <{name}|t>".encode()


def test_what_is_said_otherwise_is_another_plate() -> None:
    plates = Plates("name", "token")
    own = {"name": "Ana", "token": "t"}
    assert plates.page(("hello", "en"), own, Printer()).body.startswith(b"Good day")
    assert plates.page(("hello", "pt"), own, Printer("Bom dia")).body.startswith(b"Bom dia")


@pytest.mark.parametrize("name", ["", "<b>", "a b", "é", "a\n", "a&b", "a.b"])
def test_a_value_that_could_look_different_elsewhere_is_printed_for_itself(name: str) -> None:
    plates, printer = Plates("name", "token"), Printer()
    for _ in range(2):
        plates.page("hello", {"name": name, "token": "t"}, printer)
    assert printer.times == 2


def test_no_more_are_kept_than_asked_for() -> None:
    plates, printer = Plates("name", "token", most=2), Printer()
    for said in ("a", "b", "c", "b", "c", "a"):
        plates.page(said, {"name": "Ana", "token": "t"}, printer)
    assert printer.times == 4


EXAMPLES = {name: stage for name, stage in examples.all_stages("en").items() if isinstance(stage, ALIKE)}


def test_there_is_an_example_of_each_stage_that_is_shown_alike() -> None:
    assert {type(stage) for stage in EXAMPLES.values()} == set(ALIKE)


@pytest.mark.parametrize("name", EXAMPLES)
def test_a_stage_is_the_same_from_a_plate(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Three people at the same stage; the third's id cannot be filled in, so that page is printed for itself."""

    def view(_: FakeSignIns, sign_in: str, browser: str, *, locale: str) -> StageView:
        later = timedelta(seconds=len(sign_in))
        return replace(EXAMPLES[name], id=sign_in, expires_at=EXAMPLES[name].expires_at + later)

    monkeypatch.setattr(FakeSignIns, "view", view)
    client = pages().app.test_client()
    client.set_cookie("gba_browser", "a-browser")
    client.set_cookie("gba_session", SESSION)
    first, second, third = (client.get(f"/en/sign-in/{key}").text for key in ("one-1", "two_22", "three.333"))
    assert "two_22" in second
    assert first.replace("one-1", "two_22") == second == third.replace("three.333", "two_22")


def test_two_browsers_get_two_tokens() -> None:
    app, tokens = pages().app, set()
    for browser in ("first-browser", "second-browser"):
        client = app.test_client()
        client.set_cookie("gba_browser", browser)
        tokens.add(client.get("/en/sign-in/choose").text.partition('name="token" value="')[2][:32])
    assert len(tokens) == 2


def test_a_page_asked_for_with_a_query_keeps_it() -> None:
    assert isinstance(EXAMPLES["choose"], ChooseRegion)
    client = pages().app.test_client()
    assert "a%3Db" in client.get("/en/sign-in/choose?a=b").text
    assert "a%3Db" not in client.get("/en/sign-in/choose").text
