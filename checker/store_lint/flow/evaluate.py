"""What an expression gives in a state, what it does to the state, and what its truth tells.

An Evaluator works in one frame. It changes the state that it is handed as the code would, and writes
an event for each place that a rule may want to look at.

Kinds of nodes are compared by `type() is`: isinstance() of libcst's abstract classes runs Python code.
"""

from __future__ import annotations

import builtins
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.flow.events import (
    Argument,
    AttributeEvent,
    BindEvent,
    CallEvent,
    UseEvent,
)
from store_lint.flow.knowledge import NEVER_RETURNS, SELF_READYING
from store_lint.flow.moments import derived, is_moment
from store_lint.flow.state import (
    CONTENTS,
    FRESH,
    GLOBAL,
    TASKS,
    all_items,
    assume_present,
    forget_told,
    held_items,
    is_as_found,
    narrow,
    seen_from,
    trust,
    trusted,
    widened_items,
    write,
)
from store_lint.flow.strings import concatenated, filled, formatted, joined_text, stripped
from store_lint.flow.syntax import mentioned_names, method_kind, plain_text
from store_lint.flow.truth import fork
from store_lint.flow.types import typed
from store_lint.flow.values import (
    CONTEXT_VARIABLE,
    FALSY_TYPES,
    NEVER,
    UNKNOWN,
    BuiltMapping,
    BuiltSequence,
    ClassObject,
    Constant,
    Entries,
    Frame,
    Function,
    Instance,
    Items,
    ModuleObject,
    Nothing,
    Pending,
    SelfObject,
    State,
    Text,
    Unknown,
    Unset,
    constant_text,
    instance,
    join,
    join_all,
    may_be_missing,
    perhaps_there,
    type_name,
    value,
    without_missing,
)
from store_lint.tree.expressions import children
from store_lint.tree.program import External, LocalClass, LocalFunction, LocalModule, Variable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from store_lint.flow.analysis import Analysis
    from store_lint.flow.events import Events
    from store_lint.flow.truth import Fork
    from store_lint.flow.values import Atom, Value
    from store_lint.tree.program import Definition

_BUILTIN_TYPES: Final = frozenset(
    {"str", "int", "float", "bool", "bytes", "list", "dict", "tuple", "set", "frozenset"}
)
_BOOLS: Final = frozenset({"isinstance", "issubclass", "hasattr", "callable", "any", "all"})
_INTS: Final = frozenset({"len", "ord", "hash", "id"})
_STRINGS: Final = frozenset({"repr", "ascii", "chr", "hex", "bin", "oct", "format", "input"})
_HANDING: Final = frozenset({"sorted", "max", "min", "filter", "map", "list.sort"})
"""What calls a function that it is given with the elements of what it is given, or of its receiver."""
_WRAPPING_CALLS: Final = frozenset(
    {"asyncio.wait_for", "asyncio.shield", "asyncio.gather", "asyncio.run"}
)
_SCHEDULING_CALLS: Final = frozenset({"asyncio.create_task", "asyncio.ensure_future"})
"""They return before what they are given has run; it may run at any later `await`."""
_ALIASES: Final = frozenset({cst.Name, cst.Attribute, cst.Call})
"""Expressions whose value another name may stand for."""


