"""What the text of a function tells without running it: what it assigns, returns and mentions."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import TYPE_CHECKING, Final, NamedTuple

import libcst as cst

from store_lint.tree.expressions import BINDING, children, stored_in, walk

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


@lru_cache(maxsize=16_384)
def stored_attributes(function: cst.FunctionDef) -> frozenset[str]:
    """The attributes that a function sets or deletes, of whatever object, in inner functions too."""
    return frozenset(
        attribute.attr.value
        for node in code_of(function)
        if type(node) in BINDING
        for attribute, _, _ in stored_in(node)
    )


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


class Mentions(NamedTuple):
    """How a method mentions its own object."""

    names: frozenset[str]
    """The attributes that it reads or assigns, those of `super()` included."""
    given_to: tuple[cst.BaseExpression, ...]
    """What it calls with the object itself among the arguments."""
    returned: bool
    """Whether it returns the object."""
    otherwise: bool
    """Whether the object itself stands anywhere else."""


@lru_cache(maxsize=16_384)
def code_of(function: cst.FunctionDef) -> tuple[cst.CSTNode, ...]:
    """All code in a function's body, inner functions' too, each node before what it holds."""
    return tuple(walk(function.body))


@lru_cache(maxsize=16_384)
def mentions(function: cst.FunctionDef) -> Mentions:
    """How a method mentions its first parameter."""
    params = (*function.params.posonly_params, *function.params.params)
    own = params[0].name.value if params else "self"
    names: set[str] = set()
    given_to: list[cst.BaseExpression] = []
    returned = otherwise = False
    accounted: set[int] = set()  # the nodes below what was looked at that need no look themselves
    for node in code_of(function):
        kind = type(node)
        if kind is cst.Name:
            assert isinstance(node, cst.Name)
            otherwise = otherwise or (node.value == own and id(node) not in accounted)
        elif kind is cst.Attribute:
            assert isinstance(node, cst.Attribute)
            accounted.add(id(node.attr))
            base = node.value
            if _is_name(base, own):
                names.add(node.attr.value)
                if node.attr.value != "__class__" or id(node) in accounted:
                    accounted.add(id(base))
            elif _is_of(base, own):
                names.add(node.attr.value)
                accounted.update(id(part) for part in (base, *_of(base)))
        elif kind is cst.Return:
            assert isinstance(node, cst.Return)
            if node.value is not None and _is_name(node.value, own):
                accounted.add(id(node.value))
                returned = True
        elif kind is cst.Call and id(node) not in accounted:
            assert isinstance(node, cst.Call)
            called = node.func.value if type(node.func) is cst.Name else None
            if called == own:
                names.add("__call__")
                accounted.add(id(node.func))
            if called in ("getattr", "hasattr") and len(node.args) > 1:
                key = node.args[1].value
                if isinstance(key, cst.SimpleString):
                    names.add(str(plain_text(key)))
                    called = "isinstance"  # no more than that is read
            is_given = False
            for arg in node.args:
                accounted.add(id(arg.keyword))
                if _is_name(arg.value, own) and not arg.star:
                    is_given = called not in ("isinstance", "issubclass", "id")
                    accounted.add(id(arg.value))
            if is_given:
                given_to.append(node.func)
    return Mentions(frozenset(names), tuple(given_to), returned, otherwise)


def _of(node: cst.BaseExpression) -> tuple[cst.CSTNode, ...]:
    """What stands in `type(self)`, `self.__class__` or `super()`."""
    if type(node) is cst.Attribute:
        return (node.value,)
    return tuple(arg.value for arg in node.args) if type(node) is cst.Call else ()


def _is_of(node: cst.BaseExpression, own: str) -> bool:
    """Whether an expression gives the class of the object: `type(self)`, `self.__class__`; or super."""
    if type(node) is cst.Attribute and node.attr.value == "__class__":
        return _is_name(node.value, own)
    if type(node) is not cst.Call or type(node.func) is not cst.Name:
        return False
    if node.func.value == "super":
        return True
    given = [arg.value for arg in node.args]
    return node.func.value == "type" and len(given) == 1 and _is_name(given[0], own)


def _is_name(node: cst.CSTNode, name: str) -> bool:
    return type(node) is cst.Name and node.value == name


@lru_cache(maxsize=16_384)
def mentioned_names(function: cst.FunctionDef) -> frozenset[str]:
    """Every name that stands in a function's body, those of inner functions included."""
    return frozenset(node.value for node in code_of(function) if type(node) is cst.Name)


def names_below(node: cst.CSTNode) -> frozenset[str]:
    """Every name in a stretch of code, attributes' and keywords' included."""
    return frozenset(found.value for found in walk(node) if type(found) is cst.Name)


@lru_cache(maxsize=16_384)
def yields(function: cst.FunctionDef) -> bool:
    """Whether a function is a generator."""
    if not any(type(node) is cst.Yield for node in code_of(function)):
        return False
    return any(type(node) is cst.Yield for node in walk(function.body, into_scopes=False))


@lru_cache(maxsize=16_384)
def decorator_name(decorator: cst.Decorator) -> str | None:
    """The last name of what a decorator calls or is: `fixture` of `@pytest.fixture(autouse=True)`."""
    node = decorator.decorator
    while isinstance(node, cst.Call):
        node = node.func
    node = node.attr if isinstance(node, cst.Attribute) else node
    return node.value if isinstance(node, cst.Name) else None


def method_kind(function: cst.FunctionDef) -> str:
    """'property', 'staticmethod', 'classmethod', 'context' (a generator's) or 'method'."""
    for decorator in function.decorators:
        name = decorator_name(decorator)
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
