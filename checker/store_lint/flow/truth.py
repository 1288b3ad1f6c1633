"""What a condition tells: the states in which it is true and in which it is false.

A condition is evaluated once, and both outcomes come from that; a chain of `and`, `or` and `not` is
taken apart on the way, so that each operand is evaluated where the ones before it let it be reached.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.flow.state import TOLD, held_items, join_states, narrow
from store_lint.flow.syntax import method_kind
from store_lint.flow.values import (
    NEVER,
    UNKNOWN,
    Constant,
    Function,
    Instance,
    Nothing,
    SelfObject,
    Unknown,
    Unset,
    constant_text,
    instance,
    join,
    type_name,
    value,
    with_truth,
    without_missing,
)
from store_lint.tree.module import dotted_name
from store_lint.tree.program import LocalClass, LocalFunction

if TYPE_CHECKING:
    from collections.abc import Callable

    from store_lint.flow.evaluate import Evaluator
    from store_lint.flow.state import State
    from store_lint.flow.values import Atom, Value

_TRUE: Final[Value] = frozenset({Constant(True)})
_FALSE: Final[Value] = frozenset({Constant(False)})
_EQUALITY: Final = frozenset({cst.Is, cst.Equal, cst.IsNot, cst.NotEqual})
_WORDS: Final = frozenset({"None", "True", "False"})
_OF_CLASS: Final = frozenset({"isinstance", "issubclass"})
_TESTS: Final = frozenset({"isinstance", "hasattr", "callable", "bool", "all", "any"})


@dataclass(slots=True, eq=False)
class Fork:
    """What evaluating a condition leads to; a state is None where that outcome cannot be."""

    value: Value
    yes: State | None
    no: State | None

    def when(self, truth: bool) -> State | None:
        return self.yes if truth else self.no

    def joined(self) -> State | None:
        return join_states(self.yes, self.no)


def fork(evaluator: Evaluator, node: cst.BaseExpression, state: State) -> Fork:
    """Evaluate a condition in a state, which is used up.

    A test of local names keeps its outcome until one of them changes: code that asks it twice does not
    get two answers.
    """
    told = told_path(node, state)
    if told is None:
        return _fork(evaluator, node, state)
    before = state.paths.get(told)
    found = _fork(evaluator, node, state)
    yes = found.yes if before != _FALSE or found.no is None else None
    no = found.no if before != _TRUE or found.yes is None else None
    if yes is not None:
        yes.paths[told] = _TRUE
    if no is not None:
        no.paths[told] = _FALSE
    return Fork(found.value, yes, no)


def _fork(evaluator: Evaluator, node: cst.BaseExpression, state: State) -> Fork:
    if type(node) is cst.UnaryOperation and type(node.operator) is cst.Not:
        inner = fork(evaluator, node.expression, state)
        return Fork(_bool(inner.no, inner.yes), inner.no, inner.yes)
    if type(node) is cst.BooleanOperation:
        return _boolean(evaluator, node, state)
    if type(node) is cst.Comparison and len(node.comparisons) == 1:
        return _comparison(evaluator, node, state)
    if type(node) is cst.NamedExpr:
        found = evaluator.evaluate(node, state)
        return _refined(evaluator, node.target, found, state)
    if type(node) is cst.Call:
        return _call(evaluator, node, state, awaited=False)
    if type(node) is cst.Await and type(node.expression) is cst.Call:
        return _call(evaluator, node.expression, state, awaited=True)
    if type(node) is cst.Attribute:
        told = _property(evaluator, node, state)
        if told is not None:
            return told
    if isinstance(node, (cst.Name, cst.Attribute)) and _last(node) == "TYPE_CHECKING":
        return Fork(instance("bool"), state, state.copy())
    found = evaluator.evaluate(node, state)
    return _refined(evaluator, node, found, state)


def told_path(node: cst.BaseExpression, state: State) -> str | None:
    """Where the outcome of a test is kept; None for one that is not of local names alone."""
    text = _told(node, state)
    return f"{TOLD}{text}" if text is not None else None


def _told(node: cst.CSTNode, state: State) -> str | None:
    if type(node) is cst.Name:
        if node.value in _WORDS:
            return node.value
        known = state.paths.get(node.value)
        is_own = known is None or any(isinstance(atom, SelfObject) for atom in known)
        return None if is_own else node.value
    if type(node) is cst.Attribute:
        base = _told(node.value, state)
        return f"{base}.{node.attr.value}" if base is not None else None
    if type(node) is cst.SimpleString or type(node) is cst.Integer:
        return node.value
    if type(node) is cst.Call:
        return _told_of_class(node, state)
    parts: list[cst.CSTNode] = []
    if type(node) is cst.Comparison:
        parts = [node.left]
        for target in node.comparisons:
            parts += [target.operator, target.comparator]
    elif type(node) is cst.BooleanOperation:
        parts = [node.left, node.operator, node.right]
    elif _is_operator(type(node)):
        return type(node).__name__
    texts = [_told(part, state) for part in parts]
    return f"({' '.join(t for t in texts if t is not None)})" if texts and all(texts) else None


def _told_of_class(node: cst.Call, state: State) -> str | None:
    """The text of `isinstance(name, Class)`, where the class may be several."""
    name = node.func.value if type(node.func) is cst.Name else None
    if name not in _OF_CLASS or name in state.paths or len(node.args) != 2:
        return None
    subject, classes = node.args[0].value, node.args[1].value
    elements = [e.value for e in classes.elements] if isinstance(classes, cst.Tuple) else [classes]
    texts = [_told(subject, state), *map(dotted_name, elements)]
    return f"({name} {' '.join(t for t in texts if t is not None)})" if all(texts) else None


@cache
def _is_operator(kind: type[cst.CSTNode]) -> bool:
    return issubclass(kind, (cst.BaseCompOp, cst.BaseBooleanOp))


def _is_filled(atom: Atom, state: State) -> bool | None:
    """Whether a list or dict that the code builds holds anything; None where that is not known."""
    items, entries = state.items(atom), state.entries(atom)
    if items is not None and items.known is not None:
        return bool(items.known)
    if entries is not None:
        sure = {key for key, _ in entries.known} - entries.maybe
        return True if sure else (None if entries.known or entries.open else False)
    return None


def _ordered(operator: type[cst.BaseCompOp], left: Value, right: Value) -> bool | None:
    """Whether `left < right` holds (or `>`, `<=`, `>=`); None where that is not known."""
    if len(left) != 1 or len(right) != 1:
        return None
    (a,), (b,) = left, right
    if not (isinstance(a, Constant) and isinstance(b, Constant)):
        return None
    if not (isinstance(a.value, (int, float)) and isinstance(b.value, (int, float))):
        return None
    outcomes: dict[type[cst.BaseCompOp], bool] = {
        cst.LessThan: a.value < b.value,
        cst.GreaterThan: a.value > b.value,
        cst.LessThanEqual: a.value <= b.value,
        cst.GreaterThanEqual: a.value >= b.value,
    }
    return outcomes.get(operator)


def _last(node: cst.Name | cst.Attribute) -> str:
    return node.value if isinstance(node, cst.Name) else node.attr.value


def _bool(yes: State | None, no: State | None) -> Value:
    if yes is not None and no is not None:
        return instance("bool")
    return value(Constant(yes is not None)) if (yes or no) is not None else NEVER


def _boolean(evaluator: Evaluator, node: cst.BooleanOperation, state: State) -> Fork:
    is_and = isinstance(node.operator, cst.And)
    first = fork(evaluator, node.left, state)
    decided, open_ = first.when(not is_and), first.when(is_and)
    found = with_truth(first.value, not is_and) if decided is not None else NEVER
    if open_ is None:
        return Fork(found, decided if not is_and else None, decided if is_and else None)
    second = fork(evaluator, node.right, open_)
    found = join(found, second.value)
    if is_and:
        return Fork(found, second.yes, join_states(decided, second.no))
    return Fork(found, join_states(decided, second.yes), second.no)


def _both(state: State, narrowed: Callable[[State, bool], State | None], found: Value) -> Fork:
    if state.dead:
        return Fork(found, None, None)
    other = state.copy()
    return Fork(found, narrowed(state, True), narrowed(other, False))


def _refined(evaluator: Evaluator, node: cst.BaseExpression, known: Value, state: State) -> Fork:
    """Narrow the path of an expression that has a value by that value's truth."""

    def narrowed(current: State, truth: bool) -> State | None:
        left = frozenset(
            a for a in with_truth(known, truth) if _is_filled(a, current) is not (not truth)
        )
        if not left:
            return None
        path = evaluator.path(node, current)
        if path is not None and left != known:
            evaluator.tell(node, path, left, current)
        return current

    return _both(state, narrowed, known)


