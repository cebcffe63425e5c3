"""OpenID Connect for Identity Assurance: one test for each module of `ekyc-test-plan-oidccore`, under its name."""

import json
from typing import Any

import pytest

from gateway.endpoints.wire import Response
from gateway.identity.verification import DEFAULT_VOUCHERS
from gateway.oidc import compact_jws
from tests.fakes.oidc_world import KNOWN_CLAIMS, Agency, World, body, parameters

ANY: dict[str, Any] = {"trust_framework": None}
PASSPORT = {"type": {"value": "document"}, "document_details": {"type": {"value": "passport"}}}
HONG_KONG = "urn:gba:trust-framework:HK"


@pytest.fixture
def agency(world: World) -> Agency:
    return Agency(world).enrol(scopes=frozenset({"openid", "profile", "verified_claims", "travel_document"}))


def asking(agency: Agency, element: Any, *places: str, scope: str = "openid") -> tuple[dict[str, Any], dict[str, Any]]:
    """What the ID token and userinfo say when this is asked for at these places."""
    claims = {place: {"verified_claims": element} for place in places}
    tokens = agency.tokens(claims=json.dumps(claims), scope=scope)
    jws = compact_jws.take_apart(tokens["id_token"], longest=20_000)
    compact_jws.verify(jws, agency.world.signer.key_set())
    return dict(compact_jws.read_claims(jws, longest=20_000)), body(agency.userinfo(tokens["access_token"]))


def told(agency: Agency, element: Any) -> Any:
    """The verified claims at userinfo, or None; the ID token has none."""
    identity, info = asking(agency, element, "userinfo")
    assert "verified_claims" not in identity
    return info.get("verified_claims")


def metadata(world: World) -> dict[str, Any]:
    answer = world.get("/.well-known/openid-configuration")
    assert isinstance(answer, Response)
    return body(answer)


def keeps_to(found: Any, described: dict[str, Any]) -> bool:
    """Nothing comes out that discovery does not announce."""
    verification = found["verification"]
    evidence = verification.get("evidence", [])
    checks = [check["check_method"] for one in evidence if one["type"] == "document" for check in one["check_details"]]
    kinds = [one["document_details"]["type"] for one in evidence if "document_details" in one]
    records = [one["record"]["type"] for one in evidence if "record" in one]
    return (
        verification["trust_framework"] in described["trust_frameworks_supported"]
        and found["claims"].keys() <= set(described["claims_in_verified_claims_supported"])
        and {one["type"] for one in evidence} <= set(described["evidence_supported"])
        and set(kinds) <= set(described["documents_supported"])
        and set(checks) <= set(described["documents_check_methods_supported"])
        and set(records) <= set(described["electronic_records_supported"])
    )


def test_ekyc_server_happypath(world: World, agency: Agency) -> None:
    element = {"verification": ANY, "claims": {"name": None, "birthdate": None}}
    found = told(agency, element)
    assert found == {
        "verification": {"trust_framework": HONG_KONG},
        "claims": {"name": KNOWN_CLAIMS["name"], "birthdate": KNOWN_CLAIMS["birthdate"]},
    }
    assert metadata(world)["verified_claims_supported"] is True
    assert keeps_to(found, metadata(world))


def test_ekyc_server_happypath_emptyobject(agency: Agency) -> None:
    found = told(agency, {"verification": {"trust_framework": {}}, "claims": {"name": {}}})
    assert found["claims"] == {"name": KNOWN_CLAIMS["name"]}


def test_ekyc_server_happypath_essentialfalse(agency: Agency) -> None:
    wish = {"essential": False}
    found = told(agency, {"verification": {"trust_framework": wish}, "claims": {"name": wish}})
    assert found["claims"] == {"name": KNOWN_CLAIMS["name"]}


def test_ekyc_server_unknown_claim_omitted(agency: Agency) -> None:
    found = told(agency, {"verification": ANY, "claims": {"name": None, "shoe_size": None}})
    assert found["claims"] == {"name": KNOWN_CLAIMS["name"]}


def test_ekyc_server_unknown_essential_claim_omitted(agency: Agency) -> None:
    found = told(agency, {"verification": ANY, "claims": {"name": None, "shoe_size": {"essential": True}}})
    assert found["claims"] == {"name": KNOWN_CLAIMS["name"]}


def test_ekyc_server_unknown_claim_specialchars_omitted(agency: Agency) -> None:
    found = told(agency, {"verification": ANY, "claims": {"name": None, "shoe%1/size&,.b é": None}})
    assert found["claims"] == {"name": KNOWN_CLAIMS["name"]}


def test_ekyc_server_one_claim_with_random_value_omitted(agency: Agency) -> None:
    found = told(agency, {"verification": ANY, "claims": {"name": {"value": "k2Jd0"}, "birthdate": None}})
    assert found["claims"] == {"birthdate": KNOWN_CLAIMS["birthdate"]}
    assert told(agency, {"verification": ANY, "claims": {"name": {"value": "k2Jd0"}}}) is None
    one_of_two = told(agency, {"verification": ANY, "claims": {"name": {"values": ["k2Jd0", KNOWN_CLAIMS["name"]]}}})
    assert one_of_two["claims"] == {"name": KNOWN_CLAIMS["name"]}


def test_ekyc_server_request_only_in_idtoken(agency: Agency) -> None:
    identity, info = asking(agency, {"verification": ANY, "claims": {"name": None}}, "id_token")
    assert identity["verified_claims"]["claims"] == {"name": KNOWN_CLAIMS["name"]}
    assert info.keys() == {"sub"}
    assert "name" not in identity  # as a verified claim alone