class Evaluator:
    """Evaluates the expressions of one frame; `events` is None while nothing is to be recorded."""

    def __init__(
        self,
        analysis: Analysis,
        frame: Frame,
        events: Events | None,
        caught: frozenset[str] = frozenset(),
    ) -> None:
        self.analysis = analysis
        self.program = analysis.program
        self.frame = frame
        self.events = events
        self.caught = caught
        self.ways_out: list[State] = []
        """The states behind the last call, where its ways out differ in what goes together."""

    # Paths

    def path(self, node: cst.CSTNode, state: State) -> str | None:
        """The access path of an expression made of names and dots, or None."""
        if type(node) is cst.Name:
            return self._name_path(node, state)
        if type(node) is cst.NamedExpr:
            return self.path(node.target, state)
        if type(node) is cst.Await:
            return None
        if type(node) is cst.Attribute:
            return self._attribute_path(node, self.path(node.value, state), state)
        if type(node) is cst.Call:
            found = _getattr_call(node)
            if found is not None:
                base = self.path(found[0], state)
                return f"{base}.{found[1]}" if base is not None else None
            return self._object_path(node, state) or self._contents_path(node, state)
        return None

    def _attribute_path(self, node: cst.Attribute, base: str | None, state: State) -> str | None:
        """The access path of an attribute; `base` is that of what stands before the dot."""
        if base is None or base not in state.paths or GLOBAL in base:
            base = self._object_path(node.value, state) or base
        if base is None:
            return None
        if base.endswith(GLOBAL):
            return base + node.attr.value
        return f"{base}.{node.attr.value}"

    def _name_path(self, node: cst.Name, state: State) -> str | None:
        name = node.value
        known = state.paths.get(name)
        if known is not None:
            if len(known) == 1 and isinstance(next(iter(known)), SelfObject):
                return "self"
            return name
        for found in self.program.resolve(self.frame.scope, node):
            if isinstance(found, Variable):
                return self._variable_path(found, node)
            if isinstance(found, LocalClass) and self._is_own(found):
                return "self"
            return None
        return None

    def _variable_path(self, found: Variable, node: cst.Name) -> str:
        """Where a variable is kept that a name stands for.

        What a module has imported by name at its top stays as it was then, whatever the functions of
        the other module set it to.
        """
        module, scope = self.frame.scope.module, self.frame.scope
        if found.scope.module is module or not self.analysis.is_set_later(found):
            return self.analysis.variable_path(found)
        while scope.parent is not None and node.value not in scope.bindings:
            scope = scope.parent
        if scope is not module.scope:
            return self.analysis.variable_path(found)
        return f"{module.path}{GLOBAL}{node.value}"

    def _object_path(self, node: cst.CSTNode, state: State) -> str | None:
        """Where the attributes of a module, of the frame's own class or of `self` are kept."""
        if type(node) is cst.Call:
            if (
                type(node.func) is cst.Name
                and node.func.value == "type"
                and len(node.args) == 1
                and self.path(node.args[0].value, state) == "self"
            ):
                return "self"
            return None
        if type(node) is cst.Attribute and node.attr.value == "__class__":
            return self.path(node.value, state)
        if not isinstance(node, (cst.Name, cst.Attribute)):
            return None
        root = node
        while type(root) is cst.Attribute:
            root = root.value
        if type(root) is not cst.Name or root.value in state.paths:
            return None
        for found in self.program.resolve(self.frame.scope, node):
            if isinstance(found, LocalModule):
                return f"{found.module.path}{GLOBAL}"
            if isinstance(found, LocalClass):
                if self._is_own(found):
                    return "self"
                return f"{found.module.path}{GLOBAL}{found.scope.qualname}"
            return None
        return None

    def _contents_path(self, node: cst.Call, state: State) -> str | None:
        """Where what a context variable holds is kept, for `variable.get()`."""
        if type(node.func) is not cst.Attribute or node.func.attr.value not in ("get", "set"):
            return None
        if (len(node.args) != 1 and node.func.attr.value == "set") or len(node.args) > 1:
            return None
        base = self.path(node.func.value, state)
        if base is None:
            return None
        held = self._again(node.func.value, state)
        is_variable = any(isinstance(a, Instance) and a.cls == CONTEXT_VARIABLE for a in held)
        return f"{base}{CONTENTS}" if is_variable else None

    def _is_own_object(self, of: Value) -> bool:
        """Whether a value is the object itself, as `(await self.connect())` may be."""
        atom = next(iter(of)) if len(of) == 1 else None
        return type(atom) is SelfObject and atom.cls == self.frame.cls

    def _is_own(self, cls: LocalClass) -> bool:
        own = self.frame.cls
        return own is not None and cls in self.program.lineage(own).classes

    # Expressions

    def evaluate(self, node: cst.CSTNode, state: State) -> Value:
        """The value of an expression; the state is changed as its evaluation would."""
        handler = _HANDLERS.get(type(node))
        if handler is None:
            for child in children(node):
                if isinstance(child, cst.BaseExpression):
                    self.evaluate(child, state)
            return UNKNOWN
        return handler(self, node, state)

    def name(self, node: cst.Name, state: State) -> Value:
        name = node.value
        known = state.paths.get(name)
        if known is not None:
            if may_be_missing(known) and Unset(name) in known:
                return self._read(node, name, known, state)
            return known
        if name == "None":
            return value(Nothing(node))
        if name in ("True", "False"):
            return value(Constant(name == "True"))
        found = self.program.resolve(self.frame.scope, node)
        if not found:
            return _builtin(name)
        return join_all(self._definition(definition, state, node) for definition in found)

    def _definition(self, found: Definition, state: State, node: cst.Name | None = None) -> Value:
        if isinstance(found, Variable):
            path = (
                self.analysis.variable_path(found) if node is None else self._variable_path(found, node)
            )
            known = state.paths.get(path)
            return known if known is not None else trusted(state, self.analysis.variable(found))
        if isinstance(found, LocalClass):
            return value(ClassObject(found))
        if isinstance(found, LocalFunction):
            return value(Function(found, name=found.name))
        if isinstance(found, LocalModule):
            return value(ModuleObject(found))
        return _external(found) if isinstance(found, External) else UNKNOWN

    def _read(self, node: cst.BaseExpression, path: str, found: Value, state: State) -> Value:
        """Reading what may be unset raises there; behind it, it is set."""
        if may_be_missing(found) and any(type(atom) is Unset for atom in found):
            self.use(node, "read", found, path, state)
            found = frozenset(a for a in found if not isinstance(a, Unset)) or UNKNOWN
            narrow(state, path, found)
        return found

    def attribute(self, node: cst.Attribute, state: State, *, called: bool = False) -> Value:
        return self._attribute(node, state, called=called)[1]

    def _attribute(self, node: cst.Attribute, state: State, *, called: bool) -> tuple[Value, Value]:
        """What stands before the dot, once the dot was reached, and what the whole gives."""
        base = self.evaluate(node.value, state)
        base_path = self.path(node.value, state)
        if base_path is None and self._is_own_object(base):
            base_path = "self"
        path = self._attribute_path(node, base_path, state)
        found = state.paths.get(path) if path is not None else None
        if found is None:
            found = self.member(base, node.attr.value, state, base_path, called=called)
        if self.events is not None:
            event = AttributeEvent(
                node, base, base_path, seen_from(state, node), self.frame, found, caught=self.caught
            )
            self.events.attributes.setdefault(node, []).append(event)
        if base_path is not None and may_be_missing(base):
            assume_present(state, base_path, base)
        if path is not None:
            found = self._read(node, path, found, state)
        return without_missing(base) or UNKNOWN, found

    def member(self, base: Value, attr: str, state: State, path: str | None, *, called: bool) -> Value:
        if len(base) == 1:
            return self._atom_member(next(iter(base)), attr, state, path, called=called)
        return join_all(self._atom_member(atom, attr, state, path, called=called) for atom in base)

    def _atom_member(
        self, atom: object, attr: str, state: State, path: str | None, *, called: bool
    ) -> Value:
        receiver: Value = frozenset({atom})  # type: ignore[arg-type]
        if isinstance(atom, SelfObject):
            return self._local_member(atom.cls, attr, receiver, state, path)
        if isinstance(atom, Instance):
            if isinstance(atom.cls, LocalClass):
                return self._local_member(atom.cls, attr, receiver, state, path)
            return self.analysis.external_member(atom, attr, receiver, called=called)
        if isinstance(atom, ClassObject):
            if isinstance(atom.cls, LocalClass):
                return self._local_member(atom.cls, attr, receiver, state, path)
            return _external(self.program.external(f"{atom.cls}.{attr}"))
        if isinstance(atom, ModuleObject):
            if isinstance(atom.module, str):
                return _external(self.program.external(f"{atom.module}.{attr}"))
            found = self.program.attribute(atom.module, attr)
            return join_all(self._definition(d, state) for d in found) if found else UNKNOWN
        if isinstance(atom, Function) and isinstance(atom.target, str) and atom.receiver is None:
            return _external(self.program.external(f"{atom.target}.{attr}"))
        name = type_name(atom)  # type: ignore[arg-type]
        if name in FALSY_TYPES:
            return value(Function(f"{name}.{attr}", receiver, attr))
        if isinstance(atom, (Nothing, Unset)):
            return NEVER
        return UNKNOWN

    def _local_member(
        self, cls: LocalClass, attr: str, receiver: Value, state: State, path: str | None
    ) -> Value:
        member = self.analysis.class_member(cls, attr)
        if isinstance(member, LocalFunction):
            function = self.analysis.method(member, receiver)
            if method_kind(member.node) == "property":
                return self._call_local(function, path, (), state, runs=True)
            return value(function)
        if isinstance(member, str):
            return value(Function(member, receiver, attr))
        is_fresh = path is not None and f"{path}{FRESH}" in state.paths
        known = (self.analysis.first_value if is_fresh else self.analysis.field)(cls, attr)
        found = trusted(state, known, path)
        if any(isinstance(atom, Instance) and atom.handed for atom in receiver):
            return without_missing(found) or UNKNOWN
        return found

    def tell(self, node: cst.BaseExpression, path: str, told: Value, state: State) -> None:
        """Note what a test has told of what an expression names, and of what goes together with that.

        A flag of another object, or of a module, tells of the pool that is set together with it; what
        the code has written itself since tells nothing of what was there.
        """
        is_found = is_as_found(state, path)
        narrow(state, path, told)
        if not is_found:
            return
        owner, others = self._beside(node, path, told, state)
        for name, held in others.items():
            state.paths.setdefault(f"{owner}{name}", held)

    def _beside(
        self, node: cst.BaseExpression, path: str, told: Value, state: State
    ) -> tuple[str, Mapping[str, Value]]:
        """What is surely there beside an attribute or a variable, and how its paths begin."""
        for found in self.program.resolve(self.frame.scope, node) if GLOBAL in path else ():
            if isinstance(found, Variable) and path == self.analysis.variable_path(found):
                return path.removesuffix(found.name), self.analysis.variables_beside(found, told)
        if type(node) is not cst.Attribute:
            return "", {}
        base_path, _, name = path.rpartition(".")
        base = state.paths.get(base_path)
        if base is None:
            base = self.silent().evaluate(node.value, state.copy())
        atom = next(iter(base)) if len(base) == 1 else None
        if not isinstance(atom, (Instance, SelfObject, ClassObject)) or isinstance(atom.cls, str):
            return "", {}
        is_fresh = f"{base_path}{FRESH}" in state.paths
        return f"{base_path}.", self.analysis.attributes_beside(atom.cls, name, told, is_fresh)

    # Calls

    def call(self, node: cst.Call, state: State, *, awaited: bool = False) -> Value:
        found = _getattr_call(node)
        if found is not None and self.path(node, state) is not None:
            return self._getattr(node, found[0], found[1], state)
        receiver: Value | None = None
        receiver_path: str | None = None
        if type(node.func) is cst.Attribute:
            if node.func.attr.value == "__await__" and type(node.func.value) is cst.Call:
                return self.call(node.func.value, state, awaited=True)
            receiver, callee = self._attribute(node.func, state, called=True)
            receiver_path = self.receiver_path(node.func, state)
        else:
            callee = self.evaluate(node.func, state)
        external: set[str] = set()
        for atom in callee:
            if type(atom) is Function and type(atom.target) is str:
                external.add(atom.target)
        runs = awaited or bool(external & _WRAPPING_CALLS)
        args = self._arguments(node, external, receiver, state)
        self._forget_told(node, state)
        if self.events is not None:
            event = CallEvent(node, callee, receiver, args, seen_from(state, node), self.frame, awaited)
            self.events.calls.setdefault(node, []).append(event)
        if may_be_missing(callee):
            path = self.path(node.func, state)
            self.use(node.func, "call", callee, path, state)
            if path is not None:
                assume_present(state, path, callee)
        if external & NEVER_RETURNS:
            state.dead = True
        if len(callee) == 1:
            return self._apply(next(iter(callee)), node, args, receiver_path, state, runs=runs)
        results = [self._apply(atom, node, args, receiver_path, state, runs=runs) for atom in callee]
        self.ways_out = []
        return join_all(results)

    def leave_context(self, node: cst.Call, state: State) -> None:
        """Leave the `with` over a call of a generator context manager of the tree."""
        probe = state.copy()
        callee = (
            self.attribute(node.func, probe, called=True)
            if type(node.func) is cst.Attribute
            else self.evaluate(node.func, probe)
        )
        path = self.receiver_path(node.func, state)
        for atom in callee:
            if (
                isinstance(atom, Function)
                and isinstance(atom.target, LocalFunction)
                and method_kind(atom.target.node) == "context"
            ):
                args = tuple(self.argument(arg, probe, runs=True) for arg in node.args)
                self.analysis.leave_context(self, atom, path, args, state)

    def _arguments(
        self, node: cst.Call, external: set[str], receiver: Value | None, state: State
    ) -> tuple[Argument, ...]:
        """The arguments; a lambda that a builtin calls with the elements of a collection sees those."""
        runs = not external & _SCHEDULING_CALLS
        for arg in node.args:
            if type(arg.value) is cst.Lambda:
                break
        else:
            return tuple([self.argument(arg, state, runs=runs) for arg in node.args])
        given = {
            index: self.argument(arg, state, runs=runs)
            for index, arg in enumerate(node.args)
            if type(arg.value) is not cst.Lambda
        }
        handed: Value = UNKNOWN
        if len(given) < len(node.args) and external and external <= _HANDING:
            handing = receiver or next((a.value for a in given.values() if not a.keyword), NEVER)
            handed = self.element(handing, state) or UNKNOWN
        for index, arg in enumerate(node.args):
            if type(arg.value) is cst.Lambda:
                keyword = arg.keyword.value if arg.keyword is not None else None
                given[index] = Argument(arg, self.lambda_(arg.value, state, handed), keyword, arg.star)
        return tuple(given[index] for index in range(len(node.args)))

    def receiver_path(self, callee: cst.BaseExpression, state: State) -> str | None:
        """The path of the object whose method is called."""
        if type(callee) is not cst.Attribute:
            return None
        return self.path(callee.value, state) or self._object_path(callee.value, state)

    def _again(self, node: cst.BaseExpression, state: State) -> Value:
        """The value of what was just evaluated, without its effects and events."""
        path = self.path(node, state)
        if path is not None and path in state.paths:
            return state.paths[path]
        return self.silent().evaluate(node, state.copy())

    def argument(self, arg: cst.Arg, state: State, *, runs: bool) -> Argument:
        if runs and type(arg.value) is cst.Call:
            given = self.call(arg.value, state, awaited=True)
        else:
            given = self.evaluate(arg.value, state)
        keyword = arg.keyword.value if arg.keyword is not None else None
        return Argument(arg, given, keyword, arg.star)

    def _apply(
        self,
        atom: object,
        node: cst.Call,
        args: tuple[Argument, ...],
        receiver_path: str | None,
        state: State,
        *,
        runs: bool,
    ) -> Value:
        self.ways_out = []
        if isinstance(atom, ClassObject):
            if isinstance(atom.cls, str):
                return self._construct(atom.cls, node, args, state)
            self.escape(args, state)
            return value(Instance(atom.cls))
        if isinstance(atom, Function):
            if isinstance(atom.target, str):
                return self._call_external(atom, node, args, state)
            return self._call_local(atom, receiver_path, args, state, runs=runs)
        if isinstance(atom, (Nothing, Unset)):
            return NEVER
        if isinstance(atom, Instance):
            made = self.analysis.call_instance(atom)
            if made is not None:
                return made
        self.escape(args, state)
        return UNKNOWN

    def escape(self, args: tuple[Argument, ...], state: State) -> None:
        """What is handed to code that is not known may be changed or run there."""
        for arg in args:
            for atom in arg.value:
                if isinstance(atom, (SelfObject, Instance)) and isinstance(atom.cls, LocalClass):
                    trust(state, self.path(arg.node.value, state))
                elif isinstance(atom, (BuiltSequence, BuiltMapping)):
                    held = state.heap.get(atom.site)
                    if isinstance(held, Items):
                        state.heap[atom.site] = widened_items(held)
                    elif isinstance(held, Entries):
                        state.heap[atom.site] = Entries(held.known, open=True)
                elif isinstance(atom, Function) and isinstance(atom.target, LocalFunction):
                    if atom.target.scope.parent is not None and atom.target.scope.parent.is_function:
                        self._call_local(atom, None, (), state, runs=True)
                    elif type(arg.node.value) is cst.Attribute:
                        # A bound method handed on (`retry(self._connect)`) may have run.
                        path = self.path(arg.node.value.value, state)
                        self._call_local(atom, path, (), state, runs=True)

    def _call_local(
        self,
        function: Function,
        receiver_path: str | None,
        args: tuple[Argument, ...],
        state: State,
        *,
        runs: bool,
    ) -> Value:
        captured = tuple(self._capturing(arg, state) for arg in args)
        result = self.analysis.call(self, function, receiver_path, captured, state, runs=runs)
        for arg in args:
            for atom in arg.value:
                if isinstance(atom, Function) and isinstance(atom.target, LocalFunction):
                    # An inner function that was handed over may have run there.
                    self.ways_out = []
                    for name in atom.target.scope.declared:
                        if name in state.paths:
                            state.paths[name] = perhaps_there(state.paths[name])
                elif isinstance(atom, Instance) and isinstance(atom.cls, LocalClass):
                    self.ways_out = []
                    trust(state, self.path(arg.node.value, state))
        return result

    @staticmethod
    def _capturing(arg: Argument, state: State) -> Argument:
        """Inner functions take along what their free names are bound to when they are handed over."""
        atoms: list[Atom] = []
        for atom in arg.value:
            if (
                isinstance(atom, Function)
                and isinstance(atom.target, LocalFunction)
                and atom.target.scope.parent is not None
                and atom.target.scope.parent.is_function
                and not atom.bound
            ):
                names = mentioned_names(atom.target.node)
                bound = tuple((n, state.paths[n]) for n in sorted(names & state.paths.keys()))
                atom = Function(atom.target, atom.receiver, atom.name, bound, atom.opaque)
            atoms.append(atom)
        return Argument(arg.node, frozenset(atoms), arg.keyword, arg.star)

    def _construct(self, cls: str, node: cst.Call, args: tuple[Argument, ...], state: State) -> Value:
        if cls == "str":
            if len(args) == 1 and not args[0].star:
                return frozenset(
                    Constant(str(a.value)) if isinstance(a, Constant) else Instance("str")
                    for a in args[0].value
                ) or instance("str")
            return value(Constant("")) if not args else instance("str")
        if cls in ("list", "tuple", "set", "frozenset"):
            held = held_items(state, args[0].value) if len(args) == 1 else None
            if not args:
                held = Items((), NEVER)
            element = self.element(args[0].value, state) if args else NEVER
            state.heap[node] = Items(held.known, held.any, held.sites) if held else Items(None, element)
            return value(BuiltSequence(node, cls))
        if cls == "dict":
            self._make_dict(node, args, state)
            return value(BuiltMapping(node))
        if cls in _BUILTIN_TYPES:
            if cls == "int" and len(args) == 1:
                consts = [a for a in args[0].value if isinstance(a, Constant)]
                if len(consts) == len(args[0].value) == 1 and type(consts[0].value) is int:
                    return args[0].value
            return instance(cls)
        if cls == "super":
            return UNKNOWN
        if not self.analysis.api.is_model(cls):  # pydantic copies what it is given
            self.escape(args, state)
        made = self.analysis.construct(cls, args)
        if type(node.func) is cst.Subscript:  # Page[ThreadItem](...)
            return typed(made, self.analysis.types.annotation(self.frame.scope, node.func))
        return self._with_types(made, cls, args, state)

    def _with_types(self, made: Value, cls: str, args: tuple[Argument, ...], state: State) -> Value:
        """An instance of a generic class of chatkit, its type arguments told by what it is given."""
        given = {arg.keyword: arg.value for arg in args if arg.keyword is not None}
        bound: list[Value] = []
        for name, field_types in self.analysis.type_parameters(cls):
            found = [
                of if of_type == name else self.element(of, state)
                for field, of_type in field_types.items()
                for of in (given.get(field),)
                if of is not None and of_type in (name, f"list[{name}]")
            ]
            bound.append(found[0] or UNKNOWN if found else UNKNOWN)
        return made if not any(of - UNKNOWN for of in bound) else value(Instance(cls, tuple(bound)))

    def _make_dict(self, node: cst.Call, args: tuple[Argument, ...], state: State) -> None:
        known: dict[str, Value] = {}
        is_open = False
        for arg in args:
            if arg.keyword is not None:
                known[arg.keyword] = arg.value
                continue
            entries = [state.entries(atom) for atom in arg.value]
            first = entries[0] if len(entries) == 1 else None
            if first is None:
                is_open = True
            else:
                known.update(first.known)
                is_open = is_open or first.open
        state.heap[node] = Entries(tuple(known.items()), is_open)

    def _call_external(
        self,
        function: Function,
        node: cst.Call,
        args: tuple[Argument, ...],
        state: State,
    ) -> Value:
        dotted = function.target
        assert isinstance(dotted, str)
        kind, _, method = dotted.partition(".")
        if function.receiver is not None and kind in ("list", "set"):
            return self._list_method(function.receiver, method, args, state)
        if function.receiver is not None and kind == "dict":
            return self._dict_method(function.receiver, method, args, state)
        if function.receiver is not None and kind == "str" and method == "join" and args:
            held = held_items(state, args[0].value)
            return joined_text(function.receiver, held)
        if function.receiver is not None and kind == "str" and method in ("strip", "lstrip", "rstrip"):
            return stripped(function.receiver, method) if not args else instance("str")
        if function.receiver is not None and kind == "str" and method == "format":
            positional = [a.value for a in args if a.keyword is None and not a.star]
            named = {a.keyword: a.value for a in args if a.keyword is not None}
            return filled(function.receiver, positional, named)
        if dotted in ("textwrap.dedent", "inspect.cleandoc") and len(args) == 1:
            return args[0].value
        if function.receiver is not None and dotted.startswith("datetime.datetime."):
            made = derived(function.receiver, method.rpartition(".")[2], args)
            if made is not None:
                return made
        if dotted in _INTS:
            held = held_items(state, args[0].value) if dotted == "len" and args else None
            if held is not None and held.known is not None:
                return value(Constant(len(held.known)))
            return instance("int")
        if dotted in _BOOLS:
            return instance("bool")
        if dotted in _STRINGS:
            return instance("str")
        if dotted == "setattr" and len(args) == 3:
            self._setattr(args, state)
            return value(Nothing())
        if dotted == "super":
            return self.analysis.super_object(self.frame)
        if dotted == "range":
            return value(Instance("iterator", (instance("int"),)))
        if dotted == "round" and args:
            return instance("int") if len(args) == 1 else UNKNOWN
        if dotted in ("sorted", "reversed", "filter", "enumerate", "zip", "map", "iter"):
            return self._iterator(dotted, node, args, state)
        if dotted in ("next", "anext", "max", "min") and args:
            if len(args) == 1:
                return self.element(args[0].value, state)
            either = join_all(arg.value for arg in args if arg.keyword is None)
            return _typed(either) if dotted in ("max", "min") else UNKNOWN
        if dotted in ("print", "logging"):
            return value(Nothing())
        if dotted in _WRAPPING_CALLS and args:
            self.escape(args[1:], state)
            first = args[0].value
            return frozenset(a for a in first if isinstance(a, Pending)) or UNKNOWN
        if dotted in _SCHEDULING_CALLS and args:
            state.paths[TASKS] = args[0].value
            return args[0].value
        if dotted in (f"{CONTEXT_VARIABLE}.get", f"{CONTEXT_VARIABLE}.set"):
            return self._context_variable(function, node, args, state)
        module = self.frame.scope.module
        made = self.analysis.call_external(dotted, function.receiver, node, args, module)
        if made is not None:
            return made
        if not hasattr(builtins, dotted):
            self.escape(args, state)
        return UNKNOWN

    def _context_variable(
        self, function: Function, node: cst.Call, args: tuple[Argument, ...], state: State
    ) -> Value:
        path = self._contents_path(node, state)
        if function.name == "set":
            if path is not None and args:
                write(state, path, args[0].value)
            return UNKNOWN
        if path is not None and path in state.paths:
            return state.paths[path]
        initial = join_all(
            a.args[0] for a in function.receiver or () if isinstance(a, Instance) and a.args
        )
        if not args:
            return initial or UNKNOWN
        return join(without_missing(initial) or UNKNOWN, args[0].value)

    def _setattr(self, args: tuple[Argument, ...], state: State) -> None:
        base = self.path(args[0].node.value, state)
        names = [a.value for a in args[1].value if isinstance(a, Constant)]
        if base is None:
            return
        if len(names) == 1 and len(args[1].value) == 1:
            write(state, f"{base}.{names[0]}", args[2].value)
            return
        for path in [p for p in state.paths if p.startswith(base + ".")]:
            state.paths[path] = UNKNOWN

    def _iterator(self, dotted: str, node: cst.Call, args: tuple[Argument, ...], state: State) -> Value:
        if not args or dotted in ("map", "filter"):
            self.escape(args, state)
            return UNKNOWN
        element = self.element(args[0].value, state)
        if dotted == "enumerate":
            element = value(Instance("tuple", (instance("int"), element)))
        elif dotted == "zip":
            parts = tuple(self.element(arg.value, state) for arg in args)
            element = value(Instance("tuple", parts))
        if dotted == "sorted":
            held = held_items(state, args[0].value)
            state.heap[node] = Items(None, held.any if held else element)
            return value(BuiltSequence(node))
        return value(Instance("iterator", (element,)))

    def _list_method(
        self, receiver: Value, method: str, args: tuple[Argument, ...], state: State
    ) -> Value:
        sites = [atom.site for atom in receiver if isinstance(atom, BuiltSequence)]
        strong = len(sites) == 1 == len(receiver)
        result: Value = value(Nothing())
        if method == "copy" and strong:
            return receiver if not args else UNKNOWN
        if method == "pop":
            result = self.element(receiver, state)
        elif method in ("index", "count"):
            return instance("int")
        for site in sites:
            held = state.heap.get(site)
            if not isinstance(held, Items):
                continue
            state.heap[site] = self._changed(held, method, args, state, strong=strong)
        return result

    def _changed(
        self,
        held: Items,
        method: str,
        args: tuple[Argument, ...],
        state: State,
        *,
        strong: bool,
    ) -> Items:
        known = held.known if strong and len(held.sites) == len(held.known or ()) else None
        if method in ("append", "add") and args:
            added = (args[0].value,)
            sites = (args[0].node.value,)
        elif method == "extend" and args:
            more = held_items(state, args[0].value)
            if more is None or more.known is None:
                return Items(None, join(held.any, self.element(args[0].value, state)), (), held.fixed)
            added, sites = more.known, more.sites
            if len(sites) != len(added):
                sites = (args[0].node.value,) * len(added)
        elif method == "insert" and len(args) == 2:
            index = next(iter(args[0].value), None)
            both = join(held.any, args[1].value)
            if known is None or index != Constant(0):
                return Items(None, both, (), held.fixed)
            return Items((args[1].value, *known), both, (args[1].node.value, *held.sites), held.fixed)
        elif method == "clear" and strong:
            return Items((), NEVER, (), held.fixed)
        elif method == "pop" and not args and known:
            return Items(known[:-1], held.any, held.sites[:-1], held.fixed)
        elif method in ("copy", "index", "count", "sort", "reverse"):
            return (
                held if method in ("copy", "index", "count") else Items(None, held.any, (), held.fixed)
            )
        else:
            return widened_items(held)
        both = join(held.any, all_items(added))
        again = any(
            site in held.sites for site in sites
        )  # a loop: it may come round any number of times
        if known is None or again or len(known) + len(added) > 64:
            return Items(None, both, (), held.fixed)
        return Items((*known, *added), both, (*held.sites, *sites), held.fixed)

    def _dict_method(
        self, receiver: Value, method: str, args: tuple[Argument, ...], state: State
    ) -> Value:
        typed = _key_and_value(receiver)
        if typed is not None:
            return _typed_dict_method(*typed, method, args)
        if method == "get" and args:
            key = constant_text(args[0].value)
            found = self._item(receiver, key, state) if key is not None else UNKNOWN
            default = next((a.value for a in args[1:]), value(Nothing(args[0].node)))
            return UNKNOWN if found == UNKNOWN else join(found, default)
        if method == "copy":
            return receiver
        if method in ("keys", "values", "items"):
            return UNKNOWN
        for atom in receiver:
            entries = state.entries(atom)
            if entries is None or not isinstance(atom, BuiltMapping):
                continue
            known = dict(entries.known)
            is_open = entries.open
            if method == "setdefault" and args:
                key = constant_text(args[0].value)
                default = args[1].value if len(args) > 1 and not is_open else UNKNOWN
                if key is not None and (key not in known or key in entries.maybe):
                    known[key] = join(known.get(key, NEVER), default)
                # What is filled up may have held more, on another path.
                state.heap[atom.site] = Entries(tuple(known.items()), True, entries.maybe - {key})
            elif method == "update":
                for arg in args:
                    other = [state.entries(a) for a in arg.value]
                    first = other[0] if len(other) == 1 else None
                    if arg.keyword is not None:
                        known[arg.keyword] = arg.value
                    elif first is not None and not first.open:
                        known.update(first.known)
                    else:
                        is_open = True
                state.heap[atom.site] = Entries(tuple(known.items()), is_open, entries.maybe)
            else:
                state.heap[atom.site] = Entries((), open=True)
        return UNKNOWN

    def _getattr(self, node: cst.Call, owner: cst.BaseExpression, attr: str, state: State) -> Value:
        base = self.evaluate(owner, state)
        if self.events is not None:
            callee = value(Function("getattr", name="getattr"))
            args = (Argument(node.args[0], base), Argument(node.args[1], value(Constant(attr))))
            rest = tuple(Argument(arg, UNKNOWN) for arg in node.args[2:])
            event = CallEvent(
                node, callee, None, args + rest, seen_from(state, node), self.frame, False
            )
            self.events.calls.setdefault(node, []).append(event)
        path = self.path(node, state)
        found = state.paths.get(path) if path is not None else None
        if found is None:
            found = self.member(base, attr, state, self.path(owner, state), called=False)
        if len(node.args) == 3:
            default = self.evaluate(node.args[2].value, state)
            if any(isinstance(atom, Unset) for atom in found) or Unknown() in found:
                found = join(frozenset(a for a in found if not isinstance(a, Unset)), default)
        elif path is not None:
            found = self._read(node, path, found, state)
        return found

    # Other expressions

    def await_(self, node: cst.Await, state: State) -> Value:
        inner = node.expression
        if type(inner) is cst.Call:
            found = self.call(inner, state, awaited=True)
        else:
            found = self.evaluate(inner, state)
        path = self.path(inner, state) if type(inner) is not cst.Call else None
        if may_be_missing(found):
            self.use(inner, "await", found, path, state)
            if path is not None:
                assume_present(state, path, found)
        if type(inner) is not cst.Call:
            self._run_later(found, path, state)
        elif TASKS in state.paths:
            self.ways_out = []
            self._run_later(state.paths[TASKS], None, state)
        result = self.ready(found)
        if path is not None and any(isinstance(a, Pending) and a.by in SELF_READYING for a in found):
            narrow(state, path, result)
        return result

    def _run_later(self, found: Value, path: str | None, state: State) -> None:
        """Await what was made before: a coroutine, a task, an object with `__await__`."""
        state.paths.pop(TASKS, None)
        for atom in found:
            if isinstance(atom, Pending) and not atom.by:
                trust(state, "self")
            elif isinstance(atom, (SelfObject, Instance)) and isinstance(atom.cls, LocalClass):
                member = self.analysis.class_member(atom.cls, "__await__")
                if isinstance(member, LocalFunction):
                    function = self.analysis.method(member, value(atom))
                    self._call_local(function, path, (), state, runs=True)

    @staticmethod
    def ready(found: Value) -> Value:
        """What awaiting, or entering, the value gives."""
        results: list[Value] = []
        for atom in found:
            if isinstance(atom, Pending):
                results.append(atom.result)
            elif isinstance(atom, (Nothing, Unset)):
                continue
            else:
                results.append(UNKNOWN)
        return join_all(results) or UNKNOWN

    def use(
        self, node: cst.BaseExpression, how: str, used: Value, path: str | None, state: State
    ) -> None:
        if self.events is not None:
            event = UseEvent(node, how, used, path, seen_from(state, node), self.frame, self.caught)
            self.events.uses.setdefault(node, []).append(event)

    def boolean(self, node: cst.BooleanOperation, state: State) -> Value:
        told = self.fork(node, state.copy())
        self._become(state, told.joined())
        return told.value or UNKNOWN

    def conditional(self, node: cst.IfExp, state: State) -> Value:
        told = self.fork(node.test, state.copy())
        results: list[Value] = []
        if told.yes is not None:
            results.append(self.evaluate(node.body, told.yes))
        if told.no is not None:
            results.append(self.evaluate(node.orelse, told.no))
        self._become(state, told.joined())
        return join_all(results) or UNKNOWN

    @staticmethod
    def _become(state: State, other: State | None) -> None:
        if other is None:
            state.dead = True
            return
        if other is state:
            return
        state.paths, state.heap = other.paths, other.heap
        state.aliases, state.notes, state.dead = other.aliases, other.notes, other.dead

    def comparison(self, node: cst.Comparison, state: State) -> Value:
        self.evaluate(node.left, state)
        for target in node.comparisons:
            self.evaluate(target.comparator, state)
        return instance("bool")

    def unary(self, node: cst.UnaryOperation, state: State) -> Value:
        inner = self.evaluate(node.expression, state)
        if type(node.operator) is cst.Not:
            return instance("bool")
        if isinstance(node.operator, cst.Minus):
            negated = (_negated(atom) for atom in inner if not isinstance(atom, Nothing))
            return frozenset(negated) or UNKNOWN
        return inner

    def binary(self, node: cst.BinaryOperation, state: State) -> Value:
        left = self.evaluate(node.left, state)
        right = self.evaluate(node.right, state)
        if type(node.operator) is cst.Add:
            first, second = held_items(state, left), held_items(state, right)
            if first is not None and second is not None:
                return self._concatenated_lists(node, first, second, left, state)
            if first is not None or second is not None:
                held = first or second
                assert held is not None
                state.heap[node] = Items(None, join(held.any, UNKNOWN), (), held.fixed)
                return value(BuiltSequence(node))
            if not is_moment(left):
                return concatenated(left, right)
        if isinstance(node.operator, cst.BitOr) and any(isinstance(a, BuiltMapping) for a in left):
            return self._merged(node, left, right, state)
        if isinstance(node.operator, cst.Modulo) and any(type_name(a) == "str" for a in left):
            return value(Text((None,)))
        names = {type_name(atom) for atom in left | right}
        if is_moment(left) and names <= {"datetime.datetime", "datetime.timedelta"}:
            return instance("datetime.timedelta") if is_moment(right) else left
        if names <= {"int", "bool"} and names:
            if isinstance(node.operator, cst.Subtract):
                return _subtracted(left, right)
            return instance("float" if isinstance(node.operator, cst.Divide) else "int")
        if names <= {"int", "bool", "float"} and names:
            return instance("float")
        return UNKNOWN

    def add(self, left: Value, right: Value) -> Value:
        """What `left += right` gives for what is not a built list."""
        return concatenated(left, right)

    def extend(self, of: Value, node: cst.AugAssign, added: Value, state: State) -> None:
        """`of += added`, for built lists."""
        arg = Argument(cst.Arg(node.value), added)
        self._list_method(of, "extend", (arg,), state)

    def _concatenated_lists(
        self, node: cst.CSTNode, first: Items, second: Items, left: Value, state: State
    ) -> Value:
        both = join(first.any, second.any)
        kind = next((a.kind for a in left if isinstance(a, BuiltSequence)), "list")
        if first.known is None or second.known is None:
            state.heap[node] = Items(None, both, (), first.fixed)
        else:
            sites = (*first.sites, *second.sites)
            known = (*first.known, *second.known)
            state.heap[node] = Items(
                known, both, sites if len(sites) == len(known) else (), first.fixed
            )
        return value(BuiltSequence(node, kind))

    def _merged(self, node: cst.CSTNode, left: Value, right: Value, state: State) -> Value:
        sides = [[state.entries(a) for a in side] for side in (left, right)]
        known: dict[str, Value] = {}
        is_open = False
        for side in sides:
            entries = side[0] if len(side) == 1 else None
            if entries is None:
                is_open = True
            else:
                known.update(entries.known)
                is_open = is_open or entries.open
        state.heap[node] = Entries(tuple(known.items()), is_open)
        return value(BuiltMapping(node))

    def named(self, node: cst.NamedExpr, state: State) -> Value:
        found = self.evaluate(node.value, state)
        self.store(node.target, found, state, node.value)
        return found

    def subscript(self, node: cst.Subscript, state: State) -> Value:
        base = self.evaluate(node.value, state)
        keys: list[Value] = []
        for element in node.slice:
            if type(element.slice) is cst.Index:
                keys.append(self.evaluate(element.slice.value, state))
            elif isinstance(element.slice, cst.Slice):
                for part in (element.slice.lower, element.slice.upper, element.slice.step):
                    if part is not None:
                        self.evaluate(part, state)
        path = self.path(node.value, state)
        if may_be_missing(base):
            self.use(node.value, "subscript", base, path, state)
            if path is not None:
                assume_present(state, path, base)
        if not keys:  # a slice is of the same kind
            held = held_items(state, base)
            if held is not None:
                state.heap[node] = Items(None, held.any, (), held.fixed)
                return value(BuiltSequence(node))
            return (
                frozenset(
                    Instance("str") if type_name(a) == "str" else a
                    for a in base
                    if isinstance(a, (Instance, Constant, Text, Unknown))
                )
                or UNKNOWN
            )
        return self._subscripted(base, keys[0], state)

    def _subscripted(self, base: Value, key: Value, state: State) -> Value:
        results: list[Value] = []
        for atom in base:
            single = frozenset({atom})
            if isinstance(atom, BuiltSequence):
                held = state.items(atom)
                index = next(iter(key)) if len(key) == 1 else None
                if (
                    held is not None
                    and held.known
                    and isinstance(index, Constant)
                    and type(index.value) is int
                    and -len(held.known) <= index.value < len(held.known)
                ):
                    results.append(held.known[index.value])
                else:
                    results.append(held.any if held is not None else UNKNOWN)
            elif isinstance(atom, BuiltMapping):
                text = constant_text(key)
                results.append(self._item(single, text, state) if text is not None else UNKNOWN)
            elif isinstance(atom, Instance) and atom.cls == "dict" and len(atom.args) == 2:
                results.append(atom.args[1])
            elif isinstance(atom, Instance) and atom.cls == "list" and atom.args:
                results.append(atom.args[0])
            elif isinstance(atom, Instance) and atom.cls == "tuple" and atom.args:
                results.append(_at(atom.args, key))
            elif isinstance(atom, ClassObject):
                results.append(single)
            elif isinstance(atom, (Nothing, Unset)):
                continue
            else:
                results.append(self.analysis.subscript(atom, key))
        return join_all(results) or UNKNOWN

    def _item(self, base: Value, key: str, state: State) -> Value:
        results: list[Value] = []
        for atom in base:
            entries = state.entries(atom)
            found = dict(entries.known).get(key) if entries is not None else None
            results.append(found if found is not None else UNKNOWN)
        return join_all(results)

    def list_(self, node: cst.List | cst.Tuple | cst.Set, state: State) -> Value:
        kind = {cst.List: "list", cst.Tuple: "tuple", cst.Set: "set"}[type(node)]
        known: list[Value] | None = []
        sites: list[cst.CSTNode] = []
        anything: Value = NEVER
        for element in node.elements:
            given = self.evaluate(element.value, state)
            if type(element) is cst.StarredElement:
                held = held_items(state, given)
                inner = held.any if held is not None else self.element(given, state)
                anything = join(anything, inner)
                if held is None or held.known is None:
                    known = None
                elif known is not None:
                    known.extend(held.known)
                    sites.extend(
                        held.sites
                        if len(held.sites) == len(held.known)
                        else [element.value] * len(held.known)
                    )
                continue
            anything = join(anything, given)
            if known is not None:
                known.append(given)
                sites.append(element.value)
        fixed = anything if kind == "list" and node.elements else None
        state.heap[node] = Items(
            tuple(known) if known is not None else None,
            anything,
            tuple(sites) if known is not None else (),
            fixed,
        )
        return value(BuiltSequence(node, kind))

    def dict_(self, node: cst.Dict, state: State) -> Value:
        known: dict[str, Value] = {}
        is_open = False
        for element in node.elements:
            given = self.evaluate(element.value, state)
            if isinstance(element, cst.DictElement):
                key = constant_text(self.evaluate(element.key, state))
                if key is None:
                    is_open = True
                else:
                    known[key] = given
                continue
            entries = [state.entries(atom) for atom in given]
            first = entries[0] if len(entries) == 1 else None
            if first is None:
                is_open = True
            else:
                known.update(first.known)
                is_open = is_open or first.open
        state.heap[node] = Entries(tuple(known.items()), is_open)
        return value(BuiltMapping(node))

    def comprehension(
        self,
        node: cst.ListComp | cst.SetComp | cst.GeneratorExp | cst.DictComp,
        state: State,
    ) -> Value:
        inner: State | None = state.copy()
        clause: cst.CompFor | None = node.for_in
        while clause is not None and inner is not None:
            iterable = self.iterated(clause.iter, inner)
            self.store(clause.target, self.element(iterable, inner), inner, None)
            for test in clause.ifs:
                if inner is not None:
                    inner = self.fork(test.test, inner).yes
            clause = clause.inner_for_in
        element: Value = UNKNOWN
        if inner is not None:
            if isinstance(node, cst.DictComp):
                self.evaluate(node.key, inner)
                self.evaluate(node.value, inner)
            else:
                element = self.evaluate(node.elt, inner)
            for site, held in inner.heap.items():
                state.heap.setdefault(site, held)
        if isinstance(node, cst.DictComp):
            state.heap[node] = Entries((), open=True)
            return value(BuiltMapping(node))
        if isinstance(node, cst.GeneratorExp):
            return value(Instance("iterator", (element,)))
        state.heap[node] = Items(None, element)
        return value(BuiltSequence(node, "list" if isinstance(node, cst.ListComp) else "set"))

    def iterated(self, node: cst.BaseExpression, state: State) -> Value:
        found = self.evaluate(node, state)
        if may_be_missing(found):
            path = self.path(node, state)
            self.use(node, "iterate", found, path, state)
            if path is not None:
                assume_present(state, path, found)
        return found

    def element(self, of: Value, state: State) -> Value:
        """What iterating over the value gives."""
        results: list[Value] = []
        for atom in of:
            if isinstance(atom, BuiltSequence):
                held = state.items(atom)
                results.append(held.any if held is not None else UNKNOWN)
            elif isinstance(atom, (Nothing, Unset)):
                continue
            elif isinstance(atom, Instance) and atom.cls in (
                "list",
                "set",
                "frozenset",
                "iterator",
                "dict",
            ):
                results.append(atom.args[0] if atom.args else UNKNOWN)
            elif type_name(atom) == "str":
                results.append(instance("str"))
            else:
                results.append(UNKNOWN)
        return join_all(results)

    def string(self, node: cst.SimpleString, state: State) -> Value:
        del state
        return value(Constant(plain_text(node)))

    def strings(self, node: cst.ConcatenatedString, state: State) -> Value:
        return concatenated(self.evaluate(node.left, state), self.evaluate(node.right, state))

    def formatted(self, node: cst.FormattedString, state: State) -> Value:
        pieces: list[str | Value | None] = []
        for part in node.parts:
            if type(part) is cst.FormattedStringText:
                pieces.append(_unescaped(part.value, node.prefix))
            elif type(part) is cst.FormattedStringExpression:
                found = self.evaluate(part.expression, state)
                plain = part.conversion is None and not part.format_spec and part.equal is None
                pieces.append(found if plain else None)
        return formatted(pieces)

    def integer(self, node: cst.Integer, state: State) -> Value:
        del state
        return value(Constant(int(node.value, 0)))

    def number(self, node: cst.Float, state: State) -> Value:
        del state
        return value(Constant(float(node.value)))

    def lambda_(self, node: cst.Lambda, state: State, handed: Value = UNKNOWN) -> Value:
        inner = state.copy()
        for index, param in enumerate(_lambda_params(node)):
            write(inner, param.name.value, handed if index == 0 else UNKNOWN)
        self.evaluate(node.body, inner)
        return UNKNOWN

    def yield_(self, node: cst.Yield, state: State) -> Value:
        given: Value = value(Nothing(node))
        if type(node.value) is cst.From:
            given = self.evaluate(node.value.item, state)
        elif node.value is not None:
            given = self.evaluate(node.value, state)
        self.analysis.yielded(self.frame, given, state)
        return UNKNOWN

    # Stores

    def store(
        self,
        target: cst.CSTNode,
        given: Value,
        state: State,
        expression: cst.BaseExpression | None,
        annotation: cst.BaseExpression | None = None,
    ) -> None:
        """Assign to a target: a name, an attribute, an item, or a tuple of such."""
        if type(target) is cst.Name:
            path = target.value
            if path in self.frame.scope.declared:
                path = self._name_path(target, state) or path
            self.bind_event(target, given, expression, annotation, state)
            write(state, path, given)
            self._note_alias(path, expression, state)
            if type(expression) is cst.Call and path == target.value and _is_made_here(given):
                state.paths[f"{path}{FRESH}"] = UNKNOWN
        elif type(target) is cst.Attribute:
            base = self.evaluate(target.value, state)
            base_path = self.path(target.value, state)
            path = self._attribute_path(target, base_path, state)
            before = state.paths.get(path, UNKNOWN) if path is not None else UNKNOWN
            if self.events is not None:
                event = AttributeEvent(
                    target,
                    base,
                    base_path,
                    seen_from(state, target),
                    self.frame,
                    before,
                    stored=given,
                    caught=self.caught,
                )
                self.events.attributes.setdefault(target, []).append(event)
            self.bind_event(target, given, expression, annotation, state)
            if path is not None:
                write(state, path, given)
                if type(expression) is cst.Name and expression.value in state.paths:
                    state.aliases.setdefault(expression.value, path)
        elif type(target) is cst.Subscript:
            base = self.evaluate(target.value, state)
            self._store_item(target, base, given, state)
        elif isinstance(target, (cst.Tuple, cst.List)):
            held = held_items(state, given)
            for index, element in enumerate(target.elements):
                if type(element) is cst.StarredElement:
                    held = None
                    self.store(element.value, UNKNOWN, state, None)
                    continue
                self.store(
                    element.value,
                    self._unpacked(given, held, index, len(target.elements)),
                    state,
                    None,
                )

    def _unpacked(self, given: Value, held: Items | None, index: int, count: int) -> Value:
        if held is not None and held.known is not None and len(held.known) == count:
            return held.known[index]
        parts: list[Value] = []
        for atom in given:
            if isinstance(atom, Instance) and atom.cls == "tuple" and len(atom.args) == count:
                parts.append(atom.args[index])
            else:
                return UNKNOWN
        return join_all(parts) or UNKNOWN

    def bind_event(
        self,
        node: cst.CSTNode,
        given: Value,
        expression: cst.BaseExpression | None,
        annotation: cst.BaseExpression | None,
        state: State,
    ) -> None:
        if self.events is not None:
            event = BindEvent(node, given, expression, annotation, seen_from(state, node), self.frame)
            self.events.binds.setdefault(node, []).append(event)

    def _note_alias(self, name: str, expression: cst.BaseExpression | None, state: State) -> None:
        if expression is not None and type(expression) in _ALIASES:
            path = self.path(expression, state)
            if path is not None and path != name and path in state.paths:
                state.aliases[name] = state.aliases.get(path, path)

    @staticmethod
    def _forget_told(node: cst.Call, state: State) -> None:
        """A method may change its object, and a function a list that it is handed."""
        root: cst.BaseExpression = node.func
        while type(root) is cst.Attribute or type(root) is cst.Subscript:
            root = root.value
        if type(root) is cst.Name and root is not node.func:
            forget_told(state, root.value)
        for arg in node.args:
            if type(arg.value) is cst.Name and any(
                isinstance(atom, (BuiltSequence, BuiltMapping))
                for atom in state.paths.get(arg.value.value, ())
            ):
                forget_told(state, arg.value.value)

    def _store_item(self, target: cst.Subscript, base: Value, given: Value, state: State) -> None:
        if type(target.value) is cst.Name:
            forget_told(state, target.value.value)
        element = target.slice[0].slice if len(target.slice) == 1 else None
        key: Value = UNKNOWN
        if type(element) is cst.Index:
            key = self.evaluate(element.value, state)
        text = constant_text(key)
        path = self.path(target.value, state)
        if may_be_missing(base):
            self.use(target.value, "subscript", base, path, state)
            if path is not None:
                assume_present(state, path, base)
        for atom in base:
            entries = state.entries(atom)
            held = state.items(atom)
            if isinstance(atom, BuiltMapping) and entries is not None:
                if text is None:
                    state.heap[atom.site] = Entries(entries.known, True, entries.maybe)
                else:
                    known = {**dict(entries.known), text: given}
                    state.heap[atom.site] = Entries(
                        tuple(known.items()), entries.open, entries.maybe - {text}
                    )
            elif isinstance(atom, BuiltSequence) and held is not None:
                state.heap[atom.site] = Items(None, join(held.any, given), (), held.fixed)

    def deleted(self, target: cst.Attribute, state: State) -> None:
        """`del base.attr`, as far as rules see it."""
        base = self.evaluate(target.value, state)
        path = self.path(target.value, state)
        if self.events is not None:
            event = AttributeEvent(
                target,
                base,
                path,
                state.copy(),
                self.frame,
                UNKNOWN,
                is_delete=True,
                caught=self.caught,
            )
            self.events.attributes.setdefault(target, []).append(event)

    def remove_item(self, target: cst.Subscript, state: State) -> None:
        """`del base[key]`, for built lists and dicts."""
        base = self._again(target.value, state)
        element = target.slice[0].slice if len(target.slice) == 1 else None
        key = self._again(element.value, state) if type(element) is cst.Index else UNKNOWN
        text = constant_text(key)
        for atom in base:
            entries, held = state.entries(atom), state.items(atom)
            if isinstance(atom, BuiltMapping) and entries is not None:
                kept = tuple((k, v) for k, v in entries.known if text is not None and k != text)
                state.heap[atom.site] = Entries(kept, entries.open or text is None, entries.maybe)
            elif isinstance(atom, BuiltSequence) and held is not None:
                state.heap[atom.site] = Items(None, held.any, (), held.fixed)

    # Truth

    def fork(self, node: cst.BaseExpression, state: State) -> Fork:
        """Evaluate a condition in a state, which is used up."""
        return fork(self, node, state)

    def silent(self) -> Evaluator:
        """The same without events: for what is evaluated a second time."""
        return self if self.events is None else Evaluator(self.analysis, self.frame, None, self.caught)


