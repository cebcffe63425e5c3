"""SM2 signatures are read as the same facts as all others, and their certificates lead to an anchor."""

from tests.unit.trust.guomi.making import NOW, authority, person, root
from tests.unit.trust.guomi.messages import CONTENT, Plan, message
from trust.pades import cms_reader
from trust.pades.content import Content
from trust.validation import paths


def test_an_sm2_message_is_intact_and_genuine() -> None:
    facts = cms_reader.read(message(CONTENT), Content(CONTENT), "adbe.pkcs7.detached")
    assert (facts.problem, facts.intact, facts.genuine) == ("", True, True)
    assert (facts.digest_algorithm, facts.signature_algorithm) == ("sm3", "sm2_sm3")


def test_the_mainlands_own_container_is_read_too() -> None:
    facts = cms_reader.read(message(CONTENT, plan=Plan(gm=True)), Content(CONTENT), "GM.sm2seal")
    assert (facts.problem, facts.intact, facts.genuine) == ("", True, True)


def test_another_content_is_not_intact() -> None:
    facts = cms_reader.read(message(CONTENT), Content(CONTENT + b"!"), "adbe.pkcs7.detached")
    assert not facts.intact


def test_a_path_of_sm2_certificates_leads_to_its_root() -> None:
    found = paths.find(person().der, [authority().der], [root().der], NOW)
    assert found is not None
    assert found.anchor == root().der
