"""What we take from a region, as data that a lawyer can read; everything else is dropped at the connector."""

from collections.abc import Mapping

from gateway.frozen import Frozen
from gateway.identity.region import Region


class AttributeRule(Frozen):
    """One attribute: what the region calls it, what it is here, whether a binding can do without it."""

    theirs: str
    ours: str
    required: bool
    verified: bool  # by the region, as a rule; a flag of the region's own may say otherwise


class RegionProfile(Frozen):
    """A region in words."""

    code: Region
    platform: Mapping[str, str]  # its name by language
    attributes: tuple[AttributeRule, ...]
    ignored: tuple[str, ...]  # sent or on offer, and deliberately not taken

    @property
    def required(self) -> tuple[str, ...]:
        """Their names of what a binding cannot do without."""
        return tuple(rule.theirs for rule in self.attributes if rule.required)
