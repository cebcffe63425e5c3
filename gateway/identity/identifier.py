"""An identifier never stands alone: who issued it, of what type, which value.

`key` is what look-ups are made by. It is injective: two identifiers share a key only if all three parts are
equal, so that no value of one issuer or type can pass for another's.
"""

from gateway.frozen import Frozen, Hidden


class Identifier(Frozen):
    issuer: str
    type: str
    value: Hidden[str]

    @property
    def key(self) -> str:
        """The three parts as netstrings: each length stands before its part, so the parts cannot run together."""
        return "".join(f"{len(part)}:{part}" for part in (self.issuer, self.type, self.value))


def home_subject(issuer: str, subject: str) -> Identifier:
    """The person as a region of home names them; pairwise at iAM Smart."""
    return Identifier(issuer=issuer, type="subject", value=subject)


def guangdong_account(issuer: str, subject: str) -> Identifier:
    """An account of Guangdong's unified identity platform (`useridcode`)."""
    return Identifier(issuer=issuer, type="guangdong_account", value=subject)
