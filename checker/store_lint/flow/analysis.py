"""The analysis of a whole file: which states its objects can be in, and what its functions do there.

An object of a class is first in the states that `__init__` leaves; each public method may be called in
any of them and may lead to new ones, of which only those are reached that differ in what is looked at.
Private methods that the class calls itself are analysed where they are called, with what the caller
knows. A call of a function of the tree runs the function's graph with that part of the caller's
knowledge which it may look at, so that any helper that assigns, checks or resets is seen through,
whatever its shape; outcomes are kept by entry state.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, NamedTuple

import libcst as cst

from store_lint.chatkit_api import Class
from store_lint.flow.decorators import decorated
from store_lint.flow.evaluate import Evaluator
from store_lint.flow.events import Argument, Events
from store_lint.flow.execute import RETURNED, Executor
from store_lint.flow.graph import Graph, build
from store_lint.flow.knowledge import (
    CANONICAL,
    FIELDS,
    HANDLES,
    METHODS,
    PENDING,
    RETURNS,
)
from store_lint.flow.liveness import live_names
from store_lint.flow.matter import Matter
from store_lint.flow.moments import DATETIME, moment
from store_lint.flow.relevance import Relevance
from store_lint.flow.state import (
    EARLIER,
    GLOBAL,
    HANDED,
    UNFOLLOWED,
    States,
    came_to,
    correlations,
    held_items,
    in_order,
    is_shared,
    join_held,
    join_states,
    trust,
    trust_all,
    write,
)
from store_lint.flow.syntax import (
    Mentions,
    annotated_attributes,
    assigned_attributes,
    assigned_names,
    assigned_values,
    decorator_name,
    mentioned_names,
    mentions,
    method_kind,
    returned,
    stored_attributes,
    yields,
)
from store_lint.flow.test_runners import SET_UP, is_fixture, is_used_by_all
from store_lint.flow.types import Types, typed
from store_lint.flow.values import (
    NEVER,
    UNKNOWN,
    Atom,
    BuiltMapping,
    BuiltSequence,
    ClassObject,
    Constant,
    Frame,
    Function,
    Instance,
    Items,
    Note,
    Nothing,
    Pending,
    SelfObject,
    State,
    Unknown,
    Unset,
    Value,
    declared_contents,
    instance,
    join,
    join_all,
    may_be_missing,
    may_still_be,
    type_name,
    value,
    without_missing,
)
from store_lint.tree.expressions import is_none, walk
from store_lint.tree.module import parameters
from store_lint.tree.program import (
    External,
    LocalClass,
    LocalFunction,
    Program,
    Variable,
)
from store_lint.tree.record import record
from store_lint.tree.shape import MAKE_MODELS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from store_lint.chatkit_api import Api
    from store_lint.flow.relevance import Signs
    from store_lint.tree.module import Module, Scope
    from store_lint.tree.program import Definition

MAX_DEPTH: Final = 6
"""Calls into the tree are followed this deep."""
MAX_DEPTH_ELSEWHERE: Final = 2
"""And this deep outside of the file that is analysed: there they run for what they give back."""
FOLLOWED: Final = 400
FOLLOWED_PER_LINE: Final = 0.3
"""Steps that one file may cost in what it calls, until calls are not followed any more."""
STEPS: Final = 7_500
STEPS_PER_LINE: Final = 18
"""Steps that it may cost in all; what is not reached by then is not judged."""
_ROUNDS: Final = 4
_FIRST: Final = frozenset({"__init__", "__post_init__", *SET_UP})
"""What runs before any other method of an object."""
_ENTERS: Final = {"__aexit__": "__aenter__", "__exit__": "__enter__"}
"""What runs right before the methods that leave a `with`."""
_HANDED_NAME: Final = HANDED[1:]
_SELF_HANDED: Final = f"self{HANDED}"
_DERIVED_FROM: Final = frozenset(
    f"{module}.{kind}"
    for module in ("collections.abc", "typing")
    for kind in ("Mapping", "MutableMapping", "Sequence", "MutableSequence", "MutableSet")
) | {"collections.abc.Set", "typing.AbstractSet"}
"""Abstract classes of which no method makes an instance: a class derives from them, or registers."""
_TELLING: Final = (
    cst.Comparison, cst.BooleanOperation, cst.UnaryOperation, cst.Call, cst.Name, cst.Attribute
)  # fmt: skip
"""What a function returns whose truth tells something."""
_STORE: Final = "chatkit.store.Store"
_BASES_WITHOUT_STATE: Final = frozenset(
    {"abc.ABC", "typing.Generic", "typing.Protocol", "typing_extensions.Protocol", "object"}
)


@dataclass(slots=True, eq=False)
class Outcome:
    """What calling a function in one entry state leads to."""

    exits: list[State]
    returned: Value
    yields: list[tuple[Value, State]] = field(default_factory=list[tuple[Value, State]])
    is_cut: bool = False
    """Whether ways out are left out that lead through what is not followed."""

    @property
    def suspended(self) -> list[State]:
        """The states in which other code runs while it stands at a `yield`, as a lifespan does."""
        return [state for _, state in self.yields]

    @property
    def seen(self) -> list[State]:
        """All states in which other code may run next."""
        return [*self.exits, *self.suspended]


@record(frozen=True, slots=True, eq=False)
class _Entry:
    """Where a call of a function of the tree begins."""

    cls: LocalClass | None
    state: State
    target: LocalFunction
    receiver_path: str | None
    """Where the caller keeps the object that the method is called on."""
    shares_self: bool
    """Whether `self` is the same object for the caller and the callee."""


class _Touched(NamedTuple):
    """What a method has to do with its object, itself or through what it calls; None for anything."""

    read: frozenset[str] | None
    """The attributes that it may look at."""
    set: frozenset[str] | None
    """Those that it may set."""

    def sets_any_of(self, names: frozenset[str]) -> bool:
        return self.set is None or not names.isdisjoint(self.set)


@dataclass(slots=True, eq=False)
class _Active:
    """A function on the analysis' own call stack."""

    key: object
    function: LocalFunction
    yields: list[tuple[Value, State]] = field(default_factory=list[tuple[Value, State]])
    places: dict[int, tuple[State, cst.CSTNode]] = field(
        default_factory=dict[int, tuple[State, cst.CSTNode]]
    )


