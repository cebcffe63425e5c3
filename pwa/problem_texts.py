"""What a reason means to a person: a title, and what they can do. Everything technical stays in the log."""

from collections.abc import Mapping

from gateway.frozen import Frozen
from pwa.catalogues import marked as _


class Problem(Frozen):
    title: str
    text: str
    way_on: str = "/"  # where the button leads, below the language


GONE = Problem(
    title=_("This page is not here"),
    text=_("The address may be mistyped, or what was here has ended. Nothing of yours is lost."),
)
STEP = Problem(
    title=_("This step is already behind you"),
    text=_(
        "The sign-in has moved on, perhaps in another window, or it has run out. Go back to the service that you came "
        "from and start again. What you had finished is kept."
    ),
)
REQUEST = Problem(
    title=_("This request cannot be answered"),
    text=_("What arrived here is incomplete or has the wrong form. Go back and try once more."),
)
AGENCY = Problem(
    title=_("The service that sent you here made a mistake"),
    text=_(
        "We cannot tell for certain which service you came from, so we do not send anything back to it. Please tell "
        "that service, and quote the number below."
    ),
)
OURS = Problem(
    title=_("Something went wrong on our side"),
    text=_("Please try again in a few minutes. If it stays so, quote the number below when you call."),
)
REGION_AWAY = Problem(
    title=_("Your home region's sign-in is not answering"),
    text=_("Nothing was changed. Please try again in a few minutes, or use a counter."),
)
REGION_REFUSED = Problem(
    title=_("The answer from your home region did not hold"),
    text=_("It could not be verified, so we did not use it. Please start the sign-in again."),
)
DECLINED = Problem(
    title=_("You did not finish signing in"),
    text=_("Nothing was changed and nothing was sent. You can start again whenever you like."),
)
FORM = Problem(
    title=_("Please send the form again"),
    text=_(
        "The form was open for too long, or your browser did not send our cookie. "
        "Go back, reload the page and try again."
    ),
)
SIGN_IN = Problem(
    title=_("Please sign in first"),
    text=_("This page is only for you. Sign in with the digital identity of your home region."),
    way_on="/sign-in",
)
TOO_LARGE = Problem(
    title=_("The file is too large"),
    text=_("Please choose a smaller file."),
    way_on="/verify",
)
DOCUMENT = Problem(
    title=_("This document cannot be read"),
    text=_("It is not a PDF, it is damaged, or it is locked with a password."),
    way_on="/verify",
)

TEXTS: Mapping[str, Problem] = {
    "not_found": GONE,
    "wrong_method": REQUEST,
    "malformed_request": REQUEST,
    "wrong_content_type": REQUEST,
    "address_too_long": REQUEST,
    "too_slow": OURS,
    "too_many_requests": Problem(title=_("Too many requests at once"), text=_("Please wait a minute and try again.")),
    "body_too_large": TOO_LARGE,
    "no_file": Problem(
        title=_("No file was chosen"), text=_("Choose a PDF first, then press the button."), way_on="/verify"
    ),
    "device_code_unknown": Problem(
        title=_("This code is not known"),
        text=_("It may be mistyped, or its time is over. Look at the screen that shows it, and type it once more."),
        way_on="/device",
    ),
    "device_guesses_used_up": Problem(
        title=_("Too many codes that were not right"),
        text=_("Please wait ten minutes, then type the code that the screen shows by then."),
        way_on="/device",
    ),
    "form_from_elsewhere": FORM,
    "form_without_cookie": FORM,
    "form_expired": FORM,
    "sign_in_first": SIGN_IN,
    "unforeseen": OURS,
    "report_not_ours": REQUEST,
    "answer_missing": REQUEST,
    "client_unknown": AGENCY,
    "client_missing": AGENCY,
    "redirect_uri_missing": AGENCY,
    "redirect_uri_unregistered": AGENCY,
    "request_uri_unknown": AGENCY,
    "request_uri_of_another_client": AGENCY,
}

NOT_LINKED = Problem(
    title=_("You did not link the accounts"),
    text=_("Nothing was kept. Without the link this service cannot be used online; a counter can do the same."),
)
NOT_SHARED = Problem(
    title=_("You did not agree to share"),
    text=_("Nothing was told to the service. A counter can do the same for you."),
)
ANOTHER_PERSON = Problem(
    title=_("Somebody else signed in"),
    text=_("The person who signed in is not the one this was begun for. Please sign in as yourself."),
)
TOO_LONG = Problem(
    title=_("This sign-in has run out"),
    text=_("It was open for too long. What you had finished is kept; you can start again."),
)

# Why a sign-in ended, or why the person is back at a step of it.
ENDS: Mapping[str, Problem] = {
    "cancelled": DECLINED,
    "rejected": DECLINED,
    "declined": DECLINED,
    "access_denied": DECLINED,
    "timed_out": Problem(
        title=_("Your home region did not hear from you in time"),
        text=_("No answer was taken. Nothing was changed; you can try again at once."),
    ),
    "expired": TOO_LONG,
    "sign_in_expired": TOO_LONG,
    "session_ended": TOO_LONG,
    "binding_declined": NOT_LINKED,
    "claims_declined": NOT_SHARED,
    "another_person": ANOTHER_PERSON,
    "level_not_reached": Problem(
        title=_("This service asks for a stronger sign-in"),
        text=_("The way you signed in, or your Guangdong account, does not reach the level it asks for."),
    ),
    "guangdong_account_taken": Problem(
        title=_("This Guangdong account is already linked"),
        text=_("It belongs to another identity of your home region. Undo that link first, or ask at a counter."),
    ),
    "face_not_matched": Problem(
        title=_("The comparison did not succeed"),
        text=_("That happens, and it says nothing about you. Use the other way, at the same fee and time limit."),
    ),
    "text_changed": Problem(
        title=_("The text has changed in the meantime"),
        text=_("Your answer was not taken. Please read it once more and answer again."),
    ),
    "upstream_busy": Problem(
        title=_("Many people are signing in at this moment"),
        text=_(
            "Nothing is lost. Where you have just come back from your home region, this page tries again by itself in "
            "a few seconds; elsewhere, please press the button once more."
        ),
    ),
    "client_disabled": AGENCY,
    "key_refused": REGION_AWAY,
    "keys_unavailable": REGION_AWAY,
    "upstream_failed": REGION_AWAY,
    "upstream_unavailable": REGION_AWAY,
    "temporarily_unavailable": REGION_AWAY,
    "server_error": REGION_AWAY,
    "host_not_allowed": REGION_AWAY,
    "answer_too_large": REGION_AWAY,
}


def sign_in_end(reason: str) -> Problem:
    """Why a sign-in ended, or came back a step; a reason that we do not explain is the region's answer failing."""
    return ENDS.get(reason, REGION_REFUSED)
