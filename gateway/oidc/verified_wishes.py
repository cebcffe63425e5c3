"""Reading `verified_claims` in the `claims` parameter (OIDC4IDA §5.3): one element or several, each of two objects.

What stands in them is a wish, and a wish that cannot be met is no error; only what is none is refused. How much of it
there can be is bounded, since it travels with the code until the claims are told.
"""

from collections.abc import Mapping
from typing import Any

import orjson

from gateway.errors import RequestRefused

MOST_ELEMENTS = 5
MOST_CLAIMS = 50
LARGEST = 2048  # bytes of all elements at one place
DEEPEST = 12


def read(value: object) -> tuple[Mapping[str, Any], ...]:
    """The elements. Raises RequestRefused (`invalid_request`)."""
    listed: list[Any] = value if isinstance(value, list) else [value]
    if not 0 < len(listed) <= MOST_ELEMENTS or not all(_is_element(element) for element in listed):
        raise RequestRefused("verified_claims_malformed")
    kept = tuple({name: element[name] for name in ("verification", "claims")} for element in listed)
    if len(orjson.dumps(kept)) > LARGEST or _depth(kept) > DEEPEST:
        raise RequestRefused("verified_claims_too_large")
    return kept


def _is_element(element: Any) -> bool:
    if not isinstance(element, dict):
        return False
    verification, claims = element.get("verification"), element.get("claims")
    return (
        isinstance(verification, dict)
        and isinstance(claims, dict)
        and len(claims) <= MOST_CLAIMS
        and all(wish is None or isinstance(wish, dict) for wish in claims.values())
        and _conditions_hold((verification, claims))
    )


def _conditions_hold(value: Any) -> bool:
    """OIDC Core §5.5.1, wherever a condition stands: `values` is an array, `max_age` a number of seconds."""
    if isinstance(value, dict):
        age = value.get("max_age", 0)
        well = isinstance(value.get("values", []), list) and (
            isinstance(age, dict) or age is None or (type(age) in (int, float) and age >= 0)
        )
        return well and all(_conditions_hold(one) for one in value.values())
    return not isinstance(value, list | tuple) or all(_conditions_hold(one) for one in value)


def _depth(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + max(map(_depth, value.values()), default=0)
    return 1 + max(map(_depth, value), default=0) if isinstance(value, list | tuple) else 0
