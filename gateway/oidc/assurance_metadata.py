"""What discovery says of verified claims (OIDC4IDA §8): just what can come out, and nothing when nobody vouches."""

from gateway.identity.claim import CLAIMS
from gateway.identity.verification import AGAINST_RECORD, DOCUMENTS, RECORD


def metadata(trust_frameworks: tuple[str, ...]) -> dict[str, object]:
    """The members, for these trust frameworks."""
    if not trust_frameworks:
        return {"verified_claims_supported": False}
    return {
        "verified_claims_supported": True,
        "trust_frameworks_supported": list(trust_frameworks),
        "claims_in_verified_claims_supported": [claim.name for claim in CLAIMS.values() if claim.verifiable],
        "evidence_supported": ["electronic_record", "document"],
        "electronic_records_supported": [RECORD],
        "documents_supported": list(dict.fromkeys(kind for kind, _ in DOCUMENTS.values())),
        "documents_check_methods_supported": [AGAINST_RECORD],
    }
