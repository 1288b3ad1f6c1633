"""Which class an expression gives, or an instance of which class, across the files of the program.

Flow-insensitive and cautious: a name that is bound to several things means none of them here.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.tree.expressions import is_none, walk
from store_lint.tree.module import parameters
from store_lint.tree.program import (
    External,
    LocalClass,
    LocalFunction,
    LocalModule,
    Namespace,
    Variable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from store_lint.tree.module import Binding, ImportTarget, Module, Scope
    from store_lint.tree.program import Definition, Program
    from store_lint.tree.shape import Member, Shapes

_MAX_HOPS: Final = 24
_CACHED: Final = frozenset({"functools.lru_cache", "functools.cache"})
_BUILDERS: Final = frozenset({"model_validate", "model_construct", "parse_obj", "construct"})
_COPIES: Final = frozenset({"model_copy", "copy"})
_SAME: Final = frozenset({"copy.copy", "copy.deepcopy"})
_NOWHERE: Final[frozenset[str]] = frozenset()


@dataclass(frozen=True, slots=True)
class Thing:
    """A class of the tree, or an instance of it."""

    cls: LocalClass
    is_class: bool
    exact: bool = True
    """False where a class derived from it is possible: an annotation says so, or `self` does."""

    def instance(self, *, exact: bool = True) -> Thing:
        """What calling the class gives."""
        return Thing(self.cls, False, self.exact and exact)


Object = Thing | LocalModule | Namespace


class Objects:
    """Finds what expressions are; `follow` says whether an import is worth loading its file."""

    def __init__(
        self,
        program: Program,
        shapes: Shapes,
        follow: Callable[[Module, ImportTarget], bool],
    ) -> None:
        self._program = program
        self._shapes = shapes
        self._follow = follow
        self._names: dict[tuple[Scope, str], Object | None] = {}

    def of(
        self,
        scope: Scope,
        node: cst.BaseExpression,
        hidden: frozenset[str] = _NOWHERE,
        hops: int = _MAX_HOPS,
    ) -> Object | None:
        """What an expression gives where it stands; None where that is not known."""
        if hops <= 0:
            return None
        hops -= 1
        if isinstance(node, cst.Name):
            return None if node.value in hidden else self._name(scope, node, hops)
        if isinstance(node, cst.Attribute):
            return self._attribute(scope, node, hidden, hops)
        if isinstance(node, cst.Call):
            return self._call(scope, node, hidden, hops, awaited=False)
        if isinstance(node, cst.Await) and isinstance(node.expression, cst.Call):
            return self._call(scope, node.expression, hidden, hops, awaited=True)
        if isinstance(node, cst.NamedExpr):
            return self.of(scope, node.value, hidden, hops)
        if isinstance(node, cst.BooleanOperation) and isinstance(node.operator, cst.Or):
            return self._same(self.of(scope, n, hidden, hops) for n in (node.left, node.right))
        if isinstance(node, cst.IfExp):
            return self._same(self.of(scope, n, hidden, hops) for n in (node.body, node.orelse))
        return None

    def binder(self, scope: Scope, name: str) -> Scope | None:
        """The scope in which `name` is bound that is meant in `scope`.

        A name that nothing binds may come from a `from x import *` of the module.
        """
        current: Scope | None = scope
        while current is not None:
            if current is scope or not current.is_class:
                if name in self._program.expressions(current.module).captured.get(current, ()):
                    return None
                if name in current.bindings or (current.parent is None and current.stars):
                    return current
            current = current.parent
        return None

    # Names

    def _name(self, scope: Scope, node: cst.Name, hops: int) -> Object | None:
        owner = self.binder(scope, node.value)
        if owner is None:
            return None
        key = (owner, node.value)
        if key not in self._names:
            self._names[key] = None  # a definition by itself ends here
            self._names[key] = self._bound_name(owner, node, hops)
        return self._names[key]

    def _bound_name(self, owner: Scope, node: cst.Name, hops: int) -> Object | None:
        bindings = owner.every_binding(node.value)
        targets = [b.target for b in bindings if b.target is not None]
        if not bindings:
            targets = [target for target, _ in owner.stars]
        if any(not self._follow(owner.module, target) for target in targets):
            return None
        found = self._program.resolve(owner, node)
        if len(bindings) > 1 and any(isinstance(d, Variable) and d.scope is owner for d in found):
            return self._variable(owner, node.value, hops)
        if any(isinstance(d, LocalClass) for d in found) and any(
            inner.declared.get(node.value) for inner in owner.walk()
        ):
            return None  # `global` in a function puts something else in the place of the class
        return self._meant(found, hops)

    def _meant(self, definitions: Iterable[Definition], hops: int) -> Object | None:
        return self._same(self._definition(definition, hops) for definition in definitions)

    def _definition(self, definition: Definition, hops: int) -> Object | None:
        if isinstance(definition, LocalClass):
            return Thing(definition, is_class=True)
        if isinstance(definition, (LocalModule, Namespace)):
            return definition
        if isinstance(definition, Variable):
            return self._variable(definition.scope, definition.name, hops)
        return None

    def _variable(self, scope: Scope, name: str, hops: int) -> Object | None:
        """What a name of a scope is, if all that is bound to it is the same."""
        bindings = [(scope, binding) for binding in scope.every_binding(name)]
        for inner in scope.walk():
            bindings += [(inner, binding) for binding in inner.declared.get(name, ())]
        return self._same(
            self._binding(where, binding, hops)
            for where, binding in bindings
            if not is_none(binding.value) or binding.kind != "value" or binding.annotation is not None
        )

    def _binding(self, scope: Scope, binding: Binding, hops: int) -> Object | None:
        if binding.kind == "parameter":
            if binding.annotation is not None:
                return self._annotation(scope.parent or scope, binding.annotation, hops)
            return self._receiver(scope, binding)
        if binding.kind != "value":
            return None
        value = None
        if binding.value is not None and not is_none(binding.value):
            value = self.of(scope, binding.value, _NOWHERE, hops)
        if value is None and binding.annotation is not None:
            return self._annotation(scope, binding.annotation, hops)
        return value

    def _receiver(self, scope: Scope, binding: Binding) -> Object | None:
        """The object, or the class, that a method is called on."""
        cls = scope.parent
        if cls is None or not cls.is_class or not isinstance(scope.node, cst.FunctionDef):
            return None
        if parameters(scope.node)[0] is not binding.node:
            return None
        names = {d.decorator.value for d in scope.node.decorators if isinstance(d.decorator, cst.Name)}
        if "staticmethod" in names:
            return None
        return Thing(LocalClass(cls), "classmethod" in names, exact=False)

    def _annotation(self, scope: Scope, node: cst.BaseExpression, hops: int) -> Object | None:
        """An instance of what an annotation names."""
        if hops <= 0:
            return None
        hops -= 1
        if isinstance(node, cst.SimpleString) and isinstance(node.evaluated_value, str):
            try:
                node = cst.parse_expression(node.evaluated_value)
            except cst.ParserSyntaxError:
                return None
        if isinstance(node, cst.BinaryOperation):
            sides = [side for side in (node.left, node.right) if not is_none(side)]
            return self._annotation(scope, sides[0], hops) if len(sides) == 1 else None
        if isinstance(node, cst.Subscript):
            return self._subscript(scope, node, hops)
        if not isinstance(node, (cst.Name, cst.Attribute)) or not self._worth(scope, node):
            return None
        found = self._program.resolve(scope, node)
        if len(found) != 1:
            return None
        if isinstance(found[0], LocalClass):
            return Thing(found[0], is_class=False, exact=False)
        if isinstance(found[0], Variable) and found[0].binding.value is not None:
            value = found[0].binding.value  # an alias: `Injected = Annotated[Settings, …]`
            if isinstance(value, (cst.Subscript, cst.BinaryOperation)):
                return self._annotation(found[0].scope, value, hops)
        return None

    def _subscript(self, scope: Scope, node: cst.Subscript, hops: int) -> Object | None:
        name = node.value.attr if isinstance(node.value, cst.Attribute) else node.value
        first = node.slice[0].slice
        if not isinstance(name, cst.Name) or not isinstance(first, cst.Index):
            return None
        if name.value in ("Annotated", "Optional", "Final", "ClassVar"):
            return self._annotation(scope, first.value, hops)
        if name.value in ("type", "Type"):
            found = self._annotation(scope, first.value, hops)
            return Thing(found.cls, True, exact=False) if isinstance(found, Thing) else None
        return None

    def _worth(self, scope: Scope, node: cst.BaseExpression) -> bool:
        while isinstance(node, cst.Attribute):
            node = node.value
        if not isinstance(node, cst.Name):
            return False
        owner = self.binder(scope, node.value)
        return owner is not None and all(
            binding.target is None or self._follow(owner.module, binding.target)
            for binding in owner.every_binding(node.value)
        )

    # Attributes and calls

    def _attribute(
        self, scope: Scope, node: cst.Attribute, hidden: frozenset[str], hops: int
    ) -> Object | None:
        base = self.of(scope, node.value, hidden, hops)
        if isinstance(base, (LocalModule, Namespace)):
            return self._meant(self._program.resolve(scope, node), hops)
        if isinstance(base, Thing):
            if node.attr.value == "__class__" and not base.is_class:
                return Thing(base.cls, True, base.exact)
            member = self._shapes.of(base.cls).members.get(node.attr.value)
            return self.member(member, base, hops) if member is not None else None
        return None

    def member(self, member: Member, of: Thing, hops: int = _MAX_HOPS) -> Object | None:
        """What an attribute holds."""
        if of.is_class and member.kind != "class":
            return None
        if isinstance(member.definition, cst.ClassDef):
            return Thing(LocalClass(member.owner.scope.child(member.definition)), is_class=True)
        if isinstance(member.definition, cst.FunctionDef):
            if member.kind != "descriptor":
                return None
            function = LocalFunction(member.owner.scope.child(member.definition))
            return self._returned(function, hops)
        if member.annotation is not None:
            where = member.values[0][0] if member.values else member.owner.scope
            return self._annotation(where, member.annotation, hops)
        return self._same(self.of(where, value, _NOWHERE, hops) for where, value in member.values)

    def _call(
        self,
        scope: Scope,
        node: cst.Call,
        hidden: frozenset[str],
        hops: int,
        *,
        awaited: bool,
    ) -> Object | None:
        func = node.func
        if isinstance(func, cst.Name) and func.value == "type" and len(node.args) == 1:
            found = self.of(scope, node.args[0].value, hidden, hops)
            if isinstance(found, Thing) and not found.is_class:
                return Thing(found.cls, True, found.exact)
            return None
        if isinstance(func, cst.Attribute):
            base = self.of(scope, func.value, hidden, hops)
            if isinstance(base, Thing):
                return self._method(base, func.attr.value, hops, awaited=awaited)
        elif not isinstance(func, cst.Name) or func.value in hidden:
            return None
        if not self._worth(scope, func):
            return None
        found = self.of(scope, func, hidden, hops)
        if isinstance(found, Thing):
            return self._created(found) if found.is_class and not awaited else None
        definitions = self._program.resolve(scope, func)
        if len(definitions) != 1:
            return None
        if isinstance(definitions[0], LocalFunction):
            return self._returned(definitions[0], hops, awaited=awaited)
        if isinstance(definitions[0], External) and node.args:
            return self._external(scope, definitions[0].dotted, node, hidden, hops)
        return None

    def _created(self, of: Thing) -> Thing | None:
        lineage = self._program.lineage(of.cls)
        for base in lineage.classes:
            if isinstance(base, LocalClass) and (
                "__new__" in base.scope.bindings
                or any(a.keyword and a.keyword.value == "metaclass" for a in base.node.keywords)
            ):
                return None
        return of.instance()

    def _method(self, base: Thing, name: str, hops: int, *, awaited: bool) -> Object | None:
        shape = self._shapes.of(base.cls)
        member = shape.members.get(name)
        if member is not None and isinstance(member.definition, cst.ClassDef):
            return Thing(LocalClass(member.owner.scope.child(member.definition)), is_class=False)
        if member is not None and isinstance(member.definition, cst.FunctionDef):
            function = LocalFunction(member.owner.scope.child(member.definition))
            if _returns_self(member.definition):
                return base.instance()
            return self._returned(function, hops, awaited=awaited)
        if member is None and shape.kind == "pydantic":
            if name in _BUILDERS and base.is_class:
                return base.instance()
            if name in _COPIES and not base.is_class:
                return base
        return None

    def _external(
        self, scope: Scope, dotted: str, node: cst.Call, hidden: frozenset[str], hops: int
    ) -> Object | None:
        first = node.args[0].value
        if dotted in ("typing.cast", "typing_extensions.cast"):
            return self._annotation(scope, first, hops)
        return self.of(scope, first, hidden, hops) if dotted in _SAME else None

    def _returned(self, function: LocalFunction, hops: int, *, awaited: bool = False) -> Object | None:
        """What a function gives: what it is annotated to, else what each `return` in it gives."""
        node = function.node
        if (node.asynchronous is not None) is not awaited or not self._is_plain(function):
            return None
        if node.returns is not None:
            outside = function.scope.parent or function.scope
            return self._annotation(outside, node.returns.annotation, hops)
        returned: list[cst.BaseExpression] = []
        for part in walk(node.body, into_scopes=False):
            if isinstance(part, cst.Yield):
                return None
            if isinstance(part, cst.Return) and not is_none(part.value):
                if part.value is None:
                    return None
                returned.append(part.value)
        return self._same(self.of(function.scope, value, _NOWHERE, hops) for value in returned)

    def _is_plain(self, function: LocalFunction) -> bool:
        """Whether calling the name calls the function, so far as its decorators go."""
        outside = function.scope.parent or function.scope
        for decorator in function.node.decorators:
            name = decorator.decorator
            if isinstance(name, cst.Call):
                name = name.func
            if isinstance(name, cst.Name) and name.value in (
                "classmethod",
                "staticmethod",
                "property",
            ):
                continue
            found = self._program.resolve(outside, name)
            if not any(isinstance(d, External) and _is_transparent(d.dotted) for d in found):
                return False
        return True

    def _same(self, found: Iterable[Object | None]) -> Object | None:
        """What all of them are; None where they differ or one is not known."""
        same: Object | None = None
        for thing in found:
            if thing is None or (same is not None and not _agree(thing, same)):
                return None
            if same is None or (isinstance(thing, Thing) and not thing.exact):
                same = thing
        return same


def _agree(one: Object, other: Object) -> bool:
    if isinstance(one, Thing) and isinstance(other, Thing):
        return one.cls == other.cls and one.is_class == other.is_class
    return one == other


def _is_transparent(dotted: str) -> bool:
    return dotted in _CACHED or dotted == "functools.cached_property"


def _returns_self(node: cst.FunctionDef) -> bool:
    returns = node.returns.annotation if node.returns is not None else None
    name = returns.attr if isinstance(returns, cst.Attribute) else returns
    return isinstance(name, cst.Name) and name.value == "Self"
