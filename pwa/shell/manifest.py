"""The web app manifest of each language (W3C Application Manifest); one app, whatever language installed it."""

from collections.abc import Callable

from pwa.locale import Language
from pwa.shell.assets import Assets

THEME = "#0a5560"
PAPER = "#f4f6f4"


def manifest(language: Language, assets: Assets, say: Callable[[str], str]) -> dict[str, object]:
    """`id` is the same in every language, so that a second install does not make a second app."""
    home = f"/{language.code}/"
    return {
        "id": "/",
        "name": say("Bay Gateway"),
        "short_name": say("Bay Gateway"),
        "description": say("One sign-in from home for public services across the Greater Bay Area."),
        "lang": language.tag,
        "dir": "ltr",
        "start_url": home,
        "scope": "/",
        "display": "standalone",
        "theme_color": THEME,
        "background_color": PAPER,
        "icons": [
            icon(assets, "icons/icon-192.png", "192x192", "any"),
            icon(assets, "icons/icon-512.png", "512x512", "any"),
            icon(assets, "icons/maskable-512.png", "512x512", "maskable"),
            icon(assets, "icons/mark.svg", "any", "any"),
        ],
        "shortcuts": [
            {"name": say("My documents"), "url": f"{home}documents"},
            {"name": say("Verify a document"), "url": f"{home}verify"},
        ],
    }


def icon(assets: Assets, path: str, sizes: str, purpose: str) -> dict[str, str]:
    return {"src": assets.url(path), "sizes": sizes, "type": assets.files[path].kind, "purpose": purpose}
