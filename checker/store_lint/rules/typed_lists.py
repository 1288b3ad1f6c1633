"""Lists whose element type a type checker holds fast, or cannot know, where they feed a query."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.flow.state import held_items, in_order
from store_lint.flow.values import (
    NEVER,
    BuiltSequence,
    Function,
    Instance,
    Items,
    Nothing,
    Unknown,
    Value,
    is_known,
    join,
    join_all,
)
from store_lint.rules.base import Replacement, Violation
from store_lint.rules.python_types import python_type
from store_lint.rules.stores import Stores
from store_lint.tree.expressions import ancestors, walk
from store_lint.tree.module import parameters

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from store_lint.flow.events import BindEvent, CallEvent, Events
    from store_lint.flow.values import Atom, State
    from store_lint.rules.base import Context
    from store_lint.rules.queries import Queries
    from store_lint.tree.module import Module, Scope

_GROWS: Final = {"list.append": 0, "list.insert": 1, "list.extend": 0}
_CHOICES: Final = (cst.IfExp, cst.BooleanOperation)
_WIDER: Final[dict[str, frozenset[str]]] = {
    # What a type checker takes for the type on the left.
    "float": frozenset({"int", "bool"}),
    "int": frozenset({"bool"}),
    "datetime.date": frozenset({"datetime.datetime"}),
}


@dataclass(frozen=True, slots=True, eq=False)
class _Grown:
    """A list gets another element."""

    name: cst.Name
    """The list."""
    node: cst.BaseExpression
    """The element."""
    added: Value
    state: State
    scope: Scope
    longer: Value = NEVER
    """The new list, where the name gets one."""


class TypedLists:
    """Checks the lists of one file."""

    def __init__(self, module: Module, context: Context, events: Events, found: Queries) -> None:
        self._module = module
        self._context = context
        self._events = events
        self._feeding = found.feeding
        self._filled = found.filled
        self._annotated: set[cst.CSTNode] = set()
        self._binds: dict[str, list[BindEvent]] = {}
        for node, binds in events.binds.items():
            if isinstance(node, cst.Name):
                self._binds.setdefault(node.value, []).extend(binds)

    def check(self) -> Iterator[Violation]:
        """The elements that a type checker refuses, and the lists of which it knows nothing."""
        for grown in self._grown():
            violation = self._refused(grown)
            if violation is not None:
                yield violation
        yield from self._empty()

    # Elements of another type

    def _grown(self) -> Iterator[_Grown]:
        for node, reached in self._events.calls.items():
            for event in reached:
                yield from _by_call(node, event)
        for node, binds in self._events.binds.items():
            for event in binds:
                if isinstance(node, cst.AugAssign) and isinstance(node.target, cst.Name):
                    yield from _elements(node.target, node.value, event.stored, event)
                elif isinstance(node, cst.Name) and event.expression is not None:
                    yield from self._by_sum(node, event)

    def _by_sum(self, target: cst.Name, event: BindEvent) -> Iterator[_Grown]:
        """`params = params + [limit]`, which mypy and, for an annotated list, pyright refuse."""
        sum_ = event.expression
        if not isinstance(sum_, cst.BinaryOperation) or not isinstance(sum_.operator, cst.Add):
            return
        if not isinstance(sum_.left, cst.Name) or sum_.left.value != target.value:
            return
        if isinstance(sum_.right, (cst.List, cst.Tuple)):
            for atom in event.stored:
                held = event.state.items(atom)
                if held is None or held.known is None:
                    continue
                for item, site in zip(held.known, held.sites, strict=False):
                    if any(site is element.value for element in sum_.right.elements):
                        assert isinstance(site, cst.BaseExpression)
                        yield _Grown(target, site, item, event.state, event.frame.scope, event.stored)

    def _refused(self, grown: _Grown) -> Violation | None:
        lists = grown.state.paths.get(grown.name.value, NEVER)
        sites = [
            atom.site
            for atom in in_order(grown.state, lists)
            if isinstance(atom, BuiltSequence) and atom.kind == "list"
        ]
        fed = [*sites, *(a.site for a in grown.longer if isinstance(a, BuiltSequence))]
        if not sites or len(sites) != len(lists) or not any(site in self._feeding for site in fed):
            return None
        if grown.name.value in grown.scope.declared:
            return None
        declared, is_annotated = self._declared(grown.name.value, grown.scope)
        fixed = declared if is_annotated else self._inferred(grown, sites)
        if fixed is None:
            return None
        held_fast = self._types(fixed)
        if held_fast is None or (not is_annotated and len(held_fast - {"None"}) != 1):
            return None
        refused = self._refusals(grown.added, held_fast)
        if not refused:
            return None
        driver = next((self._feeding[s] for s in fed if self._feeding.get(s)), "")
        return self._violation(grown, sites[0], held_fast, refused, driver, is_annotated)

    def _inferred(self, grown: _Grown, sites: list[cst.CSTNode]) -> Value | None:
        """The element type that the list's first literal fixes, where that stands in the function."""
        fixed = NEVER
        for site in sites:
            held = grown.state.heap.get(site)
            if not isinstance(held, Items) or held.fixed is None or not self._is_made_here(grown, site):
                return None
            fixed = join(fixed, held.fixed)
        return fixed

    def _is_made_here(self, grown: _Grown, site: cst.CSTNode) -> bool:
        """Whether the name gets the list right where the list is written, in the same function."""
        return any(
            event.frame.scope is grown.scope
            and any(isinstance(a, BuiltSequence) and a.site is site for a in event.stored)
            and (
                event.expression is site
                or (
                    (event.expression is None or isinstance(event.expression, _CHOICES))
                    and isinstance(site, cst.List)
                    and bool(ancestors(grown.scope.node, site))
                )
            )
            for event in self._binds.get(grown.name.value, ())
        )

    def _declared(self, name: str, scope: Scope) -> tuple[Value | None, bool]:
        """The element type that an annotation of the name gives, and whether there is one."""
        for binding in scope.every_binding(name):
            if binding.annotation is None:
                continue
            declared = self._context.flow.types.annotation(scope, binding.annotation)
            lists = [a for a in declared if isinstance(a, Instance) and a.cls == "list"]
            if len(lists) != len([a for a in declared if not isinstance(a, Nothing)]):
                return None, True
            return join_all(a.args[0] if a.args else frozenset({Unknown()}) for a in lists), True
        return None, False

    def _types(self, of: Value) -> frozenset[str] | None:
        """The type names of a value; None where one is not known."""
        if not is_known(of):
            return None
        found: set[str] = set()
        for atom in of:
            name = self._type(atom)
            if name is None:
                return None
            found.add(name)
        return frozenset(found)

    def _type(self, atom: Atom) -> str | None:
        if isinstance(atom, Nothing):
            return "None"
        known = python_type(atom, self._context)
        if known is None:
            return None
        given, shown = known
        return shown if given in ("object", "enum") else given

    def _refusals(self, added: Value, fixed: frozenset[str]) -> list[str]:
        types = self._types(added)
        if types is None:
            return []
        return sorted(
            t for t in types if t not in fixed and not any(t in _WIDER.get(f, ()) for f in fixed)
        )

    def _violation(
        self,
        grown: _Grown,
        site: cst.CSTNode,
        fixed: frozenset[str],
        refused: list[str],
        driver: str,
        is_annotated: bool,
    ) -> Violation:
        name = grown.name.value
        types = self._types(grown.added) or frozenset(refused)
        kind, wanted = _union(types), _union(fixed)
        source = "its annotation" if is_annotated else "its first element"
        takes = f"{driver} takes such a list" if driver else "the driver takes such a list"
        shown = _code(site)
        return Violation(
            grown.node,
            f"`{name}` is a list[{wanted}] by {source}, and gets {_article(kind)}: only a type checker "
            f'objects ("{kind}" is not assignable to "{wanted}"); {takes}',
            f"annotate the list: `{name}: list[object]`"
            + (f" = {shown}" if not is_annotated and len(shown) < 50 and "\n" not in shown else "")
            + "; a cast such as str(...) would make the query fail",
            "warning",
            self._annotation(name, site, grown.scope) if not is_annotated else (),
        )

    # Lists of nothing

    def _empty(self) -> Iterator[Violation]:
        for node, events in self._events.binds.items():
            if not isinstance(node, cst.Name):
                continue
            for event in events:
                site = _empty_list(event)
                if site is None or site not in self._filled:
                    continue
                if (
                    self._declared(node.value, event.frame.scope)[1]
                    or not event.frame.scope.is_function
                ):
                    continue
                yield Violation(
                    site,
                    f"`{node.value}` is an empty list without an annotation and feeds a query: pyright "
                    "cannot tell what it holds",
                    f"annotate it: `{node.value}: list[object] = []`",
                    "warning",
                    self._annotation(node.value, site, event.frame.scope),
                )

    def _annotation(self, name: str, site: cst.CSTNode, scope: Scope) -> tuple[Replacement, ...]:
        """`: list[object]` behind the name, where one plain assignment makes the list."""
        if site in self._annotated or not isinstance(site, cst.List):
            return ()
        bindings = scope.every_binding(name)
        if len(bindings) != 1 or not isinstance(bindings[0].statement, cst.Assign):
            return ()
        statement = bindings[0].statement
        if len(statement.targets) != 1 or statement.value is not site or site.lpar:
            return ()
        target = statement.targets[0].target
        if not isinstance(target, cst.Name) or target.lpar:
            return ()
        self._annotated.add(site)
        return (Replacement(target, ": list[object]", "after"),)


