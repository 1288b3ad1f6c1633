"""CKS004: a pool, client, engine or connection is used where it may be None or not be there."""

from __future__ import annotations

import builtins
import re
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, Final

import libcst as cst

from store_lint.flow.knowledge import HANDLES, PENDING
from store_lint.flow.relevance import Signs
from store_lint.flow.state import GLOBAL, last_name
from store_lint.flow.values import (
    Instance,
    Nothing,
    Pending,
    Unset,
    join_all,
    may_be_missing,
)
from store_lint.rules.base import Replacement, Rule, Violation
from store_lint.tree.expressions import ancestors, children, walk

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from store_lint.flow.events import AttributeEvent, UseEvent
    from store_lint.flow.values import Frame, Note, State, Value
    from store_lint.rules.base import Context
    from store_lint.tree.module import Module, Scope

_HANDLE_NAME: Final = re.compile(
    r"(?i:(?:^|_)(?:pool|client|engine|conn|connection|db|database|sessionmaker|session_factory"
    r"|session_maker|redis|mongo|collection|cursor)s?(?:_var|_ctx|_cv|_context)?$)"
)
_CATCHES_MISSING: Final = frozenset({"AttributeError"})
_USES: Final = {
    "with": "entered by `with`",
    "await": "awaited",
    "subscript": "subscripted",
    "call": "called",
    "iterate": "iterated over",
}


class UnguardedPool(Rule):
    summary: ClassVar[str] = "a pool or connection is used where it may be None or not be ready"
    signs: ClassVar[Signs] = Signs(
        frozenset(dotted.partition(".")[0] for dotted in (*HANDLES, *PENDING)),
        _HANDLE_NAME.pattern,
    )

    def check(self, module: Module, context: Context) -> Iterable[Violation]:
        events = context.flow.events(module)
        found: dict[cst.CSTNode, Violation] = {}
        for node, used in events.uses.items():
            every = join_all(event.used for event in used)
            for event in used:
                violation = self._use(node, event, every, context)
                if violation is not None:
                    found.setdefault(node, violation)
        for node, reached in events.attributes.items():
            every = join_all(event.base for event in reached)
            for event in reached:
                if event.stored is not None or event.is_delete:
                    continue
                for anchor, violation in self._attribute(node, event, every, module, context):
                    found.setdefault(anchor, violation)
        return found.values()

    def _attribute(
        self,
        node: cst.Attribute,
        event: AttributeEvent,
        every: Value,
        module: Module,
        context: Context,
    ) -> Iterator[tuple[cst.CSTNode, Violation]]:
        attr = node.attr.value
        for atom in event.base:
            if isinstance(atom, Pending) and atom.by in PENDING and attr not in _ON_PENDING:
                yield atom.call, _never_awaited(atom, node, module)
        if not any(isinstance(atom, Nothing) for atom in event.base):
            return
        if event.caught & _CATCHES_MISSING:
            return
        if not _is_handle(event.path, every, event.state, event.frame, context):
            return
        if _is_chosen_alike(event.path, event.base, event.frame, context):
            return
        name = _shown(event.path, node.value)
        why = _why(event.path, event.base, event.state, event.frame, context)
        yield (
            node.value,
            Violation(
                node.value,
                f"{name} may be None here{why}; then `.{attr}` raises AttributeError: "
                f"'NoneType' object has no attribute '{attr}'",
                _remedy(event.path, name, event.frame, context),
            ),
        )

    def _use(
        self, node: cst.BaseExpression, event: UseEvent, every: Value, context: Context
    ) -> Violation | None:
        if event.caught & (_CATCHES_MISSING | {"TypeError"}):
            return None
        if not may_be_missing(event.used):
            return None
        if not _is_handle(event.path, every, event.state, event.frame, context):
            return None
        if _is_chosen_alike(event.path, event.used, event.frame, context):
            return None
        name = _shown(event.path, node)
        remedy = _remedy(event.path, name, event.frame, context)
        if event.how == "read":
            if remedy.startswith("before"):
                remedy = f"set `{name.strip('`')} = None` in __init__, and {remedy}"
            unset = next(a.name for a in event.used if isinstance(a, Unset))
            owner = event.frame.cls.name if event.frame.cls is not None else "the object"
            why = _why_unset(unset, event, context)
            return Violation(
                node,
                f"{name} {why}: AttributeError: '{owner}' object has no attribute '{unset}'",
                remedy,
            )
        why = _why(event.path, event.used, event.state, event.frame, context)
        return Violation(node, f"{name} may be None where it is {_USES[event.how]}{why}", remedy)