def _at(items: tuple[Value, ...], key: Value) -> Value:
    """The item of a tuple of known types at a literal index; any of them elsewhere."""
    index = next(iter(key)) if len(key) == 1 else None
    if isinstance(index, Constant) and type(index.value) is int:
        return items[index.value] if -len(items) <= index.value < len(items) else UNKNOWN
    return UNKNOWN


def _key_and_value(of: Value) -> tuple[Value, Value] | None:
    """The types of the keys and values of a dict of which only the declaration is known."""
    keys, values = NEVER, NEVER
    for atom in of:
        args = atom.args if isinstance(atom, Instance) and atom.cls == "dict" else ()
        if len(args) < 2:
            return None
        keys, values = join(keys, args[0]), join(values, args[1])
    return (keys, values) if of else None


def _typed_dict_method(key: Value, held: Value, method: str, args: tuple[Argument, ...]) -> Value:
    if method == "get" and args:
        return join(held, next((a.value for a in args[1:]), value(Nothing(args[0].node))))
    if method in ("pop", "setdefault"):
        return join(held, args[1].value) if len(args) > 1 else held
    if method == "popitem":
        return value(Instance("tuple", (key, held)))
    if method == "keys":
        return value(Instance("iterator", (key,)))
    if method == "values":
        return value(Instance("iterator", (held,)))
    if method == "items":
        return value(Instance("iterator", (value(Instance("tuple", (key, held))),)))
    if method == "copy":
        return value(Instance("dict", (key, held)))
    return UNKNOWN


