"""Many tasks, other processes' stores, cancelled calls, clients that hang up, closing (C42 to C44,
C46 to C48)."""

from __future__ import annotations

import asyncio
import itertools
import random
import threading
from datetime import datetime
from typing import TYPE_CHECKING, Any

from chatkit.store import NotFoundError
from chatkit.types import (
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    SDKHiddenContextItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemUpdatedEvent,
)

from store_contract.case import house, upstream
from store_contract.cases.server import check_cancelled
from store_contract.chat import Chat, request, stream, user_input
from store_contract.expect import BrokenError, brief_error, expect, expect_same
from store_contract.hangup import hang_up
from store_contract.loop import all_of
from store_contract.reading import all_items, all_threads, ids, page_of_items
from store_contract.samples import a_reply, a_thread, an_attachment, fresh_id, in_thread
from store_contract.target import close_store

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from chatkit.store import Store
    from chatkit.types import ThreadMetadata, ThreadStreamEvent, UserMessageItem

    from store_contract.bench import Bench

    Events = AsyncIterator[ThreadStreamEvent]


@upstream()
async def C43_every_write_may_be_repeated(bench: Bench) -> None:
    """Each write done twice in a row leaves what it leaves done once.

    Why: server.py, `ChatKitServer._process_events` answers a failure with an error that allows a
        retry, and nobody knows whether the write that failed was done.
    Mend: upsert by key; ignore in deletions that nothing was there.
    """
    store, context = bench.store, bench.ours
    thread, gone = a_thread(title="twice"), a_thread(seconds=1)
    item, saved, dropped = a_reply("1", seconds=1), a_reply("2", seconds=2), a_reply("3", seconds=3)
    for _ in range(2):
        await store.save_thread(thread, context=context)
    await store.save_thread(gone, context=context)
    for _ in range(2):
        await store.add_thread_item(thread.id, in_thread(item, thread.id), context=context)
    for _ in range(2):
        await store.save_item(thread.id, in_thread(saved, thread.id), context=context)
    await store.add_thread_item(thread.id, in_thread(dropped, thread.id), context=context)
    for _ in range(2):
        await store.delete_thread_item(thread.id, dropped.id, context=context)
        await store.delete_thread(gone.id, context=context)
    expect_same(
        await all_threads(store, context), [thread], "the threads after every write was repeated"
    )
    found = await all_items(store, context, thread.id)
    expect_same(found, [item, saved], "the items after every write was repeated")


@upstream()
async def C44_a_hundred_tasks_at_once(bench: Bench) -> None:
    """A hundred tasks write to one store at once, to one thread and to their own; everything is
    there, once.

    Why: server.py, `ChatKitServer.process` runs once a request, and all requests share the server's
        one store.
    Mend: take a connection or a lock for each call, and leave it to the pool how many there are;
        give sequence numbers by the database, not by `max() + 1`.
    """
    store, context = bench.store, bench.ours
    shared = a_thread(title="shared")
    await store.save_thread(shared, context=context)

    async def work(number: int) -> None:
        own = a_thread(f"thr_own_{number}", seconds=1 + number)
        await store.save_thread(own, context=context)
        await store.add_thread_item(
            own.id, in_thread(a_reply(f"own {number}"), own.id), context=context
        )
        item = a_reply(f"{number}", f"msg_shared_{number}", seconds=1 + number)
        await store.add_thread_item(shared.id, in_thread(item, shared.id), context=context)
        await store.save_item(shared.id, in_thread(item, shared.id), context=context)
        await page_of_items(store, context, shared.id, limit=5, order="desc")

    await all_of(*(work(number) for number in range(100)))
    found = ids(await all_items(store, context, shared.id, limit=30))
    expect(len(found) == len({*found}), "items that were added at once are listed twice")
    expect(len(found) == 100, f"of 100 items that were added at once {len(found)} are listed")
    expect(
        len(await all_threads(store, context, limit=30)) == 101,
        "threads that were saved at once are missing",
    )
    for number in range(0, 100, 9):
        own = await all_items(store, context, f"thr_own_{number}")
        expect(len(own) == 1, f"a thread that was made beside 99 others has {len(own)} items, not 1")


