"""The result of PDF signing with iAM Smart: a signed message to be put into the document as it is.

That `pdfSignature` is a whole message (CMS) follows from how public integrators use it, and is not published; one that
is not cannot be placed, and is refused when the document is looked at.
"""

import base64
import binascii
from collections.abc import Mapping
from typing import Any

from gateway.regions.hongkong.anonymous_signing import NotSigned

LARGEST = 48_000  # characters of a signature


def read(told: Mapping[str, Any]) -> bytes:
    """The signed message. Raises NotSigned."""
    signature = told.get("pdfSignature")
    if not isinstance(signature, str) or not 0 < len(signature) <= LARGEST:
        raise NotSigned("answer_malformed")
    try:
        return base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        raise NotSigned("answer_malformed") from None
