"""What the partners' guide shows beside its programs is taken as it stands there, in each language."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from gateway.oidc import clauses, client_assertion, device_code, dpop, registration_request, token_exchange
from pwa import guide
from pwa.guide import Guide
from pwa.locale import LANGUAGES
from pwa.settings import PwaSettings
from tests.fakes.oidc_world import ISSUER, World, make_world
from tests.fakes.registering_partner import Partner
from trust.documents import signing

SETTINGS = PwaSettings(origin=ISSUER, form_key=b"k" * 32)
GUIDES = {
    one.code: guide.load(SETTINGS.translations / "guide" / f"{one.code}.toml", origin=ISSUER) for one in LANGUAGES
}


@pytest.fixture
def world(sqlite_engine: sa.Engine) -> World:
    return make_world(sqlite_engine)


def shown(told: Guide, chapter: str, beginning: str) -> str:
    """What the chapter shows as it is, from these words on."""
    found = told.chapter(chapter)
    assert found is not None
    texts = [text for block in found.blocks if block.kind == "pre" for line in block.lines for text, _ in line]
    return next(text for text in texts if text.startswith(beginning))


@pytest.mark.parametrize("code", GUIDES)
def test_the_registration_that_is_shown_is_taken(world: World, code: str) -> None:
    command = shown(GUIDES[code], "register", f"curl {ISSUER}/oauth/register")
    told = re.search(r"-d '(.*)'", command, re.DOTALL)
    assert told is not None
    answer = Partner(world).send("POST", json.loads(told[1]))
    assert answer.status == 201, answer.body


@pytest.mark.parametrize("code", GUIDES)
def test_the_claims_that_are_shown_may_be_asked_for(world: World, code: str) -> None:
    claims = shown(GUIDES[code], "claims", "{")
    partner = Partner(world)
    agency = partner.agency(partner.register()["client_id"])
    assert agency.push(claims=json.dumps(json.loads(claims))).status == 201


@pytest.mark.parametrize("code", GUIDES)
def test_the_refusal_that_is_shown_has_the_clause_that_it_would_have(code: str) -> None:
    refusal: dict[str, Any] = json.loads(shown(GUIDES[code], "errors", "{").replace(", …", ""))
    assert refusal["reason"] in clauses.BROKEN[refusal["clause"]].split()


def test_the_guide_s_times_are_those_of_the_code() -> None:
    """Whoever changes one of these changes the guide in four languages: it says them in words."""
    said = (registration_request.LONGEST_LIFE, dpop.PAST, token_exchange.LIFETIME, signing.LIVES)
    assert said == (timedelta(hours=1), timedelta(minutes=1), timedelta(minutes=5), timedelta(days=7))
    assert (client_assertion.LONGEST_LIFE, device_code.SLOWER_BY) == (600, 5)
