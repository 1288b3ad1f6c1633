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
from typing import TYPE_CHECKING, Final

from chatkit.types import AssistantMessageContent, AssistantMessageItem, ThreadItem, ThreadMetadata
from pydantic import TypeAdapter

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

CONTEXT: Final = SimpleNamespace(user_id="app")
THREAD: Final = "thr_" + "0" * 32
ADAPTER: Final[TypeAdapter[ThreadItem]] = TypeAdapter(ThreadItem)
METADATA: Final = TypeAdapter(ThreadMetadata)
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


def split(times: tuple[float, float], beside: str) -> tuple[float, str, float]:
    return times[0], beside, times[1]


def write_results(path: Path, title: str, command: str, software: str, rows: Iterable[Row]) -> None:
    """Write the table, and print it."""
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
