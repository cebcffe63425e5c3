"""Traditional to Simplified through OpenCC, loaded once, for comparing names and never for showing them."""

from functools import lru_cache

import opencc

from gateway.identity.person_name import Simplify

# knows Hong Kong's own glyphs (衞, 裏) as well as the usual ones
_TABLE = "hk2s"


def simplifier() -> Simplify:
    """A function for one character; what it has answered before is remembered."""
    convert = opencc.OpenCC(_TABLE).convert

    @lru_cache(maxsize=8192)
    def simplify(character: str) -> str:
        simple = convert(character)
        assert isinstance(simple, str)
        return simple

    return simplify
