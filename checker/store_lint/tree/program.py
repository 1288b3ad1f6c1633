"""What a name means across the files of the program: imports, aliases, re-exports, hierarchies."""

from __future__ import annotations

import builtins
import re
from pathlib import Path
from typing import TYPE_CHECKING

import libcst as cst

from store_lint.tree.expressions import Expressions, collect
from store_lint.tree.module import Binding, ImportTarget, Module, Scope, dotted_name
from store_lint.tree.record import record
from store_lint.tree.settings import SettingsFiles
from store_lint.tree.source import TooLargeError, Unparsable, parse

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from store_lint.tree.layout import Layout

MAX_HOPS = 32


@record(frozen=True, slots=True)
class External:
    """Something that stands outside of the tree, by its full dotted name."""

    dotted: str


@record(frozen=True, slots=True)
class LocalClass:
    scope: Scope

    @property
    def node(self) -> cst.ClassDef:
        node = self.scope.node
        if TYPE_CHECKING:
            assert isinstance(node, cst.ClassDef)
        return node

    @property
    def module(self) -> Module:
        return self.scope.module

    @property
    def name(self) -> str:
        return self.node.name.value


@record(frozen=True, slots=True)
class LocalFunction:
    scope: Scope

    @property
    def node(self) -> cst.FunctionDef:
        node = self.scope.node
        if TYPE_CHECKING:
            assert isinstance(node, cst.FunctionDef)
        return node

    @property
    def module(self) -> Module:
        return self.scope.module

    @property
    def name(self) -> str:
        return self.node.name.value


@record(frozen=True, slots=True)
class LocalModule:
    module: Module


@record(frozen=True, slots=True)
class Namespace:
    """A folder of the tree that is a package without an `__init__.py`, as an import names it."""

    importer: Path
    dotted: str
    level: int


@record(frozen=True, slots=True)
class Variable:
    """A name that a statement binds to a value (of a module, a class or a function)."""

    scope: Scope
    name: str
    binding: Binding


Definition = External | LocalClass | LocalFunction | LocalModule | Namespace | Variable


@record(frozen=True, slots=True)
class Lineage:
    """A class's method resolution order; `complete` is False where a base is not known."""

    classes: tuple[LocalClass | External, ...]
    complete: bool

    def externals(self) -> Iterator[str]:
        for base in self.classes:
            if isinstance(base, External):
                yield base.dotted


