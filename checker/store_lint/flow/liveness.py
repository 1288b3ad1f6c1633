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
    for block in graph.blocks:
        for step in block.steps:
            always |= _found(step.node)[1]
    read: dict[int, frozenset[str]] = {}
    killed: dict[int, frozenset[str]] = {}
    before: dict[int, list[int]] = {block.index: [] for block in graph.blocks}
    for block in graph.blocks:
        reads, kills = frozenset[str](), frozenset[str]()
        for step in block.steps:
            step_reads, step_kills = _effects(step)
            reads |= step_reads - kills
            kills |= step_kills
        for edge in block.edges:
            before[edge.target.index].append(block.index)
            if edge.condition is not None:
                reads |= _names(edge.condition) - kills
        if block.handlers is not None:
            before[block.handlers.index].append(block.index)
        read[block.index], killed[block.index] = reads, kills
    live = {index: reads | always for index, reads in read.items()}
    queue = [block.index for block in reversed(graph.blocks)]
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


def _names(node: cst.CSTNode) -> frozenset[str]:
    return _found(node)[0]


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


def _effects(step: Step) -> tuple[frozenset[str], frozenset[str]]:
    """The names that a step reads, and those that it assigns whatever it does."""
    node = step.node
    if isinstance(node, (cst.For, cst.ExceptHandler, cst.ExceptStarHandler)):
        parts = (node.iter, node.target) if isinstance(node, cst.For) else (node.type, node.name)
        return frozenset[str]().union(*(_names(part) for part in parts if part)), frozenset()
    if isinstance(node, cst.MatchCase):
        subject = _names(step.subject) if step.subject is not None else frozenset[str]()
        return _names(node.pattern) | subject, frozenset()
    if isinstance(node, cst.Assign):
        targets = [target.target for target in node.targets]
        kills = frozenset(target.value for target in targets if isinstance(target, cst.Name))
        reads = [_names(target) for target in targets if not isinstance(target, cst.Name)]
        return _names(node.value).union(*reads), kills
    if isinstance(node, cst.AnnAssign) and isinstance(node.target, cst.Name) and node.value is not None:
        return _names(node.value), frozenset({node.target.value})
    return _names(node), frozenset()