@upstream()
async def C44_first_use_by_many(bench: Bench) -> None:
    """A store whose very first calls come from many tasks at once serves them all.

    Why: server.py, `ChatKitServer.process` is called by whoever comes, also in the first second of
        a process.
    Mend: guard connecting and the making of tables by a lock; let the second comer wait for the
        first.
    """
    store = await bench.new_store()

    async def first(number: int) -> None:
        thread = a_thread(f"thr_{number}", seconds=number)
        await store.save_thread(thread, context=bench.ours)
        await store.add_thread_item(thread.id, in_thread(a_reply(), thread.id), context=bench.ours)

    async def look() -> None:
        await all_threads(store, bench.ours)

    await all_of(*(first(number) for number in range(25)), *(look() for _ in range(25)))
    found = len(await all_threads(store, bench.ours))
    expect(found == 25, f"of 25 threads that were the first in their store {found} are listed")


@upstream("second_store")
async def C44_two_stores_on_one_database(bench: Bench) -> None:
    """Two stores on the same data, as two processes have them, write at once; both see everything.

    Why: server.py, `ChatKitServer.__init__` takes a store, and a deployment has a server in each of
        its processes.
    Mend: keep nothing in memory that another process may change; wait for locks instead of failing
        at once.
    """
    one, context = bench.store, bench.ours
    two = await bench.second_store(one)
    thread = a_thread(title="shared")
    await one.save_thread(thread, context=context)
    loaded = await two.load_thread(thread.id, context=context)
    expect_same(loaded, thread, "a thread that the other store saved")

    seconds = itertools.count()

    async def work(store: Store[Any], name: str) -> None:
        for number in range(20):
            await store.add_thread_item(
                thread.id,
                in_thread(a_reply(f"{number}", f"{name}_{number}", seconds=next(seconds)), thread.id),
                context=context,
            )
            own = a_thread(f"thr_{name}_{number}", seconds=next(seconds))
            await store.save_thread(own, context=context)

    await all_of(work(one, "one"), work(two, "two"), work(one, "uno"), work(two, "due"))
    for store in (one, two):
        found = ids(await all_items(store, context, thread.id, limit=17))
        expect(
            len(found) == len({*found}) == 80,
            f"of 80 items that two stores added {len({*found})} are listed",
        )
        count = len(await all_threads(store, context))
        expect(count == 81, f"of 81 threads that two stores saved {count} are listed")
    same = [ids(await all_items(store, context, thread.id)) for store in (one, two)]
    expect(same[0] == same[1], "two stores on the same data show the items in two orders")
    await two.delete_thread(thread.id, context=context)
    try:
        await one.load_thread(thread.id, context=context)
    except NotFoundError:
        return
    raise BrokenError("a thread that the other store deleted is still found")


@upstream("second_store")
async def C44_many_stores_open_at_once(bench: Bench) -> None:
    """Many stores opened on the same data at once, each used at once, serve all.

    Why: server.py, `ChatKitServer.__init__` takes a store in each process, and a deployment starts
        them together.
    Mend: make tables under an advisory lock or in one immediate transaction: `CREATE TABLE IF NOT
        EXISTS` alone fails where several do it at once.
    """

    async def open_and_use(number: int) -> None:
        store = await bench.second_store(bench.store)
        thread = a_thread(f"thr_{number}", seconds=number)
        await store.save_thread(thread, context=bench.ours)
        await store.load_thread(thread.id, context=bench.ours)

    await all_of(*(open_and_use(number) for number in range(8)))
    found = len(await all_threads(bench.store, bench.ours))
    expect(found == 8, f"of 8 threads that 8 stores saved {found} are listed")