def _comparison(evaluator: Evaluator, node: cst.Comparison, state: State) -> Fork:
    target = node.comparisons[0]
    left, right, operator = node.left, target.comparator, type(target.operator)
    found = evaluator.evaluate(left, state)
    other = evaluator.evaluate(right, state)
    asked = _asked_for_type(left)

    def narrowed(current: State, truth: bool) -> State | None:
        if operator is cst.In or operator is cst.NotIn:
            holds = truth is (operator is cst.In)
            return _member(evaluator, left, found, other, holds, current)
        if operator not in _EQUALITY:
            return None if _ordered(operator, found, other) is (not truth) else current
        holds = truth is (operator is cst.Is or operator is cst.Equal)
        if asked is not None:
            return _of_class(evaluator, asked, right, True, current) if holds else current
        if _equal(evaluator, left, found, other, holds, current) is None:
            return None
        return _equal(evaluator, right, other, found, holds, current)

    return _both(state, narrowed, instance("bool"))


def _asked_for_type(node: cst.BaseExpression) -> cst.BaseExpression | None:
    """The `x` of `type(x)`."""
    if type(node) is cst.Call and type(node.func) is cst.Name and len(node.args) == 1:
        return node.args[0].value if node.func.value == "type" else None
    return None


def _equal(
    evaluator: Evaluator,
    node: cst.BaseExpression,
    mine: Value,
    against: Value,
    holds: bool,
    state: State,
) -> State | None:
    if len(against) != 1:
        return state
    (atom,) = against
    before = mine
    if isinstance(atom, Constant) and isinstance(atom.value, bool):
        mine = _as_flags(mine, atom.value is holds)
    if isinstance(atom, Nothing) and holds:
        kept = frozenset(a for a in mine if isinstance(a, (Nothing, Unknown)))
        if Unknown() in kept:
            kept = (kept - UNKNOWN) | value(Nothing(node))
    elif isinstance(atom, Nothing):
        kept = frozenset(a for a in mine if not isinstance(a, Nothing))
    elif isinstance(atom, Constant) and holds:
        kept = frozenset(
            a
            for a in mine
            if not isinstance(a, Nothing) and not (isinstance(a, Constant) and a != atom)
        )
    elif isinstance(atom, Constant):
        kept = frozenset(a for a in mine if a != atom)
    else:
        return state
    if not kept:
        return None
    path = evaluator.path(node, state)
    if path is not None and kept != before:
        evaluator.tell(node, path, kept, state)
    return state