class Analysis:
    """Analyses the files of a program, each when its events are first asked for."""

    def __init__(self, program: Program, api: Api, signs: Signs) -> None:
        """`signs` are those of all rules that will ask."""
        self.program = program
        self.api = api
        self.types = Types(program, api)
        self._relevance = Relevance(program, signs)
        self.matter = Matter(signs)
        self.keeps_apart = self.matter.keeps_apart
        self._events: dict[int, Events] = {}
        self._graphs: dict[int, Graph] = {}
        self._none_setters: dict[int, dict[str, dict[str, None]]] = {}
        self._parameters: dict[tuple[Scope, LocalClass | None], dict[str, Value]] = {}
        self._live: dict[int, dict[int, frozenset[str]]] = {}
        self._outcomes: dict[object, Outcome] = {}
        self._shown: set[object] = set()
        self._stack: list[_Active] = []
        self._recording: Events | None = None
        self._module: Module | None = None
        self._lines: dict[int, int] = {}
        self._steps: int = 0
        self._followed: int = 0
        """How many of the steps were taken in what a function calls."""
        self._allowed: int = 0
        self._follows: float = 0
        self._cuts: int | None = None
        """Counts the calls at which a path was given up, where only what was followed matters."""
        self._members: dict[tuple[int, str], LocalFunction | str | None] = {}
        self._broken: dict[tuple[int, str], bool] = {}
        self._fields: dict[int, dict[str, Value]] = {}
        self._initial: dict[int, tuple[State, list[State]]] = {}
        self._changing: dict[int, list[LocalFunction]] = {}
        self._object_states: dict[tuple[int, tuple[int, ...]], list[State]] = {}
        self._variables: dict[tuple[int, str], Value] = {}
        self._spent_on_states: dict[int, int] = {}
        self._ends: dict[int, list[State]] = {}
        self._underway: set[Scope] = set()
        """The modules and classes of which something is worked out that is not known yet."""
        self._beside: dict[tuple[Scope, str, Value, bool], dict[str, Value]] = {}
        self._declaring: dict[int, list[Scope]] = {}
        self._states_of_modules: dict[tuple[int, frozenset[str]], list[State]] = {}
        self._decorated: dict[int, Function] = {}
        self._exact: dict[int, bool] = {}
        self._tells: dict[int, bool] = {}
        self._assigned: dict[int, frozenset[str]] = {}
        self._written: dict[int, dict[str, list[cst.Attribute]]] = {}
        self._touched: dict[tuple[int, int], _Touched] = {}
        self._named: dict[int, dict[str, list[LocalFunction]]] = {}

    # The door for rules

    def events(self, module: Module) -> Events:
        """Everything that the analysis of a file recorded."""
        found = self._events.get(id(module))
        if found is None:
            found = self._events[id(module)] = Events()
            self._module = module
            self._begin(module)
            self._run_module(module, found)
            self._recording = None
        return found

    def _begin(self, module: Module) -> None:
        """Count the steps of a file from here on."""
        lines = self._lines.get(id(module))
        if lines is None:
            lines = self._lines[id(module)] = module.source.text.count("\n")
        self._steps = self._followed = 0
        self._allowed = STEPS + STEPS_PER_LINE * lines
        self._follows = FOLLOWED + FOLLOWED_PER_LINE * lines

    @contextmanager
    def _apart(self, scope: Scope) -> Generator[None]:
        """Work out what holds of a scope for every file, as if its own were analysed first."""
        is_within = scope in self._underway
        self._underway.add(scope)
        before = (self._recording, self._stack, self._module, self._cuts)
        counted = (self._steps, self._followed, self._allowed, self._follows)
        self._recording, self._stack, self._module, self._cuts = None, [], scope.module, None
        self._begin(scope.module)
        try:
            yield
        finally:
            if not is_within:
                self._underway.discard(scope)
            self._recording, self._stack, self._module, self._cuts = before
            self._steps, self._followed, self._allowed, self._follows = counted

    def object_states(self, cls: LocalClass, of: frozenset[str] | None) -> list[State]:
        """The states, as paths that begin with 'self.', in which an object's methods may be called.

        They are told apart by the attributes `of` the object that matter; by all where it is None.
        """
        changing = self._changing_methods(cls, of)
        key = (id(cls.scope), tuple(id(method.scope) for method in changing))
        found = self._object_states.get(key)
        if found is None:
            self._object_states[key] = [State()]  # a cycle ends here
            with self._apart(cls.scope):
                found = self._reach_states(cls, changing)
            self._object_states[key] = found
        return found

    def writers(self, cls: LocalClass, attr: str) -> list[str]:
        """The methods of a class, its bases' included, that assign an attribute of the object."""
        return [
            child.name
            for owner in self.program.lineage(cls).classes
            if isinstance(owner, LocalClass)
            for child in owner.scope.children
            if child.is_function and attr in self._writes(child)
        ]

    def setters_of_none(self, cls: LocalClass, attr: str) -> list[str]:
        """The methods that assign None to an attribute of the object."""
        setters = self._none_setters.get(id(cls.scope))
        if setters is None:
            setters = self._none_setters[id(cls.scope)] = {}
            for method in self._every_method(cls):
                for name, given in assigned_values(method.node.body):
                    if is_none(given):
                        setters.setdefault(name, {})[method.name] = None
        return list(setters.get(attr, ()))

    # One file

    def _run_module(self, module: Module, events: Events) -> None:
        self._recording = events
        body = self.graph(module.scope)
        if body is not None:
            Executor(self, Frame(module.scope), body).run([State()], events)
        functions = self._relevance.functions(module)
        for scope in module.scopes():
            if scope.is_class:
                self._run_class(LocalClass(scope), functions)
            elif scope in functions and scope.parent is module.scope:
                self._run_function(LocalFunction(scope))
        for scope in module.scopes():
            # An inner function that nothing in the tree calls: a route, a callback.
            is_inner = scope in functions and scope.parent is not None and scope.parent.is_function
            if is_inner and (scope, "seen") not in self._shown:
                self._run_function(LocalFunction(scope))

    def _run_function(self, function: LocalFunction) -> None:
        entry = State()
        self._declare_parameters(function, entry, None)
        self._execute(function, None, entry, None)

    def _run_class(self, cls: LocalClass, functions: set[Scope]) -> None:
        """Run a class's body, and those of `functions` that are its methods."""
        methods = [method for method in self._methods(cls) if method.scope in functions]
        states = self.object_states(cls, self._read_by(cls, methods)) if methods else []
        body = Frame(cls.scope, cls)
        graph = self.graph(cls.scope)
        if graph is not None:
            Executor(self, body, graph).run([State()], self._recording)
        called = self._called_within(cls) if methods else frozenset[str]()
        for method in methods:
            if _is_private(method.name) and method.name in called:
                continue
            self._run_method(cls, method, states)
        for method in methods:
            # A private method that no caller reached after all.
            if (method.scope, "seen") not in self._shown:
                unknown = State({p: UNKNOWN for s in states for p in s.paths})
                self._run_method(cls, method, [unknown])

    def _run_method(self, cls: LocalClass, method: LocalFunction, states: list[State]) -> None:
        if method.name in _FIRST or self._is_constructor(method):
            states = [self._initial_states(cls)[0]]
        elif method.name in _ENTERS:
            states = self._entered(cls, method, states)
        for fixture in self._asked_for(cls, method):
            states = self._left_by(cls, fixture, states)
        done: set[object] = set()
        read = self._reads(cls, method)
        for state in states:
            kept = State(_among(read, state.paths), {}, {}, dict(state.notes))
            key = frozenset(kept.paths.items())
            if key not in done:
                done.add(key)
                self._enter_from_outside(cls, method, kept)

    def _entered(self, cls: LocalClass, leave: LocalFunction, states: list[State]) -> list[State]:
        """The states in which `__aexit__` begins: those that `__aenter__` leaves."""
        enter = self.class_member(cls, _ENTERS[leave.name])
        if not isinstance(enter, LocalFunction):
            return states
        left = States(self.keeps_apart)
        for state in states:
            for reached in self._enter_from_outside(cls, enter, state.copy()):
                left.add(self._kept(reached))
        return list(left.by_facts.values())

    def _enter_from_outside(self, cls: LocalClass, method: LocalFunction, state: State) -> list[State]:
        """Run a method, through its decorators, as other code calls it; the states that it leaves."""
        function = self.decorated(method)
        target = function.target
        assert isinstance(target, LocalFunction)
        entry = self._forgotten(state) if function.opaque else state
        entry.paths.update(function.bound)
        self._declare_parameters(target, entry, cls)
        star = target.node.params.star_arg
        if isinstance(star, cst.Param) and parameters(target.node)[0] is star:
            entry.heap[star] = Items(None, value(SelfObject(cls)))
            entry.paths[star.name.value] = value(BuiltSequence(star, "tuple"))
        outcome = self._execute(target, cls, entry, None)
        return outcome.seen

    def method(self, method: LocalFunction, receiver: Value | None) -> Function:
        """A method of an object (or its class), as its decorators leave it."""
        found = self.decorated(method)
        return Function(found.target, receiver, found.name, found.bound, found.opaque)

    def decorated(self, method: LocalFunction) -> Function:
        """What a method's name is bound to: itself, or what its decorators put around it."""
        key = id(method.scope)
        found = self._decorated.get(key)
        if found is None:
            found = self._decorated[key] = decorated(self.program, method)
        return found

    def _is_wrapped(self, method: LocalFunction) -> bool:
        return self.decorated(method).target != method

    @staticmethod
    def _forgotten(state: State) -> State:
        return State(
            {p: without_missing(v) or UNKNOWN for p, v in state.paths.items()},
            dict(state.heap),
        )

    # Objects

    def _initial_states(self, cls: LocalClass) -> tuple[State, list[State]]:
        """The state of an object before `__init__` has run, and those that it leaves."""
        found = self._initial.get(id(cls.scope))
        if found is None:
            found = self._initial[id(cls.scope)] = self._constructed(cls)
        return found

    def _constructed(self, cls: LocalClass) -> tuple[State, list[State]]:
        start = self._before_init(cls)
        left = [self._kept(start)]
        for method in self._set_up(cls):
            left = self._left_by(cls, method, left)
        return start, left

    def _set_up(self, cls: LocalClass) -> list[LocalFunction]:
        """What runs before any other method of an object, in that order."""
        init = self.class_member(cls, "__init__") or self.class_member(cls, "__post_init__")
        first = [init] if init is not None else [self.class_member(cls, name) for name in SET_UP]
        found = [method for method in first if isinstance(method, LocalFunction)]
        return found + [method for method in self._every_method(cls) if is_used_by_all(method)]

    def _left_by(self, cls: LocalClass, method: LocalFunction, before: list[State]) -> list[State]:
        """The states that a constructor or a fixture leaves, one that yields where it does so."""
        left = States(self.keeps_apart)
        for state in before:
            entry = state.copy()
            self._declare_parameters(method, entry, cls)
            outcome = self._execute(method, cls, entry, None)
            for reached in outcome.suspended or outcome.exits:
                if came_to(reached, UNFOLLOWED):
                    self._note_unfollowed(cls)
                left.add(self._kept(reached))
        return list(left.by_facts.values())

    def _asked_for(self, cls: LocalClass, test: LocalFunction) -> list[LocalFunction]:
        """The fixtures of a class that a test asks for by its parameters, each behind its own."""
        found: list[LocalFunction] = []
        seen = set[LocalFunction]()

        def ask(asking: LocalFunction) -> None:
            for param in parameters(asking.node):
                method = self.class_member(cls, param.name.value)
                if isinstance(method, LocalFunction) and method not in seen and is_fixture(method):
                    seen.add(method)
                    ask(method)
                    found.append(method)

        ask(test)
        return found

    def _changing_methods(self, cls: LocalClass, of: frozenset[str] | None) -> list[LocalFunction]:
        """The methods by which an object gets into states that differ in attributes `of` it."""
        changing = self._changing.get(id(cls.scope))
        if changing is None:
            called = self._called_within(cls)
            changing = self._changing[id(cls.scope)] = [
                m
                for m in self._every_method(cls)
                if m.name not in _FIRST
                and not is_fixture(m)
                and not (_is_private(m.name) and m.name in called)
                and self._touches(cls, m).sets_any_of(self._written_fields(cls))
            ]
        if of is None:
            return changing
        needed = of
        while True:
            chosen = [m for m in changing if self._touches(cls, m).sets_any_of(needed)]
            read = self._read_by(cls, chosen)
            if read is None:
                return changing
            if read <= needed:
                return chosen
            needed |= read

    def _reach_states(self, cls: LocalClass, changing: list[LocalFunction]) -> list[State]:
        start, initial = self._initial_states(cls)
        if not initial:  # a constructor that only a subclass gets through
            return [State(dict.fromkeys(start.paths, UNKNOWN))]
        if not changing:
            return initial
        states = States(self.keeps_apart)
        for state in initial:
            states.add(state)
        unknown = State(dict.fromkeys(start.paths, UNKNOWN))
        self._cuts = 0
        for _ in range(_ROUNDS):
            grew = False
            for method in changing:
                read = self._reads(cls, method)
                for state in list(states.by_facts.values()):
                    # What the method does not mention stays, and does not make it run again.
                    entry = state.copy()
                    entry.paths = _among(read, state.paths)
                    for reached in self._enter_from_outside(cls, method, entry):
                        if came_to(reached, UNFOLLOWED):
                            continue
                        left = state.copy()
                        _trust_again(left, reached, "self")
                        left.paths.update(reached.paths)
                        left.notes = reached.notes
                        grew = states.add(self._kept(left)) is not None or grew
            if not grew:
                break
        if self._cuts:
            self._note_unfollowed(cls)
        if not self.spend(0):
            return [unknown]
        # One state stands for all that an object may be in once code has run that was not followed.
        return [*states.by_facts.values(), *([unknown] if self._cuts else ())]

    def _note_unfollowed(self, cls: LocalClass) -> None:
        """What was not looked into may have set attributes that nothing else does."""
        self._exact[id(cls.scope)] = False
        self._fields.pop(id(cls.scope), None)

    @staticmethod
    def _kept(state: State) -> State:
        paths = {
            p: _settled(v)
            for p, v in state.paths.items()
            if p.startswith("self.") and p.count(".") == 1 and not p.endswith(HANDED)
        }
        notes = {p: n for p, n in state.notes.items() if p in paths}
        return State(paths, {}, {}, notes)

    def _before_init(self, cls: LocalClass) -> State:
        """What the class body gives each object, and Unset for what only methods assign."""
        state = State()
        known: set[str] = set()
        for owner in self.program.lineage(cls).classes:
            if not isinstance(owner, LocalClass):
                continue
            for name, bindings in owner.scope.bindings.items():
                if name in known:
                    continue
                found = [b for b in bindings if b.kind == "value"]
                if not found or len(found) != len(bindings):
                    known.add(name)
                    continue
                if all(b.value is None for b in found) and not self._is_dataclass(owner):
                    continue  # a bare annotation declares, and sets nothing
                if self._is_dataclass(owner) and all(_is_left_out(b.value) for b in found):
                    continue
                known.add(name)
                state.paths[f"self.{name}"] = join_all(
                    self._class_value(owner, b.value, b.annotation) for b in found
                )
        if self._knows_fields(cls):
            for name in self._written_fields(cls):
                if name not in known:
                    state.paths[f"self.{name}"] = value(Unset(name))
        return state

    def _class_value(
        self,
        owner: LocalClass,
        node: cst.BaseExpression | None,
        annotation: cst.BaseExpression | None,
    ) -> Value:
        declared = self.types.annotation(owner.scope, annotation)
        is_field = self._is_dataclass(owner)
        if is_field and isinstance(node, cst.Call):
            defaults = [a.value for a in node.args if a.keyword and a.keyword.value == "default"]
            if not defaults:
                return declared
            node = defaults[0]
        if node is None:
            return declared
        found = Evaluator(self, Frame(owner.scope, owner), None).evaluate(node, State())
        found = typed(_settled(found), declared)
        return join(found, declared) if is_field else found

    def _is_dataclass(self, cls: LocalClass) -> bool:
        for decorator in cls.node.decorators:
            if decorator_name(decorator) in ("dataclass", "define", "frozen", "mutable", "attrs", "s"):
                return True
        return any(
            name.rpartition(".")[2] in ("BaseModel", "BaseSettings", "NamedTuple")
            for name in self.program.lineage(cls).externals()
        )

    def _knows_fields(self, cls: LocalClass) -> bool:
        """Whether every assignment to an object's attributes is in the tree."""
        key = id(cls.scope)
        found = self._exact.get(key)
        if found is not None:
            return found
        lineage = self.program.lineage(cls)
        exact = lineage.complete and not self.program.metaclass(cls)
        for owner in lineage.classes:
            if isinstance(owner, External):
                known = owner.dotted in _BASES_WITHOUT_STATE or (
                    owner.dotted.startswith("chatkit.") and not self.api.is_model(owner.dotted)
                )
                exact = exact and known
            else:
                bindings = owner.scope.bindings
                special = {"__getattr__", "__getattribute__", "__setattr__", "__new__"}
                exact = exact and not (special & bindings.keys())
                exact = exact and (not owner.node.decorators or self._is_dataclass(owner))
        self._exact[key] = exact
        return exact

    def _written_fields(self, cls: LocalClass) -> frozenset[str]:
        """The attributes that some method assigns on its first parameter."""
        key = id(cls.scope)
        found = self._assigned.get(key)
        if found is None:
            names: set[str] = set()
            for owner in self.program.lineage(cls).classes:
                if isinstance(owner, LocalClass):
                    for child in owner.scope.children:
                        if child.is_function:
                            names.update(self._writes(child))
            found = self._assigned[key] = frozenset(names)
        return found

    def _writes(self, scope: Scope) -> dict[str, list[cst.Attribute]]:
        """The attributes that a method assigns on its own object, by name."""
        found = self._written.get(id(scope))
        if found is None:
            found = dict[str, list[cst.Attribute]]()
            assert isinstance(scope.node, cst.FunctionDef)
            params = (*scope.node.params.posonly_params, *scope.node.params.params)
            owners = {params[0].name.value} if params else {"self"}
            for target in assigned_attributes(scope.node.body):
                if isinstance(target.value, cst.Name) and target.value.value in owners:
                    found.setdefault(target.attr.value, []).append(target)
            self._written[id(scope)] = found
        return found

    def _reads(self, cls: LocalClass, method: LocalFunction) -> frozenset[str] | None:
        """The attributes of its object that a method may look at, itself or through what it calls.

        None where that cannot be told. The rest of a state is nothing to it, and stays as it is.
        """
        return self._touches(cls, method).read

    def _read_by(self, cls: LocalClass, methods: list[LocalFunction]) -> frozenset[str] | None:
        """What several methods may look at together, of an object that was made."""
        together = frozenset[str]()
        for method in methods:
            read = self._reads(cls, method) if method.name not in _FIRST else together
            if read is None:
                return None
            together |= read
        return together

    def _read_in(
        self, function: Function, cls: LocalClass | None, args: tuple[Argument, ...], kind: str
    ) -> frozenset[str] | None:
        """The attributes of its object that a call may look at, also in functions that it is given."""
        target = function.target
        if cls is None or kind == "staticmethod" or function.bound or function.opaque:
            return None
        assert isinstance(target, LocalFunction)
        if target.scope.parent is None or not target.scope.parent.is_class:
            return None
        read = self._reads(cls, target)
        for arg in args:
            for atom in arg.value:
                if read is None:
                    return None
                if type(atom) is Function and _mentions_self(value(atom)):
                    method = _method_around(atom)
                    more = self._reads(cls, method) if method is not None else None
                    read = read | more if more is not None else None
                elif type(atom) is SelfObject:
                    return None
        return read

    def _touches(self, cls: LocalClass, method: LocalFunction) -> _Touched:
        key = (id(cls.scope), id(method.scope))
        found = self._touched.get(key)
        if found is None:
            found = self._touched[key] = self._find_touched(cls, method)
        return found

    def _find_touched(self, cls: LocalClass, method: LocalFunction) -> _Touched:
        owners = [o for o in self.program.lineage(cls).classes if isinstance(o, LocalClass)]
        own_names = {owner.scope.name for owner in owners}
        names, stored = {_HANDED_NAME}, set[str]()
        returned = is_handed = False
        pending, seen = [method], dict[int, LocalFunction]()
        while pending:
            current = pending.pop()
            if id(current.scope) in seen:
                continue
            seen[id(current.scope)] = current
            here = mentions(current.node)
            if method_kind(current.node) == "staticmethod":
                here = Mentions(frozenset(), (), returned=False, otherwise=False)
            if (
                here.otherwise
                or self._is_wrapped(current)
                or any(self._may_read(current.scope, callee) for callee in here.given_to)
            ):
                return _Touched(None, None)
            mentioned = mentioned_names(current.node)
            own = here.names if own_names.isdisjoint(mentioned) else mentioned
            names |= own
            stored |= stored_attributes(current.node)
            returned = returned or here.returned
            is_handed = is_handed or bool(here.given_to)
            for owner in owners:
                methods = self._methods_by_name(owner)
                for name in own & methods.keys():
                    for called in methods[name]:
                        known = self._touched.get((id(cls.scope), id(called.scope)))
                        if known is None:
                            pending.append(called)
                        elif known.read is None:
                            return known
                        else:
                            names |= known.read
                            stored |= known.set or frozenset[str]()
                            is_handed = is_handed or known.set is None
        read = frozenset(names)
        if returned:  # `(await self.connect()).pool`
            read = read.union(*(mentioned_names(each.node) for each in seen.values()))
        return _Touched(read, None if is_handed else frozenset(stored))

    def _may_read(self, scope: Scope, callee: cst.BaseExpression) -> bool:
        """Whether what is called with an object may look at what the caller knows of its attributes.

        A class of the tree, or a method of another object, sees it in any of its states, and other
        code sees nothing that the analysis follows.
        """
        found = self.program.resolve(scope, callee)
        if not found:
            return type(callee) is not cst.Attribute
        return not all(isinstance(definition, (LocalClass, External)) for definition in found)

    def _methods(self, cls: LocalClass) -> Iterator[LocalFunction]:
        for child in cls.scope.children:
            if child.is_function:
                yield LocalFunction(child)

    def _methods_by_name(self, cls: LocalClass) -> dict[str, list[LocalFunction]]:
        """The methods of a class itself; several have one name where a property has a setter."""
        found = self._named.get(id(cls.scope))
        if found is None:
            found = self._named[id(cls.scope)] = dict[str, list[LocalFunction]]()
            for method in self._methods(cls):
                found.setdefault(method.name, []).append(method)
        return found

    def _every_method(self, cls: LocalClass) -> Iterator[LocalFunction]:
        """The methods that an object of the class has, those of its bases in the tree included."""
        known: set[str] = set()
        for owner in self.program.lineage(cls).classes:
            if isinstance(owner, LocalClass):
                yield from (m for m in self._methods(owner) if m.name not in known)
                known.update(owner.scope.bindings)

    def _called_within(self, cls: LocalClass) -> frozenset[str]:
        """The names that methods of the class mention on their own object."""
        names: set[str] = set()
        for owner in self.program.lineage(cls).classes:
            if isinstance(owner, LocalClass):
                for child in owner.scope.children:
                    if isinstance(child.node, cst.FunctionDef):
                        names.update(mentions(child.node).names)
        return frozenset(names)

    @staticmethod
    def _is_constructor(method: LocalFunction) -> bool:
        return method.name in ("__new__", "__init_subclass__", "__class_getitem__")

    def field(self, cls: LocalClass, name: str) -> Value:
        """What an attribute of an object in any of its states may be."""
        fields = self._fields.get(id(cls.scope))
        if fields is None:
            fields = self._fields[id(cls.scope)] = {}
        if name in fields:
            return fields[name]
        fields[name] = UNKNOWN  # a cycle ends here
        path = f"self.{name}"
        # Where nothing is known to set it, what was not followed may.
        is_known = name in self._written_fields(cls) or any(
            name in owner.scope.bindings
            for owner in self.program.lineage(cls).classes
            if isinstance(owner, LocalClass)
        )
        of = frozenset({name}) if is_known else None
        found = join_all(s.paths[path] for s in self.object_states(cls, of) if path in s.paths)
        if not found:
            found = self._declared_field(cls, name)
        for method in self._every_method(cls):
            for target, annotation in annotated_attributes(method.node):
                if target == name:
                    found = join(
                        found, without_missing(self.types.annotation(method.scope, annotation))
                    )
        fields[name] = found
        return found

    def first_value(self, cls: LocalClass, name: str) -> Value:
        """What an attribute of an object is right behind its constructor."""
        _, left = self._initial_states(cls)
        path = f"self.{name}"
        found = join_all(state.paths[path] for state in left if path in state.paths)
        return found or self.field(cls, name)

    def attributes_beside(
        self, cls: LocalClass, name: str, told: Value, is_fresh: bool
    ) -> dict[str, Value]:
        """The pools and the like that an object surely has where tests have left `told` of `name`."""
        start, left = self._initial_states(cls)
        value_of = self.first_value if is_fresh else self.field

        def values() -> Iterator[tuple[str, Value]]:
            for path in start.paths:
                other = path.removeprefix("self.")
                yield other, value_of(cls, other)

        def states(of: frozenset[str]) -> list[State]:
            return left if is_fresh else self.object_states(cls, of)

        key = (cls.scope, name, told, is_fresh)
        return self._there_beside(key, "self.", lambda: self.field(cls, name), values, states)

    def _there_beside(
        self,
        key: tuple[Scope, str, Value, bool],
        owner: str,
        before: Callable[[], Value],
        values: Callable[[], Iterator[tuple[str, Value]]],
        states: Callable[[frozenset[str]], list[State]],
    ) -> dict[str, Value]:
        """What is there beside what a key names, in an object or a module, once a test has told of it.

        `before` gives what that was before the test, `values` what all there is may be, and `states`
        those that differ in some of it, as paths that begin with `owner`.
        """
        scope, name, told, _ = key
        found = self._beside.get(key)
        if found is not None:
            return found
        if scope in self._underway:
            return {}
        self._beside[key] = {}  # a cycle ends here
        known = before()
        found = dict[str, Value]()
        for other, held in values():
            if not may_be_missing(held) or not self.matter.concerns(other, held):
                continue
            reached = states(frozenset({name, other}))
            if _is_there_beside(reached, f"{owner}{other}", f"{owner}{name}", told, known):
                found[other] = without_missing(held) or UNKNOWN
        self._beside[key] = found
        return found

    def _declared_field(self, cls: LocalClass, name: str) -> Value:
        for owner in self.program.lineage(cls).classes:
            if isinstance(owner, LocalClass):
                for binding in owner.scope.bindings.get(name, ()):
                    if binding.annotation is not None:
                        return self.types.annotation(owner.scope, binding.annotation)
                    return UNKNOWN
            elif name in FIELDS.get(owner.dotted, {}):
                return self.types.text(FIELDS[owner.dotted][name])
        if self._knows_fields(cls) and not name.startswith("__"):
            return value(Unset(name))
        return UNKNOWN

    def class_member(self, cls: LocalClass, name: str) -> LocalFunction | str | None:
        """The method of a class by name: of the tree, or an inherited one of chatkit by full name."""
        key = (id(cls.scope), name)
        if key in self._members:
            return self._members[key]
        found: LocalFunction | str | None = None
        for owner in self.program.lineage(cls).classes:
            if isinstance(owner, LocalClass):
                if name in owner.scope.bindings:
                    definitions = self.program.member(owner.scope, name)
                    if len(definitions) == 1 and isinstance(definitions[0], LocalFunction):
                        found = definitions[0]
                    break
            elif owner.dotted.startswith("chatkit.") and name in self.api.methods(owner.dotted):
                found = f"{owner.dotted}.{name}"
                break
        self._members[key] = found
        return found

    def super_object(self, frame: Frame) -> Value:
        """What `super()` gives: the object, seen from the next class on; its methods are followed."""
        own = frame.scope
        while own is not None and not own.is_class:
            own = own.parent
        if own is None or frame.cls is None:
            return UNKNOWN
        classes = self.program.lineage(frame.cls).classes
        index = next(
            (i for i, c in enumerate(classes) if isinstance(c, LocalClass) and c.scope is own), None
        )
        if index is None:
            return UNKNOWN
        for following in classes[index + 1 :]:
            if isinstance(following, LocalClass):
                return value(Instance(following))
            if not following.dotted.startswith("chatkit."):
                continue
            return value(Instance(following.dotted))
        return UNKNOWN

    # Variables of modules and classes

    @staticmethod
    def variable_path(found: Variable) -> str:
        """The path under which a module's or class's variable is kept."""
        owner = f"{found.scope.qualname}." if found.scope.qualname else ""
        return f"{found.scope.module.path}{GLOBAL}{owner}{found.name}"

    def variable(self, found: Variable) -> Value:
        """What a variable of a module may be: its first value, or what some function assigns."""
        key = (id(found.scope), found.name)
        known = self._variables.get(key)
        if known is not None:
            return known
        self._variables[key] = UNKNOWN  # a cycle ends here
        if found.scope.is_function:
            return UNKNOWN
        with self._apart(found.scope):
            result = self._assigned_to(found) or UNKNOWN
        self._variables[key] = result
        return result

    def variables_beside(self, tested: Variable, told: Value) -> dict[str, Value]:
        """The pools and the like that a module surely has where tests left `told` of a variable."""
        scope, module = tested.scope, tested.scope.module

        def values() -> Iterator[tuple[str, Value]]:
            for other, bindings in module.scope.bindings.items() if scope is module.scope else ():
                if any(b.kind == "value" and _names_none(b.value) for b in bindings):
                    yield other, self.variable(Variable(scope, other, bindings[-1]))

        def states(of: frozenset[str]) -> list[State]:
            return self._module_states(module, of)

        key = (scope, tested.name, told, False)
        return self._there_beside(key, "", lambda: self.variable(tested), values, states)

    def is_set_later(self, variable: Variable) -> bool:
        """Whether a function of its module may set a variable, by `global`."""
        setters = self._setters(variable.scope.module)
        return any(variable.name in setter.declared for setter in setters)

    def _setters(self, module: Module) -> list[Scope]:
        """The functions of a module that declare variables `global` (or `nonlocal`)."""
        found = self._declaring.get(id(module))
        if found is None:
            found = [scope for scope in module.scope.walk() if scope.declared]
            self._declaring[id(module)] = found
        return found

    def _module_states(self, module: Module, of: frozenset[str]) -> list[State]:
        """The states, between calls of its functions, of variables `of` a module, by their names."""
        key = (id(module), of)
        found = self._states_of_modules.get(key)
        if found is not None:
            return found
        spent = self._spent_on_states.get(id(module), 0)
        if spent > STEPS:  # a module of very many pools: anything may be there
            return self._states_of_modules.setdefault(key, [State()])
        self._states_of_modules[key] = []  # a cycle ends here
        with self._apart(module.scope):
            found = self._states_of_modules[key] = self._reach_module_states(module, of)
            self._spent_on_states[id(module)] = spent + self._steps
        return found

    def _left_by_module(self, module: Module) -> list[State]:
        """The states in which a module's own code ends."""
        found = self._ends.get(id(module))
        if found is None:
            body = self.graph(module.scope)
            found = Executor(self, Frame(module.scope), body).run([State()], None) if body else []
            if not self.spend(0):  # not seen through: anything may be there
                found = [State()]
            self._ends[id(module)] = found
        return found

    def _reach_module_states(self, module: Module, of: frozenset[str]) -> list[State]:
        setters = [scope for scope in self._setters(module) if not of.isdisjoint(scope.declared)]
        states = States(self.keeps_apart)
        pending = list[State]()

        def reach(left: State) -> None:
            facts = states.add(left)
            if facts is not None:
                pending.append(states.by_facts[facts])

        owner = f"{module.path}{GLOBAL}"
        for left in self._left_by_module(module):
            reach(_variables(of, owner, left))
        while pending and self.spend(0):
            before = pending.pop()
            for setter in setters:
                entry = State({f"{owner}{name}": held for name, held in before.paths.items()})
                function = LocalFunction(setter)
                self._declare_parameters(function, entry, None)
                outcome = self._execute(function, None, entry, None)
                for left in outcome.seen:
                    reach(_variables(of, owner, left))
        # Where it was not seen through, anything may be there.
        return list(states.by_facts.values()) if self.spend(0) else [State()]

    def _assigned_to(self, found: Variable) -> Value:
        result = NEVER
        frame = Frame(found.scope)
        for binding in found.scope.bindings.get(found.name, ()):
            if binding.kind != "value":
                result = join(result, UNKNOWN)
                continue
            declared = self.types.annotation(found.scope, binding.annotation)
            if binding.value is None:
                result = join(result, declared)
                continue
            given = _settled(Evaluator(self, frame, None).evaluate(binding.value, State()))
            given = declared_contents(given, declared)
            result = join(result, declared if given == UNKNOWN else typed(given, declared))
        for assigned, scope in self._assigned_globally(found):
            frame = Frame(scope)
            given = Evaluator(self, frame, None).evaluate(assigned, State()) if assigned else UNKNOWN
            result = join(result, _settled(given))
        for binding in found.scope.bindings.get(found.name, ()):
            if binding.annotation is not None:
                declared = self.types.annotation(found.scope, binding.annotation)
                result = join(result, without_missing(declared))
        return result

    @staticmethod
    def _assigned_globally(
        found: Variable,
    ) -> Iterator[tuple[cst.BaseExpression | None, Scope]]:
        if found.scope.is_class:
            return
        for scope in found.scope.walk():
            if scope.is_function and found.name in scope.declared:
                assert isinstance(scope.node, cst.FunctionDef)
                for target, given in assigned_names(scope.node.body):
                    if target.value == found.name:
                        yield given, scope

    # Calls

    def spend(self, steps: int) -> bool:
        """Count the steps of a block of code before it runs; False where it must not run any more."""
        self._steps += steps
        if len(self._stack) > 1:
            self._followed += steps
        return self._steps <= self._allowed

    def _is_at_limit(self, target: LocalFunction) -> bool:
        """Whether calls are not followed any more."""
        depth = len(self._stack)
        if depth >= MAX_DEPTH or self._followed > self._follows:
            return True
        if depth < MAX_DEPTH_ELSEWHERE or target.module is self._module:
            return False
        last = self._stack[-MAX_DEPTH_ELSEWHERE:]
        return all(active.function.module is not self._module for active in last)

    def graph(self, scope: Scope) -> Graph | None:
        found = self._graphs.get(id(scope))
        if found is None:
            body = scope.node.body if isinstance(scope.node, cst.Module) else scope.node.body.body
            found = self._graphs[id(scope)] = build(body)
        return found

    def live(self, scope: Scope, graph: Graph) -> dict[int, frozenset[str]]:
        """The names that are still read behind the start of each block of a scope's graph."""
        found = self._live.get(id(scope))
        if found is None:
            # Whoever imports a module may read any of its names.
            always = scope.declared if scope.is_function else scope.bindings
            found = self._live[id(scope)] = live_names(graph, frozenset(always))
        return found

    def yielded(self, frame: Frame, given: Value, state: State) -> None:
        """A `yield` was reached in the function that is being analysed."""
        del frame
        if self._stack:
            self._stack[-1].yields.append((given, state.copy()))

    def left_at(self, state: State, node: cst.CSTNode) -> None:
        """A return was reached in the function that is being analysed."""
        if self._stack:
            self._stack[-1].places[id(node)] = (state.copy(), node)

    def _execute(
        self,
        function: LocalFunction,
        cls: LocalClass | None,
        entry: State,
        truth: bool | None,
    ) -> Outcome:
        """Run a function from an entry state, or recall what that came to."""
        recording = self._recording if function.module is self._module else None
        key = (
            function.scope,
            cls,
            truth,
            frozenset(entry.paths.items()),
            frozenset([(id(site), held) for site, held in entry.heap.items()]),
        )
        gives_up = self._cuts is not None
        known = self._outcomes.get(key) or self._outcomes.get((key, self._module, gives_up))
        if known is not None and (recording is None or key in self._shown):
            if known.is_cut:
                self._give_up()
            return known
        graph = self.graph(function.scope)
        if graph is None or any(active.key == key for active in self._stack):
            return Outcome([entry.copy()], UNKNOWN)
        if recording is not None:
            self._shown.add(key)
            self._shown.add((function.scope, "seen"))
        active = _Active(key, function)
        self._stack.append(active)
        cuts = self._cuts
        frame = Frame(function.scope, cls)
        exits = Executor(self, frame, graph, truth).run([entry.copy()], recording)
        self._stack.pop()
        if not self.spend(0):
            # Some ways out may not have been reached: nothing is known, and nothing is kept.
            if self._give_up():
                return Outcome([], NEVER)
            left = entry.copy()
            trust_all(left)
            return Outcome([left], UNKNOWN)
        returned = NEVER
        for state in exits:
            returned = join(returned, state.paths.pop(RETURNED, value(Nothing(function.node))))
            for path, at in state.paths.items():
                if path not in state.notes and may_be_missing(at) and self._assigns(function, path):
                    state.notes[path] = Note(function, _place(active, path, function))
        outcome = Outcome(exits, returned, active.yields, is_cut=self._cuts != cuts)
        # Another file may look deeper.
        is_cut = outcome.is_cut or any(came_to(state, UNFOLLOWED) for state in exits)
        self._outcomes[(key, self._module, gives_up) if is_cut else key] = outcome
        return outcome

    def _give_up(self) -> bool:
        """Whether a path need not be gone on with, as what lies behind it was not followed."""
        if self._cuts is None:
            return False
        self._cuts += 1
        return True

    def _assigns(self, function: LocalFunction, path: str) -> bool:
        """Whether a function itself assigns an attribute of its object, or a module's variable."""
        owner, _, name = path.partition(GLOBAL)
        if name:
            return name in function.scope.declared
        return owner.startswith("self.") and owner[5:] in self._writes(function.scope)

    def call(
        self,
        evaluator: Evaluator,
        function: Function,
        receiver_path: str | None,
        args: tuple[Argument, ...],
        state: State,
        *,
        runs: bool,
        truth: bool | None = None,
    ) -> Value:
        """Call a function of the tree from `state`, which becomes the state behind the call.

        Returns the value of the call expression (Pending where it must be awaited); empty, with the
        state dead, where the function never returns.
        """
        target = function.target
        assert isinstance(target, LocalFunction)
        is_async = target.node.asynchronous is not None
        kind = method_kind(target.node)
        is_generator = yields(target.node)
        declared = self.types.annotation(
            target.scope.parent or target.scope,
            target.node.returns.annotation if target.node.returns else None,
        )
        is_at_limit = self._is_at_limit(target)
        if is_at_limit or (is_generator and kind != "context") or self._is_stub_of_another(target):
            is_awaited = is_async and not is_generator
            evaluator.escape(args, state)
            if is_at_limit:  # it may check, or set, whatever it can reach
                trust_all(state)
                if self._give_up():
                    state.dead = True
                    return NEVER
            return self._unfollowed(target, declared, receiver_path, state, is_awaited)
        if is_async and not runs:
            evaluator.escape(args, state)
        entry = self._enter(evaluator, function, receiver_path, args, state, kind)
        outcome = self._execute(target, entry.cls, entry.state, truth)
        result = self._result(target, outcome, declared, entry)
        if is_async and not runs:
            return value(Pending(result, target.node))
        if kind == "context":
            return self._context(target, outcome, entry, state)
        evaluator.ways_out = list(self._ways_out(outcome.exits, entry, state))
        self._leave(outcome.exits, entry, state)
        for reached in outcome.exits:
            _hand_over(result, reached, state)
        if not outcome.exits:
            if outcome.is_cut:  # the end of a `with` is gone on from all the same
                trust_all(state)
            state.dead = True
            return NEVER
        return value(Pending(result, target.node)) if is_async else result

    def leave_context(
        self,
        evaluator: Evaluator,
        function: Function,
        receiver_path: str | None,
        args: tuple[Argument, ...],
        state: State,
    ) -> None:
        """Run what a generator context manager does behind its `yield`, with what it has set."""
        target = function.target
        assert isinstance(target, LocalFunction)
        if self._is_at_limit(target):
            trust_all(state)
            state.dead = self._give_up()
            return
        entry = self._enter(evaluator, function, receiver_path, args, state, "context")
        outcome = self._execute(target, entry.cls, entry.state, None)
        inside: State | None = None
        for _, reached in outcome.yields:
            inside = join_states(inside, reached)
        if inside is None:
            return
        before = inside.paths
        changed = [
            State({p: v for p, v in left.paths.items() if v != before.get(p)}, left.heap)
            for left in outcome.exits
        ]
        self._leave(changed, entry, state)

    def _result(self, target: LocalFunction, outcome: Outcome, declared: Value, entry: _Entry) -> Value:
        returned = frozenset(
            self._handed(a, entry) for a in outcome.returned if not _is_local(a, target)
        )
        if len(returned) < len(outcome.returned):
            returned = returned | UNKNOWN
        if Unknown() in returned and declared != UNKNOWN:
            # What the body does not tell, the annotation may; a None that it allows is a guess.
            known = frozenset(a for a in returned if not isinstance(a, Unknown))
            return join(known, without_missing(declared))
        return typed(returned, declared)

    @staticmethod
    def _handed(atom: Atom, entry: _Entry) -> Atom:
        """What a call gave, as the caller sees it: another object than its own has no path there."""
        if isinstance(atom, SelfObject) and not entry.shares_self:
            return ClassObject(atom.cls) if atom.is_class else Instance(atom.cls, handed=True)
        if isinstance(atom, Instance) and isinstance(atom.cls, LocalClass):
            return Instance(atom.cls, atom.args, atom.declared, handed=True)
        return atom

    def _context(self, target: LocalFunction, outcome: Outcome, entry: _Entry, state: State) -> Value:
        """A generator context manager: its `with` body runs in the state of the yield."""
        given = join_all(v for v, _ in outcome.yields) or UNKNOWN
        given = frozenset(self._handed(atom, entry) for atom in given)
        reached = [s.copy() for _, s in outcome.yields]
        if reached:
            self._leave(reached, entry, state)
        return value(Pending(given, target.node))

    def _is_stub_of_another(self, target: LocalFunction) -> bool:
        """An abstract method: what runs is a subclass's, which is not known here."""
        for decorator in target.node.decorators:
            node = decorator.decorator
            name = node.attr.value if isinstance(node, cst.Attribute) else getattr(node, "value", "")
            if name in ("abstractmethod", "overload"):
                return True
        return False

    def _unfollowed(
        self,
        target: LocalFunction,
        declared: Value,
        receiver_path: str | None,
        state: State,
        is_async: bool,
    ) -> Value:
        """A call that is not followed may have set whatever was missing."""
        trust(state, receiver_path)
        known = without_missing(declared) or UNKNOWN
        result = frozenset(
            Instance(a.cls, a.args, a.declared, handed=True) if isinstance(a, Instance) else a
            for a in known
        )
        return value(Pending(result, target.node)) if is_async else result

    def _enter(
        self,
        evaluator: Evaluator,
        function: Function,
        receiver_path: str | None,
        args: tuple[Argument, ...],
        state: State,
        kind: str,
    ) -> _Entry:
        target = function.target
        assert isinstance(target, LocalFunction)
        frame = evaluator.frame
        args = _expanded(args, state)
        own, receiver_path = self._receiver(evaluator.frame, function, receiver_path, kind)
        if own is None and target.scope.parent is not None and target.scope.parent.is_class:
            # `Base.connect(self)`, or a decorator's `f(self, …)`
            own, receiver_path, args = self._first_argument(evaluator, kind, args, state)
        mine = receiver_path == "self"
        hands_self = (
            mine
            or any(_mentions_self(arg.value) for arg in args)
            or _mentions_self(frozenset({function}))
        )
        shares = hands_self if own is None else mine
        if own is not None and not mine:
            args = tuple(_for_another(arg) for arg in args)
        cls = next((a.cls for a in own or () if isinstance(a, SelfObject)), None)
        entry = State()
        if self._is_inside(frame.scope, target.scope.parent):
            entry = state.copy()
        read = self._read_in(function, cls, args, kind)
        for path, known in state.paths.items():
            if GLOBAL in path or (shares and path.startswith("self.") and _is_among(read, path)):
                entry.paths[path] = known
        if own is not None and not mine:
            for path in [p for p in entry.paths if p.startswith("self.")]:
                del entry.paths[path]
            if receiver_path is not None:
                prefix = receiver_path + "."
                for path, known in state.paths.items():
                    if path.startswith(prefix):
                        within = "self." + path[len(prefix) :]
                        if _is_among(read, within):
                            entry.paths[within] = known
        if UNFOLLOWED in state.paths:
            entry.paths[UNFOLLOWED] = EARLIER
        if _SELF_HANDED in entry.paths:
            entry.paths[_SELF_HANDED] = EARLIER
        if cls is None and (
            hands_self or target.scope.parent is None or target.scope.parent.is_function
        ):
            cls = frame.cls
        if cls is None and target.scope.parent is not None and target.scope.parent.is_class:
            cls = LocalClass(target.scope.parent)
        if cls is not None and own is not None and (function.opaque or _is_handed(function.receiver)):
            entry = self._forgotten(entry)
            for known in self.object_states(cls, read):
                for path, held in self._forgotten(known).paths.items():
                    entry.paths.setdefault(path, held)
        entry.paths.update(function.bound)
        is_bound = own is not None and kind != "staticmethod"
        self._declare_parameters(target, entry, cls if is_bound else None)
        self._bind_arguments(target, args, entry, state, skip=1 if is_bound else 0)
        if is_bound and own is not None:
            params = (*target.node.params.posonly_params, *target.node.params.params)
            if params:
                entry.paths[params[0].name.value] = own
        return _Entry(cls, entry, target, receiver_path, shares)

    def _receiver(
        self,
        frame: Frame,
        function: Function,
        receiver_path: str | None,
        kind: str,
    ) -> tuple[Value | None, str | None]:
        """The object that a method is called on, as the method sees it, and its path in the caller."""
        for atom in function.receiver or ():
            if isinstance(atom, SelfObject):
                if receiver_path is None and atom.cls == frame.cls:
                    receiver_path = "self"
                return function.receiver, receiver_path
            if isinstance(atom, Instance) and isinstance(atom.cls, LocalClass):
                if (
                    receiver_path is None
                    and frame.cls is not None
                    and not atom.handed
                    and atom.cls in self.program.lineage(frame.cls).classes
                ):  # super().method()
                    return value(SelfObject(frame.cls)), "self"
                return value(SelfObject(atom.cls)), receiver_path
            if (
                kind == "classmethod"
                and isinstance(atom, ClassObject)
                and isinstance(atom.cls, LocalClass)
            ):
                return value(SelfObject(atom.cls, is_class=True)), receiver_path
        return None, receiver_path

    def _first_argument(
        self,
        evaluator: Evaluator,
        kind: str,
        args: tuple[Argument, ...],
        state: State,
    ) -> tuple[Value | None, str | None, tuple[Argument, ...]]:
        frame = evaluator.frame
        if not args or kind == "staticmethod":
            return None, None, args
        first = args[0]
        if first.star:
            if frame.cls is None:
                return None, None, args
            return value(SelfObject(frame.cls)), "self", args
        for atom in first.value:
            if isinstance(atom, SelfObject):
                return first.value, "self", args[1:]
            if isinstance(atom, Instance) and isinstance(atom.cls, LocalClass):
                path = evaluator.path(first.node.value, state)
                return value(SelfObject(atom.cls)), path, args[1:]
        return None, None, args

    @staticmethod
    def _is_inside(scope: Scope | None, around: Scope | None) -> bool:
        """Whether code of `scope` sees the names of the function `around`."""
        if around is None or not around.is_function:
            return False
        while scope is not None and scope is not around:
            scope = scope.parent
        return scope is around

    def _bind_arguments(
        self,
        target: LocalFunction,
        args: tuple[Argument, ...],
        entry: State,
        state: State,
        skip: int,
    ) -> None:
        params = [*target.node.params.posonly_params, *target.node.params.params][skip:]
        by_name = {p.name.value: p for p in (*params, *target.node.params.kwonly_params)}
        position = 0
        extra: list[tuple[Value, cst.CSTNode]] = []
        for arg in args:
            if arg.star:
                return
            if arg.keyword is None:
                if position >= len(params):
                    extra.append((arg.value, arg.node.value))
                    continue
                name = params[position].name.value
                position += 1
            elif arg.keyword in by_name:
                name = arg.keyword
            else:
                continue
            declared = entry.paths.get(name, UNKNOWN)
            given = arg.value
            if Unknown() in given and declared != UNKNOWN:
                known = frozenset(a for a in given if not isinstance(a, Unknown))
                given = join(known, without_missing(declared) or declared)
            write(entry, name, given)
            for atom in in_order(state, given):
                held = state.heap.get(atom.site) if isinstance(atom, _BUILT) else None
                if held is not None and isinstance(atom, _BUILT):
                    entry.heap[atom.site] = held
        star = target.node.params.star_arg
        if type(star) is cst.Param:
            values = tuple(given for given, _ in extra)
            entry.heap[star] = Items(values, join_all(values), tuple(place for _, place in extra))
            entry.paths[star.name.value] = value(BuiltSequence(star, "tuple"))

    def _declare_parameters(
        self, function: LocalFunction, entry: State, cls: LocalClass | None
    ) -> None:
        """Give each parameter the value that its annotation and default allow."""
        declared = self._parameters.get((function.scope, cls))
        if declared is None:
            declared = self._declared_parameters(function, cls)
            if not any(_is_computed(param.default) for param in parameters(function.node)):
                self._parameters[function.scope, cls] = declared
        entry.paths.update(declared)

    def _declared_parameters(self, function: LocalFunction, cls: LocalClass | None) -> dict[str, Value]:
        params = parameters(function.node)
        kind = method_kind(function.node)
        scope = function.scope.parent or function.scope
        found: dict[str, Value] = {}
        for index, param in enumerate(params):
            name = param.name.value
            if index == 0 and cls is not None and kind != "staticmethod":
                found[name] = value(SelfObject(cls, is_class=kind == "classmethod"))
                continue
            if param.star in ("*", "**"):
                found[name] = UNKNOWN
                continue
            declared = self.types.annotation(
                scope, param.annotation.annotation if param.annotation else None
            )
            if param.annotation is None and cls is not None:
                declared = self._handed_by_chatkit(cls, function, index, params)
            if param.default is not None and not (declared - UNKNOWN):
                default = Evaluator(self, Frame(scope), None).evaluate(param.default, State())
                declared = join(declared, _settled(default))
            found[name] = declared
        return found

    def _handed_by_chatkit(
        self, cls: LocalClass, function: LocalFunction, index: int, params: list[cst.Param]
    ) -> Value:
        """The model that chatkit hands to an unannotated parameter of a method that it calls."""
        for owner in self.program.lineage(cls).externals():
            method = self.api.methods(owner).get(function.name) if owner[:8] == "chatkit." else None
            if method is None:
                continue
            by_name = {p.name: p for p in method.params}
            found = by_name.get(params[index].name.value)
            if found is None and index < len(method.params) == len(params):
                at = method.params[index]
                found = at if at.name not in {p.name.value for p in params} else None
            declared = self.types.text(found.annotation) if found is not None else UNKNOWN
            is_model = any(isinstance(a, Instance) for a in declared) and all(
                isinstance(a, Nothing) or (isinstance(a, Instance) and str(a.cls)[:8] == "chatkit.")
                for a in declared
            )
            return declared if is_model else UNKNOWN
        return UNKNOWN

    def _ways_out(self, exits: list[State], entry: _Entry, state: State) -> Iterator[State]:
        """The states behind each way out of a call, where they differ in attributes that go together.

        A flag that is up where a pool was opened says so only while the two ways are not joined.
        """
        if len(exits) < 2 or not (entry.shares_self or entry.receiver_path):
            return
        told = [{f for f in correlations(way) if f[0].startswith("self.")} for way in exits]
        if all(len({path for path, _ in one ^ told[0]}) < 2 for one in told[1:]):
            return
        for way in exits:
            behind = state.copy()
            self._leave([way], entry, behind)
            yield behind

    def _leave(self, exits: list[State], entry: _Entry, state: State) -> None:
        """Carry what the call left behind over to the caller's state."""
        left: State | None = None
        for reached in exits:
            left = join_states(left, reached)
        if left is None:
            return
        _trust_again(state, left, "self" if entry.shares_self else entry.receiver_path)
        outer = entry.target.scope.declared
        for path, known in left.paths.items():
            if path == _SELF_HANDED:
                continue
            target: str | None = None
            if path.startswith("self.") and not entry.shares_self:
                target = entry.receiver_path and entry.receiver_path + path[4:]
            elif (is_shared(path) and (GLOBAL in path or path.startswith("self."))) or (
                path in outer and path in state.paths
            ):
                target = path
            if target is not None and state.paths.get(target) != known:
                write(state, target, known)
        for path, note in left.notes.items():
            if path.startswith("self.") and not entry.shares_self:
                if entry.receiver_path is None:
                    continue
                path = entry.receiver_path + path[4:]
            if may_be_missing(state.paths.get(path, NEVER)):
                state.notes[path] = note
        for site, held in left.heap.items():
            if site in state.heap:
                state.heap[site] = held

    def tells_by_truth(self, function: LocalFunction) -> bool:
        """Whether a function's truth may tell something: it returns tests."""
        key = id(function.scope)
        found = self._tells.get(key)
        if found is None:
            found = not yields(function.node) and any(
                isinstance(
                    node,
                    _TELLING,
                )
                for node in returned(function.node.body)
            )
            self._tells[key] = found
        return found

    def returns_bool(self, function: LocalFunction) -> bool:
        """Whether a function returns nothing but True, False and tests."""
        found = list(returned(function.node.body))
        return bool(found) and all(
            isinstance(node, cst.Comparison)
            or (isinstance(node, cst.Name) and node.value in ("True", "False"))
            or (isinstance(node, cst.UnaryOperation) and isinstance(node.operator, cst.Not))
            for node in found
        )

    # External things

    def external_member(self, atom: Instance, attr: str, receiver: Value, *, called: bool) -> Value:
        """What an attribute of an instance of an external class is."""
        assert isinstance(atom.cls, str)
        cls = CANONICAL.get(atom.cls, atom.cls)
        if cls.startswith("chatkit."):
            symbol = self.api.lookup(cls)
            if not isinstance(symbol, Class):
                return UNKNOWN
            model_field = self.api.model_fields(cls).get(attr)
            if model_field is not None:
                bound = dict(zip(symbol.type_params, atom.args, strict=False))
                return self.types.text(model_field.type, bound or None)
            if attr in self.api.methods(cls):
                return value(Function(f"{cls}.{attr}", receiver, attr))
            return value(Function(f"{cls}.{attr}", receiver, attr)) if called else UNKNOWN
        if called or attr in METHODS.get(cls, {}):
            return value(Function(f"{cls}.{attr}", receiver, attr))
        return UNKNOWN

    def call_external(
        self,
        dotted: str,
        receiver: Value | None,
        node: cst.Call,
        args: tuple[Argument, ...],
        module: Module,
    ) -> Value | None:
        """What calling an external function from a file gives; None where nothing is known of it."""
        dotted = CANONICAL.get(dotted, dotted)
        if dotted in PENDING:
            return value(Pending(instance(PENDING[dotted]), node, dotted))
        if dotted.startswith(f"{DATETIME}.") and receiver is None:
            made_now = moment(dotted.rpartition(".")[2], args)
            if made_now is not None:
                return made_now
        if dotted in RETURNS:
            return self.construct(RETURNS[dotted], args)
        cls, _, method = dotted.rpartition(".")
        made = METHODS.get(CANONICAL.get(cls, cls), {}).get(method)
        if made is not None:
            name = made.removeprefix("~")
            result = value(Nothing(node)) if name == "None" else instance(name)
            return value(Pending(result, node, dotted)) if made.startswith("~") else result
        if cls in HANDLES:
            return UNKNOWN
        if cls == "pydantic.TypeAdapter" and method in ("validate_python", "validate_json"):
            kinds = [a.args[0] for a in receiver or () if isinstance(a, Instance) and a.args]
            return join_all(kinds) or UNKNOWN
        if cls.startswith("chatkit."):
            return self._chatkit_call(cls, method, receiver, node, module)
        if method in ("isoformat", "model_dump_json", "hex") and not cls:
            return instance("str")
        return None

    def _chatkit_call(
        self, cls: str, method: str, receiver: Value | None, node: cst.Call, module: Module
    ) -> Value | None:
        found = self.api.methods(cls).get(method) if self.api.lookup(cls) else None
        if found is None:
            if method in ("model_copy", "copy") and receiver:
                return receiver if self._keeps_fields(cls, node) else UNKNOWN
            if method in MAKE_MODELS:
                takes_more = any(
                    a.keyword is not None and a.keyword.value == "extra" for a in node.args
                )
                return UNKNOWN if takes_more else instance(cls)
            if method in ("model_dump_json", "json"):
                return instance("str")
            if method in ("model_dump", "dict"):
                return instance("dict")
            return None
        result = self.types.text(found.returns)
        if cls == _STORE and self._is_broken_by_a_store(method, module):
            result = UNKNOWN
        return value(Pending(result, node, f"{cls}.{method}")) if found.is_async else result

    def _is_broken_by_a_store(self, method: str, module: Module) -> bool:
        """Whether a store that a file holds or imports gives dicts where the interface says models."""
        key = (id(module), method)
        found = self._broken.get(key)
        if found is None:
            found = self._broken[key] = any(
                isinstance(own := self.class_member(cls, method), LocalFunction)
                and own.node.returns is None
                and any(isinstance(node, (cst.Dict, cst.DictComp)) for node in returned(own.node.body))
                for cls in self._stores_of(module)
            )
        return found

    def _stores_of(self, module: Module) -> Iterator[LocalClass]:
        """The stores that a file holds, or imports by the names of their classes."""
        classes = [scope for scope in module.scope.children if scope.is_class]
        found: list[Definition] = [LocalClass(scope) for scope in classes]
        for name, bindings in module.scope.bindings.items():
            if name[0].isupper() and any(binding.kind == "import" for binding in bindings):
                found += self.program.resolve(module.scope, cst.Name(name))
        for cls in found:
            if isinstance(cls, LocalClass) and self.program.derives_from(cls, [_STORE]):
                yield cls

    def _keeps_fields(self, cls: str, node: cst.Call) -> bool:
        """Whether a copy of a model has the attributes of its class and no others."""
        for arg in node.args:
            if arg.keyword is None or arg.keyword.value != "update":
                continue
            if not isinstance(arg.value, cst.Dict):
                return False
            keys = [e.key if isinstance(e, cst.DictElement) else None for e in arg.value.elements]
            names = [k.evaluated_value if isinstance(k, cst.SimpleString) else None for k in keys]
            if not all(name in self.api.model_fields(cls) for name in names):
                return False
        return True

    def construct(self, cls: str, args: tuple[Argument, ...]) -> Value:
        """An instance of an external class."""
        cls = CANONICAL.get(cls, cls)
        if cls == "pydantic.TypeAdapter":
            return value(Instance(cls, (self._adapted(args),)))
        if cls == "contextvars.ContextVar":
            default = next((a.value for a in args if a.keyword == "default"), None)
            return value(Instance(cls, (default,) if default is not None else ()))
        if cls in ("str", "int", "float", "bool", "bytes", "list", "dict"):
            return instance(cls)
        if cls == DATETIME:
            return moment("", args) or value(Instance(cls))
        symbol = self.api.lookup(cls) if cls.startswith("chatkit.") else None
        if cls.startswith("chatkit.") and not isinstance(symbol, Class):
            return UNKNOWN
        return value(Instance(cls))

    def type_parameters(self, cls: str) -> Iterator[tuple[str, dict[str, str]]]:
        """The type variables of a chatkit model, each with the types of the fields."""
        symbol = self.api.lookup(cls) if cls.startswith("chatkit.") else None
        if isinstance(symbol, Class):
            fields = {name: field.type for name, field in self.api.model_fields(cls).items()}
            for name in symbol.type_params:
                yield name, fields

    def _adapted(self, args: tuple[Argument, ...]) -> Value:
        """What `TypeAdapter(type)` validates to."""
        for atom in args[0].value if args else NEVER:
            if isinstance(atom, ClassObject) and isinstance(atom.cls, LocalClass):
                return value(Instance(atom.cls, (), declared=True))
            is_plain = isinstance(args[0].node.value, (cst.Name, cst.Attribute))
            if isinstance(atom, ClassObject) and is_plain:
                return self.types.of_name(str(atom.cls))
        return UNKNOWN

    def call_instance(self, atom: Instance) -> Value | None:
        """What calling an instance gives (a session factory)."""
        made = {
            "sqlalchemy.ext.asyncio.async_sessionmaker": "sqlalchemy.ext.asyncio.AsyncSession",
            "sqlalchemy.orm.sessionmaker": "sqlalchemy.orm.Session",
        }.get(atom.cls if isinstance(atom.cls, str) else "")
        return instance(made) if made is not None else None

    def entered(self, atom: object) -> Value:
        """What entering (`with`) an external object gives: itself, for those that are known."""
        if isinstance(atom, Instance) and atom.cls in HANDLES:
            return value(atom)
        return UNKNOWN

    def subscript(self, atom: object, key: Value) -> Value:
        """What `atom[key]` gives for external objects."""
        del key
        if isinstance(atom, Instance) and isinstance(atom.cls, str):
            if atom.cls == "motor.motor_asyncio.AsyncIOMotorClient":
                return instance("motor.motor_asyncio.AsyncIOMotorDatabase")
            if atom.cls == "motor.motor_asyncio.AsyncIOMotorDatabase":
                return instance("motor.motor_asyncio.AsyncIOMotorCollection")
            if atom.cls == "str":
                return instance("str")
        return UNKNOWN

    def of_class(self, frame: Frame, known: Value, classes: cst.BaseExpression, truth: bool) -> Value:
        """Narrow by `isinstance`: what is (or is not) of one of the classes."""
        nodes = [e.value for e in classes.elements] if isinstance(classes, cst.Tuple) else [classes]
        wanted: set[str | LocalClass] = set()
        for node in nodes:
            found = self.program.resolve(frame.scope, node)
            if not found and isinstance(node, cst.Name):
                wanted.add(node.value)
                continue
            for definition in found:
                if isinstance(definition, LocalClass):
                    wanted.add(definition)
                elif isinstance(definition, External):
                    wanted.add(CANONICAL.get(definition.dotted, definition.dotted))
                else:
                    return without_missing(known) if truth else known
        kept: set[Atom] = set()
        for atom in known:
            is_one = self._is_one(atom, wanted)
            if is_one is None or is_one is truth:
                kept.add(atom)
            elif truth and isinstance(atom, Instance) and atom.declared:
                kept.update(Instance(w, (), declared=True) for w in wanted if self._is_below(w, atom))
        if truth:
            kept -= {a for a in kept if isinstance(a, (Nothing, Unset))}
            if any(isinstance(a, Unknown) for a in kept) and len(wanted) == 1:
                (cls,) = wanted
                if isinstance(cls, LocalClass) or (
                    isinstance(self.api.lookup(cls), Class) if cls.startswith("chatkit.") else True
                ):
                    kept -= UNKNOWN
                    kept.add(Instance(cls, (), declared=True))
            if not kept and known:
                return UNKNOWN if not all(isinstance(a, Nothing) for a in known) else NEVER
        return frozenset(kept)

    def _is_one(self, atom: Atom, wanted: set[str | LocalClass]) -> bool | None:
        """Whether an atom is surely (or surely not) an instance; None where that is open."""
        if isinstance(atom, Nothing):
            return "NoneType" in wanted
        if isinstance(atom, Instance):
            if atom.cls in wanted:
                return True
            if isinstance(atom.cls, LocalClass):
                lineage = self.program.lineage(atom.cls)
                names = {c.dotted if isinstance(c, External) else c for c in lineage.classes}
                return True if names & wanted else None
            if atom.cls.startswith("chatkit."):
                return self._is_chatkit_one(atom.cls, wanted)
        name = type_name(atom)
        if name in ("str", "int", "float", "bool", "bytes", "list", "dict", "tuple", "set"):
            if name in wanted or (name == "bool" and "int" in wanted):
                return True
            builtin = {"str", "int", "float", "bool", "bytes", "list", "dict", "tuple", "set"}
            return False if wanted <= builtin else None
        return None

    def _is_below(self, cls: str | LocalClass, atom: Instance) -> bool:
        """Whether a class of chatkit derives from the one that a value is declared to be of."""
        if not isinstance(cls, str) or not isinstance(atom.cls, str):
            return False
        return isinstance(self.api.lookup(cls), Class) and self.api.is_subclass(cls, atom.cls)

    def _is_chatkit_one(self, cls: str, wanted: set[str | LocalClass]) -> bool | None:
        if not isinstance(self.api.lookup(cls), Class):
            return None
        is_open = False
        for other in wanted:
            if isinstance(other, LocalClass):
                lineage = self.program.lineage(other)
                is_open = is_open or not lineage.complete or cls in lineage.externals()
            elif other.startswith("chatkit."):
                if self.api.is_subclass(cls, other):
                    return True
                is_open = is_open or not isinstance(self.api.lookup(other), Class)
            elif other in ("object", "pydantic.BaseModel", "pydantic.main.BaseModel"):
                return True if self.api.is_model(cls) or other == "object" else None
            elif not (self.api.is_model(cls) and other in _DERIVED_FROM):
                is_open = is_open or other.startswith(("typing", "collections.abc", "abc"))
        return None if is_open else False


