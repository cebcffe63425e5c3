"""A file that nobody signed, and that a timestamp covers: what came after it is told by nobody else."""

from collections.abc import Callable
from random import Random

import pytest

from tests.attacks import certified, saving
from tests.attacks.documents import signer, world
from tests.fakes.sealing_world import plain_pdf

pytestmark = pytest.mark.filterwarnings("ignore")
Attack = Callable[[bytes, Random], bytes]
ATTACKS: tuple[Attack, ...] = (
    saving.isa_content,
    saving.isa_page_added,
    saving.isa_empty_xref,
    saving.isa_after_end,
    certified.overlay,
    certified.evil_annotation,
    certified.catalogue,
)


def stamped() -> bytes:
    return signer().renew(plain_pdf())


def test_a_timestamp_alone_is_told_as_one_however_often_it_is_renewed() -> None:
    for pdf in (stamped(), signer().renew(stamped())):
        verdict = world().verify(pdf).verdict
        assert (verdict.reason, verdict.passed) == ("timestamped_only", False)  # anybody is given a timestamp


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.__name__)
def test_what_was_changed_after_the_only_timestamp_does_not_pass(attack: Attack) -> None:
    assert not world().verify(attack(stamped(), Random(5))).verdict.passed
    assert not world().verify(attack(signer().renew(stamped()), Random(6))).verdict.passed
