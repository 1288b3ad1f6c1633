"""What the text of a function tells without running it: what it assigns, returns and mentions."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.tree.expressions import children, walk

if TYPE_CHECKING:
    from collections.abc import Iterator


_DEFINITIONS: Final = frozenset({cst.FunctionDef, cst.ClassDef})


@cache
def _is_kind(kind: type[object], *bases: type[object]) -> bool:
    """`issubclass`, which runs Python code for an abstract class, once for each kind of node."""
    return issubclass(kind, bases)


def _statements(body: cst.CSTNode) -> Iterator[cst.CSTNode]:
    """The small statements of a body and its compound statements, not those of nested definitions."""
    for node in children(body):
        kind = type(node)
        if kind in _DEFINITIONS:
            continue
        if _is_kind(kind, cst.BaseSmallStatement):
            yield node
        elif _is_kind(kind, *_HOLDS_STATEMENTS):
            if kind is cst.With:
                yield node
            yield from _statements(node)


_HOLDS_STATEMENTS: Final = (
    cst.BaseCompoundStatement,
    cst.BaseSuite,
    cst.SimpleStatementLine,
    cst.Else,
    cst.Finally,
    cst.ExceptHandler,
    cst.ExceptStarHandler,
    cst.MatchCase,
)


def assigned_attributes(body: cst.CSTNode) -> Iterator[cst.Attribute]:
    for node in _statements(body):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                yield from _attribute_targets(target.target)
        elif isinstance(node, (cst.AnnAssign, cst.AugAssign, cst.Del)):
            yield from _attribute_targets(node.target)
        elif isinstance(node, cst.With):
            for item in node.items:
                if item.asname is not None:
                    yield from _attribute_targets(item.asname.name)


def assigned_values(body: cst.CSTNode) -> Iterator[tuple[str, cst.BaseExpression | None]]:
    for node in _statements(body):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                for attribute in _attribute_targets(target.target):
                    yield attribute.attr.value, node.value
        elif isinstance(node, cst.AnnAssign):
            for attribute in _attribute_targets(node.target):
                yield attribute.attr.value, node.value


def _attribute_targets(target: cst.CSTNode) -> Iterator[cst.Attribute]:
    if isinstance(target, cst.Attribute):
        yield target
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from _attribute_targets(element.value)


@lru_cache(maxsize=16_384)
def annotated_attributes(function: cst.FunctionDef) -> tuple[tuple[str, cst.BaseExpression], ...]:
    """The attributes of its object that a method annotates: `self.pool: Pool | None = None`."""
    return tuple(
        (node.target.attr.value, node.annotation.annotation)
        for node in _statements(function.body)
        if isinstance(node, cst.AnnAssign) and isinstance(node.target, cst.Attribute)
    )


def assigned_names(
    body: cst.CSTNode,
) -> Iterator[tuple[cst.Name, cst.BaseExpression | None]]:
    for node in _statements(body):
        if isinstance(node, cst.Assign):
            for target in node.targets:
                if isinstance(target.target, cst.Name):
                    yield target.target, node.value
        elif isinstance(node, cst.AnnAssign) and isinstance(node.target, cst.Name):
            yield node.target, node.value


def returned(body: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    for node in _statements(body):
        if isinstance(node, cst.Return) and node.value is not None:
            yield node.value


@lru_cache(maxsize=16_384)
def mentioned(function: cst.FunctionDef) -> frozenset[str]:
    """The attribute names that a method reads on its first parameter; 'self' where it hands it on."""
    params = (*function.params.posonly_params, *function.params.params)
    names: set[str] = set()
    _mentions(function.body, params[0].name.value if params else "self", names)
    return frozenset(names)


def _mentions(node: cst.CSTNode, own: str, names: set[str]) -> None:
    pending = [node]
    while pending:
        current = pending.pop()
        kind = type(current)
        if kind is cst.Attribute:
            assert isinstance(current, cst.Attribute)
            if type(current.value) is cst.Name and current.value.value == own:
                names.add("self" if current.attr.value == "__class__" else current.attr.value)
            else:
                pending.append(current.value)
            continue
        if kind is cst.Name:
            assert isinstance(current, cst.Name)
            if current.value == own:
                names.add("self")
            continue
        if kind is cst.Call:
            assert isinstance(current, cst.Call)
            if (
                type(current.func) is cst.Name
                and current.func.value in ("getattr", "hasattr")
                and len(current.args) > 1
                and isinstance(key := current.args[1].value, cst.SimpleString)
            ):
                names.add(str(key.evaluated_value))
        pending.extend(children(current))


def hands_itself_on(function: cst.FunctionDef) -> bool:
    """Whether a method passes its object on, so that other code may do anything to it."""
    return "self" in mentioned(function)


@lru_cache(maxsize=16_384)
def mentioned_names(function: cst.FunctionDef) -> frozenset[str]:
    """Every name that stands in a function's body, those of inner functions included."""
    return names_below(function.body)


def names_below(node: cst.CSTNode) -> frozenset[str]:
    """Every name in a stretch of code, attributes' and keywords' included."""
    return frozenset(found.value for found in walk(node) if type(found) is cst.Name)


@lru_cache(maxsize=16_384)
def yields(function: cst.FunctionDef) -> bool:
    """Whether a function is a generator."""
    return any(type(node) is cst.Yield for node in walk(function.body, into_scopes=False))


@lru_cache(maxsize=16_384)
def method_kind(function: cst.FunctionDef) -> str:
    """'property', 'staticmethod', 'classmethod', 'context' (a generator's) or 'method'."""
    for decorator in function.decorators:
        node = decorator.decorator
        while isinstance(node, cst.Call):
            node = node.func
        name = node.attr.value if isinstance(node, cst.Attribute) else getattr(node, "value", "")
        if name in ("property", "cached_property"):
            return "property"
        if name in ("staticmethod", "classmethod"):
            return name
        if name in ("asynccontextmanager", "contextmanager"):
            return "context"
    return "method"


def plain_text(node: cst.SimpleString) -> str | bytes:
    """What a string literal evaluates to; most need no evaluation."""
    text = node.value
    quote = text[0]
    if quote in "\"'" and "\\" not in text and text[:3] != quote * 3:
        return text[1:-1]
    return node.evaluated_value
