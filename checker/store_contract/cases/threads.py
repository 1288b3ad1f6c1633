"""Threads: saved again and again, listed, deleted, kept from other tenants (C09 to C14, C20, C24 to
C26)."""

from __future__ import annotations

import asyncio
import contextlib
import uuid
from datetime import timedelta
from typing import TYPE_CHECKING, Any, get_args

from chatkit.store import NotFoundError, StoreItemType
from chatkit.types import ClosedStatus, LockedStatus

from store_contract.case import house, upstream
from store_contract.expect import BrokenError, brief_error, expect, expect_error, expect_same
from store_contract.loop import all_of
from store_contract.reading import all_items, all_threads, ids, page_of_items
from store_contract.samples import a_reply, a_thread, in_thread

if TYPE_CHECKING:
    from store_contract.bench import Bench


@upstream()
async def C09_save_thread_is_an_upsert(bench: Bench) -> None:
    """Saving a thread that exists updates it; there is one thread, not two.

    Why: server.py, `ChatKitServer._process_events` saves a thread each time that `respond` changed it;
        tests/test_store.py, `test_update_thread_metadata`.
    Mend: `INSERT ... ON CONFLICT ... DO UPDATE`, or what the engine has for it.
    """
    thread = a_thread()
    for title in ("first", "second", "third"):
        thread.title = title
        await bench.store.save_thread(thread, context=bench.ours)
        loaded = await bench.store.load_thread(thread.id, context=bench.ours)
        expect_same(loaded, thread, "a thread saved again")
    found = ids(await all_threads(bench.store, bench.ours))
    expect(found == [thread.id], f"a thread saved three times is listed as {found}")


@upstream()
async def C10_saving_keeps_the_items(bench: Bench) -> None:
    """Saving a thread again leaves its items where they are.

    Why: server.py, `ChatKitServer._process_events` saves the thread in the middle of an answer.
    Mend: update the row; `DELETE` and `INSERT`, or `REPLACE`, takes the items along where they cascade.
    """
    thread, items = a_thread(), [a_reply(str(n), seconds=n) for n in range(3)]
    await bench.store.save_thread(thread, context=bench.ours)
    for item in items:
        await bench.store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    thread.title = "changed"
    await bench.store.save_thread(thread, context=bench.ours)
    found = await all_items(bench.store, bench.ours, thread.id)
    expect_same(found, items, "the items of a thread that was saved again")


@upstream()
async def C10_saving_is_atomic(bench: Bench) -> None:
    """While a thread is saved again and again, a reader always finds it, whole.

    Why: server.py, `ChatKitServer._process_events` saves while the client loads threads and items
        beside the stream.
    Mend: one upsert statement, or one transaction that locks the row; never `DELETE`, then
        `INSERT`.
    """
    store, thread = bench.store, a_thread(title="0", metadata={"copy": "0"})
    await store.save_thread(thread, context=bench.ours)
    saved = asyncio.Event()

    async def save() -> None:
        for number in range(30):
            changed = thread.model_copy(
                update={"title": f"{number}", "metadata": {"copy": f"{number}"}}
            )
            await store.save_thread(changed, context=bench.ours)
            await asyncio.sleep(0)
        saved.set()

    async def read() -> None:
        while not saved.is_set():
            try:
                loaded = await store.load_thread(thread.id, context=bench.ours)
            except NotFoundError:
                raise BrokenError(
                    "load_thread found no thread while save_thread was saving it"
                ) from None
            expect(loaded.title == loaded.metadata["copy"], "load_thread gave a half-saved thread")
            listed = ids(await all_threads(store, bench.ours))
            expect(
                listed == [thread.id], "load_threads missed a thread while save_thread was saving it"
            )
            await asyncio.sleep(0)

    await all_of(save(), read(), read())


@upstream()
async def C12_unknown_threads_are_not_found(bench: Bench) -> None:
    """`load_thread` of an id that does not exist raises `chatkit.store.NotFoundError`.

    Why: server.py, `ChatKitServer._load_full_thread` uses what it gets at once; tests/test_store.py,
        `test_thread_isolation_by_user` expects this type.
    Mend: raise `NotFoundError` from `chatkit.store`; return no None, invent no thread.
    """
    for known in (False, True):
        async with expect_error(NotFoundError, "load_thread of an unknown thread"):
            await bench.store.load_thread("thr_unknown", context=bench.ours)
        if not known:
            await bench.store.save_thread(a_thread(), context=bench.ours)
    found = ids(await all_threads(bench.store, bench.ours))
    expect("thr_unknown" not in found, "load_thread made the thread that it did not find")


