"""How each driver is handed a query: which methods, how its placeholders are written, what it does.

Tried on asyncpg 0.32, psycopg 3.3, aiomysql 0.3, asyncmy 0.2, aiosqlite 0.22 and sqlite3 (3.11).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from store_lint.rules.sql.tokens import Style


@dataclass(frozen=True, slots=True)
class Driver:
    name: str
    style: Style
    spreads: bool = False
    """Whether the parameters are arguments of their own (asyncpg), not one sequence or dict."""


@dataclass(frozen=True, slots=True)
class Query:
    """A method that sends a query."""

    driver: Driver
    is_many: bool = False
    """Whether it takes a list of parameter lists."""


ASYNCPG: Final = Driver("asyncpg", "dollar", spreads=True)
PSYCOPG: Final = Driver("psycopg", "format")
AIOMYSQL: Final = Driver("aiomysql", "format")
ASYNCMY: Final = Driver("asyncmy", "format")
PYMYSQL: Final = Driver("pymysql", "format")
AIOSQLITE: Final = Driver("aiosqlite", "sqlite")
SQLITE3: Final = Driver("sqlite3", "sqlite")

MYSQL: Final = frozenset({AIOMYSQL, ASYNCMY, PYMYSQL})
SQLITE: Final = frozenset({AIOSQLITE, SQLITE3})

QUERY_NAMES: Final = frozenset({"query", "sql", "command", "operation", "params", "parameters", "args"})
"""The keywords by which the drivers call their query and its parameters."""

_CURSOR: Final = {"execute": False, "executemany": True}
_OF_CLASSES: Final[dict[str, tuple[Driver, dict[str, bool]]]] = {
    # For each class its driver, and its methods: whether one takes many parameter lists.
    **dict.fromkeys(
        ("asyncpg.Pool", "asyncpg.Connection"),
        (
            ASYNCPG,
            {
                "execute": False,
                "fetch": False,
                "fetchrow": False,
                "fetchval": False,
                "cursor": False,
                "executemany": True,
                "fetchmany": True,
            },
        ),
    ),
    **dict.fromkeys(
        (
            "psycopg.AsyncConnection",
            "psycopg.Connection",
            "psycopg.AsyncCursor",
            "psycopg.Cursor",
        ),
        (PSYCOPG, {**_CURSOR, "stream": False}),
    ),
    "aiomysql.Cursor": (AIOMYSQL, _CURSOR),
    "aiomysql.DictCursor": (AIOMYSQL, _CURSOR),
    "asyncmy.Cursor": (ASYNCMY, _CURSOR),
    "pymysql.Cursor": (PYMYSQL, _CURSOR),
    **dict.fromkeys(
        ("aiosqlite.Connection", "aiosqlite.Cursor"),
        (AIOSQLITE, {**_CURSOR, "execute_fetchall": False, "execute_insert": False}),
    ),
    **dict.fromkeys(("sqlite3.Connection", "sqlite3.Cursor"), (SQLITE3, _CURSOR)),
}
METHODS: Final = frozenset(name for _, methods in _OF_CLASSES.values() for name in methods)
"""The names of all methods that send a query."""
PACKAGES: Final = frozenset(cls.partition(".")[0] for cls in _OF_CLASSES)
_ONLY_ASYNCPG: Final = frozenset({"fetch", "fetchrow", "fetchval"})
_NUMBERED: Final = re.compile(r"\$\d")
_WRITTEN: Final[dict[Style, re.Pattern[str]]] = {
    "format": re.compile(r"%(?:s|\(\w+\)s)"),
    "sqlite": re.compile(r"^(?!.*%(?:s|\(\w+\)s)).*(?:\?|[:@]\w)", re.DOTALL),
}
_IMPORTS: Final[dict[str, Driver]] = {
    "psycopg": PSYCOPG,
    "aiomysql": AIOMYSQL,
    "asyncmy": ASYNCMY,
    "pymysql": PYMYSQL,
    "aiosqlite": AIOSQLITE,
    "sqlite3": SQLITE3,
}


def query_of(dotted: str) -> Query | None:
    """The query that calling an external method, by its full name, sends."""
    cls, _, method = dotted.rpartition(".")
    found = _OF_CLASSES.get(cls)
    if found is None or method not in found[1]:
        return None
    return Query(found[0], found[1][method])


def query_by_name(method: str, texts: list[str], imports: frozenset[str]) -> Query | None:
    """The query that a method of something unknown sends, by its name and by how the text is written.

    `imports` are the drivers that the file imports; without one, only what is asyncpg's alone is known.
    """
    if method not in METHODS or not texts:
        return None
    is_many = method in ("executemany", "fetchmany")
    if all(_NUMBERED.search(text) for text in texts):
        others = imports - {"asyncpg"}
        if method in _ONLY_ASYNCPG or ("asyncpg" in imports and not others):
            return Query(ASYNCPG, is_many)
        return None
    known = [_IMPORTS[name] for name in imports if name in _IMPORTS]
    if len(known) != 1 or "asyncpg" in imports or method in _ONLY_ASYNCPG:
        return None
    written = _WRITTEN[known[0].style]
    return Query(known[0], is_many) if all(written.search(text) for text in texts) else None
