"""The control-flow graph of a function's or a module's statements.

A block is a run of steps without a jump; an edge may carry a condition and the truth that it must
have. Conditions stay whole: the evaluator narrows through their `and`, `or` and `not` by itself, so
the graph has an edge for a decision of a statement, not for each operand. A `finally` body stands in
the graph once for each way that leads through it, so that what is known on one way stays apart from
another. A step inside a `try` may raise before or after it has had its effect; both states reach the
handlers.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Sequence

StepKind = Literal["statement", "define", "iterate", "enter", "exit", "handle", "match", "test"]


@dataclass(slots=True, eq=False)
class Step:
    """One thing that happens.

    statement: a libcst small statement; define: a FunctionDef or ClassDef; iterate: the next item of
    a For is bound to its target; enter, exit: a WithItem (`is_async` tells which `with`); handle: an
    ExceptHandler binds its name; match: the patterns of a MatchCase bind against `subject`; test: an
    expression is evaluated for its effects.
    """

    kind: StepKind
    node: cst.CSTNode
    is_async: bool = False
    subject: cst.BaseExpression | None = None
    matches: bool = True


@dataclass(slots=True, eq=False)
class Edge:
    target: Block
    condition: cst.BaseExpression | None = None
    truth: bool = True


@dataclass(slots=True, eq=False)
class Block:
    index: int
    steps: list[Step] = field(default_factory=list[Step])
    edges: list[Edge] = field(default_factory=list[Edge])
    handlers: Block | None = None
    """Where an exception raised here goes first; None: out of the function."""
    caught: frozenset[str] = frozenset()
    """The names of the exceptions that the surrounding `try` statements catch."""
    catches: tuple[cst.BaseExpression, ...] | None = None
    """What is caught where the block is another's `handlers`; None: anything, a `finally` included."""


@dataclass(slots=True, eq=False)
class Graph:
    entry: Block
    exit: Block
    """Reached by every return and by the end of the body."""
    blocks: list[Block]
    branches: bool
    """Whether code of it can go on in more than one place."""
    loops: dict[int, tuple[range, ...]]
    """For the index of each block that is in a loop, the indices of its loops, the innermost first."""


@dataclass(slots=True, eq=False)
class _Finally:
    body: Sequence[cst.CSTNode]
    handlers: Block | None
    caught: frozenset[str]


@dataclass(slots=True, eq=False)
class _With:
    items: list[Step]


@dataclass(slots=True, eq=False)
class _Loop:
    header: Block
    after: Block


_GO_ON: Final = frozenset({cst.Expr, cst.Assign, cst.AnnAssign, cst.AugAssign})
"""Small statements behind which comes what stands behind them; most are of these kinds."""

_Context = _Finally | _With | _Loop

MAX_FINALLY_COPIES = 64


def build(body: Sequence[cst.CSTNode]) -> Graph:
    """The graph of a suite: a function's body, or a module's."""
    builder = _Builder()
    last = builder.suite(body, builder.entry)
    if last is not None:
        builder.link(last, builder.exit)
    blocks = _ordered(builder.entry, builder.exit)
    branches = any(len(b.edges) > 1 or b.handlers is not None for b in blocks)
    return Graph(builder.entry, builder.exit, blocks, branches, _loops(blocks))


def _ordered(entry: Block, exit_: Block) -> list[Block]:
    """The blocks that may be reached, in reverse postorder: each behind all that lead to it.

    Only what leads back to the head of a loop comes later; what stands behind the loop comes after all
    that is in it. Each block gets its place there for its index.
    """
    order: list[Block] = []
    seen = {entry.index, exit_.index}
    pending = [(entry, iter(_targets(entry)))]
    while pending:
        block, targets = pending[-1]
        following = next((t for t in targets if t.index not in seen), None)
        if following is None:
            order.append(block)
            pending.pop()
        else:
            seen.add(following.index)
            pending.append((following, iter(_targets(following))))
    order.reverse()
    order.append(exit_)
    for index, block in enumerate(order):
        block.index = index
    return order


def _loops(blocks: Sequence[Block]) -> dict[int, tuple[range, ...]]:
    """From where an edge leads back to the last block that has one to there, for each block within."""
    ends: dict[int, int] = {}
    for block in blocks:
        for target in _targets(block):
            if target.index <= block.index:
                ends[target.index] = block.index
    loops: dict[int, tuple[range, ...]] = {}
    for start in sorted(ends):
        within = range(start, ends[start] + 1)
        for index in within:
            loops[index] = (within, *loops.get(index, ()))
    return loops


def _targets(block: Block) -> list[Block]:
    """Where a block leads to, what stands further down in the code first."""
    targets = [edge.target for edge in reversed(block.edges)]
    return targets if block.handlers is None else [block.handlers, *targets]


