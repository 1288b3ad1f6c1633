"""The scopes of one file and what each binds, in one pass over its statements.

libcst's metadata wrapper finds the same at thirty times the cost of the parse; rules need only what
a name is bound to in which scope, and most scopes are never asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import libcst as cst

from store_lint.tree.record import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from store_lint.tree.source import Source

BindingKind = Literal["class", "function", "import", "value", "parameter", "other"]
ScopeNode = cst.Module | cst.ClassDef | cst.FunctionDef


_BIND_NOTHING: Final = frozenset({cst.Expr, cst.Return, cst.Raise, cst.Pass, cst.Assert, cst.Del})
"""Small statements of which the names of a scope do not hang; most are of these kinds."""


@record(frozen=True, slots=True, eq=False)
class ImportTarget:
    """What an import statement names: `from {'.' * level}{module} import {name}`."""

    module: str
    level: int = 0
    name: str | None = None
    """None: the module itself is bound."""


@record(frozen=True, slots=True, eq=False)
class Binding:
    """One statement that binds a name in a scope."""

    kind: BindingKind
    node: cst.CSTNode
    """The ClassDef, FunctionDef, ImportAlias, Param, or the target of an assignment."""
    statement: cst.CSTNode
    value: cst.BaseExpression | None = None
    annotation: cst.BaseExpression | None = None
    target: ImportTarget | None = None
    conditional: bool = False
    fallback: bool = False
    """Whether it stands in an `except` that catches ImportError."""


@dataclass(eq=False, slots=True)
class _Collected:
    bindings: dict[str, list[Binding]] = field(default_factory=dict[str, list[Binding]])
    replaced: dict[str, list[Binding]] = field(default_factory=dict[str, list[Binding]])
    declared: dict[str, list[Binding]] = field(default_factory=dict[str, list[Binding]])
    stars: list[tuple[ImportTarget, cst.ImportFrom]] = field(
        default_factory=list[tuple[ImportTarget, cst.ImportFrom]]
    )
    scopes: list[cst.ClassDef | cst.FunctionDef] = field(
        default_factory=list[cst.ClassDef | cst.FunctionDef]
    )
    imports: list[tuple[ImportTarget, cst.ImportAlias, cst.Import | cst.ImportFrom]] = field(
        default_factory=list[tuple[ImportTarget, cst.ImportAlias, cst.Import | cst.ImportFrom]]
    )


@dataclass(eq=False)
class Scope:
    """A module, class or function, with what it binds itself."""

    module: Module
    node: ScopeNode
    parent: Scope | None
    qualname: str

    @cached_property
    def _collected(self) -> _Collected:
        collected = _Collected()
        if isinstance(self.node, cst.FunctionDef):
            for param in parameters(self.node):
                collected.bindings[param.name.value] = [
                    Binding(
                        "parameter",
                        param,
                        self.node,
                        param.default,
                        param.annotation.annotation if param.annotation else None,
                    )
                ]
        body = self.node.body if isinstance(self.node, cst.Module) else self.node.body.body
        _Collector(collected).block(body, conditional=False)
        for name in collected.declared:
            collected.declared[name] = [
                *collected.replaced.pop(name, ()),
                *collected.bindings.pop(name, ()),
            ]
        return collected

    @property
    def bindings(self) -> dict[str, list[Binding]]:
        """Each name with the statements that may have bound it when the scope has run."""
        return self._collected.bindings

    def every_binding(self, name: str) -> list[Binding]:
        """All statements that bind the name, those that a later one replaces included."""
        return [*self._collected.replaced.get(name, ()), *self.bindings.get(name, ())]

    @property
    def stars(self) -> list[tuple[ImportTarget, cst.ImportFrom]]:
        """The `from x import *` of this scope."""
        return self._collected.stars

    @property
    def imports(
        self,
    ) -> list[tuple[ImportTarget, cst.ImportAlias, cst.Import | cst.ImportFrom]]:
        """Every imported name of this scope, shadowed ones included."""
        return self._collected.imports

    @property
    def declared(self) -> dict[str, list[Binding]]:
        """Names that the scope declares `global` or `nonlocal`, and what it binds them to."""
        return self._collected.declared

    @cached_property
    def children(self) -> tuple[Scope, ...]:
        """The classes and functions defined right in this scope, in the order of the text."""
        prefix = f"{self.qualname}." if self.qualname else ""
        return tuple(
            Scope(self.module, node, self, prefix + node.name.value) for node in self._collected.scopes
        )

    @cached_property
    def _by_node(self) -> dict[int, Scope]:
        return {id(child.node): child for child in self.children}

    def child(self, node: cst.CSTNode) -> Scope:
        """The scope of a class or function that is defined right in this one."""
        return self._by_node[id(node)]

    def walk(self) -> Iterator[Scope]:
        """This scope and all below it, in the order of the text."""
        yield self
        for child in self.children:
            yield from child.walk()

    @property
    def is_class(self) -> bool:
        return type(self.node) is cst.ClassDef

    @property
    def is_function(self) -> bool:
        return type(self.node) is cst.FunctionDef

    @property
    def name(self) -> str:
        return "" if isinstance(self.node, cst.Module) else self.node.name.value


class Module:
    """A parsed file of the program."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.scope = Scope(self, source.tree, None, "")

    @property
    def path(self) -> Path:
        return self.source.path

    def scopes(self) -> Iterator[Scope]:
        """The module's scope and all below it."""
        return self.scope.walk()

    def __repr__(self) -> str:
        return f"Module({str(self.path)!r})"