def _is_private(name: str) -> bool:
    return name.startswith("_") and not name.endswith("__")


def _method_around(function: Function) -> LocalFunction | None:
    """The method that a function is, or stands in."""
    scope = function.target.scope if isinstance(function.target, LocalFunction) else None
    while scope is not None and scope.parent is not None:
        if scope.is_function and scope.parent.is_class:
            return LocalFunction(scope)
        scope = scope.parent
    return None


def _is_among(names: frozenset[str] | None, path: str) -> bool:
    """Whether a path that begins with 'self.' is one of these attributes, or below it."""
    return names is None or path.split(".", 2)[1] in names


def _is_there_beside(states: list[State], path: str, tested: str, told: Value, before: Value) -> bool:
    """Whether `path` is there in each of some states that go with what a test has told."""
    alike = [
        state.paths for state in states if may_still_be(state.paths.get(tested, UNKNOWN), told, before)
    ]
    return bool(alike) and not any(may_be_missing(paths.get(path, NEVER)) for paths in alike)


def _names_none(node: cst.BaseExpression | None) -> bool:
    return node is not None and any(map(is_none, walk(node)))


def _variables(of: frozenset[str], owner: str, left: State) -> State:
    """What a state knows of variables of a module, by name; functions keep them below `owner`."""
    paths = {n: left.paths.get(f"{owner}{n}", left.paths.get(n)) for n in sorted(of)}
    return State({name: _settled(held) for name, held in paths.items() if held is not None})


