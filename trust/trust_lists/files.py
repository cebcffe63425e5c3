"""Trusted lists as signed XML files: satisfies the ports that read and write them."""

from datetime import datetime
from typing import TYPE_CHECKING

from trust.anchors.trust_list import TrustList, digest_of
from trust.errors import TrustListRefused

if TYPE_CHECKING:
    from trust.ports.sealing import SigningDevice


class XmlLists:
    """Satisfies the ListReader and ListWriter ports."""

    def read(self, data: bytes, signers: tuple[bytes, ...], *, at: datetime | None = None) -> TrustList:
        """The list that one of these certificates signed, from what was signed and nothing else."""
        from trust.trust_lists import markup  # noqa: PLC0415 - XML takes its time, and most lists are remembered
        from trust.trust_lists.read import issued_at, read  # noqa: PLC0415
        from trust.trust_lists.verify import signed_part  # noqa: PLC0415

        claimed = at or issued_at(markup.parse(data))
        found = read(signed_part(data, signers, at=claimed), digest=digest_of(data))
        # the signer's certificate was examined as of a date; it must be the signed one
        if at is None and found.issued_at != claimed:
            raise TrustListRefused("moment_unfit")
        return found

    def write(self, wanted: TrustList, device: "SigningDevice") -> bytes:
        """Its bytes, signed as of its date of issue."""
        from trust.trust_lists.sign import sign  # noqa: PLC0415 - most who read lists write none
        from trust.trust_lists.write import build  # noqa: PLC0415

        return sign(build(wanted), device, at=wanted.issued_at)
