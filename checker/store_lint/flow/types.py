"""What an annotation, or a type as the API data writes it, says of a value."""

from __future__ import annotations

import ast
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.chatkit_api import Alias, Class
from store_lint.flow.knowledge import CANONICAL
from store_lint.flow.syntax import plain_text
from store_lint.flow.values import (
    UNKNOWN,
    ClassObject,
    Constant,
    Entries,
    Instance,
    Nothing,
    Unknown,
    Value,
    instance,
    join,
    join_all,
    type_name,
    value,
)
from store_lint.tree.program import External, LocalClass, Program, Variable

if TYPE_CHECKING:
    from store_lint.chatkit_api import Api
    from store_lint.flow.values import Atom, State
    from store_lint.tree.module import Scope

BUILTINS: Final = frozenset(
    {"str", "int", "float", "bool", "bytes", "list", "dict", "tuple", "set", "frozenset", "object"}
)
_CONTAINERS: Final[dict[str, str]] = {
    "List": "list",
    "Sequence": "list",
    "MutableSequence": "list",
    "Dict": "dict",
    "Mapping": "dict",
    "MutableMapping": "dict",
    "DefaultDict": "dict",
    "OrderedDict": "dict",
    "defaultdict": "dict",
    "deque": "list",
    "Collection": "iterator",
    "Iterable": "iterator",
    "Iterator": "iterator",
    "KeysView": "iterator",
    "ValuesView": "iterator",
    "Tuple": "tuple",
    "Set": "set",
    "FrozenSet": "frozenset",
    "AbstractSet": "set",
    "Text": "str",
}
_COLLECTIONS: Final = {
    "collections.OrderedDict": "dict",
    "collections.defaultdict": "dict",
    "collections.deque": "list",
}
_WRAPPERS: Final = frozenset({"Annotated", "Final", "ClassVar", "Required", "NotRequired", "ReadOnly"})
_TYPING: Final = frozenset({"typing", "typing_extensions", "collections.abc", "collections"})


