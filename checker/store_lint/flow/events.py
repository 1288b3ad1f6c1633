"""What rules ask the analysis: what was known whenever a place in the code was reached.

A place that is reached in several contexts (by several callers, in several states of its object)
has one event for each; a rule that claims something of a place looks at all of them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import libcst as cst

if TYPE_CHECKING:
    from store_lint.flow.values import Frame, State, Value


@dataclass(slots=True, eq=False)
class Argument:
    """An argument as the call writes it."""

    node: cst.Arg
    value: Value
    keyword: str | None = None
    star: str = ""
    """'', '*' or '**'."""


@dataclass(slots=True, eq=False)
class CallEvent:
    """A call, before it happens."""

    node: cst.Call
    callee: Value
    """What is called: Function (with its receiver, for methods), ClassObject, …"""
    receiver: Value | None
    """What stands before the last dot of the callee, if anything does."""
    args: tuple[Argument, ...]
    state: State
    frame: Frame
    awaited: bool
    """Whether the call stands right behind `await`, or is entered by `async with`."""


@dataclass(slots=True, eq=False)
class AttributeEvent:
    """`base.attr` is read, written (`stored` is what) or deleted."""

    node: cst.Attribute
    base: Value
    path: str | None
    """The access path of the base, such as 'self.pool', where it has one."""
    state: State
    frame: Frame
    value: Value
    """What reading it gives; for a write or a delete, what was there before."""
    stored: Value | None = None
    is_delete: bool = False
    caught: frozenset[str] = frozenset()
    """The names of exceptions that a `try` around the place catches ('AttributeError')."""


@dataclass(slots=True, eq=False)
class UseEvent:
    """An expression is entered (`with`), awaited, iterated, subscripted or called."""

    node: cst.BaseExpression
    how: str
    """'with', 'await', 'iterate', 'subscript' or 'call'."""
    used: Value
    path: str | None
    state: State
    frame: Frame
    caught: frozenset[str] = frozenset()


@dataclass(slots=True, eq=False)
class BindEvent:
    """A name or attribute is assigned, a function returns or yields."""

    node: cst.CSTNode
    """The target, or the Return."""
    stored: Value
    expression: cst.BaseExpression | None
    annotation: cst.BaseExpression | None
    state: State
    frame: Frame


@dataclass(slots=True, eq=False)
class Events:
    """All events of one file, each list in the order of the analysis, contexts apart."""

    calls: dict[cst.Call, list[CallEvent]] = field(default_factory=dict[cst.Call, list[CallEvent]])
    attributes: dict[cst.Attribute, list[AttributeEvent]] = field(
        default_factory=dict[cst.Attribute, list[AttributeEvent]]
    )
    uses: dict[cst.BaseExpression, list[UseEvent]] = field(
        default_factory=dict[cst.BaseExpression, list[UseEvent]]
    )
    binds: dict[cst.CSTNode, list[BindEvent]] = field(
        default_factory=dict[cst.CSTNode, list[BindEvent]]
    )

    def update(self, others: Events) -> None:
        """Add the events of another record behind those that are here."""
        for node, calls in others.calls.items():
            self.calls.setdefault(node, []).extend(calls)
        for node, reached in others.attributes.items():
            self.attributes.setdefault(node, []).extend(reached)
        for node, used in others.uses.items():
            self.uses.setdefault(node, []).extend(used)
        for node, bound in others.binds.items():
            self.binds.setdefault(node, []).extend(bound)
