"""Only what is configured is on offer."""

from pathlib import Path

from msgspec.structs import replace

from gateway.identity.region import Region
from gateway.regions.registry import face_check, regions
from gateway.settings import RegionSettings
from tests.fakes.outside import Outside


def test_all_that_is_configured_is_offered_under_its_own_code(tmp_path: Path) -> None:
    outside = Outside(tmp_path)
    assert set(outside.regions) == set(Region)
    assert all(found.code is code for code, found in outside.regions.items())


def test_what_is_not_configured_is_not_offered(tmp_path: Path) -> None:
    outside = Outside(tmp_path)
    tools = {"egress": outside.egress, "clock": outside.clock, "new_token": outside.new_token}
    without = replace(outside.settings, macau=None, face_check=None)
    assert set(regions(without, **tools)) == {Region.HONG_KONG, Region.GUANGDONG}  # type: ignore[arg-type]
    assert face_check(without, **tools) is None  # type: ignore[arg-type]
    assert regions(RegionSettings(), **tools) == {}  # type: ignore[arg-type]
