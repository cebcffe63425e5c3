"""What follows a signature is made of honest revisions: each rule has its example, in which nothing else is wrong.

No page looks otherwise in any of them. But one reader could be shown what another is not: none passes, neither at the
end of a file nor behind an update that is as it should be.
"""

from collections.abc import Callable

import pytest

from tests.attacks.documents import base, opened
from tests.attacks.parts import page_numbers
from tests.attacks.test_attacks import told
from tests.attacks.update import Update
from trust.pades.later_revisions import RULES

pytestmark = pytest.mark.filterwarnings("ignore")


def signed() -> bytes:
    return base("form, approval")


def catalogue(pdf: bytes) -> bytes:
    with opened(pdf) as found:
        body: bytes = found.Root.unparse(resolved=True)
    return body


def place(update: Update, number: int) -> int:
    return update.layout.entries()[number][1]


def old_end_again(pdf: bytes) -> bytes:
    return pdf + b"startxref\n%d\n%%%%EOF\n" % Update(pdf).layout.start


def object_that_no_table_names(pdf: bytes) -> bytes:
    update = Update(pdf)
    return update.written(unlisted=frozenset({update.add(b"null")}))


def two_entries_for_one_object(pdf: bytes) -> bytes:
    update = Update(pdf, {Update(pdf).root.number: catalogue(pdf)})
    return update.written(twice={update.root.number: place(update, update.root.number)})


def copy_of_the_catalogue(pdf: bytes) -> bytes:
    update = Update(pdf)
    return update.written(root=update.add(catalogue(pdf)))


def trailer_without_size(pdf: bytes) -> bytes:
    update = Update(pdf)
    trailer = b"trailer\n<< /Root %d 0 R /Prev %d >>\n" % (update.root.number, update.layout.start)
    return update.written(trailer=trailer)


def entry_beside_its_object(pdf: bytes) -> bytes:
    """Readers that meet white space there search for the object, or skip it."""
    update, number = Update(pdf), page_numbers(pdf)[1]
    return update.written(listed={number: place(update, number) - 1})


BROKEN: dict[Callable[[bytes], bytes], str] = {
    old_end_again: "revisions_not_chained",
    object_that_no_table_names: "hidden_objects",
    two_entries_for_one_object: "xref_contradicts_itself",
    copy_of_the_catalogue: "catalogue_replaced",
    trailer_without_size: "catalogue_replaced",
    entry_beside_its_object: "entries_point_elsewhere",
}


def test_an_update_in_which_nothing_is_wrong_passes() -> None:
    assert told(Update(signed()).written())[0] == "PASSED"


@pytest.mark.parametrize("made", BROKEN, ids=lambda made: made.__name__)
def test_a_revision_that_is_not_honest_is_told_by_its_rule(made: Callable[[bytes], bytes]) -> None:
    verdict, slugs = told(made(signed()))
    assert verdict != "PASSED"
    assert slugs & RULES.keys() == {BROKEN[made]}


@pytest.mark.parametrize("made", [two_entries_for_one_object, trailer_without_size, entry_beside_its_object])
def test_one_that_is_does_not_hide_it(made: Callable[[bytes], bytes]) -> None:
    verdict, slugs = told(Update(made(signed())).written())
    assert verdict != "PASSED"
    assert slugs & RULES.keys() == {BROKEN[made]}


def test_every_rule_has_an_example() -> None:
    assert set(BROKEN.values()) == RULES.keys()
