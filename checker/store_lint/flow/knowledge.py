"""What the analysis knows of libraries, as tables: which call gives which object, and how.

Types have one name each, whatever module re-exports them. A call in PENDING gives an object that must
be awaited or entered (`async with`) before it is what the table says.
"""

from __future__ import annotations

from typing import Final

CANONICAL: Final[dict[str, str]] = {
    "asyncpg.pool.Pool": "asyncpg.Pool",
    "asyncpg.pool.create_pool": "asyncpg.create_pool",
    "asyncpg.connection.Connection": "asyncpg.Connection",
    "asyncpg.connection.connect": "asyncpg.connect",
    "asyncpg.pool.PoolConnectionProxy": "asyncpg.Connection",
    "aiomysql.pool.create_pool": "aiomysql.create_pool",
    "aiomysql.pool.Pool": "aiomysql.Pool",
    "aiomysql.connection.Connection": "aiomysql.Connection",
    "asyncmy.pool.create_pool": "asyncmy.create_pool",
    "asyncmy.pool.Pool": "asyncmy.Pool",
    "asyncmy.connection.Connection": "asyncmy.Connection",
    "aiosqlite.core.Connection": "aiosqlite.Connection",
    "aiosqlite.core.connect": "aiosqlite.connect",
    "psycopg_pool.pool_async.AsyncConnectionPool": "psycopg_pool.AsyncConnectionPool",
    "psycopg.connection_async.AsyncConnection": "psycopg.AsyncConnection",
    "psycopg.cursor_async.AsyncCursor": "psycopg.AsyncCursor",
    "aiomysql.cursors.Cursor": "aiomysql.Cursor",
    "aiomysql.cursors.DictCursor": "aiomysql.DictCursor",
    "asyncmy.cursors.Cursor": "asyncmy.Cursor",
    "aiosqlite.cursor.Cursor": "aiosqlite.Cursor",
    "motor.core.AgnosticClient": "motor.motor_asyncio.AsyncIOMotorClient",
    "pymongo.asynchronous.mongo_client.AsyncMongoClient": "pymongo.AsyncMongoClient",
    "pymongo.asynchronous.database.AsyncDatabase": "pymongo.AsyncDatabase",
    "sqlalchemy.ext.asyncio.engine.AsyncEngine": "sqlalchemy.ext.asyncio.AsyncEngine",
    "sqlalchemy.ext.asyncio.session.AsyncSession": "sqlalchemy.ext.asyncio.AsyncSession",
    "sqlalchemy.engine.Engine": "sqlalchemy.Engine",
    "sqlalchemy.engine.base.Engine": "sqlalchemy.Engine",
    "sqlalchemy.engine.create_engine": "sqlalchemy.create_engine",
    "sqlalchemy.orm.session.Session": "sqlalchemy.orm.Session",
    "redis.asyncio.client.Redis": "redis.asyncio.Redis",
    "redis.client.Redis": "redis.Redis",
    "redis.asyncio.StrictRedis": "redis.asyncio.Redis",
    "pydantic.type_adapter.TypeAdapter": "pydantic.TypeAdapter",
    "typing_extensions.Annotated": "typing.Annotated",
    "typing_extensions.Literal": "typing.Literal",
    "typing_extensions.Final": "typing.Final",
}

PENDING: Final[dict[str, str]] = {
    "asyncpg.create_pool": "asyncpg.Pool",
    "asyncpg.connect": "asyncpg.Connection",
    "aiomysql.create_pool": "aiomysql.Pool",
    "aiomysql.connect": "aiomysql.Connection",
    "asyncmy.create_pool": "asyncmy.Pool",
    "asyncmy.connect": "asyncmy.Connection",
    "aiosqlite.connect": "aiosqlite.Connection",
    "psycopg.AsyncConnection.connect": "psycopg.AsyncConnection",
}

SELF_READYING: Final = frozenset({"asyncpg.create_pool", "aiosqlite.connect"})
"""Awaiting what these give makes that same object ready; others give a new one."""

