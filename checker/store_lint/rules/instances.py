"""Where an instance of a settings class is at hand, and which edits bring it into a file."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from store_lint.rules.base import Replacement
from store_lint.tree.expressions import plain_names
from store_lint.tree.module import ImportTarget
from store_lint.tree.objects import Thing
from store_lint.tree.program import LocalModule, Variable

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store_lint.tree.expressions import Use
    from store_lint.tree.module import Binding, Module, Scope
    from store_lint.tree.objects import Objects
    from store_lint.tree.program import LocalClass, Program


@dataclass(frozen=True, slots=True)
class Instance:
    """A module's variable that holds an instance."""

    name: str
    cls: LocalClass


@dataclass(frozen=True, slots=True)
class Way:
    """How to write the instance at one place."""

    expression: str
    hint: str = ""
    edits: tuple[Replacement, ...] = ()
    """What makes the place read from the instance; empty where that is not sure."""


class Instances:
    """Finds instances for the places that read from the class."""

    def __init__(self, program: Program, objects: Objects) -> None:
        self._program = program
        self._objects = objects

    def only(self, module: Module) -> Instance | None:
        """The one instance of a class of the tree that a module holds."""
        found = list(self._held(module))
        return found[0] if len(found) == 1 else None

    def way(self, use: Use, base: cst.BaseExpression, cls: LocalClass) -> Way | None:
        """How to read from an instance of `cls` instead of from `base`."""
        if isinstance(base, cst.Attribute):
            root = base.value
            owner = self._objects.of(use.scope, root, use.hidden)
            if isinstance(owner, LocalModule):
                return self._in_module(owner, base, cls, use.scope.module)
            base_name = root if isinstance(root, cst.Name) else None
        else:
            base_name = base if isinstance(base, cst.Name) else None
        scope = use.scope.module.scope
        present = [i.name for i in self._held(use.scope.module, imported=True) if i.cls == cls]
        if len(present) == 1 and self._means_module(use, present[0]):
            # What runs while the module is loaded may run before the instance is there.
            there = _is_in_function(use.scope) or scope.bindings[present[0]][-1].kind == "import"
            sure = there and self._names_the_class(use, base)
            return Way(present[0], edits=(Replacement(base, present[0]),) if sure else ())
        there = [i.name for i in self._held(cls.module) if i.cls == cls]
        if len(there) != 1 or present:
            return self._by_function(cls)
        hint = f", imported from {cls.module.path.name}"
        if base_name is None or cls.module is use.scope.module:
            return Way(there[0], hint)
        return Way(there[0], hint, self._import(use, base_name, base, there[0], cls))

    def _names_the_class(self, use: Use, base: cst.BaseExpression) -> bool:
        """Whether the base is a name of the class: no call, and nothing that a caller hands over."""
        root = base
        while isinstance(root, cst.Attribute):
            root = root.value
        if not isinstance(root, cst.Name):
            return False
        owner = self._objects.binder(use.scope, root.value)
        return owner is not None and not any(
            binding.kind == "parameter" for binding in owner.every_binding(root.value)
        )

    def _by_function(self, cls: LocalClass) -> Way | None:
        for name, bindings in cls.module.scope.bindings.items():
            if bindings[-1].kind == "function":
                call = cst.Call(cst.Name(name))
                if self._objects.of(cls.module.scope, call) in (
                    Thing(cls, False, exact=True),
                    Thing(cls, False, exact=False),
                ):
                    return Way(f"{name}()", f", imported from {cls.module.path.name}")
        return None

    def _in_module(
        self, owner: LocalModule, base: cst.Attribute, cls: LocalClass, here: Module
    ) -> Way | None:
        names = [i.name for i in self._held(owner.module, imported=True) if i.cls == cls]
        if len(names) != 1:
            return None
        module = here.source.tree.code_for_node(base.value)
        return Way(f"{module}.{names[0]}", edits=(Replacement(base.attr, names[0]),))

    def _held(self, module: Module, *, imported: bool = False) -> Iterator[Instance]:
        for name, bindings in module.scope.bindings.items():
            kind = bindings[-1].kind
            if kind == "value" or (imported and kind == "import"):
                if not self._is_filled_at_once(module, name):
                    continue
                found = self._objects.of(module.scope, cst.Name(name))
                if isinstance(found, Thing) and not found.is_class:
                    yield Instance(name, found.cls)

    def _is_filled_at_once(self, module: Module, name: str) -> bool:
        """Whether a variable is an instance as soon as its module is loaded."""
        variables = [d for d in self._program.member(module.scope, name) if isinstance(d, Variable)]
        return bool(variables) and not any(
            d.binding.value is None
            or (isinstance(d.binding.value, cst.Name) and d.binding.value.value == "None")
            for d in variables
        )

    def _means_module(self, use: Use, name: str) -> bool:
        module = use.scope.module.scope
        return self._objects.binder(use.scope, name) is module and name not in use.hidden

    # Imports

    def _import(
        self,
        use: Use,
        name: cst.Name,
        base: cst.BaseExpression,
        instance: str,
        cls: LocalClass,
    ) -> tuple[Replacement, ...]:
        """The edits that import the instance beside the class and read from it."""
        owner = self._objects.binder(use.scope, name.value)
        bindings = owner.every_binding(name.value) if owner is not None else []
        if owner is None or len(bindings) != 1:
            return ()
        alias, target = bindings[0].node, bindings[0].target
        if not isinstance(alias, cst.ImportAlias) or target is None or target.name is None:
            return ()
        beside = ImportTarget(target.module, target.level, instance)
        if not self._gives(owner.module, beside, cls):
            return ()
        if instance == name.value:
            return self._instead(owner, bindings[0], alias, instance)
        if self._is_taken(use.scope, owner, instance) or instance in use.hidden:
            return ()
        last = alias.asname.name if alias.asname is not None else alias.name
        return (Replacement(last, f", {instance}", "after"), Replacement(base, instance))

    def _gives(self, module: Module, target: ImportTarget, cls: LocalClass) -> bool:
        sources = self._program.imported(module, ImportTarget(target.module, target.level))
        if len(sources) != 1 or not isinstance(sources[0], LocalModule) or target.name is None:
            return False
        found = self._objects.of(sources[0].module.scope, cst.Name(target.name))
        return isinstance(found, Thing) and found.cls == cls and not found.is_class

    def _instead(
        self, owner: Scope, binding: Binding, alias: cst.ImportAlias, instance: str
    ) -> tuple[Replacement, ...]:
        """`from config import Config as settings`, where only settings are read from the name."""
        if alias.asname is None or binding.conditional:
            return ()
        found = self._program.expressions(owner.module)
        bases = {id(u.node.value) for u in found.read if isinstance(u.node, cst.Attribute)}
        for node in plain_names(owner.module.source.tree, instance):
            if id(node) not in bases and node is not alias.asname.name:
                return ()  # it is called, passed on or an annotation: the class is meant there
        return (Replacement(alias.name, instance), Replacement(alias.asname, ""))

    def _is_taken(self, scope: Scope, owner: Scope, name: str) -> bool:
        """Whether the name means something already where the import, or the place, stands."""
        current: Scope | None = scope
        while current is not None:
            if name in current.bindings or name in current.declared:
                return True
            if current is owner:
                return False
            current = current.parent
        return True


def _is_in_function(scope: Scope) -> bool:
    current: Scope | None = scope
    while current is not None and not current.is_function:
        current = current.parent
    return current is not None
