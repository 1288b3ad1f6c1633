"""The engines as data: what `store-new` can write, and how each is told from the others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Engine:
    """A file of `reference_stores`, and what an application says when it means that database."""

    name: str
    """Also that of its file, its extra in pyproject.toml and its contract test in `templates`."""
    title: str
    class_name: str
    schemes: tuple[str, ...]
    """How URLs to such a database begin."""
    words: tuple[str, ...]
    """What a setting for such a database has in its name, and one for another has not."""
    pools: tuple[str, ...]
    """Calls that make what the store can take in place of a URL."""
    pool: str | None = None
    """The type of these, as the engine's file imports it."""
    server: str | None = None
    """The environment variable that names a server for the contract test, if one is needed."""
    takes: str | None = "url"
    """What the store's first argument is: `url`, `path`, or None where it has none."""
    is_sql: bool = True
    """Whether SQLAlchemy may have an engine for the same database."""

    def means(self, setting: str, default: str | None) -> int:
        """How surely a setting of this name and default holds the place of such a database: 0 is no."""
        name = setting.lower()
        if self.takes is None or name.startswith("test") or _ELSEWHERE.search(name):
            return 0
        others = [word for engine in ENGINES if engine is not self for word in engine.words]
        scheme = _SCHEME.match(default or "")
        if scheme is not None:
            return 4 if scheme[1] in self.schemes and _PLACE.search(name) else 0
        named = any(_has(name, word) for word in self.words)
        if any(_has(name, word) for word in others if word not in self.words):
            return 0
        if not _PLACE.search(name):
            return 0
        if self.takes == "path" and _FILE.search(name) and (named or _DATABASE.search(name)):
            return 3
        if named:
            return 3
        return 2 if _DATABASE.search(name) else 0


_SCHEME: Final = re.compile(r"([a-z][a-z0-9]*)(?:\+\w+)?:")
_PLACE: Final = re.compile(r"url|uri|dsn|path|file|connection|conninfo")
_FILE: Final = re.compile(r"path|file")
_DATABASE: Final = re.compile(r"(?:^|_)(?:database|db|sql|dsn)|sqlalchemy|(?:^|_)conn")
_ELSEWHERE: Final = re.compile(r"redis|rabbit|celery|broker|cache|vector|elastic|clickhouse|replica")


def _has(name: str, word: str) -> bool:
    return re.search(rf"(?:^|_){word}", name) is not None


ENGINES: Final = (
    Engine(
        name="postgres",
        title="PostgreSQL",
        class_name="PostgresStore",
        schemes=("postgresql", "postgres"),
        words=("postgres", "pg", "neon", "supabase", "cockroach", "timescale"),
        pools=("asyncpg.create_pool",),
        pool="asyncpg.Pool",
        server="CHATKIT_TEST_POSTGRES_URL",
    ),
    Engine(
        name="mysql",
        title="MySQL or MariaDB",
        class_name="MySQLStore",
        schemes=("mysql", "mariadb"),
        words=("mysql", "maria", "tidb", "planetscale"),
        pools=("aiomysql.create_pool",),
        pool="aiomysql.Pool",
        server="CHATKIT_TEST_MYSQL_URL",
    ),
    Engine(
        name="sqlite",
        title="SQLite",
        class_name="SQLiteStore",
        schemes=("sqlite", "file"),
        words=("sqlite",),
        pools=(),
        takes="path",
    ),
    Engine(
        name="mongodb",
        title="MongoDB",
        class_name="MongoDBStore",
        schemes=("mongodb",),
        words=("mongo", "atlas", "documentdb"),
        pools=("pymongo.AsyncMongoClient", "motor.motor_asyncio.AsyncIOMotorClient"),
        pool="AsyncMongoClient[Any]",
        server="CHATKIT_TEST_MONGODB_URL",
        is_sql=False,
    ),
    Engine(
        name="memory",
        title="the process's memory",
        class_name="MemoryStore",
        schemes=(),
        words=(),
        pools=(),
        takes=None,
        is_sql=False,
    ),
)

BY_NAME: Final = {engine.name: engine for engine in ENGINES}