def _as_flags(of: Value, truth: bool) -> Value:
    """The value where each bool in it that was open is known."""
    return frozenset(
        Constant(truth) if isinstance(a, Instance) and type_name(a) == "bool" else a for a in of
    )


def _member(
    evaluator: Evaluator,
    node: cst.BaseExpression,
    mine: Value,
    container: Value,
    holds: bool,
    state: State,
) -> State | None:
    """`x in (…)`: what is among things that are not None is not None itself."""
    held = held_items(state, container)
    if held is None or held.known is None or not isinstance(node, (cst.Name, cst.Attribute)):
        return state
    has_none = any(isinstance(a, Nothing) for item in held.known for a in item)
    path = evaluator.path(node, state)
    if path is None or has_none is holds:
        return state
    kept = without_missing(mine)
    if not kept:
        return None
    narrow(state, path, kept)
    return state


def _call(evaluator: Evaluator, node: cst.Call, state: State, *, awaited: bool) -> Fork:
    name = node.func.value if type(node.func) is cst.Name else None
    if name in _TESTS and node.args and name not in state.paths:
        return _builtin_test(evaluator, name, node, state)
    told = _method(evaluator, node, state, awaited=awaited)
    if told is not None:
        return told
    found = evaluator.call(node, state, awaited=awaited)
    return _refined(evaluator, node, evaluator.ready(found) if awaited else found, state)


def _builtin_test(evaluator: Evaluator, name: str, node: cst.Call, state: State) -> Fork:
    first = node.args[0].value
    if name == "hasattr" and len(node.args) == 2:
        return _hasattr(evaluator, node, state)
    found = evaluator.evaluate(node, state)

    def narrowed(current: State, truth: bool) -> State | None:
        silent = evaluator.silent()
        if name == "isinstance" and len(node.args) == 2:
            return _of_class(evaluator, first, node.args[1].value, truth, current)
        if name == "bool" or (name == "callable" and truth):
            return fork(silent, first, current).when(truth)
        is_told = name in ("all", "any") and truth is (name == "all")
        if not is_told or not isinstance(first, (cst.List, cst.Tuple)):
            return current
        reached: State | None = current
        for element in first.elements:
            if reached is not None:
                reached = fork(silent, element.value, reached).when(truth)
        return reached

    return _both(state, narrowed, found)


def _of_class(
    evaluator: Evaluator,
    subject: cst.BaseExpression,
    classes: cst.BaseExpression,
    truth: bool,
    state: State,
) -> State | None:
    target = subject.target if type(subject) is cst.NamedExpr else subject
    path = evaluator.path(target, state)
    if path is None:
        return state
    known = state.paths.get(path)
    if known is None:
        known = evaluator.silent().evaluate(subject, state.copy())
    kept = evaluator.analysis.of_class(evaluator.frame, known, classes, truth)
    if not kept:
        return None
    narrow(state, path, kept)
    return state


