"""The lattice: what the analysis knows of a value.

A `Value` is the set of what a value may be, each an atom; joining two paths is the union. The empty
set is the value of code that is never reached. `UNKNOWN` is one atom among others: a pool that is
None on one path and something unknown on another is still None on the one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.tree.record import record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from store_lint.tree.module import Scope
    from store_lint.tree.program import LocalClass, LocalFunction, LocalModule

MAX_ATOMS = 12
"""A value with more alternatives is cut to its Nones and UNKNOWN, so that loops come to rest."""


@record(frozen=True, slots=True)
class Unknown:
    """Anything at all."""


@record(frozen=True, slots=True)
class Nothing:
    """None, and the expression that it comes from (None where a declaration allows it)."""

    origin: cst.CSTNode | None = None

    # A node's own hash is Python code; so it is in each atom that has one.
    def __hash__(self) -> int:
        return id(self.origin)


@record(frozen=True, slots=True)
class Unset:
    """An attribute that nothing has assigned yet: reading it raises AttributeError."""

    name: str


@record(frozen=True, slots=True)
class Constant:
    """A literal: text, number, bytes or bool."""

    value: str | int | float | bool | bytes

    # 1, 1.0 and True are equal in Python and different here.
    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Constant)
            and type(self.value) is type(other.value)
            and self.value == other.value
        )

    def __hash__(self) -> int:
        return hash((type(self.value), self.value))


@record(frozen=True, slots=True)
class Text:
    """A str of which only pieces are known: None stands for an unknown stretch (f-strings, +)."""

    pieces: tuple[str | None, ...]


@record(frozen=True, slots=True)
class Instance:
    """An instance of a class.

    `cls` is a full dotted name ('str', 'int', 'float', 'bool', 'bytes', 'datetime.datetime',
    'asyncpg.Pool', 'chatkit.types.ThreadMetadata') or a class of the tree; `args` are its type
    arguments where they are known. `declared` tells that only an annotation says so: the value may
    be of a subclass. `handed` tells that a call gave it: in which state it is, the call knows.
    """

    cls: str | LocalClass
    args: tuple[Value, ...] = ()
    declared: bool = False
    handed: bool = False


@record(frozen=True, slots=True)
class BuiltSequence:
    """A list, tuple or set that the code builds, by the place where it is built.

    What it holds stands in the state's heap (see `Items`), since it may be appended to.
    """

    site: cst.CSTNode
    kind: str = "list"

    def __hash__(self) -> int:
        return id(self.site)


@record(frozen=True, slots=True)
class BuiltMapping:
    """A dict that the code builds, by the place where it is built; see `Entries`."""

    site: cst.CSTNode

    def __hash__(self) -> int:
        return id(self.site) + 1


@record(frozen=True, slots=True)
class Items:
    """What a built sequence holds: each item in order, or, where the length is not known, any."""

    known: tuple[Value, ...] | None
    any: Value
    sites: tuple[cst.CSTNode, ...] = ()
    """The expressions that put the items of `known` there, in the same order."""
    fixed: Value | None = None
    """The element type by which type checkers hold the list: its annotation's or first literal's."""


@record(frozen=True, slots=True)
class Entries:
    """What a built dict holds by constant key; `open` where other keys may be there too."""

    known: tuple[tuple[str, Value], ...]
    open: bool = False
    maybe: frozenset[str] = frozenset()
    """Keys of `known` that are there on some paths only."""


@record(frozen=True, slots=True)
class ClassObject:
    """A class itself."""

    cls: str | LocalClass


@record(frozen=True, slots=True)
class ModuleObject:
    """A module of the tree, or an external one by its dotted name."""

    module: str | LocalModule


@record(frozen=True, slots=True)
class Function:
    """A function of the tree (with the object that it is bound to), or an external one by name."""

    target: str | LocalFunction
    receiver: Value | None = None
    name: str = ""
    bound: tuple[tuple[str, Value], ...] = ()
    """What the names around an inner function are bound to."""
    opaque: bool = False
    """Whether it runs in a state that is not known: behind a decorator from outside of the tree."""


@record(frozen=True, slots=True)
class Pending:
    """What an async call gives before it is awaited or entered.

    A coroutine, or an object such as asyncpg's pool whose `await` makes it ready.
    """

    result: Value
    call: cst.CSTNode
    by: str = ""
    """The dotted name of the external function that gave it; '' for a function of the tree."""

    def __hash__(self) -> int:
        return hash((self.result, id(self.call), self.by))


@record(frozen=True, slots=True)
class SelfObject:
    """The object whose methods are analysed (or its class, inside a class method)."""

    cls: LocalClass
    is_class: bool = False


Atom = (
    Unknown
    | Nothing
    | Unset
    | Constant
    | Text
    | Instance
    | BuiltSequence
    | BuiltMapping
    | ClassObject
    | ModuleObject
    | Function
    | Pending
    | SelfObject
)
Value = frozenset[Atom]

NEVER: Final[Value] = frozenset()
UNKNOWN: Final[Value] = frozenset({Unknown()})


def value(*atoms: Atom) -> Value:
    return frozenset(atoms)


def instance(cls: str, *args: Value, declared: bool = False) -> Value:
    return frozenset({Instance(cls, args, declared)}) if args else _plain(cls, declared)


@cache
def _plain(cls: str, declared: bool) -> Value:
    return frozenset({Instance(cls, (), declared)})


CONTEXT_VARIABLE: Final = "contextvars.ContextVar"


def declared_contents(given: Value, declared: Value) -> Value:
    """A new context variable holds its default (its one type argument here), else what it declares."""
    contents = join_all(
        a.args[0] for a in declared if isinstance(a, Instance) and a.cls == CONTEXT_VARIABLE and a.args
    )
    return frozenset(
        Instance(a.cls, (join(join_all(a.args), without_missing(contents)),))
        if contents and isinstance(a, Instance) and a.cls == CONTEXT_VARIABLE
        else a
        for a in given
    )


def join(left: Value, right: Value) -> Value:
    """What is true on either of two paths."""
    if left is right or not right:
        return left
    if not left:
        return right
    both = left | right
    if len(both) == len(left):
        return left  # the object that is there already: it is compared with itself next
    if len(both) <= MAX_ATOMS:
        return both
    return widen(both)


def join_all(values: Iterable[Value]) -> Value:
    joined = NEVER
    for item in values:
        joined = join(joined, item)
    return joined


def widen(wide: Value) -> Value:
    return frozenset(a for a in wide if isinstance(a, (Nothing, Unset))) | UNKNOWN


def may_be_missing(of: Value) -> bool:
    """Whether the value is None, or was never assigned, on some path."""
    for atom in of:  # noqa: SIM110 - asked so often that a generator is felt
        if type(atom) is Nothing or type(atom) is Unset:
            return True
    return False


def is_missing(of: Value) -> bool:
    """Whether the value is None, or was never assigned, on all paths."""
    for atom in of:  # noqa: SIM110 - as in may_be_missing()
        if type(atom) is not Nothing and type(atom) is not Unset:
            return False
    return True


def without_missing(of: Value) -> Value:
    if not may_be_missing(of):
        return of
    return frozenset(atom for atom in of if not isinstance(atom, (Nothing, Unset)))


def perhaps_there(of: Value) -> Value:
    """What a value is once something that is not known may have set it."""
    return without_missing(of) | UNKNOWN


def only_missing(of: Value) -> Value:
    return frozenset(atom for atom in of if isinstance(atom, (Nothing, Unset)))


def with_truth(of: Value, truth: bool) -> Value:
    """What the value can still be where it is true (or false)."""
    kept: set[Atom] = set()
    for atom in of:
        if isinstance(atom, (Nothing, Unset)):
            if not truth:
                kept.add(atom)
        elif isinstance(atom, Constant):
            if bool(atom.value) is truth:
                kept.add(atom)
        elif truth or _may_be_falsy(atom):
            kept.add(Constant(truth) if type_name(atom) == "bool" else atom)
    return frozenset(kept)


def may_still_be(held: Value, told: Value, before: Value) -> bool:
    """Whether what tests have `told` of, and was that much `before` them, can be what is `held`."""
    is_open = not UNKNOWN.isdisjoint(told)
    return any(
        isinstance(atom, Unknown) or _is_among(atom, told) or (is_open and not _is_among(atom, before))
        for atom in held
    )


def _is_among(atom: Atom, of: Value) -> bool:
    if isinstance(atom, (Nothing, Unset)):
        return may_be_missing(of)
    if atom in of:
        return True
    name = type_name(atom)
    return any(
        isinstance(atom, Constant) is not isinstance(other, Constant) and type_name(other) == name
        for other in of
    )


FALSY_TYPES: Final = frozenset(
    {"str", "int", "float", "bool", "bytes", "list", "dict", "tuple", "set", "frozenset"}
)


def _may_be_falsy(atom: Atom) -> bool:
    if isinstance(atom, (Unknown, BuiltSequence, BuiltMapping, Text)):
        return True
    if isinstance(atom, Instance):
        return not isinstance(atom.cls, str) or atom.cls in FALSY_TYPES
    return False


def constant_text(of: Value) -> str | None:
    """The one str that the value is, if it is one."""
    if len(of) == 1:
        (atom,) = of
        if isinstance(atom, Constant) and isinstance(atom.value, str):
            return atom.value
    return None


def is_known(of: Value) -> bool:
    """Whether every alternative is known."""
    return bool(of) and Unknown() not in of


def type_name(atom: Atom) -> str | None:
    """The builtin or dotted type of an atom: 'str' for 'x', 'list' for [1]; None if not known."""
    if isinstance(atom, Constant):
        return type(atom.value).__name__
    if isinstance(atom, Text):
        return "str"
    if isinstance(atom, Instance):
        return atom.cls if isinstance(atom.cls, str) else None
    if isinstance(atom, BuiltSequence):
        return atom.kind
    if isinstance(atom, BuiltMapping):
        return "dict"
    if isinstance(atom, Nothing):
        return "None"
    return None


@record(frozen=True, slots=True)
class Note:
    """`function` ended at `place` (a return, or itself for its end) and left the path missing."""

    function: LocalFunction
    place: cst.CSTNode


@dataclass(eq=False, slots=True)
class State:
    """What is known at one point of a function.

    `paths` maps an access path ('limit', 'self.pool', 'self.db.pool', '<module>.pool') to its value;
    the object whose methods are analysed is always called 'self', whatever the parameter's name.
    `heap` maps the place where a list or dict is built to what it holds.
    """

    paths: dict[str, Value] = field(default_factory=dict[str, Value])
    heap: dict[cst.CSTNode, Items | Entries] = field(default_factory=dict[cst.CSTNode, Items | Entries])
    aliases: dict[str, str] = field(default_factory=dict[str, str])
    """Local names that hold the same object as a path (`pool = self.pool`): a guard is for both."""
    notes: dict[str, Note] = field(default_factory=dict[str, Note])
    """Why a path is still missing after a call that could have set it."""
    dead: bool = False
    """The code behind this point is not reached (`sys.exit()`)."""

    def copy(self) -> State:
        return State(
            self.paths.copy(), self.heap.copy(), self.aliases.copy(), self.notes.copy(), self.dead
        )

    def items(self, atom: Atom) -> Items | None:
        held = self.heap.get(atom.site) if isinstance(atom, BuiltSequence) else None
        return held if isinstance(held, Items) else None

    def entries(self, atom: Atom) -> Entries | None:
        held = self.heap.get(atom.site) if isinstance(atom, BuiltMapping) else None
        return held if isinstance(held, Entries) else None


@record(frozen=True, slots=True, eq=False)
class Frame:
    """Where code stands: its innermost function's or module's scope, and the class of `self`."""

    scope: Scope
    cls: LocalClass | None = None
