"""Which local names may still be read behind a point: what is known of others is dropped there.

That keeps states few and small: a flag that nobody asks for any more must not keep two paths apart,
and a method of a thousand branches must not drag a thousand names along.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

import libcst as cst

from store_lint.flow.syntax import names_below
from store_lint.tree.expressions import children

if TYPE_CHECKING:
    from store_lint.flow.graph import Graph, Step

_DEFINITIONS = frozenset({cst.FunctionDef, cst.ClassDef, cst.Lambda})


def live_names(graph: Graph, always: frozenset[str]) -> dict[int, frozenset[str]]:
    """For each block, by its index, the names that are read from there on before they are assigned.

    `always` are names that count as read everywhere (`global`, `nonlocal`); what an inner function or
    a class reads is added to them, since it may run at any later time.
    """
    read: dict[int, frozenset[str]] = {}
    killed: dict[int, set[str]] = {}
    later: set[str] = set(always)
    before: dict[int, list[int]] = {block.index: [] for block in graph.blocks}
    for block in graph.blocks:
        reads, kills = set[str](), set[str]()
        for step in block.steps:
            parts, assigned = _effects(step)
            for part in parts:
                names, held = _found(part)
                reads |= names - kills
                later |= held
            kills.update(assigned)
        for edge in block.edges:
            before[edge.target.index].append(block.index)
            if edge.condition is not None:
                reads |= _found(edge.condition)[0] - kills
        if block.handlers is not None:
            before[block.handlers.index].append(block.index)
        read[block.index], killed[block.index] = frozenset(reads), kills
    live = {index: reads | later for index, reads in read.items()}
    queue = [block.index for block in graph.blocks]  # the last first: most of them need one visit
    waiting = set(queue)
    while queue:
        index = queue.pop()
        waiting.discard(index)
        block = graph.blocks[index]
        behind = frozenset[str]().union(*(live[edge.target.index] for edge in block.edges))
        found = live[index] | (behind - killed[index])
        if block.handlers is not None:  # an exception may come before anything is assigned
            found |= live[block.handlers.index]
        if len(found) > len(live[index]):
            live[index] = found
            for earlier in before[index]:
                if earlier not in waiting:
                    waiting.add(earlier)
                    queue.append(earlier)
    return live


@lru_cache(maxsize=4096)
def _found(node: cst.CSTNode) -> tuple[frozenset[str], frozenset[str]]:
    """The names below a node, and those of them that functions and classes below it hold."""
    names: set[str] = set()
    later: set[str] = set()
    pending = [node]
    while pending:
        current = pending.pop()
        kind = type(current)
        if kind is cst.Name:
            names.add(current.value)  # type: ignore[attr-defined]
        elif kind is cst.Attribute:  # what stands behind a dot is no name of its own
            pending.append(current.value)  # type: ignore[attr-defined]
        elif kind in _DEFINITIONS:
            later |= names_below(current)
        else:
            pending.extend(children(current))
    return frozenset(names | later), frozenset(later)


def _effects(step: Step) -> tuple[list[cst.CSTNode], list[str]]:
    """The code in which a step reads names, and the names that it assigns whatever it does."""
    node = step.node
    if type(node) is cst.Assign:
        targets = [target.target for target in node.targets]
        assigned = [target.value for target in targets if type(target) is cst.Name]
        return [node.value, *(t for t in targets if type(t) is not cst.Name)], assigned
    if type(node) is cst.AnnAssign and type(node.target) is cst.Name and node.value is not None:
        return [node.value], [node.target.value]
    # Of what holds a body, that body has steps of its own.
    if type(node) is cst.For:
        return [node.iter, node.target], []
    if type(node) is cst.ExceptHandler or type(node) is cst.ExceptStarHandler:
        return [part for part in (node.type, node.name) if part is not None], []
    if type(node) is cst.MatchCase:
        return [part for part in (node.pattern, step.subject) if part is not None], []
    return [node], []
