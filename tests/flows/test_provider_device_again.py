"""A device code gives tokens once, also where it may live longer than what it gives."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from gateway.settings import OidcSettings
from tests.fakes.resident_world import AGENCY, World, make_world
from tests.fakes.whole_world import confirm_device, enrolled, provider_over
from tests.flows.test_provider_device import GRANTS, agreed, asked, error, poll


@pytest.fixture
def residents(tmp_path: Path) -> Iterator[World]:
    made = make_world(f"sqlite:///{tmp_path / 'gateway.db'}")
    yield made
    made.engine.dispose()


def test_a_device_code_is_used_once_however_short_what_it_gives_lives(residents: World) -> None:
    lives = OidcSettings(access_token_lifetime=timedelta(minutes=1), device_code_lifetime=timedelta(minutes=30))
    provider = provider_over(residents, lives)
    kiosk, phone = enrolled(provider, AGENCY, grant_types=GRANTS), confirm_device(residents, provider)
    told = asked(kiosk)
    agreed(residents, phone, told["user_code"], residents.bound())
    assert poll(kiosk, told["device_code"]).status == 200
    residents.clock.passes(seconds=61)
    residents.housekeeping()
    assert error(poll(kiosk, told["device_code"])) == "expired_token"
