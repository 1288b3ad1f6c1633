"""The queries that a file sends: their texts, and what is bound to their placeholders."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.flow.knowledge import CANONICAL
from store_lint.flow.state import held_items, in_order
from store_lint.flow.strings import pieces
from store_lint.flow.values import (
    NEVER,
    BuiltMapping,
    BuiltSequence,
    Function,
    Instance,
    Nothing,
    Unknown,
    join_all,
    type_name,
)
from store_lint.rules.sql.drivers import QUERY_NAMES, query_by_name, query_of
from store_lint.rules.sql.tokens import is_statement, text_of
from store_lint.tree.expressions import walk
from store_lint.tree.program import LocalFunction

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store_lint.flow import Analysis
    from store_lint.flow.events import Argument, CallEvent
    from store_lint.flow.values import Entries, State, Value
    from store_lint.rules.sql.drivers import Query
    from store_lint.tree.module import Module

_DRIVER_IMPORT: Final = re.compile(
    r"^\s*(?:import|from)\s+(asyncpg|psycopg|aiomysql|asyncmy|pymysql|aiosqlite|sqlite3)(?:_pool)?\b",
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, eq=False)
class Bound:
    """A value that is bound to a placeholder, and the expression that it comes from."""

    value: Value
    node: cst.BaseExpression


@dataclass(frozen=True, slots=True, eq=False)
class Parameters:
    """What one run of a query binds."""

    positional: tuple[Bound, ...] = ()
    exact: bool = True
    """Whether `positional` is all of them; otherwise more may follow."""
    named: dict[str, Bound] | None = None
    """By name, where they come as a dict; None where they come in order."""
    maybe: frozenset[str] = frozenset()
    """Names that are there on some paths only."""
    other: str = ""
    """The type of what is handed in the place of a list of parameters: 'str', 'int'."""
    absent: bool = False
    """Whether the call hands none."""


@dataclass(frozen=True, slots=True, eq=False)
class Sent:
    """A query that is sent at one place, as one way through the code sends it."""

    event: CallEvent
    query: Query
    texts: tuple[str, ...]
    """What the text may be, with holes; empty where one alternative is not known."""
    text_node: cst.BaseExpression
    runs: tuple[Parameters, ...]
    """The parameters; for `executemany` those of each row that is known."""


@dataclass(slots=True, eq=False)
class Queries:
    """All that a file sends, and the lists from which it takes the parameters."""

    sent: list[Sent] = field(default_factory=list[Sent])
    feeding: dict[cst.CSTNode, str] = field(default_factory=dict[cst.CSTNode, str])
    """The places where lists and dicts are built that go into a query, with the driver's name."""
    filled: set[cst.CSTNode] = field(default_factory=set[cst.CSTNode])
    """Those of them that are not always empty when the query is sent."""
    expressions: list[tuple[CallEvent, cst.BaseExpression, Value]] = field(
        default_factory=list["tuple[CallEvent, cst.BaseExpression, Value]"]
    )
    """Every expression whose value goes into a query, items of lists included."""


def queries(module: Module, flow: Analysis) -> Queries:
    """Find the queries of a file among its calls."""
    imports = frozenset(_DRIVER_IMPORT.findall(module.source.text))
    found = Queries()
    for node, reached in flow.events(module).calls.items():
        if not node.args:
            continue
        for event in reached:
            texts, text = _text(event)
            if text is None:
                continue
            query = _query(event, texts, imports) or _query_of_wrapper(event, module, flow)
            if query is None and not texts:
                continue
            rest = tuple(a for a in event.args if a is not text)
            _feed(event, rest, query.driver.name if query else "", found)
            if query is not None:
                runs = tuple(_runs(query, rest, event.state))
                found.sent.append(Sent(event, query, texts, text.node.value, runs))
    return found


def _text(event: CallEvent) -> tuple[tuple[str, ...], Argument | None]:
    """The SQL that a call is handed, and by which argument; no texts where that is not known."""
    for argument in event.args[:2]:
        if argument.star or (argument.keyword is not None and argument.keyword not in QUERY_NAMES):
            continue
        known = [pieces(atom) for atom in argument.value]
        if not known or any(parts is None for parts in known):
            continue
        texts = tuple(sorted(text_of(parts) for parts in known if parts is not None))
        if all(is_statement(text) for text in texts):
            return texts, argument
    first = event.args[0]
    return (), None if first.star else first


def _query(event: CallEvent, texts: tuple[str, ...], imports: frozenset[str]) -> Query | None:
    found: set[Query | None] = set()
    for atom in event.callee:
        if isinstance(atom, Function) and isinstance(atom.target, str):
            cls, _, method = atom.target.rpartition(".")
            found.add(query_of(f"{CANONICAL.get(cls, cls)}.{method}"))
        elif isinstance(atom, Unknown) and isinstance(event.node.func, cst.Attribute):
            found.add(query_by_name(event.node.func.attr.value, list(texts), imports))
        else:
            found.add(None)
    return found.pop() if len(found) == 1 else None


