"""What the decorators of a method make of it: which functions of the tree run around it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import libcst as cst

from store_lint.flow.knowledge import TRANSPARENT_DECORATORS
from store_lint.flow.values import Function, value
from store_lint.tree.module import parameters
from store_lint.tree.program import External, LocalFunction

if TYPE_CHECKING:
    from store_lint.tree.module import Scope
    from store_lint.tree.program import Program

_ACCESSORS = frozenset({"setter", "getter", "deleter"})


def decorated(program: Program, method: LocalFunction) -> Function:
    """The function that a method's name is bound to once its decorators have run.

    A decorator of the tree is taken to return the last function that it defines, in which the name of
    its parameter is the function below. The outcome is `opaque` where a decorator is not known.
    """
    found = Function(method, name=method.name)
    scope = method.scope.parent or method.scope
    for decorator in reversed(method.node.decorators):
        node, is_factory = decorator.decorator, False
        while isinstance(node, cst.Call):
            node, is_factory = node.func, True
        if _is_transparent(program, scope, node):
            continue
        definitions = program.resolve(scope, node)
        outer = definitions[0] if len(definitions) == 1 else None
        if not isinstance(outer, LocalFunction):
            return Function(method, name=method.name, opaque=True)
        around = _around(outer, is_factory=is_factory)
        if around is not None:
            inner, name = around
            found = Function(inner, name=method.name, bound=((name, value(found)),))
    return found


def _is_transparent(program: Program, scope: Scope, node: cst.BaseExpression) -> bool:
    if isinstance(node, cst.Name) and node.value in TRANSPARENT_DECORATORS:
        return True
    if isinstance(node, cst.Attribute) and node.attr.value in _ACCESSORS:
        return True
    definitions = program.resolve(scope, node)
    return bool(definitions) and all(
        isinstance(d, External) and d.dotted.split(".")[0] in TRANSPARENT_DECORATORS
        for d in definitions
    )


def _around(decorator: LocalFunction, *, is_factory: bool) -> tuple[LocalFunction, str] | None:
    """The inner function that a decorator returns and what it calls the decorated one, if any."""
    outer = decorator.scope
    if is_factory:
        nested = [child for child in outer.children if child.is_function]
        if not nested:
            return None
        outer = nested[-1]
    inner = [child for child in outer.children if child.is_function]
    if not inner or not isinstance(outer.node, cst.FunctionDef):
        return None
    params = parameters(outer.node)
    return (LocalFunction(inner[-1]), params[0].name.value) if params else None
