"""Whether a claim may travel from where it is held to where the agency sits: allowed, to be asked, or refused.

Within one place ordinary consent is enough. Across a border every flow needs a basis that somebody has configured,
for these claims, and that is in force: a filed Greater Bay Area standard contract, a statute, or a separate consent
(PIPL 38, 39; Law 8/2005 of Macau, Art. 19, 20). What no basis covers is refused.
"""

from collections.abc import Iterable
from datetime import datetime
from functools import lru_cache

from gateway.frozen import Frozen
from gateway.identity.claim import CLAIMS, PERMISSIONS, Holder
from gateway.identity.region import Region
from gateway.identity.transfer_ground import Ground

# The standard contracts bind Guangdong's nine cities with one of the two regions, both ways, and nobody else.
CONTRACT_PAIRS: dict[Ground, frozenset[str]] = {
    Ground.STANDARD_CONTRACT_HK: frozenset({Region.HONG_KONG, Region.GUANGDONG}),
    Ground.STANDARD_CONTRACT_MO: frozenset({Region.MACAU, Region.GUANGDONG}),
}


class TransferBasis(Frozen):
    """A configured basis: from, to, which claims, on what ground, under which filing or article, until when."""

    source: str
    destination: str
    ground: Ground
    reference: str  # filing number, article, or the notice that asks
    claims: frozenset[str]
    valid_until: datetime | None = None


class Allowed(Frozen, kw_only=False):
    """It may go; `basis` is None within one place."""

    basis: TransferBasis | None


class Ask(Frozen, kw_only=False):
    """It may go if the person agrees to just that."""

    basis: TransferBasis


class Refused(Frozen, kw_only=False):
    """It may not go; the agency and the person are told why."""

    reason: str


Transfer = Allowed | Ask | Refused


@lru_cache(maxsize=1024)  # each is asked about at every step of a sign-in
def objection(basis: TransferBasis) -> str | None:
    """Why this configured basis cannot be one, or None."""
    if not basis.reference.strip():
        return "transfer_basis_without_reference"
    if not basis.claims <= CLAIMS.keys():
        return "transfer_basis_of_unknown_claim"
    pair = CONTRACT_PAIRS.get(basis.ground)
    if pair is not None and {basis.source, basis.destination} != pair:
        return "transfer_basis_outside_its_contract"
    return None


def source(claim: str, home: Region) -> str:
    """Where a claim would travel from."""
    return home.value if CLAIMS[claim].holder is Holder.HOME else Region.GUANGDONG.value


def assess(claim: str, *, home: Region, destination: str, bases: Iterable[TransferBasis], at: datetime) -> Transfer:
    """Allowed, to be asked, or refused. A ground that needs no question is preferred to one that does."""
    if claim in PERMISSIONS:
        return Allowed(None)
    if claim not in CLAIMS:
        return Refused("claim_unknown")
    origin = source(claim, home)
    if origin == destination:
        return Allowed(None)
    of_route = [
        basis
        for basis in bases
        if basis.source == origin
        and basis.destination == destination
        and claim in basis.claims
        and not objection(basis)
    ]
    if not of_route:
        return Refused("no_transfer_basis")
    in_force = [basis for basis in of_route if basis.valid_until is None or at < basis.valid_until]
    if not in_force:
        return Refused("transfer_basis_expired")
    silent = next((basis for basis in in_force if basis.ground is not Ground.SEPARATE_CONSENT), None)
    return Allowed(silent) if silent is not None else Ask(in_force[0])
