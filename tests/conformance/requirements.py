"""What the product promises of federation and of trust, line by line, and the tests that hold it to that.

A proof is a file of tests below tests/, or one test in it (`file::test`). `open` says what no test holds, and why.
"""

from dataclasses import dataclass

SPEED = "measured by `make bench`, kept in tests/bench/RESULTS.md"


@dataclass(frozen=True, kw_only=True)
class Requirement:
    """One line of the list."""

    words: str
    proofs: tuple[str, ...] = ()
    open: str = ""


def _of(words: str, *proofs: str, open_: str = "") -> Requirement:
    return Requirement(words=words, proofs=proofs, open=open_)


PROVIDER = (
    _of(
        "OpenID Connect Core by code: prompts, hints, locales, claims, acr_values; discovery; userinfo; form_post",
        "conformance/test_oidcc_basic.py",
        "flows/test_provider.py",
        "flows/test_provider_userinfo.py",
        "unit/gateway/oidc/test_request_checks.py",
    ),
    _of(
        "FAPI 2.0 Security Profile by default: PAR, S256, private_key_jwt, DPoP with nonces, `iss` in responses",
        "conformance/test_fapi2_security_profile.py",
        "flows/test_provider_dpop.py",
        "flows/test_provider_dpop_nonce.py",
        "flows/test_provider_replays.py",
        "unit/gateway/oidc/test_client_assertion.py",
        "unit/gateway/oidc/test_dpop.py",
    ),
    _of(
        "Message Signing on request: signed requests, JARM, signed introspection",
        "conformance/test_fapi2_message_signing.py",
        "flows/test_peer_clients_message_signing.py",
    ),
    _of("Tokens bound to client certificates behind a proxy (RFC 8705)", "flows/test_provider_mutual_tls.py"),
    _of(
        "A plain profile only where an operator marks the client, and no way back to it from FAPI",
        "conformance/test_fapi2_security_profile.py",
        "flows/test_provider_operators.py::test_a_client_that_cannot_be_trusted_is_not_enrolled",
    ),
    _of(
        "JWT access tokens, introspection, revocation",
        "flows/test_provider_tokens.py",
        "unit/gateway/flows/test_own_tokens.py",
    ),
    _of(
        "Refresh tokens in families, reuse noticed; a code or token is used up in one statement, replay revokes",
        "flows/test_provider_refresh.py",
        "unit/gateway/oidc/test_refresh_token.py",
        "conformance/test_oidcc_basic.py::test_codereuse",
        "contracts/test_provider_storage.py",
    ),
    _of("Token exchange with `act`, within the consent (RFC 8693)", "flows/test_provider_exchange_token.py"),
    _of(
        "Device authorization for kiosks and counters (RFC 8628)",
        "flows/test_provider_device.py",
        "flows/test_agency_terminal.py",
        "flows/test_peer_clients_device.py",
    ),
    _of("Step-up challenges (RFC 9470)", "flows/test_provider_step_up.py", "unit/gateway/oidc/test_step_up.py"),
    _of(
        "Rich authorization requests bound to record and purpose (RFC 9396)",
        "flows/test_consent_check.py",
        "unit/gateway/identity/test_check.py",
    ),
    _of(
        "Pairwise subjects per agency, alike in every token, with key versions and imports",
        "flows/test_subjects.py",
        "unit/gateway/identity/test_subject.py",
        "contracts/test_subjects_storage.py",
    ),
    _of(
        "Assurance as `acr`, and verified claims that say who checked which document",
        "conformance/test_ekyc.py",
        "unit/gateway/identity/test_verified_claims.py",
        "unit/gateway/identity/test_assurance.py",
    ),
    _of(
        "Only claims that are asked, allowed, consented and lawful; the reason of each refusal",
        "flows/test_further_claims.py",
        "unit/gateway/identity/test_release.py",
        "unit/gateway/identity/test_transfer.py",
    ),
    _of(
        "Logout by the agency and by back channel, delivered durably; sessions that the resident ends",
        "conformance/test_oidcc_logout.py",
        "flows/test_sign_in_ends_are_told.py",
        "flows/test_sign_in_links.py",
    ),
    _of("Security event tokens about what changed for a person (RFC 8417, 8935)", "flows/test_security_events.py"),
    _of(
        "Keys published before use, rotated by schedule or at once, without a failed sign-in",
        "unit/gateway/oidc/test_key_rotation.py",
        "flows/test_provider_tokens.py::test_a_key_rotation_fails_no_token",
        "flows/test_four_workers.py::test_nobody_s_sign_in_fails",
    ),
    _of(
        "Partners' keys from their address: kept, refetched within a budget, last good ones, a warning in time",
        "flows/test_provider_client_keys.py",
        "unit/gateway/oidc/test_key_health.py",
    ),
    _of(
        "Registration by operator, by signed request with approval, and by RFC 7591/7592",
        "flows/test_provider_operators.py",
        "flows/test_partner_registration.py",
        "conformance/test_oidcc_dynamic.py",
        "flows/test_registration_management.py",
        "flows/test_peer_clients_registration.py",
    ),
    _of(
        "Each partner sees its own errors, by clause, without personal data",
        "flows/test_partner_errors.py",
        "unit/gateway/oidc/test_integration_error.py",
        "unit/pwa/pages/test_partners.py",
    ),
    _of("Limits per partner, with the time to come again", "flows/test_provider_limits.py"),
    _of(
        "OpenAPI 3.1 from the code; a guide whose examples run",
        "guards/test_openapi.py",
        "flows/test_api_description.py",
        "flows/test_examples.py",
        "guards/test_guide.py",
    ),
    _of(
        "Our client side towards the platforms, by the suite's names",
        "conformance/test_rp_basic.py",
        "conformance/test_rp_fapi2.py",
        "contracts/test_regions.py",
    ),
    _of(
        "oauth4webapi and openid-client in full FAPI 2.0 flows; oidc-provider as an upstream",
        "flows/test_peer_clients.py",
        "flows/test_peer_clients_dpop.py",
        "flows/test_peer_clients_dpop_nonce.py::test_oauth4webapi_goes_through_everything_at_once",
        "flows/test_peer_upstream.py",
    ),
    _of("Wycheproof's JOSE vectors: none of the invalid accepted", "conformance/test_wycheproof.py"),
    _of(
        "Attacks on JWTs, at every entrance",
        "conformance/test_jwt_entrances.py",
        "unit/gateway/oidc/test_jws_attacks.py",
    ),
    _of("Requests drawn from the OpenAPI document meet no failure", "flows/test_api_fuzzed.py"),
    _of(
        "Bad input at every endpoint: the standard's error, an incident id, no trace",
        "flows/test_bad_input.py",
        "flows/test_provider_bad_input.py",
        "flows/test_provider_bad_parameters.py",
        "flows/test_registration_anything.py",
        "flows/test_bad_input_documents.py",
        "flows/test_bad_input_privacy.py",
        "guards/test_endpoints.py",
    ),
    _of(
        "Four workers, two tabs, a restart, a rotation; a race of fifty for one code",
        "flows/test_four_workers.py",
        "flows/test_provider_races.py::test_of_fifty_that_redeem_one_code_one_gets_tokens",
        "flows/test_restart.py",
    ),
    _of("A slow platform stops nobody else", "flows/test_slow_region.py"),
    _of("Pages without scripts, with stable ids", "guards/test_templates.py", "flows/test_journey_ways_out.py"),
    _of("Operations per processor second beside oidc-provider, and memory", open_=SPEED),
)

