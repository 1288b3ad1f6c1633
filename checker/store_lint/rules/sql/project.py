"""What a project says of its database elsewhere than at the query: its tables, its type codecs.

Asked only where a finding hangs on it, since the whole project is searched.
"""

from __future__ import annotations

import ast
import os
import re
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.rules.sql.schema import DEFINES_COLUMNS, Schema
from store_lint.rules.sql.tokens import HOLE
from store_lint.tree.files import SKIPPED
from store_lint.tree.program import External, LocalFunction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from store_lint.tree.module import Module
    from store_lint.tree.program import Program

_CODEC: Final = re.compile(r"\bset_(?:builtin_)?type_codec\(\s*(?:(['\"])(\w+)\1)?")
_ADAPTER: Final = re.compile(r"\bregister_(?:adapter|dumper)\(|\bset_json_dumps\(")
_DEFINES: Final = re.compile(DEFINES_COLUMNS.pattern.encode(), DEFINES_COLUMNS.flags & ~re.UNICODE)
_MAKERS: Final = frozenset({"asyncpg.create_pool", "asyncpg.connect"})
_PREPARES: Final = frozenset({"init", "setup", "connection_class"})
_MOST_FILES: Final = 400
"""So many .sql files are read at most."""


class Project:
    """The database of the project to which a file belongs, as far as its files tell."""

    def __init__(self, program: Program, module: Module) -> None:
        self._program = program
        self._module = module
        self._schema: Schema | None = None
        self._codecs: tuple[frozenset[str] | None, bool] | None = None
        self._adapts: bool | None = None

    @property
    def schema(self) -> Schema:
        """The columns that the files of the project define."""
        if self._schema is None:
            self._schema = Schema()
            done: set[str] = set()
            for word in ("CREATE", "create", "ALTER", "alter"):
                for path, data in self._program.bytes_mentioning(word, self._module):
                    if str(path) not in done and _DEFINES.search(data):
                        done.add(str(path))
                        for text in _literals(data):
                            self._schema.read(text)
            for text in _sql_files(self._program.folder_of_project(self._module)):
                self._schema.read(text)
        return self._schema

    def codecs(self) -> tuple[frozenset[str] | None, bool]:
        """The PostgreSQL types for which a codec is set (None: for any), and whether the project makes
        its connections itself."""
        if self._codecs is None:
            self._codecs = self._find_codecs()
        return self._codecs

    def adapts(self) -> bool:
        """Whether the project tells sqlite3 or psycopg how to send types of its own."""
        if self._adapts is None:
            self._adapts = any(
                _ADAPTER.search(module.source.text)
                for word in ("register_adapter", "register_dumper", "set_json_dumps")
                for module in self._program.mentioning(word, self._module)
            )
        return self._adapts

    def _find_codecs(self) -> tuple[frozenset[str] | None, bool]:
        names: set[str] = set()
        for word in ("set_type_codec", "set_builtin_type_codec"):
            for module in self._program.mentioning(word, self._module):
                for _, name in _CODEC.findall(module.source.text):
                    if not name:
                        return None, True
                    names.add(name)
        makes = False
        for word in ("create_pool", "connect"):
            for module in self._program.mentioning(word, self._module, rb"\basyncpg\b"):
                for is_prepared in self._makers(module):
                    if is_prepared:
                        return None, True
                    makes = True
        return frozenset(names), makes

    def _makers(self, module: Module) -> Iterator[bool]:
        """For each place that makes a connection, whether code that is not known prepares it."""
        for use in self._program.expressions(module).calls:
            if not isinstance(use.node, cst.Call):
                continue
            named = self._program.resolve(use.scope, use.node.func)
            if any(isinstance(d, External) and d.dotted in _MAKERS for d in named):
                yield any(
                    arg.star == "**"
                    or (
                        arg.keyword is not None
                        and arg.keyword.value in _PREPARES
                        and not isinstance(arg.value, cst.Lambda)
                        and not (isinstance(arg.value, cst.Name) and arg.value.value == "None")
                        and not all(
                            isinstance(d, LocalFunction)
                            for d in self._program.resolve(use.scope, arg.value) or (None,)
                        )
                    )
                    for arg in use.node.args
                )


class Tables:
    """The columns that a file itself defines, and, for the tables that it does not, the project."""

    def __init__(self, texts: Iterable[str], source: str, project: Project) -> None:
        self._own = Schema()
        self._project = project
        if DEFINES_COLUMNS.search(source):
            for text in (*texts, *_literals(source.encode())):
                self._own.read(text)

    def of(self, table: str) -> Schema:
        """The schema that knows the table, if any does."""
        return self._own if table in self._own.columns else self._project.schema


def _literals(data: bytes) -> Iterator[str]:
    """The string literals of a file that define columns, the fields of f-strings as holes."""
    try:
        tree = ast.parse(data)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for node in ast.walk(tree):
        text = _literal(node)
        if text is not None and DEFINES_COLUMNS.search(text):
            yield text


def _literal(node: ast.AST) -> str | None:
    if isinstance(node, ast.Constant):
        return node.value if isinstance(node.value, str) else None
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else HOLE for part in node.values
        )
    return None


def _sql_files(top: str) -> Iterator[str]:
    count = 0
    for folder, folders, files in os.walk(top):
        folders[:] = [name for name in folders if name not in SKIPPED]
        for name in files:
            if not name.endswith(".sql"):
                continue
            count += 1
            if count > _MOST_FILES:
                return
            try:
                with open(os.path.join(folder, name), encoding="utf-8", errors="replace") as file:
                    yield file.read(1_000_000)
            except OSError:
                continue
