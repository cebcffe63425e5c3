"""The agency's papers pass the gates that ask for them, in every language."""

from pathlib import Path

from deploy.sandbox.agency.enrolment import registration
from deploy.sandbox.agency.names import LANGUAGES
from deploy.sandbox.agency.purpose import check_purpose, transfer_bases
from deploy.sandbox.agency.services import CLAIMS, SERVICES, wishes
from deploy.settings import CHECKOUT
from gateway.identity import check, transfer
from gateway.identity.region import HOMES
from gateway.storage.notices import NoticeFolder
from tests.fakes.openid_provider import NOW


def test_the_purpose_can_be_switched_on() -> None:
    assert check.objection_to_enable(check_purpose()) is None


def test_what_the_agency_asks_for_is_what_it_was_registered_for(tmp_path: Path) -> None:
    client = registration(tmp_path, "http://localhost:8001/agency")
    asked = check.read([{"type": "biometric_check", "application": "KBR-2026-000001", "purpose": check_purpose().code}])
    assert isinstance(asked, check.CheckAsked)
    assert check.objection(asked, client.agency, {check_purpose().code: check_purpose()}) is None
    assert asked.purpose in client.check_purposes
    assert check_purpose().code in wishes(SERVICES["branch"], application="x", language="en")["authorization_details"]


def test_the_notice_can_be_shown_in_every_language() -> None:
    told = NoticeFolder(CHECKOUT / "translations" / "notices").current(check_purpose().notice)
    given = {"agency", "application", "necessity", "home_account", "version", "effective_from", "operator"}
    given |= {"operator_phone", "record_days", "photo_days"}  # how long this gateway keeps what, from its settings
    for language in LANGUAGES:
        needed = told.texts[language].parameters() - given
        assert needed <= check_purpose().parameters[language].keys(), language
        assert all(check_purpose().parameters[language][name] for name in needed)


def test_every_claim_it_asks_for_may_travel_from_each_home() -> None:
    assert [transfer.objection(basis) for basis in transfer_bases()] == [None] * len(transfer_bases())
    for home in HOMES:
        for claim in CLAIMS["userinfo"]:
            verdict = transfer.assess(claim, home=home, destination="CN-44", bases=transfer_bases(), at=NOW)
            assert isinstance(verdict, transfer.Allowed | transfer.Ask)
