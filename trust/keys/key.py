"""What a key is for, the states of its life, and the acts each state allows (NIST SP 800-57 part 1, §7)."""

from enum import StrEnum


class Purpose(StrEnum):
    """One key, one purpose: a key is never used for two of these."""

    SEAL = "seal"  # electronic seals on documents; a certificate chain is attached
    TOKEN = "token"  # OpenID Connect tokens  # noqa: S105 - a purpose, not a password
    DATA = "data"  # personal data at rest
    INDEX = "index"  # keyed look-ups of small number spaces
    PAIRWISE = "pairwise"  # subject identifiers, one for each sector
    RECEIPT = "receipt"  # consent receipts
    TRUST_LIST = "trust_list"  # trust lists that the gateway publishes; a certificate is attached


class State(StrEnum):
    """The life of a key, in order."""

    PUBLISHED = "published"  # others may learn it; nothing is made with it yet
    ACTIVE = "active"  # makes and checks
    RETIRING = "retiring"  # checks what it once made
    RETIRED = "retired"  # kept for what is still sealed under it; no longer published


ALGORITHMS: dict[Purpose, tuple[str, ...]] = {
    Purpose.SEAL: ("P-256", "RSA-2048", "RSA-3072", "Ed25519"),
    Purpose.TOKEN: ("ES256", "RS256", "PS256"),
    Purpose.DATA: ("A256GCM",),
    Purpose.INDEX: ("HS256",),
    Purpose.PAIRWISE: ("HS256",),
    Purpose.RECEIPT: ("ES256",),
    Purpose.TRUST_LIST: ("P-256", "RSA-3072"),
}

NEXT: dict[State, frozenset[State]] = {
    State.PUBLISHED: frozenset({State.ACTIVE, State.RETIRED}),
    State.ACTIVE: frozenset({State.RETIRING, State.RETIRED}),
    # a key put aside too early may be taken up again; a retired one never
    State.RETIRING: frozenset({State.ACTIVE, State.RETIRED}),
    State.RETIRED: frozenset(),
}

MAKES = frozenset({State.ACTIVE})
CHECKS = frozenset({State.PUBLISHED, State.ACTIVE, State.RETIRING})


def objection(purpose: Purpose, algorithm: str) -> str | None:
    """Why a key of this algorithm cannot serve this purpose, or None if it can."""
    return None if algorithm in ALGORITHMS[purpose] else "algorithm_unfit"


def objection_to_change(now: State, then: State) -> str | None:
    """Why a key cannot go from one state to another, or None if it can."""
    return None if then in NEXT[now] else "state_unreachable"
