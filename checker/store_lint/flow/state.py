"""Operations on states: writing and narrowing access paths, and joining what two paths know."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.flow.values import (
    NEVER,
    UNKNOWN,
    BuiltMapping,
    BuiltSequence,
    ClassObject,
    Constant,
    Entries,
    Function,
    Instance,
    Items,
    ModuleObject,
    Nothing,
    Pending,
    SelfObject,
    State,
    Text,
    Unset,
    Value,
    is_missing,
    join,
    join_all,
    may_be_missing,
    perhaps_there,
    without_missing,
)
from store_lint.tree.expressions import walk
from store_lint.tree.module import dotted_name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from store_lint.flow.values import Atom

GLOBAL = "::"
"""Parts the file from the name in the path of a module's variable."""

CONTENTS = ".<contents>"
"""Ends the path of what a context variable holds."""

TASKS = "<tasks>"
"""The path of a coroutine that was scheduled and may run at the next `await`."""


UNFOLLOWED = "<unfollowed>"
"""The path that is there where code has run that was not looked into: it may have set anything."""

HANDED = ".<handed>"
"""Ends a path that is there where an object was handed to code that may set its attributes."""

FRESH = ".<fresh>"
"""Ends a path that is there while a local name holds an object as its constructor has left it."""

FOUND = ".<found>"
"""Ends a path that is there while what is known of an attribute, or a module's variable, is known from
testing what was found there: nothing has been written since."""

EARLIER: Final[Value] = frozenset({Constant("<earlier>")})
"""Stands under these two paths in a function where its caller had come to that before the call."""

TOLD = "?."
"""Begins the path under which the outcome of a test of local names is kept."""

_KEPT: Final = ("self.", "<", TOLD)
"""The beginnings of paths that no local name leads to."""


def is_shared(path: str) -> bool:
    """Whether the path outlives the function: an attribute, or a module's variable."""
    return "." in path or GLOBAL in path


def last_name(path: str) -> str:
    """The name of the attribute or variable at the end of a path."""
    return path.removesuffix(CONTENTS).rpartition(GLOBAL)[2].rpartition(".")[2]


def write(state: State, path: str, value: Value) -> None:
    """Assign: what was known of the path, its attributes and its aliases is gone."""
    if not _is_self(value):
        # A name for the object itself: its attributes are kept under 'self', whatever the name is.
        forget_below(state, path)
    state.paths[path] = value
    state.notes.pop(path, None)
    if state.aliases:
        for name, of in list(state.aliases.items()):
            if name == path or of == path or of.startswith(path + "."):
                del state.aliases[name]


def _is_self(value: Value) -> bool:
    for atom in value:  # noqa: SIM110 - as in may_be_missing()
        if type(atom) is SelfObject:
            return True
    return False


def keep_only(state: State, names: frozenset[str]) -> None:
    """Drop what is known of local names other than these, and of what is reached through them."""
    paths = state.paths
    dead: list[str] = []
    for path in paths:
        root = _ROOTS.get(path)
        if root is None:
            root = _ROOTS[path] = _local_root(path)
        if root and root not in names and not _is_self(paths[path]):
            dead.append(path)
    for path in dead:
        del paths[path]
        state.aliases.pop(path, None)


def _local_root(path: str) -> str:
    """The local name that a path begins with; '' where it begins with none."""
    return "" if path.startswith(_KEPT) or GLOBAL in path else path.partition(".")[0]


_ROOTS: Final[dict[str, str]] = {}
"""The outcomes of `_local_root`, which is asked of the same few paths at each block's end."""


MAX_SEEN: Final = 256
"""From so many paths or built lists on, an event keeps those only that have to do with its place."""


def seen_from(state: State, node: cst.CSTNode) -> State:
    """The state as an event at a place keeps it."""
    if len(state.paths) <= MAX_SEEN and len(state.heap) <= MAX_SEEN:
        return state.copy()
    nodes = set(walk(node))
    names = {found.value for found in nodes if isinstance(found, cst.Name)}
    dotted = {dotted_name(found) for found in nodes if isinstance(found, cst.Attribute)}
    wanted = (*names, *(f"self.{name}" for name in names), *dotted)
    paths = {path: state.paths[path] for path in wanted if path is not None and path in state.paths}
    pending = [site for site in nodes if site in state.heap]
    pending += [site for value in paths.values() for site in _sites(value)]
    heap: dict[cst.CSTNode, Items | Entries] = {}
    while pending:
        site = pending.pop()
        held = state.heap.get(site)
        if held is None or site in heap:
            continue
        heap[site] = held
        within = (held.any,) if isinstance(held, Items) else tuple(v for _, v in held.known)
        pending += [inner for value in within for inner in _sites(value)]
    notes = {path: note for path, note in state.notes.items() if path in paths}
    aliases = {name: path for name, path in state.aliases.items() if name in names}
    return State(paths, heap, aliases, notes, state.dead)


def _sites(value: Value) -> Iterator[cst.CSTNode]:
    return (atom.site for atom in value if isinstance(atom, (BuiltSequence, BuiltMapping)))


