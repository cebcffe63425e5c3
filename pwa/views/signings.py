"""A document to sign as its page shows it: the words for whose key it is, for the law, and for how it went."""

from collections.abc import Mapping
from datetime import datetime

from gateway.frozen import Frozen, Hidden
from pwa.catalogues import marked as _
from pwa.explain import text_for
from pwa.ports import ToSign, TypedField
from pwa.problem_texts import Problem
from pwa.views.sign_in import in_language

FIRST_OF_DIGEST = 16  # hexadecimal digits that the page shows

MEANS: Mapping[str, str] = {
    "iam_smart": _("iAM Smart, with your own certificate"),
    "esign_cloud": _("eSignCloud of eSignTrust, with your own certificate"),
}
# iAM Smart prescribes the words on its buttons.
BEGIN: Mapping[str, str] = {
    "iam_smart": _("Signing with iAM Smart"),
    "esign_cloud": _("Sign with eSignCloud"),
}
LAWS: Mapping[str, str] = {
    "iam_smart": _("Electronic Transactions Ordinance of Hong Kong (Cap. 553)"),
    "esign_cloud": _("Law 5/2005 of Macau, on electronic documents and signatures"),
}
STOPPED = Problem(
    title=_("You have not signed"),
    text=_("Nothing was signed. You can begin again until the time is over, or leave it."),
)
FAILED = Problem(
    title=_("The signature did not come about"),
    text=_(
        "Nothing was signed, and the document waits as before. Please begin again; if it stays so, tell the service."
    ),
)
TOO_LATE = Problem(
    title=_("No answer came in time"),
    text=_("Nothing was signed. You can begin again at once."),
)
# How an attempt ended, where the page has other words for it than a program's answer.
ENDS: Mapping[str, Problem] = {
    "cancelled": STOPPED,
    "rejected": STOPPED,
    "timed_out": TOO_LATE,
    "signing_expired": TOO_LATE,
    "signer_unknown": Problem(
        title=_("The platform does not know this account"),
        text=_("If you typed an account, please look at it again. Without one there you can sign at a counter."),
    ),
    "typed_wrong": Problem(
        title=_("That was not right"),
        text=_("Please look at the newest message and at your PIN, and type both once more."),
    ),
    "codes_used_up": Problem(
        title=_("Too often"),
        text=_("For your safety this attempt has ended. You can begin anew; then a new code is sent."),
    ),
    "signing_attempts_used_up": Problem(
        title=_("This was begun too often"),
        text=_("It cannot be signed here any more. Go back to the service and have it ask anew."),
    ),
}
SPOKEN = frozenset({"signing_done", "signing_unknown", "signing_means_unavailable"})


class Shown(Frozen):
    id: str
    title: Hidden[str]
    agency: str
    means: str
    begin: str
    law: str
    state: str
    problem: Problem | None
    digest: str  # its beginning, in groups
    asked_on: datetime
    until: datetime
    minutes: int
    is_iam_smart: bool
    iam_smart_language: str
    names_account: bool
    url: Hidden[str]
    code: str
    typed: tuple[TypedField, ...]
    holder: Hidden[str]
    tries: int
    sends: int
    back: Hidden[str]


def shown(signing: ToSign, language: str, *, problem: str = "") -> Shown:
    reason = problem or signing.reason
    begun = signing.sha256[:FIRST_OF_DIGEST]
    return Shown(
        id=signing.id,
        title=signing.title,
        agency=in_language(signing.agency, language),
        means=MEANS[signing.means],
        begin=BEGIN[signing.means],
        law=LAWS[signing.means],
        state=signing.state,
        problem=_problem(reason) if reason else None,
        digest=" ".join(begun[at : at + 4] for at in range(0, len(begun), 4)),
        asked_on=signing.asked_on,
        until=signing.until,
        minutes=signing.minutes,
        is_iam_smart=signing.means == "iam_smart",
        iam_smart_language={"zh-Hant": "tc", "zh-Hans": "sc"}.get(language, "en"),
        names_account=signing.names_account,
        url=signing.url,
        code=signing.code,
        typed=signing.typed,
        holder=signing.holder,
        tries=signing.tries,
        sends=signing.sends,
        back=signing.back,
    )


def _problem(reason: str) -> Problem:
    if reason in ENDS:
        return ENDS[reason]
    return text_for(reason, 409) if reason in SPOKEN else FAILED
