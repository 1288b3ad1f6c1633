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
    prepare,
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
_Document = dict[str, Any]


class Floor:
    """The commands of the store, and nothing else."""

    def __init__(self, client: AsyncMongoClient[_Document], name: str) -> None:
        database = client.get_database(
            name, write_concern=WriteConcern("majority", j=True), read_concern=ReadConcern("majority")
        )
        self._threads = database["chatkit_threads"]
        self._items = database["chatkit_items"]
        self._attachments = database["chatkit_attachments"]
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

    async def threads(self, limit: int = 20) -> Page[ThreadMetadata]:
        page = {"_id.tenant": "app", "live": True}
        order = [("position", -1)]
        rows = await self._threads.find(page, {"payload": 1}, sort=order, limit=limit + 1).to_list()
        threads = [METADATA.validate_json(row["payload"]) for row in rows[:limit]]
        return Page(data=threads, has_more=len(rows) > limit, after=threads[-1].id)

    async def delete_item(self, item_id: str) -> None:
        identity = {"tenant": "app", "thread": THREAD, "item": item_id}
        await self._items.update_one(
            {"_id": identity, "live": True},
            {"$set": {"live": False, "deleted_at": 1}, "$unset": {"payload": "", "fake": ""}},
        )

    async def delete_thread(self, thread_id: str) -> None:
        identity = {"tenant": "app", "thread": thread_id}
        tombstone = await self._threads.find_one_and_update(
            {"_id": identity, "live": True},
            {"$set": {"live": False, "deleted_at": 1}, "$unset": {"payload": "", "newest": ""}},
            return_document=ReturnDocument.AFTER,
        )
        assert tombstone is not None
        items = {
            "_id.tenant": "app",
            "_id.thread": thread_id,
            "generation": {"$lte": tombstone["generation"]},
        }
        assert not await self._items.find(items, {"_id": 1}, limit=1000).to_list()

    async def save_attachment(self, attachment: FileAttachment) -> None:
        payload = ATTACHMENTS.dump_json(attachment).decode()
        await self._attachments.update_one(
            {"_id": {"tenant": "app", "attachment": attachment.id}},
            {
                "$set": {"thread": None, "payload": payload},
                "$setOnInsert": {"position": f"{2**63:016x}{attachment.id}"},
            },
            upsert=True,
        )


@asynccontextmanager
async def store_and_floor(
    url: str, client: AsyncMongoClient[_Document]
) -> AsyncGenerator[tuple[MongoDBStore[Any], Floor]]:
    """Each with a database of its own, and the same in both."""
    ours, floors = (f"benchmark_{uuid.uuid4().hex}" for _ in range(2))
    app = single_tenant("app")
    try:
        async with (
            MongoDBStore[Any](url, tenant=app, database=ours, timeout=60, attempt_timeout=60) as store,
            MongoDBStore[Any](url, tenant=app, database=floors, timeout=60, attempt_timeout=60) as made,
        ):
            await prepare(store)
            await prepare(made)
            yield store, Floor(client, floors)
    finally:
        for name in (ours, floors):
            await client.drop_database(name)


async def against_floor(url: str, times: int) -> AsyncIterator[Row]:
    """Each operation, one by one and from 32 tasks."""
    async with (
        AsyncMongoClient[_Document](url, retryWrites=False) as client,
        store_and_floor(url, client) as (store, floor),
    ):
        async for row in beside_floors(store, {"floor": floor}, times):
            yield row


async def at_depth(url: str, rows: int) -> AsyncIterator[Row]:
    """Pages far behind the first, with 10,000 tenants beside them."""
    name = f"benchmark_{uuid.uuid4().hex}"
    payload = ADAPTER.dump_json(message(0)).decode()
    async with AsyncMongoClient[_Document](url) as client:
        try:
            async with MongoDBStore[Any](
                url, tenant=single_tenant("app"), database=name, timeout=60, attempt_timeout=60
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
    parser.add_argument("--times", type=int, default=32, help="calls of each operation")
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
