"""A stage of a sign-in as its page needs it: which template, how far along, and the words for what it names."""

from collections.abc import Mapping

from gateway.flows import stage_view as stages
from gateway.frozen import Frozen
from pwa.problem_texts import REGION_AWAY, REGION_REFUSED, Problem, sign_in_end
from pwa.refusal_texts import NO_CHECK
from pwa.views import words

NEUTRAL_LANGUAGE = "en"


class Claim(Frozen):
    """One thing an agency asks for, in words."""

    name: str
    label: str
    source: str
    destination: str
    sensitive: bool
    crosses_border: bool
    chosen_before: bool | None
    refusal: str


class Claims(Frozen):
    """Four heaps: needed, wished, settled before, and not given whatever is answered."""

    essential: tuple[Claim, ...]
    voluntary: tuple[Claim, ...]
    settled: tuple[Claim, ...]
    withheld: tuple[Claim, ...]


TEMPLATES: Mapping[type, tuple[str, int]] = {
    stages.ChooseRegion: ("choose_region.html", 1),
    stages.Away: ("away.html", 1),
    stages.Waiting: ("waiting.html", 1),
    stages.Link: ("link.html", 2),
    stages.Matched: ("matched.html", 2),
    stages.Mismatched: ("mismatched.html", 2),
    stages.ToBeDecided: ("to_be_decided.html", 2),
    stages.StepUpNeeded: ("step_up.html", 2),
    stages.ClaimsQuestion: ("claims.html", 3),
    stages.CheckQuestion: ("check.html", 3),
    stages.CheckAnswered: ("check_answered.html", 3),
    stages.Finished: ("finished.html", 3),
    stages.Over: ("over.html", 1),
}


def template(stage: stages.StageView) -> str:
    return f"sign_in/{TEMPLATES[type(stage)][0]}"


def context(stage: stages.StageView, language: str) -> dict[str, object]:
    """Everything the stage's template reads beside the stage itself."""
    asker = stage.asker
    told: dict[str, object] = {
        "stage": stage,
        "step": TEMPLATES[type(stage)][1],
        "asker_name": in_language(asker.names, language) if asker else "",
        "asker_purpose": in_language(asker.purpose, language) if asker else "",
        "problem": _problem(stage),
        "region_button": words.SIGN_IN_WITH,
        "iam_smart_language": {"zh-Hant": "tc", "zh-Hans": "sc"}.get(language, "en"),
    }
    match stage:
        case stages.Away(to=to):
            told["place"] = words.said(words.PLACES, to)
        case stages.Waiting(to=to, poll_seconds=seconds):
            told |= {"place": words.said(words.PLACES, to), "seconds": max(1, round(seconds))}
        case stages.Matched(home=home, reasons=reasons, kept=kept):
            told |= {
                "reasons": words.all_said(words.COMPARED, (r for r in reasons if r in words.AGREED)),
                "notes": words.all_said(words.COMPARED, (r for r in reasons if r not in words.AGREED)),
                "kept": words.all_said(words.KEPT, kept),
                "home_name": words.said(words.REGIONS, home),
            }
        case stages.Mismatched(reasons=reasons) | stages.ToBeDecided(reasons=reasons):
            different = telling(reasons)
            told["reasons"] = words.all_said(words.COMPARED, (r for r in different if r not in words.NOTES))
            told["notes"] = words.all_said(words.COMPARED, (r for r in different if r in words.NOTES))
        case stages.ClaimsQuestion(items=items):
            told["items"] = heaps(items)
        case stages.CheckAnswered(home=home) | stages.StepUpNeeded(home=home):
            told["place"] = words.said(words.PLACES, home)
        case stages.Over(reason=reason):
            told["ended"] = sign_in_end(reason)
    return told


def heaps(items: tuple[stages.ClaimItem, ...]) -> Claims:
    """A claim lies on one heap only; what cannot be given is never offered as a choice.

    A voluntary one is a choice each time: whoever answers this question without ticking it says no to it.
    """
    given = [item for item in items if item.refusal is None and item.available]
    asked = [item for item in given if not (item.essential and item.already_agreed)]
    return Claims(
        essential=tuple(_claim(item) for item in asked if item.essential),
        voluntary=tuple(_claim(item) for item in asked if not item.essential),
        settled=tuple(_claim(item) for item in given if item.essential and item.already_agreed),
        withheld=tuple(_claim(item) for item in items if item.refusal is not None),
    )


def telling(reasons: tuple[str, ...]) -> tuple[str, ...]:
    """Of a comparison that did not succeed, what did not agree; if nothing says so, everything."""
    return tuple(reason for reason in reasons if not reason.endswith("_equal")) or reasons


def in_language(texts: Mapping[str, str], language: str) -> str:
    """A text that others wrote, in the reader's language if they have it."""
    return texts.get(language) or texts.get(NEUTRAL_LANGUAGE) or next(iter(texts.values()), "")


def _claim(item: stages.ClaimItem) -> Claim:
    return Claim(
        name=item.name,
        label=words.said(words.CLAIMS, item.name),
        source=words.said(words.REGIONS, item.source),
        destination=words.said(words.REGIONS, item.destination),
        sensitive=item.sensitive,
        crosses_border=item.crosses_border,
        chosen_before=item.chosen_before,
        refusal=words.said(words.WITHHELD, item.refusal) if item.refusal else "",
    )


def _problem(stage: stages.StageView) -> Problem | None:
    """Why the person is back here. On the way to the camera it was not a region that failed."""
    if stage.problem is None:
        return None
    told = sign_in_end(stage.problem)
    to_the_camera = isinstance(stage, stages.CheckAnswered) and stage.way == "face"
    return NO_CHECK if to_the_camera and told in (REGION_AWAY, REGION_REFUSED) else told