def _hasattr(evaluator: Evaluator, node: cst.Call, state: State) -> Fork:
    owner = node.args[0].value
    held = evaluator.evaluate(owner, state)
    base = evaluator.path(owner, state)
    name = constant_text(evaluator.evaluate(node.args[1].value, state))
    if base is None or name is None:
        return Fork(instance("bool"), state, state.copy())
    path = f"{base}.{name}"
    found = state.paths.get(path)
    if found is None:
        found = evaluator.member(held, name, state, base, called=False)
    unset = frozenset(a for a in found if isinstance(a, Unset))

    def narrowed(current: State, truth: bool) -> State | None:
        kept = found - unset if truth else unset
        if kept:
            narrow(current, path, kept)
            return current
        if not found:
            return current
        # What only an unresolved `setattr` elsewhere could have set.
        if truth and unset:
            return None
        return current if Unknown() in found else None

    return _both(state, narrowed, instance("bool"))


def _method(evaluator: Evaluator, node: cst.Call, state: State, *, awaited: bool) -> Fork | None:
    """`if self._ready():` tells what `_ready` tells on the paths that return true."""
    function = called(evaluator, node, state)
    if function is None:
        return None
    target = function.target
    if not isinstance(target, LocalFunction) or not evaluator.analysis.tells_by_truth(target):
        return None
    silent = evaluator.silent()
    if evaluator.events is not None:
        evaluator.call(node, state.copy(), awaited=awaited)
    path = evaluator.receiver_path(node.func, state)
    args = tuple(silent.argument(arg, state, runs=True) for arg in node.args)

    def run(current: State, truth: bool) -> tuple[Value, State | None]:
        given = evaluator.analysis.call(silent, function, path, args, current, runs=True, truth=truth)
        return silent.ready(given) if awaited else given, None if current.dead or not given else current

    return _ran(state, run)


def _property(evaluator: Evaluator, node: cst.Attribute, state: State) -> Fork | None:
    silent = evaluator.silent()
    base = silent.evaluate(node.value, state.copy())
    atom = next(iter(base)) if len(base) == 1 else None
    cls = atom.cls if isinstance(atom, (SelfObject, Instance)) else None
    if not isinstance(cls, LocalClass):
        return None
    analysis = evaluator.analysis
    member = analysis.class_member(cls, node.attr.value)
    if (
        not isinstance(member, LocalFunction)
        or method_kind(member.node) != "property"
        or not analysis.tells_by_truth(member)
    ):
        return None
    if evaluator.events is not None:
        evaluator.evaluate(node, state.copy())
    path = evaluator.path(node.value, state)
    function = analysis.method(member, base)

    def run(current: State, truth: bool) -> tuple[Value, State | None]:
        given = analysis.call(silent, function, path, (), current, runs=True, truth=truth)
        return given, None if current.dead or not given else current

    return _ran(state, run)


def _ran(state: State, run: Callable[[State, bool], tuple[Value, State | None]]) -> Fork:
    other = state.copy()
    given, yes = run(state, True)
    denied, no = run(other, False)
    return Fork(join(with_truth(given, True), with_truth(denied, False)), yes, no)


def called(evaluator: Evaluator, node: cst.Call, state: State) -> Function | None:
    """The one function that a call calls."""
    silent, probe = evaluator.silent(), state.copy()
    if type(node.func) is cst.Attribute:
        callee = silent.attribute(node.func, probe, called=True)
    elif type(node.func) is cst.Name:
        callee = silent.name(node.func, probe)
    else:
        return None
    atom = next(iter(callee)) if len(callee) == 1 else None
    return atom if isinstance(atom, Function) else None


def is_call(node: cst.BaseExpression) -> bool:
    """Whether an expression calls (and awaits) something that is no test by its name."""
    call = node.expression if type(node) is cst.Await else node
    return type(call) is cst.Call and not (type(call.func) is cst.Name and call.func.value in _TESTS)


def is_bool(of: Value) -> bool:
    """Whether a value is True or False, whichever."""
    return bool(of) and all(type_name(atom) == "bool" for atom in of)


def gives_bool(evaluator: Evaluator, node: cst.BaseExpression, state: State) -> bool:
    """Whether an expression is a test: its value is a bool that tells of what it compares."""
    if type(node) is cst.Comparison:
        return True
    if type(node) is cst.UnaryOperation:
        return type(node.operator) is cst.Not
    if type(node) is cst.BooleanOperation:
        return gives_bool(evaluator, node.left, state) and gives_bool(evaluator, node.right, state)
    call = node.expression if type(node) is cst.Await else node
    if type(call) is not cst.Call:
        return False
    if type(call.func) is cst.Name and call.func.value in _TESTS:
        return True
    function = called(evaluator, call, state)
    return (
        function is not None
        and isinstance(function.target, LocalFunction)
        and evaluator.analysis.returns_bool(function.target)
    )
