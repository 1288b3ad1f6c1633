"""CKS001: a store class that cannot be instantiated, since abstract methods are missing."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar, Final, Literal

import libcst as cst

from store_lint.flow.relevance import Signs
from store_lint.rules.base import Rule, Violation
from store_lint.rules.stores import ROOTS, Stores, overrules_abstract
from store_lint.tree.expressions import walk
from store_lint.tree.guards import expects
from store_lint.tree.module import parameters
from store_lint.tree.program import External, LocalClass, LocalFunction, LocalModule

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from store_lint.rules.base import Context
    from store_lint.rules.stores import Missing
    from store_lint.tree.module import Module, Scope
    from store_lint.tree.program import Program

# They return the class that they are given, abstract as it is.
_TRANSPARENT: Final = frozenset(
    {
        "attr.define",
        "attr.dataclass",
        "attr.frozen",
        "attr.mutable",
        "attr.s",
        "attrs.define",
        "attrs.frozen",
        "attrs.mutable",
        "dataclasses.dataclass",
        "functools.total_ordering",
        "pydantic.dataclasses.dataclass",
        "typing.final",
        "typing.runtime_checkable",
        "typing_extensions.deprecated",
        "typing_extensions.final",
        "typing_extensions.runtime_checkable",
        "warnings.deprecated",
    }
)
_FOR_DERIVING: Final = re.compile(
    r"^_*(?:Abstract|Base)(?![a-z])|(?<!Data)(?<!Fire)(?<!Supa)Base$|(?:Mixin|ABC|Protocol)$"
)
_TYPE_VARIABLE: Final = re.compile(r"\bTContext\b")
_TYPE_VARIABLE_NAME: Final = re.compile(r"_?T(?![a-z])")
"""What an imported name is called that is a type variable."""


class MissingAbstractMethod(Rule):
    summary: ClassVar[str] = "a store class lacks abstract methods, so it cannot be instantiated"
    signs: ClassVar[Signs] = Signs()

    def __init__(self) -> None:
        self._stores: Stores | None = None

    def check(self, module: Module, context: Context) -> Iterator[Violation]:
        if self._stores is None or self._stores.program is not context.program:
            self._stores = Stores(context.program, context.api)
        stores = self._stores
        for cls in context.program.classes(module):
            roots = stores.roots(cls) if cls.node.bases else ()
            missing = stores.missing(cls) if roots else None
            if not missing or not _is_decorated_plainly(cls, context.program):
                continue
            if _creates_otherwise(cls, context.program) or _is_overruled(cls, context.program):
                continue
            instantiated = _is_instantiated(cls, context.program)
            if instantiated == "to fail":
                continue
            if not instantiated and _is_for_deriving(cls, stores, context.program):
                continue
            yield _violation(cls, missing, context.program)


def _violation(cls: LocalClass, missing: Sequence[Missing], program: Program) -> Violation:
    owners = " and ".join(f"`{owner}`" for owner in dict.fromkeys(m.owner for m in missing))
    names = ", ".join(f"`{m.name}`" for m in missing)
    count = "the abstract method" if len(missing) == 1 else f"{len(missing)} abstract methods"
    context = _context_type(cls, program) or "TContext"
    signatures = (_TYPE_VARIABLE.sub(lambda _: context, m.signature) for m in missing)
    return Violation(
        cls.node.name,
        f"`{cls.name}` lacks {count} {names} of {owners}: `{cls.name}()` raises TypeError",
        "define " + "; ".join(f"`{signature}`" for signature in signatures),
    )


def _context_type(cls: LocalClass, program: Program) -> str | None:
    """What stands for `T` in the `Store[T]` that the class derives from, as far as it is written."""
    for arg, definitions in program.bases(cls):
        given = _arguments(arg.value, cls)
        for base in definitions:
            if isinstance(base, External) and base.dotted in ROOTS and given:
                return given[0]
            if not isinstance(base, LocalClass):
                continue
            inherited = _context_type(base, program)
            parameters = _type_parameters(base)
            if inherited not in parameters:
                if inherited is not None:
                    return inherited
            elif parameters.index(inherited) < len(given):
                return given[parameters.index(inherited)]
    return None


def _arguments(node: cst.BaseExpression, cls: LocalClass) -> list[str]:
    """The texts of what a base is subscribed with."""
    if not isinstance(node, cst.Subscript):
        return []
    code = cls.module.source.tree.code_for_node
    return [code(e.slice.value) for e in node.slice if isinstance(e.slice, cst.Index)]


def _type_parameters(cls: LocalClass) -> list[str]:
    if cls.node.type_parameters is not None:
        return [p.param.name.value for p in cls.node.type_parameters.params]
    listed = [
        _arguments(arg.value, cls)
        for arg in cls.node.bases
        if isinstance(arg.value, cst.Subscript)
        and _last_name(arg.value.value) in ("Generic", "Protocol")
    ]
    given = listed or [_arguments(arg.value, cls) for arg in cls.node.bases]
    names = dict.fromkeys(name for names in given for name in names if name.isidentifier())
    return [name for name in names if _is_type_variable(cls, name)]


def _is_type_variable(cls: LocalClass, name: str) -> bool:
    bindings = cls.module.scope.bindings.get(name, [])
    if any(isinstance(b.value, cst.Call) and _last_name(b.value.func) == "TypeVar" for b in bindings):
        return True
    is_imported = not bindings or bindings[-1].target is not None
    return is_imported and _TYPE_VARIABLE_NAME.match(name) is not None


def _last_name(node: cst.BaseExpression) -> str | None:
    name = node.attr if isinstance(node, cst.Attribute) else node
    return name.value if isinstance(name, cst.Name) else None


# Whether anybody wants an instance of it


def _is_for_deriving(cls: LocalClass, stores: Stores, program: Program) -> bool:
    if stores.own_abstract(cls) or _FOR_DERIVING.search(cls.name):
        return True
    scope = cls.scope.parent or cls.scope
    for arg in cls.node.keywords:
        if arg.keyword is not None and arg.keyword.value == "metaclass":
            return program.resolve(scope, arg.value) == (External("abc.ABCMeta"),)
    for _, definitions in program.bases(cls):
        if any(
            isinstance(d, External)
            and d.dotted in ("abc.ABC", "typing.Protocol", "typing_extensions.Protocol")
            for d in definitions
        ):
            return True
    return any(
        cls in program.lineage(other).classes[1:]
        for module in _mentioning(cls, program)
        for other in program.classes(module)
    )


def _is_instantiated(cls: LocalClass, program: Program) -> Literal["yes", "to fail"] | None:
    """Whether the tree makes an instance of the class; 'to fail' where each place that does expects
    the TypeError."""
    outcome: Literal["to fail"] | None = None
    for module in _mentioning(cls, program):
        for use in program.expressions(module).calls:
            func = use.node.func if isinstance(use.node, cst.Call) else None
            if not isinstance(func, (cst.Name, cst.Attribute)) or _root(func) in use.hidden:
                continue
            if program.resolve(use.scope, func) == (cls,):
                if not expects(use.scope.node, use.node, "TypeError", by_any_handler=False):
                    return "yes"
                outcome = "to fail"
    return outcome


def _mentioning(cls: LocalClass, program: Program) -> Iterator[Module]:
    """The files of the tree in which the class occurs, under its own name or another."""
    seen: set[Module] = set()
    names, pending = {cls.name}, [cls.name]
    while pending:
        for module in program.mentioning(pending.pop(), cls.module):
            if module in seen:
                continue
            seen.add(module)
            yield module
            for name in _other_names(module.scope, cls, program):
                if name not in names:
                    names.add(name)
                    pending.append(name)


def _other_names(scope: Scope, cls: LocalClass, program: Program) -> Iterator[str]:
    for name, bindings in scope.bindings.items():
        if name == cls.name or not any(b.kind in ("import", "value") for b in bindings):
            continue
        if any(
            (b.target is not None and b.target.name == cls.name)
            or isinstance(b.value, (cst.Name, cst.Attribute))
            for b in bindings
        ) and cls in program.member(scope, name):
            yield name


def _root(node: cst.BaseExpression) -> str | None:
    while isinstance(node, cst.Attribute):
        node = node.value
    return node.value if isinstance(node, cst.Name) else None


# Whether calling the class creates an instance of what its body says


def _creates_otherwise(cls: LocalClass, program: Program) -> bool:
    """Whether a `__new__` gives something else than an instance of the class."""
    for base in program.lineage(cls).classes:
        if not isinstance(base, LocalClass):
            continue
        for binding in base.scope.bindings.get("__new__", ()):
            node = binding.node
            params = parameters(node) if isinstance(node, cst.FunctionDef) else []
            if not params or not any(
                _hands_on_to_new(part, params[0].name.value) for part in walk(node)
            ):
                return True
    return False


def _hands_on_to_new(node: cst.CSTNode, cls: str) -> bool:
    """`super().__new__(cls)`"""
    return (
        isinstance(node, cst.Call)
        and isinstance(node.func, cst.Attribute)
        and node.func.attr.value == "__new__"
        and bool(node.args)
        and isinstance(node.args[0].value, cst.Name)
        and node.args[0].value.value == cls
    )


def _is_overruled(cls: LocalClass, program: Program) -> bool:
    """Whether some file sets by hand which methods of the class, or of a base, count as abstract."""
    return any(
        overrules_abstract(module.source.text, base) and _can_mean(module, base, program)
        for word in ("__abstractmethods__", "update_abstractmethods")
        for module in program.mentioning(word, cls.module)
        for base in program.lineage(cls).classes
        if isinstance(base, LocalClass)
    )


def _can_mean(module: Module, cls: LocalClass, program: Program) -> bool:
    """Whether the class's own name in a file, or behind that of a module, is that class."""
    if cls in program.resolve(module.scope, cst.Name(cls.name)):
        return True
    home = LocalModule(cls.module)
    return any(
        home in program.imported(module, target)
        for scope in module.scopes()
        for target, _, _ in scope.imports
    )


