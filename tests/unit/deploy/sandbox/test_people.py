"""The sandbox's persons: valid numbers, distinct words, and a first binding that comes out as their story says."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from deploy.sandbox.people import PEOPLE, by_words, person, residents
from deploy.sandbox.person import Person
from gateway.identity.assertion import RegionAssertion
from gateway.identity.assurance import grade, proves_identity
from gateway.identity.document import DocumentType
from gateway.identity.document_number import objection
from gateway.identity.matching import Manual, Match, Mismatch, decide
from gateway.identity.region import Region
from gateway.ports.regions import Leave
from gateway.regions.simplify import simplifier
from tests.fakes.outside import Outside
from tests.fakes.travels import ToGuangdong, ToHongKong, ToMacau, settled

SIMPLIFY = simplifier()
OUTCOMES = {Match: "match", Mismatch: "mismatch", Manual: "manual"}


@pytest.fixture(scope="session")
def registered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("registered")


def test_there_are_enough_and_all_are_told_apart() -> None:
    assert 10 <= len(PEOPLE) <= 14
    for told_by in ("id", "login", "password"):
        assert len({getattr(one, told_by) for one in PEOPLE}) == len(PEOPLE)
    codes = [one.guangdong.code for one in PEOPLE if one.guangdong]
    assert len(set(codes)) == len(codes)


@pytest.mark.parametrize("one", PEOPLE, ids=lambda one: one.id)
def test_every_number_is_in_form(one: Person) -> None:
    home = DocumentType.HKID if one.region is Region.HONG_KONG else DocumentType.MO_BIR
    assert objection(home, one.home.number) is None
    for type_, number in filter(None, (one.home.permit, one.guangdong.document if one.guangdong else None)):
        assert objection(type_, number) is None


@pytest.mark.parametrize("one", PEOPLE, ids=lambda one: one.id)
def test_every_person_is_found_by_id_and_words(one: Person) -> None:
    assert person(one.id) is one
    assert by_words(f" {one.login} ", one.password) is one
    assert by_words(one.login, "wrong") is None
    assert one in residents(one.region)


def test_every_kind_of_story_is_there() -> None:
    assert {one.expect for one in PEOPLE} == {"match", "mismatch", "manual", "no_account"}
    assert {one.guangdong.level for one in PEOPLE if one.guangdong} == {"L0", "L1", "L2", "L3"}
    assert any(ord(character) > 0xFFFF for one in PEOPLE for character in one.home.chinese_name or "")


@pytest.mark.parametrize("one", [one for one in PEOPLE if one.guangdong], ids=lambda one: one.id)
def test_a_first_binding_comes_out_as_the_story_says(one: Person, registered: Path) -> None:
    outside = Outside(registered)
    home = _home(outside, one)
    travel = ToGuangdong(outside)
    travel.person = one.id
    guangdong = settled(travel.region.arrive(*travel.away()))
    assert home.attributes is not None
    assert guangdong.attributes is not None
    grades = [grade(found.region, found.method) for found in (home, guangdong)]
    proved = all(found is not None and proves_identity(found.level) for found in grades)
    decision = decide(home.attributes, guangdong.attributes, SIMPLIFY, proved=proved)
    assert OUTCOMES[type(decision)] == one.expect, decision.reasons


def _home(outside: Outside, one: Person) -> RegionAssertion:
    if one.region is Region.MACAU:
        macau = ToMacau(outside)
        macau.person = one.id
        return settled(macau.region.arrive(*macau.away()))
    hongkong = ToHongKong(outside)
    leave = hongkong.region.depart(hongkong.trip)
    back = outside.answer(leave.url, login=one.login, password=one.password)
    second = hongkong.region.arrive(back, replace(hongkong.trip, memory=leave.memory))
    assert isinstance(second, Leave)
    outside.answer(second.url)
    return hongkong.given(replace(hongkong.trip, memory=second.memory), outside.deliveries[-1])
