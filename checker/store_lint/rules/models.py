"""What chatkit's models make of what they are given: the keys they have, need and ignore."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from store_lint.chatkit_api import Alias, Class
from store_lint.flow.state import in_order
from store_lint.flow.values import (
    BuiltMapping,
    BuiltSequence,
    Constant,
    Instance,
    Nothing,
    Unset,
    join,
)
from store_lint.tree.shape import MODEL_API

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    import libcst as cst

    from store_lint.chatkit_api import Api
    from store_lint.flow.types import Types
    from store_lint.flow.values import State, Value

_OF_CLASSES = frozenset(dir(type))
_BASES = ("pydantic.BaseModel", "typing.Generic")


@dataclass(frozen=True, slots=True)
class Given:
    """What a call, or a dict, gives to a model by name."""

    values: dict[str, Value]
    maybe: frozenset[str] = frozenset()
    """Names that are given on some paths only."""
    open: bool = False
    """Whether others may be given too."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """Names that no class of `classes` has, or names that all of them need and are not given."""

    kind: Literal["unknown", "missing"]
    names: tuple[str, ...]
    classes: tuple[str, ...]
    trail: str
    """Where the dict stands in what was given: '' for itself, 'content[0]' for a part of it."""
    site: cst.CSTNode | None = None
    """The expression that builds the dict; None for the keywords of the call itself."""


class Models:
    """The models of one chatkit release."""

    def __init__(self, api: Api, types: Types) -> None:
        self.api = api
        self._types = types

    def is_model(self, cls: object) -> bool:
        """Whether a class is a chatkit model about which all is known."""
        return (
            isinstance(cls, str)
            and cls.startswith("chatkit.")
            and self.api.is_model(cls)
            and all(base.startswith(_BASES) for base in self.api.external_bases(cls))
        )

    def takes(self, cls: str, name: str) -> bool:
        """Whether a keyword is taken: by a field, or since the model takes all."""
        if self.api.model_extra(cls) != "ignore":
            return True
        fields = self.api.model_fields(cls)
        return name in fields or any(field.alias == name for field in fields.values())

    def has(self, cls: str, name: str) -> bool:
        """Whether an instance has an attribute."""
        return (
            name.startswith("_")
            or name in self.api.model_fields(cls)
            or name in MODEL_API
            or self.api.model_extra(cls) == "allow"
            or name in self.api.methods(cls)
            or any(name in owner.class_attributes for owner in self.api.mro(cls))
        )

    def has_itself(self, cls: str, name: str) -> bool:
        """Whether reading an attribute from the class itself is no business of this rule."""
        return name in _OF_CLASSES or self.has(cls, name)

    def subclasses(self, cls: str) -> Iterator[str]:
        """The models of chatkit that derive from another."""
        for module in ("chatkit.types", "chatkit.widgets", "chatkit.agents"):
            for name in self.api.names(module):
                found = self.api.lookup(f"{module}.{name}")
                if (
                    isinstance(found, Class)
                    and found.qualname != cls
                    and self.api.is_subclass(found.qualname, cls)
                ):
                    yield found.qualname

    def shown(self, classes: tuple[str, ...]) -> str:
        """The classes as code names them: a union by its alias."""
        if len(classes) > 1:
            for name in sorted(self.api.names("chatkit.types")):
                alias = self.api.lookup(f"chatkit.types.{name}")
                if isinstance(alias, Alias) and set(self.api.members(alias.qualname)) == set(classes):
                    return f"`{name}`"
        names = [f"`{cls.rpartition('.')[2]}`" for cls in classes]
        return " and ".join([", ".join(names[:-1]), names[-1]] if len(names) > 1 else names)

    # What is given

    def mistakes(self, classes: tuple[str, ...], given: Given, state: State) -> Iterator[Mistake]:
        """What is wrong with what a call gives to (one of) the classes."""
        yield from self._names(classes, given, "", None)
        if len(classes) == 1:
            yield from self._fields(classes[0], given, state, "")

    def unknown(self, classes: tuple[str, ...], names: Iterable[str]) -> list[str]:
        return [name for name in names if not any(self.takes(cls, name) for cls in classes)]

    def _names(
        self, classes: tuple[str, ...], given: Given, trail: str, site: cst.CSTNode | None
    ) -> Iterator[Mistake]:
        unknown = self.unknown(classes, given.values)
        if unknown:
            yield Mistake("unknown", tuple(unknown), classes, trail, site)
        if given.open:
            return
        needed = [self._missing(cls, given) for cls in classes]
        missing = tuple(name for name in needed[0] if all(name in other for other in needed))
        if missing:
            yield Mistake("missing", missing, classes, trail, site)

    def _missing(self, cls: str, given: Given) -> list[str]:
        return [
            name
            for name, field in self.api.model_fields(cls).items()
            if field.required and name not in given.values and field.alias not in given.values
        ]

    def _fields(self, cls: str, given: Given, state: State, trail: str) -> Iterator[Mistake]:
        """The dicts from which pydantic makes models for the fields."""
        fields = self.api.model_fields(cls)
        for name, of in given.values.items():
            field = fields.get(name)
            if field is not None:
                inner = f"{trail}.{name}" if trail else name
                yield from self.parts(self._types.text(field.type), of, state, inner)

    def parts(self, expected: Value, of: Value, state: State, trail: str) -> Iterator[Mistake]:
        """What is wrong with the dicts in a value that is validated as of the type `expected`."""
        if len(of) != 1:
            return
        (atom,) = of
        items = state.items(atom)
        if isinstance(atom, BuiltSequence) and items is not None and items.known is not None:
            lists = [a for a in expected if isinstance(a, Instance) and a.cls == "list" and a.args]
            if len(lists) == 1:
                for index, item in enumerate(items.known):
                    yield from self.parts(lists[0].args[0], item, state, f"{trail}[{index}]")
        entries = state.entries(atom)
        if not isinstance(atom, BuiltMapping) or entries is None:
            return
        given = Given(dict(entries.known), entries.maybe, entries.open)
        classes = self._candidates(expected, given)
        if not classes:
            return
        yield from self._names(classes, given, trail, atom.site)
        if len(classes) == 1:
            yield from self._fields(classes[0], given, state, trail)

    def _candidates(self, expected: Value, given: Given) -> tuple[str, ...]:
        """The classes as which a dict may be read; empty where it may be read as something else."""
        classes: list[str] = []
        for atom in expected:
            if isinstance(atom, (Nothing, Unset, Constant)):
                continue
            if not isinstance(atom, Instance) or not isinstance(atom.cls, str):
                return ()
            if atom.cls in ("str", "int", "float", "bool", "bytes", "list"):
                continue
            symbol = self.api.lookup(atom.cls) if atom.cls.startswith("chatkit.") else None
            if not isinstance(symbol, Class) or symbol.kind not in ("model", "typeddict"):
                return ()
            classes.append(atom.cls)
        return tuple(sorted(cls for cls in classes if self._may_be_read_as(cls, given)))

    def _may_be_read_as(self, cls: str, given: Given) -> bool:
        for name, field in self.api.model_fields(cls).items():
            of = given.values.get(name)
            if not field.literals or of is None:
                continue
            consts = [a.value for a in of if isinstance(a, Constant)]
            if len(consts) == len(of) and not set(consts) & set(field.literals):
                return False
        return True


def given_by(atoms: Value, state: State) -> Given | None:
    """What `**value` gives; None where nothing of it is known."""
    merged: Given | None = None
    is_open = False
    for atom in in_order(state, atoms):
        entries = state.entries(atom)
        if entries is None:
            is_open = True
            continue
        one = Given(dict(entries.known), entries.maybe, entries.open)
        merged = one if merged is None else _either(merged, one)
    if merged is None or not is_open:
        return merged
    return Given(merged.values, merged.maybe | merged.values.keys(), open=True)


def _either(left: Given, right: Given) -> Given:
    values = dict(left.values)
    for name, of in right.values.items():
        values[name] = join(values[name], of) if name in values else of
    one_sided = left.values.keys() ^ right.values.keys()
    return Given(values, left.maybe | right.maybe | one_sided, left.open or right.open)
