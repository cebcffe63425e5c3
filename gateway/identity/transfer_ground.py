"""What a transfer across a border can rest on (PIPL 38, 39; Law 8/2005 of Macau, Art. 19, 20): settings name it."""

from enum import StrEnum


class Ground(StrEnum):
    """What a transfer can rest on."""

    SEPARATE_CONSENT = "separate_consent"
    STANDARD_CONTRACT_HK = "gba_sc_hk"
    STANDARD_CONTRACT_MO = "gba_sc_mo"
    STATUTORY = "statutory"
