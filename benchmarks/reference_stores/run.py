"""How fast the reference stores are, beside the floor and beside chatkit's own sample store.

    python benchmarks/reference_stores/run.py [--sample CHECKOUT] [--rows 1000000]

CHECKOUT is a copy of openai/chatkit-python, whose `tests/helpers/mock_store.py` holds the sample; it is
not in this repository. The floor is the same statements through aiosqlite in one hop to its thread, and
the same items encoded and decoded with a `TypeAdapter`. What is compared takes turns, call by call, in
one process on one processor, where it does not depend on the scheduler's choice for each thread who
waits longer to be woken; the figures go to RESULTS.md beside this file.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sqlite3
import statistics
import sys
import tempfile
import time
from datetime import datetime, timezone
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

import aiosqlite
from chatkit.types import (
    Annotation,
    AssistantMessageContent,
    AssistantMessageItem,
    ClientToolCallItem,
    CustomTask,
    EndOfTurnItem,
    GeneratedImage,
    GeneratedImageItem,
    HiddenContextItem,
    InferenceOptions,
    Page,
    SDKHiddenContextItem,
    StructuredInputFreeform,
    StructuredInputItem,
    TaskItem,
    ThoughtTask,
    ThreadItem,
    ThreadMetadata,
    URLSource,
    UserMessageItem,
    UserMessageTextContent,
    WidgetItem,
    Workflow,
    WorkflowItem,
)
from harness import (
    ADAPTER,
    CONTEXT,
    METADATA,
    TEXT,
    THREAD,
    Row,
    in_turns,
    message,
    metadata,
    split,
    write_results,
)

from reference_stores import shared, sqlite
from reference_stores.memory import MemoryStore
from reference_stores.shared import single_tenant
from reference_stores.sqlite import SQLiteStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RESULTS: Final = Path(__file__).with_name("RESULTS.md")


def items_of_each_type() -> Iterator[ThreadItem]:
    base: dict[str, Any] = {
        "id": "msg_" + "a" * 32,
        "thread_id": THREAD,
        "created_at": datetime.now(timezone.utc),
    }
    source = URLSource(url="https://example.org/a", title="A source")
    cited = AssistantMessageContent(text=TEXT, annotations=[Annotation(source=source, index=3)])
    yield UserMessageItem(
        **base, content=[UserMessageTextContent(text=TEXT[:200])], inference_options=InferenceOptions()
    )
    yield AssistantMessageItem(**base, content=[AssistantMessageContent(text=TEXT)])
    yield AssistantMessageItem(**base, content=[cited])
    yield ClientToolCallItem(
        **base, name="look_up", call_id="call_1", arguments={"query": "x", "limit": 3}
    )
    yield WidgetItem.model_validate(
        {
            **base,
            "widget": {
                "type": "Card",
                "children": [{"type": "Text", "value": TEXT[:80]} for _ in range(8)],
            },
        }
    )
    yield GeneratedImageItem(**base, image=GeneratedImage(id="img_1", url="https://example.org/i.png"))
    yield StructuredInputItem(**base, inputs=[StructuredInputFreeform(id="q", question="Which one?")])
    yield WorkflowItem(
        **base,
        workflow=Workflow(type="custom", tasks=[CustomTask(title="Step", content=TEXT[:100])] * 5),
    )
    yield TaskItem(**base, task=ThoughtTask(title="Thought", content=TEXT[:300]))
    yield HiddenContextItem(**base, content={"seen": ["a", "b"], "note": TEXT[:100]})
    yield SDKHiddenContextItem(**base, content=TEXT[:80])
    yield EndOfTurnItem(**base)


def processor_times(*calls: Callable[[], object], times: int = 400, runs: int = 40) -> list[float]:
    """Microseconds of one call of each, of the quickest of many runs that took turns."""
    quickest = [float("inf")] * len(calls)
    for _ in range(runs):
        for number, call in enumerate(calls):
            began = time.thread_time()
            for _ in range(times):
                call()
            quickest[number] = min(quickest[number], time.thread_time() - began)
    return [spent / times * 1e6 for spent in quickest]


def payloads() -> Iterator[Row]:
    """Encoding and decoding, of each type and of all, beside pydantic's own."""
    kind = shared._ITEM  # noqa: SLF001 - the store's own way to its payloads, without a store  # pyright: ignore[reportPrivateUsage]
    total = [0.0] * 4
    for item in items_of_each_type():
        payload = ADAPTER.dump_json(item)
        text = kind.dump(item).decode()
        assert text.encode() == payload
        times = processor_times(
            lambda item=item: kind.dump(item).decode(),
            lambda item=item: ADAPTER.dump_json(item),
            lambda text=text: kind.adapter.validate_json(text),
            lambda payload=payload: ADAPTER.validate_json(payload),
        )
        total = [sum(pair) for pair in zip(total, times, strict=True)]
        yield Row(f"encode {item.type}", times[0], "`dump_json`", times[1], "1.2")
    yield Row("encode one of each type", total[0], "`dump_json`", total[1], "1.2")
    yield Row("decode one of each type", total[2], "`validate_json`", total[3], "1.2")