def _among(names: frozenset[str] | None, paths: dict[str, Value]) -> dict[str, Value]:
    return {path: held for path, held in paths.items() if _is_among(names, path)}


def _trust_again(state: State, left: State, receiver_path: str | None) -> None:
    """Do to what a call was not shown what code that was not followed may have done to it there."""
    if came_to(left, UNFOLLOWED):
        trust_all(state)
    if receiver_path is not None and came_to(left, _SELF_HANDED):
        trust(state, receiver_path)


def _place(active: _Active, path: str, function: LocalFunction) -> cst.CSTNode:
    """The return at which the path was still missing, else the function: its end."""
    for state, node in active.places.values():
        if may_be_missing(state.paths.get(path, NEVER)):
            return node
    return function.node


_BUILT: Final = (BuiltSequence, BuiltMapping)


def _hand_over(of: Value, reached: State, state: State) -> None:
    """Make known to the caller's state what the lists and dicts hold that a call gives back."""
    pending, seen = list(of), set[cst.CSTNode]()
    while pending:
        atom = pending.pop()
        held = reached.heap.get(atom.site) if isinstance(atom, _BUILT) else None
        if held is None or not isinstance(atom, _BUILT) or atom.site in seen:
            continue
        seen.add(atom.site)
        if isinstance(held, Items):
            pending.extend(inner for part in (*(held.known or ()), held.any) for inner in part)
        else:
            pending.extend(inner for _, part in held.known for inner in part)
    for site in (site for site in reached.heap if site in seen) if seen else ():
        held, before = reached.heap[site], state.heap.get(site)
        if before is not held:
            # An earlier call may have given one from the same place.
            state.heap[site] = held if before is None else join_held(before, held)


