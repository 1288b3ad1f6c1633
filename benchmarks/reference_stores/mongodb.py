"""How fast the MongoDB store is, beside the floor.

    python benchmarks/reference_stores/mongodb.py

The floor is the same commands through PyMongo's own asyncio client, without time limits and
repetitions, and the same items encoded and decoded with a `TypeAdapter`. The server is that of
tests/servers: the one that CHATKIT_TEST_MONGODB_URL names, or `mongod`, or FerretDB. FerretDB reads a
whole collection for a page, so that collections are kept small, and the page at depth is measured on a
MongoDB only.
"""

from __future__ import annotations

import argparse
import asyncio
import sys
import uuid
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pymongo
from chatkit.types import AssistantMessageItem, Page, ThreadItem, ThreadMetadata
from harness import (
    ADAPTER,
    METADATA,
    THREAD,
    Call,
    Row,
    at_once,
    in_turns,
    message,
    metadata,
    split,
    write_results,
)
from pymongo import AsyncMongoClient, ReturnDocument
from pymongo.errors import DuplicateKeyError
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

from reference_stores.mongodb import MongoDBStore
from reference_stores.shared import single_tenant

sys.path.insert(0, str(Path(__file__).parents[2]))
from tests.servers.mongodb import running

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator

RESULTS: Final = Path(__file__).with_name("RESULTS-mongodb.md")
MANY: Final = 32
"""Threads for as many tasks."""
SEEDED: Final = 60
"""Items of the thread whose pages are read."""
_Document = dict[str, Any]


class Floor:
    """The commands of the store, and nothing else."""

    def __init__(self, client: AsyncMongoClient[_Document], name: str) -> None:
        database = client.get_database(
            name, write_concern=WriteConcern("majority", j=True), read_concern=ReadConcern("majority")
        )
        self._threads = database["chatkit_threads"]
        self._items = database["chatkit_items"]
        self._tenants = database["chatkit_tenants"]

    async def add(self, item: AssistantMessageItem) -> None:
        moment = int(item.created_at.timestamp() * 1e6)
        payload = ADAPTER.dump_json(item).decode()
        gate = await self._threads.find_one_and_update(
            {"_id": {"tenant": "app", "thread": item.thread_id}, "live": True},
            {"$inc": {"items": 1}, "$max": {"newest": moment}},
            return_document=ReturnDocument.AFTER,
        )
        assert gate is not None
        living = {
            "_id": {"tenant": "app", "thread": item.thread_id, "item": item.id},
            "generation": gate["generation"],
            "live": True,
        }
        position = f"{moment + 2**63:016x}{gate['items']:016x}"
        try:
            await self._items.insert_one({**living, "position": position, "payload": payload})
        except DuplicateKeyError:
            await self._items.update_one(living, {"$set": {"payload": payload}})

    async def save_thread(self, thread: ThreadMetadata) -> None:
        moment = int(thread.created_at.timestamp() * 1e6)
        payload = METADATA.dump_json(thread).decode()
        living = {"_id": {"tenant": "app", "thread": thread.id}, "live": True}
        saved = await self._threads.update_one(living, {"$set": {"payload": payload}})
        if saved.matched_count:
            return
        counter = await self._tenants.find_one_and_update(
            {"_id": "app"}, {"$inc": {"threads": 1}}, return_document=ReturnDocument.AFTER
        )
        assert counter is not None
        await self._threads.insert_one(
            {
                **living,
                "generation": counter["threads"],
                "position": f"{moment + 2**63:016x}{counter['threads']:016x}",
                "newest": moment,
                "items": 0,
                "payload": payload,
            }
        )

    async def load_thread(self, thread_id: str) -> ThreadMetadata:
        found = await self._threads.find_one(
            {"_id": {"tenant": "app", "thread": thread_id}, "live": True}
        )
        assert found is not None
        return METADATA.validate_json(found["payload"])

    async def _gate(self, thread_id: str) -> None:
        living = {"_id": {"tenant": "app", "thread": thread_id}, "live": True}
        assert await self._threads.find_one(living, {"generation": 1})

    async def load_item(self, item_id: str) -> ThreadItem:
        identity = {"tenant": "app", "thread": THREAD, "item": item_id}
        (found,) = await self._items.find({"_id": identity, "live": True}, limit=1).to_list()
        await self._gate(THREAD)
        return ADAPTER.validate_json(found["payload"])

    async def page(self, after: str | None, limit: int = 20) -> Page[ThreadItem]:
        page: _Document = {"_id.tenant": "app", "_id.thread": THREAD, "live": True}
        if after is not None:
            identity = {"tenant": "app", "thread": THREAD, "item": after}
            fields = {"position": 1, "generation": 1}
            (cursor,) = await self._items.find({"_id": identity}, fields, limit=1).to_list()
            page["position"] = {"$gt": cursor["position"]}
        fields = {"payload": 1, "generation": 1}
        rows = await self._items.find(page, fields, sort=[("position", 1)], limit=limit + 1).to_list()
        await self._gate(THREAD)
        items = [ADAPTER.validate_json(row["payload"]) for row in rows[:limit]]
        return Page(data=items, has_more=len(rows) > limit, after=items[-1].id)

    async def delete_item(self, item_id: str) -> None:
        identity = {"tenant": "app", "thread": THREAD, "item": item_id}
        await self._items.update_one(
            {"_id": identity, "live": True},
            {"$set": {"live": False, "deleted_at": 1}, "$unset": {"payload": "", "fake": ""}},
        )