TRUST = (
    _of(
        "PAdES B-B to B-LTA with RSA, ECDSA, Ed25519; approval, certification, several signatures",
        "flows/test_seal_kinds.py",
        "flows/test_seal_and_verify.py",
    ),
    _of(
        "Visible, dated seals with CJK, image and code; PDF/A and PDF/UA kept or said not to be",
        "unit/trust/pades/test_mark.py",
        "unit/trust/pades/test_occupied.py",
        "unit/trust/pades/test_structure.py",
        "unit/trust/signing/test_placement.py",
        "flows/test_seal_kinds.py::test_of_an_archive_file_it_is_said_what_became_of_it",
    ),
    _of(
        "Keys in a file, in a hardware token, with a trust service; never where foreign files are read",
        "unit/trust/custody/test_key_store.py",
        "unit/trust/custody/test_token_device.py",
        "unit/trust/custody/test_remote_device.py",
        "flows/test_keys_and_parsers_apart.py",
    ),
    _of(
        "Residents sign in two steps, on a page that says what; only a digest leaves",
        "flows/test_sign_with_iam_smart.py",
        "flows/test_sign_with_esign_cloud.py",
        "unit/trust/custody/test_cloud_signer.py",
        "browser/test_person_signs.py",
    ),
    _of(
        "Timestamps with fall-over and checks; revocation data once and kept",
        "unit/trust/network/test_timestamps.py",
        "unit/trust/network/test_revocation.py",
    ),
    _of(
        "Receipts and reports as tagged PDF/A-3 with what is signed attached",
        "unit/trust/pades/test_receipt_pdf.py",
        "unit/trust/pades/test_report_pdf.py",
        "flows/test_consent_receipts.py",
    ),
    _of("Sealing in bulk, resumable", "flows/test_seal_many.py", "flows/test_issue_batches.py"),
    _of(
        "Trust lists: signed, versioned, with history, from a reviewed source; fail closed, last good",
        "flows/test_trust_lists.py",
        "unit/trust/anchors/test_source.py",
        "unit/trust/anchors/test_trust_list.py",
        "unit/trust/trust_lists/test_verify.py",
        "contracts/test_trust_list_oracles.py",
    ),
    _of(
        "Mutual recognition: five conditions as of signing time, each by itself; Macau and others",
        "unit/trust/anchors/test_recognition.py",
        "flows/test_trust_lists_in_verdicts.py",
    ),
    _of(
        "ETSI EN 319 102-1: processes chosen by the signature, the standard's words, a sentence in four languages",
        "unit/trust/validation/test_sub_indications.py",
        "unit/trust/validation/test_sentences.py",
        "unit/trust/validation/test_report_forms.py::test_the_process_chooses_itself",
    ),
    _of(
        "The same file, snapshot, policy and time give the same bytes, without a network",
        "flows/test_trust_lists_in_verdicts.py::test_the_same_file_snapshot_and_time_give_the_same_bytes",
        "flows/test_seal_and_verify_commands.py::test_a_report_is_made_again_byte_for_byte_without_asking_anybody",
    ),
    _of("Policies as data; a seal allows only long-term updates", "attacks/test_policies.py"),
    _of(
        "Several readings agree, or it is a finding; every kind of attack is recognised and none passes",
        "attacks/test_attacks.py",
        "unit/trust/pades/test_broken_updates.py",
        "unit/trust/pades/test_mentions.py",
    ),
    _of(
        "The legal regime of each signature: met, not met, not checked",
        "attacks/test_policies.py::test_each_territory_is_judged_by_its_own_law",
        "flows/test_seal_and_verify_commands.py::test_the_law_is_told_condition_by_condition",
    ),
    _of(
        "SM2 and SM3: the standards' vectors, OpenSSL as the other opinion, messages, seals, acts of two halves",
        "unit/trust/guomi/test_sm2.py",
        "unit/trust/guomi/test_sm3.py",
        "unit/trust/guomi/test_openssl.py",
        "unit/trust/guomi/test_message.py",
        "unit/trust/guomi/test_seal.py",
        "unit/trust/guomi/test_dual.py",
        "unit/trust/pades/test_guomi_reader.py",
    ),
    _of(
        "Reports as JSON by schema, as ETSI TS 119 102-2 XML, as a signed PDF, as a page",
        "unit/trust/validation/test_report_forms.py",
        "unit/trust/pades/test_report_pdf.py",
        "unit/pwa/pages/test_verify.py",
    ),
    _of(
        "An API for agencies: one file, many, digests alone; `gba verify` for folders and lists",
        "flows/test_agency_verifies.py",
        "flows/test_verification_batches.py",
        "flows/test_seal_and_verify_commands.py",
    ),
    _of(
        "Foreign files are read in a bounded worker; whatever happens is a verdict",
        "unit/trust/pades/test_contained.py",
        "unit/trust/pades/test_contained_survey.py",
    ),
    _of(
        "Interoperability: pdfsig, mutool and pyHanko find our seals valid, and we their signatures",
        "flows/test_seal_kinds.py",
        "flows/test_seal_and_verify_with_others.py",
        "attacks/test_foreign_signatures.py",
    ),
    _of(
        "Paths of certificates in the manner of PKITS; silence about an ended one says nothing",
        "unit/trust/validation/test_path_cases.py",
        "unit/trust/validation/test_ended_certificates.py",
    ),
    _of("The quick verdict and the slow one agree, or ours is the safer", "contracts/test_second_opinion.py"),
    _of(
        "An hour of fuzzing without a crash, hang or 512 MB",
        open_="no test of the suite runs so long; tests/fuzz/RESULTS.md",
    ),
    _of("Seals and verdicts a second beside pyHanko and pdfsig; cost by what changed", open_=SPEED),
)

LISTS = {
    "The provider at FAPI 2.0 strength": PROVIDER,
    "Trust: signing and verifying": TRUST,
}