def trust(state: State, prefix: str | None) -> None:
    """Code that is not known has run: what was missing below a path, or in a module, may be there."""
    if prefix is not None:
        state.paths[f"{prefix}{HANDED}"] = UNKNOWN
    for path, known in state.paths.items():
        below = prefix is not None and path.startswith(f"{prefix}.")
        if (below or GLOBAL in path) and may_be_missing(known):
            state.paths[path] = perhaps_there(known)


def trust_all(state: State) -> None:
    """Code of the tree has run that was not looked into: it may have set what outlives a function.

    A local name it cannot set, but it may have raised where that is missing.
    """
    for path, known in state.paths.items():
        if is_shared(path) and not path.startswith(TOLD):
            state.paths[path] = _reset(known)
        elif may_be_missing(known):
            state.paths[path] = perhaps_there(known)
    state.paths[UNFOLLOWED] = UNKNOWN


def trusted(state: State, read: Value, path: str | None = None) -> Value:
    """What is read for the first time, of the object at `path`, where such code may have set it."""
    if UNFOLLOWED in state.paths:
        return _reset(read)
    if may_be_missing(read) and f"{path}{HANDED}" in state.paths:
        return perhaps_there(read)
    return read


def came_to(state: State, mark: str) -> bool:
    """Whether the function itself has come to what a path tells of, and not only its caller."""
    return not UNKNOWN.isdisjoint(state.paths.get(mark, NEVER))


def _reset(known: Value) -> Value:
    """What is left of a value that may have been set anew: objects with work to do stay as a rule."""
    return known if all(map(_stays, known)) else UNKNOWN


def _stays(atom: Atom) -> bool:
    if isinstance(atom, Instance):
        cls = atom.cls
        return not isinstance(cls, str) or ("." in cls and not cls.startswith("datetime."))
    return isinstance(atom, (SelfObject, ClassObject, Function, ModuleObject, Pending))


def forget_below(state: State, path: str) -> None:
    prefix = path + "."
    begins = (prefix, TOLD)
    for known in [
        p for p in state.paths if p.startswith(begins) and (p.startswith(prefix) or path in p)
    ]:
        del state.paths[known]


def forget_told(state: State, name: str) -> None:
    """The object of a local name may have changed: tests of it have new outcomes."""
    for known in [p for p in state.paths if p.startswith(TOLD) and name in p]:
        del state.paths[known]


def narrow(state: State, path: str, value: Value) -> None:
    """Note that the object at `path` is now known to be `value`, under each of its names."""
    is_found = is_as_found(state, path)
    state.paths[path] = value
    if is_found:  # behind the path: it is carried over to another state after that
        state.paths[f"{path}{FOUND}"] = UNKNOWN
    original = state.aliases.get(path)
    if original is not None and original in state.paths:
        state.paths[original] = value
    for name, of in state.aliases.items():
        if of == path or (original is not None and of == original):
            state.paths[name] = value


def is_as_found(state: State, path: str) -> bool:
    """Whether an attribute, or a module's variable, is as it was where the function began."""
    return is_shared(path) and (path not in state.paths or f"{path}{FOUND}" in state.paths)


def assume_present(state: State, path: str, value: Value) -> None:
    """After a use that would have raised: None and unset are over."""
    narrow(state, path, without_missing(value) or UNKNOWN)


def join_states(left: State | None, right: State | None) -> State | None:
    """What holds on either of two paths; None is a path that is not reached."""
    if left is None or left.dead:
        return right
    if right is None or right.dead or left is right:
        return left
    if same(left, right) and left.notes == right.notes:
        return left
    paths = left.paths.copy()
    for path, other in right.paths.items():
        mine = paths.get(path)
        if mine is None:
            if not is_shared(path):
                paths[path] = other
        elif mine is not other:
            paths[path] = join(mine, other)
    for path in left.paths.keys() - right.paths.keys():
        if is_shared(path):
            del paths[path]
    heap = left.heap.copy()
    for site, held in right.heap.items() if left.heap != right.heap else ():
        mine = heap.get(site)
        if mine is not held:
            heap[site] = held if mine is None else join_held(mine, held)
    aliases = {n: p for n, p in left.aliases.items() if right.aliases.get(n) == p}
    return State(paths, heap, aliases, {**right.notes, **left.notes})


def join_held(left: Items | Entries, right: Items | Entries) -> Items | Entries:
    if left is right or left == right:
        return left
    if isinstance(left, Items) and isinstance(right, Items):
        everything = join(left.any, right.any)
        fixed = left.fixed if left.fixed == right.fixed else None
        if left.known is not None and right.known is not None and len(left.known) == len(right.known):
            known = tuple(join(a, b) for a, b in zip(left.known, right.known, strict=True))
            return Items(known, everything, left.sites, fixed)
        return Items(None, everything, (), fixed)
    if isinstance(left, Entries) and isinstance(right, Entries):
        mine, other = dict(left.known), dict(right.known)
        known = {key: join(mine.get(key, NEVER), other.get(key, NEVER)) for key in {**mine, **other}}
        one_sided = frozenset(mine.keys() ^ other.keys())
        return Entries(
            tuple(known.items()), left.open or right.open, left.maybe | right.maybe | one_sided
        )
    return Items(None, UNKNOWN)


