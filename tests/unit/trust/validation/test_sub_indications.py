"""Each reason that a verdict can give has a scene that leads to it, and the standard's word for it.

TABLE.md beside this file is the same as a table, made from here; run this file by itself to write it anew.
"""

import re
from pathlib import Path

import pytest
from msgspec.structs import replace

from tests.fakes import pki
from tests.fakes.path_scene import CA, TSA
from tests.fakes.pki import NOW
from tests.unit.trust.validation import test_path_cases
from trust.validation import assess, indications, judge, paths
from trust.validation.assess import ChainFindings, SignatureFindings, StampFindings
from trust.validation.facts import Change, CmsFacts, FileFacts, SealFacts, SignatureFacts, StampFacts
from trust.validation.policy import ARCHIVE, ORDINARY, SEAL, Policy
from trust.validation.sentences import LANGUAGES, SENTENCES
from trust.validation.verdict import Indication, Verdict

TABLE = Path(__file__).with_name("TABLE.md")
LEAF = pki.signatory(CA)
CMS = CmsFacts(
    intact=True, genuine=True, signer=LEAF.der, names_signer="matches", digest_algorithm="sha256",
    signature_algorithm="sha256_ecdsa",
)  # fmt: skip
FACTS = SignatureFacts(field_name="S", sub_filter="ETSI.CAdES.detached", covers_file=True, end=9, revision=1, cms=CMS)
GOOD = SignatureFindings(
    facts=FACTS, chain=ChainFindings(), at=NOW, level="B-LTA", proved_level="B-LTA", proved="signature_timestamp"
)
TOKEN = StampFacts(cms=replace(CMS, signer=TSA.der), at=NOW - pki.DAY, covers=True)
STAMP = SignatureFacts(
    field_name="T", is_stamp=True, sub_filter="ETSI.RFC3161", covers_file=True, end=9, revision=1, cms=TOKEN.cms,
    stamp=TOKEN,
)  # fmt: skip
UNKNOWN = replace(TOKEN, cms=replace(TOKEN.cms, problem="algorithm_unsupported"))
PROOF = StampFindings(facts=TOKEN, chain=ChainFindings(), proves=True)


def with_facts(**changed: object) -> SignatureFindings:
    return replace(GOOD, facts=replace(FACTS, **changed))  # by name


def with_cms(**changed: object) -> SignatureFindings:
    return with_facts(cms=replace(CMS, **changed))  # by name


def with_seal(maker_problem: str = "", **changed: object) -> SignatureFindings:
    seal = SealFacts(standard="GB/T 38540", maker=LEAF.der, begins=NOW - pki.DAY * 2, ends=NOW + pki.DAY)
    sealed = with_cms(seal=replace(seal, **changed))  # by name
    return replace(sealed, seal_maker=ChainFindings(problem=maker_problem))


def of_stamp(problem: str = "", **changed: object) -> SignatureFindings:
    own = StampFindings(facts=TOKEN, chain=ChainFindings(), proves=not problem, problem=problem)
    facts = replace(STAMP, cms=replace(TOKEN.cms, **changed))  # by name
    return SignatureFindings(facts=facts, chain=ChainFindings(), at=NOW, own_stamp=own)


def chained(problem: str, **changed: object) -> SignatureFindings:
    return replace(GOOD, chain=ChainFindings(problem=problem, **changed))  # type: ignore[arg-type]  # by name


