"""The words for what the rules name by slug: regions, claims, reasons, what is kept, what became of a consent.

Each text is English and stands in the catalogues; a page translates it. A slug without words here is shown as a
general one, and a guard keeps that from happening.
"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from gateway.identity.matching import CONFIRMS
from pwa.catalogues import marked as _

REGIONS: Mapping[str, str] = MappingProxyType(
    {
        "HK": _("Hong Kong"),
        "MO": _("Macau"),
        "CN-44": _("Guangdong"),
    }
)

# iAM Smart prescribes the words on its button; the others follow their form.
SIGN_IN_WITH: Mapping[str, str] = MappingProxyType(
    {
        "HK": _("Login with iAM Smart"),
        "MO": _("Sign in with Macao One Account"),
        "CN-44": _("Sign in with the Guangdong unified identity"),
    }
)

PLACES: Mapping[str, str] = MappingProxyType(
    {
        "HK": _("iAM Smart"),
        "MO": _("Macao One Account"),
        "CN-44": _("the Guangdong unified identity"),
        "check": _("the face comparison service"),
    }
)

CLAIMS: Mapping[str, str] = MappingProxyType(
    {
        "name": _("Name in Latin letters"),
        "chinese_name": _("Name in Chinese"),
        "birthdate": _("Date of birth"),
        "gender": _("Sex"),
        "travel_document": _("Travel permit for the Mainland: kind and number"),
        "home_document": _("Identity card of your home region: kind and number"),
        "verification": _("How these details were verified: on whose word, by which kind of document, and when"),
        "offline_access": _("To ask again for the same when you are not there"),
    }
)

KEPT: Mapping[str, str] = MappingProxyType(
    {
        "home_identifier": _("The number your home region uses for you with us alone"),
        "guangdong_identifier": _("The number of your Guangdong account"),
        "names": _("Your name"),
        "birth_date": _("Date of birth"),
        "sex": _("Sex"),
        "home_document": _("Identity card of your home region: kind and number"),
        "travel_document": _("Travel permit for the Mainland: kind and number"),
        "level": _("How strongly you were identified"),
        "bound_at": _("The day of the link"),
    }
)

COMPARED: Mapping[str, str] = MappingProxyType(
    {
        "document_number_equal": _("The document number is the same"),
        "permit_renewed": _("The permit was renewed; it is the same permit"),
        "birth_date_equal": _("The date of birth is the same"),
        "sex_equal": _("The sex is the same"),
        "chinese_name_equal": _("The Chinese name is the same"),
        "latin_name_equal": _("The name in Latin letters is the same"),
        "no_shared_document": _("Both sides know different documents, so no number was compared"),
        "chinese_name_variant": _("The Chinese name is written with different forms of the same characters"),
        "names_not_compared": _("The names were not compared; the number was enough"),
        "record_unproved": _("One side only wrote down what it was told, and did not check it"),
        "no_permit_at_guangdong": _("The Guangdong account has no permit registered"),
        "permit_of_another_region": _("The permit in Guangdong belongs to another region"),
        "permit_date_differs": _("The permit in Guangdong shows another date of birth"),
        "birth_date_missing": _("One side gives no date of birth"),
        "sex_missing": _("One side gives no sex"),
        "chinese_name_ambiguous": _("The Chinese name could be read in more than one way"),
        "chinese_name_unverified": _("The Chinese name agrees, but your home region has not verified it"),
        "chinese_name_differs_unverified": _("The Chinese name differs, and your home region has not verified it"),
        "chinese_name_changed": _("The number is the same, but the Chinese name differs"),
        "latin_name_differs": _("The name in Latin letters differs"),
        "names_not_comparable": _(
            "The names cannot be compared: one side has Chinese characters, the other Latin letters"
        ),
        "document_number_differs": _("The document number differs"),
        "birth_date_differs": _("The date of birth differs"),
        "sex_differs": _("The sex differs"),
        "chinese_name_differs": _("The Chinese name differs"),
        "guangdong_account_bound_elsewhere": _("Both accounts were linked here before, but not with each other"),
        "decided_by_operator": _("A member of staff has looked at both records and found two different people"),
    }
)

# What agreed. An operator may decide that two records are of one person although not all of them does.
AGREED = frozenset({*CONFIRMS, "chinese_name_variant"})
# Of a comparison, what was not compared at all.
NOTES = frozenset({"no_shared_document", "names_not_compared"})

WITHHELD: Mapping[str, str] = MappingProxyType(
    {
        "claim_unknown": _("we do not know this item"),
        "no_transfer_basis": _("the law gives no ground to send it there"),
        "transfer_basis_expired": _("the ground to send it there has ended"),
    }
)

CONSENT_KINDS: Mapping[str, str] = MappingProxyType(
    {
        "binding": _("Linking my accounts"),
        "claims": _("What a service may know"),
        "check": _("A face comparison"),
    }
)

CONSENT_STATES: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "requested": (_("not answered yet"), ""),
        "renotified": (_("told anew, not answered yet"), ""),
        "given": (_("in force"), "good"),
        "refused": (_("refused"), ""),
        "unanswered": (_("no answer given"), ""),
        "used": (_("used"), "good"),
        "withdrawn": (_("withdrawn"), "warn"),
        "expired": (_("run out"), ""),
        "invalidated": (_("no longer valid"), "warn"),
        "replaced": (_("replaced by a newer one"), ""),
        "deletion-confirmed": (_("data deleted"), ""),
    }
)

# The same states as things that happened.
CONSENT_EVENTS: Mapping[str, str] = MappingProxyType(
    {
        "requested": _("you were asked"),
        "renotified": _("the text was shown to you anew"),
        "given": _("you agreed"),
        "refused": _("you did not agree"),
        "unanswered": _("you gave no answer"),
        "used": _("it was used"),
        "withdrawn": _("you withdrew it"),
        "expired": _("it ran out"),
        "invalidated": _("it lost its validity"),
        "replaced": _("a newer one took its place"),
        "deletion-confirmed": _("the data were deleted"),
    }
)

ENDED_LINKS: Mapping[str, str] = MappingProxyType(
    {
        "undone": _("undone by you"),
        "superseded": _("replaced by a newer link"),
        "revoked": _("ended by a member of staff"),
    }
)

GENERAL = _("something that has no name here yet")


def said(words: Mapping[str, str], slug: str) -> str:
    """The words for a slug."""
    return words.get(slug, GENERAL)


def all_said(words: Mapping[str, str], slugs: Iterable[str]) -> tuple[str, ...]:
    return tuple(said(words, slug) for slug in slugs)