def _expanded(args: tuple[Argument, ...], state: State) -> tuple[Argument, ...]:
    """The arguments with each `*args` of known items taken apart."""
    if not any(arg.star == "*" for arg in args):
        return args
    found: list[Argument] = []
    for arg in args:
        held = held_items(state, arg.value) if arg.star == "*" else None
        if held is None or held.known is None:
            found.append(arg)
        else:
            places = held.sites if len(held.sites) == len(held.known) else ()
            nodes = [cst.Arg(p) for p in places if isinstance(p, cst.BaseExpression)]
            if len(nodes) != len(held.known):
                nodes = [arg.node] * len(held.known)
            found.extend(Argument(node, item) for node, item in zip(nodes, held.known, strict=True))
    return tuple(found)


def _mentions_self(of: Value) -> bool:
    """Whether a value is, or holds on to, the object whose methods are analysed."""
    for atom in of:
        if type(atom) is SelfObject:
            return True
        if type(atom) is Function and (
            _mentions_self(atom.receiver or NEVER)
            or any(_mentions_self(held) for _, held in atom.bound)
        ):
            return True
    return False


def _for_another(arg: Argument) -> Argument:
    """An argument as a method of another object sees it, for which `self` is something else."""
    if not _mentions_self(arg.value):
        return arg
    return Argument(arg.node, frozenset(map(_from_outside, arg.value)), arg.keyword, arg.star)