def _by_call(node: cst.Call, event: CallEvent) -> Iterator[_Grown]:
    if not isinstance(node.func, cst.Attribute) or not isinstance(node.func.value, cst.Name):
        return
    targets = {a.target for a in event.callee if isinstance(a, Function) and isinstance(a.target, str)}
    if len(targets) != 1 or len(targets) != len(event.callee):
        return
    method = targets.pop()
    assert isinstance(method, str)
    index = _GROWS.get(method)
    if index is None or len(event.args) != index + 1 or event.args[index].star:
        return
    arg = event.args[index]
    name = node.func.value
    if method == "list.extend":
        yield from _elements(name, arg.node.value, arg.value, event)
    else:
        yield _Grown(name, arg.node.value, arg.value, event.state, event.frame.scope)


def _elements(
    name: cst.Name, node: cst.BaseExpression, added: Value, event: CallEvent | BindEvent
) -> Iterator[_Grown]:
    """The elements by which `+=` and `extend` make a list longer."""
    held = held_items(event.state, added)
    scope = event.frame.scope
    if held is not None and held.known is not None and isinstance(node, (cst.List, cst.Tuple)):
        places = held.sites if len(held.sites) == len(held.known) else (node,) * len(held.known)
        for item, site in zip(held.known, places, strict=True):
            place = site if isinstance(site, cst.BaseExpression) else node
            yield _Grown(name, place, item, event.state, scope)
        return
    if held is not None:
        yield _Grown(name, node, held.any, event.state, scope)
        return
    for atom in added:
        if isinstance(atom, Instance) and atom.cls in ("iterator", "list", "set") and atom.args:
            yield _Grown(name, node, atom.args[0], event.state, scope)


