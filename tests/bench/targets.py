"""What the bench must reach: one case so many times as often a CPU-second as another, in the same run."""

import statistics
from collections.abc import Mapping
from dataclasses import dataclass

from tests.bench.measure import Slices


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A case against its peer."""

    case: str
    peer: str
    times: float
    words: str


TARGETS = (
    Target(
        case="sealing:seal-plain",
        peer="sealing:pyhanko-seal",
        times=4,
        words="sealing 50 KB at B-LTA, P-256, beside pyHanko's plain calls",
    ),
    Target(
        case="sealing:seal-rsa",
        peer="sealing:pyhanko-seal-rsa",
        times=6,
        words="sealing 50 KB at B-LTA, RSA-2048, beside pyHanko's plain calls",
    ),
    Target(
        case="gateway through a platform:oidc",
        peer="oidc-provider as a proxy:oidc",
        times=1.5,
        words="sign-in through a platform, beside oidc-provider and openid-client as a proxy",
    ),
    *(
        Target(
            case=f"two workers, PostgreSQL:{name}",
            peer=f"oidc-provider, two processes, Redis:{name}",
            times=1.2,
            words=f"two workers over PostgreSQL beside two processes of oidc-provider over Redis: {name}",
        )
        for name in ("oidc", "oidc-again", "client-credentials")
    ),
)


def reached(found: Mapping[str, Slices]) -> list[tuple[Target, float]]:
    """Of each target whose two cases were measured, the ratio of the medians."""
    return [
        (target, _median(found[target.case]) / _median(found[target.peer]))
        for target in TARGETS
        if target.case in found and target.peer in found
    ]


def lines(found: Mapping[str, Slices]) -> list[str]:
    """One line a target: pass or fail, what was reached, what was asked."""
    return [
        f"{'pass' if ratio >= target.times else 'FAIL'}  {target.words}: {ratio:.2f} times (asked: {target.times:g})"
        for target, ratio in reached(found)
    ]


def _median(slices: Slices) -> float:
    return statistics.median(slices.per_cpu_second)
