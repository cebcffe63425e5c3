"""The regions on offer, written out. A fourth region is one more line."""

from collections.abc import Mapping

from gateway.identity.region import Region as RegionCode
from gateway.ports.clock import Clock
from gateway.ports.egress import Egress
from gateway.ports.regions import FaceCheck, Region
from gateway.ports.tokens import NewToken
from gateway.regions.face_check import FaceCheckService
from gateway.regions.guangdong.adapter import Guangdong
from gateway.regions.hongkong.adapter import HongKong
from gateway.regions.macau.adapter import Macau
from gateway.settings import RegionSettings


def regions(
    settings: RegionSettings, *, egress: Egress, clock: Clock, new_token: NewToken
) -> Mapping[RegionCode, Region]:
    """The connectors that are configured, by code."""
    found: dict[RegionCode, Region] = {}
    if settings.hongkong is not None:
        found[RegionCode.HONG_KONG] = HongKong(settings.hongkong, egress=egress, clock=clock)
    if settings.macau is not None:
        found[RegionCode.MACAU] = Macau(settings.macau, egress=egress, clock=clock, new_token=new_token)
    if settings.guangdong is not None:
        found[RegionCode.GUANGDONG] = Guangdong(settings.guangdong, egress=egress, clock=clock)
    return found


def face_check(settings: RegionSettings, *, egress: Egress, clock: Clock, new_token: NewToken) -> FaceCheck | None:
    """The face comparison service, if one is configured."""
    if settings.face_check is None:
        return None
    return FaceCheckService(settings.face_check, egress=egress, clock=clock, new_token=new_token)