class Floor(aiosqlite.Connection):
    """The statements of the store, and nothing else."""

    @classmethod
    async def open(cls, path: Path, synchronous: str) -> Floor:
        floor = cls(lambda: sqlite3.connect(path, isolation_level=None), 64)
        await floor
        await floor.run(lambda connection: connection.execute(f"PRAGMA synchronous = {synchronous}"))
        return floor

    async def run(self, work: Callable[[sqlite3.Connection], Any]) -> Any:
        return await self._execute(work, self._conn)  # pyright: ignore[reportUnknownMemberType]

    async def write(self, statement: str, parameters: dict[str, Any]) -> None:
        def work(connection: sqlite3.Connection) -> None:
            connection.execute("BEGIN IMMEDIATE")
            connection.execute(statement, parameters)
            connection.execute("COMMIT")

        await self.run(work)

    async def add(self, item: AssistantMessageItem) -> None:
        payload = ADAPTER.dump_json(item).decode()
        parameters = {
            "tenant": "app",
            "thread": item.thread_id,
            "id": item.id,
            "sort_key": int(item.created_at.timestamp() * 1e6),
            "fake": False,
            "payload": payload,
        }
        await self.write(sqlite._WRITE_ITEM, parameters)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    async def save_thread(self, thread: ThreadMetadata) -> None:
        payload = METADATA.dump_json(thread).decode()
        sort_key = int(thread.created_at.timestamp() * 1e6)
        parameters = {"tenant": "app", "id": thread.id, "sort_key": sort_key, "payload": payload}
        await self.write(sqlite._WRITE_THREAD, parameters)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    async def page(self, after: str | None, limit: int = 20) -> Page[ThreadItem]:
        order = sqlite._ITEMS  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        parameters: dict[str, Any] = {
            "tenant": "app",
            "thread": THREAD,
            "after": after,
            "limit": limit + 1,
        }

        def work(connection: sqlite3.Connection) -> list[Any]:
            if after is None:
                return connection.execute(order.first[False], parameters).fetchall()
            position = connection.execute(order.positions[0], parameters).fetchone()
            beyond = {**parameters, "sort_key": position[0], "sequence": position[1]}
            return connection.execute(order.next[False], beyond).fetchall()

        rows = await self.run(work)
        items = [ADAPTER.validate_json(row[1]) for row in rows[:limit]]
        return Page(data=items, has_more=len(rows) > limit, after=items[-1].id)