# scene → (findings, policy, indication, reason)
SCENES: dict[str, tuple[SignatureFindings, Policy, str, str]] = {
    "all is well": (GOOD, ORDINARY, "PASSED", "valid"),
    "a document timestamp is well": (of_stamp(), ORDINARY, "PASSED", "stamp_holds"),
    "nobody signed in the place for it": (with_facts(problem="value_empty"), ORDINARY, "INDETERMINATE",
                                          "signature_empty"),
    "the byte range leaves out more": (with_facts(problem="byte_range_malformed"), ORDINARY, "FAILED",
                                       "FORMAT_FAILURE"),
    "the message is malformed": (with_cms(problem="cms_malformed"), ORDINARY, "FAILED", "FORMAT_FAILURE"),
    "a certificate was damaged": (replace(GOOD, chain=ChainFindings(altered=True)), ORDINARY, "FAILED",
                                  "FORMAT_FAILURE"),
    "the algorithm is unknown": (with_cms(problem="algorithm_unsupported"), ORDINARY, "INDETERMINATE",
                                 "algorithm_unsupported"),
    "the format is unknown": (with_cms(problem="format_unsupported"), ORDINARY, "INDETERMINATE", "format_unsupported"),
    "the message is too large": (with_cms(problem="cms_too_large"), ORDINARY, "INDETERMINATE", "cms_too_large"),
    "no digest of its algorithm came": (with_cms(problem="digest_not_supplied"), ORDINARY, "INDETERMINATE",
                                        "digest_not_supplied"),
    "the certificate is not there": (with_cms(problem="signer_certificate_missing"), ORDINARY, "INDETERMINATE",
                                     "NO_SIGNING_CERTIFICATE_FOUND"),
    "the digest is another": (with_cms(intact=False), ORDINARY, "FAILED", "HASH_FAILURE"),
    "the value is somebody else's": (with_cms(genuine=False), ORDINARY, "FAILED", "SIG_CRYPTO_FAILURE"),
    "changes cannot be told": (with_facts(change=Change.UNKNOWN), ORDINARY, "INDETERMINATE", "changes_not_analysable"),
    "content changed": (with_facts(change=Change.OTHER), ORDINARY, "FAILED", "modified_after_signing"),
    "changed although certified": (with_facts(change=Change.FORM, permits=1), ORDINARY, "FAILED",
                                   "modified_against_certification"),
    "signed after a seal": (with_facts(change=Change.SIGNATURES), SEAL, "FAILED", "signed_after_sealing"),
    "another title after a seal": (with_facts(change=Change.UNSHOWN), SEAL, "FAILED",
                                   "described_otherwise_after_sealing"),
    "a form was filled in": (with_facts(change=Change.FORM), ORDINARY, "INDETERMINATE", "form_filled_after_signing"),
    "notes were added": (with_facts(change=Change.ANNOTATIONS), ORDINARY, "FAILED", "annotated_after_signing"),
    "notes were added as certified": (with_facts(change=Change.ANNOTATIONS, permits=3), ORDINARY, "INDETERMINATE",
                                      "annotated_after_signing"),
    "a later mark covers content": (with_facts(change=Change.SIGNATURES, changes=("mark_covers_content",)), ORDINARY,
                                    "INDETERMINATE", "covered_after_signing"),
    "a seal that its maker did not make": (with_seal(objection="seal_signature_wrong"), ORDINARY, "FAILED",
                                           "seal_not_genuine"),
    "a seal that is others'": (with_seal(objection="signer_not_listed"), ORDINARY, "FAILED", "seal_of_others"),
    "a seal with something unknown": (with_seal(objection="critical_extension_unknown"), ORDINARY, "INDETERMINATE",
                                      "seal_not_understood"),
    "a seal that has run out": (with_seal(ends=NOW - pki.DAY), ORDINARY, "INDETERMINATE", "seal_out_of_use"),
    "a seal of an unknown maker": (with_seal(maker_problem="NO_CERTIFICATE_CHAIN_FOUND"), ORDINARY, "INDETERMINATE",
                                   "seal_maker_not_trusted"),
    "another certificate is named": (with_cms(names_signer="differs"), ORDINARY, "INDETERMINATE",
                                     "SIG_CONSTRAINTS_FAILURE"),
    "a token names another certificate": (of_stamp(names_signer="differs"), ORDINARY, "FAILED",
                                          "SIG_CONSTRAINTS_FAILURE"),
    "no trusted path": (chained("NO_CERTIFICATE_CHAIN_FOUND"), ORDINARY, "INDETERMINATE",
                        "NO_CERTIFICATE_CHAIN_FOUND"),
    "the list it leads to had expired": (chained("trust_list_expired"), ORDINARY, "INDETERMINATE",
                                         "trust_list_expired"),
    "the path breaks a rule": (chained("CHAIN_CONSTRAINTS_FAILURE"), ORDINARY, "INDETERMINATE",
                               "CHAIN_CONSTRAINTS_FAILURE"),
    "expired without proof": (chained("OUT_OF_BOUNDS_NO_POE"), ORDINARY, "INDETERMINATE", "OUT_OF_BOUNDS_NO_POE"),
    "not yet valid at a proved time": (chained("NOT_YET_VALID"), ORDINARY, "FAILED", "NOT_YET_VALID"),
    "not yet valid now": (replace(chained("NOT_YET_VALID"), proved=""), ORDINARY, "INDETERMINATE", "NOT_YET_VALID"),
    "revoked, time unknown": (chained("REVOKED_NO_POE", revoked_at=NOW), ORDINARY, "INDETERMINATE", "REVOKED_NO_POE"),
    "revoked before the claimed time": (
        replace(with_facts(claimed_at=NOW), chain=ChainFindings(problem="REVOKED_NO_POE", revoked_at=NOW - pki.DAY)),
        ORDINARY, "FAILED", "REVOKED"),
    "an authority was revoked": (chained("REVOKED_CA_NO_POE"), ORDINARY, "INDETERMINATE", "REVOKED_CA_NO_POE"),
    "nobody answers": (chained("TRY_LATER"), ORDINARY, "INDETERMINATE", "TRY_LATER"),
    "a weak algorithm": (replace(GOOD, weak="sha1"), ORDINARY, "INDETERMINATE", "CRYPTO_CONSTRAINTS_FAILURE_NO_POE"),
    "a token out of order": (of_stamp("TIMESTAMP_ORDER_FAILURE"), ORDINARY, "INDETERMINATE",
                             "TIMESTAMP_ORDER_FAILURE"),
    "a token over something else": (of_stamp("HASH_FAILURE"), ORDINARY, "INDETERMINATE", "HASH_FAILURE"),
    "a token of somebody else": (of_stamp("SIG_CRYPTO_FAILURE"), ORDINARY, "INDETERMINATE", "SIG_CRYPTO_FAILURE"),
    "a timestamp within was touched": (
        replace(GOOD, stamps=(replace(PROOF, proves=False, problem="HASH_FAILURE"),)),
        ORDINARY, "INDETERMINATE", "timestamp_broken"),
    "a timestamp within names an unknown algorithm": (
        replace(GOOD, stamps=(replace(PROOF, facts=UNKNOWN, proves=False, problem=UNKNOWN.cms.problem),)),
        ORDINARY, "INDETERMINATE", "algorithm_unsupported"),
    "no evidence for an archive": (replace(GOOD, proved_level="B-T"), ARCHIVE, "INDETERMINATE", "level_below_policy"),
    "no proof of time for a seal": (replace(GOOD, proved=""), SEAL, "INDETERMINATE", "time_not_proved"),
}  # fmt: skip

