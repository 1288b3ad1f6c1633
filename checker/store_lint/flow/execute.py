"""Runs the graph of one function from its entry states to its exits: the forward analysis itself."""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.flow.evaluate import Evaluator
from store_lint.flow.events import BindEvent, Events
from store_lint.flow.knowledge import SELF_READYING
from store_lint.flow.state import (
    States,
    assume_present,
    forget_told,
    join_states,
    keep_only,
    narrow,
    same,
    write,
)
from store_lint.flow.truth import gives_bool, is_bool, is_call
from store_lint.flow.types import typed
from store_lint.flow.values import (
    NEVER,
    UNKNOWN,
    ClassObject,
    Constant,
    Function,
    Instance,
    Nothing,
    Pending,
    SelfObject,
    State,
    declared_contents,
    join,
    may_be_missing,
    only_missing,
    value,
    without_missing,
)
from store_lint.tree.expressions import children
from store_lint.tree.module import dotted_name
from store_lint.tree.program import External, LocalClass, LocalFunction

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from store_lint.flow.analysis import Analysis
    from store_lint.flow.graph import Block, Graph, Step
    from store_lint.flow.state import Facts
    from store_lint.flow.truth import Fork
    from store_lint.flow.values import Frame, Value

_EVALUATING: Final = frozenset({"statement", "test", "enter"})
_BEGINS_WITH: Final[dict[type, str]] = {
    cst.Expr: "value",
    cst.Assign: "value",
    cst.AnnAssign: "value",
    cst.Return: "value",
    cst.WithItem: "item",
    cst.Await: "expression",
    cst.Call: "func",
    cst.Attribute: "value",
    cst.Subscript: "value",
    cst.NamedExpr: "value",
    cst.Comparison: "left",
    cst.BinaryOperation: "left",
    cst.BooleanOperation: "left",
    cst.UnaryOperation: "expression",
    cst.IfExp: "test",
}
"""The part of a statement or expression that is evaluated before all others."""
_LITERALS: Final = frozenset({cst.SimpleString, cst.Integer, cst.Float})
_CONSTANTS: Final = frozenset({"None", "True", "False"})
_OF_MISSING: Final = frozenset({"AttributeError", "TypeError", "Exception", "BaseException"})
"""What a use of None raises, and what stands above it."""

RETURNED = "<return>"
"""The path under which a state at an exit holds what is returned."""


