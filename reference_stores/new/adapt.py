"""The reference stores' own source, made a part of an application: libcst edits, formatting kept."""

from __future__ import annotations

import ast
import re
import sys
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import libcst as cst

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reference_stores.new.engines import Engine

PACKAGE: Final = "reference_stores"


def source(name: str) -> str:
    """The text of a file of `reference_stores`, as `sqlite.py`."""
    return files(PACKAGE).joinpath(*name.split("/")).read_text("utf-8")


def closure(modules: Iterable[str]) -> list[str]:
    """The modules of `reference_stores` with those that they import."""
    found: list[str] = []
    pending = list(modules)
    while pending:
        module = pending.pop(0)
        if module not in found:
            found.append(module)
            tree = ast.parse(source(f"{module}.py"))
            pending += [
                node.module.partition(".")[2]
                for node in ast.walk(tree)
                if isinstance(node, ast.ImportFrom)
                and node.module is not None
                and node.module.startswith(f"{PACKAGE}.")
            ]
    return found


def names_of(module: str) -> set[str]:
    """Every name that a module of `reference_stores` uses or binds."""
    tree = ast.parse(source(f"{module}.py"))
    found = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for node in ast.walk(tree):
        if isinstance(node, (ast.Import, ast.ImportFrom)):
            found.update(alias.asname or alias.name for alias in node.names)
        elif isinstance(node, (ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)):
            found.add(node.name)
    return found


class Names:
    """What things are called in the application."""

    def __init__(self, *, package: str, engine: Engine, class_name: str) -> None:
        self.package = package
        """The dotted name of the folder that the store is in; empty where imports start there."""
        self.engine = engine
        self.class_name = class_name

    def module(self, name: str) -> str:
        """The absolute name of a module beside the store."""
        return f"{self.package}.{name}" if self.package else name

    def sibling(self, name: str) -> str:
        """How a file beside the store names another."""
        return f".{name}" if self.package else name


def shared_file(module: str, names: Names, head: str) -> str:
    """A module of `reference_stores` that is no engine's."""
    return _adapted(source(f"{module}.py"), _Beside(names), head)


def engine_file(names: Names, head: str, tail: str, context_import: str | None) -> str:
    """The engine's module, its class renamed, with what is the application's own at its end."""
    tree = _parse(source(f"{names.engine.name}.py"), _Beside(names, context_import), head)
    added = cst.parse_module(f"{tail}\n").body
    first = added[0].with_changes(leading_lines=[cst.EmptyLine(indent=False)] * 2)
    rest = [s.with_changes(leading_lines=[cst.EmptyLine(indent=False)] * 2) for s in added[1:]]
    tree = tree.with_changes(body=[*tree.body, first, *rest])
    if re.search(r"\bAny\b", tail):
        tree = tree.visit(_WithAny())
    return tree.code


def test_file(names: Names, head: str, contexts: str | None, options: Sequence[str]) -> str:
    """The engine's contract test: `contexts` is a function that makes the contexts of two tenants,
    `options` are lines of the test class."""
    text = _adapted(
        source(f"new/templates/{names.engine.name}.py"), _InTests(names, contexts or "", options), head
    )
    if contexts is not None:
        above, test_class = text.rsplit("\n\n\nclass ", 1)
        text = f"{above}\n\n\n{contexts}\n\n\nclass {test_class}"
    return text + "".join(f"    {option}\n" for option in options)


def _parse(text: str, edit: cst.CSTTransformer, head: str) -> cst.Module:
    tree = cst.parse_module(text).visit(edit)
    lines = [
        cst.EmptyLine(indent=False, comment=cst.Comment(f"# {line}")) for line in head.splitlines()
    ]
    return tree.with_changes(header=[*lines, *tree.header])


def _adapted(text: str, edit: cst.CSTTransformer, head: str) -> str:
    return _parse(text, edit, head).code


