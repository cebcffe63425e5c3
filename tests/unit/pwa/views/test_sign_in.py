"""What a stage's page says, in words: of a problem, of what was compared, of what may be chosen."""

import ast
from pathlib import Path

import pytest
from msgspec.structs import replace

import gateway.flows.landing
import gateway.identity.matching
from gateway.flows.stage_view import CheckAnswered, Matched
from pwa.problem_texts import REGION_AWAY, REGION_REFUSED, sign_in_end
from pwa.refusal_texts import NO_CHECK
from pwa.views import links
from pwa.views.sign_in import context, heaps
from pwa.views.words import COMPARED
from tests.fakes.page_examples import LINKS, all_stages, item
from tests.guards.test_reasons import SLUG

AT_THE_CHECK = {stage.id: stage for stage in all_stages("en").values() if isinstance(stage, CheckAnswered)}
ENDINGS = ("_equal", "_differs", "_missing", "_elsewhere", "_operator", "_changed", "_ambiguous", "_unverified")


def test_a_face_that_did_not_match_is_not_told_as_a_failure_of_the_home_region() -> None:
    told = sign_in_end("face_not_matched")
    assert told not in (REGION_AWAY, REGION_REFUSED)
    assert "other way" in told.text


@pytest.mark.parametrize(
    "reason", ["temporarily_unavailable", "server_error", "upstream_failed", "host_not_allowed", "answer_too_large"]
)
def test_a_region_that_cannot_answer_is_not_said_to_have_answered_wrongly(reason: str) -> None:
    assert sign_in_end(reason) == REGION_AWAY


@pytest.mark.parametrize("reason", ["upstream_unavailable", "outcome_unknown"])
def test_on_the_way_to_the_camera_it_is_the_comparison_that_is_not_available(reason: str) -> None:
    at_check = {stage.way: stage for stage in AT_THE_CHECK.values()}
    assert context(replace(at_check["face"], problem=reason), "en")["problem"] == NO_CHECK
    assert context(replace(at_check["confirmation_at_home"], problem=reason), "en")["problem"] == sign_in_end(reason)


@pytest.mark.parametrize("module", [gateway.identity.matching, gateway.flows.landing])
def test_whatever_two_records_are_told_apart_by_has_words(module: object) -> None:
    source = ast.parse(Path(str(getattr(module, "__file__", ""))).read_text(encoding="utf-8"))
    named = {node.value for node in ast.walk(source) if isinstance(node, ast.Constant) and isinstance(node.value, str)}
    reasons = {text for text in named if SLUG.fullmatch(text) and text.endswith(ENDINGS)}
    assert reasons
    assert (reasons | {*gateway.identity.matching.REASONS}) - COMPARED.keys() == set()


def test_a_voluntary_claim_is_a_choice_whenever_it_is_asked_about() -> None:
    """Who agrees without ticking it says no to it (`claims_choice.chosen`), so there must be something to tick."""
    found = heaps(
        (
            item("name", already_agreed=True),
            item("birthdate", essential=False, already_agreed=True, chosen_before=True),
            item("chinese_name"),
        )
    )
    assert [claim.name for claim in found.settled] == ["name"]
    assert [claim.name for claim in found.voluntary] == ["birthdate"]
    assert [claim.name for claim in found.essential] == ["chinese_name"]


def test_what_differs_is_never_ticked_as_what_agrees() -> None:
    """An operator may find two records to be of one person although a name is written otherwise."""
    reasons = ("birth_date_equal", "chinese_name_variant", "latin_name_differs", "names_not_compared")
    agreed = tuple(COMPARED[reason] for reason in reasons[:2])
    matched = all_stages("en")["matched"]
    assert isinstance(matched, Matched)
    told = context(replace(matched, reasons=reasons, by_operator=True), "en")
    assert told["reasons"] == agreed
    assert told["notes"] == tuple(COMPARED[reason] for reason in reasons[2:])
    assert links.shown(replace(LINKS[0], reasons=reasons)).reasons == agreed
