"""Each condition of each law says no more than what was found out, and says why where it is not met or not asked."""

import pytest
from msgspec.structs import replace

from tests.fakes import pki
from tests.fakes.path_scene import CA
from tests.fakes.pki import NOW
from trust.anchors.snapshot import Anchor
from trust.validation import legal
from trust.validation.assess import ChainFindings, SignatureFindings
from trust.validation.facts import Change, CmsFacts, SignatureFacts

LEAF = pki.signatory(CA)
FACTS = SignatureFacts(field_name="S", cms=CmsFacts(intact=True, genuine=True, signer=LEAF.der))
LISTED = Anchor(territory="HK", entry="example-root", certificate=CA.der)
GOOD = SignatureFindings(facts=FACTS, chain=ChainFindings(anchor=LISTED), at=NOW, proved="signature_timestamp")
NOT_IN_A_FILE = "not_checked: not_shown_by_a_file"
OF_GOOD = {
    "HK": {
        "s_6_1a_a_recognized_certificate": "met",
        "s_6_1a_b_within_validity_of_certificate": "met",
        "s_6_1a_c_used_as_certificate_terms_allow": "not_checked: terms_not_machine_readable",
        "s_2_digital_signature_shows_alteration": "met",
    },
    "MO": {
        "identifies_signatory": "met",
        "sole_control_of_means": NOT_IN_A_FILE,
        "later_alteration_detectable": "met",
        "qualified_certificate_of_accredited_entity": "met",
        "secure_signature_device": NOT_IN_A_FILE,
    },
    "CN-44": {
        "art_13_1_data_exclusive_to_signatory": NOT_IN_A_FILE,
        "art_13_2_sole_control_when_signing": NOT_IN_A_FILE,
        "art_13_3_later_alteration_of_signature_detectable": "met",
        "art_13_4_later_alteration_of_content_detectable": "met",
        "art_16_certified_by_licensed_authority": "met",
    },
}
VALUE, CONTENT = {"art_13_3"}, {"art_13_4", "s_2", "later_alteration"}
LIST, VALID, NAMED = {"art_16", "s_6_1a_a", "qualified"}, {"s_6_1a_b"}, {"identifies"}


def with_facts(**changed: object) -> SignatureFindings:
    return replace(GOOD, facts=replace(FACTS, **changed))  # by name


def with_cms(**changed: object) -> SignatureFindings:
    return with_facts(cms=replace(FACTS.cms, **changed))  # by name


def chained(problem: str, *, proved: str = "signature_timestamp") -> SignatureFindings:
    return replace(GOOD, chain=ChainFindings(anchor=LISTED, problem=problem), proved=proved)


# What was found → what each condition that begins so then says; all others say what they say where all is well
SCENES: dict[str, tuple[SignatureFindings, dict[frozenset[str], str]]] = {
    "all is well": (GOOD, {}),
    "the value is somebody else's": (
        with_cms(genuine=False),
        {frozenset(VALUE): "not_met: signature_value_wrong"},
    ),
    "the digest is another": (with_cms(intact=False), {frozenset(CONTENT): "not_met: content_altered"}),
    "content changed": (with_facts(change=Change.OTHER), {frozenset(CONTENT): "not_met: content_altered"}),
    "notes were added": (with_facts(change=Change.ANNOTATIONS), {frozenset(CONTENT): "not_met: content_altered"}),
    "others signed, a form was filled in": (with_facts(change=Change.FORM), {}),
    "changes cannot be told": (
        with_facts(change=Change.UNKNOWN),
        {frozenset(CONTENT): "not_checked: changes_not_analysable"},
    ),
    "the message is unreadable": (
        with_cms(problem="cms_malformed", genuine=False, intact=False, signer=b""),
        {
            frozenset(VALUE): "not_checked: signature_unreadable",
            frozenset(CONTENT): "not_checked: changes_not_analysable",
            frozenset(NAMED): "not_checked: certificate_missing",
        },
    ),
    "the byte range leaves out more": (
        with_facts(problem="byte_range_malformed"),
        {
            frozenset(VALUE): "not_checked: signature_unreadable",
            frozenset(CONTENT): "not_checked: changes_not_analysable",
        },
    ),
    "the certificate cannot be read": (
        with_cms(signer=b"none"),
        {frozenset(NAMED): "not_checked: certificate_missing"},
    ),
    "the authority is the sandbox's": (
        replace(GOOD, chain=ChainFindings(anchor=replace(LISTED, entry="sandbox:HK"))),
        {frozenset(LIST): "not_checked: sandbox_authority"},
    ),
    "nothing proves the time": (replace(GOOD, proved=""), {frozenset(VALID): "not_checked: time_not_proved"}),
    "nobody says how the certificate stands": (
        chained("TRY_LATER"),
        {frozenset(VALID): "not_checked: certificate_status_unknown"},
    ),
} | {
    f"{problem}, time {proved or 'not proved'}": (
        chained(problem, proved=proved),
        {frozenset(VALID): "not_met: certificate_not_valid_then" if proved else "not_checked: time_not_proved"},
    )
    for problem in ("REVOKED_NO_POE", "NOT_YET_VALID", "OUT_OF_BOUNDS_NO_POE")
    for proved in ("archive_timestamp", "")
}


def told(found: SignatureFindings, territory: str) -> dict[str, str]:
    assert found.chain.anchor is not None
    under = replace(found, chain=replace(found.chain, anchor=replace(found.chain.anchor, territory=territory)))
    regime = legal.regime(under)
    assert regime is not None
    return {
        one["condition"]: f"{one['outcome']}: {one['reason']}" if one["reason"] else one["outcome"]
        for one in regime["conditions"]
    }


@pytest.mark.parametrize("territory", OF_GOOD)
@pytest.mark.parametrize("scene", SCENES)
def test_each_condition_says_what_was_found_and_no_more(scene: str, territory: str) -> None:
    found, otherwise = SCENES[scene]
    expected = {
        name: next((say for begins, say in otherwise.items() if name.startswith(tuple(begins))), usual)
        for name, usual in OF_GOOD[territory].items()
    }
    assert told(found, territory) == expected


@pytest.mark.parametrize(
    "found",
    [
        with_facts(is_stamp=True),
        replace(GOOD, chain=ChainFindings()),
        replace(GOOD, chain=ChainFindings(anchor=replace(LISTED, territory=""))),
        replace(GOOD, chain=ChainFindings(anchor=replace(LISTED, territory="XX"))),
    ],
)
def test_a_timestamp_and_an_authority_on_no_list_stand_under_no_law(found: SignatureFindings) -> None:
    assert legal.regime(found) is None
