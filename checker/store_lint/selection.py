"""Which files of a run are parsed and checked; found by bytes, since most files have nothing to say.

A file matters when it mentions chatkit, when it derives from a store of a file that does, when such a
file imports it and it holds settings or a database, or when it stands in a store's project and reads
settings doubtfully. A file that the user named matters too if it leads to one of these, or imports what
the rules are about. So does what Python could not read, of the files named and of a small tree.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Final

from store_lint.finding import Problem
from store_lint.tree.imports import scan

if TYPE_CHECKING:
    from collections.abc import Iterator

    from store_lint.reading import Reader
    from store_lint.tree.files import Discovery
    from store_lint.tree.layout import Layout

MARK: Final = b"chatkit"
# What makes a module that a store imports worth checking: settings, and whatever holds a database.
_HELPER: Final = (
    rb"asyncpg|aiosqlite|sqlite3|aiomysql|asyncmy|psycopg|motor|pymongo|redis|sqlalchemy|create_pool"
    rb"|Settings\b|Config\b|Store\b"
)
_SETTINGS: Final = (b"onfig", b"etting", b"Cfg", b"cfg", b"Secrets")
_SETTINGS_CLASS: Final = rb"\bclass\b[^\n]*(?:onf|etting|Cfg|Secrets|Env)"
_SUBJECTS: Final = frozenset(
    {
        "aiomysql", "aioredis", "aiosqlite", "asyncmy", "asyncpg", "motor", "psycopg", "psycopg_pool",
        "pydantic_settings", "pymongo", "redis", "sqlalchemy",
    }
)  # fmt: skip
"""Packages that the rules are about; a file that the user named and that imports one is checked."""
# A class with a store among its bases: `class BaseStore(Store[Context]):`, or by another name for it.
_STORE: Final = rb"^[ \t]*class[ \t]+(\w+)[ \t]*[\(\[][^:]*(?:\w*Store\w*%s)\b"
_OTHER_NAME: Final = rb"\b\w*Store\w*\s+as\s+(\w+)"
_DERIVES: Final = rb"^[ \t]*class[ \t]+\w+[ \t]*[\(\[]"
_SMALL_TREE: Final = 100
_SMALL_SIZE: Final = 500_000
"""Files, and bytes in them, up to which a whole tree is looked at for files that do not parse."""


class Selection:
    """The files to check, in the order of the walk, and how many bytes each holds.

    `broken` is whether files that do not parse are among them, whatever they have to do with a store.
    """

    def __init__(
        self, found: Discovery, layout: Layout, reader: Reader, *, broken: bool = True
    ) -> None:
        self._found = found
        self._layout = layout
        self._reader = reader
        self._chosen: dict[str, bytes] = {}
        others = self._mentioning_chatkit()
        if self._chosen:
            self._add_derived()
            self._add_imported()
            self._add_readers_of_settings()
        if broken:
            self._add_unreadable(others)

    @property
    def paths(self) -> list[str]:
        """The absolute paths of the files."""
        return [path for path in self._found.files if path in self._chosen]

    @property
    def sizes(self) -> dict[str, int]:
        """How many bytes each of them holds."""
        return {path: len(data) for path, data in self._chosen.items()}

    def reached_from(self, edited: frozenset[str]) -> set[str]:
        """Of the files to check those edited, and those that import one, if only over `__init__.py`."""
        doors = set(edited)
        for path, data in self._others():
            if os.path.basename(path) == "__init__.py" and not edited.isdisjoint(
                self._layout.imported(path, data)
            ):
                doors.add(path)
        return {
            path
            for path, data in self._chosen.items()
            if path in edited or not doors.isdisjoint(self._layout.imported(path, data))
        }

    def _add(self, path: str, data: bytes) -> None:
        self._chosen[path] = data
        self._reader.keep(path, data)

    def _others(self) -> Iterator[tuple[str, bytes]]:
        """What is not chosen, as far as it can be read."""
        for path in self._found.files:
            if path not in self._chosen:
                data = self._read(path)
                if data is not None:
                    yield path, data

    def _read(self, path: str) -> bytes | None:
        try:
            return self._reader.read(path)
        except OSError:
            return None

    def _mentioning_chatkit(self) -> list[tuple[str, bytes]]:
        """Choose what mentions chatkit, or was named and leads there.

        Returns those of the rest that are worth parsing to see whether they can be.
        """
        found = self._found
        rest: list[tuple[str, bytes]] = []
        size = 0
        for path, shown in found.files.items():
            try:
                data = self._reader.read(path)
            except OSError as error:
                reason = error.strerror or str(error)
                found.problems.append(
                    Problem(f"{shown}: cannot be read ({reason}); make it readable or exclude it")
                )
                continue
            named = path in found.named
            if MARK in data or (
                named
                and (
                    any(dotted.partition(".")[0] in _SUBJECTS for dotted, _ in scan(data))
                    or self._leads_to_chatkit(path, data)
                    or self._doubts_settings(path, data)
                )
            ):
                self._add(path, data)
                continue
            if not named:
                size += len(data)
            if named or (size <= _SMALL_SIZE and len(found.files) <= _SMALL_TREE):
                rest.append((path, data))
        if size > _SMALL_SIZE:
            return [(path, data) for path, data in rest if path in found.named]
        return rest

    def _leads_to_chatkit(self, path: str, data: bytes) -> bool:
        """Whether a file imports, over other files of its project, one that mentions chatkit."""
        pending = [(path, data)]
        seen = {path}
        while pending:
            for target in self._layout.imported(*pending.pop()):
                if target in seen:
                    continue
                seen.add(target)
                imported = self._read(target)
                if imported is None:
                    continue
                if MARK in imported:
                    return True
                pending.append((target, imported))
        return False

    def _doubts_settings(self, path: str, data: bytes) -> bool:
        if not any(sign in data for sign in _SETTINGS):
            return False
        if not self._layout.imported(path, data) and re.search(_SETTINGS_CLASS, data) is None:
            return False
        from store_lint.tree.settings import SettingsFiles

        return SettingsFiles(self._layout, self._reader).reads_doubtfully(path)

    def _add_derived(self) -> None:
        """Add files that never mention chatkit and derive from a store of a file that does.

        To be sure of that they must be parsed: what imports such a file, or one that hands its names
        on, has the name of a store in it, and a class with bases, is taken for one.
        """
        names = {name for data in self._chosen.values() for name in _stores_in(data)}
        links = set(self._chosen)
        grew = bool(names)
        while grew:
            grew = False
            mentions = re.compile(rb"\b(?:%b)\b" % b"|".join(sorted(names)))
            for path, data in self._others():
                named = mentions.search(data) is not None
                if not (named or (path not in links and b"import *" in data)):
                    continue
                if not any(target in links for target in self._layout.imported(path, data)):
                    continue
                more = set(_other_names(data, names))
                if named and re.search(_DERIVES, data, re.MULTILINE):
                    self._add(path, data)
                    more |= set(_stores_in(data, names))
                grew = grew or path not in links or not more <= names
                links.add(path)
                names |= more

    def _add_imported(self) -> None:
        """Add settings and database modules that a chosen file imports.

        A store whose pool stands in `database.py` is only as right as that file.
        """
        helper = re.compile(_HELPER)
        pending = list(self._chosen.items())
        while pending:
            for path in self._layout.imported(*pending.pop()):
                if path in self._chosen or path not in self._found.files:
                    continue
                data = self._read(path)
                if data is not None and helper.search(data):
                    self._add(path, data)
                    pending.append((path, data))

    def _add_readers_of_settings(self) -> None:
        """Add files of the stores' projects that read settings doubtfully, imported by one or not.

        The pool that a store is given was made in one.
        """
        from store_lint.tree.settings import SettingsFiles

        tops = tuple({self._layout.project(os.path.dirname(p)) + os.sep for p in self._chosen})
        settings = SettingsFiles(self._layout, self._reader)
        words = {
            word for path in self._found.files if path.startswith(tops) for word in settings.names(path)
        }
        if not words:
            return
        mentions = re.compile(rb"\b(?:" + b"|".join(sorted(words)) + rb")\b")
        for path, data in self._others():
            if path.startswith(tops) and mentions.search(data) and settings.reads_doubtfully(path):
                self._add(path, data)

    def _add_unreadable(self, candidates: list[tuple[str, bytes]]) -> None:
        """Add what does not parse: the checker reports it, or libcst knows better than this Python."""
        for path, data in candidates:
            if path not in self._chosen and not _is_python(data):
                self._add(path, data)


def _stores_in(data: bytes, known: set[bytes] | None = None) -> Iterator[bytes]:
    """The classes of a file that have in their head a word that may mean a store."""
    others = {*re.findall(_OTHER_NAME, data), *(known or ())}
    others.update(_other_names(data, known or set()))
    words = b"".join(rb"|\b" + word for word in sorted(others))
    return iter(re.findall(_STORE % words, data, re.MULTILINE))


def _other_names(data: bytes, known: set[bytes]) -> Iterator[bytes]:
    """What a file calls the known names besides: `import Base as B`, `B = stores.Base`."""
    if not known:
        return
    name = rb"(?:%b)\b" % b"|".join(sorted(known))
    renamed = rb"\b%b\s+as\s+(\w+)|^[ \t]*(\w+)[ \t]*(?::[^=\n]*)?=[ \t]*(?:\w+\.)*%b(?!\s*\()"
    for imported, assigned in re.findall(renamed % (name, name), data, re.MULTILINE):
        yield imported or assigned


def _is_python(data: bytes) -> bool:
    """Whether the running Python can read the file; where it cannot, libcst has the last word."""
    import warnings

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # To bytecode: that takes less time than a tree of Python objects.
            compile(data, "<file>", "exec", dont_inherit=True)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return False
    return True
