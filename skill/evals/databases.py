"""New, empty databases for the applications of the tasks, on servers that the environment names.

The variables are those of the repository's tests. A task whose server is not named cannot be graded,
and the grader says so.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, Final, cast
from urllib.parse import unquote, urlsplit
from uuid import uuid4

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

VARIABLES: Final = {
    "postgres": "CHATKIT_TEST_POSTGRES_URL",
    "mysql": "CHATKIT_TEST_MYSQL_URL",
    "mongodb": "CHATKIT_TEST_MONGODB_URL",
}


def missing(engine: str) -> str | None:
    """What is missing for an engine, and what to do about it; None where nothing is."""
    variable = VARIABLES.get(engine)
    if variable is None or os.environ.get(variable):
        return None
    return f"{variable} names no server: set it to the URL of one on which databases may be made"


@asynccontextmanager
async def fresh(engine: str) -> AsyncGenerator[str]:
    """The URL of a new, empty database, which is dropped at the end; '' where none is needed."""
    if engine in ("", "memory"):
        yield ""
        return
    if engine == "sqlite":
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
            yield f"sqlite:///{folder}/chat.db"
        return
    server = urlsplit(os.environ[VARIABLES[engine]])
    name = f"evals_{uuid4().hex}"
    await _run(engine, server.geturl(), f"CREATE DATABASE {name}", name)
    try:
        yield server._replace(path=f"/{name}").geturl()
    finally:
        await _run(engine, server.geturl(), _DROP[engine].format(name), name)


@asynccontextmanager
async def closing(store: Any) -> AsyncGenerator[Any]:
    """The store, opened and closed as far as it has something for that."""
    try:
        yield store
    finally:
        close = getattr(store, "close", None) or getattr(store, "aclose", None)
        if close is not None:
            await close()


_DROP: Final = {
    "postgres": "DROP DATABASE IF EXISTS {} WITH (FORCE)",
    "mysql": "DROP DATABASE IF EXISTS {}",
    "mongodb": "",
}


async def _run(engine: str, url: str, statement: str, name: str) -> None:
    if engine == "postgres":
        import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it ships none

        connection = await cast("Any", asyncpg).connect(url)
        try:
            await connection.execute(statement)
        finally:
            await connection.close()
    elif engine == "mysql":
        import aiomysql  # pyright: ignore[reportMissingTypeStubs] - it ships none

        parts = urlsplit(url)
        connection = await cast("Any", aiomysql).connect(
            host=parts.hostname or "localhost",
            port=parts.port or 3306,
            user=unquote(parts.username or "root"),
            password=unquote(parts.password or ""),
        )
        try:
            async with connection.cursor() as cursor:
                await cursor.execute(statement)
        finally:
            connection.close()
    elif not statement:  # MongoDB makes a database when something is written into it
        from pymongo import AsyncMongoClient

        async with AsyncMongoClient[dict[str, Any]](url) as client:
            await client.drop_database(name)