def many_thread(number: int) -> str:
    return f"thr_{number % MANY + 1:032x}"


async def prepare(store: MongoDBStore[Any]) -> None:
    """Threads for tasks to write to, and a thread with some items."""
    await store.save_thread(metadata(0), None)
    for number in range(MANY):
        await store.save_thread(metadata(number + 1), None)
    for number in range(SEEDED):
        await store.add_thread_item(THREAD, message(number), None)


@asynccontextmanager
async def store_and_floor(
    url: str, client: AsyncMongoClient[_Document]
) -> AsyncGenerator[tuple[MongoDBStore[Any], Floor]]:
    """Each with a database of its own, and the same in both."""
    ours, floors = (f"benchmark_{uuid.uuid4().hex}" for _ in range(2))
    app = single_tenant("app")
    try:
        async with (
            MongoDBStore[Any](url, tenant=app, database=ours, timeout=60) as store,
            MongoDBStore[Any](url, tenant=app, database=floors, timeout=60) as made,
        ):
            await prepare(store)
            await prepare(made)
            yield store, Floor(client, floors)
    finally:
        for name in (ours, floors):
            await client.drop_database(name)


async def against_floor(url: str, times: int) -> AsyncIterator[Row]:
    """Each operation, one by one and from 32 tasks."""
    half = f"msg_{SEEDED // 2:032x}"

    def tell(number: int) -> AssistantMessageItem:
        return message(SEEDED + number, many_thread(number))

    async with AsyncMongoClient[_Document](url, retryWrites=False) as client:
        async with store_and_floor(url, client) as (store, floor):
            operations: list[tuple[str, Call, Call, str]] = [
                (
                    "20-item page, first",
                    lambda _: store.load_thread_items(THREAD, None, 20, "asc", None),
                    lambda _: floor.page(None),
                    "1.25",
                ),
                (
                    "20-item page, next",
                    lambda _: store.load_thread_items(THREAD, half, 20, "asc", None),
                    lambda _: floor.page(half),
                    "1.25",
                ),
                (
                    "load_item",
                    lambda n: store.load_item(THREAD, message(n % SEEDED).id, None),
                    lambda n: floor.load_item(message(n % SEEDED).id),
                    "",
                ),
                (
                    "load_thread",
                    lambda n: store.load_thread(many_thread(n), None),
                    lambda n: floor.load_thread(many_thread(n)),
                    "",
                ),
                (
                    "save_thread, there already",
                    lambda n: store.save_thread(metadata(n % MANY), None),
                    lambda n: floor.save_thread(metadata(n % MANY)),
                    "1.25",
                ),
                (
                    "save_item, there already",
                    lambda n: store.save_item(THREAD, message(n % SEEDED), None),
                    lambda n: floor.add(message(n % SEEDED)),
                    "1.25",
                ),
                (
                    "add_thread_item",
                    lambda n: store.add_thread_item(many_thread(n), tell(n), None),
                    lambda n: floor.add(tell(n)),
                    "1.25",
                ),
                (
                    "delete_thread_item",
                    lambda n: store.delete_thread_item(THREAD, message(n % SEEDED).id, None),
                    lambda n: floor.delete_item(message(n % SEEDED).id),
                    "1.25",
                ),
                (
                    "save_thread, new",
                    lambda n: store.save_thread(metadata(1000 + n), None),
                    lambda n: floor.save_thread(metadata(1000 + n)),
                    "1.25",
                ),
            ]
            for name, ours, other, limit in operations:
                yield Row(name, *split(await in_turns(ours, other, times), "floor"), limit)
        async with store_and_floor(url, client) as (store, floor):
            pages = await at_once(
                lambda _: store.load_thread_items(THREAD, None, 20, "asc", None),
                lambda _: floor.page(None),
                times,
            )
            yield Row("20-item page, 32 tasks", *split(pages, "floor"), "1.18")
            adds = await at_once(
                lambda n: store.add_thread_item(many_thread(n), tell(n), None),
                lambda n: floor.add(tell(n)),
                times,
            )
            yield Row("add_thread_item, 32 tasks", *split(adds, "floor"), "1.18")


