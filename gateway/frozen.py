"""What a value is in this project: `class Box(Frozen)`, made by keywords, never changed, compared by what it holds.

A struct of msgspec and no dataclass: a dataclass writes and compiles its methods when it is imported, and sets each
field by a call of its own when it is made (ARCHITECTURE.md, "A value is a struct"). Trust has the same room: neither
knows the other.
"""

from typing import Annotated, Any, TypeVar, dataclass_transform

import msgspec

Kind = TypeVar("Kind")

HIDDEN = "hidden"
Hidden = Annotated[Kind, HIDDEN]  # about a person, or opens a door: never printed


class FrozenType(msgspec.StructMeta):
    """Structs whose fields are given by their names and stay as they are, without saying so in every class."""

    def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], **how: Any) -> Any:
        """The class, with the options that it gives itself before ours."""
        return super().__new__(cls, name, bases, body, **{"frozen": True, "kw_only": True} | how)


@dataclass_transform(kw_only_default=True, frozen_default=True, field_specifiers=(msgspec.field,))
class Frozen(msgspec.Struct, frozen=True, kw_only=True, metaclass=FrozenType):
    """The base of values. Another one with some fields changed: `msgspec.structs.replace(value, field=...)`."""

    def __repr__(self) -> str:
        """The name and the fields, without those that are hidden."""
        shown = (f"{name}={value!r}" for name, value in self.__rich_repr__())
        return f"{type(self).__name__}({', '.join(shown)})"

    def __rich_repr__(self) -> Any:
        """The fields that may be printed, as (name, value)."""
        secret = hidden(type(self))
        return ((name, getattr(self, name)) for name in self.__struct_fields__ if name not in secret)


def hidden(kind: type) -> frozenset[str]:
    """The names of the fields that are never printed."""
    hints = {name: hint for base in kind.__mro__ for name, hint in getattr(base, "__annotations__", {}).items()}
    return frozenset(name for name, hint in hints.items() if HIDDEN in getattr(hint, "__metadata__", ()))