RETURNS: Final[dict[str, str]] = {
    "sqlalchemy.create_engine": "sqlalchemy.Engine",
    "sqlalchemy.ext.asyncio.create_async_engine": "sqlalchemy.ext.asyncio.AsyncEngine",
    "sqlalchemy.orm.sessionmaker": "sqlalchemy.orm.sessionmaker",
    "sqlalchemy.ext.asyncio.async_sessionmaker": "sqlalchemy.ext.asyncio.async_sessionmaker",
    "redis.from_url": "redis.Redis",
    "redis.asyncio.from_url": "redis.asyncio.Redis",
    "redis.Redis.from_url": "redis.Redis",
    "redis.asyncio.Redis.from_url": "redis.asyncio.Redis",
    "psycopg_pool.AsyncConnectionPool": "psycopg_pool.AsyncConnectionPool",
    "sqlite3.connect": "sqlite3.Connection",
    "psycopg.connect": "psycopg.Connection",
    "psycopg.Connection.connect": "psycopg.Connection",
    "pymysql.connect": "pymysql.Connection",
    "uuid.uuid4": "uuid.UUID",
    "uuid.uuid1": "uuid.UUID",
    "uuid.uuid5": "uuid.UUID",
    "json.dumps": "str",
    "datetime.datetime.now": "datetime.datetime",
    "datetime.datetime.utcnow": "datetime.datetime",
    "datetime.datetime.today": "datetime.datetime",
    "datetime.datetime.fromtimestamp": "datetime.datetime",
    "datetime.datetime.utcfromtimestamp": "datetime.datetime",
    "datetime.datetime.fromisoformat": "datetime.datetime",
    "datetime.datetime.strptime": "datetime.datetime",
    "datetime.datetime.combine": "datetime.datetime",
    "datetime.timedelta": "datetime.timedelta",
    "time.time": "float",
    "time.monotonic": "float",
    "time.time_ns": "int",
    "os.getenv": "str",
    "secrets.token_hex": "str",
    "secrets.token_urlsafe": "str",
    "contextvars.ContextVar": "contextvars.ContextVar",
    "asyncio.Lock": "asyncio.Lock",
}

METHODS: Final[dict[str, dict[str, str]]] = {
    # '~' marks what must be awaited or entered; entering and awaiting give the same here.
    "asyncpg.Pool": {"acquire": "~asyncpg.Connection", "close": "~None"},
    "asyncpg.Connection": {"transaction": "asyncpg.Transaction", "close": "~None"},
    "aiomysql.Pool": {"acquire": "~aiomysql.Connection", "wait_closed": "~None", "close": "None"},
    "aiomysql.Connection": {"cursor": "~aiomysql.Cursor"},
    "aiomysql.Cursor": {"execute": "~int", "executemany": "~int"},
    "asyncmy.Pool": {"acquire": "~asyncmy.Connection", "wait_closed": "~None", "close": "None"},
    "asyncmy.Connection": {"cursor": "~asyncmy.Cursor"},
    "asyncmy.Cursor": {"execute": "~int", "executemany": "~int"},
    "aiosqlite.Connection": {"cursor": "~aiosqlite.Cursor", "execute": "~aiosqlite.Cursor"},
    "aiosqlite.Cursor": {"execute": "~aiosqlite.Cursor", "executemany": "~aiosqlite.Cursor"},
    "sqlite3.Connection": {"cursor": "sqlite3.Cursor", "execute": "sqlite3.Cursor"},
    "sqlite3.Cursor": {"execute": "sqlite3.Cursor", "executemany": "sqlite3.Cursor"},
    "pymysql.Connection": {"cursor": "~pymysql.Cursor"},
    "psycopg_pool.AsyncConnectionPool": {
        "connection": "~psycopg.AsyncConnection",
        "getconn": "~psycopg.AsyncConnection",
    },
    "psycopg_pool.ConnectionPool": {"connection": "~psycopg.Connection"},
    "psycopg.Connection": {"cursor": "~psycopg.Cursor", "execute": "psycopg.Cursor"},
    "psycopg.Cursor": {"execute": "psycopg.Cursor"},
    "psycopg.AsyncCursor": {"execute": "~psycopg.AsyncCursor"},
    "psycopg.AsyncConnection": {
        "cursor": "~psycopg.AsyncCursor",
        "execute": "~psycopg.AsyncCursor",
    },
    "sqlalchemy.ext.asyncio.AsyncEngine": {
        "connect": "~sqlalchemy.ext.asyncio.AsyncConnection",
        "begin": "~sqlalchemy.ext.asyncio.AsyncConnection",
    },
    "uuid.UUID": {"__str__": "str"},
    "datetime.datetime": {
        "isoformat": "str",
        "strftime": "str",
        "timestamp": "float",
        "replace": "datetime.datetime",
        "astimezone": "datetime.datetime",
        "date": "datetime.date",
    },
    "str": dict.fromkeys(
        [
            "strip",
            "lstrip",
            "rstrip",
            "lower",
            "upper",
            "title",
            "format",
            "replace",
            "removeprefix",
            "removesuffix",
            "capitalize",
            "casefold",
            "zfill",
            "ljust",
            "rjust",
            "center",
            "join",
            "translate",
            "expandtabs",
        ],
        "str",
    )
    | {"split": "list", "splitlines": "list", "encode": "bytes", "isdigit": "bool"}
    | {"startswith": "bool", "endswith": "bool", "find": "int", "count": "int", "index": "int"},
}