def parameters(function: cst.FunctionDef | cst.Lambda) -> list[cst.Param]:
    """All parameters in the order of the signature, starred ones included."""
    params = function.params
    found = [*params.posonly_params, *params.params]
    if type(params.star_arg) is cst.Param:
        found.append(params.star_arg)
    found += params.kwonly_params
    if params.star_kwarg is not None:
        found.append(params.star_kwarg)
    return found


def dotted_name(node: cst.CSTNode | None) -> str | None:
    """`a.b.c` of a chain of names, or None for any other expression."""
    parts: list[str] = []
    while type(node) is cst.Attribute:
        parts.append(node.attr.value)
        node = node.value
    if not isinstance(node, cst.Name):
        return None
    parts.append(node.value)
    return ".".join(reversed(parts))


def target_names(target: cst.CSTNode) -> Iterator[cst.Name]:
    """The plain names that an assignment target binds, through tuples, lists and stars."""
    if isinstance(target, cst.Name):
        yield target
    elif isinstance(target, (cst.Tuple, cst.List)):
        for element in target.elements:
            yield from target_names(element.value)
    elif isinstance(target, cst.StarredElement):
        yield from target_names(target.value)


def _catches_import_error(handler: cst.ExceptHandler | cst.ExceptStarHandler) -> bool:
    if handler.type is None:
        return True
    types = [handler.type]
    if isinstance(handler.type, cst.Tuple):
        types = [element.value for element in handler.type.elements]
    return any(
        isinstance(name, cst.Name) and name.value in ("ImportError", "ModuleNotFoundError", "Exception")
        for name in types
    )