class Types:
    """Reads types in the light of a program and of one chatkit release."""

    def __init__(self, program: Program, api: Api) -> None:
        self._program = program
        self._api = api
        self._read: dict[str, Value] = {}
        self._annotated: dict[tuple[Scope, cst.BaseExpression], Value] = {}
        self._aliases: set[int] = set()
        """The aliases that are being read."""

    def annotation(self, scope: Scope, node: cst.BaseExpression | None) -> Value:
        """What a value annotated with `node`, as it stands in `scope`, may be."""
        if node is None:
            return UNKNOWN
        found = self._annotated.get((scope, node))
        if found is None:
            found = self._annotation(scope, node)
            if not self._aliases:  # else it is a part of an alias, and may be cut short
                self._annotated[scope, node] = found
        return found

    def _annotation(self, scope: Scope, node: cst.BaseExpression) -> Value:
        if type(node) is cst.Name and node.value == "None":
            return value(Nothing(node))
        if type(node) is cst.Name or type(node) is cst.Attribute:
            return self._named(scope, node, ())
        if type(node) is cst.Subscript:
            return self._subscript(scope, node)
        if type(node) is cst.BinaryOperation and type(node.operator) is cst.BitOr:
            return join(self.annotation(scope, node.left), self.annotation(scope, node.right))
        if type(node) is cst.SimpleString or type(node) is cst.ConcatenatedString:
            return self._quoted(scope, node)
        return UNKNOWN

    def _quoted(self, scope: Scope, node: cst.SimpleString | cst.ConcatenatedString) -> Value:
        text = node.evaluated_value
        if not isinstance(text, str):
            return UNKNOWN
        try:
            return self.annotation(scope, cst.parse_expression(text))
        except cst.ParserSyntaxError:
            return UNKNOWN

    def _subscript(self, scope: Scope, node: cst.Subscript) -> Value:
        items = [e.slice.value for e in node.slice if type(e.slice) is cst.Index]
        special = self._typing_name(scope, node.value)
        if special == "Optional":
            return join_all([self.annotation(scope, items[0]), value(Nothing(node))])
        if special == "Union":
            return join_all(self.annotation(scope, item) for item in items)
        if special == "Literal":
            return join_all(_literal(item) for item in items)
        if special in _WRAPPERS:
            return self.annotation(scope, items[0])
        if special == "Type" or (type(node.value) is cst.Name and node.value.value == "type"):
            return frozenset(
                ClassObject(atom.cls)
                for atom in self.annotation(scope, items[0])
                if isinstance(atom, Instance)
            )
        args = tuple(self.annotation(scope, item) for item in items)
        return self._named(scope, node.value, args)

    def _typing_name(self, scope: Scope, node: cst.BaseExpression) -> str | None:
        for found in self._program.resolve(scope, node):
            if isinstance(found, External):
                module, _, name = found.dotted.rpartition(".")
                if module in _TYPING:
                    return name
        return None

    def _named(self, scope: Scope, node: cst.BaseExpression, args: tuple[Value, ...]) -> Value:
        found = self._program.resolve(scope, node)
        if not found:
            if type(node) is cst.Name and node.value in BUILTINS:
                return self.of_name(node.value, args)
            return UNKNOWN
        possible: list[Value] = []
        for definition in found:
            if isinstance(definition, LocalClass):
                possible.append(value(Instance(definition, args, declared=True)))
            elif isinstance(definition, External):
                possible.append(self.of_name(definition.dotted, args))
            elif isinstance(definition, Variable) and isinstance(
                definition.binding.value, (cst.BinaryOperation, cst.Subscript)
            ):  # an alias: `Maybe = Pool | None`
                if id(definition.binding) in self._aliases:
                    return UNKNOWN  # an alias that names itself: `Json = dict[str, "Json"] | str`
                self._aliases.add(id(definition.binding))
                possible.append(self.annotation(definition.scope, definition.binding.value))
                self._aliases.discard(id(definition.binding))
            else:
                return UNKNOWN
        return join_all(possible)

    def of_name(self, dotted: str, args: tuple[Value, ...] = ()) -> Value:
        """An instance of a class that stands outside of the tree, or of a chatkit union's members."""
        dotted = CANONICAL.get(dotted, dotted)
        if dotted in BUILTINS:
            return UNKNOWN if dotted == "object" else instance(dotted, *args, declared=True)
        if dotted == "None":
            return value(Nothing())
        module, _, name = dotted.rpartition(".")
        if module in _TYPING:
            if name in _CONTAINERS:
                return instance(_CONTAINERS[name], *args, declared=True)
            return UNKNOWN
        if not module:
            return UNKNOWN
        if module.split(".")[0] != "chatkit":
            return instance(dotted, *args, declared=True)
        symbol = self._api.lookup(dotted)
        if isinstance(symbol, Class):
            return instance(symbol.qualname, *args, declared=True)
        if isinstance(symbol, Alias):
            members = self._api.members(symbol.qualname)
            known = [m for m in members if isinstance(self._api.lookup(m), Class)]
            if known and len(known) == len(members):
                return frozenset(Instance(m, (), declared=True) for m in known)
        return UNKNOWN

    def text(self, text: str | None, bound: dict[str, Value] | None = None) -> Value:
        """What a type as the API data writes it says; `bound` gives its type variables."""
        if text is None:
            return UNKNOWN
        if bound is None and text in self._read:
            return self._read[text]
        try:
            found = self._tree(ast.parse(text, mode="eval").body, bound or {})
        except SyntaxError:
            found = UNKNOWN
        if bound is None:
            self._read[text] = found
        return found

    def _tree(self, node: ast.expr, bound: dict[str, Value]) -> Value:
        if isinstance(node, ast.Constant):
            if node.value is None:
                return value(Nothing())
            return self.text(node.value, bound) if isinstance(node.value, str) else UNKNOWN
        if isinstance(node, ast.BinOp):
            return join(self._tree(node.left, bound), self._tree(node.right, bound))
        if isinstance(node, ast.Subscript):
            items = node.slice.elts if isinstance(node.slice, ast.Tuple) else [node.slice]
            head = ast.unparse(node.value)
            name = head.rpartition(".")[2]
            if name == "Optional":
                return join(self._tree(items[0], bound), value(Nothing()))
            if name == "Union":
                return join_all(self._tree(item, bound) for item in items)
            if name == "Literal":
                return frozenset(
                    Constant(item.value)
                    for item in items
                    if isinstance(item, ast.Constant)
                    and isinstance(item.value, (str, int, bool, bytes))
                )
            if name in _WRAPPERS:
                return self._tree(items[0], bound)
            return self.of_name(head, tuple(self._tree(item, bound) for item in items))
        if isinstance(node, (ast.Name, ast.Attribute)):
            name = ast.unparse(node)
            return bound[name] if name in bound else self.of_name(name)
        return UNKNOWN


def typed(given: Value, declared: Value, state: State | None = None) -> Value:
    """A value whose containers hold what its declaration says, where nothing else tells.

    `state` tells of built containers whether they are empty; without one they count as not.
    """
    containers: dict[str, Atom] = {
        atom.cls: atom
        for atom in declared
        if isinstance(atom, Instance) and atom.args and isinstance(atom.cls, str)
    }
    if not containers:
        return given
    return frozenset(containers.get(_container(atom, state), atom) for atom in given)


def _container(atom: Atom, state: State | None) -> str:
    """The kind of a container of which nothing but that is known; '' for all else."""
    if isinstance(atom, Instance) and isinstance(atom.cls, str):
        if atom.args and not any(Unknown() in arg for arg in atom.args):
            return ""
        return _COLLECTIONS.get(atom.cls, atom.cls)
    held = state.items(atom) or state.entries(atom) if state is not None else None
    if held is None or held.known != () or (isinstance(held, Entries) and held.open):
        return ""
    return type_name(atom) or ""


def _literal(node: cst.BaseExpression) -> Value:
    if type(node) is cst.Name and node.value in ("True", "False"):
        return value(Constant(node.value == "True"))
    if type(node) is cst.Name and node.value == "None":
        return value(Nothing(node))
    if type(node) is cst.SimpleString:
        return value(Constant(plain_text(node)))
    if type(node) is cst.Integer:
        return value(Constant(int(node.value, 0)))
    return UNKNOWN