@upstream("second_store")
async def C44_reopened_data_is_all_there(bench: Bench) -> None:
    """What was written is there, in its order, when the store is closed and another one opens the data.

    Why: docs/quickstart.md, `MyChatKitStore` is to be replaced by one whose threads and items
        persist across restarts.
    Mend: commit each write before its call returns.
    """
    store, context = bench.store, bench.ours
    threads = [a_thread(seconds=n, title=f"{n}", metadata={"n": n}) for n in range(3)]
    items = [a_reply(f"{n}", seconds=n) for n in range(5)]
    for thread in threads:
        await store.save_thread(thread, context=context)
    for item in items:
        await store.add_thread_item(threads[0].id, in_thread(item, threads[0].id), context=context)
    await store.delete_thread_item(threads[0].id, items.pop(2).id, context=context)
    await close_store(store)
    again = await bench.second_store(store)
    expect_same(
        await all_threads(again, context), threads, "the threads after the store was opened again"
    )
    found = await all_items(again, context, threads[0].id)
    expect_same(found, items, "the items after the store was opened again")


@upstream()
async def C46_cancelled_calls_leave_it_working(bench: Bench) -> None:
    """Calls that are cancelled at any moment end soon, and the store works on.

    Why: server.py, `ChatKitServer._process_events` is cancelled wherever it waits, in a call to the
        store too, and `ChatKitServer.handle_stream_cancelled` uses the store at once.
    Mend: take locks and connections by `async with`, so that they come back when the call is
        cancelled; settle a statement that has begun before the connection is given back. (No case
        can stop your database. Give the driver a time limit for each call, and try with a proxy
        that goes silent that a store whose database does not answer raises an error and recovers.)
    """
    store, context = bench.store, bench.ours
    thread, chance = a_thread(), random.Random(1)
    await store.save_thread(thread, context=context)
    for number in range(60):
        calls = [
            store.add_thread_item(
                thread.id, in_thread(a_reply(f"{number}", seconds=number), thread.id), context=context
            ),
            store.save_thread(thread, context=context),
            store.load_thread_items(thread.id, None, 20, "desc", context),
            store.delete_thread_item(thread.id, "msg_unknown", context=context),
        ]
        tasks = [asyncio.ensure_future(call) for call in calls]
        for _ in range(chance.randrange(6)):
            await asyncio.sleep(0)
        if number % 3 == 0:
            await asyncio.sleep(chance.random() / 500)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    item = a_reply("after all", seconds=99)

    async def use() -> list[Any]:
        await all_of(*(store.save_thread(thread, context=context) for _ in range(30)))
        await store.add_thread_item(thread.id, in_thread(item, thread.id), context=context)
        return await all_items(store, context, thread.id)

    try:
        found = await asyncio.wait_for(use(), 5)
    except asyncio.TimeoutError as error:
        raise BrokenError("after cancelled calls the store does not answer within 5 s") from error
    except Exception as error:
        raise BrokenError(f"after cancelled calls the store raises {brief_error(error)}") from error
    expect(ids(found)[-1:] == [item.id], "after cancelled calls an added item is not the last")
    expect(len(found) == len({*ids(found)}), "after cancelled calls items are listed twice")


@upstream()
async def C42_a_hang_up_harms_nothing(bench: Bench) -> None:
    """A client hangs up in mid-answer: what was done is kept, and the thread goes on in the next turn.

    Why: server.py, `ChatKitServer._process_events` is cancelled by the web server when the
        connection is cut, over and over while it cleans up. (That the partial answer is kept too
        takes a wrapper around the stream.)
    Mend: see C46; and let a write be stored whole or not at all when it is cancelled.
    """
    chat = Chat(bench.store)
    thread_id = await _hang_up(bench, chat, wrapped=False)
    found = await all_items(bench.store, bench.ours, thread_id)
    types = [item.type for item in found[:2]]
    expect(
        types == ["user_message", "assistant_message"],
        f"after a hang-up the thread begins with {types}",
    )
    chat.script = _short_answer
    await stream(
        chat, bench.ours, "threads.add_user_message", thread_id=thread_id, input=user_input("and?")
    )
    after = await all_items(bench.store, bench.ours, thread_id)
    expect(len(after) == len(found) + 2, "the turn after a hang-up is not stored")


@house("wrap_stream")
async def C42_a_hang_up_loses_nothing(bench: Bench) -> None:
    """A client hangs up in mid-answer: the partial answer and the note that it was cancelled are kept.

    Why: server.py, `ChatKitServer.handle_stream_cancelled` writes both while the web server cancels
        it again and again; with a store that truly waits, both are lost.
    Mend: wrap the stream that `process` returns: drive it in a task of its own, cancel that task
        once when the connection is gone, and wait for it.
    """
    await _hang_up_is_survived(bench, flood=False)