# What the standard knows and nobody here says, and what is said instead
NOT_SAID = {
    "CERTIFICATE_CHAIN_GENERAL_FAILURE": "NO_CERTIFICATE_CHAIN_FOUND, CHAIN_CONSTRAINTS_FAILURE: found or not",
    "CRYPTO_CONSTRAINTS_FAILURE": "CRYPTO_CONSTRAINTS_FAILURE_NO_POE: a proof may still come to light",
    "EXPIRED": "OUT_OF_BOUNDS_NO_POE: a proof may still come to light",
    "NO_POE": "the sub-indication that lacks the proof is said itself",
    "OUT_OF_BOUNDS_NOT_REVOKED": "OUT_OF_BOUNDS_NO_POE: authorities forget expired certificates",
    "POLICY_PROCESSING_ERROR": "policies are our own data, checked before the start",
    "REVOCATION_OUT_OF_BOUNDS_NO_POE": "TRY_LATER: a word that is too old counts for nothing",
    "SIGNATURE_POLICY_NOT_AVAILABLE": "no signature policy is fetched; its identifier is left to the reader",
    "SIGNED_DATA_NOT_FOUND": "a PDF holds what it signs; digests that are missing: digest_not_supplied",
}


def said_by_the_code() -> set[str]:
    """Reasons of one signature that the sources name."""
    sources = [Path(str(module.__file__)).read_text("utf-8") for module in (judge, assess, paths)]
    whole = "\n".join(sources)
    found = set(re.findall(r'(?:failed|undecided|passed)\("(\w+)"', sources[0])) | judge.UNSUPPORTED
    found |= set(re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', whole)) | {judge.EMPTY, "valid", "stamp_holds"}
    found |= {reason for told in indications._OURS.values() for reason in told}
    of_files = {"no_signature", "timestamped_only", "rendered_differently"}
    return found - of_files


@pytest.mark.parametrize("scene", SCENES)
def test_a_scene_leads_to_its_reason(scene: str) -> None:
    findings, policy, indication, reason = SCENES[scene]
    assert judge.judge(findings, policy) == Verdict(Indication(indication), reason)


def test_every_reason_that_the_code_gives_has_its_scene() -> None:
    assert said_by_the_code() - {reason for *_, reason in SCENES.values()} == set()


@pytest.mark.parametrize("scene", SCENES)
def test_a_reason_has_the_standards_word_and_a_sentence_in_each_language(scene: str) -> None:
    _, _, indication, reason = SCENES[scene]
    word = indications.sub_indication(Verdict(Indication(indication), reason))
    assert (word is None) == (indication == "PASSED")
    assert word is None or word in indications.STANDARD[Indication(indication)]
    assert len({*SENTENCES[reason]}) == len(LANGUAGES)


def test_what_the_standard_knows_is_said_or_there_is_a_reason_why_not() -> None:
    words = {
        indications.sub_indication(Verdict(Indication(indication), reason))
        for _, _, indication, reason in SCENES.values()
    }
    assert words - {None} == frozenset[str]().union(*indications.STANDARD.values()) - NOT_SAID.keys()


def test_a_file_without_a_verdict_on_a_signature_has_a_word_too() -> None:
    for problem in ("encrypted", "not_a_pdf", "reading_crashed"):
        verdict = judge.fold(FileFacts(sha256="", size=0, problem=problem), ())
        assert indications.sub_indication(verdict) == "GENERIC"
    stamped = judge.fold(FileFacts(sha256="", size=0), ((of_stamp(), Verdict(Indication.PASSED, "stamp_holds")),))
    assert (stamped.reason, indications.sub_indication(stamped)) == ("timestamped_only", "GENERIC")


def table() -> str:
    """Markdown: each verdict on a signature, in our word and the standard's, and what shows it."""
    lines = [
        "# Verdicts on one signature, in our words and those of EN 319 102-1",
        "",
        "Made from `test_sub_indications.py`; paths by themselves are in `test_path_cases.py`.",
        "",
        "| Indication | Reason | Sub-indication | Scene |",
        "| --- | --- | --- | --- |",
    ]
    for scene, (_, _, indication, reason) in sorted(SCENES.items(), key=lambda item: (item[1][2:], item[0])):
        word = indications.sub_indication(Verdict(Indication(indication), reason)) or ""
        lines.append(f"| {indication} | {reason} | {word} | {scene} |")
    lines += [
        "",
        "Paths, by the reason that they lead to:",
        "",
        "| Indication | Reason | Cases |",
        "| --- | --- | --- |",
    ]
    grouped: dict[tuple[str, str], list[str]] = {}
    for case, (_, expected) in test_path_cases.CASES.items():
        grouped.setdefault(expected, []).append(case)
    lines += [f"| {one} | {reason} | {len(cases)} |" for (one, reason), cases in sorted(grouped.items())]
    lines += ["", "Not said here:", "", "| Sub-indication | Instead |", "| --- | --- |"]
    lines += [f"| {word} | {instead} |" for word, instead in sorted(NOT_SAID.items())]
    return "\n".join(lines) + "\n"


def test_the_table_is_that_of_the_code() -> None:
    assert TABLE.read_text("utf-8") == table()


if __name__ == "__main__":
    TABLE.write_text(table(), "utf-8")
