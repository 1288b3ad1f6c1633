"""What a project says of its database elsewhere than at the query: its tables, its type codecs.

Asked only where a finding hangs on it, since the whole project is searched.
"""

from __future__ import annotations

import ast
import os
import re
from functools import cache
from typing import TYPE_CHECKING, Final

import libcst as cst

from store_lint.rules.sql.schema import DEFINES_COLUMNS, Schema
from store_lint.rules.sql.tokens import HOLE
from store_lint.tree.expressions import walk
from store_lint.tree.files import SKIPPED
from store_lint.tree.program import External, LocalFunction

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from store_lint.tree.module import Module, Scope
    from store_lint.tree.program import Program

_SET_CODEC: Final = ("set_type_codec", "set_builtin_type_codec")
_ADAPTER: Final = re.compile(r"\bregister_(?:adapter|dumper)\(|\bset_json_dumps\(")
_DEFINES: Final = re.compile(DEFINES_COLUMNS.pattern.encode(), DEFINES_COLUMNS.flags & ~re.UNICODE)
_MAKERS: Final = frozenset({"asyncpg.create_pool", "asyncpg.connect"})
_PREPARES: Final = frozenset({"init", "setup", "connection_class"})
_MOST_FILES: Final = 400
"""So many .sql files are read at most."""
_MARKS: Final = ("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", ".git")
_LIKELY: Final = frozenset({"json", "jsonb", "uuid", "numeric"})
"""The types for which people set codecs; taken where code that is not known may set some."""


class Project:
    """The database of the application to which a file belongs, as far as its files tell.

    Its folder is the nearest one upward that a file marks as a project's: in a repository of several
    applications each has its own tables and codecs.
    """

    def __init__(self, program: Program, module: Module) -> None:
        self._program = program
        self._module = module
        self._folder = folder_of(str(module.path.parent))
        self._schema: Schema | None = None
        self._codecs: tuple[frozenset[str], bool] | None = None
        self._adapts: bool | None = None

    @property
    def schema(self) -> Schema:
        """The columns that the files of the project define."""
        if self._schema is None:
            self._schema = Schema()
            done: set[str] = set()
            for word in ("CREATE", "create", "ALTER", "alter"):
                for path, data in self._program.bytes_mentioning(word, self._module):
                    if str(path) not in done and _DEFINES.search(data) and self._owns(path):
                        done.add(str(path))
                        for text in _literals(data):
                            self._schema.read(text)
            for text in _sql_files(self._folder):
                self._schema.read(text)
        return self._schema

    def codecs(self) -> tuple[frozenset[str], bool]:
        """The PostgreSQL types for which a codec is, or may be, set; and whether the application makes
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
                for module in self._mentioning(word)
            )
        return self._adapts

    def _find_codecs(self) -> tuple[frozenset[str], bool]:
        names: set[str] = set()
        for word in _SET_CODEC:
            for module in self._mentioning(word):
                for use in self._program.expressions(module).calls:
                    if isinstance(use.node, cst.Call) and _last_name(use.node.func) in _SET_CODEC:
                        names.update(_codec_names(use.node, use.scope))
        makes = False
        for word in ("create_pool", "connect"):
            for module in self._mentioning(word, rb"\basyncpg\b"):
                for is_prepared in self._makers(module):
                    makes = True
                    if is_prepared:
                        names |= _LIKELY
        return frozenset(names), makes

    def _mentioning(self, word: str, like: bytes = b"") -> Iterator[Module]:
        for module in self._program.mentioning(word, self._module, like):
            if self._owns(module.path):
                yield module

    def _owns(self, path: Path) -> bool:
        return folder_of(str(path.parent)) == self._folder

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


def _codec_names(call: cst.Call, scope: Scope) -> Iterator[str]:
    """The types of which a call sets the codec."""
    first = next(
        (a.value for a in call.args if (not a.star and a.keyword is None) or _keyword(a) == "typename"),
        None,
    )
    if isinstance(first, cst.SimpleString) and isinstance(first.evaluated_value, str):
        yield first.evaluated_value
        return
    # A name that a loop goes through: whatever the function names.
    yield from _LIKELY
    for part in walk(scope.node):
        if isinstance(part, cst.SimpleString) and isinstance(part.evaluated_value, str):
            yield part.evaluated_value


def _keyword(arg: cst.Arg) -> str:
    return arg.keyword.value if arg.keyword is not None else ""


def _last_name(node: cst.CSTNode) -> str:
    if isinstance(node, cst.Attribute):
        return node.attr.value
    return node.value if isinstance(node, cst.Name) else ""


@cache
def folder_of(folder: str) -> str:
    """The nearest folder upward that a file marks as a project's; the folder itself without one."""
    at = os.path.abspath(folder)
    while True:
        if any(os.path.exists(os.path.join(at, name)) for name in _MARKS):
            return at
        above = os.path.dirname(at)
        if above == at:
            return folder
        at = above


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
