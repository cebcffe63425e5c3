"""Who runs the sandbox's gateway: invented, and obviously so."""

from typing import Final

NAMES: Final = {
    "zh-Hant": "大灣區互通閘道（沙盒）",
    "zh-Hans": "大湾区互通网关（沙盒）",
    "en": "Bay Area Gateway (sandbox)",
    "pt": "Portal da Grande Baía (ambiente de ensaio)",
}
PHONE: Final = "+86 20 0000 00000"  # no number in Guangzhou begins with zeros