def _empty_list(event: BindEvent) -> cst.CSTNode | None:
    """The place of the empty list that is bound where it is made, if one is."""
    for atom in event.stored:
        if not isinstance(atom, BuiltSequence) or atom.kind != "list":
            continue
        site = atom.site
        if event.expression is None or all(node is not site for node in walk(event.expression)):
            continue  # `for query, params in queries`: made elsewhere, under another name
        if isinstance(site, cst.List) and not site.elements:
            return site
        if isinstance(site, cst.Call) and isinstance(site.func, cst.Name) and not site.args:
            return site
    return None


# Parameters without an annotation


def unannotated(module: Module, context: Context, found: Queries) -> Iterator[Violation]:
    """The methods of stores whose unannotated parameters go into a query."""
    stores = Stores(context.program, context.api)
    fed: dict[cst.FunctionDef, list[str]] = {}
    for event, expression, value in found.expressions:
        method = event.frame.scope.node
        cls = event.frame.cls
        if not isinstance(method, cst.FunctionDef) or cls is None or is_known(value):
            continue
        if event.frame.scope.module is not module or not stores.roots(cls):
            continue
        names = {part.value for part in walk(expression) if isinstance(part, cst.Name)}
        for param in parameters(method)[1:]:
            name = param.name.value
            is_bare = name in names and param.annotation is None and not param.star
            known = fed.setdefault(method, [])
            if is_bare and name not in known and _is_argument(name, event.frame.scope):
                known.append(name)
    for method, names in fed.items():
        if not names or not ancestors(module.source.tree, method):
            continue
        one = len(names) == 1
        listed = ", ".join(f"`{name}`" for name in names)
        yield Violation(
            method.name,
            f"{method.name.value}() binds {listed} to a query, and {'it has' if one else 'they have'} "
            "no annotation: nothing can check the type that the server needs",
            "annotate as the Store does: "
            + ", ".join(f"`{name}: {_TYPES.get(name, 'str')}`" for name in names),
            "warning",
        )


def _is_argument(name: str, scope: Scope) -> bool:
    """Whether the name still means the parameter: nothing assigns it anew."""
    return all(binding.kind == "parameter" for binding in scope.every_binding(name))


_TYPES: Final = {
    "limit": "int",
    "after": "str | None",
    "order": "str",
    "thread": "ThreadMetadata",
    "item": "ThreadItem",
    "attachment": "Attachment",
    "context": "TContext",
}


def _union(types: Iterable[str]) -> str:
    names = sorted(t.rpartition(".")[2] for t in types if t != "None")
    return " | ".join([*names, *(["None"] if "None" in types else [])])


def _article(kind: str) -> str:
    return f"{'an' if kind[:1].lower() in 'aeiou' else 'a'} {kind}" if kind != "None" else kind


def _code(node: cst.CSTNode) -> str:
    return cst.Module([]).code_for_node(node)
