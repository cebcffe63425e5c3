"""The headers of every page: nothing is loaded, framed, guessed or passed on that we did not mean."""

from collections.abc import Iterable
from functools import lru_cache

PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in (
        "accelerometer", "camera", "display-capture", "geolocation", "gyroscope", "microphone", "midi", "payment",
        "usb", "browsing-topics",
    )
)  # fmt: skip

ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    # Not no-referrer: that would make browsers send `Origin: null` with our own forms (Fetch §3.2.5).
    "Referrer-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Frame-Options": "DENY",
}
PERSONAL = "no-store"
HSTS = "max-age=63072000; includeSubDomains"


def policy(form_targets: Iterable[str] = ()) -> str:
    """The Content-Security-Policy of a page. `app` is the one Trusted Types policy: it names the service worker."""
    return "; ".join(
        (
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "img-src 'self' data:",
            "connect-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            " ".join(("form-action 'self'", *form_targets)),
            "frame-ancestors 'none'",
            "base-uri 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types app",
        )
    )


@lru_cache(maxsize=64)
def closing(*, targets: tuple[str, ...], secure: bool, language: str | None) -> tuple[tuple[str, str], ...]:
    """What an answer carries unless it says otherwise itself; `language` is that of a page, None for other files."""
    always = (*ALWAYS.items(), ("Content-Security-Policy", policy(targets)), ("Cache-Control", PERSONAL))
    of_page = () if language is None else (("Content-Language", language), ("Vary", "Accept-Language"))
    return (*always, *of_page, *((("Strict-Transport-Security", HSTS),) if secure else ()))