class Executor:
    """Runs one graph in one frame."""

    def __init__(
        self, analysis: Analysis, frame: Frame, graph: Graph, truth: bool | None = None
    ) -> None:
        self.analysis = analysis
        self.frame = frame
        self.graph = graph
        self.truth = truth
        """Where given, only returns whose value has this truth count as exits."""

    def run(self, entry: Iterable[State], events: Events | None) -> list[State]:
        """The states at the exit, after the analysis has come to rest.

        With `events`, what rules may want to see is recorded: for each block and each of its states,
        what the last run from it saw.
        """
        incoming: dict[int, States] = {}
        changed: dict[int, dict[Facts, None]] = {}
        recorded: dict[tuple[int, Facts], Events] = {}
        at = -1

        # Where nothing branches there is one state, and names that nobody reads do not matter.
        live = self.analysis.live(self.frame.scope, self.graph) if self.graph.branches else None

        def reach(block: Block, state: State) -> None:
            if state.dead:
                return
            if live is not None:
                keep_only(state, live[block.index])
            index = block.index
            states = incoming.get(index)
            if states is None:
                states = incoming[index] = States(self.analysis.keeps_apart)
            facts = states.add(state)
            if facts is None:
                return
            if index not in changed:
                changed[index] = {}
            changed[index][facts] = None

        for state in entry:
            reach(self.graph.entry, state)
        while changed:
            index = at = _next(changed, at, self.graph.loops)
            block = self.graph.blocks[index]
            states = incoming[index].by_facts
            new = [(facts, states[facts]) for facts in changed.pop(index)]
            if not self.analysis.spend((len(block.steps) + 1) * len(new)):
                break
            for facts, state in new:
                seen = Events() if events is not None else None
                if seen is not None:
                    recorded[index, facts] = seen
                for target, reached in self.block(block, state.copy(), seen):
                    reach(target, reached)
        if events is not None:
            for index in sorted(incoming):
                for facts in incoming[index].by_facts:
                    if (index, facts) in recorded:
                        events.update(recorded[index, facts])
        exits = incoming.get(self.graph.exit.index)
        return list(exits.by_facts.values()) if exits is not None else []

    def block(self, block: Block, state: State, events: Events | None) -> Iterable[tuple[Block, State]]:
        evaluator = Evaluator(self.analysis, self.frame, events, block.caught)
        states = [state]
        raised: list[State] = []
        missed: State | None = None
        if block.handlers is not None:
            reached, missed = self._raised(block, 0, evaluator, state)
            raised.append(reached)
        for done, step in enumerate(block.steps, 1):
            following: list[State] = []
            for current in states:
                following.extend(self.step(step, evaluator, current))
            states = [s for s in following if not s.dead]
            if len(states) > States.LIMIT:  # flags that are set one after the other
                kept = States(self.analysis.keeps_apart)
                for current in states:
                    kept.add(current)
                states = list(kept.by_facts.values())
            if block.handlers is not None:
                is_apart = self._sets_fact(step.node)
                for current in states:
                    reached = current
                    if _never_raises(step.node):
                        if not _may_raise(block, done):
                            continue
                        reached, more = self._raised(block, done, evaluator, current)
                        missed = join_states(missed, more)
                    if not is_apart:
                        reached = join_states(raised.pop(), reached) or reached
                    raised.append(reached.copy() if reached is current else reached)
                    is_apart = False
            if not states:
                break
        if block.handlers is not None:
            for reached in raised:
                yield block.handlers, reached
            outer = self._handlers_of_missing(block.handlers) if missed is not None else None
            if missed is not None and outer is not None:
                yield outer, missed
        for current in states:
            if len(block.edges) == 1 and block.edges[0].condition is None:
                yield block.edges[0].target, current
                continue
            told: dict[cst.BaseExpression, Fork] = {}
            for edge in block.edges:
                if edge.condition is None:
                    yield edge.target, current.copy()
                    continue
                if edge.condition not in told:
                    told[edge.condition] = evaluator.fork(edge.condition, current.copy())
                reached = told[edge.condition].when(edge.truth)
                if reached is not None:
                    yield edge.target, reached

    def _sets_fact(self, node: cst.CSTNode) -> bool:
        """Whether a statement sets an attribute or a module's variable, which may be a flag."""
        if type(node) is cst.AnnAssign:
            targets = [node.target]
        elif type(node) is cst.Assign:
            targets = [target.target for target in node.targets]
        else:
            return False
        scope = self.frame.scope
        return not scope.is_function or any(
            type(target) is cst.Attribute
            or (type(target) is cst.Name and target.value in scope.declared)
            for target in targets
        )

    def _raised(
        self, block: Block, done: int, evaluator: Evaluator, state: State
    ) -> tuple[State, State | None]:
        """The state in which a block's handlers are reached where what follows `done` steps raises.

        `await self.client.fetch()` raises AttributeError before anything else where the client is None:
        handlers of other exceptions are reached only if it is there. Where it may not be, the second
        state is the one that goes on to the handlers further out.
        """
        raised, missed = state.copy(), None
        silent = evaluator.silent()
        for node in _dereferences(_following(block, done)):
            path = evaluator.path(node, raised)
            if path is None:
                break
            # A property would run code of its own, which may raise what the handlers catch.
            known = silent.evaluate(node, raised) if type(node) is cst.Name else raised.paths.get(path)
            if known is None:
                break
            if may_be_missing(known):
                if self._handlers_of_missing(block.handlers) is block.handlers:
                    break
                missed = state.copy()
                assume_present(raised, path, known)
        return raised, missed

    def _handlers_of_missing(self, handlers: Block | None) -> Block | None:
        """The innermost handlers that what a use of None raises may come to."""
        while handlers is not None:
            if handlers.catches is None or any(map(self._catches_missing, handlers.catches)):
                return handlers
            handlers = handlers.handlers
        return None

    def _catches_missing(self, types: cst.BaseExpression) -> bool:
        if isinstance(types, cst.Tuple):
            return any(self._catches_missing(element.value) for element in types.elements)
        found = self.analysis.program.resolve(self.frame.scope, types)
        if not found and isinstance(types, cst.Name):
            return types.value in _OF_MISSING or not hasattr(builtins, types.value)
        return not found or not all(
            isinstance(definition, LocalClass)
            or (
                isinstance(definition, External)
                and definition.dotted.rpartition(".")[2] not in _OF_MISSING
            )
            for definition in found
        )

    def step(self, step: Step, evaluator: Evaluator, state: State) -> list[State]:
        node = step.node
        if step.kind == "statement":
            return self.statement(node, evaluator, state)
        if step.kind == "test":
            evaluator.evaluate(node, state)
        elif step.kind == "define":
            self.define(node, evaluator, state)
        elif step.kind == "iterate" and isinstance(node, cst.For):
            iterable = evaluator.iterated(node.iter, state)
            evaluator.store(node.target, evaluator.element(iterable, state), state, None)
        elif step.kind == "enter" and isinstance(node, cst.WithItem):
            self.enter(node, evaluator, state)
        elif step.kind == "exit" and isinstance(node, cst.WithItem):
            self.leave(node, evaluator, state)
        elif step.kind == "handle":
            self.handle(node, state)
        elif step.kind == "match" and isinstance(node, cst.MatchCase):
            return self.match(step, node, evaluator, state)
        return [] if state.dead else [state]

    def statement(self, node: cst.CSTNode, evaluator: Evaluator, state: State) -> list[State]:
        if type(node) is cst.Expr:
            evaluator.ways_out = []
            evaluator.evaluate(node.value, state)
            if evaluator.ways_out and is_call(node.value):
                return evaluator.ways_out
        elif type(node) is cst.Assign:
            return self.assign(node, evaluator, state)
        elif type(node) is cst.AnnAssign:
            return self.annotated(node, evaluator, state)
        elif type(node) is cst.AugAssign:
            self.augmented(node, evaluator, state)
        elif type(node) is cst.Return:
            return self.return_(node, evaluator, state)
        elif type(node) is cst.Raise:
            if node.exc is not None:
                evaluator.evaluate(node.exc, state)
            if node.cause is not None:
                evaluator.evaluate(node.cause.item, state)
        elif type(node) is cst.Assert:
            if node.msg is not None:
                evaluator.evaluate(node.msg, state.copy())
        elif type(node) is cst.Del:
            self.delete(node.target, evaluator, state)
        elif isinstance(node, (cst.Import, cst.ImportFrom)):
            self.import_(node, state)
        return [] if state.dead else [state]

    def assign(self, node: cst.Assign, evaluator: Evaluator, state: State) -> list[State]:
        following: list[State] = []
        if type(node.value) is cst.IfExp:
            targets = [target.target for target in node.targets]
            cases = self._chosen(node.value, targets, evaluator, state)
        else:
            cases = self._cases(node.value, evaluator, state)
        for given, current in cases:
            for target in node.targets:
                evaluator.store(target.target, given, current, node.value)
            if not current.dead:
                following.append(current)
        return following

    def _cases(
        self, node: cst.BaseExpression, evaluator: Evaluator, state: State
    ) -> list[tuple[Value, State]]:
        """What an expression gives; `self.pool is not None` tells of the pool: both cases apart."""
        if is_call(node):  # of what it calls its value tells first
            before = state.copy()
            given = evaluator.evaluate(node, state)
            evaluator = evaluator.silent()
            if not is_bool(given) or not gives_bool(evaluator, node, before):
                return [(given, state)]
            state = before
        elif not gives_bool(evaluator, node, state):
            return [(evaluator.evaluate(node, state), state)]
        told = evaluator.fork(node, state.copy())
        if told.yes is not None and told.no is not None and same(told.yes, told.no):
            return [(told.value, told.yes)]
        cases = ((value(Constant(True)), told.yes), (value(Constant(False)), told.no))
        return [(given, reached) for given, reached in cases if reached is not None]

    def _chosen(
        self,
        node: cst.IfExp,
        targets: Sequence[cst.BaseExpression],
        evaluator: Evaluator,
        state: State,
    ) -> list[tuple[Value, State]]:
        """What `pool() if dsn else None` gives, and `True if dsn else False`: both cases apart."""
        before = state.copy()
        given = evaluator.evaluate(node, state)
        if not is_bool(given):
            names = [dotted_name(target) or "" for target in targets]
            is_optional = may_be_missing(given) and without_missing(given)
            if not is_optional or not any(self.analysis.matter.concerns(n, given) for n in names):
                return [(given, state)]
        silent = evaluator.silent()
        told = silent.fork(node.test, before)
        ways = ((node.body, told.yes), (node.orelse, told.no))
        return [(silent.evaluate(part, way), way) for part, way in ways if way is not None]

    def annotated(self, node: cst.AnnAssign, evaluator: Evaluator, state: State) -> list[State]:
        if node.value is None:
            return [state]
        annotation = node.annotation.annotation
        declared = self.analysis.types.annotation(self.frame.scope, annotation)
        if type(node.value) is cst.IfExp:
            cases = self._chosen(node.value, [node.target], evaluator, state)
        else:
            cases = [(evaluator.evaluate(node.value, state), state)]
        for given, current in cases:
            for atom in given:
                held = current.items(atom)
                if held is not None:
                    element = self._declared_element(declared)
                    current.heap[atom.site] = type(held)(held.known, held.any, held.sites, element)  # type: ignore[union-attr]
            given = declared_contents(given, declared)
            if given == UNKNOWN:
                given = join(without_missing(declared), only_missing(declared)) or UNKNOWN
            elif type(node.target) is cst.Attribute:
                given = typed(given, declared, current)
            evaluator.store(node.target, given, current, node.value, annotation)
        return [current for _, current in cases if not current.dead]

    @staticmethod
    def _declared_element(declared: Value) -> Value | None:
        for atom in declared:
            if isinstance(atom, Instance) and atom.cls == "list":
                return atom.args[0] if atom.args else UNKNOWN
        return UNKNOWN

    def augmented(self, node: cst.AugAssign, evaluator: Evaluator, state: State) -> None:
        if isinstance(node.operator, cst.AddAssign):
            before = evaluator.evaluate(node.target, state)
            added = evaluator.evaluate(node.value, state)
            if any(state.items(atom) is not None for atom in before):
                evaluator.bind_event(node, added, node.value, None, state)
                if type(node.target) is cst.Name:
                    forget_told(state, node.target.value)
                evaluator.extend(before, node, added, state)
                return
            binary = evaluator.add(before, added)
            evaluator.store(node.target, binary, state, None)
            return
        evaluator.evaluate(node.target, state)
        evaluator.evaluate(node.value, state)
        evaluator.store(node.target, UNKNOWN, state, None)

    def return_(self, node: cst.Return, evaluator: Evaluator, state: State) -> list[State]:
        given: Value = value(Nothing(node))
        current = state
        if self.truth is not None:
            if node.value is None:
                return [] if self.truth else [state]
            reached = evaluator.fork(node.value, state).when(self.truth)
            if reached is None:
                return []
            current = reached
        elif node.value is not None:
            cases = [] if is_call(node.value) else self._cases(node.value, evaluator, state)
            if len(cases) == 1:
                given, current = cases[0]
            else:
                given = evaluator.evaluate(node.value, state)
        if current.dead:
            return []
        if evaluator.events is not None:
            event = BindEvent(node, given, node.value, None, current.copy(), self.frame)
            evaluator.events.binds.setdefault(node, []).append(event)
        current.paths[RETURNED] = given
        self.analysis.left_at(current, node)
        return [current]

    def delete(self, target: cst.BaseExpression, evaluator: Evaluator, state: State) -> None:
        if isinstance(target, (cst.Tuple, cst.List)):
            for element in target.elements:
                self.delete(element.value, evaluator, state)
            return
        path = evaluator.path(target, state)
        if type(target) is cst.Attribute:
            evaluator.deleted(target, state)
            if path is not None:
                from store_lint.flow.values import Unset

                write(state, path, value(Unset(target.attr.value)))
        elif type(target) is cst.Name:
            state.paths.pop(target.value, None)
        elif type(target) is cst.Subscript:
            evaluator.evaluate(target, state)
            evaluator.remove_item(target, state)
        else:
            evaluator.evaluate(target, state)

    def import_(self, node: cst.Import | cst.ImportFrom, state: State) -> None:
        """A local import hides what the name was; it is looked up where it is used."""
        if isinstance(node.names, cst.ImportStar):
            return
        for alias in node.names:
            bound = alias.asname.name if alias.asname is not None else alias.name
            while type(bound) is cst.Attribute:
                bound = bound.value
            if type(bound) is cst.Name:
                state.paths.pop(bound.value, None)

    def define(self, node: cst.CSTNode, evaluator: Evaluator, state: State) -> None:
        if type(node) is cst.FunctionDef:
            for param in (*node.params.params, *node.params.kwonly_params):
                if param.default is not None:
                    evaluator.evaluate(param.default, state)
            for decorator in node.decorators:
                evaluator.evaluate(decorator.decorator, state)
            if self.frame.scope.is_function:
                function = LocalFunction(self.frame.scope.child(node))
                state.paths[node.name.value] = value(Function(function, name=node.name.value))
        elif type(node) is cst.ClassDef:
            for arg in (*node.bases, *node.keywords):
                evaluator.evaluate(arg.value, state)
            if self.frame.scope.is_function:
                cls = LocalClass(self.frame.scope.child(node))
                state.paths[node.name.value] = value(ClassObject(cls))

    def enter(self, node: cst.WithItem, evaluator: Evaluator, state: State) -> None:
        item = node.item
        if type(item) is cst.Call:
            found = evaluator.call(item, state, awaited=True)
            path = None
        else:
            found = evaluator.evaluate(item, state)
            path = evaluator.path(item, state)
        if may_be_missing(found):
            evaluator.use(item, "with", found, path, state)
            if path is not None:
                assume_present(state, path, found)
        entered = NEVER
        for atom in found:
            entered = join(entered, self._entered(atom, path, evaluator, state))
        if path is not None and any(isinstance(a, Pending) and a.by in SELF_READYING for a in found):
            narrow(state, path, entered)
        if node.asname is not None:
            evaluator.store(node.asname.name, entered or UNKNOWN, state, item)

    def _entered(self, atom: object, path: str | None, evaluator: Evaluator, state: State) -> Value:
        if isinstance(atom, Pending):
            return atom.result
        if isinstance(atom, (SelfObject, Instance)):
            single: Value = frozenset({atom})
            if isinstance(atom.cls, LocalClass):
                for name in ("__aenter__", "__enter__"):
                    member = self.analysis.class_member(atom.cls, name)
                    if isinstance(member, LocalFunction):
                        where = "self" if isinstance(atom, SelfObject) else path
                        function = self.analysis.method(member, single)
                        made = self.analysis.call(evaluator, function, where, (), state, runs=True)
                        return evaluator.ready(made) if made else UNKNOWN
                return UNKNOWN
            return self.analysis.entered(atom)
        return NEVER if isinstance(atom, Nothing) else UNKNOWN

    def leave(self, node: cst.WithItem, evaluator: Evaluator, state: State) -> None:
        """What leaving a `with` does to the objects of the tree: `__aexit__`, or behind a `yield`."""
        silent = Evaluator(self.analysis, self.frame, None)
        if type(node.item) is cst.Call:
            silent.leave_context(node.item, state)
            return
        path = evaluator.path(node.item, state)
        for atom in silent.evaluate(node.item, state.copy()):
            if isinstance(atom, (SelfObject, Instance)) and isinstance(atom.cls, LocalClass):
                for name in ("__aexit__", "__exit__"):
                    member = self.analysis.class_member(atom.cls, name)
                    if isinstance(member, LocalFunction):
                        where = "self" if isinstance(atom, SelfObject) else path
                        function = self.analysis.method(member, value(atom))
                        self.analysis.call(silent, function, where, (), state, runs=True)
                        state.dead = False

    @staticmethod
    def handle(node: cst.CSTNode, state: State) -> None:
        name = getattr(node, "name", None)
        if isinstance(name, cst.AsName) and type(name.name) is cst.Name:
            write(state, name.name.value, UNKNOWN)

    def match(self, step: Step, case: cst.MatchCase, evaluator: Evaluator, state: State) -> list[State]:
        subject = step.subject
        if subject is None:
            return [state]
        silent = Evaluator(self.analysis, self.frame, None)
        known = silent.evaluate(subject, state.copy())
        path = evaluator.path(subject, state)
        kept = self._matching(case.pattern, known, step.matches)
        if not kept and known:
            return []
        if path is not None and kept != known:
            narrow(state, path, kept)
        if step.matches:
            self._capture(case.pattern, kept, state)
        return [state]

    def _matching(self, pattern: cst.MatchPattern, known: Value, matches: bool) -> Value:
        if isinstance(pattern, cst.MatchSingleton) and pattern.value.value == "None":
            if matches:
                return frozenset(a for a in known if isinstance(a, Nothing)) or (
                    value(Nothing(pattern)) if known >= UNKNOWN else NEVER
                )
            return frozenset(a for a in known if not isinstance(a, Nothing))
        if isinstance(pattern, cst.MatchAs):
            if pattern.pattern is not None:
                return self._matching(pattern.pattern, known, matches)
            return known if matches else NEVER
        if isinstance(pattern, cst.MatchClass):
            if matches:
                return self.analysis.of_class(self.frame, known, pattern.cls, True)
            exact = not pattern.patterns and not pattern.kwds
            return self.analysis.of_class(self.frame, known, pattern.cls, False) if exact else known
        if isinstance(pattern, cst.MatchOr):
            if not matches:
                for part in pattern.patterns:
                    known = self._matching(part.pattern, known, False)
                return known
            result = NEVER
            for part in pattern.patterns:
                result = join(result, self._matching(part.pattern, known, True))
            return result
        return without_missing(known) if matches else known

    def _capture(self, pattern: cst.MatchPattern, known: Value, state: State) -> None:
        if isinstance(pattern, cst.MatchAs):
            if pattern.name is not None:
                write(state, pattern.name.value, known)
            if pattern.pattern is not None:
                self._capture(pattern.pattern, known, state)
            return
        for child in children(pattern):
            if isinstance(child, (cst.MatchAs, cst.MatchPattern)):
                self._capture(child, UNKNOWN, state)
            elif isinstance(child, (cst.MatchSequenceElement, cst.MatchKeywordElement)):
                inner = child.value if isinstance(child, cst.MatchSequenceElement) else child.pattern
                self._capture(inner, UNKNOWN, state)


