"""Code that expects an exception, or asks first: what fails there, fails on purpose."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.tree.expressions import ancestors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store_lint.tree.module import Module

_ALL: Final = frozenset({"Exception", "BaseException"})
_EXPECTING: Final = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress"})


def expects(
    root: cst.CSTNode, node: cst.CSTNode, exception: str, *, by_any_handler: bool = True
) -> bool:
    """Whether `node`, somewhere below `root`, stands where `exception` is caught or asserted.

    Without `by_any_handler`, `except Exception` counts only around the read of an attribute alone.
    """
    path = [*ancestors(root, node), node]
    for outer, inner in pairwise(path):
        if isinstance(outer, (cst.Try, cst.TryStar)) and inner is outer.body:
            if any(exception in _names(handler.type) for handler in outer.handlers):
                return True
            broad = by_any_handler or _only_reads(outer.body, node)
            if broad and any(map(_catches_all, outer.handlers)):
                return True
        elif isinstance(outer, cst.With) and inner is outer.body:
            if any(_is_expecting(item.item, exception) for item in outer.items):
                return True
        elif isinstance(outer, cst.Call) and _is_expecting(outer, exception):
            return True  # assertRaises(TypeError, lambda: …)
    return False


def asks_first(module: Module, reader: cst.CSTNode, name: str, *, by: str = "hasattr") -> bool:
    """Whether a function that reads an attribute goes by a `hasattr` for it, or the module does.

    So it is where the function asks, calls what asks, or is called by it, and where it reads what
    the answer was put into. `by` is a regular expression for the names of what asks.
    """
    asked = re.compile(rf"\b(?:{by})\([^()]*,\s*['\"]{name}['\"]")
    text = module.source.text
    if not asked.search(text):
        return False
    if not isinstance(reader, cst.FunctionDef):
        return True
    code = module.source.tree.code_for_node
    functions = [s for s in module.scopes() if isinstance(s.node, cst.FunctionDef)]
    outermost = [s for s in functions if s.parent is None or not s.parent.is_function]
    inside = sum(len(asked.findall(code(scope.node))) for scope in outermost)
    if len(asked.findall(text)) > inside:
        return True
    read = code(reader)
    for scope in functions:
        asking = code(scope.node)
        if not asked.search(asking):
            continue
        answers = re.findall(rf"\b(\w+)\s*(?::[^=\n]+)?=(?!=)[^\n]*{asked.pattern}", asking)
        if any(re.search(rf"\b{word}\b", read) for word in (scope.name, *answers)):
            return True
        if re.search(rf"\b{reader.name.value}\b", asking):
            return True
    return False


def _only_reads(body: cst.BaseSuite, node: cst.CSTNode) -> bool:
    """Whether a block does nothing but read the attribute: then `except Exception` is meant for it.

    Around more it is there for whatever may go wrong, and hides an error that stands all the same.
    """
    if len(body.body) != 1 or not isinstance(node, cst.Attribute):
        return False
    line = body.body[0]
    statement = line.body[0] if isinstance(line, cst.SimpleStatementLine) else line
    return (
        isinstance(statement, (cst.Assign, cst.AnnAssign, cst.Return, cst.Expr))
        and statement.value is node
    )


def _catches_all(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    return handler.type is None or bool(_names(handler.type) & _ALL)


def _is_expecting(node: cst.BaseExpression, exception: str) -> bool:
    if not isinstance(node, cst.Call):
        return False
    name = node.func.attr if isinstance(node.func, cst.Attribute) else node.func
    if not isinstance(name, cst.Name) or name.value not in _EXPECTING:
        return False
    return any(_names(arg.value) & {exception, *_ALL} for arg in node.args)


def _names(node: cst.BaseExpression | None) -> set[str]:
    """The last names of an exception, or of those in a tuple."""
    return set(_last_names(node))


def _last_names(node: cst.BaseExpression | None) -> Iterator[str]:
    if isinstance(node, cst.Name):
        yield node.value
    elif isinstance(node, cst.Attribute):
        yield node.attr.value
    elif isinstance(node, cst.Tuple):
        for element in node.elements:
            yield from _last_names(element.value)
