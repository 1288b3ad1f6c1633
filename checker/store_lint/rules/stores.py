"""Which classes are ChatKit stores, and which of their methods are abstract, as CPython counts.

`ABCMeta` takes the abstract names of a class's own body, and those of its direct bases that an
attribute lookup on the finished class still finds abstract. A mixin behind `Store` in the order of
bases therefore implements nothing, and neither does an assignment after the class statement.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import libcst as cst

from store_lint.chatkit_api import Class
from store_lint.tree.expressions import walk
from store_lint.tree.module import parameters, target_names
from store_lint.tree.program import External, LocalClass, LocalFunction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from store_lint.chatkit_api import Api, Method
    from store_lint.tree.module import Binding, Scope
    from store_lint.tree.program import Definition, Program

STORE: Final = "chatkit.store.Store"
ATTACHMENT_STORE: Final = "chatkit.store.AttachmentStore"
ROOTS: Final = frozenset({STORE, ATTACHMENT_STORE})

_ABSTRACT: Final = frozenset(
    {
        "abc.abstractmethod",
        "abc.abstractproperty",
        "abc.abstractclassmethod",
        "abc.abstractstaticmethod",
    }
)
_ABC_MAKERS: Final = frozenset({"abc.ABC", "typing.Protocol", "typing_extensions.Protocol"})
_KEEPS_ABSTRACT: Final = frozenset({"property", "classmethod", "staticmethod", "override"})
_OVERRULED: Final = re.compile(
    r"__abstractmethods__\s*=(?!=)|['\"]__abstractmethods__['\"]|\bupdate_abstractmethods\b"
)
_METACLASS_HOOKS: Final = frozenset({"__init__", "__new__", "__prepare__", "mro"})
_STANDARD: Final = frozenset({"typing_extensions", "builtins", *sys.stdlib_module_names})

Found = Literal["abstract", "defined", "unknown"]


@dataclass(frozen=True, slots=True)
class Missing:
    """An abstract method, where it comes from and how to write it."""

    name: str
    owner: str
    """The class that declares it."""
    signature: str


class Stores:
    """Answers for one program and one release of chatkit."""

    def __init__(self, program: Program, api: Api) -> None:
        self.program = program
        self._api = api
        self._missing: dict[LocalClass, dict[str, Missing] | None] = {}

    def roots(self, cls: LocalClass) -> tuple[str, ...]:
        """The chatkit store classes that a class derives from."""
        known = [self._chatkit(name) for name in self.program.lineage(cls).externals()]
        names = [q.qualname for found in known if found for q in self._api.mro(found.qualname)]
        return tuple(dict.fromkeys(name for name in names if name in ROOTS))

    def missing(self, cls: LocalClass) -> tuple[Missing, ...] | None:
        """The abstract methods of a class; None where they cannot be known."""
        found = self._abstract(cls)
        return None if found is None else tuple(found.values())

    def own_abstract(self, cls: LocalClass) -> bool:
        """Whether the body of a class declares abstract methods, and does not merely pass one on."""
        return any(
            self._own(cls, name) == "abstract"
            for name, bindings in cls.scope.bindings.items()
            if not isinstance(bindings[-1].value, (cst.Name, cst.Attribute))
        )

    def _chatkit(self, dotted: str) -> Class | None:
        found = self._api.lookup(dotted)
        return found if isinstance(found, Class) and found.qualname.startswith("chatkit.") else None

    # What is abstract

    def _abstract(self, cls: LocalClass) -> dict[str, Missing] | None:
        if cls not in self._missing:
            self._missing[cls] = {}  # a class that derives from itself ends here
            self._missing[cls] = self._count(cls)
        return self._missing[cls]

    def _count(self, cls: LocalClass) -> dict[str, Missing] | None:
        if not self.program.lineage(cls).complete or not self._is_plain(cls):
            return None
        if not self._is_abc(cls):
            return {}
        found: dict[str, Missing] = {}
        for base in self._bases(cls):
            inherited = self._inherited(base)
            if inherited is None:
                return None
            for name, missing in inherited.items():
                looked_up = self._look_up(cls, name)
                if looked_up == "unknown":
                    return None
                if looked_up == "abstract":
                    found.setdefault(name, missing)
        for name in cls.scope.bindings:
            if self._own(cls, name) == "abstract":
                found[name] = Missing(name, cls.name, _signature(cls.scope, name))
        return found

    def _inherited(self, base: LocalClass | External) -> dict[str, Missing] | None:
        if isinstance(base, LocalClass):
            return self._abstract(base)
        known = self._chatkit(base.dotted)
        if known is None:
            return {}
        methods: dict[str, Method] = {m.name: m for m in self._api.abstract_methods(known.qualname)}
        owner = known.qualname.rpartition(".")[2]
        return {name: Missing(name, owner, method.signature) for name, method in methods.items()}

    def _look_up(self, cls: LocalClass, name: str) -> Found:
        for owner in self.program.lineage(cls).classes:
            if isinstance(owner, LocalClass):
                found = self._own(owner, name)
                if found is not None:
                    return found
                continue
            known = self._chatkit(owner.dotted)
            if known is None:
                if not _is_standard(owner.dotted):
                    return "unknown"
                continue
            for ancestor in self._api.mro(known.qualname):
                if name in ancestor.methods:
                    return "abstract" if ancestor.methods[name].is_abstract else "defined"
                if name in ancestor.class_attributes:
                    return "defined"
        return "unknown"

    def _own(self, cls: LocalClass, name: str) -> Found | None:
        """What the body of a class makes of a name; None where it does not bind it."""
        typing_only = _typing_only(cls.node)
        bindings = [
            binding
            for binding in cls.scope.bindings.get(name, ())
            if id(binding.statement) not in typing_only
            and not (binding.kind == "value" and binding.value is None and binding.annotation)
        ]
        if name in self.program.expressions(cls.module).captured.get(cls.scope, ()):
            return "defined"
        if name in _slots(cls.scope):
            return "defined"
        if not bindings or _is_deleted(cls.node, name, bindings):
            return None
        if not all(self._binds_abstract(cls.scope, binding) for binding in bindings):
            return "defined"
        # What stands under a condition may not be there, and what is inherited counts then.
        return "defined" if all(binding.conditional for binding in bindings) else "abstract"

    def _binds_abstract(self, scope: Scope, binding: Binding) -> bool:
        if isinstance(binding.node, cst.FunctionDef):
            return self._is_abstract_function(scope, binding.node)
        value = binding.value
        if isinstance(value, cst.Call):
            return self._names_abstract(self.program.resolve(scope, value.func))
        if not isinstance(value, (cst.Name, cst.Attribute)):
            return False
        found = self.program.resolve(scope, value)
        return bool(found) and all(self._is_abstract_value(definition) for definition in found)

    def _is_abstract_value(self, definition: Definition) -> bool:
        if isinstance(definition, LocalFunction):
            scope = definition.scope.parent or definition.scope
            return self._is_abstract_function(scope, definition.node)
        if isinstance(definition, External):
            owner, _, name = definition.dotted.rpartition(".")
            known = self._chatkit(owner)
            method = self._api.methods(known.qualname).get(name) if known is not None else None
            return method is not None and method.is_abstract
        return False

    def _is_abstract_function(self, scope: Scope, node: cst.FunctionDef) -> bool:
        for decorator in node.decorators:
            name = decorator.decorator
            if self._names_abstract(self.program.resolve(scope, name)):
                return True
            last = name.attr if isinstance(name, cst.Attribute) else name
            if not isinstance(last, cst.Name) or last.value not in _KEEPS_ABSTRACT:
                return False  # it may give something that is not abstract
        return False

    def _names_abstract(self, definitions: Iterable[Definition]) -> bool:
        return any(isinstance(d, External) and d.dotted in _ABSTRACT for d in definitions)

    # What could make it otherwise

    def _bases(self, cls: LocalClass) -> Iterator[LocalClass | External]:
        for _, definitions in self.program.bases(cls):
            yield from (d for d in definitions if isinstance(d, (LocalClass, External)))

    def _is_abc(self, cls: LocalClass) -> bool:
        for base in self.program.lineage(cls).classes:
            if isinstance(base, External) and (
                base.dotted in _ABC_MAKERS or self._chatkit(base.dotted) is not None
            ):
                return True
            if isinstance(base, LocalClass) and _metaclass(base) is not None:
                return True
        return False

    def _is_plain(self, cls: LocalClass) -> bool:
        """Whether the class statement makes what it says: nothing unknown has a hand in it."""
        for base in self.program.lineage(cls).classes:
            if not isinstance(base, LocalClass):
                continue
            if not self._has_known_bases(base) or overrules_abstract(base.module.source.text, base):
                return False
            if base != cls and not _adds_nothing_to_subclasses(base):
                return False
            metaclass = _metaclass(base)
            if metaclass is not None and not all(
                self._is_plain_metaclass(d)
                for d in self.program.resolve(base.scope.parent or base.scope, metaclass) or (None,)
            ):
                return False
            if _fills_its_namespace(base.node):
                return False
        return True

    def _is_plain_metaclass(self, found: Definition | None) -> bool:
        """Whether classes of it are made as ABCMeta makes them."""
        if isinstance(found, External):
            return found.dotted in ("abc.ABCMeta", "builtins.type")
        if not isinstance(found, LocalClass):
            return False
        lineage = self.program.lineage(found)
        return lineage.complete and all(
            self._is_plain_metaclass(base)
            if isinstance(base, External)
            else not _METACLASS_HOOKS & base.scope.bindings.keys()
            and _calls_its_super(base, "__call__")
            for base in lineage.classes
        )

    def _has_known_bases(self, cls: LocalClass) -> bool:
        """Whether no base of another package can implement what `Store` leaves open.

        One that stands behind `Store` itself cannot: were it a store, there would be no order.
        """
        behind_store = False
        for base in self._bases(cls):
            if isinstance(base, LocalClass):
                continue
            if self._chatkit(base.dotted) is not None:
                behind_store = True
            elif not _is_standard(base.dotted) and not behind_store:
                return False
        return True


def overrules_abstract(text: str, cls: LocalClass | None = None) -> bool:
    """Whether code sets by hand which methods of a class (or of that one) count as abstract."""
    if _OVERRULED.search(text) is None:
        return False
    if cls is None:
        return True
    name = rf"\b{cls.name}\b"
    patched = rf"{name}[\w\s.,()'\"]{{0,60}}__abstractmethods__"
    handed_on = rf"\w\(\s*(?:\w+\.)*{name}\s*[,)]"
    return re.search(f"{patched}|{handed_on}", text) is not None


def _adds_nothing_to_subclasses(cls: LocalClass) -> bool:
    """Whether its `__init_subclass__`, if it has one, gives the subclass no methods: ABCMeta counts
    the abstract ones after it has run."""
    for binding in cls.scope.bindings.get("__init_subclass__", ()):
        if not isinstance(binding.node, cst.FunctionDef):
            return False
        params = parameters(binding.node)
        receiver = params[0].name.value if params else ""
        for part in walk(binding.node.body):
            if isinstance(part, cst.Call):
                func = part.func
                handed_on = any(
                    isinstance(arg.value, cst.Name) and arg.value.value == receiver for arg in part.args
                )
                kept = isinstance(func, cst.Attribute) and func.attr.value in ("append", "add")
                if handed_on and not kept:
                    return False
            elif isinstance(part, cst.AssignTarget) and isinstance(part.target, cst.Attribute):
                owner = part.target.value
                if isinstance(owner, cst.Name) and owner.value == receiver:
                    return False
    return True


def _calls_its_super(cls: LocalClass, method: str) -> bool:
    """Whether each definition of a method in the class's body, if there is one, reaches the
    inherited one."""
    return all(
        any(
            isinstance(part, cst.Attribute) and part.attr.value == method for part in walk(binding.node)
        )
        for binding in cls.scope.bindings.get(method, ())
    )


def _is_standard(dotted: str) -> bool:
    return dotted.partition(".")[0] in _STANDARD


def _metaclass(cls: LocalClass) -> cst.BaseExpression | None:
    for arg in cls.node.keywords:
        if arg.keyword is not None and arg.keyword.value == "metaclass":
            return arg.value
    return None


def _fills_its_namespace(node: cst.ClassDef) -> bool:
    """Whether the class body calls what can bind names that it does not show."""
    return any(
        isinstance(part, cst.Call)
        and isinstance(part.func, cst.Name)
        and part.func.value in ("locals", "vars", "exec")
        for statement in node.body.body
        if not isinstance(statement, (cst.FunctionDef, cst.ClassDef))
        for part in walk(statement, into_scopes=False)
    )


def _slots(scope: Scope) -> set[str]:
    """The names in `__slots__`, for each of which the class gets a descriptor."""
    return {
        part.value.strip("'\"")
        for binding in scope.bindings.get("__slots__", ())
        if binding.value is not None
        for part in walk(binding.value)
        if isinstance(part, cst.SimpleString)
    }


def _is_deleted(node: cst.ClassDef, name: str, bindings: Sequence[Binding]) -> bool:
    """Whether a class body deletes a name behind all that binds it."""
    bound = {id(binding.statement) for binding in bindings}
    body = node.body.body
    last = max((i for i, statement in enumerate(body) if _deletes(statement, name)), default=-1)
    return last >= 0 and not any(
        id(part) in bound
        for statement in body[last + 1 :]
        for part in walk(statement, into_scopes=False)
    )


def _deletes(statement: cst.CSTNode, name: str) -> bool:
    return isinstance(statement, cst.SimpleStatementLine) and any(
        isinstance(small, cst.Del) and any(found.value == name for found in target_names(small.target))
        for small in statement.body
    )


def _typing_only(node: cst.ClassDef) -> set[int]:
    """The statements of a class body that only type checkers read."""
    found: set[int] = set()
    for statement in node.body.body:
        if not isinstance(statement, cst.If):
            continue
        test = statement.test
        name = test.attr if isinstance(test, cst.Attribute) else test
        if isinstance(name, cst.Name) and name.value == "TYPE_CHECKING":
            found.update(id(part) for part in walk(statement.body, into_scopes=False))
    return found


def _signature(scope: Scope, name: str) -> str:
    """The first line of a method of the tree, as it is written there, on one line."""
    node = scope.bindings[name][-1].node
    if not isinstance(node, cst.FunctionDef):
        return f"def {name}(self, …)"
    code = scope.module.source.tree.code_for_node
    returns = f" -> {code(node.returns.annotation)}" if node.returns is not None else ""
    prefix = "async def" if node.asynchronous is not None else "def"
    return " ".join(f"{prefix} {name}({code(node.params)}){returns}".split())
