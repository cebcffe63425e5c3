"""A stage is told by the ids on the page, and every stage of a sign-in has one."""

from deploy.journey.page import read
from deploy.journey.stage import BY_ID, stage_of
from deploy.settings import CHECKOUT

PAGES = CHECKOUT / "pwa" / "templates" / "pages" / "sign_in"


def shown(body: str) -> str:
    return stage_of(
        read(url="https://a.example", status=200, headers={"content-type": "text/html"}, body=body.encode())
    )


def test_what_a_person_acts_on_names_the_stage() -> None:
    assert shown('<button id="link-start">') == "link"
    assert shown('<p id="nothing">') == "elsewhere"


def test_a_question_on_the_page_comes_before_what_is_only_read() -> None:
    assert shown('<p id="problem"></p><button id="check-agree"></button>') == "check"


def test_every_page_of_a_sign_in_has_an_id_that_the_journey_knows() -> None:
    told_apart_by_address = {"stage.html", "begin.html", "away.html"}
    for page in PAGES.glob("*.html"):
        text = page.read_text(encoding="utf-8")
        known = any(f'id="{identifier}"' in text or f'"{identifier}"' in text for identifier in BY_ID)
        assert known or page.name in told_apart_by_address or "region-{{" in text, page.name