@upstream("tenants")
async def C12_foreign_threads_are_not_found(bench: Bench) -> None:
    """`load_thread` of another tenant's thread raises `chatkit.store.NotFoundError`; `load_threads`
    leaves it out.

    Why: tests/test_store.py, `test_thread_isolation_by_user`;
        docs/guides/prepare-your-app-for-production.md has the store check the user before it
        returns anything.
    Mend: put the tenant from the context into the key or the WHERE of every statement.
    """
    thread = a_thread()
    await bench.store.save_thread(thread, context=bench.ours)
    async with expect_error(NotFoundError, "load_thread of another tenant's thread"):
        await bench.store.load_thread(thread.id, context=bench.theirs)
    found = ids(await all_threads(bench.store, bench.theirs))
    expect(not found, "load_threads lists another tenant's thread")


@upstream("tenants")
async def C12_foreign_threads_are_not_changed(bench: Bench) -> None:
    """Saving or deleting a thread under another tenant's id leaves the other's thread as it was.

    Why: docs/guides/prepare-your-app-for-production.md has the store check the user before it
        mutates anything; server.py, `ChatKitServer._process_non_streaming` passes on the id that
        the client sent.
    Mend: put the tenant into the key and into the WHERE of the upsert's UPDATE and of the DELETE.
    """
    thread, item = a_thread(title="ours"), a_reply()
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    with contextlib.suppress(Exception):  # a refusal is as good
        await bench.store.save_thread(a_thread(thread.id, title="theirs"), context=bench.theirs)
    await bench.store.delete_thread(thread.id, context=bench.theirs)
    try:
        loaded = await bench.store.load_thread(thread.id, context=bench.ours)
    except NotFoundError:
        raise BrokenError(
            "another tenant's save_thread or delete_thread took our thread away"
        ) from None
    expect_same(loaded, thread, "our thread after another tenant saved and deleted one of its id")
    found = await all_items(bench.store, bench.ours, thread.id)
    expect_same(found, [item], "our items after another tenant saved and deleted a thread of the id")


@house("tenants")
async def C18_tenants_may_hold_the_same_thread_id(bench: Bench) -> None:
    """Two tenants may each have a thread with the same id; each sees their own, with its own items.

    Why: ids are random or made by the application; that one exists elsewhere is nobody's business,
        and refusing it would tell.
    Mend: let the primary key of threads and of items begin with the tenant.
    """
    ours, theirs = a_thread("thr_twin", title="ours"), a_thread("thr_twin", title="theirs")
    item, other = a_reply("ours", "msg_twin"), a_reply("theirs", "msg_twin")
    for thread, one, context in ((ours, item, bench.ours), (theirs, other, bench.theirs)):
        await bench.store.save_thread(thread, context=context)
        await bench.store.add_thread_item(thread.id, in_thread(one, thread.id), context=context)
    for thread, one, context in ((ours, item, bench.ours), (theirs, other, bench.theirs)):
        loaded = await bench.store.load_thread("thr_twin", context=context)
        expect_same(loaded, thread, "a thread whose id another tenant uses too")
        found = await all_items(bench.store, context, "thr_twin")
        expect_same(found, [one], "the items of a thread whose id another tenant uses too")


@upstream()
async def C13_threads_are_listed_newest_first(bench: Bench) -> None:
    """Threads are listed in the order of their creation; `desc` is newest first.

    Why: types.py, `ThreadListParams.order` is `desc`, the history's newest first; tests/test_store.py,
        `test_load_threads`.
    Mend: `ORDER BY created_at DESC`, with an index that leads with the tenant.
    """
    await _listed(bench, (0, 1, 2, 3, 4))


@house()
async def C13_threads_are_listed_by_time(bench: Bench) -> None:
    """Threads are listed by `created_at`, whatever the order of saving.

    Why: imported and restored threads are saved long after they were created. (Upstream saves a
        thread when it is created only; the order of saving would do there.)
    Mend: `ORDER BY created_at`, not by a sequence or by the time of the INSERT.
    """
    await _listed(bench, (3, 0, 4, 1, 2))


