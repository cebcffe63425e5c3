"""A seal that is shown stands in the structure of a tagged document, so that a screen reader comes to it."""

import io
from pathlib import Path
from typing import Any

import pikepdf
import pytest
from msgspec.structs import replace

from tests.fakes.sealing_world import SealingWorld, plain_pdf
from trust.pades.structure import tags_of
from trust.pades.typesetting import compiled
from trust.signing.profile import SealProfile
from trust.signing.standards import Addition, standings

PLAIN = SealProfile(agency="Registry", language="en")
TEXT = (
    b'#set document(title: "T")\n#set text(font: "Noto Sans CJK HK", lang: "en")\n= One\nText #pagebreak() = Two\nMore'
)


@pytest.fixture
def world(tmp_path: Path) -> SealingWorld:
    return SealingWorld.open(tmp_path)


def tagged() -> bytes:
    """PDF/A-2a and PDF/UA-1, as typst makes it."""
    return compiled(TEXT, {}, archival=True)


def opened(pdf: bytes) -> Any:
    return pikepdf.open(io.BytesIO(pdf))


def test_a_visible_seal_has_its_place_in_the_structure(world: SealingWorld) -> None:
    sealed = world.seal(tagged(), PLAIN)
    assert {(one.claimed, one.kept) for one in sealed.standards} == {("PDF/A-2a", "kept"), ("PDF/UA-1", "kept")}
    with opened(sealed.content) as pdf:
        field = next(item for item in pdf.Root.AcroForm.Fields if item.V.Type == "/Sig")
        tree = pdf.Root.StructTreeRoot
        key = int(field.StructParent)
        found = pikepdf.NumberTree(tree.ParentTree)[key]
        assert (str(found.S), found.K.Obj.objgen, str(found.Alt)) == ("/Form", field.objgen, "Registry")
        above = found.P
        assert found.objgen in [item.objgen for item in above.K]
        assert tree.ParentTreeNextKey == key + 1
        assert str(field.TU)
        assert field.P.Tabs == "/S"
        keys = list(pikepdf.NumberTree(tree.ParentTree).keys())
        assert len(keys) == len(set(keys))
    assert world.verify(sealed.content).verdict.passed


def test_an_invisible_one_lies_off_the_page(world: SealingWorld) -> None:
    sealed = world.seal(tagged(), replace(PLAIN, visible=False))
    assert all(one.kept == "kept" for one in sealed.standards)
    with opened(sealed.content) as pdf:
        assert [float(side) for side in pdf.Root.AcroForm.Fields[0].Rect] == [-9999.0] * 4
    assert world.verify(sealed.content).verdict.passed


def test_a_second_seal_says_that_it_stands_outside(world: SealingWorld) -> None:
    first = world.seal(tagged(), replace(PLAIN, approves=True)).content
    second = world.seal(first, replace(PLAIN, approves=True))
    assert [one.why for one in second.standards if one.claimed == "PDF/UA-1"] == ["seal_outside_the_structure"]


@pytest.mark.parametrize("change", ["no mark", "no tree", "no key at all"])
def test_a_structure_that_is_not_understood_is_left_alone(change: str) -> None:
    with opened(tagged()) as pdf:
        if change == "no mark":
            del pdf.Root.MarkInfo
        elif change == "no tree":
            del pdf.Root.StructTreeRoot.ParentTree
        else:
            tree = pdf.Root.StructTreeRoot
            tree.ParentTree = pikepdf.Dictionary(Kids=pikepdf.Array([pikepdf.Dictionary()]))
            if "/ParentTreeNextKey" in tree:
                del tree.ParentTreeNextKey
        assert tags_of(pdf.Root) is None


def test_an_untagged_document_gets_no_structure(world: SealingWorld) -> None:
    with opened(world.seal(plain_pdf(), PLAIN).content) as pdf:
        assert "/StructTreeRoot" not in pdf.Root


KNOWN = Addition(visible=True, image=False, tagged=True, rewritten=False)
RULES: dict[str, tuple[str, Addition, tuple[str, str]]] = {
    "archive": ("PDF/A-3b", KNOWN, ("kept", "")),
    "archive with an image": ("PDF/A-3b", replace(KNOWN, image=True), ("not_checked", "image_in_the_seal")),
    "the first archive": ("PDF/A-1b", KNOWN, ("not_checked", "no_rules_for_it")),
    "rewritten": ("PDF/A-2b", replace(KNOWN, rewritten=True), ("not_checked", "written_anew")),
    "access": ("PDF/UA-1", KNOWN, ("kept", "")),
    "access without structure": ("PDF/UA-1", replace(KNOWN, tagged=False), ("broken", "seal_outside_the_structure")),
    "access, invisible": ("PDF/UA-1", replace(KNOWN, tagged=False, visible=False), ("kept", "")),
}


@pytest.mark.parametrize("case", RULES)
def test_what_becomes_of_a_standard_is_said(case: str) -> None:
    claimed, added, expected = RULES[case]
    (told,) = standings((claimed,), added)
    assert (told.kept, told.why) == expected
