"""Whatever goes wrong is said in the reader's language, under an incident id, and says nothing else."""

from types import SimpleNamespace
from urllib.parse import quote

import pytest
from flask import Blueprint
from flask.testing import FlaskClient

from gateway.errors import RegionUnavailable
from pwa.explain import WORDS
from tests.fakes.pages import SESSION, pages


def test_a_missing_page_is_said_in_the_language_of_its_address() -> None:
    answer = pages().app.test_client().get("/zh-Hant/nowhere", headers={"Accept-Language": "en"})
    assert answer.status_code == 404
    assert "找不到這個頁面" in answer.text
    assert 'id="incident"' in answer.text


def test_a_wrong_method_says_which_are_right() -> None:
    answer = pages().app.test_client().post("/en/help")
    assert answer.status_code == 405
    assert "GET" in answer.headers["Allow"]


def test_a_program_gets_problem_json() -> None:
    answer = pages().app.test_client().get("/en/nowhere", headers={"Accept": "application/json"})
    assert answer.mimetype == "application/problem+json"
    body = answer.get_json()
    assert (body["type"], body["status"]) == ("/problems/not_found", 404)
    assert body["instance"].startswith("urn:incident:")


def test_what_nobody_foresaw_shows_an_incident_and_nothing_else() -> None:
    app = pages().app
    broken = Blueprint("broken", __name__)

    @broken.get("/broken")
    def fail() -> str:
        raise RuntimeError("secret of the house")

    app.register_blueprint(broken)
    answer = app.test_client().get(
        "/broken", headers={"Accept-Language": "pt"}, environ_overrides={"gba.incident": "I9"}
    )
    assert answer.status_code == 500
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text
    assert "Algo correu mal" in answer.text
    assert ">I9<" in answer.text


def test_a_region_that_is_away_is_a_503() -> None:
    app = pages().app
    away = Blueprint("away", __name__)

    @away.get("/away")
    def fail() -> str:
        raise RegionUnavailable("upstream_failed", region="HK")

    app.register_blueprint(away)
    assert app.test_client().get("/away").status_code == 503


def test_a_refusal_of_the_rim_becomes_a_page() -> None:
    refused = SimpleNamespace(status=400, reason="client_unknown", incident="RIM-1")
    answer = (
        pages()
        .app.test_client()
        .get(
            "/oauth/authorize?client_id=x",
            headers={"Accept-Language": "zh-MO"},
            environ_overrides={"gba.problem": refused},
        )
    )
    assert answer.status_code == 400
    assert "把你轉來這裏的服務出了差錯" in answer.text
    assert "RIM-1" in answer.text
    assert "client_id=x" not in answer.text


@pytest.fixture(scope="module")
def reader() -> FlaskClient:
    return pages().app.test_client()


@pytest.mark.parametrize("reason", sorted(WORDS))
def test_every_reason_has_a_page(reason: str, reader: FlaskClient) -> None:
    assert reader.get(f"/problems/{reason}", headers={"Accept-Language": "pt"}).location == f"/pt/problems/{reason}"
    assert reader.get(f"/pt/problems/{reason}").status_code == 200


def test_a_reason_that_nobody_knows_has_none() -> None:
    assert pages().app.test_client().get("/problems/nonsense").status_code == 404


@pytest.mark.parametrize(
    ("form", "page"),
    [
        ("/sign-in/choose/region", "/sign-in/choose"),
        ("/links/b1/undo", "/links"),
        ("/consents/c1/withdraw", "/consents/c1"),
        ("/verify", "/verify"),
    ],
)
def test_the_switch_on_a_refused_form_leads_to_its_page(form: str, page: str) -> None:
    client = pages().app.test_client()
    client.set_cookie("gba_session", SESSION)
    answer = client.post(f"/en{form}", data={"token": "old"})
    assert answer.status_code == 403
    assert f'href="/pt/choose?to={quote(page, safe="")}"' in answer.text