def _external(found: External) -> Value:
    dotted = found.dotted
    last = dotted.rpartition(".")[2]
    if "." not in dotted:
        return value(ModuleObject(dotted))
    if last[:1].isupper() or dotted in ("datetime.datetime", "datetime.date"):
        return value(ClassObject(dotted))
    return value(Function(dotted, name=last))


def _builtin(name: str) -> Value:
    if name in _BUILTIN_TYPES:
        return value(ClassObject(name))
    if hasattr(builtins, name):
        return value(Function(name, name=name))
    return UNKNOWN


def _getattr_call(node: cst.CSTNode) -> tuple[cst.BaseExpression, str] | None:
    if (
        type(node) is cst.Call
        and type(node.func) is cst.Name
        and node.func.value == "getattr"
        and len(node.args) in (2, 3)
        and isinstance(node.args[1].value, cst.SimpleString)
        and isinstance(node.args[1].value.evaluated_value, str)
    ):
        return node.args[0].value, node.args[1].value.evaluated_value
    return None


def _is_made_here(given: Value) -> bool:
    """Whether a value is a new object of a class of the tree."""
    return len(given) == 1 and all(
        isinstance(atom, Instance) and isinstance(atom.cls, LocalClass) and not atom.declared
        for atom in given
    )


def _typed(of: Value) -> Value:
    """The value without what it is exactly: of two numbers either may be the greater one."""
    return frozenset(Instance(type(a.value).__name__) if isinstance(a, Constant) else a for a in of)


