"""What may be told of a person at this moment: identity ∩ asked ∩ allowed ∩ consented ∩ lawful to transfer.

Each of the five can only take away. A consent that was withdrawn or has lapsed since takes away everything.
"""

from collections.abc import Iterable
from datetime import datetime

from gateway.identity.binding import Binding
from gateway.identity.claim import CLAIMS, values
from gateway.identity.consent import ConsentRecord, stands
from gateway.identity.transfer import Refused, TransferBasis, assess


def release(
    names: Iterable[str],
    *,
    binding: Binding,
    consent: ConsentRecord,
    allowed_scopes: frozenset[str],
    destination: str,
    bases: Iterable[TransferBasis],
    at: datetime,
) -> dict[str, object]:
    """The values that may be told, by name."""
    if binding.ended_at is not None or not stands(consent, at):
        return {}
    known = tuple(bases)
    lawful = [
        name
        for name in names
        if name in CLAIMS
        and CLAIMS[name].scope in allowed_scopes
        and name in consent.items
        and not isinstance(
            assess(name, home=binding.home, destination=destination, bases=known, at=at),
            Refused,
        )
    ]
    return values(binding.profile, lawful)