@upstream()
async def C13_saving_again_moves_nothing(bench: Bench) -> None:
    """A thread that is saved again keeps its place in the list.

    Why: docs/quickstart.md, `load_threads` sorts by `created_at`; server.py,
        `ChatKitServer._process_events` saves threads all the time, and a row that moves between two
        pages is shown twice or not at all.
    Mend: sort by `created_at`, not by the time of the last save.
    """
    threads = [a_thread(seconds=n) for n in range(4)]
    for thread in threads:
        await bench.store.save_thread(thread, context=bench.ours)
    threads[1].title = "saved again"
    await bench.store.save_thread(threads[1], context=bench.ours)
    await bench.store.add_thread_item(
        threads[0].id, in_thread(a_reply(seconds=9), threads[0].id), context=bench.ours
    )
    found = ids(await all_threads(bench.store, bench.ours))
    expect(found == ids(threads), "a thread that was saved again moved in the list")


@upstream()
async def C14_the_last_save_wins_whole(bench: Bench) -> None:
    """A save replaces the whole thread: what the new one does not hold is gone.

    Why: server.py, `ChatKitServer._process_events` saves the object that `respond` changed; a
        removed metadata key or an image domain taken away must not come back.
    Mend: write the whole payload; merge nothing, skip no None.
    """
    before = a_thread(
        title="A title",
        metadata={"old": 1, "both": {"old": 1}},
        allowed_image_domains=["old.example"],
        status=LockedStatus(reason="old"),
    )
    after = a_thread(before.id, metadata={"both": {"new": 1}}, status=ClosedStatus())
    await bench.store.save_thread(before, context=bench.ours)
    await bench.store.save_thread(after, context=bench.ours)
    expect_same(
        await bench.store.load_thread(before.id, context=bench.ours), after, "a thread saved over"
    )
    listed = await all_threads(bench.store, bench.ours)
    expect_same(listed, [after], "a listed thread that was saved over")


@upstream()
async def C20_generated_ids_differ(bench: Bench) -> None:
    """Every generated id is new.

    Why: server.py, `ChatKitServer._process_streaming_impl` saves a thread under a generated id: a
        second use writes over the first.
    Mend: leave `generate_thread_id` and `generate_item_id` alone, or draw from a UUID.
    """
    thread, made = a_thread(), list[str]()
    for _ in range(300):
        made.append(bench.store.generate_thread_id(bench.ours))
        made += [bench.store.generate_item_id(kind, thread, bench.ours) for kind in _ITEM_TYPES]
    expect(all(made), "a generated id is empty")
    twice = (
        next((one for one in made if made.count(one) > 1), None) if len({*made}) < len(made) else None
    )
    expect(twice is None, f"the id {twice!r} was generated twice")


_ITEM_TYPES: tuple[StoreItemType, ...] = tuple(
    kind for kind in get_args(StoreItemType) if kind != "thread"
)
_PREFIXES = {
    "message": "msg",
    "tool_call": "tc",
    "workflow": "wf",
    "task": "tsk",
    "attachment": "atc",
    "sdk_hidden_context": "shcx",
}


@house()
async def C20_generated_ids_do_not_collide(bench: Bench) -> None:
    """Generated ids have the upstream's prefix and a full UUID of version 7, in hexadecimal digits.

    Why: the default of openai-chatkit has 32 random bits, which makes a collision as likely as not
        at 77,000 ids.
    Mend: override both generators: prefix, underscore, `uuid7().hex`.
    """
    thread = a_thread()
    made = [("thr", bench.store.generate_thread_id(bench.ours))]
    for kind, prefix in _PREFIXES.items():
        made.append((prefix, bench.store.generate_item_id(kind, thread, bench.ours)))  # pyright: ignore[reportArgumentType] - a literal of StoreItemType
    for prefix, made_id in made:
        found, _, digits = made_id.rpartition("_")
        expect(found == prefix, f"the id {made_id!r} does not begin with {prefix + '_'!r}")
        try:
            version = uuid.UUID(digits).version
        except ValueError:
            raise BrokenError(f"the id {made_id!r} holds no UUID") from None
        expect(version == 7, f"the id {made_id!r} holds a UUID of version {version}, not 7")