def _next(changed: Collection[int], at: int, loops: Mapping[int, tuple[range, ...]]) -> int:
    """Which changed block to run after the one `at`: a loop comes to rest before what is behind it.

    Within a loop those further down come first, so that all ways back to its head are joined there
    before it is run again.
    """
    for loop in loops.get(at, ()):
        within = [index for index in changed if index in loop]
        if within:
            return min((index for index in within if index > at), default=min(within))
    return min(changed)


def _following(block: Block, done: int) -> cst.CSTNode | None:
    """What a block evaluates after so many steps and may raise: a statement or an expression."""
    while done < len(block.steps) and _never_raises(block.steps[done].node):
        done += 1
    if done < len(block.steps):
        return block.steps[done].node if block.steps[done].kind in _EVALUATING else None
    return block.edges[0].condition if block.edges else None


def _may_raise(block: Block, done: int) -> bool:
    """Whether a statement that a block runs after so many steps may raise."""
    return any(not _never_raises(step.node) for step in block.steps[done:])


def _never_raises(node: cst.CSTNode) -> bool:
    """Whether a statement only gives names and attributes of names a literal, as flags are set."""
    if type(node) is not cst.Assign:
        return False
    given, targets = node.value, [target.target for target in node.targets]
    if type(given) not in _LITERALS and not (type(given) is cst.Name and given.value in _CONSTANTS):
        return False
    owners = [target.value if type(target) is cst.Attribute else target for target in targets]
    return all(type(owner) is cst.Name for owner in owners)


def _dereferences(node: cst.CSTNode | None) -> list[cst.BaseExpression]:
    """The names and dotted names before a dot with which an evaluation begins, the shortest first."""
    found: list[cst.BaseExpression] = []
    while (part := _BEGINS_WITH.get(type(node))) is not None:
        inner = getattr(node, part)
        if type(node) is cst.Attribute:
            found.append(inner)
        else:
            found.clear()
        node = inner
    return found[::-1] if type(node) is cst.Name else []