class Program:
    """The files of the program, parsed when they are first asked for.

    `layout` says to which file an import leads, `read` gives a file's bytes, `canonical` gives
    the name under which an external thing is known (a re-export's origin), and `search` finds the
    files of the project of another in whose text a word occurs.
    """

    def __init__(
        self,
        layout: Layout,
        read: Callable[[Path], bytes],
        canonical: Callable[[str], str] = lambda dotted: dotted,
        search: Callable[[str, Path], Iterable[Path]] = lambda _word, _near: (),
    ) -> None:
        self._layout = layout
        self._read = read
        self._canonical = canonical
        self._search = search
        self._modules: dict[Path, Module | Unparsable | TooLargeError | OSError] = {}
        self._lineages: dict[int, Lineage] = {}
        self._named: dict[tuple[int, str], tuple[Definition, ...]] = {}
        self._resolved: dict[tuple[Scope, str], tuple[Definition, ...]] = {}
        self._unsettled = 0
        """How many names and classes are being worked out: what is found meanwhile may be cut short."""
        self._expressions: dict[Module, Expressions] = {}
        self._imports: dict[Path, tuple[Path, ...]] = {}
        self.settings_files = SettingsFiles(layout, read)

    @property
    def parsed(self) -> tuple[Path, ...]:
        """The files that were parsed so far."""
        return tuple(p for p, module in self._modules.items() if isinstance(module, Module))

    def load(self, path: Path) -> Module:
        """The module of a file; raises Unparsable, TooLargeError or OSError, the same each time."""
        found = self._modules.get(path)
        if found is None:
            try:
                found = Module(parse(path, self._read(path)))
            except (Unparsable, TooLargeError, OSError) as error:
                found = error
            self._modules[path] = found
        if isinstance(found, Module):
            return found
        raise found

    def _try_load(self, path: Path | None) -> Module | None:
        if path is None:
            return None
        try:
            return self.load(path)
        except (Unparsable, TooLargeError, OSError):
            return None

    def leads_outside(self, module: Module, target: ImportTarget) -> bool:
        """Whether an import of `module` leads out of the tree, where there is nothing to read."""
        return not self.files(module, target)

    def may_lead_to_settings(self, module: Module, target: ImportTarget) -> bool:
        """Whether an import of `module` may lead to settings; looks at bytes, and parses nothing."""
        return any(
            isinstance(self._modules.get(path), Module)
            or self.settings_files.leads_to_settings(str(path))
            for path in self.files(module, target)
        )

    def files(self, module: Module, target: ImportTarget) -> list[Path]:
        """The files of the tree that an import may lead to: the module's, and one that is named
        in it. Nothing is parsed."""
        dotted = ".".join(filter(None, (target.module, target.name)))
        found = (
            self._layout.find(module.path, name, target.level)
            for name in dict.fromkeys((target.module, dotted))
            if name or target.level
        )
        return [path for path in found if path is not None]

    def is_namespace(self, module: Module, target: ImportTarget) -> bool:
        """Whether an import of `module` names a folder that is a package without a file."""
        return self._layout.is_namespace(module.path, target.module, target.level) is not None

    def data(self, path: Path) -> bytes:
        """What stands in a file; nothing where it cannot be read."""
        try:
            return self._read(path)
        except OSError:
            return b""

    def imports(self, path: Path) -> tuple[Path, ...]:
        """The files of the tree that a file may import, by its text."""
        found = self._imports.get(path)
        if found is None:
            found = tuple(map(Path, self._layout.imported(str(path), self.data(path))))
            self._imports[path] = found
        return found

    def bytes_mentioning(self, word: str, near: Module) -> Iterator[tuple[Path, bytes]]:
        """What stands in the files of the project of `near` with a word in them; nothing is parsed."""
        for path in self._search(word, near.path):
            yield path, self._read(path)

    def mentioning(
        self,
        word: str,
        near: Module,
        like: bytes = b"",
        where: Callable[[Path], bool] = lambda _path: True,
    ) -> Iterator[Module]:
        """The files of the project of `near` in which a word occurs, as far as they parse.

        Only those whose path is `where` one may be; of these, what was not parsed yet is left out
        where nothing in it matches the pattern `like`.
        """
        pattern = re.compile(rf"\b{re.escape(word)}\b")
        filtering = re.compile(like)
        for path in dict.fromkeys((*self.parsed, *self._search(word, near.path))):
            if not where(path):
                continue
            if path not in self._modules and not filtering.search(self._read(path)):
                continue
            module = self._try_load(path)
            if module is None or word not in module.source.text:  # costs a tenth of the pattern
                continue
            if pattern.search(module.source.text):
                yield module

    def expressions(self, module: Module) -> Expressions:
        """The attributes and calls of a file; the first who asks pays for the walk."""
        found = self._expressions.get(module)
        if found is None:
            found = self._expressions[module] = collect(module)
        return found

    # Names

    def resolve(self, scope: Scope, node: cst.CSTNode) -> tuple[Definition, ...]:
        """What an expression of names, dots and subscripts may mean where it stands in `scope`.

        Aliases, imports and re-exports are followed. Empty where that is not known. A subscript
        (`Store[Context]`) means what it subscribes; a string is taken for a forward reference.
        """
        if type(node) is not cst.Name:
            return tuple(_unique(self._resolve(scope, node, MAX_HOPS)))
        key = (scope, node.value)
        found = self._resolved.get(key)
        if found is None:
            found = tuple(_unique(self._name(scope, node.value, MAX_HOPS)))
            if not self._unsettled:
                self._resolved[key] = found
        return found

    def _resolve(self, scope: Scope, node: cst.CSTNode, hops: int) -> Iterator[Definition]:
        if hops <= 0:
            return
        if isinstance(node, cst.Name):
            yield from self._name(scope, node.value, hops)
        elif isinstance(node, cst.Attribute):
            for base in self._resolve(scope, node.value, hops):
                yield from self._attribute(base, node.attr.value, hops)
        elif isinstance(node, cst.Subscript):
            yield from self._resolve(scope, node.value, hops)
        elif isinstance(node, cst.SimpleString):
            value = node.evaluated_value
            if isinstance(value, str) and all(p.isidentifier() for p in value.split(".")):
                yield from self._resolve(scope, cst.parse_expression(value), hops)

    def _name(self, scope: Scope, name: str, hops: int) -> Iterator[Definition]:
        start = scope
        while True:
            if name in start.bindings and (start is scope or not start.is_class):
                yield from self.member(start, name, hops)
                return
            if start.parent is None:
                yield from self._starred(start, name, hops)
                return
            start = start.parent

    def _starred(self, scope: Scope, name: str, hops: int) -> Iterator[Definition]:
        for target, _ in scope.stars:
            for source in self.imported(scope.module, target, hops - 1):
                if isinstance(source, LocalModule) and not _exports(source.module, name):
                    continue
                if not (isinstance(source, External) and hasattr(builtins, name)):
                    yield from self._attribute(source, name, hops - 1)

    def member(self, scope: Scope, name: str, hops: int = MAX_HOPS) -> tuple[Definition, ...]:
        """What the scope itself binds `name` to, imports and aliases followed."""
        key = (id(scope), name)
        found = self._named.get(key)
        if found is not None:
            return found
        if hops <= 0:
            return ()
        self._named[key] = ()  # an import cycle ends here
        self._unsettled += 1
        definitions: list[Definition] = []
        bindings = scope.bindings.get(name, [])
        firm = [binding for binding in bindings if not binding.fallback]
        for binding in firm:
            definitions.extend(self._bound(scope, name, binding, hops - 1))
        if not definitions or not any(binding.kind == "import" for binding in firm):
            # Else the import leads somewhere: what stands in for it if it fails does not count.
            for binding in bindings:
                if binding.fallback:
                    definitions.extend(self._bound(scope, name, binding, hops - 1))
        found = tuple(_unique(definitions))
        self._unsettled -= 1
        self._named[key] = found
        return found

    def _bound(self, scope: Scope, name: str, binding: Binding, hops: int) -> Iterable[Definition]:
        if binding.kind == "class":
            return (LocalClass(scope.child(binding.node)),)
        if binding.kind == "function":
            return (LocalFunction(scope.child(binding.node)),)
        if binding.kind == "import" and binding.target is not None:
            return self.imported(scope.module, binding.target, hops)
        value = binding.value
        if binding.kind == "value" and isinstance(value, (cst.Name, cst.Attribute, cst.Subscript)):
            aliased = tuple(
                d
                for d in self._resolve(scope, value, hops)
                if not (isinstance(value, cst.Subscript) and _is_opaque(d))
            )
            if aliased:
                return aliased
        return (Variable(scope, name, binding),)

    def imported(
        self, module: Module, target: ImportTarget, hops: int = MAX_HOPS
    ) -> tuple[Definition, ...]:
        """What an import statement of `module` gives."""
        if target.name is None:
            return self._module(module.path, target.module, target.level)
        sources = self._module(module.path, target.module, target.level)
        found: list[Definition] = []
        for source in sources:
            found.extend(self._attribute(source, target.name, hops))
        if found:
            return tuple(found)
        # `from . import store` and `from package import module`: the name is a file.
        dotted = f"{target.module}.{target.name}" if target.module else target.name
        local = self._try_load(self._layout.find(module.path, dotted, target.level))
        return (LocalModule(local),) if local is not None else ()

    def _module(self, importer: Path, dotted: str, level: int) -> tuple[Definition, ...]:
        local = self._try_load(self._layout.find(importer, dotted, level)) if dotted else None
        if local is None and not dotted and level:
            local = self._try_load(self._layout.find(importer, "", level))
        if local is not None:
            return (LocalModule(local),)
        if self._layout.is_namespace(importer, dotted, level) is not None:
            return (Namespace(importer, dotted, level),)
        if level:
            return ()
        return (self.external(dotted),)

    def external(self, dotted: str) -> External:
        return External(self._canonical(dotted))

    def _attribute(self, base: Definition, name: str, hops: int) -> Iterator[Definition]:
        if hops <= 0:
            return
        if isinstance(base, External):
            yield self.external(f"{base.dotted}.{name}")
        elif isinstance(base, Namespace):
            dotted = f"{base.dotted}.{name}"
            if self._layout.find(base.importer, dotted, base.level) is not None:
                yield from self._module(base.importer, dotted, base.level)
            elif self._layout.is_namespace(base.importer, dotted, base.level) is not None:
                yield Namespace(base.importer, dotted, base.level)
        elif isinstance(base, LocalModule):
            scope = base.module.scope
            if name in scope.bindings:
                yield from self.member(scope, name, hops - 1)
                return
            found = tuple(self._starred(scope, name, hops - 1))
            if found:
                yield from found
            elif base.module.path.name == "__init__.py":
                path = self._layout.find(base.module.path, name, 1)
                local = self._try_load(path)
                if local is not None:
                    yield LocalModule(local)
        elif isinstance(base, LocalClass):
            for owner in self.lineage(base).classes:
                if isinstance(owner, LocalClass) and name in owner.scope.bindings:
                    yield from self.member(owner.scope, name, hops - 1)
                    return

    def attribute(self, base: Definition, name: str) -> tuple[Definition, ...]:
        """What `base.name` may mean."""
        return tuple(_unique(self._attribute(base, name, MAX_HOPS)))

    # Classes

    def classes(self, module: Module) -> Iterator[LocalClass]:
        """Every class of a file, nested ones included, in the order of the text."""
        for scope in module.scopes():
            if scope.is_class:
                yield LocalClass(scope)

    def bases(self, cls: LocalClass) -> list[tuple[cst.Arg, tuple[Definition, ...]]]:
        """Each base of a class as it is written, with what it may mean."""
        scope = cls.scope.parent or cls.scope
        found: list[tuple[cst.Arg, tuple[Definition, ...]]] = []
        for arg in cls.node.bases:
            if arg.star:
                continue
            definitions = self.resolve(scope, arg.value)
            name = arg.value
            if not definitions and isinstance(name, cst.Name) and hasattr(builtins, name.value):
                definitions = (External(f"builtins.{name.value}"),)
            found.append((arg, definitions))
        return found

    def lineage(self, cls: LocalClass) -> Lineage:
        """The method resolution order of a class, itself first."""
        key = id(cls.scope)
        found = self._lineages.get(key)
        if found is not None:
            return found
        self._lineages[key] = Lineage((cls,), complete=False)  # a cycle ends here
        self._unsettled += 1
        complete = not any(arg.star for arg in cls.node.bases)
        sequences: list[list[LocalClass | External]] = []
        direct: list[LocalClass | External] = []
        for _, definitions in self.bases(cls):
            known = [d for d in definitions if isinstance(d, (LocalClass, External))]
            if len(known) != 1 or len(known) != len(definitions):
                complete = False
            for base in known[:1]:
                direct.append(base)
                if isinstance(base, LocalClass):
                    lineage = self.lineage(base)
                    complete = complete and lineage.complete
                    sequences.append(list(lineage.classes))
                else:
                    sequences.append([base])
        self._unsettled -= 1
        found = Lineage((cls, *_merge([*sequences, direct])), complete)
        self._lineages[key] = found
        return found

    def derives_from(self, cls: LocalClass, dotted: Iterable[str]) -> bool:
        """Whether one of the external classes is among the ancestors of `cls`."""
        names = set(dotted)
        return any(name in names for name in self.lineage(cls).externals())

    def metaclass(self, cls: LocalClass) -> tuple[Definition, ...]:
        """What `metaclass=` names in the class or the nearest local base that has one."""
        for owner in self.lineage(cls).classes:
            if not isinstance(owner, LocalClass):
                continue
            for arg in owner.node.keywords:
                if arg.keyword is not None and arg.keyword.value == "metaclass":
                    return self.resolve(owner.scope.parent or owner.scope, arg.value)
        return ()


