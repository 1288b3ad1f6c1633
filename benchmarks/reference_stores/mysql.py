"""How fast the MySQL store is, beside the floor.

    python benchmarks/reference_stores/mysql.py

The floor is the same statements, in the same packets, through aiomysql's own pool and cursor, and the
same items encoded and decoded with a `TypeAdapter`. The server is a throw-away one of tests/servers, in
memory: what is compared is the store, and not the disk.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

import aiomysql  # pyright: ignore[reportMissingTypeStubs] - it ships none
from chatkit.types import AssistantMessageItem, FileAttachment, Page, ThreadItem, ThreadMetadata
from harness import (
    ADAPTER,
    ATTACHMENTS,
    METADATA,
    THREAD,
    Row,
    beside_floors,
    in_turns,
    message,
    metadata,
    prepare,
    split,
    write_results,
)

from reference_stores import mysql
from reference_stores.mysql import MySQLStore
from reference_stores.shared import single_tenant

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.servers.mariadb import login, query, throw_away

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from tests.servers import Server

RESULTS: Final = Path(__file__).with_name("RESULTS-mysql.md")
SQL: Final = vars(mysql)
"""The store's statements, which are the floor's too."""


class Floor:
    """The statements of the store, and nothing else."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def send(self, statements: str | Sequence[str], **values: object) -> Any:
        """The rows of the first statement."""
        together = statements if isinstance(statements, str) else "; ".join(statements)
        async with self._pool.acquire() as connection, connection.cursor() as cursor:
            await cursor.execute(together.replace("{at}", ""), values)
            rows = await cursor.fetchall()
            while await cursor.nextset():
                pass
            return rows

    async def add(self, item: AssistantMessageItem) -> None:
        await self.send(
            SQL["_WRITE_ITEM"],
            tenant="app",
            thread=item.thread_id,
            id=item.id,
            sort_key=int(item.created_at.timestamp() * 1e6),
            fake=False,
            payload=ADAPTER.dump_json(item).decode(),
        )

    async def save_thread(self, thread: ThreadMetadata) -> None:
        values = {"tenant": "app", "thread": thread.id, "payload": METADATA.dump_json(thread).decode()}
        if not await self.send(SQL["_UPDATE_THREAD"], **values):
            moment = int(thread.created_at.timestamp() * 1e6)
            await self.send(SQL["_INSERT_THREAD"], **values, sort_key=moment)

    async def load_thread(self, thread_id: str) -> ThreadMetadata:
        ((payload,),) = await self.send(SQL["_READ_THREAD"], tenant="app", thread=thread_id)
        return METADATA.validate_json(payload)

    async def load_item(self, item_id: str) -> ThreadItem:
        ((payload,),) = await self.send(SQL["_READ_ITEM"], tenant="app", thread=THREAD, id=item_id)
        return ADAPTER.validate_json(payload)

    async def page(self, after: str | None, limit: int = 20) -> Page[ThreadItem]:
        values: dict[str, Any] = {"tenant": "app", "thread": THREAD, "limit": limit + 1}
        order = SQL["_ITEMS"]
        page = order.first[False] if after is None else order.next[False][0][0]
        rows = await self.send(page, **values, after=after)
        items = [ADAPTER.validate_json(row[1]) for row in rows[:limit]]
        return Page(data=items, has_more=len(rows) > limit, after=items[-1].id)

    async def threads(self, limit: int = 20) -> Page[ThreadMetadata]:
        rows = await self.send(SQL["_THREADS"].first[True], tenant="app", limit=limit + 1)
        threads = [METADATA.validate_json(row[1]) for row in rows[:limit]]
        return Page(data=threads, has_more=len(rows) > limit, after=threads[-1].id)

    async def delete_item(self, item_id: str) -> None:
        await self.send(SQL["_ERASE_ITEM"], tenant="app", thread=THREAD, id=item_id, deleted_at=1)

    async def delete_thread(self, thread_id: str) -> None:
        await self.send(SQL["_ERASE_THREAD"], tenant="app", thread=thread_id, deleted_at=1)

    async def save_attachment(self, attachment: FileAttachment) -> None:
        payload = ATTACHMENTS.dump_json(attachment).decode()
        await self.send(
            SQL["_WRITE_ATTACHMENT"],
            tenant="app",
            id=attachment.id,
            thread=None,
            saved_at=1,
            payload=payload,
        )


