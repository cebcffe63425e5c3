"""The texts of the three questions a person can be asked, filled in for this person's case, in one language."""

from collections.abc import Mapping, Sequence

from gateway.flows.equipment import Equipment
from gateway.identity import notice
from gateway.identity.check import CheckAsked, CheckPurpose
from gateway.identity.claims_choice import WeighedClaim
from gateway.identity.long_date import long_date
from gateway.identity.notice import Notice, NoticeText, ShownNotice
from gateway.identity.region import Region
from gateway.oidc.client import Client

BINDING = "binding"
CLAIMS = "claims"
Values = Mapping[str, str]


def binding(equipment: Equipment, *, home: Region, kept: Sequence[str], language: str) -> ShownNotice:
    """What will be kept, who holds which half, how to undo it."""
    asked = equipment.notices.current(BINDING)
    values = {
        text.language: {"home_account": text.label(home.value), "kept_list": text.listed(kept)}
        for text in asked.texts.values()
    }
    return _show(equipment, asked, values, language)


def claims(equipment: Equipment, *, client: Client, weighed: Sequence[WeighedClaim], language: str) -> ShownNotice:
    """What the agency asks to be told, for what, and where it goes."""
    asked = equipment.notices.current(CLAIMS)
    lawful = [claim for claim in weighed if claim.lawful]
    case = (
        asked.version,
        language,
        *((claim.name, claim.essential, claim.source != claim.destination) for claim in lawful),
        *(client.id, client.region, *client.names.items(), None, *client.purpose.items()),
    )
    shown = equipment.shown.get(case)
    if shown is None:
        shown = _claims(equipment, asked, client, lawful, language)
        equipment.shown.put(case, shown)
    return shown


def _claims(
    equipment: Equipment, asked: Notice, client: Client, lawful: Sequence[WeighedClaim], language: str
) -> ShownNotice:
    crossing = [claim for claim in lawful if claim.source != claim.destination]

    def values(text: NoticeText) -> dict[str, str]:
        return {
            "agency": _in(client.names, text.language),
            "purpose": _in(client.purpose, text.language) or text.label("no_purpose"),
            "essential_list": text.listed(claim.name for claim in lawful if claim.essential),
            "voluntary_list": text.listed(claim.name for claim in lawful if not claim.essential),
            "crossing_list": text.listed(claim.name for claim in crossing),
            "destination": text.label(client.region),
            "days": str(equipment.settings.claims_consent_lifetime.days),
        }

    return _show(equipment, asked, {text.language: values(text) for text in asked.texts.values()}, language)


def check(
    equipment: Equipment, *, client: Client, asked: CheckAsked, purpose: CheckPurpose, home: Region, language: str
) -> ShownNotice:
    """The fifteen items of the notice, for this application (Art. 28; PIPL 17, 29, 30)."""
    told = equipment.notices.current(purpose.notice)

    def values(text: NoticeText) -> dict[str, str]:
        return {
            **purpose.parameters.get(text.language, {}),
            "photo_days": str(purpose.retention_days["face_image"]),
            "record_days": str(purpose.retention_days["consent_record"]),
            "agency": _in(client.names, text.language),
            "application": asked.application,
            "necessity": _in(purpose.necessity, text.language),
            "home_account": text.label(home.value),
            "version": told.version,
            "effective_from": long_date(told.effective_from, text.language),
        }

    return _show(equipment, told, {text.language: values(text) for text in told.texts.values()}, language)


def _show(equipment: Equipment, asked: Notice, values: Mapping[str, Values], language: str) -> ShownNotice:
    parameters = {name: {**equipment.operator.get(name, {}), **of_case} for name, of_case in values.items()}
    # only what the text names is kept beside it
    named = {
        name: {key: value for key, value in given.items() if key in asked.texts[name].parameters()}
        for name, given in parameters.items()
    }
    return notice.show(asked, language=language, parameters=named)


def _in(texts: Mapping[str, str], language: str) -> str:
    return texts.get(language) or texts.get("en") or next(iter(texts.values()), "")
