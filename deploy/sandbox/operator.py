"""Who runs the sandbox's gateway: invented, and obviously so."""

from typing import Final

NAMES: Final = {
    "zh-Hant": "灣區通達（沙盒）",
    "zh-Hans": "湾区通达（沙盒）",
    "en": "Bay Gateway (sandbox)",
    "pt": "Portal da Baía (ambiente de ensaio)",
}
PHONE: Final = "+86 20 0000 00000"  # no number in Guangzhou begins with zeros
