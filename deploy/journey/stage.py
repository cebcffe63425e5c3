"""Where a person is on their way, told by the ids on the page alone."""

from deploy.journey.page import Page

# The first id that is on the page names the stage; what a person acts on comes before what they only read.
BY_ID = {
    "region-HK": "choose_region",
    "link-start": "link",
    "bind-agree": "bind",
    "claims-agree": "claims",
    "check-agree": "check",
    "check-proceed": "check_answered",
    "step-up-proceed": "step_up",
    "waiting": "waiting",
    "go-on": "finished",
    "mismatch": "mismatch",
    "manual": "manual",
    "over": "over",
    "agency-arrived": "agency",
    "agency-problem": "agency_problem",
    "problem": "problem",
    "agree": "simulator",
}


def stage_of(page: Page) -> str:
    """The stage that this page shows, or `elsewhere`."""
    ids = {element.id for element in page.elements}
    return next((stage for identifier, stage in BY_ID.items() if identifier in ids), "elsewhere")
