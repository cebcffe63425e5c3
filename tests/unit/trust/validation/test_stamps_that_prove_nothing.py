"""A timestamp proves a time only where all of it holds: else who signed too late would have signed in time.

Each scene is of a certificate that has ended, beside a timestamp of when it still held, with one thing wrong.
"""

import pytest
from msgspec.structs import replace

from tests.fakes import pki
from tests.fakes.path_scene import CA, LONG_AGO, ROOT, TOKEN, TSA, Scene
from tests.fakes.pki import DAY, NOW, Holder, authority, signatory

SIGNED = Scene(leaf=signatory(CA, ends=NOW - DAY), stamped=NOW - 2 * DAY)
ENDED = ("INDETERMINATE", "OUT_OF_BOUNDS_NO_POE")


def by(holder: Holder) -> Scene:
    """Stamped by somebody else."""
    return replace(SIGNED, token=replace(TOKEN, signer=holder.der, certificates=(holder.der,)))


def with_token(**changed: object) -> Scene:
    return replace(SIGNED, token=replace(TOKEN, **changed))


WRONG = {
    "over something else": replace(SIGNED, covers=False),
    "changed": with_token(intact=False),
    "of another's making": with_token(genuine=False),
    "that nobody can read": with_token(problem="format_unsupported"),
    "that names another certificate": with_token(names_signer="differs"),
    "by a weak digest": with_token(digest_algorithm="md5"),
    "by who may sign documents alone": by(signatory(CA)),
    "by who is not told to be for it": by(pki.certified("Free", CA)),
    "by nobody's authority": by(pki.stamper(authority("Nobody"))),
    "by who was none yet": by(pki.stamper(ROOT, begins=NOW - DAY)),
    "by who was none any more": by(pki.stamper(ROOT, begins=LONG_AGO, ends=NOW - 3 * DAY)),
}


def test_where_all_of_it_holds_the_time_is_proved() -> None:
    assert SIGNED.verdict() == ("PASSED", "valid")
    assert by(TSA).verdict() == ("PASSED", "valid")


@pytest.mark.parametrize("what", WRONG)
def test_a_timestamp_proves_no_time(what: str) -> None:
    assert WRONG[what].verdict() != ("PASSED", "valid")


@pytest.mark.parametrize("what", ["over something else", "by who may sign documents alone", "by nobody's authority"])
def test_then_the_signature_is_judged_as_of_now(what: str) -> None:
    assert WRONG[what].verdict() == ENDED