async def at_depth(url: str, rows: int) -> AsyncIterator[Row]:
    """Pages far behind the first, with 10,000 tenants beside them."""
    name = f"benchmark_{uuid.uuid4().hex}"
    payload = ADAPTER.dump_json(message(0)).decode()
    async with AsyncMongoClient[_Document](url) as client:
        try:
            async with MongoDBStore[Any](
                url, tenant=single_tenant("app"), database=name, timeout=60
            ) as store:
                await prepare(store)
                gate = await client[name]["chatkit_threads"].find_one({"_id.thread": THREAD})
                assert gate is not None
                for start in range(0, rows, 10_000):
                    documents = [
                        {
                            "_id": {"tenant": owner, "thread": THREAD, "item": f"m{number}"},
                            "generation": gate["generation"],
                            "live": True,
                            "position": f"{number // 10 + 2**63:016x}{number:016x}",
                            "payload": payload,
                        }
                        for number in range(start, start + 10_000)
                        for owner in ("app", f"tenant_{number % 10_000}")
                    ]
                    await client[name]["chatkit_items"].insert_many(documents, ordered=False)
                for order, after in (("asc", f"m{rows - 30}"), ("desc", "m30")):
                    times = await in_turns(
                        lambda _, after=after, order=order: store.load_thread_items(
                            THREAD, after, 20, order, None
                        ),
                        lambda _, order=order: store.load_thread_items(THREAD, None, 20, order, None),
                        1000,
                    )
                    yield Row(
                        f"page at depth {rows:,}, {order}", *split(times, "its first page"), "1.3"
                    )
        finally:
            await client.drop_database(name)


async def measure(url: str, arguments: argparse.Namespace) -> tuple[str, list[Row]]:
    async with AsyncMongoClient[_Document](url) as client:
        info = await client.server_info()
    rows = [row async for row in against_floor(url, arguments.times)]
    if "ferretdbVersion" in info:
        server = f"FerretDB 1 (which says it is MongoDB {info['version']})"
    else:
        server = f"MongoDB {info['version']}"
        rows += [row async for row in at_depth(url, arguments.rows)]
    return f"{server}, PyMongo {pymongo.version}", rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--rows", type=int, default=1_000_000, help="items of the long thread")
    parser.add_argument("--times", type=int, default=320, help="calls of each operation")
    with running() as server:
        software, rows = asyncio.run(measure(server.url, parser.parse_args()))
    write_results(
        RESULTS,
        "How fast the MongoDB store is",
        "python benchmarks/reference_stores/mongodb.py",
        software,
        rows,
    )


if __name__ == "__main__":
    main()
