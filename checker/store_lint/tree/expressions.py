"""The attributes and calls of one file with the scope each is evaluated in, from one walk.

libcst's visitors cost as much as the parse; a walk over the few fields that hold code costs a tenth
of it, and is made once a file, for the rules that need it.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from functools import lru_cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Final

import libcst as cst

from store_lint.tree.module import Scope, parameters, target_names
from store_lint.tree.record import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from store_lint.tree.module import Module

# Fields that hold white space and punctuation, and annotations, which are types and no code.
_NO_CODE: Final = (
    "annotation",
    "asynchronous",
    "at_",
    "colon",
    "comma",
    "default_indent",
    "default_newline",
    "dot",
    "encoding",
    "equal",
    "footer",
    "has_trailing",
    "header",
    "indent",
    "lbrace",
    "lbracket",
    "leading_lines",
    "lines_after",
    "lpar",
    "newline",
    "operator",
    "rbrace",
    "rbracket",
    "returns",
    "rpar",
    "semicolon",
    "trailing_whitespace",
    "type_parameters",
    "whitespace",
)
_LEAVES: Final = frozenset({cst.Name, cst.SimpleString, cst.Integer, cst.Float})
_SCOPES: Final = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})
BINDING: Final = frozenset(
    {
        cst.FunctionDef,
        cst.ClassDef,
        cst.Lambda,
        cst.ListComp,
        cst.SetComp,
        cst.DictComp,
        cst.GeneratorExp,
        cst.AugAssign,
        cst.NamedExpr,
        cst.MatchAs,
        cst.MatchStar,
        cst.MatchMapping,
        cst.Assign,
        cst.AnnAssign,
        cst.Del,
        cst.For,
        cst.CompFor,
        cst.AsName,
    }
)
"""The kinds of nodes that bind names, or store attributes, or both."""


@record(frozen=True, slots=True, eq=False)
class Use:
    """An attribute or a call, and where its names are looked up."""

    node: cst.Attribute | cst.Call
    scope: Scope
    hidden: frozenset[str]
    """The parameters of lambdas and the targets of comprehensions around it: they hide names."""


@record(frozen=True, slots=True, eq=False)
class Assigned:
    """An attribute that a statement assigns or deletes."""

    node: cst.Attribute
    scope: Scope
    hidden: frozenset[str]
    value: cst.BaseExpression | None = None
    """What is assigned; None where that is a part of something, as in `a.b, c = …`."""
    annotation: cst.BaseExpression | None = None


@dataclass(slots=True, eq=False)
class Expressions:
    """What one walk over a file collects."""

    read: list[Use] = field(default_factory=list[Use])
    """Attributes that are read; `a.b.c` is two of them. Annotations are left out."""
    stored: list[Assigned] = field(default_factory=list[Assigned])
    calls: list[Use] = field(default_factory=list[Use])
    captured: dict[Scope, set[str]] = field(default_factory=dict[Scope, set[str]])
    """Names that a scope binds in expressions and patterns (`:=`, `case x`)."""


def collect(module: Module) -> Expressions:
    """Walk a file; ask `Program.expressions`, which keeps the outcome."""
    found = Expressions()
    targets: dict[int, tuple[cst.BaseExpression | None, cst.BaseExpression | None]] = {}
    nowhere: frozenset[str] = frozenset()
    pending: list[tuple[cst.CSTNode, Scope, frozenset[str]]] = [
        (module.source.tree, module.scope, nowhere)
    ]
    while pending:
        node, scope, hidden = pending.pop()
        kind = type(node)
        if kind is cst.Attribute:
            assert isinstance(node, cst.Attribute)
            if id(node) in targets:
                found.stored.append(Assigned(node, scope, hidden, *targets[id(node)]))
            else:
                found.read.append(Use(node, scope, hidden))
            if type(node.value) is not cst.Name:
                pending.append((node.value, scope, hidden))
            continue
        if kind is cst.Call:
            assert isinstance(node, cst.Call)
            found.calls.append(Use(node, scope, hidden))
        elif kind in BINDING:  # a node that does more than hold code
            if isinstance(node, (cst.FunctionDef, cst.ClassDef)):
                pending.append((node.body, scope.child(node), hidden))
                pending.extend((part, scope, hidden) for part in _evaluated_outside(node))
                continue
            if isinstance(node, (cst.Lambda, cst.BaseComp)):
                hidden |= set(_hidden_names(node))
            elif isinstance(node, cst.AugAssign):
                if isinstance(node.target, cst.Attribute):  # it is read as well
                    found.stored.append(Assigned(node.target, scope, hidden))
            elif isinstance(node, (cst.NamedExpr, cst.MatchAs, cst.MatchStar, cst.MatchMapping)):
                name = _captured_name(node)
                if name is not None:
                    found.captured.setdefault(scope, set()).add(name)
            else:
                for target, value, annotation in stored_in(node):
                    targets[id(target)] = (value, annotation)
        pending.extend([(c, scope, hidden) for c in children(node) if type(c) not in _LEAVES])
    return found


def _evaluated_outside(node: cst.FunctionDef | cst.ClassDef) -> Iterator[cst.CSTNode]:
    """What a definition evaluates in the scope around it."""
    yield from node.decorators
    if isinstance(node, cst.ClassDef):
        yield from node.bases
        yield from node.keywords
    else:
        yield node.params


def stored_in(
    node: cst.CSTNode,
) -> Iterator[tuple[cst.Attribute, cst.BaseExpression | None, cst.BaseExpression | None]]:
    """The attributes that a statement assigns or deletes, with the value and the annotation."""
    if isinstance(node, cst.Assign):
        for target in node.targets:
            for attribute in _attributes(target.target):
                yield attribute, node.value if attribute is target.target else None, None
    elif isinstance(node, cst.AnnAssign):
        if isinstance(node.target, cst.Attribute):
            yield node.target, node.value, node.annotation.annotation
    elif isinstance(node, (cst.AugAssign, cst.Del, cst.For, cst.CompFor)):
        yield from ((attribute, None, None) for attribute in _attributes(node.target))
    elif isinstance(node, cst.AsName):
        yield from ((attribute, None, None) for attribute in _attributes(node.name))


def _attributes(target: cst.CSTNode) -> Iterator[cst.Attribute]:
    if isinstance(target, cst.Attribute):
        yield target
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _attributes(element.value)
    elif isinstance(target, cst.StarredElement):
        yield from _attributes(target.value)


def _hidden_names(node: cst.Lambda | cst.BaseComp) -> Iterator[str]:
    if isinstance(node, cst.Lambda):
        yield from (param.name.value for param in parameters(node))
        return
    part: cst.CompFor | None = node.for_in
    while part is not None:
        yield from (name.value for name in target_names(part.target))
        part = part.inner_for_in


def _captured_name(
    node: cst.NamedExpr | cst.MatchAs | cst.MatchStar | cst.MatchMapping,
) -> str | None:
    if isinstance(node, cst.NamedExpr):
        name = node.target
    else:
        name = node.rest if isinstance(node, cst.MatchMapping) else node.name
    return name.value if isinstance(name, cst.Name) else None


def walk(node: cst.CSTNode, *, into_scopes: bool = True) -> Iterator[cst.CSTNode]:
    """`node` and all code below it in the order of the text; not what functions and classes below
    it hold where `into_scopes` is False."""
    stack = [node]
    while stack:
        current = stack.pop()
        yield current
        if not into_scopes and current is not node and type(current) in _SCOPES:
            continue
        stack.extend(reversed(children(current)))


def children(node: cst.CSTNode) -> Sequence[cst.CSTNode]:
    """The code right below `node`."""
    values = _values_of[type(node)]
    if values is None:
        return ()
    found: list[cst.CSTNode] = []
    for value in values(node):
        kind = value.__class__  # type() of what may be anything has no type of its own
        if kind is tuple or kind is list:
            found += value
        elif _is_node_kind[kind]:
            found.append(value)
    return found


class _ValuesOf(dict[type[cst.CSTNode], "Callable[[cst.CSTNode], tuple[Any, ...]] | None"]):
    """By the kind of a node, what gives the values of its fields that can hold code.

    None where it has no such field. Filled as kinds are met: every node of a tree is asked of it.
    """

    def __missing__(self, kind: type[cst.CSTNode]) -> Callable[[cst.CSTNode], tuple[Any, ...]] | None:
        names = [f.name for f in fields(kind) if not f.name.startswith(_NO_CODE)]
        found: Callable[[cst.CSTNode], tuple[Any, ...]] | None = None
        if len(names) > 1:
            found = attrgetter(*names)
        elif names and kind not in _LEAVES:
            only = attrgetter(*names)
            found = lambda node: (only(node),)  # noqa: E731 - as the other it is
        self[kind] = found
        return found


class _IsNodeKind(dict[type[object], bool]):
    """Whether a type is one of nodes: isinstance() of an abstract class runs Python code each time."""

    def __missing__(self, kind: type[object]) -> bool:
        found = self[kind] = issubclass(kind, cst.CSTNode)
        return found


_values_of: Final = _ValuesOf()
_is_node_kind: Final = _IsNodeKind()


def plain_names(tree: cst.CSTNode, name: str) -> Iterator[cst.Name]:
    """Every `name` that stands for itself: no attribute, keyword or part of a module's name."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Name):
            if node.value == name:
                yield node
        elif isinstance(node, (cst.Attribute, cst.Arg)):
            pending.append(node.value)
        else:
            pending.extend(children(node))


# Several questions are asked of one node in a row.
@lru_cache(maxsize=4)
def ancestors(root: cst.CSTNode, node: cst.CSTNode) -> tuple[cst.CSTNode, ...]:
    """The nodes from `root` down to the one that holds `node`; empty where it is not below.

    A search: for the few nodes that something is to be said about.
    """
    path: list[cst.CSTNode] = []
    pending = [iter([root])]
    while pending:
        current = next(pending[-1], None)
        if current is None:
            pending.pop()
            if path:
                path.pop()
            continue
        if current is node:
            return tuple(path)
        path.append(current)
        pending.append(iter(children(current)))
    return ()


def is_none(node: cst.CSTNode | None) -> bool:
    """Whether code is the word `None`."""
    return isinstance(node, cst.Name) and node.value == "None"


def is_given_true(node: cst.CSTNode, keyword: str) -> bool:
    """Whether code is a call with `keyword=True`."""
    return isinstance(node, cst.Call) and any(
        arg.keyword is not None
        and arg.keyword.value == keyword
        and isinstance(arg.value, cst.Name)
        and arg.value.value == "True"
        for arg in node.args
    )