@house("wrap_stream")
async def C42_a_hang_up_of_a_slow_reader_loses_nothing(bench: Bench) -> None:
    """A client that has stopped reading hangs up: the partial answer and the note are kept.

    Why: the server then waits in the middle of sending, where no cancellation reaches the generator.
    Mend: see the case before; the wrapper must also end its task when it is closed or cannot send.
    """
    await _hang_up_is_survived(bench, flood=True)


@house()
async def C47_a_context_without_tenant_is_refused(bench: Bench) -> None:
    """A context from which no tenant can be told is an error in every method; there is no default
    tenant.

    Why: one forgotten header would otherwise put everybody's threads into one list.
    Mend: take the tenant by a function that the application gives, and raise where it gives nothing.
    """
    store, thread, item = bench.store, a_thread(), a_reply()
    await store.save_thread(thread, context=bench.ours)
    calls: dict[str, Callable[[Any], Awaitable[object]]] = {
        "save_thread": lambda nobody: store.save_thread(a_thread(), context=nobody),
        "load_thread": lambda nobody: store.load_thread(thread.id, context=nobody),
        "load_threads": lambda nobody: store.load_threads(10, None, "asc", context=nobody),
        "load_thread_items": lambda nobody: store.load_thread_items(thread.id, None, 10, "asc", nobody),
        "add_thread_item": lambda nobody: store.add_thread_item(
            thread.id, in_thread(item, thread.id), context=nobody
        ),
        "save_item": lambda nobody: store.save_item(
            thread.id, in_thread(item, thread.id), context=nobody
        ),
        "load_item": lambda nobody: store.load_item(thread.id, item.id, context=nobody),
        "delete_thread": lambda nobody: store.delete_thread(thread.id, context=nobody),
        "delete_thread_item": lambda nobody: store.delete_thread_item(
            thread.id, item.id, context=nobody
        ),
        "save_attachment": lambda nobody: store.save_attachment(an_attachment(), context=nobody),
        "load_attachment": lambda nobody: store.load_attachment("atc_1", context=nobody),
        "delete_attachment": lambda nobody: store.delete_attachment("atc_1", context=nobody),
    }
    for context in ({}, None, {"user_id": None}, {"user_id": ""}):
        for name, call in calls.items():
            if name.endswith("_attachment") and bench.lacks("attachments"):
                continue
            try:
                await call(context)
            except NotFoundError:
                raise BrokenError(
                    f"{name} with the context {context!r} looks for a row, for some tenant"
                ) from None
            except Exception:  # noqa: BLE001 - the application's function may raise anything
                continue
            raise BrokenError(f"{name} with the context {context!r} raised nothing")
    expect_same(
        await all_threads(store, bench.ours), [thread], "the threads after calls without a tenant"
    )


@house()
async def C48_closing_twice_is_closing(bench: Bench) -> None:
    """`close` may be called again, also at once from two tasks, and on a store that was never used.

    Why: a framework's shutdown and an `async with` both close.
    Mend: let `close` return where there is nothing to close.
    """
    close = bench.method("close", "close()")
    await bench.store.save_thread(a_thread(), context=bench.ours)
    await all_of(close(), close())
    await close()
    unused: Any = await bench.new_store()
    await unused.close()
    await unused.close()


@house()
async def C48_use_after_close_is_an_error(bench: Bench) -> None:
    """A call to a closed store raises an error that says that it is closed.

    Why: a store that connects again by itself keeps the process from ending, or leaks.
    Mend: remember that `close` was called, and check it where a connection is taken.
    """
    thread = a_thread()
    close = bench.method("close", "close()")
    await bench.store.save_thread(thread, context=bench.ours)
    await close()
    calls = {
        "load_thread": lambda: bench.store.load_thread(thread.id, context=bench.ours),
        "save_thread": lambda: bench.store.save_thread(thread, context=bench.ours),
        "load_threads": lambda: bench.store.load_threads(10, None, "asc", context=bench.ours),
        "add_thread_item": lambda: bench.store.add_thread_item(
            thread.id, in_thread(a_reply(), thread.id), context=bench.ours
        ),
    }
    for name, call in calls.items():
        try:
            await call()
        except NotFoundError:
            raise BrokenError(
                f"{name} of a closed store raised NotFoundError, as if the data were gone"
            ) from None
        except Exception as error:
            text = str(error).lower()
            if "clos" not in text:
                raise BrokenError(
                    f"{name} of a closed store does not say so: {brief_error(error)}"
                ) from error
            continue
        raise BrokenError(f"{name} of a closed store raised nothing")


