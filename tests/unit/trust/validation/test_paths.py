"""What is taken for a certificate at all, before any path is looked for."""

import itertools

from tests.fakes.pki import authority
from trust.validation.paths import load


def with_an_even_signature() -> bytes:
    """A certificate whose signature ends in a zero bit, which a count of unused bits may leave out without a trace."""
    made = (authority(f"Authority {number}").der for number in itertools.count())
    return next(der for der in made if der[-1] % 2 == 0)


def test_a_signature_is_whole_octets() -> None:
    der = with_an_even_signature()
    found = load(der)
    assert found is not None
    at = len(der) - len(found.signature) - 1
    assert der[at] == 0
    assert load(der[:at] + b"\1" + der[at + 1 :]) is None
