"""How fast the PostgreSQL store is, beside the floor and beside other stores.

    python benchmarks/reference_stores/postgres.py [--beside NAME=MODULE:FACTORY=LIMIT]...

The floor is the same statements through asyncpg's own pool, and the same items encoded and decoded with
a `TypeAdapter`. A pool of asyncpg resets each connection that comes back, which is a round trip; ours
does not. So one by one the floor is a pool that does not either, and from 32 tasks both stand there.

FACTORY is an async function of the URL of an empty database that gives a store, as for the one of
chatkit's guide, which is not in this repository. What adds an item there may be a bare INSERT, which
asks neither whether the thread is there nor whose it is; a turn is what an application gets. The server
is a throw-away one of tests/servers, without fsync: what is compared are the stores, and not the disk.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import uuid
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import asyncpg  # pyright: ignore[reportMissingTypeStubs] - it ships none
from chatkit.types import (
    AssistantMessageItem,
    FileAttachment,
    InferenceOptions,
    Page,
    ThreadItem,
    ThreadMetadata,
    UserMessageItem,
    UserMessageTextContent,
)
from harness import (
    ADAPTER,
    ATTACHMENTS,
    CONTEXT,
    FRESH,
    METADATA,
    THREAD,
    Call,
    Row,
    at_once,
    beside_floors,
    in_turns,
    many_thread,
    message,
    metadata,
    prepare,
    split,
    write_results,
)

from reference_stores import postgres
from reference_stores.postgres import PostgresStore
from reference_stores.shared import single_tenant

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.servers.postgres import throw_away

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

RESULTS: Final = Path(__file__).with_name("RESULTS-postgres.md")
create_pool: Any = cast("Any", asyncpg).create_pool
SQL: Final = vars(postgres)
"""The store's statements, which are the floor's too."""


async def keep(_connection: object) -> None:
    """In place of asyncpg's reset."""


class Floor:
    """The statements of the store, and nothing else."""

    def __init__(self, pool: Any, schema: str) -> None:
        self._pool = pool
        self._schema = f'"{schema}"'

    def _sql(self, statement: str) -> str:
        return SQL["_in_schema"](self._schema, statement)

    async def value(self, statement: str, *arguments: object) -> Any:
        return await self._pool.fetchval(self._sql(statement), *arguments)

    async def add(self, item: AssistantMessageItem) -> None:
        moment = int(item.created_at.timestamp() * 1e6)
        payload = ADAPTER.dump_json(item).decode()
        await self.value(SQL["_WRITE_ITEM"], "app", item.thread_id, item.id, moment, False, payload)

    async def save_thread(self, thread: ThreadMetadata) -> None:
        moment = int(thread.created_at.timestamp() * 1e6)
        payload = METADATA.dump_json(thread).decode()
        await self.value(SQL["_WRITE_THREAD"], "app", thread.id, moment, payload)

    async def load_thread(self, thread_id: str) -> ThreadMetadata:
        return METADATA.validate_json(await self.value(SQL["_READ_THREAD"], "app", thread_id))

    async def load_item(self, item_id: str) -> ThreadItem:
        return ADAPTER.validate_json(await self.value(SQL["_READ_ITEM"], "app", THREAD, item_id))

    async def page(self, after: str | None, limit: int = 20) -> Page[ThreadItem]:
        arguments: tuple[Any, ...] = ("app", THREAD, limit + 1)
        statement = SQL["_ITEMS"].first[False]
        if after is not None:
            statement, arguments = SQL["_ITEMS"].next[False], (*arguments, after)
        rows = await self._pool.fetch(self._sql(statement), *arguments)
        items = [ADAPTER.validate_json(row[1]) for row in rows[:limit]]
        return Page(data=items, has_more=len(rows) > limit, after=items[-1].id)

    async def threads(self, limit: int = 20) -> Page[ThreadMetadata]:
        rows = await self._pool.fetch(self._sql(SQL["_THREADS"].first[True]), "app", limit + 1)
        threads = [METADATA.validate_json(row[1]) for row in rows[:limit]]
        return Page(data=threads, has_more=len(rows) > limit, after=threads[-1].id)

    async def delete_item(self, item_id: str) -> None:
        await self.value(SQL["_ERASE_ITEM"], "app", THREAD, item_id, 1)

    async def delete_thread(self, thread_id: str) -> None:
        async with self._pool.acquire() as connection, connection.transaction():
            await connection.execute(self._sql(SQL["_ERASE_THREAD"]), "app", thread_id, 1)
            await connection.execute(self._sql(SQL["_ERASE_ITEMS"]), "app", thread_id)

    async def save_attachment(self, attachment: FileAttachment) -> None:
        payload = ATTACHMENTS.dump_json(attachment).decode()
        await self.value(SQL["_WRITE_ATTACHMENT"], "app", attachment.id, None, 1, payload)


