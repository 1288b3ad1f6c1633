"""Pages: their order, their cursors, their ends (C27 to C37)."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from chatkit.store import NotFoundError

from store_contract.case import house, upstream
from store_contract.expect import BrokenError, brief_error, expect, expect_error, expect_same
from store_contract.reading import (
    BOTH_ORDERS,
    all_items,
    all_threads,
    ids,
    page_of_items,
    page_of_threads,
)
from store_contract.samples import a_reply, a_thread, fresh_id, in_thread

if TYPE_CHECKING:
    from chatkit.types import AssistantMessageItem, ThreadMetadata

    from store_contract.bench import Bench


@upstream()
async def C27_items_are_in_order(bench: Bench) -> None:
    """Items come in the order in which they were created and written; `desc` is the exact reverse.

    Why: tests/test_store.py, `test_thread_items_ordering`; server.py,
        `ChatKitServer._load_full_thread` shows a thread in `asc`, and
        `ChatKitServer._paginate_thread_items_reverse` goes back in `desc`.
    Mend: `ORDER BY created_at, sequence`, both ascending or both descending.
    """
    thread, items = await _thread_of(bench, 7)
    for limit in (100, 2):
        await _listed(bench, thread.id, items, limit)


@house()
async def C27_items_are_ordered_by_time(bench: Bench) -> None:
    """Items come in the order of `created_at`, whatever the order of writing.

    Why: an image or a workflow is created before the text that is finished before it; read back,
        the answer must look as it did when it was streamed. (Upstream writes in the order of time
        only; a sequence alone would do there.)
    Mend: `ORDER BY created_at, sequence`.
    """
    thread, items = await _thread_of(bench, 7, written=(4, 1, 6, 0, 2, 5, 3))
    for limit in (100, 2):
        await _listed(bench, thread.id, items, limit)


@upstream()
async def C27_equal_times_keep_the_order_of_writing(bench: Bench) -> None:
    """Items of one `created_at` come in the order in which they were added; `desc` is the exact
    reverse.

    Why: server.py, `ChatKitServer._process_streaming_impl` looks for a pending tool call as the
        first item in `desc`: if it was stamped in the tick of its predecessor, another comes first
        and the turn fails.
    Mend: break ties by a sequence number that grows with each insert, and turn it round for `desc`
        too.
    """
    thread, items = await _thread_of(bench, 7, spacing=0)
    for limit in (100, 3, 1):
        found = ids(await all_items(bench.store, bench.ours, thread.id, limit=limit))
        expect_same(found, ids(items), f"items of one created_at in 'asc', {limit} a page")
        found = ids(await all_items(bench.store, bench.ours, thread.id, limit=limit, order="desc"))
        expect_same(found, ids(items)[::-1], f"items of one created_at in 'desc', {limit} a page")


@upstream()
async def C27_threads_of_equal_time_are_all_listed(bench: Bench) -> None:
    """Threads of one `created_at` are each listed once, whatever the page's size; `desc` is the
    reverse of `asc`.

    Why: server.py, `ChatKitServer._process_non_streaming` lists threads page by page, and a cursor
        that is a time alone skips all others of that time.
    Mend: order by `created_at` and something unique, and compare the cursor with both.
    """
    threads = [a_thread(seconds=n // 4) for n in range(8)]
    for thread in threads:
        await bench.store.save_thread(thread, context=bench.ours)
    whole = ids(await all_threads(bench.store, bench.ours))
    expect(
        sorted(whole) == sorted(ids(threads)), "threads of one created_at are missing or listed twice"
    )
    for limit in (3, 1):
        found = ids(await all_threads(bench.store, bench.ours, limit=limit))
        expect_same(found, whole, f"threads of one created_at in 'asc', {limit} a page")
        found = ids(await all_threads(bench.store, bench.ours, limit=limit, order="desc"))
        expect_same(found, whole[::-1], f"threads of one created_at in 'desc', {limit} a page")


@upstream()
async def C28_order_is_not_the_ids_order(bench: Bench) -> None:
    """The order of items and threads does not come from their ids.

    Why: tests/test_store.py, `make_thread_items` gives the later message the smaller id; ids of
        messages come from the model's provider.
    Mend: order by time and a sequence number, never by id.
    """
    store, names = bench.store, ["m", "z", "a", "y", "b"]
    for number, name in enumerate(names):
        await store.save_thread(a_thread(f"thr_{name}", seconds=number), context=bench.ours)
        item = in_thread(a_reply(name, f"msg_{name}", seconds=number), "thr_m")
        await store.add_thread_item("thr_m", item, context=bench.ours)
    found = ids(await all_threads(store, bench.ours))
    expect(found == [f"thr_{name}" for name in names], f"threads came in the order {found}")
    for limit in (100, 2):
        found = ids(await all_items(store, bench.ours, "thr_m", limit=limit))
        expect(
            found == [f"msg_{name}" for name in names],
            f"items came in the order {found}",
        )


@upstream()
async def C29_rows_written_between_two_pages(bench: Bench) -> None:
    """Rows added or deleted between two pages shift nothing: no old row is lost or repeated.

    Why: server.py, `ChatKitServer._paginate_thread_items_reverse` pages through a thread while
        others write to it.
    Mend: find the next page by the cursor row's sort key (`WHERE (created_at, sequence) > ...`),
        not by OFFSET.
    """
    for order in BOTH_ORDERS:
        thread, items = await _thread_of(bench, 8)
        expected = ids(items) if order == "asc" else ids(items)[::-1]
        seen, after = list[str](), None
        for turn in range(4):
            page = await page_of_items(
                bench.store, bench.ours, thread.id, after=after, limit=2, order=order
            )
            seen += ids(page.data)
            after = page.data[-1].id if page.data else None
            before = a_reply(seconds=-1 if order == "asc" else 99 + turn)
            await bench.store.add_thread_item(
                thread.id, in_thread(before, thread.id), context=bench.ours
            )
            if turn == 1:
                await bench.store.delete_thread_item(thread.id, seen[0], context=bench.ours)
        expect_same(seen, expected, f"items in {order!r}, rows written behind the reader's back")


@upstream()
async def C29_threads_saved_between_two_pages(bench: Bench) -> None:
    """Threads saved or deleted between two pages of the list shift nothing.

    Why: server.py, `ChatKitServer._process_non_streaming` answers each page of the history by
        itself, while new threads are being made.
    Mend: find the next page by the cursor row's sort key, not by OFFSET.
    """
    store = bench.store
    threads = [a_thread(seconds=n) for n in range(6)]
    for thread in threads:
        await store.save_thread(thread, context=bench.ours)
    first = await page_of_threads(store, bench.ours, limit=2, order="desc")
    await store.save_thread(a_thread(seconds=50), context=bench.ours)
    second = await page_of_threads(store, bench.ours, limit=2, order="desc", after=first.data[-1].id)
    await store.delete_thread(threads[5].id, context=bench.ours)
    await store.save_thread(threads[4].model_copy(update={"title": "again"}), context=bench.ours)
    third = await page_of_threads(store, bench.ours, limit=2, order="desc", after=second.data[-1].id)
    seen = ids([*first.data, *second.data, *third.data])
    expect_same(seen, ids(threads)[::-1], "threads in 'desc', threads saved behind the reader's back")


@upstream()
async def C30_the_last_id_is_the_cursor(bench: Bench) -> None:
    """`after` of a page is the id of its last row, and any row's id may be given as `after`.

    Why: tests/test_store.py, `test_load_threads` passes `page.data[-1].id` and expects `page.after`
        to be it; so do clients.
    Mend: return the last row's id as `after`, no encoded cursor; look its sort key up when it comes
        back.
    """
    store = bench.store
    thread, items = await _thread_of(bench, 5)
    page = await page_of_items(store, bench.ours, thread.id, limit=2)
    expect(page.after == items[1].id, f"after is {page.after!r}, the last item's id {items[1].id!r}")
    page = await page_of_items(store, bench.ours, thread.id, limit=2, after=items[0].id)
    expect(ids(page.data) == ids(items[1:3]), "the page after an item does not begin behind it")
    page = await page_of_items(store, bench.ours, thread.id, limit=2, after=items[3].id, order="desc")
    expect(
        ids(page.data) == [items[2].id, items[1].id],
        "in 'desc' the page after an item is not the older ones",
    )
    threads = [thread, *(a_thread(seconds=n) for n in range(1, 5))]
    for each in threads[1:]:
        await store.save_thread(each, context=bench.ours)
    listed = await page_of_threads(store, bench.ours, limit=2)
    expect(
        listed.after == threads[1].id,
        f"after is {listed.after!r}, the last thread's id {threads[1].id!r}",
    )
    listed = await page_of_threads(store, bench.ours, limit=2, after=threads[0].id)
    expect(ids(listed.data) == ids(threads[1:3]), "the page after a thread does not begin behind it")
    listed = await page_of_threads(store, bench.ours, limit=2, after=threads[3].id, order="desc")
    expect(
        ids(listed.data) == [threads[2].id, threads[1].id],
        "in 'desc' the threads after one are not the older",
    )


@upstream()
async def C31_the_last_page_says_so(bench: Bench) -> None:
    """The last page has `has_more=False` and no `after`, exactly full or not; every other has both.

    Why: tests/test_store.py, `test_thread_items_offset` expects it of a page that is exactly full;
        server.py, `ChatKitServer._paginate_thread_items_reverse` stops on `has_more`.
    Mend: fetch `limit + 1` rows, return `limit`, and set both from whether there was one more.
    """
    store = bench.store
    thread, items = await _thread_of(bench, 4)
    for each in (a_thread(seconds=n) for n in range(1, 4)):
        await store.save_thread(each, context=bench.ours)
    for order in BOTH_ORDERS:
        for limit, after, last in (
            (2, 0, False),
            (3, 0, False),
            (4, 0, True),
            (5, 0, True),
            (2, 2, True),
            (9, 4, True),
        ):
            row = items[after - 1 if order == "asc" else 4 - after].id if after else None
            page = await page_of_items(
                store, bench.ours, thread.id, limit=limit, after=row, order=order
            )
            what = f"{len(page.data)} of 4 items with limit={limit} behind {after} in {order!r}"
            _check_end(page, last, what)
            everything = ids(await all_threads(store, bench.ours, order=order))
            row = everything[after - 1] if after else None
            listed = await page_of_threads(store, bench.ours, limit=limit, after=row, order=order)
            _check_end(listed, last, what.replace("items", "threads"))


@upstream()
async def C31_large_limits_give_everything(bench: Bench) -> None:
    """A limit above the number of rows gives all of them, in one page or with `has_more`.

    Why: docs/guides/respond-to-user-message.md has applications tune the limit by which they load
        the history.
    Mend: pass the limit to the query; where it is cut, say so with `has_more`.
    """
    thread, items = await _thread_of(bench, 60)
    for limit in (59, 60, 61, 500):
        found = ids(await all_items(bench.store, bench.ours, thread.id, limit=limit))
        expect_same(found, ids(items), f"60 items loaded with limit={limit}")


@upstream()
async def C32_an_unknown_cursor_is_no_first_page(bench: Bench) -> None:
    """A cursor that names nothing gives no rows: an error, of whatever type, or an empty page.

    Why: server.py, `ChatKitServer._paginate_thread_items_reverse` goes on while `has_more`: with
        the first page again it never ends, and a client shows everything twice.
    Mend: raise `NotFoundError` when the cursor's row is not there.
    """
    thread, _ = await _thread_of(bench, 3)
    for order in BOTH_ORDERS:
        await _no_rows(
            page_of_items(bench.store, bench.ours, thread.id, after="msg_unknown", order=order), "items"
        )
        await _no_rows(
            page_of_threads(bench.store, bench.ours, after="thr_unknown", order=order), "threads"
        )


@house()
async def C32_an_unknown_cursor_is_not_found(bench: Bench) -> None:
    """A cursor that names nothing raises `NotFoundError`, for threads and for items.

    Why: an empty page would say that everything was seen; applications tell this error from all
        others by its type.
    Mend: look the cursor's sort key up first, and raise `NotFoundError` from `chatkit.store` if it
        has none.
    """
    thread, _ = await _thread_of(bench, 3)
    for order in BOTH_ORDERS:
        async with expect_error(NotFoundError, "load_thread_items after an unknown item"):
            await page_of_items(bench.store, bench.ours, thread.id, after="msg_unknown", order=order)
        async with expect_error(NotFoundError, "load_threads after an unknown thread"):
            await page_of_threads(bench.store, bench.ours, after="thr_unknown", order=order)


@house()
async def C33_a_foreign_cursor_is_unknown(bench: Bench) -> None:
    """A cursor from another thread or another tenant is an unknown cursor.

    Why: its time would place it somewhere in this thread, so the page would be wrong without a
        sign; and that it is known tells a stranger that it exists.
    Mend: look the cursor up with the tenant and the thread in the WHERE.
    """
    store = bench.store
    thread, _ = await _thread_of(bench, 3)
    _, elsewhere = await _thread_of(bench, 3)
    async with expect_error(NotFoundError, "load_thread_items after an item of another thread"):
        await page_of_items(store, bench.ours, thread.id, after=elsewhere[1].id)
    if bench.lacks("tenants"):
        return
    foreign = a_thread(seconds=1)
    await store.save_thread(foreign, context=bench.theirs)
    async with expect_error(NotFoundError, "load_threads after another tenant's thread"):
        await page_of_threads(store, bench.ours, after=foreign.id)
    own = a_thread(thread.id)
    await store.save_thread(own, context=bench.theirs)
    theirs = a_reply(seconds=1)
    await store.add_thread_item(own.id, in_thread(theirs, own.id), context=bench.theirs)
    async with expect_error(NotFoundError, "load_thread_items after another tenant's item"):
        await page_of_items(store, bench.ours, thread.id, after=theirs.id)


@house()
async def C34_a_deleted_item_is_still_a_cursor(bench: Bench) -> None:
    """A page behind an item that was deleted since goes on from where it stood.

    Why: the item is removed between two pages; an error page or the first page again is what the
        person would see.
    Mend: keep the sort key of deleted items in a table of tombstones, and look there for a cursor
        that has no row.
    """
    thread, items = await _thread_of(bench, 6, spacing=0)
    await bench.store.delete_thread_item(thread.id, items[2].id, context=bench.ours)
    for order, rest in zip(BOTH_ORDERS, (items[3:], items[1::-1]), strict=True):
        page = await _behind(
            page_of_items(bench.store, bench.ours, thread.id, after=items[2].id, order=order)
        )
        expect_same(ids(page.data), ids(rest), f"the page in {order!r} behind a deleted item")
    await bench.store.delete_thread_item(thread.id, items[3].id, context=bench.ours)
    page = await _behind(page_of_items(bench.store, bench.ours, thread.id, after=items[2].id))
    expect_same(
        ids(page.data), ids(items[4:]), "the page behind a deleted item whose successor went too"
    )


@house()
async def C34_a_deleted_thread_is_still_a_cursor(bench: Bench) -> None:
    """A page behind a thread that was deleted since goes on from where it stood.

    Why: a person deletes the last chat of the list, then scrolls.
    Mend: keep the sort key of deleted threads in their tombstones.
    """
    threads = [a_thread(seconds=n // 2) for n in range(6)]
    for thread in threads:
        await bench.store.save_thread(thread, context=bench.ours)
    whole = ids(await all_threads(bench.store, bench.ours))
    await bench.store.delete_thread(whole[2], context=bench.ours)
    for order, rest in zip(BOTH_ORDERS, (whole[3:], whole[1::-1]), strict=True):
        page = await _behind(page_of_threads(bench.store, bench.ours, after=whole[2], order=order))
        expect_same(ids(page.data), rest, f"the page in {order!r} behind a deleted thread")


@house()
async def C34_a_purged_cursor_is_unknown(bench: Bench) -> None:
    """Once `purge` has removed a tombstone, its id is an unknown cursor.

    Why: nothing may point to what a person had deleted longer than it takes to scroll.
    Mend: let `purge` delete the tombstones of items as those of threads.
    """
    purge = bench.method("purge", "purge(older_than)")
    thread, items = await _thread_of(bench, 3)
    doomed = a_thread(seconds=1)
    await bench.store.save_thread(doomed, context=bench.ours)
    await bench.store.delete_thread_item(thread.id, items[1].id, context=bench.ours)
    await bench.store.delete_thread(doomed.id, context=bench.ours)
    await purge(timedelta(days=1))
    page = await _behind(page_of_items(bench.store, bench.ours, thread.id, after=items[1].id))
    expect(ids(page.data) == [items[2].id], "purge(1 day) took a tombstone that is younger")
    await _a_moment()
    await purge(timedelta(0))
    async with expect_error(NotFoundError, "load_thread_items after a purged item"):
        await page_of_items(bench.store, bench.ours, thread.id, after=items[1].id)
    async with expect_error(NotFoundError, "load_threads after a purged thread"):
        await page_of_threads(bench.store, bench.ours, after=doomed.id)


@house()
async def C36_limits_below_one_are_refused(bench: Bench) -> None:
    """A limit below 1 is a ValueError.

    Why: `LIMIT -1` means everything to SQLite and is an error to others; an empty page would say
        that there is nothing.
    Mend: check it before the query.
    """
    thread, _ = await _thread_of(bench, 2)
    for limit in (0, -1):
        async with expect_error(ValueError, f"load_thread_items with limit={limit}"):
            await bench.store.load_thread_items(thread.id, None, limit, "asc", bench.ours)
        async with expect_error(ValueError, f"load_threads with limit={limit}"):
            await bench.store.load_threads(limit, None, "asc", bench.ours)


@house()
async def C36_huge_limits_are_cut(bench: Bench) -> None:
    """A limit above the store's `max_page_size` (1,000) is cut to it, and `has_more` says so.

    Why: server.py passes the client's limit on, and one request must not load a hundred thousand
        rows.
    Mend: `min(limit, max_page_size)` before the query; log a warning, for a caller may ignore
        `has_more`.
    """
    largest = getattr(bench.store, "max_page_size", 1_000)
    thread = a_thread()
    await bench.store.save_thread(thread, context=bench.ours)
    for number in range(largest + 1):
        await bench.store.add_thread_item(
            thread.id, in_thread(a_reply("x", seconds=number), thread.id), context=bench.ours
        )
    for limit in (largest + 1, 10**9):
        page = await bench.store.load_thread_items(thread.id, None, limit, "asc", bench.ours)
        expect(
            len(page.data) == largest,
            f"with limit={limit} a page has {len(page.data)} items, not {largest}",
        )
        expect(page.has_more, f"with limit={limit} the page was cut and has_more is False")
        rest = await page_of_items(bench.store, bench.ours, thread.id, after=page.after)
        expect(len(rest.data) == 1, f"behind a cut page are {len(rest.data)} items, not 1")


@house()
async def C37_other_orders_are_refused(bench: Bench) -> None:
    """An order that is not "asc" or "desc" is a ValueError and never reaches the database.

    Why: `ORDER BY` takes no parameters, so stores write the word into their SQL.
    Mend: look the word up in a table of the two, and raise ValueError where it is not found.
    """
    thread, _ = await _thread_of(bench, 2)
    for order in ("", "ASC", "descending", "desc; DROP TABLE threads", "asc, id", None):
        bad: Any = order
        async with expect_error(ValueError, f"load_thread_items with order={order!r}"):
            await bench.store.load_thread_items(thread.id, None, 10, bad, bench.ours)
        async with expect_error(ValueError, f"load_threads with order={order!r}"):
            await bench.store.load_threads(10, None, bad, bench.ours)


async def _listed(bench: Bench, thread_id: str, items: list[AssistantMessageItem], limit: int) -> None:
    """Both orders of a thread, page by page."""
    found = ids(await all_items(bench.store, bench.ours, thread_id, limit=limit))
    expect_same(found, ids(items), f"items in 'asc', {limit} a page, by id")
    found = ids(await all_items(bench.store, bench.ours, thread_id, limit=limit, order="desc"))
    expect_same(found, ids(items)[::-1], f"items in 'desc', {limit} a page, by id")


async def _thread_of(
    bench: Bench, count: int, *, spacing: float = 1, written: tuple[int, ...] = ()
) -> tuple[ThreadMetadata, list[AssistantMessageItem]]:
    """A new thread and its items, `spacing` seconds apart, added in the order of indices `written`."""
    thread = a_thread()
    items = [a_reply(f"{n}", fresh_id("msg"), seconds=n * spacing) for n in range(count)]
    await bench.store.save_thread(thread, context=bench.ours)
    for number in written or range(count):
        await bench.store.add_thread_item(
            thread.id, in_thread(items[number], thread.id), context=bench.ours
        )
    return thread, items


def _check_end(page: Any, last: bool, what: str) -> None:
    expect(page.has_more is not last, f"{what}: has_more is {page.has_more}")
    expect(bool(page.after) is not last, f"{what}: after is {page.after!r}")


async def _no_rows(load: Any, what: str) -> None:
    try:
        page = await load
    except BrokenError:
        raise
    except Exception:  # noqa: BLE001 - any refusal will do
        return
    expect(
        not page.data,
        f"a cursor that names nothing gave {len(page.data)} {what}, as if there were none",
    )
    expect(not page.has_more, f"a cursor that names nothing gave an empty page of {what} with has_more")


async def _behind(load: Any) -> Any:
    try:
        return await load
    except NotFoundError as error:
        raise BrokenError(f"the page behind a deleted row raised {brief_error(error)}") from error


async def _a_moment() -> None:
    """Long enough for a clock of milliseconds to show another time."""
    await asyncio.sleep(0.01)