class _Builder:
    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.handlers: Block | None = None
        self.caught: frozenset[str] = frozenset()
        self.contexts: list[_Context] = []
        self.copies = 0
        self.entry = self.block()
        self.exit = self.block()

    def block(self) -> Block:
        block = Block(len(self.blocks), handlers=self.handlers, caught=self.caught)
        self.blocks.append(block)
        return block

    @staticmethod
    def link(
        source: Block,
        target: Block,
        condition: cst.BaseExpression | None = None,
        truth: bool = True,
    ) -> None:
        source.edges.append(Edge(target, condition, truth))

    def suite(self, body: Sequence[cst.CSTNode], block: Block) -> Block | None:
        """Lay the statements out from `block` on; None where the end is not reached."""
        current: Block | None = block
        for statement in body:
            if current is None:
                return None
            if isinstance(statement, cst.SimpleStatementLine):
                for small in statement.body:
                    current = self.small(small, current) if current is not None else None
            elif isinstance(statement, cst.BaseSmallStatement):
                current = self.small(statement, current)
            else:
                current = self.compound(statement, current)
        return current

    def small(self, small: cst.BaseSmallStatement, block: Block) -> Block | None:
        if type(small) in _GO_ON:
            block.steps.append(Step("statement", small))
            return block
        if isinstance(small, (cst.Break, cst.Continue)):
            self.jump(block, small)
            return None
        block.steps.append(Step("statement", small))
        if isinstance(small, cst.Return):
            self.leave(block, self.exit, 0)
            return None
        if isinstance(small, cst.Raise):
            return None
        if isinstance(small, cst.Assert):
            after = self.block()
            self.link(block, after, small.test, True)
            return after
        return block

    def jump(self, block: Block, small: cst.BaseSmallStatement) -> None:
        for depth in range(len(self.contexts) - 1, -1, -1):
            context = self.contexts[depth]
            if isinstance(context, _Loop):
                target = context.after if isinstance(small, cst.Break) else context.header
                self.leave(block, target, depth + 1)
                return

    def leave(self, block: Block, target: Block, depth: int) -> None:
        """Go to `target` through what the contexts from `depth` inward do on the way out."""
        current: Block | None = block
        saved = (self.contexts, self.handlers, self.caught)
        contexts = self.contexts
        for index in range(len(contexts) - 1, depth - 1, -1):
            context = contexts[index]
            if current is None:
                break
            if isinstance(context, _With):
                current.steps.extend(context.items)
            elif isinstance(context, _Finally) and self.copies < MAX_FINALLY_COPIES:
                self.copies += 1
                self.contexts = contexts[:index]
                self.handlers, self.caught = context.handlers, context.caught
                start = self.block()
                self.link(current, start)
                current = self.suite(context.body, start)
        self.contexts, self.handlers, self.caught = saved
        if current is not None:
            self.link(current, target)

    def compound(self, statement: cst.CSTNode, block: Block) -> Block | None:
        if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
            block.steps.append(Step("define", statement))
            return block
        if isinstance(statement, cst.If):
            return self.if_(statement, block)
        if isinstance(statement, cst.While):
            return self.while_(statement, block)
        if isinstance(statement, cst.For):
            return self.for_(statement, block)
        if isinstance(statement, (cst.Try, cst.TryStar)):
            return self.try_(statement, block)
        if isinstance(statement, cst.With):
            return self.with_(statement, block)
        if isinstance(statement, cst.Match):
            return self.match(statement, block)
        return block

    def if_(self, statement: cst.If, block: Block) -> Block | None:
        body, other = self.block(), self.block()
        self.link(block, body, statement.test, True)
        self.link(block, other, statement.test, False)
        ends = [self.suite(statement.body.body, body)]
        if isinstance(statement.orelse, cst.If):
            ends.append(self.if_(statement.orelse, other))
        elif statement.orelse is not None:
            ends.append(self.suite(statement.orelse.body.body, other))
        else:
            ends.append(other)
        return self.meet(ends)

    def meet(self, ends: Sequence[Block | None]) -> Block | None:
        reached = [end for end in ends if end is not None]
        if not reached:
            return None
        if len(reached) == 1 and not reached[0].edges and reached[0].handlers is self.handlers:
            return reached[0]  # else what follows would stand inside a `try` that has ended
        after = self.block()
        for end in reached:
            self.link(end, after)
        return after

    def while_(self, statement: cst.While, block: Block) -> Block | None:
        header, body = self.block(), self.block()
        self.link(block, header)
        self.link(header, body, statement.test, True)
        otherwise, after = self.block(), self.block()
        self.link(header, otherwise, statement.test, False)
        return self.loop(statement, header, body, otherwise, after)

    def for_(self, statement: cst.For, block: Block) -> Block | None:
        is_async = statement.asynchronous is not None
        block.steps.append(Step("test", statement.iter))
        header, body = self.block(), self.block()
        self.link(block, header)
        self.link(header, body)
        body.steps.append(Step("iterate", statement, is_async))
        otherwise, after = self.block(), self.block()
        self.link(header, otherwise)
        return self.loop(statement, header, body, otherwise, after)

    def loop(
        self,
        statement: cst.While | cst.For,
        header: Block,
        body: Block,
        otherwise: Block,
        after: Block,
    ) -> Block:
        self.contexts.append(_Loop(header, after))
        end = self.suite(statement.body.body, body)
        self.contexts.pop()
        if end is not None:
            self.link(end, header)
        done: Block | None = otherwise
        if statement.orelse is not None:
            done = self.suite(statement.orelse.body.body, otherwise)
        if done is not None:
            self.link(done, after)
        return after

    def with_(self, statement: cst.With, block: Block) -> Block | None:
        is_async = statement.asynchronous is not None
        for item in statement.items:
            block.steps.append(Step("enter", item, is_async))
        leaving = [Step("exit", item, is_async) for item in reversed(statement.items)]
        suppressed = _suppressed(statement)
        after = self.block()
        saved = (self.handlers, self.caught)
        if suppressed:
            self.handlers, self.caught = after, self.caught | suppressed
            after.catches = _suppressed_types(statement)
        body = self.block()
        self.link(block, body)
        self.contexts.append(_With(leaving))
        end = self.suite(statement.body.body, body)
        self.contexts.pop()
        self.handlers, self.caught = saved
        if end is not None:
            end.steps.extend(leaving)
            self.link(end, after)
        return after if end is not None or suppressed else None

    def try_(self, statement: cst.Try | cst.TryStar, block: Block) -> Block | None:
        outer = (self.handlers, self.caught)
        finally_body = statement.finalbody.body.body if statement.finalbody is not None else None
        context: _Finally | None = None
        unwinding: Block | None = None
        if finally_body is not None:
            context = _Finally(finally_body, *outer)
            unwinding = self.block()  # an exception that nothing here catches
            self.handlers = unwinding
            self.contexts.append(context)
        inside = (self.handlers, self.caught)
        ends: list[Block | None] = []
        dispatch: Block | None = None
        if statement.handlers:
            dispatch = self.block()
            dispatch.catches = _caught_types(statement.handlers)
            self.handlers = dispatch
            names = {name for handler in statement.handlers for name in _caught(handler)}
            self.caught = self.caught | names
        body = self.block()
        self.link(block, body)
        end = self.suite(statement.body.body, body)
        self.handlers, self.caught = inside
        if end is not None and statement.orelse is not None:
            start = self.block()
            self.link(end, start)
            end = self.suite(statement.orelse.body.body, start)
        ends.append(end)
        if dispatch is not None:
            for handler in statement.handlers:
                start = self.block()
                self.link(dispatch, start)
                start.steps.append(Step("handle", handler))
                ends.append(self.suite(handler.body.body, start))
        if context is None or finally_body is None or unwinding is None:
            return self.meet(ends)
        self.contexts.pop()
        self.handlers, self.caught = outer
        # What nobody caught runs the body and goes on outward; nothing follows it here.
        self.suite(finally_body, unwinding)
        normal = self.meet(ends)
        if normal is None:
            return None
        start = self.block()
        self.link(normal, start)
        return self.suite(finally_body, start)

    def match(self, statement: cst.Match, block: Block) -> Block | None:
        block.steps.append(Step("test", statement.subject))
        ends: list[Block | None] = []
        current = block
        exhausted = False
        for case in statement.cases:
            body, other = self.block(), self.block()
            self.link(current, body)
            self.link(current, other)
            body.steps.append(Step("match", case, subject=statement.subject))
            other.steps.append(Step("match", case, subject=statement.subject, matches=False))
            if case.guard is not None:
                guarded = self.block()
                self.link(body, guarded, case.guard, True)
                self.link(body, other, case.guard, False)
                # A failed guard says nothing of the pattern.
                other.steps.clear()
                body = guarded
            elif _irrefutable(case.pattern):
                exhausted = True
            ends.append(self.suite(case.body.body, body))
            current = other
            if exhausted:
                break
        if not exhausted:
            ends.append(current)
        return self.meet(ends)


