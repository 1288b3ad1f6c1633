"""Which states are kept apart: those that differ in what a rule looks at, or in facts that go together.

Two states that are joined know less than each of them. That is no loss where they differ in a flag or
a None alone: a later test of it tells the two cases apart again. It is one where the flag goes with
another (the text of a setting, the outcome of a test), or with what rules ask for: a pool, a query, a
model of chatkit. The signs by which rules know their matter tell those values too.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from store_lint.flow.state import TOLD, has_placeholders, last_name
from store_lint.flow.values import (
    NEVER,
    BuiltMapping,
    BuiltSequence,
    ClassObject,
    Constant,
    Entries,
    Instance,
    Items,
    State,
    Text,
    Value,
    may_be_missing,
    without_missing,
)

if TYPE_CHECKING:
    from store_lint.flow.relevance import Signs
    from store_lint.flow.values import Atom

_DISCRIMINATOR: Final = "type"
"""The key by which a dict says as which of chatkit's models it is to be read."""
_DEPTH: Final = 3
"""Lists and dicts are looked into so deep."""


class Matter:
    """Tells what is something to the rules: queries, and what has one of their signs."""

    def __init__(self, signs: Signs) -> None:
        self._packages = signs.packages
        self._in_name = re.compile(signs.names).search
        # States have most of their paths in common.
        self._is_named = cache(self._has_sign)

    def keeps_apart(self, left: State, right: State) -> bool:
        """Whether more is lost than one fact where two states are joined."""
        opposed = 0
        for path, mine in left.paths.items():
            other = right.paths.get(path, NEVER)
            if mine is other or mine == other or path.startswith("<"):
                continue
            opposed += _are_opposed(mine, other)
            if opposed > 1 or self._matters(path, mine, left) or self._matters(path, other, right):
                return True
        for site, held in left.heap.items():
            there = right.heap.get(site)
            if there is None or there is held or there == held:
                continue
            opposed += (held.known == ()) != (there.known == ())  # the one is empty
            if opposed > 1 or self._is_held_in(held, left) or self._is_held_in(there, right):
                return True
        return any(
            self._matters(path, right.paths[path], right)
            for path in right.paths.keys() - left.paths.keys()
        )

    def concerns(self, path: str, held: Value) -> bool:
        """Whether what is kept at a path has, by name or value, to do with what rules ask for."""
        return self._matters(path, held, State())

    def _matters(self, path: str, held: Value, state: State) -> bool:
        if path.startswith(("<", TOLD)):
            return False
        return self._is_named(path) or self._is_among(held, state, 0)

    def _is_among(self, held: Value, state: State, depth: int) -> bool:
        return any(self._is_one(atom, state, depth) for atom in held)

    def _is_one(self, atom: Atom, state: State, depth: int) -> bool:
        if isinstance(atom, (Instance, ClassObject)):
            if isinstance(atom, Instance) and any(self._is_among(a, state, depth) for a in atom.args):
                return True
            return isinstance(atom.cls, str) and atom.cls.partition(".")[0] in self._packages
        if isinstance(atom, (Constant, Text)):
            return has_placeholders(atom)
        if isinstance(atom, (BuiltSequence, BuiltMapping)) and depth < _DEPTH:
            held = state.heap.get(atom.site)
            return held is not None and self._is_held_in(held, state, depth + 1)
        return False

    def _is_held_in(self, held: Items | Entries, state: State, depth: int = 0) -> bool:
        if isinstance(held, Items):
            return self._is_among(held.any, state, depth)
        return any(
            key == _DISCRIMINATOR or self._is_among(value, state, depth) for key, value in held.known
        )

    def _has_sign(self, path: str) -> bool:
        return self._in_name(last_name(path)) is not None


def _are_opposed(mine: Value, other: Value) -> bool:
    """Whether a test may tell the two apart: None from what is there, flags, texts, types."""
    if not mine or not other:
        return False
    if may_be_missing(mine) or may_be_missing(other):
        return may_be_missing(mine) != may_be_missing(other) and not (
            without_missing(mine) and without_missing(other)
        )
    return mine.isdisjoint(other) or all(map(_is_flag, mine | other))


def _is_flag(atom: Atom) -> bool:
    return isinstance(atom, Constant) and isinstance(atom.value, (bool, str))