def test_ekyc_server_request_only_in_userinfo(agency: Agency) -> None:
    identity, info = asking(agency, {"verification": ANY, "claims": {"name": None}}, "userinfo")
    assert "verified_claims" not in identity
    assert info.keys() == {"sub", "verified_claims"}


def test_ekyc_server_testuserprovidedrequest(world: World, agency: Agency) -> None:
    """A request of somebody's own: evidence and all, of both sides."""
    document = {"type": {"value": "document"}, "document_details": None, "check_details": None}
    verification = {
        "trust_framework": None,
        "assurance_level": None,
        "time": {"max_age": 60 * 86400},
        "evidence": [document, {"type": {"value": "electronic_record"}, "record": {"source": {"name": None}}}],
    }
    found = told(agency, {"verification": verification, "claims": {"name": None, "travel_document": None}})
    assert [one["verification"]["trust_framework"] for one in found] == [
        voucher.trust_framework for region, voucher in DEFAULT_VOUCHERS.items() if region in ("HK", "CN-44")
    ]
    home, guangdong = found
    assert home["claims"] == {"name": KNOWN_CLAIMS["name"]}
    assert guangdong["claims"]["travel_document"]["type"] == "hmt_permit"
    assert home["verification"]["assurance_level"] == "urn:gba:acr:3"
    record, card = home["verification"]["evidence"]
    assert record["record"] == {"type": "digital_identity_account", "source": {"name": "iAM Smart"}}
    assert card["document_details"] == {"type": "idcard", "issuer": {"country_code": "HKG"}}
    assert card["check_details"][0]["organization"] == "iAM Smart"
    record, permit = guangdong["verification"]["evidence"]
    assert record["record"]["source"] == {"name": "Guangdong Unified Identity Platform"}
    assert permit["document_details"] == {"type": "hmt_permit", "issuer": {"country_code": "CHN"}}
    assert "A1234563" not in str(found)  # the number of no document that was not asked for
    assert all(keeps_to(one | {"verification": _without_parts(one)}, metadata(world)) for one in found)


def _without_parts(found: Any) -> Any:
    whole = [one for one in found["verification"]["evidence"] if one["type"] == "document"]
    return {**found["verification"], "evidence": whole}


def test_ekyc_server_testbasedonuserinfo_defaults(world: World, agency: Agency) -> None:
    """Everything that userinfo told, asked for again with these very values."""
    everything = metadata(world)["claims_in_verified_claims_supported"]
    first = told(agency, {"verification": ANY, "claims": dict.fromkeys(everything)})
    for element in first:
        again = {
            "verification": {name: {"value": value} for name, value in element["verification"].items()},
            "claims": {name: {"value": value} for name, value in element["claims"].items()},
        }
        assert told(agency, again) == element


def test_ekyc_server_test_userinfo_notfoundinop(agency: Agency) -> None:
    """What nobody here vouches for takes the whole element away, without an error."""
    demands: list[Any] = [
        {"trust_framework": {"value": "de_aml"}},
        {"trust_framework": {"values": ["de_aml", "eidas"]}},
        {"trust_framework": None, "assurance_level": {"value": "urn:gba:acr:4"}},
        {"trust_framework": None, "verification_process": {"value": "anything"}},
        {"trust_framework": None, "time": {"max_age": 60}},
        {"trust_framework": None, "evidence": [{"type": {"value": "vouch"}}]},
        {"trust_framework": None, "evidence": [PASSPORT]},
    ]
    for verification in demands:
        assert told(agency, {"verification": verification, "claims": {"name": None}}) is None, verification
    unknown = {"trust_framework": None, "verification_process": None, "moon_phase": None}
    assert told(agency, {"verification": unknown, "claims": {"name": None}})["verification"] == {
        "trust_framework": HONG_KONG
    }


@pytest.mark.parametrize(
    "element",
    [
        [],
        "name",
        {},
        {"verification": ANY},
        {"claims": {"name": None}},
        {"verification": None, "claims": {"name": None}},
        {"verification": ANY, "claims": ["name"]},
        {"verification": ANY, "claims": {"name": "x"}},
        {"verification": ANY, "claims": {"name": {"values": "x"}}},
        {"verification": {"time": {"max_age": -1}}, "claims": {"name": None}},
        {"verification": {"time": {"max_age": "60"}}, "claims": {"name": None}},
        [{"verification": ANY, "claims": {"name": None}}] * 6,
        {"verification": {"x": "y" * 2100}, "claims": {"name": None}},
    ],
)
def test_what_is_no_request_is_refused(agency: Agency, element: Any) -> None:
    answer = agency.push(claims=json.dumps({"userinfo": {"verified_claims": element}}))
    assert (answer.status, body(answer)["error"]) == (400, "invalid_request")


def test_a_client_that_may_not_have_them_is_told_none(world: World) -> None:
    agency = Agency(world, id="plain").enrol()
    identity, info = asking(agency, {"verification": ANY, "claims": {"name": None}}, "userinfo", "id_token")
    assert "verified_claims" not in identity.keys() | info.keys()


def test_the_longest_request_still_fits_the_code(agency: Agency) -> None:
    element = {"verification": {"trust_framework": None, "note": "y" * 1900}, "claims": {"name": None}}
    claims = json.dumps({"userinfo": {"verified_claims": element}, "id_token": {"verified_claims": element}})
    code = parameters(agency.bring(agency.pushed(claims=claims)))["code"]
    assert agency.redeem(code).status == 200
