"""The headers of every page: nothing is loaded, framed, guessed or passed on that we did not mean."""

from collections.abc import Iterable

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