def store_in(server: Server, schema: str) -> MySQLStore[Any]:
    return MySQLStore(server.url, tenant=single_tenant("app"), schema=schema, timeout=60, max_size=10)


def pool_in(server: Server, schema: str) -> Any:
    """aiomysql's pool, with connections as the store's are."""
    arguments = login(server) | {"db": schema}
    del arguments["database"]
    settings = "SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED"
    return cast("Any", aiomysql).create_pool(
        **arguments, minsize=10, maxsize=10, autocommit=True, init_command=settings
    )


async def against_floor(server: Server, times: int) -> AsyncIterator[Row]:
    """Each operation; store and floor have each their own tables."""
    async with store_in(server, "ours") as store, store_in(server, "floors") as made:
        await prepare(store)
        await prepare(made)
        async with pool_in(server, "floors") as pool:
            async for row in beside_floors(store, {"floor": Floor(pool)}, times):
                yield row


FILL_THREADS: Final = """
    INSERT INTO chatkit_threads (tenant, id, sort_key, sequence, last_sequence, deleted_at, payload)
    SELECT CONCAT('tenant_', seq %% 10000), CONCAT('thr_', seq), seq DIV 10, seq, 0, 0, %s
    FROM seq_1_to_100000
    UNION ALL
    SELECT 'app', CONCAT('thr_', seq), seq DIV 10, seq, 0, 0, %s FROM seq_1_to_100000
"""
FILL_ITEMS: Final = """
    INSERT INTO chatkit_items (tenant, thread_id, id, sort_key, sequence, fake, payload)
    SELECT CONCAT('tenant_', seq %% 10000), CONCAT('thr_', seq %% 30000), CONCAT('m', seq),
        seq, seq, 0, %s
    FROM seq_1_to_300000
    UNION ALL
    SELECT 'app', %s, CONCAT('m', seq), seq DIV 10, seq, 0, %s FROM seq_1_to_{rows}
"""


async def at_depth(server: Server, rows: int) -> AsyncIterator[Row]:
    """Pages far behind the first, with 10,000 tenants in the tables."""
    async with store_in(server, "deep") as store:
        thread = METADATA.dump_json(metadata(0)).decode()
        item = ADAPTER.dump_json(message(0)).decode()
        query(server, FILL_THREADS, thread, thread, database="deep")
        query(server, FILL_ITEMS.format(rows=rows), item, THREAD, item, database="deep")
        query(server, "ANALYZE TABLE chatkit_threads, chatkit_items", database="deep")
        for order, second, deep in (("asc", "m20", f"m{rows - 30}"), ("desc", f"m{rows - 20}", "m30")):
            for beside, near in (("its first page", None), ("its second page", second)):
                times = await in_turns(
                    lambda _, order=order, after=deep: store.load_thread_items(
                        THREAD, after, 20, order, None
                    ),
                    lambda _, order=order, after=near: store.load_thread_items(
                        THREAD, after, 20, order, None
                    ),
                    1000,
                )
                yield Row(f"page at depth {rows:,}, {order}", *split(times, beside), "1.3")
        times = await in_turns(
            lambda _: store.load_threads(20, "thr_30", "desc", None),
            lambda _: store.load_threads(20, None, "desc", None),
            1000,
        )
        yield Row("thread page at depth 100,000, desc", *split(times, "its first page"), "1.3")


async def measure(server: Server, arguments: argparse.Namespace) -> tuple[str, list[Row]]:
    ((server_version,),) = query(server, "SELECT VERSION()")
    rows = [row async for row in against_floor(server, arguments.times)]
    rows += [row async for row in at_depth(server, arguments.rows)]
    return f"{server_version}, aiomysql {version('aiomysql')}", rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000, help="items of the long thread")
    parser.add_argument("--times", type=int, default=2000, help="calls of each operation")
    arguments = parser.parse_args()
    with throw_away({"innodb_buffer_pool_size": "2G", "innodb_log_file_size": "512M"}) as server:
        software, rows = asyncio.run(measure(server, arguments))
    write_results(
        RESULTS,
        "How fast the MySQL store is",
        "python benchmarks/reference_stores/mysql.py",
        software,
        rows,
    )


if __name__ == "__main__":
    main()
