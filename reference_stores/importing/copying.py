"""Records into a store, through its public methods, and read back."""

from __future__ import annotations

import asyncio
import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from chatkit.store import NotFoundError, Store

from reference_stores.importing.records import ADAPTERS, Attached, Conversation, Unreadable
from reference_stores.shared import FAKE_ID

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from chatkit.types import ThreadItem

    from reference_stores.importing.records import Record

_PAGE: Final = 1000
_AT_ONCE: Final = 16


@dataclass(slots=True)
class Outcome:
    """What an import did."""

    threads: int = 0
    """That were read, and are now there."""
    items: int = 0
    attachments: int = 0
    new: int = 0
    """Threads, items and attachments that were not there before."""
    kept: list[str] = field(default_factory=list[str])
    """What was there with other content, and was left as it is."""
    problems: list[Unreadable] = field(default_factory=list[Unreadable])
    """What could not be moved."""


async def copy(
    records: AsyncIterator[Record], into: Store[Any], progress: Callable[[Outcome], None]
) -> Outcome:
    """Save all records that are not there yet; several conversations at once, each in its order."""
    outcome = Outcome()
    running: set[asyncio.Task[None]] = set()
    try:
        async for record in records:
            # Threads one by one: those of the same moment stand in the order of their saves.
            if isinstance(record, Conversation) and not await _begun(record, into, outcome):
                continue
            running.add(asyncio.create_task(_copied(record, into, outcome)))
            if len(running) >= _AT_ONCE:
                _, running = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            progress(outcome)
        await asyncio.gather(*running)
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
    progress(outcome)
    return outcome


async def _begun(record: Conversation, into: Store[Any], outcome: Outcome) -> bool:
    """Whether the thread is there, now or before."""
    thread, context = record.thread, record.context
    try:
        try:
            there = await into.load_thread(thread.id, context)
        except NotFoundError:
            await into.save_thread(thread, context)
            there = await into.load_thread(thread.id, context)
            outcome.new += 1
    except NotFoundError:
        outcome.problems.append(Unreadable(f"thread {thread.id}", "deleted there, and stays so"))
        return False
    except Exception as error:  # noqa: BLE001 - a store raises what it likes; the others go on
        outcome.problems.append(Unreadable(f"thread {thread.id}", _said(error)))
        return False
    if _json("thread", there) != _json("thread", thread):
        outcome.kept.append(f"thread {thread.id}")
    return True


async def _copied(record: Record, into: Store[Any], outcome: Outcome) -> None:
    if isinstance(record, Unreadable):
        outcome.problems.append(record)
        return
    try:
        if isinstance(record, Attached):
            await _copy_attachment(record, into, outcome)
        else:
            await _copy_items(record, into, outcome)
    except Exception as error:  # noqa: BLE001 - a store raises what it likes; the others go on
        is_attachment = isinstance(record, Attached)
        name = f"attachment {record.attachment.id}" if is_attachment else f"thread {record.thread.id}"
        outcome.problems.append(Unreadable(name, _said(error)))


async def _copy_attachment(record: Attached, into: Store[Any], outcome: Outcome) -> None:
    attachment, context = record.attachment, record.context
    try:
        there = await into.load_attachment(attachment.id, context)
    except NotFoundError:
        await into.save_attachment(attachment, context)
        outcome.new += 1
    else:
        if _json("attachment", there) != _json("attachment", attachment):
            outcome.kept.append(f"attachment {attachment.id}")
    outcome.attachments += 1


async def _copy_items(record: Conversation, into: Store[Any], outcome: Outcome) -> None:
    thread, context = record.thread, record.context
    items = [_named(item, thread.id, place) for place, item in enumerate(record.items)]
    known = {item.id async for item in _items(into, thread.id, context)}
    added: set[str] = set()
    for item in items:
        if item.id in known or item.id in added:
            continue
        await into.add_thread_item(thread.id, item, context)
        added.add(item.id)
    outcome.new += len(added)
    outcome.threads += 1
    outcome.items += len({item.id for item in items})
    await _compare(items, added, into, thread.id, context, outcome)


def _named(item: ThreadItem, thread_id: str, place: int) -> ThreadItem:
    """The item, under an id of its own where it has the one that is no id: the same in each run."""
    if item.id != FAKE_ID:
        return item
    digest = hashlib.sha256(f"{thread_id}\n{place}".encode()).hexdigest()
    return item.model_copy(update={"id": f"msg_{digest[:32]}"})


async def _compare(
    items: list[ThreadItem],
    added: set[str],
    into: Store[Any],
    thread_id: str,
    context: Any,
    outcome: Outcome,
) -> None:
    """Read the thread back: each item equal, and in the order of the source."""
    expected = {item.id: item for item in items}
    order: list[str] = []
    async for item in _items(into, thread_id, context):
        source = expected.get(item.id)
        if source is None:
            continue  # said there since
        order.append(item.id)
        if _json("item", item) != _json("item", source):
            where = f"item {item.id} of thread {thread_id}"
            if item.id in added:
                outcome.problems.append(Unreadable(where, "it does not come back equal"))
            else:
                outcome.kept.append(where)
    missing = expected.keys() - set(order)
    if missing:
        outcome.problems.append(
            Unreadable(f"thread {thread_id}", f"{len(missing)} items do not come back")
        )
    elif order != list(expected):
        why = "its items come back in the order of their created_at, which was not the source's"
        outcome.problems.append(Unreadable(f"thread {thread_id}", why))


async def _items(store: Store[Any], thread_id: str, context: Any) -> AsyncIterator[ThreadItem]:
    after: str | None = None
    while True:
        page = await store.load_thread_items(thread_id, after, _PAGE, "asc", context)
        for item in page.data:
            yield item
        if not page.has_more:
            return
        after = page.after


def _said(error: Exception) -> str:
    return f"{type(error).__name__}: {' '.join(str(error).split())}"


def _json(kind: str, value: Any) -> bytes:
    return ADAPTERS[kind].dump_json(value)
