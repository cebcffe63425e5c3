"""No attack on a signed document passes, and each is told by what it did. Variants come from a random source."""

import warnings
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.attacks import certified, kinds, overlapping, saving
from tests.attacks.documents import BASES, base, prepared, signer, trapped, world
from tests.fakes.sealing_world import plain_pdf
from trust.validation import attack_kinds

VARIANTS = settings(
    max_examples=6, deadline=None, derandomize=True, database=None, suppress_health_check=list(HealthCheck)
)
ATTACKS = {attack.__name__: attack for attack in kinds.RECOGNISED}

pytestmark = pytest.mark.filterwarnings("ignore")  # libraries warn of what attacks leave behind


def told(pdf: bytes) -> tuple[str, set[str]]:
    """The verdict, and everything that is said about why."""
    report = world().verify(pdf).as_json()
    slugs = {report["reason"], *report["findings"], *report["attack_kinds"]}
    for one in report["signatures"]:
        slugs |= {one["reason"], one["detail"], *one["modification_notes"]}
    return report["verdict"], slugs


@pytest.mark.parametrize("name", BASES)
def test_what_is_attacked_passes_before_it_is(name: str) -> None:
    assert told(base(name))[0] == "PASSED"


@pytest.mark.parametrize("name", ATTACKS)
def test_an_attack_never_passes_and_is_recognised(name: str) -> None:
    attack = ATTACKS[name]
    places = kinds.NEEDS.get(attack, tuple(BASES))

    @VARIANTS
    @given(place=st.sampled_from(places), seed=st.integers(0, 1 << 32))
    def attacked(place: str, seed: int) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            pdf = attack(base(place), Random(seed))
        assert pdf != base(place)
        verdict, slugs = told(pdf)
        assert verdict != "PASSED"
        assert slugs & kinds.RECOGNISED[attack], slugs
        expected = kinds.KINDS.get(attack)
        assert expected is None or slugs & expected or slugs & kinds.BLIND, slugs

    attacked()


@pytest.mark.parametrize("place", ["certified, P=1", "certified, P=2", "certified, P=3"])
def test_what_a_certification_forbids_is_told_by_that_kind(place: str) -> None:
    for attack in (certified.evil_annotation, certified.sneaky_signature, certified.overlay, certified.page_tree):
        assert "certification" in told(attack(base(place), Random(7)))[1]


def test_every_published_kind_is_made_here_and_nothing_honest_bears_one() -> None:
    made = {kind for told_as in kinds.KINDS.values() for kind in told_as}
    assert set(attack_kinds.KINDS) - made <= {"certification", "shadow_hide"}
    assert "shadow_hide" in told(saving.isa_freed(base("form, approval"), Random(3)))[1]
    assert all(not told(base(name))[1] & set(attack_kinds.KINDS) for name in BASES)


@pytest.mark.parametrize("kind", kinds.TRAPS)
def test_a_trap_laid_before_signing_is_noticed_when_it_springs(kind: str) -> None:
    assert told(trapped(kind))[0] == "PASSED"
    assert told(kinds.trap_sprung(kind, trapped(kind)))[0] == "FAILED"


@pytest.mark.parametrize("kind", kinds.TRAPS)
def test_traps_are_noticed_under_our_own_seal(kind: str) -> None:
    sealed = world().seal(prepared(kind)).content
    assert told(sealed)[0] == "PASSED"
    assert told(kinds.trap_sprung(kind, sealed))[0] == "FAILED"


def test_a_certified_form_may_be_filled_in() -> None:
    for place in ("form, P=2", "form, P=3"):
        assert told(certified.form_filled(base(place), Random(1)))[0] == "PASSED"


def test_a_valid_signature_whose_mark_hides_what_was_signed_is_not_passed() -> None:
    twice = signer().sign(signer().sign(plain_pdf()), name="Second", box=(0, 0, 595, 842))
    verdict, slugs = told(twice)
    assert (verdict, "covered_after_signing" in slugs) == ("INDETERMINATE", True)


def test_a_valid_signature_beside_what_was_signed_passes() -> None:
    twice = signer().sign(signer().sign(plain_pdf()), name="Second", box=(400, 20, 580, 80))
    assert told(twice)[0] == "PASSED"


def test_a_second_signature_that_leaves_out_nothing_passes() -> None:
    """The attacks on ranges are made as this one is."""
    assert told(overlapping.honest(base("approval, B-B")))[0] == "PASSED"


def test_an_attachment_that_is_signed_does_not_disturb_a_seal() -> None:
    assert told(world().seal(overlapping.embedded(base("approval, B-B"), Random(1))).content)[0] == "PASSED"


def test_attacks_on_attacks_do_not_pass() -> None:
    """Two at once: one must not hide the other."""
    order = sorted(ATTACKS)
    random = Random(20261121)
    for _ in range(40):
        pdf = base(random.choice(list(BASES)))
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for name in random.sample(order, 2):
                try:
                    pdf = ATTACKS[name](pdf, random)
                except Exception:  # the second attack needs what the first one broke
                    continue
        verdict, slugs = told(pdf)
        assert verdict != "PASSED" or slugs & {"field_filled_in"}
