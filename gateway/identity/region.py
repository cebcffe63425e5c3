"""Regions as ISO 3166 codes, and the order in which they are shown."""

from enum import StrEnum


class Region(StrEnum):
    """A region whose digital identity the gateway speaks to (ISO 3166-1, and 3166-2 for the province)."""

    HONG_KONG = "HK"
    MACAU = "MO"
    GUANGDONG = "CN-44"


# Homes that a resident may choose from; Guangdong is the other half of a binding.
HOMES = (Region.HONG_KONG, Region.MACAU)