HANDLES: Final = frozenset(
    {
        "asyncpg.Pool",
        "asyncpg.Connection",
        "aiomysql.Pool",
        "aiomysql.Connection",
        "asyncmy.Pool",
        "asyncmy.Connection",
        "aiosqlite.Connection",
        "sqlite3.Connection",
        "psycopg.AsyncConnection",
        "psycopg.Connection",
        "psycopg_pool.AsyncConnectionPool",
        "psycopg_pool.ConnectionPool",
        "psycopg_pool.AsyncNullConnectionPool",
        "psycopg2.pool.ThreadedConnectionPool",
        "psycopg2.pool.SimpleConnectionPool",
        "motor.motor_asyncio.AsyncIOMotorClient",
        "motor.motor_asyncio.AsyncIOMotorDatabase",
        "motor.motor_asyncio.AsyncIOMotorCollection",
        "pymongo.AsyncMongoClient",
        "pymongo.AsyncDatabase",
        "pymongo.MongoClient",
        "sqlalchemy.Engine",
        "sqlalchemy.orm.Session",
        "sqlalchemy.orm.sessionmaker",
        "sqlalchemy.ext.asyncio.AsyncEngine",
        "sqlalchemy.ext.asyncio.AsyncSession",
        "sqlalchemy.ext.asyncio.AsyncConnection",
        "sqlalchemy.ext.asyncio.async_sessionmaker",
        "redis.Redis",
        "redis.asyncio.Redis",
        "redis.asyncio.ConnectionPool",
    }
)
"""Pools, clients, engines and connections."""

TRANSPARENT_DECORATORS: Final = frozenset(
    {
        "abc",
        "typing",
        "typing_extensions",
        "functools",
        "contextlib",
        "tenacity",
        "backoff",
        "staticmethod",
        "classmethod",
        "property",
        "builtins",
        "deprecated",
        "warnings",
        "logfire",
        "opentelemetry",
        "sentry_sdk",
    }
)
"""Top-level names whose decorators leave the state of the decorated method's object alone."""

FIELDS: Final[dict[str, dict[str, str]]] = {
    "chatkit.server.ChatKitServer": {
        "store": "chatkit.store.Store",
        "attachment_store": "chatkit.store.AttachmentStore | None",
    }
}
"""What the `__init__` of a class outside of the tree assigns to its objects, with the types."""

NEVER_RETURNS: Final = frozenset({"sys.exit", "os._exit", "os.abort", "exit", "quit", "pytest.fail"})
