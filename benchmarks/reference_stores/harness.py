"""What the benchmarks of the stores share: what is stored, taking turns, and the table of results."""

from __future__ import annotations

import asyncio
import platform
import statistics
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, Final

from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageItem,
    FileAttachment,
    ThreadItem,
    ThreadMetadata,
)
from pydantic import TypeAdapter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable
    from pathlib import Path

CONTEXT: Final = SimpleNamespace(user_id="app")
THREAD: Final = "thr_" + "0" * 32
ADAPTER: Final[TypeAdapter[ThreadItem]] = TypeAdapter(ThreadItem)
METADATA: Final = TypeAdapter(ThreadMetadata)
ATTACHMENTS: Final = TypeAdapter(FileAttachment)
FRESH: Final = 10**6
"""Where the numbers of what is not there yet begin."""
MANY: Final = 100
TEXT: Final = "The quick brown fox jumps over the lazy dog, and the dog does not mind it at all. " * 9

Call = Callable[[int], Awaitable[object]]


@dataclass
class Row:
    """A line of the results."""

    what: str
    ours: float
    """Microseconds."""
    beside: str
    other: float
    limit: str

    def __str__(self) -> str:
        figures = f"{self.ours:,.1f} | {self.beside} | {self.other:,.1f} | {self.ours / self.other:.2f}"
        return f"| {self.what} | {figures} | {self.limit} |"


def message(number: int, thread_id: str = THREAD) -> AssistantMessageItem:
    return AssistantMessageItem(
        id=f"msg_{number:032x}",
        thread_id=thread_id,
        created_at=datetime(2026, 1, 1, tzinfo=timezone.utc) + timedelta(milliseconds=number),
        content=[AssistantMessageContent(text=TEXT)],
    )


def metadata(number: int) -> ThreadMetadata:
    return ThreadMetadata(
        id=f"thr_{number:032x}",
        created_at=datetime.now(timezone.utc),
        title="A title",
        metadata={"a": 1},
    )


async def in_turns(ours: Call, other: Call, times: int, start: int = 0) -> tuple[float, float]:
    """Microseconds of a call of each, by the median of calls that took turns."""
    spent: tuple[list[float], list[float]] = ([], [])
    for number in range(start, start + times):
        for call, times_of in zip((ours, other), spent, strict=True):
            began = time.perf_counter()
            await call(number)
            times_of.append(time.perf_counter() - began)
    return statistics.median(spent[0]) * 1e6, statistics.median(spent[1]) * 1e6


async def at_once(ours: Call, other: Call, calls: int, tasks: int = 32) -> tuple[float, float]:
    """Microseconds of a call of each, by the median of rounds of `calls` that took turns.

    In a round, `tasks` tasks make their part of the calls one after the other.
    """
    spent: tuple[list[float], list[float]] = ([], [])
    each = calls // tasks

    async def work(call: Call, first: int) -> None:
        for number in range(first, first + each):
            await call(number)

    for turn in range(9):
        for call, times_of in zip((ours, other), spent, strict=True):
            began = time.perf_counter()
            await asyncio.gather(*(work(call, (turn * tasks + task) * each) for task in range(tasks)))
            times_of.append((time.perf_counter() - began) / (each * tasks))
    return statistics.median(spent[0]) * 1e6, statistics.median(spent[1]) * 1e6