def _is_decorated_plainly(cls: LocalClass, program: Program) -> bool:
    scope = cls.scope.parent or cls.scope
    return all(
        _returns_its_class(scope, d.decorator, program) for d in cls.node.decorators
    ) and not any(
        _is_wrapped(binding.value, cls.name)
        and not _returns_its_class(scope, binding.value.func, program)
        for binding in scope.every_binding(cls.name)
        if isinstance(binding.value, cst.Call)
    )


def _is_wrapped(call: cst.Call, name: str) -> bool:
    """Whether `name = decorator(name)` does by hand what a decorator does."""
    return any(isinstance(arg.value, cst.Name) and arg.value.value == name for arg in call.args)


def _returns_its_class(scope: Scope, node: cst.BaseExpression, program: Program) -> bool:
    called = isinstance(node, cst.Call)
    found = program.resolve(scope, node.func if isinstance(node, cst.Call) else node)
    if len(found) != 1:
        return False
    if isinstance(found[0], External):
        return found[0].dotted in _TRANSPARENT
    if not isinstance(found[0], LocalFunction):
        return False
    function: LocalFunction | None = found[0]
    if called:  # a factory: what it returns is the decorator
        function = _returned_function(found[0])
    return (
        function is not None
        and not overrules_abstract(function.module.source.tree.code_for_node(function.node))
        and _returns_its_argument(function)
    )


def _returned_function(factory: LocalFunction) -> LocalFunction | None:
    returned = list(_returned(factory.node))
    if len(returned) != 1 or not isinstance(returned[0], cst.Name):
        return None
    for child in factory.scope.children:
        if child.name == returned[0].value and child.is_function:
            return LocalFunction(child)
    return None


def _returns_its_argument(function: LocalFunction) -> bool:
    params = function.node.params.params
    if not params or function.node.decorators:
        return False
    name = params[0].name.value
    if len(function.scope.every_binding(name)) != 1:
        return False
    returned = list(_returned(function.node))
    return bool(returned) and all(
        isinstance(value, cst.Name) and value.value == name for value in returned
    )


def _returned(node: cst.FunctionDef) -> Iterable[cst.BaseExpression | None]:
    for part in walk(node.body, into_scopes=False):
        if isinstance(part, cst.Return):
            yield part.value