def _exports(module: Module, name: str) -> bool:
    """Whether `from module import *` may give a name."""
    bindings = module.scope.bindings.get("__all__")
    if bindings is None:
        return not name.startswith("_")
    value = bindings[0].value
    if not isinstance(value, (cst.List, cst.Tuple)) or module.source.text.count("__all__") > 1:
        return True
    listed = [element.value for element in value.elements]
    names = [item.evaluated_value if isinstance(item, cst.SimpleString) else None for item in listed]
    return name in names or None in names


def _is_opaque(subscribed: Definition) -> bool:
    """Whether a subscript of it means something else: `rows[0]`, `Annotated[Settings, …]`."""
    if isinstance(subscribed, External):
        return subscribed.dotted.rpartition(".")[0] in ("typing", "typing_extensions")
    return isinstance(subscribed, (Variable, LocalModule))


def _unique(definitions: Iterable[Definition]) -> list[Definition]:
    return list(dict.fromkeys(definitions))


def _merge(
    sequences: list[list[LocalClass | External]],
) -> list[LocalClass | External]:
    """The C3 merge; where no consistent order exists (CPython raises), the first-come order."""
    merged: list[LocalClass | External] = []
    pending: list[list[LocalClass | External]] = [list(s) for s in sequences if s]
    while pending:
        head = next(
            (
                sequence[0]
                for sequence in pending
                if not any(sequence[0] in other[1:] for other in pending)
            ),
            pending[0][0],
        )
        merged.append(head)
        without = ([item for item in sequence if item != head] for sequence in pending)
        pending = [sequence for sequence in without if sequence]
    return merged


__all__ = [
    "Definition",
    "External",
    "Lineage",
    "LocalClass",
    "LocalFunction",
    "LocalModule",
    "Namespace",
    "Program",
    "Variable",
    "dotted_name",
]
