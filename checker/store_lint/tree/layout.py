"""To which file an import leads, by paths alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from store_lint.tree.imports import scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

THIRD_PARTY: Final = frozenset(
    {
        "agents", "aiomysql", "aioredis", "aiosqlite", "anyio", "asyncmy", "asyncpg", "attr", "attrs",
        "beanie", "bson", "chatkit", "django", "dotenv", "environs", "fastapi", "flask", "httpx",
        "jose", "jwt", "langchain", "langgraph", "motor", "mysql", "openai", "orjson", "passlib",
        "psycopg", "psycopg2", "psycopg_pool", "pydantic", "pydantic_settings", "pymongo", "pymysql",
        "pytest", "redis", "requests", "sqlalchemy", "sqlmodel", "starlette", "structlog", "supabase",
        "tenacity", "typing_extensions", "uvicorn",
    }
)  # fmt: skip
"""Names that mean the package even where a file of that name stands nearby (`app/redis.py`)."""

_MARKERS: Final = frozenset(
    {"pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "uv.lock", "Pipfile"}
)
_MAX_LEVELS: Final = 6


class Layout:
    """Finds modules for importers; what it once looked up on the disk it remembers."""

    def __init__(self, files: Iterable[str] = ()) -> None:
        self.files = files
        self._entries: dict[str, frozenset[str]] = {}
        self._found: dict[tuple[str, str, int], str | None] = {}
        self._imported: dict[str, tuple[str, ...]] = {}
        self._roots: dict[str, tuple[str, ...]] = {}
        self._by_name: dict[str, list[str]] | None = None

    def find(self, importer: Path, dotted: str, level: int = 0) -> Path | None:
        """The file of a module that `importer` imports; None where it is outside of the project.

        An empty `dotted` with a level is the package itself (`from . import x`).
        """
        path = str(importer)
        found = self._file(os.path.dirname(path), path, dotted, level)
        return Path(found) if found is not None else None

    def _file(self, folder: str, importer: str, dotted: str, level: int) -> str | None:
        key = (folder, dotted, level)
        if key not in self._found:
            self._found[key] = self._find(folder, dotted, level)
        found = self._found[key]
        # `import redis` in redis.py is the package.
        return None if not level and found == importer else found

    def imported(self, path: str, data: bytes) -> tuple[str, ...]:
        """The files of the project that a file, in which `data` stands, may import."""
        found = self._imported.get(path)
        if found is None:
            folder = os.path.dirname(path)
            # A file says most of what it imports more than once: `from a import b, c`.
            modules = dict.fromkeys(scan(data))
            every = [self._file(folder, path, dotted, level) for dotted, level in modules]
            found = tuple(dict.fromkeys(file for file in every if file is not None))
            self._imported[path] = found
        return found

    def is_namespace(self, importer: Path, dotted: str, level: int = 0) -> Path | None:
        """The folder of a package without `__init__.py`, where `dotted` is one."""
        folder = str(importer.parent)
        first = dotted.partition(".")[0]
        # A regular package, wherever it is found, comes before a folder: `sys` is never `/sys`.
        if not dotted or (not level and (first in THIRD_PARTY or first in sys.stdlib_module_names)):
            return None
        parts = dotted.split(".")
        for root in self._starts(folder, level):
            path = root
            for part in parts:
                if part not in self.entries(path):
                    break
                path = os.path.join(path, part)
            else:
                if os.path.isdir(path):
                    return Path(path)
        return None

    def project(self, folder: str) -> str:
        """The top folder of the project that a folder belongs to."""
        return self.upward(folder)[-1]

    def project_of(self, folder: str) -> str | None:
        """The top folder of the project, where a file in it says that it is one."""
        top = self.project(folder)
        names = self.entries(top)
        return top if ".git" in names or not _MARKERS.isdisjoint(names) else None

    def entries(self, folder: str) -> frozenset[str]:
        """The names in a folder; empty where it cannot be listed."""
        found = self._entries.get(folder)
        if found is None:
            try:
                found = frozenset(os.listdir(folder))
            except OSError:
                found = frozenset[str]()
            self._entries[folder] = found
        return found

    def _find(self, folder: str, dotted: str, level: int) -> str | None:
        parts = dotted.split(".") if dotted else []
        is_third_party = not level and bool(parts) and parts[0] in THIRD_PARTY
        for root in self._starts(folder, level, from_inside=not is_third_party):
            # What is installed wins over a folder of that name that is no package (`app/chatkit/`).
            if is_third_party and "__init__.py" not in self.entries(os.path.join(root, parts[0])):
                continue
            found = self._under(root, parts)
            if found is not None:
                return found
        if level or not parts or parts[0] in THIRD_PARTY or parts[0] in sys.stdlib_module_names:
            return None
        return self._by_suffix(parts)

    def _starts(self, folder: str, level: int, *, from_inside: bool = True) -> Iterator[str]:
        if level:
            for _ in range(level - 1):
                folder = os.path.dirname(folder)
            yield folder
            return
        packages: list[str] = []
        outer = folder
        while "__init__.py" in self.entries(outer):
            packages.append(outer)
            outer = os.path.dirname(outer)
        roots = self.upward(outer)
        yield from roots
        if "src" in self.entries(roots[-1]):
            yield os.path.join(roots[-1], "src")
        if from_inside:
            yield from reversed(packages)  # run from inside the package

    def upward(self, folder: str) -> tuple[str, ...]:
        """The folder and those above it, up to the top of its project."""
        found = self._roots.get(folder)
        if found is None:
            chain = [folder]
            top: int | None = None
            while True:
                names = self.entries(chain[-1])
                if ".git" in names:
                    top = len(chain)
                    break
                if not _MARKERS.isdisjoint(names) and len(chain) <= _MAX_LEVELS:
                    top = len(chain)
                parent = os.path.dirname(chain[-1])
                if parent == chain[-1]:
                    break
                chain.append(parent)
            found = self._roots[folder] = tuple(chain[: top if top is not None else _MAX_LEVELS])
        return found

    def _under(self, root: str, parts: list[str]) -> str | None:
        path = root
        for part in parts[:-1]:
            if part not in self.entries(path):
                return None
            path = os.path.join(path, part)
        names = self.entries(path)
        if not parts:
            return os.path.join(path, "__init__.py") if "__init__.py" in names else None
        last = parts[-1]
        if last in names:
            package = os.path.join(path, last)
            if "__init__.py" in self.entries(package):
                return os.path.join(package, "__init__.py")
        return os.path.join(path, f"{last}.py") if f"{last}.py" in names else None

    def _by_suffix(self, parts: list[str]) -> str | None:
        """The one checked file whose path ends like the module's name."""
        if self._by_name is None:
            self._by_name = {}
            for path in self.files:
                folder, name = os.path.split(path)
                own = os.path.basename(folder) if name == "__init__.py" else name.removesuffix(".py")
                self._by_name.setdefault(own, []).append(path)
        endings = (
            os.sep + os.path.join(*parts) + ".py",
            os.sep + os.path.join(*parts, "__init__.py"),
        )
        candidates = [path for path in self._by_name.get(parts[-1], ()) if path.endswith(endings)]
        return candidates[0] if len(candidates) == 1 else None
