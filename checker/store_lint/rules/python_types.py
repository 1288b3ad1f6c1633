"""Of which Python type a value is, as far as drivers and type checkers care."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from store_lint.flow.values import Instance, Pending, SelfObject, type_name
from store_lint.tree.program import External, LocalClass

if TYPE_CHECKING:
    from store_lint.flow.values import Atom
    from store_lint.rules.base import Context

_KNOWN: Final = frozenset(
    {"str", "int", "float", "bool", "bytes", "list", "tuple", "set", "frozenset", "dict"}
    | {"datetime.datetime", "datetime.date", "datetime.time", "datetime.timedelta"}
    | {"uuid.UUID", "decimal.Decimal"}
)
_PLAIN_BASES: Final = frozenset(
    {"object", "builtins.object", "abc.ABC", "pydantic.BaseModel", "pydantic.main.BaseModel"}
)
_VALUE_BASES: Final[dict[str, str]] = {
    "str": "str",
    "builtins.str": "str",
    "int": "int",
    "builtins.int": "int",
    "enum.StrEnum": "str",
    "enum.IntEnum": "int",
    "enum.Enum": "enum",
}


def python_type(atom: Atom, context: Context) -> tuple[str, str] | None:
    """The type of a value and the name to show for it; None where that is not known.

    The type is a builtin's name, a dotted name of the standard library, 'enum' for a member of a plain
    Enum, and 'object' for an instance of a class that derives from none of these.
    """
    if isinstance(atom, Pending):
        return ("object", "coroutine") if not atom.by else None
    if isinstance(atom, SelfObject):
        return None
    if isinstance(atom, Instance) and isinstance(atom.cls, LocalClass):
        return _of_class(atom.cls, context)
    name = type_name(atom)
    if name in _KNOWN:
        return name, name
    if name is not None and name.startswith("chatkit.") and context.api.is_model(name):
        return "object", name.rpartition(".")[2]
    return None


def _of_class(cls: LocalClass, context: Context) -> tuple[str, str] | None:
    lineage = context.program.lineage(cls)
    if not lineage.complete or context.program.metaclass(cls):
        return None
    for base in lineage.classes:
        if not isinstance(base, External):
            continue
        if base.dotted in _VALUE_BASES:
            return _VALUE_BASES[base.dotted], cls.name
        if base.dotted not in _PLAIN_BASES and not context.api.is_model(base.dotted):
            return None
    return "object", cls.name