@upstream()
async def C26_deleting_a_thread_deletes_its_items(bench: Bench) -> None:
    """A deleted thread is gone from every method, and its items with it; other threads keep theirs.

    Why: store.py, `Store.delete_thread` deletes "a thread and its items"; server.py,
        `ChatKitServer._process_non_streaming` calls nothing else when a person deletes a thread.
    Mend: delete both in one transaction, or let the items cascade.
    """
    store, thread, other = bench.store, a_thread(), a_thread(seconds=1)
    items, kept = [a_reply(seconds=n) for n in range(3)], a_reply()
    for each in (thread, other):
        await store.save_thread(each, context=bench.ours)
    for item in items:
        await store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    await store.add_thread_item(other.id, in_thread(kept, other.id), context=bench.ours)
    await store.delete_thread(thread.id, context=bench.ours)
    async with expect_error(NotFoundError, "load_thread of a deleted thread"):
        await store.load_thread(thread.id, context=bench.ours)
    found = ids(await all_threads(store, bench.ours))
    expect(
        found == [other.id], f"after delete_thread the list holds {found}, not the other thread alone"
    )
    left = ids(await all_items(store, bench.ours, thread.id))
    expect(not left, f"delete_thread left the items {left}")
    for item in items:
        async with expect_error(NotFoundError, "load_item of a deleted thread's item"):
            await store.load_item(thread.id, item.id, context=bench.ours)
    found = await all_items(store, bench.ours, other.id)
    expect_same(found, [kept], "the items of a thread whose neighbour was deleted")
    await store.save_thread(thread, context=bench.ours)
    left = ids(await all_items(store, bench.ours, thread.id))
    expect(not left, f"a thread saved again after its deletion has its old items {left}")


@house()
async def C26_deleting_is_atomic(bench: Bench) -> None:
    """A reader beside `delete_thread` sees all of a thread's items or none, and no items without
    their thread.

    Why: a page cut in half is read as the whole conversation, and given to the model as such.
    Mend: delete the thread and its items in one transaction.
    """
    store = bench.store
    for _ in range(10):
        thread = a_thread()
        await store.save_thread(thread, context=bench.ours)
        for number in range(6):
            await store.add_thread_item(
                thread.id, in_thread(a_reply(seconds=number), thread.id), context=bench.ours
            )
        deleted = asyncio.Event()

        async def delete(thread_id: str = thread.id, deleted: asyncio.Event = deleted) -> None:
            await store.delete_thread(thread_id, context=bench.ours)
            deleted.set()

        async def read(thread_id: str = thread.id, deleted: asyncio.Event = deleted) -> None:
            while not deleted.is_set():
                try:
                    await store.load_thread(thread_id, context=bench.ours)
                    exists = True
                except NotFoundError:
                    exists = False
                count = len((await page_of_items(store, bench.ours, thread_id)).data)
                expect(count in (0, 6), f"beside delete_thread a page of 6 items has {count}")
                expect(
                    exists or count == 0, "beside delete_thread the thread was gone and its items not"
                )
                await asyncio.sleep(0)

        await all_of(delete(), read(), read())


@house()
async def C25_a_deleted_thread_stays_deleted(bench: Bench) -> None:
    """Saving a thread, or adding and saving its items, after it was deleted does not bring it back.

    Why: the person deleted it while its answer was streaming; the stream's last writes come later.
    Mend: leave a tombstone of the id, without content; `save_thread` to it does nothing, adding an
        item raises `NotFoundError`. Test and write in one transaction that takes the lock which
        `delete_thread` takes.
    """
    store, thread, item = bench.store, a_thread(title="deleted"), a_reply()
    await store.save_thread(thread, context=bench.ours)
    await store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    await store.delete_thread(thread.id, context=bench.ours)
    await store.save_thread(thread, context=bench.ours)
    async with expect_error(NotFoundError, "load_thread of a thread saved after its deletion"):
        await store.load_thread(thread.id, context=bench.ours)
    for name in ("add_thread_item", "save_item"):
        async with expect_error(NotFoundError, f"{name} to a deleted thread"):
            await getattr(store, name)(
                thread.id, in_thread(a_reply(seconds=1), thread.id), context=bench.ours
            )
    expect(not await all_threads(store, bench.ours), "a thread saved after its deletion is listed")
    expect(not await all_items(store, bench.ours, thread.id), "a deleted thread has items again")


