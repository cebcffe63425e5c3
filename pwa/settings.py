"""What the pages must be told: their own address, whether this is the sandbox, and what a form may lead to."""

from pathlib import Path
from urllib.parse import urlsplit

from gateway.frozen import Frozen, Hidden

HERE = Path(__file__).resolve().parent


class PwaSettings(Frozen):
    """Checked when made; every problem is told by `problems`, in one go."""

    origin: str  # scheme, host and port under which people reach the pages
    form_key: Hidden[bytes]  # at least 32 bytes; form tokens are HMACs under it
    sandbox: bool = False
    sandbox_origin: str | None = None  # where the simulators and the partner agency live
    # Chromium applies form-action to the redirects that follow a form (CSP3 §6.4.1), and a sign-in leaves for a
    # region or returns to an agency by such a redirect.
    form_targets: tuple[str, ...] = ("https:",)
    upload_limit: int = 64 * 1024 * 1024  # bytes of one file to be verified
    translations: Path = HERE.parent / "translations"
    examples: Path = HERE.parent / "deploy" / "examples"  # of the guide for developers
    static: Path = HERE / "static"

    @property
    def secure(self) -> bool:
        return self.origin.startswith("https://")

    def problems(self) -> tuple[str, ...]:
        """Everything that is wrong with these settings, by name."""
        parts = urlsplit(self.origin)
        found = []
        if parts.scheme not in {"http", "https"} or not parts.netloc or parts.path not in {"", "/"}:
            found.append("pwa.origin: must be scheme://host[:port]")
        if len(self.form_key) < 32:
            found.append("pwa.form_key: at least 32 bytes")
        if self.upload_limit < 1024:
            found.append("pwa.upload_limit: at least 1024 bytes")
        return tuple(found)
