"""Code that is ready for a failure: it catches it and goes on, or asks first whether it would come.

`tree.guards` counts every handler that catches an exception. Here one counts only if it replaces what
failed: `except ImportError: raise RuntimeError("install chatkit")` does not, and neither does the
`except Exception: log` around a whole method, which hides that nothing in it ever works.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.tree.expressions import ancestors, walk

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from store_lint.tree.module import Module, Scope

IMPORT_ERRORS: Final = frozenset({"ImportError", "ModuleNotFoundError"})
_ALL: Final = frozenset({"Exception", "BaseException"})
_EXPECTING: Final = frozenset({"raises", "assertRaises", "assertRaisesRegex", "suppress"})
_ASKS: Final = re.compile(
    r"\b(?:hasattr|getattr|find_spec|isclass|dir|vars|parse_version|Version)\(|__dict__"
    r"|(?<![A-Za-z])versions?(?![a-z])|VERSION|sys\.modules"
)
_ASKS_ABOUT: Final = re.compile(r"\b(?:hasattr|getattr|isclass|isinstance|callable)\(\s*([\w.]+)")
_SAYS_LITTLE: Final = re.compile(
    r"\bsys\.version(?:_info)?\b|\bversion_info\b|python_version"
    r"|\bfind_spec\(\s*[\"'](?:openai_)?chatkit[\"']"
)
"""Python's version, and that some chatkit is installed, say nothing of what it has."""
_INSTALLED: Final = re.compile(
    r"^_?(?:HAS_|HAVE_)?(?:OPENAI_)?CHATKIT(?:_AVAILABLE|_INSTALLED|_ENABLED)?$", re.IGNORECASE
)
_ASKED: Final = re.compile(
    r"^_?(?:HAS|HAVE|SUPPORTS)_|_(?:AVAILABLE|SUPPORTED|INSTALLED)$", re.IGNORECASE
)


def is_expected(
    module: Module,
    scope: Scope,
    node: cst.CSTNode,
    exceptions: frozenset[str],
    about: str | None = None,
) -> bool:
    """Whether `node` stands where one of `exceptions` is provided for.

    `about` is an expression whose nature a condition may ask for (`hasattr(ThreadItem, ...)`). Without
    it the question is what a release has: any condition on versions and the like counts, and a handler
    for any exception does where hardly anything else can fail.
    """
    path = [*ancestors(module.source.tree, node), node]
    broad = about is None
    asks = _Asks(scope, about)
    within = True  # nothing around a function's definition catches what its call raises
    for outer, inner in reversed(list(pairwise(path))):
        if isinstance(outer, (cst.FunctionDef, cst.Lambda)):
            within = False
            if isinstance(outer, cst.FunctionDef) and any(
                broad and asks.by(d.decorator) for d in outer.decorators
            ):
                return True
        elif within and isinstance(outer, (cst.Try, cst.TryStar)) and inner is outer.body:
            if _is_caught(outer, exceptions, broad=broad):
                return True
        elif within and isinstance(outer, cst.With) and inner is outer.body:
            if any(_is_expecting(item.item, exceptions) for item in outer.items):
                return True
        elif isinstance(outer, cst.Call) and _is_expecting(outer, exceptions):
            return True  # assertRaises(TypeError, lambda: …)
        elif _is_asked(outer, inner, asks):
            return True
    return False


def only_for_type_checkers(module: Module, node: cst.CSTNode) -> bool:
    """Whether a statement stands under `if TYPE_CHECKING:`."""
    path = [*ancestors(module.source.tree, node), node]
    return any(
        isinstance(outer, cst.If) and inner is outer.body and _last_name(outer.test) == "TYPE_CHECKING"
        for outer, inner in pairwise(path)
    )


def replaced_import(module: Module, node: cst.CSTNode) -> cst.Try | cst.TryStar | None:
    """The `try` of imports whose failure leads to `node`, if it does."""
    for outer, inner in _around(module, node):
        if isinstance(outer, (cst.Try, cst.TryStar)) and inner in outer.handlers:
            assert isinstance(inner, (cst.ExceptHandler, cst.ExceptStarHandler))
            return outer if _catches_imports(inner) else None
    return None


def required_import(module: Module, node: cst.CSTNode) -> cst.Try | cst.TryStar | None:
    """The `try` of imports that must have succeeded where `node`, in its `else`, is reached."""
    for outer, inner in _around(module, node):
        if isinstance(outer, cst.Try) and inner is outer.orelse:
            return outer if any(map(_catches_imports, outer.handlers)) else None
    return None


def _around(module: Module, node: cst.CSTNode) -> Iterator[tuple[cst.CSTNode, cst.CSTNode]]:
    """The nodes around a place, innermost first, each with the part that holds it; in its function."""
    path = [*ancestors(module.source.tree, node), node]
    for outer, inner in reversed(list(pairwise(path))):
        if isinstance(outer, (cst.FunctionDef, cst.Lambda)):
            return
        yield outer, inner


