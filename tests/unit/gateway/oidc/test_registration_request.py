"""What a partner's own request must say before anybody reads it, to the second and to the letter."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from gateway.oidc import registration_request
from gateway.oidc.registration_request import LETTERS, RULES, TYPE, Expected, Told, objection

NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)
EXPECTED = Expected(issuer="https://gateway.example", at=NOW)
CLAIMS: dict[str, Any] = {
    "aud": "https://gateway.example",
    "iat": int(NOW.timestamp()),
    "exp": int(NOW.timestamp()) + 600,
    "jti": "one",
    "organisation": "Ferry Company of Macau",
    "region": "MO",
    "contact": "desk@ferry.example",
    "purpose": "To sell tickets.",
    "legal_basis": "Consent.",
    "client_metadata": {},
}


def reason(kind: str | None = TYPE, **changed: Any) -> str | None:
    return objection(Told(claims=CLAIMS | changed, type=kind, thumbprint="t"), EXPECTED)


def after(**span: int) -> int:
    return int((NOW + timedelta(**span)).timestamp())


TAKEN: dict[str, dict[str, Any]] = {
    "as it is": {},
    "its last second": {"exp": after(seconds=1)},
    "an hour, and the minute by which clocks differ": {"exp": after(minutes=61)},
    "a clock that is a minute ahead": {"iat": after(minutes=1)},
    "the longest name of the request": {"jti": "x" * 256},
    "the longest purpose": {"purpose": "x" * 2000},
    **{f"an agency of {region}": {"region": region} for region in ("HK", "MO", "CN-44")},
}
REFUSED: dict[str, tuple[str, dict[str, Any]]] = {
    "another kind": ("registration_request_of_another_kind", {"kind": "JWT"}),
    "no kind": ("registration_request_of_another_kind", {"kind": None}),
    "another audience": ("registration_request_for_another_audience", {"aud": "https://other.example"}),
    "several audiences": ("registration_request_for_another_audience", {"aud": ["https://gateway.example"]}),
    "over at this moment": ("registration_request_expired", {"exp": after(seconds=0)}),
    "no end": ("registration_request_expired", {"exp": None}),
    "more than an hour": ("registration_request_lives_too_long", {"exp": after(minutes=61, seconds=1)}),
    "a clock further ahead": ("registration_request_from_the_future", {"iat": after(minutes=1, seconds=1)}),
    "an empty name of the request": ("registration_request_without_jti", {"jti": ""}),
    "an endless one": ("registration_request_without_jti", {"jti": "x" * 257}),
    "an organisation of spaces": ("organisation_missing", {"organisation": "  "}),
    "a padded organisation": ("organisation_missing", {"organisation": "Ferry "}),
    "another region": ("region_not_served", {"region": "CN"}),
    "no contact": ("contact_missing", {"contact": None}),
    "an endless purpose": ("purpose_missing", {"purpose": "x" * 2001}),
    "a basis that turns around what follows": ("legal_basis_missing", {"legal_basis": "a\u202eb"}),
}


@pytest.mark.parametrize("what", TAKEN)
def test_a_request_that_holds_may_be_laid_before_an_operator(what: str) -> None:
    assert reason(**TAKEN[what]) is None


@pytest.mark.parametrize("what", REFUSED)
def test_one_that_does_not_is_refused_by_name(what: str) -> None:
    expected, changed = REFUSED[what]
    assert reason(**changed) == expected


def test_every_rule_has_an_example() -> None:
    assert {expected for expected, _ in REFUSED.values()} == RULES.keys()


def test_a_reference_has_a_hundred_bits_in_letters_that_are_heard_as_no_other() -> None:
    drawn = [registration_request.reference(f"token-{number}") for number in range(500)]
    assert len(set(drawn)) == 500
    assert {len(each) for each in drawn} == {24}
    assert set("".join(drawn)) == {*LETTERS, "-"}
    assert not set(LETTERS) & set("01IO")
    assert len(LETTERS) == 32
