"""The sandbox's authorities as entries of the trust lists, marked as what they are."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.serialization import Encoding

from deploy.sandbox.pki.branch import TITLES
from deploy.sandbox.pki.certificates import POLICY
from deploy.sandbox.pki.marker import MARK
from trust.anchors.trust_list import digest_of

if TYPE_CHECKING:
    from deploy.sandbox.pki.authorities import Authorities

# Macau is on no mutual-recognition list, in the sandbox as in the world
MUTUALLY_RECOGNISED = ("HK", "CN-44")


class SandboxOverlay:
    """Gives each territory's source one more provider: its sandbox branch."""

    def __init__(self, authorities: "Authorities") -> None:
        self._authorities = authorities

    def __call__(self, territory: str) -> tuple[Mapping[str, Any], Mapping[str, bytes]]:
        """The provider's table, and the certificates that it names."""
        branch = self._authorities.branch(territory)
        place = territory.lower()
        root, issuing = f"sandbox-{place}-root", f"sandbox-{place}-issuing"
        since = branch.root.certificate.not_valid_before_utc
        status = [{"is": "recognised", "since": since}]
        title = TITLES[territory]
        services: list[dict[str, Any]] = [
            {
                "id": root,
                "name": {"en": f"{title} Sandbox Root CA"},
                "kind": "root",
                "certificate": root,
                "status": status,
            },
            {
                "id": issuing,
                "name": {"en": f"{title} Sandbox Issuing CA"},
                "kind": "issuing",
                "certificate": issuing,
                "status": status,
            },
        ]
        if territory in MUTUALLY_RECOGNISED:
            services[1]["recognition"] = [_recognition(root, since, branch.root.der)]
        provider = {
            "name": {"en": f"{MARK} ({title})"},
            "information": branch.base,
            "address": {"street": MARK, "locality": title, "country": territory[:2], "electronic": [branch.base]},
            "service": services,
        }
        held = {root: branch.root.der, issuing: branch.issuing.certificate.public_bytes(Encoding.DER)}
        return provider, held

    def roots(self) -> frozenset[bytes]:
        """Every root of the sandbox."""
        return frozenset(self._authorities.anchors.values())


def _recognition(root: str, since: object, read: bytes) -> dict[str, Any]:
    prefix, _, _ = POLICY.dotted_string.rpartition(".")
    return {
        "scheme": "hk-guangdong",
        "certificate_type": MARK,
        "policy_prefix": prefix,
        "version_nodes": 1,
        "root": root,
        "from": since,
        "legal_basis": MARK,
        "source": "the sandbox's own authorities",
        "source_digest": digest_of(read),
        "reviewer": MARK,
    }