def same(left: State, right: State) -> bool:
    return left.paths == right.paths and left.heap == right.heap and left.aliases == right.aliases


def correlations(state: State) -> Facts:
    """The facts that must not be mixed with their opposites: what is None, which flag is up.

    Two states that agree on these are joined; others are kept apart, so that a flag that goes with
    a pool, or a query's text (or the list of its conditions) with the list of its parameters, stay
    together. How many items a list has matters beside such a text only.
    """
    facts: list[tuple[str, object]] = []
    lengths: list[tuple[str, object]] = []
    is_counted = False
    for path, value in state.paths.items():
        if len(value) != 1:
            if value and is_missing(value):  # None from several places
                facts.append((path, None))
            continue
        (atom,) = value
        kind = type(atom)
        if kind not in _TELLING or path.startswith(("<", TOLD)):
            continue
        if kind is Nothing or kind is Unset:
            facts.append((path, None))
        elif isinstance(atom, BuiltSequence):
            held = state.items(atom)
            if held is not None and held.known is not None:
                lengths.append((path, len(held.known)))
                is_counted = is_counted or any(map(has_placeholders, held.any))
        elif not isinstance(atom, Constant) or isinstance(atom.value, (bool, str)):
            facts.append((path, atom))
            is_counted = is_counted or has_placeholders(atom)
    return frozenset(facts + lengths if is_counted else facts)


def has_placeholders(atom: Atom) -> bool:
    """Whether a text may be (part of) a query that goes with a list of parameters."""
    if type(atom) is Constant:
        return type(atom.value) is str and _PLACEHOLDER.search(atom.value) is not None
    return type(atom) is Text and any(piece and _PLACEHOLDER.search(piece) for piece in atom.pieces)


_PLACEHOLDER: Final = re.compile(r"[$?]|%[bst]")
_TELLING: Final = frozenset({Nothing, Unset, Text, Constant, BuiltSequence})


Facts = frozenset[tuple[str, object]]


class States:
    """The states with which one point is reached, kept apart by their correlations.

    `keeps_apart` tells whether it matters that two whose correlations differ are.
    """

    __slots__ = ("_keeps_apart", "by_facts")
    LIMIT = 8

    def __init__(self, keeps_apart: Callable[[State, State], bool]) -> None:
        self.by_facts: dict[Facts, State] = {}
        self._keeps_apart = keeps_apart

    def add(self, state: State) -> Facts | None:
        """Join a state in; gives the facts of the one that it changed, or None if it changed none."""
        facts = correlations(state)
        if self.by_facts and facts not in self.by_facts:
            facts = self._nearest(facts, state)
        known = self.by_facts.get(facts)
        if known is None:
            self.by_facts[facts] = state
            return facts
        if same(known, state):
            return None
        joined = join_states(known, state)
        if joined is None or same(joined, known):
            return None
        self.by_facts[facts] = joined
        return facts

    def _nearest(self, facts: Facts, state: State) -> Facts:
        """The facts under which to keep a state whose own have not been met."""
        for others, known in self.by_facts.items():
            if not self._keeps_apart(known, state):
                return others
        if len(self.by_facts) >= self.LIMIT:
            facts = frozenset(f for f in facts if is_shared(f[0]) and not isinstance(f[1], Constant))
            if facts not in self.by_facts and len(self.by_facts) >= 2 * self.LIMIT:
                return Facts()
        return facts

    def joined(self) -> State | None:
        result: State | None = None
        for state in self.by_facts.values():
            result = join_states(result, state)
        return result


def in_order(state: State, of: Value) -> list[Atom]:
    """What a value may be, its lists and dicts in the order in which they are built.

    A set's own order differs from run to run, and what is said must not.
    """
    sites = {atom: atom.site for atom in of if isinstance(atom, (BuiltSequence, BuiltMapping))}
    if len(sites) < 2:
        return list(of)
    places = {site: place for place, site in enumerate(state.heap)}
    return sorted(of, key=lambda atom: places.get(sites[atom], -1) if atom in sites else -1)


def held_items(state: State, of: Value) -> Items | None:
    """What the sequence holds, where `of` is one built sequence or several of the same shape."""
    held = [state.items(atom) for atom in in_order(state, of)]
    known = [items for items in held if items is not None]
    if not known or len(known) != len(held):
        return None
    result: Items | Entries = known[0]
    for other in known[1:]:
        result = join_held(result, other)
    return result if isinstance(result, Items) else None


def widened_items(held: Items) -> Items:
    """The sequence after something unknown may have changed it."""
    return Items(None, join(held.any, UNKNOWN), (), held.fixed)


def all_items(items: tuple[Value, ...]) -> Value:
    return join_all(items)