async def against_floor(folder: Path, synchronous: Any, times: int) -> Iterator[Row]:
    """Each operation of the SQLite store; store and floor have each their own file."""
    async with SQLiteStore[Any](
        folder / f"store-{synchronous}.db", tenant=single_tenant("app"), synchronous=synchronous
    ) as store:
        floor_path = folder / f"floor-{synchronous}.db"
        async with SQLiteStore[Any](floor_path, tenant=single_tenant("app")) as made:
            await made.save_thread(ThreadMetadata(id=THREAD, created_at=datetime.now()), None)
        await store.save_thread(ThreadMetadata(id=THREAD, created_at=datetime.now()), None)
        floor = await Floor.open(floor_path, synchronous)
        try:
            adds = await in_turns(
                lambda number: store.add_thread_item(THREAD, message(number), None),
                lambda number: floor.add(message(number)),
                times,
            )
            saves = await in_turns(
                lambda number: store.save_thread(metadata(number), None),
                lambda number: floor.save_thread(metadata(number)),
                times,
            )
            rows = [
                Row(f"add_thread_item, synchronous={synchronous}", *split(adds, "floor"), "1.3"),
                Row(f"save_thread, synchronous={synchronous}", *split(saves, "floor"), "1.3"),
            ]
            if synchronous == "NORMAL":
                for name, after in (("first", None), ("deep", f"msg_{times // 2:032x}")):
                    pages = await in_turns(
                        lambda _, after=after: store.load_thread_items(THREAD, after, 20, "asc", None),
                        lambda _, after=after: floor.page(after),
                        times,
                    )
                    rows.append(Row(f"20-item page, {name}", *split(pages, "floor"), "1.3"))
        finally:
            await floor.close()
    return iter(rows)


