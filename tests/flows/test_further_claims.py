"""Verified claims and the reasons of what is withheld, from the page that asks to what the agency is told."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import replace

from gateway.flows.stage_view import ClaimsQuestion
from gateway.identity.further import VERIFIED_CLAIMS, WITHHELD, Further
from gateway.oidc.permission import Permission
from gateway.oidc.wishes import read_claims
from tests.fakes.resident_world import AGENCY, BASES, BROWSER, REQUEST, World, make_world

ALLOWED = replace(AGENCY, scopes=AGENCY.scopes | {"verified_claims"})
ASKED = read_claims(
    '{"userinfo": {"birthdate": null, "urn:gba:claims:withheld": null, "verified_claims":'
    ' {"verification": {"trust_framework": null}, "claims": {"name": {"essential": true}}}}}'
)
ASKING = replace(REQUEST, claims=ASKED)


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    bases = tuple(replace(basis, claims=basis.claims | {"verification"}) for basis in BASES)
    made = made.configured(transfer_bases=bases)
    with made.open_work(write=True) as work:
        work.clients.save(ALLOWED)
        work.commit()
    yield made
    made.engine.dispose()


def told(world: World, granted: Permission, further: Further, *, at: str | None = None) -> dict[str, object]:
    return world.claims.release(
        account=granted.account, client=ALLOWED, claims=granted.claims, consent=at or granted.consent, further=further
    )


def permitted(world: World, cookie: str) -> Permission:
    granted = world.begin(ASKING, session=cookie)
    assert isinstance(granted, Permission), granted
    return granted


def test_how_claims_were_verified_is_a_question_of_its_own_and_told_only_then(world: World) -> None:
    cookie = world.bound()
    sign_in = world.asked(ASKING, cookie)
    shown = world.view(sign_in)
    assert isinstance(shown, ClaimsQuestion)
    assert {item.name: (item.essential, item.available) for item in shown.items} == {
        "name": (True, True),
        "birthdate": (False, True),
        "verification": (True, True),
    }
    world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=frozenset())
    granted = permitted(world, cookie)
    further = Further(verified=tuple(ASKED["userinfo"][VERIFIED_CLAIMS]), explain=("birthdate",))  # type: ignore[arg-type]
    answer = told(world, granted, further)
    assert answer[VERIFIED_CLAIMS] == {
        "verification": {"trust_framework": "urn:gba:trust-framework:HK"},
        "claims": {"name": "CHAN TAI MAN"},
    }
    assert answer[WITHHELD] == {"birthdate": "not_consented"}


def test_after_a_withdrawal_nothing_is_told_and_every_reason_is_the_same(world: World) -> None:
    cookie = world.bound()
    sign_in = world.asked(ASKING, cookie)
    world.sign_ins.agree_claims(sign_in, BROWSER, world.answer(sign_in), optional=frozenset({"birthdate"}))
    granted = permitted(world, cookie)
    assert granted.consent is not None
    world.consents.withdraw(world.account(cookie), granted.consent)
    further = Further(verified=tuple(ASKED["userinfo"][VERIFIED_CLAIMS]), explain=("birthdate", "travel_document"))  # type: ignore[arg-type]
    assert told(world, granted, further) == {
        WITHHELD: {
            "birthdate": "not_consented",
            "travel_document": "not_consented",
            "verified_claims/name": "not_consented",
        }
    }


def test_a_client_without_the_scope_is_not_even_asked_for(world: World) -> None:
    with world.open_work(write=True) as work:
        work.clients.save(AGENCY)
        work.commit()
    shown = world.view(world.asked(ASKING, world.bound()))
    assert isinstance(shown, ClaimsQuestion)
    assert [item.name for item in shown.items] == ["birthdate"]
