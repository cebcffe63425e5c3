"""What the page is told of a signing, and whose it is."""

from collections.abc import Mapping
from datetime import timedelta
from typing import cast

import pytest

from deploy.composing.records import AgencyNames
from deploy.composing.signing_pages import PersonsSignings
from deploy.sandbox.people import residents
from deploy.sandbox.signature_holders import HOLDERS_PIN
from gateway.identity.region import Region
from gateway.regions.hongkong.anonymous_signing import hkic_hash
from tests.fakes.signing_world import PERSON, RETURN, World, told
from tests.fixtures.signing import world
from trust.documents.signing import Means
from trust.errors import DocumentRefused

__all__ = ["world"]  # a fixture

ACCOUNT = residents(Region.MACAU)[0].login
MINE = "account-7"


@pytest.fixture
def page(world: World) -> PersonsSignings:
    def names(_agency: str) -> Mapping[str, str]:
        return {"en": "Registry of Ferries"}

    return PersonsSignings(sign=world.sign, names=cast(AgencyNames, names))


def test_a_resident_of_hong_kong_compares_a_code_and_comes_back_to_the_agency(
    world: World, page: PersonsSignings
) -> None:
    world.persons.known = {Means.IAM_SMART: hkic_hash(PERSON.home.number)}
    signing = told(world.ask(return_uri=RETURN, title="Tenancy \u202eevil"))["id"]
    [listed] = page.waiting(MINE)
    assert (listed.id, listed.state, listed.title) == (signing, "waiting", "Tenancy \ufffdevil")
    asked = page.begin(MINE, signing, named="ignored", agent="", language="pt")
    assert asked is not None
    assert (asked.state, len(asked.code), asked.minutes, asked.typed) == ("asked", 4, 10, ())
    assert page.find(MINE, signing) == asked  # another window shows the same
    query = world.outside.answer(asked.url).query
    back = world.comes_back(query)
    assert dict(getattr(back, "headers"))["Location"].startswith(RETURN)  # noqa: B009 - a Page has none
    signed = page.find(MINE, signing)
    assert signed is not None
    assert (signed.state, signed.code, signed.url) == ("signed", "", "")
    assert signed.back == f"{RETURN}?signing={signing}&signing_state=signed"
    assert (page.content(MINE, signing) or b"").startswith(b"%PDF")
    assert page.waiting(MINE) == ()


def test_a_resident_of_macau_types(world: World, page: PersonsSignings) -> None:
    signing = told(world.ask(means="esign_cloud"))["id"]
    asked = page.begin(MINE, signing, named=ACCOUNT, agent="", language="en")
    assert asked is not None
    assert (asked.tries, asked.sends, len(asked.typed)) == (3, 2, 2)
    again = page.send_again(MINE, signing)
    assert again is not None
    assert again.sends == 1
    with pytest.raises(DocumentRefused, match="signing_not_begun"):
        page.answer(MINE, signing, ["1"])
    done = page.answer(MINE, signing, [HOLDERS_PIN, world.service.holders.sent_to(ACCOUNT)])
    assert done is not None
    assert done.state == "signed"


def test_a_question_that_nobody_answered_is_over(world: World, page: PersonsSignings) -> None:
    signing = told(world.ask(means="esign_cloud"))["id"]
    page.begin(MINE, signing, named=ACCOUNT, agent="", language="en")
    world.outside.clock.move(timedelta(minutes=11))
    late = page.find(MINE, signing)
    assert late is not None
    assert (late.state, late.reason, late.typed) == ("waiting", "timed_out", ())
    world.outside.clock.move(timedelta(days=7))
    over = page.find(MINE, signing)
    assert over is not None
    assert (over.state, over.reason, page.waiting(MINE)) == ("expired", "", ())
    world.end()
    assert page.content(MINE, signing) is None


def test_a_signing_of_somebody_else_is_none(world: World, page: PersonsSignings) -> None:
    signing = told(world.ask())["id"]
    other = "account-8"
    assert page.waiting(other) == ()
    assert page.find(other, signing) is None
    assert page.content(other, signing) is None
    assert page.begin(other, signing, named="", agent="", language="en") is None
    assert page.answer(other, signing, ["1"]) is None
    assert page.send_again(other, signing) is None
    assert page.cancel(other, signing) is None
    mine = page.find(MINE, signing)
    assert mine is not None
    assert (mine.state, mine.reason) == ("waiting", "")


def test_who_has_no_card_that_is_known_cannot_begin(world: World, page: PersonsSignings) -> None:
    signing = told(world.ask())["id"]
    with pytest.raises(DocumentRefused, match="signer_unknown"):
        page.begin(MINE, signing, named="A1234563", agent="", language="en")