class _Renamed(cst.CSTTransformer):
    """The class under its new name, also where a text says it."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self.names = names

    def leave_Name(self, original_node: cst.Name, updated_node: cst.Name) -> cst.Name:  # noqa: N802
        if original_node.value == self.names.engine.class_name:
            return updated_node.with_changes(value=self.names.class_name)
        return updated_node

    def leave_SimpleString(  # noqa: N802
        self,
        original_node: cst.SimpleString,  # noqa: ARG002 - libcst passes it
        updated_node: cst.SimpleString,
    ) -> cst.SimpleString:
        value = re.sub(
            rf"\b{self.names.engine.class_name}\b", self.names.class_name, updated_node.value
        )
        value = re.sub(rf"`{PACKAGE}\.(\w+)`", r"`\1.py`", value)
        if value.strip("\"'") == PACKAGE:  # the name of a logger, and of a tracer
            value = f'"{self.names.package or "chatkit_stores"}"'
        return updated_node.with_changes(value=value)


class _Beside(_Renamed):
    """The imports of neighbours, and of the context's type for the type checker."""

    def __init__(self, names: Names, context_import: str | None = None) -> None:
        super().__init__(names)
        self._context_import = context_import
        self._is_typing = False

    def visit_If(self, node: cst.If) -> None:  # noqa: N802
        self._is_typing = isinstance(node.test, cst.Name) and node.test.value == "TYPE_CHECKING"

    def leave_If(  # noqa: N802
        self,
        original_node: cst.If,  # noqa: ARG002 - libcst passes it
        updated_node: cst.If,
    ) -> cst.If:
        if self._is_typing and self._context_import is not None:
            updated_node = _with_import(updated_node, self._context_import)
            self._context_import = None
        self._is_typing = False
        return updated_node

    def leave_ImportFrom(  # noqa: N802
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom:
        module = _module_of(original_node)
        if not module.startswith(f"{PACKAGE}."):
            return updated_node
        name = module.partition(".")[2]
        if not self.names.package:
            return updated_node.with_changes(module=cst.Name(name))
        return updated_node.with_changes(module=cst.Name(name), relative=[cst.Dot()])


class _InTests(_Renamed):
    """The import of the store, absolute and behind those of other packages, and what the test adds."""

    def __init__(self, names: Names, contexts: str, options: Sequence[str]) -> None:
        super().__init__(names)
        self._contexts = contexts
        self._is_served = any("survive_disconnect" in option for option in options)
        self._after_packages = False

    def leave_SimpleStatementLine(  # noqa: N802
        self, original_node: cst.SimpleStatementLine, updated_node: cst.SimpleStatementLine
    ) -> cst.SimpleStatementLine | cst.RemovalSentinel | cst.FlattenSentinel[cst.SimpleStatementLine]:
        imported = original_node.body[0]
        if isinstance(imported, cst.Import):
            name = cst.Module([]).code_for_node(imported.names[0].name)
            self._after_packages |= name.partition(".")[0] not in sys.stdlib_module_names
        if not isinstance(imported, cst.ImportFrom):
            return updated_node
        module = _module_of(imported)
        if module.startswith(f"{PACKAGE}."):
            return cst.RemoveFromParent()
        if module == "typing" and "SimpleNamespace(" in self._contexts:
            extra = _statement("from types import SimpleNamespace", updated_node.leading_lines)
            return cst.FlattenSentinel([extra, updated_node.with_changes(leading_lines=())])
        if module == "store_contract":
            return cst.FlattenSentinel(self._imports())
        return updated_node

    def _imports(self) -> list[cst.SimpleStatementLine]:
        blank = [cst.EmptyLine(indent=False)]
        suite = "Context, StoreContract" if "Context(" in self._contexts else "StoreContract"
        store = self.names.module(self.names.engine.name)
        ours = [f"from {store} import {self.names.class_name}, tenant_of"]
        if self._is_served:
            ours.append(f"from {self.names.module('serving')} import survive_disconnect")
        first, *rest = sorted(ours)
        return [
            _statement(f"from store_contract import {suite}", () if self._after_packages else blank),
            _statement(first, blank),
            *map(_statement, rest),
        ]


def _statement(text: str, leading_lines: Sequence[cst.EmptyLine] = ()) -> cst.SimpleStatementLine:
    parsed = cst.ensure_type(cst.parse_statement(text), cst.SimpleStatementLine)
    return parsed.with_changes(leading_lines=leading_lines)


class _WithAny(cst.CSTTransformer):
    """`Any` imported at the top, where it is not."""

    def leave_ImportFrom(  # noqa: N802
        self, original_node: cst.ImportFrom, updated_node: cst.ImportFrom
    ) -> cst.ImportFrom:
        if _module_of(original_node) != "typing" or isinstance(updated_node.names, cst.ImportStar):
            return updated_node
        names = {cst.ensure_type(alias.name, cst.Name).value: alias for alias in updated_node.names}
        if "Any" in names:
            return updated_node
        comma = cst.Comma(whitespace_after=cst.SimpleWhitespace(" "))
        names["Any"] = cst.ImportAlias(cst.Name("Any"))
        ordered = [names[name].with_changes(comma=comma) for name in sorted(names, key=_import_order)]
        ordered[-1] = ordered[-1].with_changes(comma=cst.MaybeSentinel.DEFAULT)
        return updated_node.with_changes(names=ordered)


def _import_order(name: str) -> tuple[int, str]:
    """As isort sorts: constants, classes, the rest."""
    return (0 if name.isupper() and len(name) > 1 else 1 if name[0].isupper() else 2), name


def _with_import(block: cst.If, statement: str) -> cst.If:
    body = cst.ensure_type(block.body, cst.IndentedBlock)
    for place, line in enumerate(body.body):
        first = line.body[0] if isinstance(line, cst.SimpleStatementLine) else None
        if isinstance(first, cst.ImportFrom) and first.relative:
            before = _statement(statement, [cst.EmptyLine(indent=False)])
            return block.with_changes(
                body=body.with_changes(body=[*body.body[:place], before, *body.body[place:]])
            )
    return block.with_changes(body=body.with_changes(body=[*body.body, _statement(statement)]))


def _module_of(imported: cst.ImportFrom) -> str:
    """The dotted module of an absolute `from` import."""
    if imported.relative or imported.module is None:
        return ""
    return cst.Module([]).code_for_node(imported.module)