async def against_sample(folder: Path, sample: Any, times: int) -> Iterator[Row]:
    """Writes with synchronous=FULL, which is the sample's, one by one and from 32 tasks."""
    thread = ThreadMetadata(id=THREAD, created_at=datetime.now())
    async with SQLiteStore[Any](folder / "against-sample.db", tenant=single_tenant("app")) as store:
        for one in (store, sample):
            await one.save_thread(thread, CONTEXT)
        adds = await in_turns(
            lambda number: store.add_thread_item(THREAD, message(number), None),
            lambda number: sample.add_thread_item(THREAD, message(number), CONTEXT),
            times,
        )
        pages = await in_turns(
            lambda _: store.load_thread_items(THREAD, None, 20, "asc", None),
            lambda _: sample.load_thread_items(THREAD, None, 20, "asc", CONTEXT),
            times,
        )
        together: list[float] = []
        for number, one in enumerate((store, sample)):
            began = time.perf_counter()
            await asyncio.gather(
                *(
                    add_some(one, range(10**6 * (number + 1) + 100 * task, times // 32, 1), times // 32)
                    for task in range(32)
                )
            )
            together.append((time.perf_counter() - began) / (times // 32 * 32) * 1e6)
    return iter(
        [
            Row("add_thread_item, one by one", *split(adds, "sample store"), "0.4"),
            Row("add_thread_item, 32 tasks", together[0], "sample store", together[1], "0.4"),
            Row("20-item page, first", *split(pages, "sample store"), ""),
        ]
    )


async def add_some(store: Any, numbers: range, count: int) -> None:
    for number in range(numbers.start, numbers.start + count):
        await store.add_thread_item(THREAD, message(number), CONTEXT)


async def at_depth(folder: Path, rows: int) -> Iterator[Row]:
    """A page at the end of a thread beside its first page."""
    path = folder / "deep.db"
    found: list[Row] = []
    async with SQLiteStore[Any](path, tenant=single_tenant("app"), synchronous="NORMAL") as store:
        await store.save_thread(ThreadMetadata(id=THREAD, created_at=datetime.now()), None)
        connection = sqlite3.connect(path)
        payload = ADAPTER.dump_json(message(0)).decode()
        connection.execute(
            """
            WITH RECURSIVE numbers (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < ? - 1)
            INSERT INTO chatkit_items (tenant, thread_id, id, sort_key, fake, payload)
            SELECT 'app', ?, 'm' || n, n / 10, 0, ? FROM numbers
            """,
            (rows, THREAD, payload),
        )
        connection.commit()
        connection.close()
        for order, after in (("asc", f"m{rows - 30}"), ("desc", "m30")):
            times = await in_turns(
                lambda _, after=after, order=order: store.load_thread_items(
                    THREAD, after, 20, order, None
                ),
                lambda _, order=order: store.load_thread_items(THREAD, None, 20, order, None),
                500,
            )
            name = f"SQLite: page at depth {rows:,}, {order}"
            found.append(Row(name, *split(times, "its first page"), "1.3"))
    return iter(found)


async def memory_growth(rows: int) -> Iterator[Row]:
    """Adding to, paging in and deleting from long threads in memory, beside a thread of 1,000."""
    found: list[Row] = []
    small: dict[str, float] = {}
    size = 1000
    while size <= rows:
        store = MemoryStore[Any](tenant=single_tenant("app"))
        await store.save_thread(ThreadMetadata(id=THREAD, created_at=datetime.now()), None)
        for number in range(size):
            await store._write_item("app", THREAD, f"m{number}", number, "{}", fake=False)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
        for number in range(0, size, max(1, size // 50)):
            await store.add_thread_item(THREAD, message(number), None)

        async def add(number: int, store: MemoryStore[Any] = store, size: int = size) -> None:
            item = message(number * 7919 % size + 10**7)
            await store.add_thread_item(THREAD, item, None)

        async def delete(number: int, store: MemoryStore[Any] = store, size: int = size) -> None:
            await store.delete_thread_item(THREAD, f"m{number * 7919 % size}", None)

        tail = [message(10**8 + number) for number in range(25)]
        for item in tail:
            await store.add_thread_item(THREAD, item, None)

        async def page(number: int, store: MemoryStore[Any] = store, tail: Any = tail) -> None:
            del number
            await store.load_thread_items(THREAD, tail[0].id, 20, "asc", None)

        for name, call in (("add", add), ("20-item page at the end", page), ("delete", delete)):
            spent: list[float] = []
            for number in range(400):
                began = time.perf_counter()
                await call(number)
                spent.append(time.perf_counter() - began)
            median = statistics.median(spent) * 1e6
            small.setdefault(name, median)
            found.append(
                Row(f"memory: {name}, {size:,} items", median, "1,000 items", small[name], "flat")
            )
        size *= 10
    return iter(found)


def sample_store(checkout: Path, folder: Path) -> Any:
    """The sample of chatkit's own tests, on a file of its own."""
    tests = ModuleType("tests")
    tests.__path__ = [str(checkout / "tests")]
    sys.modules["tests"] = tests  # and not the tests of this repository
    return import_module("tests.helpers.mock_store").SQLiteStore(str(folder / "sample.db"))


async def measure(arguments: argparse.Namespace) -> list[Row]:
    rows = list(payloads())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for synchronous in ("NORMAL", "FULL"):
            rows += await against_floor(folder, synchronous, arguments.times)
        if arguments.sample is not None:
            sample = sample_store(arguments.sample, folder)
            rows += await against_sample(folder, sample, arguments.times // 4)
        rows += await at_depth(folder, arguments.rows)
    rows += await memory_growth(arguments.rows)
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--sample", type=Path, metavar="CHECKOUT", help="a copy of openai/chatkit-python"
    )
    parser.add_argument("--rows", type=int, default=1_000_000, help="items of the long threads")
    parser.add_argument("--times", type=int, default=2000, help="calls of each operation")
    arguments = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    rows = asyncio.run(measure(arguments))
    write_results(
        RESULTS,
        "How fast the reference stores are",
        "python benchmarks/reference_stores/run.py --sample CHECKOUT",
        f"SQLite {sqlite3.sqlite_version}",
        rows,
    )


if __name__ == "__main__":
    main()
