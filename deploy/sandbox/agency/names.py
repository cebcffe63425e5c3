"""Who the sandbox agency is: its name, what it offers, why it asks, in the four languages.

Kapok Bay is invented. No such registry exists, and nothing here copies a real one.
"""

from typing import Final

CLIENT_ID: Final = "kapok-bay-registry"
AGENCY: Final = "kapok-bay"
REGION: Final = "CN-44"

LANGUAGES: Final = ("zh-Hant", "zh-Hans", "en", "pt")

NAMES: Final = {
    "zh-Hant": "木棉灣商事登記處（沙盒）",
    "zh-Hans": "木棉湾商事登记处（沙盒）",
    "en": "Kapok Bay Business Registry (sandbox)",
    "pt": "Conservatória Comercial da Baía da Sumaúma (ambiente de ensaio)",
}

PURPOSE: Final = {
    "zh-Hant": "辦理跨境商事登記證明",
    "zh-Hans": "办理跨境商事登记证明",
    "en": "To make your cross-border business record",
    "pt": "Para emitir o seu registo comercial transfronteiriço",
}