_ON_PENDING: Final = frozenset({"send", "throw", "close", "__await__", "__aenter__", "__aexit__"})


def _never_awaited(pending: Pending, use: cst.Attribute, module: Module) -> Violation:
    target = PENDING[pending.by]
    edits: tuple[Replacement, ...] = ()
    if _may_be_awaited(pending.call, module):
        edits = (Replacement(pending.call, "await ", "before"),)
    return Violation(
        pending.call,
        f"`{pending.by}(...)` is never awaited, and what it gives is used: `.{use.attr.value}` "
        f"needs a {target} that is ready",
        f"write `await {pending.by}(...)` in an async method",
        edits=edits,
    )


def _may_be_awaited(call: cst.CSTNode, module: Module) -> bool:
    """Whether the call is what an async function assigns, so that `await` may stand before it."""
    return any(
        isinstance(node, (cst.Assign, cst.AnnAssign)) and node.value is call
        for scope in module.scopes()
        if isinstance(scope.node, cst.FunctionDef) and scope.node.asynchronous is not None
        for node in walk(scope.node.body, into_scopes=False)
    )


def _is_handle(path: str | None, known: Value, state: State, frame: Frame, context: Context) -> bool:
    """Whether a path holds a pool, client, engine or connection: by type, else by name."""
    types = [atom.cls for atom in known if isinstance(atom, Instance)]
    types += [PENDING.get(atom.by, "") for atom in known if isinstance(atom, Pending)]
    if path is None:
        return any(cls in HANDLES for cls in types)
    path = state.aliases.get(path, path)
    last = last_name(path)
    if path.startswith("self.") and path.count(".") == 1 and frame.cls is not None:
        every = context.flow.field(frame.cls, last)
        types += [atom.cls for atom in every if isinstance(atom, Instance)]
        types += [PENDING.get(atom.by, "") for atom in every if isinstance(atom, Pending)]
    if any(cls in HANDLES for cls in types):
        return True
    if "." not in path and GLOBAL not in path:
        return bool(_HANDLE_NAME.search(last)) and not types
    return bool(_HANDLE_NAME.search(last))


def _is_chosen_alike(path: str | None, known: Value, frame: Frame, context: Context) -> bool:
    """Whether a module's `if` decides about its variable, and the function tests what that tests.

    Which of the function's branches goes with which of the module's is not followed.
    """
    if not frame.scope.is_function:
        return False
    file, is_global, _ = (path or "").partition(GLOBAL)
    module = context.program.load(Path(file)) if is_global else frame.scope.module
    names = frozenset[str]()
    for atom in known:
        if not isinstance(atom, (Nothing, Unset)):
            continue
        origin = atom.origin if isinstance(atom, Nothing) else None
        outer = ancestors(module.source.tree, origin) if origin is not None else ()
        tests = [node.test for node in outer if isinstance(node, cst.If)]
        if not tests or any(isinstance(node, (cst.FunctionDef, cst.ClassDef)) for node in outer):
            return False
        names = names.union(*map(_asked_about, tests))
    return any(
        not names.isdisjoint(_asked_about(test))
        for node in walk(_outermost(frame.scope).node)
        for test in _tests(node)
    )


def _outermost(scope: Scope) -> Scope:
    """The function around all the functions in which a scope stands."""
    while scope.parent is not None and scope.parent.is_function:
        scope = scope.parent
    return scope