def store_in(url: str, schema: str) -> PostgresStore[Any]:
    return PostgresStore(url, tenant=single_tenant("app"), schema=schema, timeout=60, max_size=10)


async def against_floor(url: str, times: int) -> AsyncIterator[Row]:
    """Each operation, one by one and from 32 tasks; store and floor have each their own tables."""
    async with (
        store_in(url, "ours") as store,
        store_in(url, "floors") as made,
        create_pool(url, min_size=10, max_size=10, reset=keep) as pool,
        create_pool(url, min_size=10, max_size=10) as usual_pool,
    ):
        await prepare(store)
        await prepare(made)
        floor, usual = Floor(pool, "floors"), Floor(usual_pool, "floors")
        async for row in beside_floors(store, {"floor without reset": floor, "floor": usual}, times):
            yield row


async def against(name: str, factory: str, limit: str, url: str, times: int) -> AsyncIterator[Row]:
    """Another store, one by one and from 32 tasks, each in a database of its own."""
    module, _, function = factory.partition(":")
    async with database(url) as ours_url, database(url) as other_url:
        other = await getattr(import_module(module), function)(other_url)
        async with store_in(ours_url, "ours") as store:
            await prepare(store)
            await prepare(other)

            def add(one: Any) -> Call:
                return lambda n: one.add_thread_item(
                    many_thread(n), message(2 * FRESH + n, many_thread(n)), CONTEXT
                )

            def page(one: Any) -> Call:
                return lambda _: one.load_thread_items(THREAD, None, 20, "asc", CONTEXT)

            adds = await at_once(add(store), add(other), times)
            yield Row("add_thread_item, 32 tasks", *split(adds, name), limit)
            pages = await at_once(page(store), page(other), times)
            yield Row("20-item page, 32 tasks", *split(pages, name), limit)
            turns = await at_once(partial(turn, store), partial(turn, other), times // 8)
            yield Row("a turn of 4 calls, 32 tasks", *split(turns, name), limit)


async def turn(store: Any, number: int) -> None:
    """What chatkit's server calls for a user's message and the answer to it.

    As `ChatKitServer._process_streaming_impl` does for `ThreadsAddUserMessageReq`, and then
    `_process_events` (openai-chatkit 1.6.5); between them, `respond` loads what was said, as in
    chatkit's guide. The server saves the thread only if `respond` has changed it.
    """
    thread = await store.load_thread(many_thread(number), CONTEXT)
    answer = message(3 * FRESH + 2 * number + 1, thread.id)
    question = UserMessageItem(
        id=f"msg_{3 * FRESH + 2 * number:032x}",
        thread_id=thread.id,
        created_at=answer.created_at - timedelta(milliseconds=1),
        content=[UserMessageTextContent(text="What does the dog think of the fox?")],
        inference_options=InferenceOptions(),
    )
    await store.add_thread_item(thread.id, question, CONTEXT)
    await store.load_thread_items(thread.id, None, 20, "desc", CONTEXT)
    await store.add_thread_item(thread.id, answer, CONTEXT)


FILL_THREADS: Final = """
    INSERT INTO deep.chatkit_threads (tenant, id, sort_key, sequence, item_count, payload)
    SELECT 'tenant_' || n % 10000, 'thr_' || n, n / 10, n, 0, $1 FROM generate_series(1, 100000) AS n
    UNION ALL
    SELECT 'app', 'thr_' || n, n / 10, n, 0, $1 FROM generate_series(1, 100000) AS n
"""
FILL_ITEMS: Final = """
    INSERT INTO deep.chatkit_items (tenant, thread_id, id, sort_key, sequence, fake, payload)
    SELECT 'tenant_' || n % 10000, 'thr_' || n % 30000, 'm' || n, n, n, false, $1
    FROM generate_series(1, 300000) AS n
    UNION ALL
    SELECT 'app', $2, 'm' || n, n / 10, n, false, $1 FROM generate_series(1, $3) AS n
"""


async def at_depth(url: str, rows: int) -> AsyncIterator[Row]:
    """Pages far behind the first, with 10,000 tenants in the tables."""
    async with store_in(url, "deep") as store, create_pool(url, min_size=1) as pool:
        await pool.execute(FILL_THREADS, METADATA.dump_json(metadata(0)).decode())
        await pool.execute(FILL_ITEMS, ADAPTER.dump_json(message(0)).decode(), THREAD, rows)
        await pool.execute("VACUUM ANALYZE")
        for order, after in (("asc", f"m{rows - 30}"), ("desc", "m30")):
            times = await in_turns(
                lambda _, after=after, order=order: store.load_thread_items(
                    THREAD, after, 20, order, None
                ),
                lambda _, order=order: store.load_thread_items(THREAD, None, 20, order, None),
                1000,
            )
            yield Row(f"page at depth {rows:,}, {order}", *split(times, "its first page"), "1.3")
        times = await in_turns(
            lambda _: store.load_threads(20, "thr_30", "desc", None),
            lambda _: store.load_threads(20, None, "desc", None),
            1000,
        )
        yield Row("thread page at depth 100,000, desc", *split(times, "its first page"), "1.3")


@asynccontextmanager
async def database(url: str) -> AsyncGenerator[str]:
    """The URL of a new database."""
    name = f"chatkit_{uuid.uuid4().hex}"
    async with create_pool(url, min_size=1, max_size=1) as pool:
        await pool.execute(f"CREATE DATABASE {name}")
        yield f"{url.rpartition('/')[0]}/{name}"


async def measure(url: str, arguments: argparse.Namespace) -> tuple[str, list[Row]]:
    async with create_pool(url, min_size=1) as pool:
        version = await pool.fetchval("SHOW server_version")
    rows = [row async for row in against_floor(url, arguments.times)]
    for beside in arguments.beside:
        name, factory, limit = beside.split("=")
        rows += [row async for row in against(name, factory, limit, url, arguments.times)]
    rows += [row async for row in at_depth(url, arguments.rows)]
    return f"PostgreSQL {version.split()[0]}, asyncpg {asyncpg.__version__}", rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--beside",
        action="append",
        default=[],
        metavar="NAME=MODULE:FACTORY=LIMIT",
        help="another store, and how much of its time ours may take",
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="items of the long thread")
    parser.add_argument("--times", type=int, default=2000, help="calls of each operation")
    with throw_away({"shared_buffers": "512MB"}) as server:
        software, rows = asyncio.run(measure(server.url, parser.parse_args()))
    write_results(
        RESULTS,
        "How fast the PostgreSQL store is",
        "python benchmarks/reference_stores/postgres.py --beside NAME=MODULE:FACTORY=LIMIT",
        software,
        rows,
    )


if __name__ == "__main__":
    main()