@house()
async def C25_deleting_beside_saving_stays_deleted(bench: Bench) -> None:
    """Where a thread is deleted while it is saved and added to, it is gone in the end, without orphans.

    Why: the person deletes it while its answer is streaming, on another connection.
    Mend: let `save_thread`, `add_thread_item` and `delete_thread` of one thread wait for one row or
        lock.
    """
    store = bench.store
    for _ in range(8):
        thread = a_thread()
        await store.save_thread(thread, context=bench.ours)

        async def answer(thread: Any = thread) -> None:
            for number in range(4):
                thread.title = f"title {number}"
                await store.save_thread(thread, context=bench.ours)
                item = in_thread(a_reply(seconds=number), thread.id)
                with contextlib.suppress(NotFoundError):
                    await store.add_thread_item(thread.id, item, context=bench.ours)
                await asyncio.sleep(0)

        async def delete(thread_id: str = thread.id) -> None:
            await asyncio.sleep(0)
            await store.delete_thread(thread_id, context=bench.ours)

        await all_of(answer(), delete(), answer())
        async with expect_error(NotFoundError, "load_thread of a thread deleted beside its saving"):
            await store.load_thread(thread.id, context=bench.ours)
        left = ids(await all_items(store, bench.ours, thread.id))
        expect(not left, f"a thread deleted beside its saving left the items {left}")


@house()
async def C25_a_live_item_wins_over_its_tombstone(bench: Bench) -> None:
    """Adding an item under the id of a deleted one is an ordinary add: it is there, at its new place.

    Why: a retry may come with the ids of the answer that it replaces.
    Mend: keep tombstones apart from the rows that pages read, and let a row win over the tombstone
        of its id.
    """
    store, thread = bench.store, a_thread()
    first, again = (
        a_reply("deleted", "msg_again", seconds=0),
        a_reply("added again", "msg_again", seconds=2),
    )
    middle = a_reply(seconds=1)
    await store.save_thread(thread, context=bench.ours)
    await store.add_thread_item(thread.id, in_thread(first, thread.id), context=bench.ours)
    await store.add_thread_item(thread.id, in_thread(middle, thread.id), context=bench.ours)
    await store.delete_thread_item(thread.id, first.id, context=bench.ours)
    await store.add_thread_item(thread.id, in_thread(again, thread.id), context=bench.ours)
    found = await all_items(store, bench.ours, thread.id)
    expect_same(found, [middle, again], "a thread after an item of a deleted one's id was added")
    page = await page_of_items(store, bench.ours, thread.id, after=again.id, order="desc")
    expect(
        ids(page.data) == [middle.id], "the page behind such an item does not begin at its new place"
    )


@house()
async def C25_purge_forgets_tombstones(bench: Bench) -> None:
    """`purge(older_than)` removes old tombstones: the id of a thread deleted before may be used again.

    Why: tombstones would grow without end, and a person's right to be forgotten covers them too.
    Mend: let `purge` delete tombstones by the time of the deletion.
    """
    store, thread = bench.store, a_thread()
    purge = bench.method("purge", "purge(older_than)")
    await store.save_thread(thread, context=bench.ours)
    await store.delete_thread(thread.id, context=bench.ours)
    await purge(timedelta(days=1))
    await store.save_thread(thread, context=bench.ours)
    async with expect_error(
        NotFoundError, "load_thread of a thread whose tombstone is too young for purge"
    ):
        await store.load_thread(thread.id, context=bench.ours)
    await asyncio.sleep(0.01)
    await purge(timedelta(0))
    await store.save_thread(thread, context=bench.ours)
    try:
        await store.load_thread(thread.id, context=bench.ours)
    except NotFoundError as error:
        raise BrokenError(f"a thread cannot be saved after purge(0): {brief_error(error)}") from error


async def _listed(bench: Bench, saved: tuple[int, ...]) -> None:
    """Both orders of five threads, saved in the order of the indices `saved`."""
    threads = [a_thread(seconds=n) for n in range(5)]
    for number in saved:
        await bench.store.save_thread(threads[number], context=bench.ours)
    ascending = ids(await all_threads(bench.store, bench.ours))
    expect(ascending == ids(threads), "load_threads with order='asc' is not in the order of created_at")
    descending = ids(await all_threads(bench.store, bench.ours, order="desc"))
    expect(descending == ids(threads)[::-1], "load_threads with order='desc' is not newest first")