def _tests(node: cst.CSTNode) -> Iterator[cst.BaseExpression]:
    if isinstance(node, (cst.If, cst.While, cst.IfExp, cst.Assert, cst.CompIf)):
        yield node.test
    elif isinstance(node, cst.Match):
        yield node.subject
    elif isinstance(node, cst.BooleanOperation):
        yield node


def _asked_about(test: cst.BaseExpression) -> frozenset[str]:
    """The last names of what a test looks at: `URL` of `URL.startswith("sqlite")`."""
    names, pending = set[str](), list[cst.CSTNode]([test])
    while pending:
        node = pending.pop()
        if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
            pending += [node.func.value, *node.args]
        elif isinstance(node, cst.Arg):
            pending.append(node.value)
        elif isinstance(node, cst.Attribute):
            names.add(node.attr.value)
        elif isinstance(node, cst.Name):
            names.add(node.value)
        else:
            pending += children(node)
    return frozenset(names.difference(dir(builtins)))


def _shown(path: str | None, node: cst.BaseExpression) -> str:
    if path is not None and GLOBAL in path and isinstance(node, cst.Name):
        return f"`{path.rpartition(GLOBAL)[2]}`"
    return f"`{cst.Module([]).code_for_node(node)}`"


def _why(path: str | None, known: Value, state: State, frame: Frame, context: Context) -> str:
    note = state.notes.get(path or "")
    original = state.aliases.get(path or "")
    if note is None and original is not None:
        note = state.notes.get(original)
        path = original
    if note is not None and note.function.name != "__init__":
        return f": {note.function.name}() can end without setting it{_ending(note)}"
    setters = _set_to_none(path, frame, context)
    if setters:
        return f": {_listed(setters)} {'sets' if len(setters) == 1 else 'set'} it to None"
    if any(isinstance(a, Nothing) and isinstance(a.origin, cst.Return) for a in known):
        return ": what it comes from can return None"
    return ""


def _ending(note: Note) -> str:
    if isinstance(note.place, cst.Return):
        return f" (at `{cst.Module([]).code_for_node(note.place).strip()[:60]}`)"
    return ""


def _set_to_none(path: str | None, frame: Frame, context: Context) -> list[str]:
    """The methods of the class that assign None to the attribute."""
    if path is None or not path.startswith("self.") or frame.cls is None:
        return []
    return [f"{name}()" for name in context.flow.setters_of_none(frame.cls, path[5:])]


def _why_unset(attr: str, event: UseEvent, context: Context) -> str:
    cls = event.frame.cls
    writers = context.flow.writers(cls, attr) if cls is not None else []
    note = event.state.notes.get(event.path or "")
    if not writers:
        return "is never assigned"
    if note is not None and note.function.name in writers:
        return f"may not be there: {note.function.name}() can end without setting it"
    closers = set(context.flow.setters_of_none(cls, attr)) if cls is not None else set[str]()
    openers = [f"{name}()" for name in writers if name not in closers] or [
        f"{name}()" for name in writers
    ]
    verb = "assigns" if len(openers) == 1 else "assign"
    return f"may not be there: __init__ does not set it, only {_listed(openers)} {verb} it"


def _listed(names: list[str]) -> str:
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _remedy(path: str | None, name: str, frame: Frame, context: Context) -> str:
    plain = name.strip("`")
    opener = None
    if path is None:
        return "let it raise instead of returning None, or check what it returns before the use"
    if path.startswith("self.") and path.count(".") == 1 and frame.cls is not None:
        writers = context.flow.writers(frame.cls, path[5:])
        closers = {"__init__", *context.flow.setters_of_none(frame.cls, path[5:])}
        opener = next((w for w in writers if w not in closers), None)
        if not writers:
            return (
                f"set `{plain} = None` in __init__, assign the pool in an async connect() "
                f"(`{plain} = await asyncpg.create_pool(...)`), and check it before each use: "
                f"`if {plain} is None: await self.connect()`"
            )
    if opener is not None:
        return (
            f"before the use: `if {plain} is None: await self.{opener}()`, and let {opener}() raise "
            f"wherever it cannot set it"
        )
    return f'before the use: `if {plain} is None: raise RuntimeError("not connected")`'