class _Collector:
    def __init__(self, into: _Collected) -> None:
        self.into = into
        self.in_fallback = False

    def bind(self, name: str, binding: Binding) -> None:
        if self.in_fallback:
            binding = replace(binding, fallback=True)
        if binding.conditional:
            self.into.bindings.setdefault(name, []).append(binding)
        else:
            if name in self.into.bindings:
                self.into.replaced.setdefault(name, []).extend(self.into.bindings[name])
            self.into.bindings[name] = [binding]

    def block(self, statements: Sequence[cst.CSTNode], *, conditional: bool) -> None:
        for statement in statements:
            if isinstance(statement, cst.SimpleStatementLine):
                for small in statement.body:
                    self.small(small, conditional)
            elif isinstance(statement, cst.BaseSmallStatement):  # the body on one line
                self.small(statement, conditional)
            else:
                self.compound(statement, conditional)

    def small(self, small: cst.BaseSmallStatement, conditional: bool) -> None:
        if type(small) in _BIND_NOTHING:
            return
        if isinstance(small, cst.Assign):
            for target in small.targets:
                self.assign(target.target, small.value, None, small, conditional)
        elif isinstance(small, cst.AnnAssign):
            annotation = small.annotation.annotation
            self.assign(small.target, small.value, annotation, small, conditional)
        elif isinstance(small, cst.AugAssign):
            self.assign(small.target, None, None, small, True)
        elif isinstance(small, cst.ImportFrom):
            self.import_from(small, conditional)
        elif isinstance(small, cst.Import):
            for alias in small.names:
                dotted = dotted_name(alias.name) or ""
                if alias.asname is not None:
                    name = dotted_name(alias.asname.name) or ""
                    target = ImportTarget(dotted)
                else:
                    name = dotted.split(".")[0]
                    target = ImportTarget(name)
                self.into.imports.append((ImportTarget(dotted), alias, small))
                self.bind(
                    name,
                    Binding("import", alias, small, target=target, conditional=conditional),
                )
        elif isinstance(small, (cst.Global, cst.Nonlocal)):
            for item in small.names:
                self.into.declared[item.name.value] = []
        elif isinstance(small, cst.TypeAlias):
            self.bind(
                small.name.value,
                Binding("value", small.name, small, small.value, conditional=conditional),
            )

    def import_from(self, small: cst.ImportFrom, conditional: bool) -> None:
        module = dotted_name(small.module) or ""
        level = len(small.relative)
        if isinstance(small.names, cst.ImportStar):
            self.into.stars.append((ImportTarget(module, level), small))
            return
        for alias in small.names:
            name = dotted_name(alias.name) or ""
            bound = dotted_name(alias.asname.name) if alias.asname is not None else name
            target = ImportTarget(module, level, name)
            self.into.imports.append((target, alias, small))
            self.bind(
                bound or name,
                Binding("import", alias, small, target=target, conditional=conditional),
            )

    def assign(
        self,
        target: cst.BaseExpression,
        value: cst.BaseExpression | None,
        annotation: cst.BaseExpression | None,
        statement: cst.CSTNode,
        conditional: bool,
    ) -> None:
        if isinstance(target, cst.Name):
            bound = self.into.bindings.get(target.value)
            if value is None and annotation is not None and bound:
                conditional = True  # a bare annotation does not unbind
            if value is None and annotation is None and bound:
                return  # += keeps what the name was bound to
            self.bind(
                target.value,
                Binding("value", target, statement, value, annotation, conditional=conditional),
            )
            return
        for name in target_names(target):
            self.bind(name.value, Binding("other", name, statement, conditional=conditional))

    def compound(self, statement: cst.CSTNode, conditional: bool) -> None:
        if isinstance(statement, (cst.FunctionDef, cst.ClassDef)):
            kind: BindingKind = "class" if isinstance(statement, cst.ClassDef) else "function"
            self.into.scopes.append(statement)
            self.bind(
                statement.name.value,
                Binding(kind, statement, statement, conditional=conditional),
            )
        elif isinstance(statement, cst.If):
            self.block(statement.body.body, conditional=True)
            if isinstance(statement.orelse, cst.If):
                self.compound(statement.orelse, True)
            elif statement.orelse is not None:
                self.block(statement.orelse.body.body, conditional=True)
        elif isinstance(statement, (cst.Try, cst.TryStar)):
            # What the body binds may be replaced in a handler: both are possible.
            self.block(statement.body.body, conditional=conditional or bool(statement.handlers))
            for handler in statement.handlers:
                if handler.name is not None:
                    for name in target_names(handler.name.name):
                        self.bind(name.value, Binding("other", name, handler, conditional=True))
                outside, self.in_fallback = self.in_fallback, _catches_import_error(handler)
                self.block(handler.body.body, conditional=True)
                self.in_fallback = outside
            if statement.orelse is not None:
                self.block(statement.orelse.body.body, conditional=True)
            if statement.finalbody is not None:
                self.block(statement.finalbody.body.body, conditional=conditional)
        elif isinstance(statement, cst.With):
            for item in statement.items:
                if item.asname is not None:
                    for name in target_names(item.asname.name):
                        self.bind(name.value, Binding("other", name, item, conditional=conditional))
            self.block(statement.body.body, conditional=conditional)
        elif isinstance(statement, (cst.For, cst.While)):
            if isinstance(statement, cst.For):
                for name in target_names(statement.target):
                    self.bind(name.value, Binding("other", name, statement, conditional=True))
            self.block(statement.body.body, conditional=True)
            if statement.orelse is not None:
                self.block(statement.orelse.body.body, conditional=True)
        elif isinstance(statement, cst.Match):
            for case in statement.cases:
                self.block(case.body.body, conditional=True)