def _catches_imports(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    caught = set(_last_names(handler.type)) if handler.type is not None else set(_ALL)
    return bool(caught & (IMPORT_ERRORS | _ALL))


def conditions(module: Module, node: cst.CSTNode) -> tuple[cst.CSTNode | None, frozenset[int]]:
    """The function around a place, and the conditions under which it is reached there.

    A branch is a condition, and so is the way past an `if` that ends in `return` or the like.
    """
    path = [*ancestors(module.source.tree, node), node]
    function: cst.CSTNode | None = None
    found: set[int] = set()
    for outer, inner in pairwise(path):
        if isinstance(outer, (cst.FunctionDef, cst.Lambda)):
            function = outer
            found.clear()
        elif _is_branch(outer, inner):
            found.add(id(inner))
        found.update(id(left) for left in _left_by(outer, inner))
    return function, frozenset(found)


def _is_branch(outer: cst.CSTNode, inner: cst.CSTNode) -> bool:
    """Whether `inner` is evaluated in some cases of `outer` only."""
    if isinstance(outer, (cst.If, cst.IfExp, cst.While)):
        return inner is not outer.test
    if isinstance(outer, cst.MatchCase):
        return inner is outer.body
    if isinstance(outer, cst.BooleanOperation):
        return inner is outer.right
    return isinstance(outer, cst.BaseComp) and inner is not outer.for_in and _filters(outer)


def _filters(comprehension: cst.BaseComp) -> bool:
    clause: cst.CompFor | None = comprehension.for_in
    while clause is not None:
        if clause.ifs:
            return True
        clause = clause.inner_for_in
    return False


def _left_by(outer: cst.CSTNode, inner: cst.CSTNode) -> Iterator[cst.If]:
    """The `if`s before `inner` in its suite behind which code is reached in one case only."""
    if not isinstance(outer, (cst.IndentedBlock, cst.Module)):
        return
    for statement in outer.body:
        if statement is inner:
            return
        if isinstance(statement, cst.If):
            branch: cst.If | cst.Else | None = statement
            while branch is not None:
                if _leaves(branch.body.body):
                    yield statement
                    break
                branch = branch.orelse if isinstance(branch, cst.If) else None


def _is_asked(outer: cst.CSTNode, inner: cst.CSTNode, asks: _Asks) -> bool:
    if isinstance(outer, (cst.If, cst.IfExp, cst.While)):
        return inner is not outer.test and asks.by(outer.test)
    if isinstance(outer, cst.BooleanOperation):
        return inner is outer.right and asks.by(outer.left)
    return any(asks.by(left.test) for left in _left_by(outer, inner))


class _Asks:
    """Tells conditions that are about what is there: `hasattr`, a version, a flag set by such."""

    def __init__(self, scope: Scope, about: str | None) -> None:
        self._scope = scope
        self._about = about

    def by(self, test: cst.BaseExpression, depth: int = 2) -> bool:
        code = _code(test)
        if self._about is not None:
            return any(found == self._about for found in _ASKS_ABOUT.findall(code))
        if _ASKS.search(_SAYS_LITTLE.sub("", code)):
            return True
        for node in walk(test):
            if not isinstance(node, cst.Name):
                continue
            if _ASKED.search(node.value) and not _INSTALLED.search(node.value):
                return True
            for value in _bindings(self._scope, node.value) if depth else ():
                if value is not None and self.by(value, depth - 1):
                    return True
        return False


def _bindings(scope: Scope, name: str) -> list[cst.BaseExpression | None]:
    current: Scope | None = scope
    while current is not None:
        found = current.every_binding(name)
        if found:
            return [binding.value for binding in found if binding.kind == "value"]
        current = current.parent
    return []


def _is_caught(statement: cst.Try | cst.TryStar, exceptions: frozenset[str], *, broad: bool) -> bool:
    for handler in statement.handlers:
        names = set(_last_names(handler.type)) if handler.type is not None else set(_ALL)
        meant = bool(names & exceptions)
        if not meant and not (broad and names & _ALL and _can_hardly_fail(statement.body.body)):
            continue
        return not _leaves(handler.body.body, raising_only=True)
    return False


def _can_hardly_fail(body: Sequence[cst.CSTNode]) -> bool:
    """Whether a suite only imports and assigns, so that a broad handler is meant for that."""
    if len(body) == 1 and isinstance(body[0], cst.SimpleStatementLine):
        return True
    return all(
        isinstance(line, cst.SimpleStatementLine)
        and all(
            isinstance(small, (cst.Import, cst.ImportFrom, cst.Assign, cst.AnnAssign, cst.Pass))
            for small in line.body
        )
        for line in body
    )


def _leaves(body: Sequence[cst.CSTNode], *, raising_only: bool = False) -> bool:
    """Whether a suite ends in a statement that does not go on to the next."""
    last = body[-1] if body else None
    if isinstance(last, cst.SimpleStatementLine):
        last = last.body[-1] if last.body else None
    if isinstance(last, cst.Expr) and isinstance(last.value, cst.Call):
        name = _code(last.value.func)
        return name in ("sys.exit", "exit", "quit", "os._exit") or (
            name == "pytest.skip" and not raising_only
        )
    if isinstance(last, cst.Raise):
        return True
    return not raising_only and isinstance(last, (cst.Return, cst.Continue, cst.Break))


def _is_expecting(node: cst.BaseExpression, exceptions: frozenset[str]) -> bool:
    if not isinstance(node, cst.Call) or _last_name(node.func) not in _EXPECTING:
        return False
    return any(set(_last_names(arg.value)) & (exceptions | _ALL) for arg in node.args)


def _last_names(node: cst.BaseExpression | None) -> Iterator[str]:
    """The last names of an exception, or of those in a tuple."""
    if isinstance(node, cst.Tuple):
        for element in node.elements:
            yield from _last_names(element.value)
    elif node is not None:
        name = _last_name(node)
        if name is not None:
            yield name


def _last_name(node: cst.BaseExpression) -> str | None:
    name = node.attr if isinstance(node, cst.Attribute) else node
    return name.value if isinstance(name, cst.Name) else None


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)