def _query_of_wrapper(event: CallEvent, module: Module, flow: Analysis) -> Query | None:
    """The query that a function of another file sends with the text and parameters that it is handed.

    One of this file needs no such question: the analysis follows the call into it.
    """
    if len(event.callee) != 1:
        return None
    (atom,) = event.callee
    if not isinstance(atom, Function) or not isinstance(atom.target, LocalFunction):
        return None
    wrapper = atom.target
    params = wrapper.node.params
    positional, rest = (*params.posonly_params, *params.params), params.star_arg
    if wrapper.module is module or not positional or not isinstance(rest, cst.Param):
        return None
    for call in walk(wrapper.node.body):
        if not isinstance(call, cst.Call) or not _hands_on(call, positional[-1], rest):
            continue
        for inner in flow.events(wrapper.module).calls.get(call, ()):
            query = _query(inner, (), frozenset())
            if query is not None and query.driver.spreads:
                return query
    return None


def _hands_on(call: cst.Call, text: cst.Param, rest: cst.Param) -> bool:
    """Whether a call's arguments are `text, *rest`."""
    if len(call.args) != 2 or call.args[1].star != "*":
        return False
    names = [arg.value.value for arg in call.args if isinstance(arg.value, cst.Name)]
    return names == [text.name.value, rest.name.value]


def _feed(event: CallEvent, args: tuple[Argument, ...], driver: str, found: Queries) -> None:
    for arg in args:
        if arg.keyword is not None and arg.keyword not in QUERY_NAMES:
            continue
        found.expressions.append((event, arg.node.value, arg.value))
        names = [part.value for part in walk(arg.node.value) if isinstance(part, cst.Name)]
        values = [arg.value, *(event.state.paths.get(name, NEVER) for name in names)]
        for atom in join_all(values):
            if not isinstance(atom, (BuiltSequence, BuiltMapping)):
                continue
            _feed_from(event, atom, driver, found)


def _feed_from(
    event: CallEvent, atom: BuiltSequence | BuiltMapping, driver: str, found: Queries
) -> None:
    found.feeding[atom.site] = driver
    held = event.state.items(atom)
    if held is None or held.known != ():
        found.filled.add(atom.site)
    if held is None or held.known is None:
        return
    found.expressions.extend(
        (event, site, item)
        for site, item in zip(held.sites, held.known, strict=False)
        if isinstance(site, cst.BaseExpression)
    )


# What is bound


def _runs(query: Query, args: tuple[Argument, ...], state: State) -> Iterator[Parameters]:
    if query.is_many:
        if args and not args[0].star:
            yield from _rows(args[0], state)
    elif query.driver.spreads:
        yield _spread(args, state)
    else:
        yield from _handed(args, state)


def _spread(args: tuple[Argument, ...], state: State) -> Parameters:
    bound: list[Bound] = []
    for arg in args:
        if arg.keyword is not None or arg.star == "**":
            continue
        if not arg.star:
            bound.append(Bound(arg.value, arg.node.value))
            continue
        items = _items(arg.value, arg.node.value, state)
        if items is None:
            return Parameters(tuple(bound), exact=False)
        bound.extend(items)
    return Parameters(tuple(bound))


def _handed(args: tuple[Argument, ...], state: State) -> Iterator[Parameters]:
    given = [a for a in args if not a.star and (a.keyword is None or a.keyword in QUERY_NAMES)]
    if any(a.star for a in args) or len(given) > 1:
        return
    if not given or all(isinstance(atom, Nothing) for atom in given[0].value):
        yield Parameters(absent=True)
        return
    yield from _collections(given[0].value, given[0].node.value, state)


def _rows(arg: Argument, state: State) -> Iterator[Parameters]:
    node = arg.node.value
    for atom in in_order(state, arg.value):
        held = state.items(atom)
        if held is not None and held.known is not None and len(held.sites) == len(held.known):
            for item, site in zip(held.known, held.sites, strict=True):
                yield from _collections(
                    item, site if isinstance(site, cst.BaseExpression) else node, state
                )
        elif held is not None:
            yield from _collections(held.any, node, state)
        elif isinstance(atom, Instance) and atom.args and atom.cls in ("iterator", "list"):
            yield from _collections(atom.args[0], node, state)


def _collections(given: Value, node: cst.BaseExpression, state: State) -> Iterator[Parameters]:
    """The parameters of a list, tuple or dict, where the value is that and nothing else."""
    for atom in in_order(state, given):
        entries = state.entries(atom)
        if entries is not None:
            yield _named(entries, node)
            continue
        items = _items(frozenset({atom}), node, state)
        if items is not None:
            yield Parameters(tuple(items))
        elif type_name(atom) in ("str", "int", "float", "bool") and len(given) == 1:
            yield Parameters(other=type_name(atom) or "")


def _named(entries: Entries, node: cst.BaseExpression) -> Parameters:
    named = {name: Bound(value, node) for name, value in entries.known}
    return Parameters(exact=not entries.open, named=named, maybe=entries.maybe)


def _items(of: Value, node: cst.BaseExpression, state: State) -> list[Bound] | None:
    held = held_items(state, of)
    if held is None or held.known is None:
        return None
    places = held.sites if len(held.sites) == len(held.known) else (node,) * len(held.known)
    return [
        Bound(item, place if isinstance(place, cst.BaseExpression) else node)
        for item, place in zip(held.known, places, strict=True)
    ]