def _irrefutable(pattern: cst.MatchPattern) -> bool:
    if isinstance(pattern, cst.MatchAs):
        return pattern.pattern is None or _irrefutable(pattern.pattern)
    return False


def _last_name(node: cst.CSTNode) -> str | None:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else None


def _caught(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> set[str]:
    """The last names of what a handler catches; a bare `except` catches BaseException."""
    if handler.type is None:
        return {"BaseException"}
    types = (
        [element.value for element in handler.type.elements]
        if isinstance(handler.type, cst.Tuple)
        else [handler.type]
    )
    return {name for node in types if (name := _last_name(node)) is not None}


def _caught_types(
    handlers: Sequence[cst.ExceptHandler | cst.ExceptStarHandler],
) -> tuple[cst.BaseExpression, ...] | None:
    """What the handlers of a `try` catch, as the code writes it; None where one is bare."""
    types = [handler.type for handler in handlers if handler.type is not None]
    return tuple(types) if len(types) == len(handlers) else None


def _suppressed_types(statement: cst.With) -> tuple[cst.BaseExpression, ...]:
    """What a `with suppress(...)` swallows, as the code writes it."""
    for item in statement.items:
        if isinstance(item.item, cst.Call) and _last_name(item.item.func) == "suppress":
            return tuple(arg.value for arg in item.item.args)
    return ()


def _suppressed(statement: cst.With) -> set[str]:
    return {n for node in _suppressed_types(statement) if (n := _last_name(node)) is not None}
