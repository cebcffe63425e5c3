"""Our reasons in the standard's words: the sub-indication of EN 319 102-1 §5.1.3, and the process that led to it.

Where the standard has a word the reason is that word already. A reason of ours, in lower case, says more closely what
the standard's word leaves open: the report tells both.
"""

from trust.validation.verdict import Indication, Verdict

# What the standard knows, by indication
STANDARD: dict[Indication, frozenset[str]] = {
    Indication.PASSED: frozenset(),
    Indication.FAILED: frozenset({"FORMAT_FAILURE", "HASH_FAILURE", "SIG_CRYPTO_FAILURE", "REVOKED", "NOT_YET_VALID"}),
    Indication.INDETERMINATE: frozenset(
        {
            "SIG_CONSTRAINTS_FAILURE",
            "CHAIN_CONSTRAINTS_FAILURE",
            "CERTIFICATE_CHAIN_GENERAL_FAILURE",
            "CRYPTO_CONSTRAINTS_FAILURE",
            "EXPIRED",
            "NOT_YET_VALID",
            "POLICY_PROCESSING_ERROR",
            "SIGNATURE_POLICY_NOT_AVAILABLE",
            "TIMESTAMP_ORDER_FAILURE",
            "NO_SIGNING_CERTIFICATE_FOUND",
            "NO_CERTIFICATE_CHAIN_FOUND",
            "REVOKED_NO_POE",
            "REVOKED_CA_NO_POE",
            "OUT_OF_BOUNDS_NOT_REVOKED",
            "OUT_OF_BOUNDS_NO_POE",
            "REVOCATION_OUT_OF_BOUNDS_NO_POE",
            "CRYPTO_CONSTRAINTS_FAILURE_NO_POE",
            "NO_POE",
            "TRY_LATER",
            "SIGNED_DATA_NOT_FOUND",
            "GENERIC",
        }
    ),
}
# Our reasons that are not the standard's words under this indication
_OURS: dict[Indication, dict[str, str]] = {
    Indication.FAILED: {
        "modified_after_signing": "FORMAT_FAILURE",
        "modified_against_certification": "FORMAT_FAILURE",
        "annotated_after_signing": "FORMAT_FAILURE",
        "signed_after_sealing": "FORMAT_FAILURE",
        "described_otherwise_after_sealing": "FORMAT_FAILURE",
        "seal_not_genuine": "SIG_CRYPTO_FAILURE",
        "seal_of_others": "FORMAT_FAILURE",
        "SIG_CONSTRAINTS_FAILURE": "FORMAT_FAILURE",  # a token whose certificate was exchanged on the way
    },
    Indication.INDETERMINATE: {
        "annotated_after_signing": "SIG_CONSTRAINTS_FAILURE",
        "covered_after_signing": "SIG_CONSTRAINTS_FAILURE",
        "form_filled_after_signing": "SIG_CONSTRAINTS_FAILURE",
        "level_below_policy": "SIG_CONSTRAINTS_FAILURE",
        "time_not_proved": "SIG_CONSTRAINTS_FAILURE",
        "timestamp_broken": "SIG_CONSTRAINTS_FAILURE",
        "rendered_differently": "SIG_CONSTRAINTS_FAILURE",
        "seal_not_understood": "SIG_CONSTRAINTS_FAILURE",
        "seal_out_of_use": "SIG_CONSTRAINTS_FAILURE",
        "seal_maker_not_trusted": "NO_CERTIFICATE_CHAIN_FOUND",
        "trust_list_expired": "NO_CERTIFICATE_CHAIN_FOUND",  # the standard leaves the state of lists to the policy
        # a timestamp that does not cover what it claims to, or was not made by its certificate's holder
        "HASH_FAILURE": "SIG_CONSTRAINTS_FAILURE",
        "SIG_CRYPTO_FAILURE": "SIG_CONSTRAINTS_FAILURE",
    },
}
# What leads to a level (EN 319 142-1 §6) is the process that judges it (EN 319 102-1 §5.3, §5.5, §5.6)
PROCESSES = {"B-B": "basic", "B-T": "with_time", "B-LT": "with_time", "B-LTA": "long_term"}


def sub_indication(verdict: Verdict) -> str | None:
    """The standard's word for the reason; none where something passed."""
    if verdict.passed:
        return None
    if verdict.reason in STANDARD[verdict.indication]:
        return verdict.reason
    other = "FORMAT_FAILURE" if verdict.indication is Indication.FAILED else "GENERIC"
    return _OURS[verdict.indication].get(verdict.reason, other)


def process(level: str, *, proved: str) -> str:
    """Which of the standard's processes was chosen, by what the signature brings along."""
    if level in PROCESSES:
        return PROCESSES[level]
    return {"archive_timestamp": "long_term", "signature_timestamp": "with_time"}.get(proved, "basic")
