"""First touch, choices, headers, files and the app: what holds for every page."""

import gzip
import json
import re

import pytest

from pwa.cookies import LANGUAGE, TEXT_SIZE, Cookies
from pwa.locale import LANGUAGES
from tests.fakes.pages import SESSION, pages

CODES = [language.code for language in LANGUAGES]


@pytest.mark.parametrize(("accept", "to"), [("zh-HK", "/zh-Hant/"), ("zh-CN", "/zh-Hans/"), ("pt-MO", "/pt/")])
def test_the_first_page_is_negotiated_once(accept: str, to: str) -> None:
    answer = pages().app.test_client().get("/", headers={"Accept-Language": accept})
    assert (answer.status_code, answer.location) == (302, to)
    assert "accept-language" in {name.lower() for name in answer.vary}


def test_a_choice_is_remembered_and_keeps_the_place() -> None:
    client = pages().app.test_client()
    answer = client.get("/pt/choose?to=/verify%3Fa%3D1", headers={"Accept-Language": "zh-HK"})
    assert (answer.status_code, answer.location) == (303, "/pt/verify?a=1")
    assert client.get("/", headers={"Accept-Language": "zh-HK"}).location == "/pt/"


def test_large_text_is_remembered() -> None:
    client = pages().app.test_client()
    assert 'class="large"' not in client.get("/en/").text
    client.get("/en/choose?text=large&to=/")
    assert 'class="large"' in client.get("/en/").text
    client.get("/en/choose?text=normal&to=/")
    assert 'class="large"' not in client.get("/en/").text


def test_nobody_is_sent_to_another_host() -> None:
    answer = pages().app.test_client().get("/en/choose?to=//evil.example")
    assert answer.location == "/en/"


def test_a_page_is_never_stored_framed_or_scripted_by_others() -> None:
    headers = pages().app.test_client().get("/en/help").headers
    assert headers["Cache-Control"] == "no-store"
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "require-trusted-types-for 'script'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Strict-Transport-Security" not in headers


def test_over_https_cookies_are_this_hosts_alone() -> None:
    client = pages(origin="https://gateway.example", sandbox=False).app.test_client()
    answer = client.get("/en/sign-in", base_url="https://gateway.example")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-gba_browser=")
    assert all(part in cookie for part in ("Secure", "HttpOnly", "SameSite=Lax", "Path=/"))
    assert "Domain" not in cookie
    assert answer.headers["Strict-Transport-Security"]


def test_a_page_without_a_form_sets_no_cookie() -> None:
    assert "Set-Cookie" not in pages().app.test_client().get("/en/help").headers


def test_the_page_about_privacy_names_every_cookie() -> None:
    names = Cookies(secure=False)
    page = pages().app.test_client().get("/en/privacy").text
    for name in (names.browser, names.session, names.partner, LANGUAGE, TEXT_SIZE):
        assert name in page


def test_only_a_sign_in_leads_outside() -> None:
    client = pages().app.test_client()
    assert "form-action 'self' https:" in client.get("/en/sign-in/choose").headers["Content-Security-Policy"]
    assert "form-action 'self';" in client.get("/en/verify").headers["Content-Security-Policy"]


def test_files_are_served_for_ever_under_their_revision() -> None:
    client = pages().app.test_client()
    page = client.get("/en/help").text
    address = page.split('<link rel="stylesheet" href="')[1].split('"')[0]
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip"})
    assert "immutable" in plain.headers["Cache-Control"]
    assert gzip.decompress(packed.data) == plain.data
    earlier = client.get(address.replace("/static/", "/static/0"))
    assert (earlier.data, earlier.headers["Cache-Control"]) == (plain.data, "no-store"), "an open page stays whole"
    assert client.get(address.replace("site.css", "other.css")).status_code == 404
    assert client.get(address.replace("css/site.css", "../settings.py")).status_code == 404


@pytest.mark.parametrize("code", CODES)
def test_the_app_can_be_installed_in_every_language(code: str) -> None:
    client = pages().app.test_client()
    manifest = json.loads(client.get(f"/{code}/manifest.webmanifest").data)
    assert manifest["id"] == "/"
    assert manifest["start_url"] == f"/{code}/"
    assert {icon["sizes"] for icon in manifest["icons"]} >= {"192x192", "512x512"}
    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    for icon in manifest["icons"]:
        assert client.get(icon["src"]).status_code == 200


def test_the_worker_keeps_the_shell_and_nothing_of_anybody() -> None:
    client = pages().app.test_client()
    client.set_cookie("gba_session", SESSION)
    script = client.get("/sw.js")
    assert script.headers["Cache-Control"] == "no-cache"
    keep = json.loads(script.text.split("const keep = ")[1].split(";\n")[0])
    assert {f"/{code}/offline" for code in CODES} <= set(keep)
    assert all(place.startswith("/static/") or place.endswith("/offline") for place in keep)
    stranger = pages().app.test_client()
    for place in keep:
        mine, theirs = client.get(place), stranger.get(place)
        assert mine.status_code == 200
        assert mine.data == theirs.data
        assert "Set-Cookie" not in theirs.headers


def test_the_worker_is_the_same_for_the_same_shell() -> None:
    assert pages().app.test_client().get("/sw.js").data == pages().app.test_client().get("/sw.js").data


def test_a_language_is_called_by_what_is_seen_of_it() -> None:
    """Who steers by voice says "PT", which stands there (WCAG 2.2, 2.5.3)."""
    page = pages().app.test_client().get("/en/help").text
    assert re.search(r'id="lang-pt"[^>]*>PT <span class="sr">Português</span></a>', page)