def _subtracted(left: Value, right: Value) -> Value:
    if len(left) == len(right) == 1:
        (a,), (b,) = left, right
        if (
            isinstance(a, Constant)
            and isinstance(b, Constant)
            and type(a.value) is int
            and type(b.value) is int
        ):
            return value(Constant(a.value - b.value))
    return instance("int")


def _negated(atom: Atom) -> Atom:
    if not isinstance(atom, Constant):
        return atom
    number = atom.value
    if isinstance(number, (str, bytes)):
        return Unknown()
    return Constant(-number)


def _unescaped(text: str, prefix: str) -> str:
    text = text.replace("{{", "{").replace("}}", "}")
    if "\\" not in text or "r" in prefix.lower():
        return text
    try:
        return text.encode("latin-1", "backslashreplace").decode("unicode_escape")
    except UnicodeDecodeError:
        return text


def _lambda_params(node: cst.Lambda) -> list[cst.Param]:
    from store_lint.tree.module import parameters

    return parameters(node)


_HANDLERS: Final[dict[type, Callable[[Evaluator, object, State], Value]]] = {  # type: ignore[assignment]
    cst.Name: Evaluator.name,
    cst.Attribute: Evaluator.attribute,
    cst.Call: Evaluator.call,
    cst.Await: Evaluator.await_,
    cst.BooleanOperation: Evaluator.boolean,
    cst.IfExp: Evaluator.conditional,
    cst.Comparison: Evaluator.comparison,
    cst.UnaryOperation: Evaluator.unary,
    cst.BinaryOperation: Evaluator.binary,
    cst.NamedExpr: Evaluator.named,
    cst.Subscript: Evaluator.subscript,
    cst.List: Evaluator.list_,
    cst.Tuple: Evaluator.list_,
    cst.Set: Evaluator.list_,
    cst.Dict: Evaluator.dict_,
    cst.ListComp: Evaluator.comprehension,
    cst.SetComp: Evaluator.comprehension,
    cst.DictComp: Evaluator.comprehension,
    cst.GeneratorExp: Evaluator.comprehension,
    cst.SimpleString: Evaluator.string,
    cst.ConcatenatedString: Evaluator.strings,
    cst.FormattedString: Evaluator.formatted,
    cst.Integer: Evaluator.integer,
    cst.Float: Evaluator.number,
    cst.Lambda: Evaluator.lambda_,
    cst.Yield: Evaluator.yield_,
}
