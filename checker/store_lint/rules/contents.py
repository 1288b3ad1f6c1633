"""What pydantic makes of a value for a field of a chatkit model: does it fit, and if not, why.

Tried with pydantic 2: a list field takes lists, tuples, sets and iterators, and no string, dict or
single model; a model field takes its own instances, subclasses' too, and dicts of the right shape, and
no instance of another model, whatever its fields; a union with a discriminator goes by the `type` alone
and needs one in a dict. Nothing is checked on `model_construct`, `model_copy` or assignment: what is
wrong there comes to light when it is read back.
"""

from __future__ import annotations

import ast
import re
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Final

from store_lint.chatkit_api import Alias, Class
from store_lint.flow.values import (
    BuiltMapping,
    BuiltSequence,
    Constant,
    Instance,
    Nothing,
    Text,
    Unknown,
)
from store_lint.tree.program import LocalClass

if TYPE_CHECKING:
    import libcst as cst

    from store_lint.chatkit_api import Api, Field
    from store_lint.flow.values import Atom, State, Value
    from store_lint.tree.program import Program

_FEW: Final = 3
_PART: Final = re.compile(r"^chatkit\.types\.(?:User|Assistant)Message\w*Content$")
_SCALARS: Final = frozenset({"str", "int", "float", "bool", "bytes"})
_DATED: Final = frozenset({"datetime.datetime", "uuid.UUID"})
_ITERABLES: Final = frozenset({"list", "tuple", "set", "frozenset", "iterator"})
_PLAIN_BASES: Final = frozenset(
    {"pydantic.BaseModel", "pydantic.main.BaseModel", "abc.ABC", "typing.Generic", "builtins.object"}
)


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that a field does not take."""

    kind: str
    """'scalar', 'none', 'single', 'dict', 'class', 'literal', 'untyped' (a dict without a `type`)."""
    found: str
    """What is there, as in 'a str', '`AssistantMessageContent`' or "'text'"."""
    wanted: str
    """What is taken there."""
    in_list: bool = False
    site: cst.CSTNode | None = None
    """The expression that gives the wrong part, where it is known."""
    mixed: bool = False
    """Whether the same value fits on another path."""
    literals: tuple[str, ...] = ()
    """The values that a `type` may have."""
    keys: tuple[str, ...] = ()
    """The keys of the dict that has a wrong `type`."""


class Contents:
    """Compares values with the types of one release's fields."""

    def __init__(self, program: Program, api: Api, typed: dict[int, Value]) -> None:
        self._program = program
        self._api = api
        self._typed = typed
        """The element types of annotated lists, by the id of the place where the list is built."""

    def of_field(self, field: Field, value: Value, state: State) -> list[Misfit]:
        """What is wrong with `value` for a field."""
        return self.of_type(field.type, value, state)

    def of_type(self, text: str, value: Value, state: State) -> list[Misfit]:
        """What is wrong with `value` for a type as the API data writes it, in a fixed order."""
        found = self._value(value, _parsed(text), state, None)
        return sorted(found, key=lambda misfit: (misfit.kind, misfit.found, misfit.wanted))

    def of_elements(self, wanted: Value, value: Value, state: State) -> list[Misfit]:
        """What is wrong with `value` in a list of messages' contents."""
        names = sorted(a.cls for a in wanted if isinstance(a, Instance) and isinstance(a.cls, str))
        if len(names) != len(wanted) or not all(_PART.search(n) for n in names):
            return []
        return [replace(m, in_list=True) for m in self.of_type(" | ".join(names), value, state)]

    def is_worth(self, field: Field) -> bool:
        """Whether a field holds messages' contents or other models, or tells a model's kind."""
        if field.name == "type":
            return bool(field.literals)
        return "chatkit.types." in field.type

    # Values

    def _value(
        self, of: Value, wanted: ast.expr, state: State, site: cst.CSTNode | None
    ) -> list[Misfit]:
        wrong: list[tuple[Atom, list[Misfit]]] = []
        fits = False
        for atom in of:
            found = self._atom(atom, wanted, state, site)
            if found:
                wrong.append((atom, found))
            else:
                fits = True
        if not wrong:
            return []
        if not fits:
            return [misfit for _, found in wrong for misfit in found]
        return [
            replace(misfit, mixed=True)
            for atom, found in wrong
            if self._is_built(atom, of)
            for misfit in found
        ]

    @staticmethod
    def _is_built(atom: Atom, of: Value) -> bool:
        """Whether a value that fits on some paths is known to be `atom` on another.

        What an annotation or a default allows need not happen.
        """
        if isinstance(atom, Instance):
            return not atom.declared and atom.cls not in _SCALARS
        if isinstance(atom, Constant):
            return Unknown() not in of
        return isinstance(atom, (Text, BuiltSequence, BuiltMapping))

    def _atom(
        self, atom: Atom, wanted: ast.expr, state: State, site: cst.CSTNode | None
    ) -> list[Misfit]:
        """What is wrong with one alternative; empty where it fits, or may."""
        if isinstance(wanted, ast.BinOp):
            return self._in_union(atom, _sides(wanted), state, site)
        if isinstance(wanted, ast.Subscript):
            head = ast.unparse(wanted.value)
            if head == "list":
                return self._in_list(atom, wanted.slice, state, site)
            if head == "typing.Literal":
                return _literal(atom, wanted, site)
            wanted = wanted.value  # Page[ThreadItem]
        name = ast.unparse(wanted)
        symbol = self._api.lookup(name) if name.startswith("chatkit.") else None
        if isinstance(symbol, Class) and symbol.kind == "model":
            return self._in_model(atom, symbol.qualname, state, site)
        if isinstance(symbol, Alias) and symbol.kind != "other":
            members = self._api.members(symbol.qualname)
            if not all(self._api.is_model(member) for member in members):
                return []
            if symbol.discriminator is not None and isinstance(atom, BuiltMapping):
                return self._tagged(atom, symbol, state, site)
            found = self._in_union(atom, [_parsed(member) for member in members], state, site)
            return [replace(misfit, wanted=self._shown(wanted)) for misfit in found]
        return []

    def _in_union(
        self, atom: Atom, members: list[ast.expr], state: State, site: cst.CSTNode | None
    ) -> list[Misfit]:
        if any(ast.unparse(m) == "None" for m in members) and isinstance(atom, Nothing):
            return []
        members = [m for m in members if ast.unparse(m) != "None"]
        found = [self._atom(atom, member, state, site) for member in members]
        if not found or not all(found):
            return []
        wanted = " or ".join(dict.fromkeys(f[0].wanted for f in found))
        literals = tuple(dict.fromkeys(text for f in found for text in f[0].literals))
        return [replace(found[0][0], wanted=wanted, literals=literals)]

    def _in_list(
        self, atom: Atom, element: ast.expr, state: State, site: cst.CSTNode | None
    ) -> list[Misfit]:
        wanted = self._shown(element)
        if isinstance(atom, BuiltSequence):
            return [replace(m, in_list=True) for m in self._items(atom, element, state)]
        if isinstance(atom, Instance) and atom.cls in _ITERABLES:
            if atom.cls == "tuple" and len(atom.args) > 1:
                return []
            args = self._value(atom.args[0], element, state, site) if atom.args else []
            return [replace(m, in_list=True) for m in args]
        kind, found = self._kind(atom)
        if kind == "class":
            kind = "single"
        return [Misfit(kind, found, f"a list of {wanted}", site=site)] if kind else []

    def _items(self, atom: BuiltSequence, element: ast.expr, state: State) -> list[Misfit]:
        held = state.items(atom)
        if held is None:
            return []
        declared = self._typed.get(id(atom.site))
        if held.known is None:
            misfits = self._value(held.any, element, state, None)
            if not misfits and declared is not None and Unknown() in held.any:
                misfits = self._value(declared, element, state, None)
            return [replace(m, site=m.site or atom.site) for m in misfits]
        aligned = len(held.sites) == len(held.known)
        found: list[Misfit] = []
        for index, item in enumerate(held.known):
            site = held.sites[index] if aligned else atom.site
            given = item
            if declared is not None and item == frozenset({Unknown()}):
                given = declared
            found += self._value(given, element, state, site)
        return found

    def _in_model(
        self, atom: Atom, wanted: str, state: State, site: cst.CSTNode | None
    ) -> list[Misfit]:
        shown = f"`{_last(wanted)}`"
        if isinstance(atom, BuiltMapping):
            return self._dict(atom, wanted, state, site)
        if isinstance(atom, Instance):
            if atom.cls == "dict":
                return []
            if isinstance(atom.cls, LocalClass):
                return self._local(atom, atom.cls, wanted, site)
            if atom.cls.startswith("chatkit."):
                related = self._api.is_subclass(atom.cls, wanted) or (
                    atom.declared and self._api.is_subclass(wanted, atom.cls)
                )
                if related or not isinstance(self._api.lookup(atom.cls), Class):
                    return []
                return [Misfit("class", f"`{_last(atom.cls)}`", shown, site=site)]
        if isinstance(atom, BuiltSequence) or (isinstance(atom, Instance) and atom.cls in _ITERABLES):
            return [Misfit("list", "a list", shown, site=site)]
        kind, found = self._kind(atom)
        return [Misfit(kind, found, shown, site=site)] if kind in ("scalar", "none") else []

    def _local(
        self, atom: Instance, cls: LocalClass, wanted: str, site: cst.CSTNode | None
    ) -> list[Misfit]:
        """An instance of a class of the tree: it must derive from the model."""
        lineage = self._program.lineage(cls)
        externals = list(lineage.externals())
        related = any(
            self._api.is_subclass(name, wanted)
            or (atom.declared and self._api.is_subclass(wanted, name))
            for name in externals
            if name.startswith("chatkit.")
        )
        if related or not lineage.complete or self._program.metaclass(cls):
            return []
        if not all(name in _PLAIN_BASES or name.startswith("chatkit.") for name in externals):
            return []
        if atom.declared and not any(name.startswith("chatkit.") for name in externals):
            return []  # a protocol, or a base of what is really there
        return [Misfit("class", f"`{cls.name}`", f"`{_last(wanted)}`", site=site)]

    # Dicts

    def _tagged(
        self,
        atom: BuiltMapping,
        alias: Alias,
        state: State,
        site: cst.CSTNode | None,
    ) -> list[Misfit]:
        """A dict for a union with a discriminator."""
        entries = state.entries(atom)
        tag = alias.discriminator
        if entries is None or tag is None:
            return []
        members = self._api.members(alias.qualname)
        wanted = _either(members, f"`{_last(alias.qualname)}`")
        by_tag = {
            str(literal): member
            for member in members
            for literal in self._api.model_fields(member)[tag].literals
        }
        keys = tuple(key for key, _ in entries.known)
        given = dict(entries.known).get(tag)
        if given is None:
            if entries.open:
                return []
            return [
                Misfit(
                    "untyped",
                    f"a dict without `{tag}`",
                    wanted,
                    site=atom.site,
                    literals=tuple(by_tag),
                    keys=keys,
                )
            ]
        tags = [a.value if isinstance(a, Constant) else None for a in given]
        if any(not isinstance(t, str) for t in tags):
            return []
        wrong = sorted(str(t) for t in tags if t not in by_tag)
        if wrong:
            return [
                Misfit(
                    "literal",
                    repr(wrong[0]),
                    wanted,
                    site=atom.site,
                    mixed=len(wrong) < len(tags),
                    literals=tuple(by_tag),
                    keys=keys,
                )
            ]
        if len(tags) == 1:
            return self._dict(atom, by_tag[str(tags[0])], state, site)
        return []

    def _dict(
        self, atom: BuiltMapping, model: str, state: State, site: cst.CSTNode | None
    ) -> list[Misfit]:
        """A dict for a model: the fields that it names are checked."""
        del site
        entries = state.entries(atom)
        fields = self._api.model_fields(model)
        found: list[Misfit] = []
        for key, given in entries.known if entries is not None else ():
            field = fields.get(key)
            if field is None or not self.is_worth(field):
                continue
            for misfit in self.of_field(field, given, state):
                if misfit.kind == "none" and key != "content":
                    continue
                found.append(
                    replace(
                        misfit,
                        site=misfit.site or atom.site,
                        wanted=f"`{_last(model)}`" if misfit.kind == "literal" else misfit.wanted,
                        keys=tuple(k for k, _ in entries.known) if entries is not None else (),
                    )
                )
        return found

    # Words

    def _kind(self, atom: Atom) -> tuple[str, str]:
        """The kind of misfit that an atom is where a list is taken; '' where it may fit."""
        if isinstance(atom, Constant):
            return "scalar", _with_article(type(atom.value).__name__)
        if isinstance(atom, Text):
            return "scalar", "a str"
        if isinstance(atom, Nothing):
            return "none", "None"
        if isinstance(atom, BuiltMapping):
            return "dict", "a dict"
        if isinstance(atom, Instance):
            if isinstance(atom.cls, LocalClass):
                externals = self._program.lineage(atom.cls).externals()
                if any(self._api.is_model(e) for e in externals if e.startswith("chatkit.")):
                    return "class", f"one `{atom.cls.name}`"
                return "", ""
            if atom.cls in _SCALARS or atom.cls in _DATED:
                return "scalar", _with_article(_last(atom.cls))
            if atom.cls == "dict":
                return "dict", "a dict"
            if self._api.is_model(atom.cls):
                return "class", f"one `{_last(atom.cls)}`"
        return "", ""

    def _shown(self, wanted: ast.expr) -> str:
        if isinstance(wanted, ast.BinOp):
            return " or ".join(self._shown(side) for side in _sides(wanted))
        name = ast.unparse(wanted)
        symbol = self._api.lookup(name) if name.startswith("chatkit.") else None
        if isinstance(symbol, Alias) and symbol.kind != "other":
            return _either(self._api.members(name), f"`{_last(name)}`")
        return f"`{_last(name)}`"


def _either(classes: tuple[str, ...], together: str) -> str:
    """The names of a few classes, or what all of them are."""
    if len(classes) > _FEW:
        return together
    return " or ".join(f"`{_last(name)}`" for name in classes)


def _literal(atom: Atom, wanted: ast.Subscript, site: cst.CSTNode | None) -> list[Misfit]:
    items = wanted.slice.elts if isinstance(wanted.slice, ast.Tuple) else [wanted.slice]
    values = [item.value for item in items if isinstance(item, ast.Constant)]
    shown = " or ".join(repr(v) for v in values)
    literals = tuple(str(v) for v in values)
    if isinstance(atom, Constant) and atom.value not in values:
        return [Misfit("literal", repr(atom.value), shown, site=site, literals=literals)]
    if isinstance(atom, Nothing):
        return [Misfit("literal", "None", shown, site=site, literals=literals)]
    return []


@cache
def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def _sides(node: ast.expr) -> list[ast.expr]:
    if isinstance(node, ast.BinOp):
        return [*_sides(node.left), *_sides(node.right)]
    return [node]


def _with_article(name: str) -> str:
    return f"{'an' if name[0] in 'aeiou' else 'a'} {name}"


def _last(dotted: str) -> str:
    return dotted.rpartition(".")[2]