async def beside_floors(store: Any, floors: dict[str, Any], times: int) -> AsyncIterator[Row]:
    """Each operation beside the first floor, one by one; the common ones beside each, from 32 tasks.

    The last of the floors is the driver's pool as it is, and has the limit.
    """
    name_of_floor, floor = next(iter(floors.items()))
    half = f"msg_{times // 2:032x}"
    operations: list[tuple[str, Call, Call, str]] = [
        (
            "add_thread_item",
            lambda n: store.add_thread_item(THREAD, message(n), None),
            lambda n: floor.add(message(n)),
            "1.25",
        ),
        (
            "save_item, there already",
            lambda n: store.save_item(THREAD, message(n), None),
            lambda n: floor.add(message(n)),
            "1.25",
        ),
        (
            "save_thread, new",
            lambda n: store.save_thread(metadata(n + 1), None),
            lambda n: floor.save_thread(metadata(n + 1)),
            "1.25",
        ),
        (
            "save_thread, there already",
            lambda n: store.save_thread(metadata(n + 1), None),
            lambda n: floor.save_thread(metadata(n + 1)),
            "1.25",
        ),
        (
            "save_attachment",
            lambda n: store.save_attachment(attachment(n), None),
            lambda n: floor.save_attachment(attachment(n)),
            "1.25",
        ),
        (
            "load_thread",
            lambda n: store.load_thread(f"thr_{n + 1:032x}", None),
            lambda n: floor.load_thread(f"thr_{n + 1:032x}"),
            "",
        ),
        (
            "load_item",
            lambda n: store.load_item(THREAD, f"msg_{n:032x}", None),
            lambda n: floor.load_item(f"msg_{n:032x}"),
            "",
        ),
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
            "20-thread page",
            lambda _: store.load_threads(20, None, "desc", None),
            lambda _: floor.threads(),
            "1.25",
        ),
        (
            "delete_thread_item",
            lambda n: store.delete_thread_item(THREAD, f"msg_{n:032x}", None),
            lambda n: floor.delete_item(f"msg_{n:032x}"),
            "1.25",
        ),
        (
            "delete_thread",
            lambda n: store.delete_thread(f"thr_{n + 1:032x}", None),
            lambda n: floor.delete_thread(f"thr_{n + 1:032x}"),
            "1.25",
        ),
    ]
    for name, ours, other, limit in operations:
        yield Row(name, *split(await in_turns(ours, other, times), name_of_floor), limit)
    for turn, (beside, one) in enumerate(floors.items()):
        limit = "1.18" if turn + 1 == len(floors) else ""
        start = FRESH * (turn + 1)
        adds = await at_once(
            lambda n, start=start: store.add_thread_item(
                many_thread(n), message(start + n, many_thread(n)), None
            ),
            lambda n, start=start, one=one: one.add(message(start + n, many_thread(n))),
            times,
        )
        yield Row("add_thread_item, 32 tasks", *split(adds, beside), limit)
        pages = await at_once(
            lambda _: store.load_thread_items(THREAD, None, 20, "asc", None),
            lambda _, one=one: one.page(None),
            times,
        )
        yield Row("20-item page, 32 tasks", *split(pages, beside), limit)


def many_thread(number: int) -> str:
    return f"thr_{FRESH + number % MANY:032x}"


async def prepare(store: Any) -> None:
    """Threads for 32 tasks to write to, and a thread with some items."""
    await store.save_thread(metadata(0), CONTEXT)
    for number in range(MANY):
        await store.save_thread(metadata(FRESH + number), CONTEXT)
        await store.add_thread_item(THREAD, message(FRESH + number), CONTEXT)


def attachment(number: int) -> FileAttachment:
    return FileAttachment(id=f"atc_{number:032x}", name="a.pdf", mime_type="application/pdf")


def split(times: tuple[float, float], beside: str) -> tuple[float, str, float]:
    return times[0], beside, times[1]


def write_results(path: Path, title: str, command: str, software: str, rows: Iterable[Row]) -> None:
    """Write the table, and print it; `make pictures` draws it."""
    path.write_text(
        f"# {title}\n\n"
        f"Made by `{command}`; do not edit.\n"
        "Microseconds a call; medians of calls that took turns (payloads: processor time of the\n"
        f"quickest run). On {platform.system()} {platform.machine()}, Python "
        f"{platform.python_version()}, {software}.\n\n"
        "| what | µs | beside | µs | ratio | at most |\n|---|---|---|---|---|---|\n"
        + "".join(f"{row}\n" for row in rows)
    )
    print(path.read_text())