@house()
async def C48_closing_releases_everything(bench: Bench) -> None:
    """After `close` no thread and no task of the store is left.

    Why: each is a connection that nobody closes; a process that has one does not end.
    Mend: close every connection of the pool, and wait until it is closed.
    """
    before = {*threading.enumerate()}, {*asyncio.all_tasks()}
    store: Any = await bench.new_store()
    await all_of(*(store.save_thread(a_thread(), context=bench.ours) for _ in range(10)))
    close = getattr(store, "close", None)
    if close is None:
        raise BrokenError("the store has no close()")
    await close()
    left: set[str] = set()
    for _ in range(20):
        threads = {
            one for one in {*threading.enumerate()} - before[0] if not one.name.startswith("asyncio_")
        }
        tasks = {one for one in asyncio.all_tasks() - before[1] if not _is_keeper(one)}
        left = {one.name for one in threads} | {one.get_name() for one in tasks}
        if not left:
            return
        await asyncio.sleep(0.05)
    raise BrokenError(f"after close() the store still runs {', '.join(sorted(left))}")


def _is_keeper(task: asyncio.Task[Any]) -> bool:
    return getattr(task.get_coro(), "__name__", "") == "keep_store"


async def _hang_up(bench: Bench, chat: Chat, *, wrapped: bool, flood: bool = False) -> str:
    """One message whose answer is cut by the client; the thread's id."""
    made: list[str] = []

    async def respond(thread: ThreadMetadata, _message: UserMessageItem | None) -> Events:
        made.append(thread.id)
        yield ThreadItemDoneEvent(item=_reply(thread, "done"))
        partial = _reply(thread, "")
        yield ThreadItemAddedEvent(item=partial)
        yield _delta(partial, "half an answer")
        for _ in range(100 if flood else 0):  # more than the buffers of both sides hold
            yield _delta(partial, "." * 100_000)
            await asyncio.sleep(0)  # as every model's stream waits, or nothing else would run
        await asyncio.Event().wait()

    chat.script = respond
    await hang_up(
        chat,
        bench.ours,
        request("threads.create", input=user_input()),
        reading_until=b"half an answer",
        lingering=0.3 if flood else 0,
        wrap_stream=bench.target.wrap_stream if wrapped else None,
    )
    return made[0]


async def _hang_up_is_survived(bench: Bench, *, flood: bool) -> None:
    thread_id = await _hang_up(bench, Chat(bench.store), wrapped=True, flood=flood)
    found: list[Any] = []
    for seconds in (0.05, 0.2, 0.8, 3):  # a generator is closed some time after its last reader went
        found = await all_items(bench.store, bench.ours, thread_id)
        if any(isinstance(item, SDKHiddenContextItem) for item in found):
            break
        await asyncio.sleep(seconds)
    done = [item for item in found if isinstance(item, AssistantMessageItem)][:1]
    texts = [item.content[0].text for item in done]
    expect(texts == ["done"], "the answer that was done before the hang-up is not kept")
    check_cancelled([item for item in found if item not in done])


async def _short_answer(thread: ThreadMetadata, _message: UserMessageItem | None) -> Events:
    yield ThreadItemDoneEvent(item=_reply(thread, "short"))


def _reply(thread: ThreadMetadata, text: str) -> AssistantMessageItem:
    reply = a_reply(text, fresh_id("msg"), thread_id=thread.id)
    reply.created_at = datetime.now()
    return reply


def _delta(item: AssistantMessageItem, text: str) -> ThreadItemUpdatedEvent:
    part = AssistantMessageContentPartTextDelta(content_index=0, delta=text)
    return ThreadItemUpdatedEvent(item_id=item.id, update=part)