def _from_outside(atom: Atom) -> Atom:
    if isinstance(atom, SelfObject):
        return ClassObject(atom.cls) if atom.is_class else Instance(atom.cls, handed=True)
    if isinstance(atom, Function) and _mentions_self(value(atom)):
        receiver = frozenset(map(_from_outside, atom.receiver)) if atom.receiver is not None else None
        bound = tuple((name, frozenset(map(_from_outside, held))) for name, held in atom.bound)
        return Function(atom.target, receiver, atom.name, bound, atom.opaque)
    return atom


def _is_handed(receiver: Value | None) -> bool:
    return any(isinstance(atom, Instance) and atom.handed for atom in receiver or ())


def _is_left_out(default: cst.BaseExpression | None) -> bool:
    """Whether a dataclass's field is neither a parameter nor has a default: `field(init=False)`."""
    if not isinstance(default, cst.Call):
        return False
    given = {a.keyword.value: a.value for a in default.args if a.keyword is not None}
    init = given.get("init")
    is_excluded = isinstance(init, cst.Name) and init.value == "False"
    return is_excluded and not ({"default", "default_factory", "factory"} & given.keys())


def _settled(of: Value) -> Value:
    """A value that outlives the function that made it: what it built there is of a type only."""
    settled: set[Atom] = set()
    for atom in of:
        if isinstance(atom, BuiltSequence):
            settled.add(Instance(atom.kind))
        elif isinstance(atom, BuiltMapping):
            settled.add(Instance("dict"))
        elif isinstance(atom, Function) and isinstance(atom.target, LocalFunction):
            settled.add(atom if atom.receiver is None else Unknown())
        elif isinstance(atom, Constant) and not isinstance(atom.value, (bool, str)):
            settled.add(Instance(type(atom.value).__name__))
        else:
            settled.add(atom)
    return frozenset(settled)


def _is_computed(default: cst.BaseExpression | None) -> bool:
    """Whether what a parameter's default is may hang on what is known by the time."""
    return (
        default is not None
        and not isinstance(default, (cst.SimpleString, cst.Integer, cst.Float))
        and not (isinstance(default, cst.Name) and default.value in ("None", "True", "False"))
    )


def _is_local(atom: Atom, target: LocalFunction) -> bool:
    return (
        isinstance(atom, Function)
        and isinstance(atom.target, LocalFunction)
        and atom.target.scope.parent is target.scope
    )


__all__ = ["Analysis"]
