"""How a store is called and what kind of object it gives back (C01 to C05)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from chatkit.types import Page, Thread

from store_contract.case import upstream
from store_contract.expect import expect, expect_same
from store_contract.reading import all_items, ids, page_of_items, page_of_threads
from store_contract.samples import a_reply, a_thread, a_workflow, an_attachment, in_thread

if TYPE_CHECKING:
    from store_contract.bench import Bench


@upstream()
async def C01_arguments_by_name(bench: Bench) -> None:
    """Every method takes its arguments by the names of `chatkit.store.Store`.

    Why: server.py, `ChatKitServer._process_non_streaming` passes `limit=`, `after=`, `order=` and
        `context=` by keyword, and so do applications.
    Mend: give the parameters the names that the abstract methods have.
    """
    store, context, thread = bench.store, bench.ours, a_thread()
    item = a_reply(thread_id=thread.id)
    store.generate_thread_id(context=context)
    store.generate_item_id(item_type="message", thread=thread, context=context)
    await store.save_thread(thread=thread, context=context)
    await store.load_thread(thread_id=thread.id, context=context)
    await store.load_threads(limit=10, after=None, order="desc", context=context)
    await store.add_thread_item(thread_id=thread.id, item=item, context=context)
    await store.save_item(thread_id=thread.id, item=item, context=context)
    await store.load_item(thread_id=thread.id, item_id=item.id, context=context)
    await store.load_thread_items(
        thread_id=thread.id, after=None, limit=10, order="desc", context=context
    )
    await store.delete_thread_item(thread_id=thread.id, item_id=item.id, context=context)
    await store.delete_thread(thread_id=thread.id, context=context)


@upstream()
async def C01_arguments_by_position(bench: Bench) -> None:
    """Every method takes its arguments in the order of `chatkit.store.Store`.

    Why: server.py, `ChatKitServer._paginate_thread_items_reverse` calls `load_thread_items(id,
        after, 20, "desc", context)`, agents.py, `stream_agent_response` calls `add_thread_item(id,
        item, context)`.
    Mend: put the parameters in the order that the abstract methods have; note that `load_threads`
        begins with `limit` and `load_thread_items` has `after` before `limit`.
    """
    store, context, thread = bench.store, bench.ours, a_thread()
    first, second = (a_reply(seconds=n, thread_id=thread.id) for n in (1, 2))
    store.generate_item_id("message", thread, context)
    await store.save_thread(thread, context)
    for item in (first, second):
        await store.add_thread_item(thread.id, item, context)
    await store.save_item(thread.id, second, context)
    page = await store.load_thread_items(thread.id, second.id, 1, "desc", context)
    expect(
        ids(page.data) == [first.id],
        f"load_thread_items(id, after, 1, 'desc', context) gave {ids(page.data)}",
    )
    later = a_thread(seconds=1)
    await store.save_thread(later, context)
    threads = await store.load_threads(1, later.id, "desc", context)
    expect(
        ids(threads.data) == [thread.id],
        f"load_threads(1, after, 'desc', context) gave {ids(threads.data)}",
    )
    expect(
        (await store.load_item(thread.id, first.id, context)).id == first.id,
        "load_item gave another item",
    )
    await store.delete_thread_item(thread.id, first.id, context)
    expect(
        ids(await all_items(store, context, thread.id)) == [second.id],
        "delete_thread_item missed its item",
    )
    await store.delete_thread(thread.id, context)
    expect(
        ids((await page_of_threads(store, context)).data) == [later.id],
        "delete_thread missed its thread",
    )


@upstream("attachments")
async def C01_attachments_by_name_and_position(bench: Bench) -> None:
    """The attachment methods take their arguments by name and in the order of `chatkit.store.Store`.

    Why: server.py, `ChatKitServer._build_user_message_item` calls `load_attachment(id, context)`, and
        `ChatKitServer._process_non_streaming` calls `save_attachment(attachment, context=context)`.
    Mend: give the parameters the names and the order that the abstract methods have.
    """
    store, context, one, two = bench.store, bench.ours, an_attachment(), an_attachment()
    await store.save_attachment(one, context)
    await store.save_attachment(attachment=two, context=context)
    expect(
        (await store.load_attachment(one.id, context)).id == one.id, "load_attachment gave another one"
    )
    await store.load_attachment(attachment_id=two.id, context=context)
    await store.delete_attachment(one.id, context)
    await store.delete_attachment(attachment_id=two.id, context=context)


@upstream()
async def C02_load_thread_gives_metadata_only(bench: Bench) -> None:
    """`load_thread` returns a thread without an `items` field.

    Why: server.py, `ChatKitServer._load_full_thread` builds `Thread(**thread.model_dump(),
        items=...)`: a second `items` is a TypeError, and the thread cannot be opened.
    Mend: build and return `ThreadMetadata`, not `Thread`.
    """
    thread = a_thread()
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(a_reply(), thread.id), context=bench.ours)
    loaded = await bench.store.load_thread(thread.id, context=bench.ours)
    expect(
        "items" not in loaded.model_dump(), f"load_thread returned a {type(loaded).__name__} with items"
    )


@upstream()
async def C03_save_thread_strips_items(bench: Bench) -> None:
    """`save_thread` may be handed a `Thread` with `items`; they change nothing about the stored items.

    Why: server.py, `ChatKitServer._process_streaming_impl` keeps a `Thread` on the create path, and
        `ChatKitServer._process_events` saves that object when `respond` changed it.
    Mend: store `ThreadMetadata`'s fields only, as in
        `ThreadMetadata(**thread.model_dump(exclude={"items"}))`.
    """
    thread, stored, passed = a_thread(), a_reply("stored"), a_reply("passed along")
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(stored, thread.id), context=bench.ours)
    whole = Thread(
        **thread.model_dump(exclude={"title"}), title="With items", items=Page(data=[passed])
    )
    await bench.store.save_thread(whole, context=bench.ours)
    loaded = await bench.store.load_thread(thread.id, context=bench.ours)
    expect(
        "items" not in loaded.model_dump(),
        "load_thread gave back the items of the Thread that was saved",
    )
    expect_same(loaded.title, "With items", "the saved Thread's title")
    found = ids(await all_items(bench.store, bench.ours, thread.id))
    expect(
        found == [stored.id],
        f"saving a Thread changed the stored items from [{stored.id!r}] to {found}",
    )


@upstream()
async def C04_argument_owns_the_item(bench: Bench) -> None:
    """The `thread_id` argument says where an item belongs; the item's own `thread_id` comes back as
    it was.

    Why: server.py, `ChatKitServer._process_events` passes `thread.id` beside items whose
        `thread_id` the application's `respond` has set to anything.
    Mend: key rows by the argument and store the item's payload untouched.
    """
    thread, elsewhere = a_thread(), a_thread()
    item, other = a_reply(thread_id="not-this-one"), a_reply(thread_id=elsewhere.id, seconds=1)
    for each in (thread, elsewhere):
        await bench.store.save_thread(each, context=bench.ours)
    await bench.store.add_thread_item(thread.id, item, context=bench.ours)
    await bench.store.add_thread_item(thread.id, other, context=bench.ours)
    await bench.store.save_item(thread.id, other, context=bench.ours)
    found = await all_items(bench.store, bench.ours, thread.id)
    expect(
        ids(found) == [item.id, other.id],
        f"items passed with thread_id={thread.id!r} are not its items",
    )
    expect_same(found, [item, other], "items whose thread_id differs from the argument")
    strayed = ids(await all_items(bench.store, bench.ours, elsewhere.id))
    expect(not strayed, "an item went to the thread that its thread_id names, not to the argument's")


@upstream()
async def C05_threads_are_snapshots(bench: Bench) -> None:
    """Changing a thread after it was saved, or one that was loaded, changes nothing in the store.

    Why: server.py, `ChatKitServer._process_events` goes on using the thread that it saved and lets
        `respond` change the one that it loaded; if the next write fails, the store must still hold
        what was written last.
    Mend: store a serialised form or a deep copy, and build a new object on every load.
    """
    thread = a_thread(title="before", metadata={"list": [1]})
    await bench.store.save_thread(thread, context=bench.ours)
    expected = thread.model_copy(deep=True)
    thread.title = "after"
    thread.metadata["list"].append(2)
    loaded = await bench.store.load_thread(thread.id, context=bench.ours)
    expect_same(loaded, expected, "a thread changed after save_thread")
    loaded.title = "after"
    loaded.metadata["list"].append(3)
    listed = (await page_of_threads(bench.store, bench.ours)).data[0]
    expect_same(listed, expected, "a thread whose loaded copy was changed")
    listed.metadata["list"].append(4)
    again = await bench.store.load_thread(thread.id, context=bench.ours)
    expect_same(again, expected, "a thread whose listed copy was changed")


@upstream()
async def C05_items_are_snapshots(bench: Bench) -> None:
    """Changing an item after it was added or saved, or one that was loaded, changes nothing in the
    store.

    Why: agents.py, `stream_agent_response` takes a workflow from `load_thread_items` and changes
        its tasks and summary; server.py, `ChatKitServer._process_streaming_impl` completes a tool
        call before it saves it.
    Mend: store a serialised form or a deep copy, and build a new object on every load.
    """
    thread, added, saved = a_thread(), a_workflow(seconds=1), a_workflow(seconds=2)
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(added, thread.id), context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(saved, thread.id), context=bench.ours)
    await bench.store.save_item(thread.id, saved, context=bench.ours)
    expected = [added.model_copy(deep=True), saved.model_copy(deep=True)]
    for item in (added, saved):
        item.workflow.expanded = True
    found = await all_items(bench.store, bench.ours, thread.id)
    expect_same(found, expected, "items changed after they were stored")
    for item in found:
        item.created_at = a_thread(seconds=99).created_at
    one = await bench.store.load_item(thread.id, added.id, context=bench.ours)
    expect_same(one, expected[0], "an item whose copy from load_thread_items was changed")
    one.thread_id = "changed"
    again = await all_items(bench.store, bench.ours, thread.id)
    expect_same(again, expected, "items whose loaded copies were changed")


@upstream()
async def C05_pages_are_fresh(bench: Bench) -> None:
    """Emptying the page that a store returned changes nothing for the next caller.

    Why: server.py, `ChatKitServer._process_non_streaming` replaces `items.data` of the page by the
        items that are not hidden, and `ChatKitServer._to_thread_response` does the same.
    Mend: build a new `Page` with a new list on every load; cache rows, never pages.
    """
    thread = a_thread()
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(a_reply(), thread.id), context=bench.ours)
    for order in ("asc", "asc"):
        page = await page_of_items(bench.store, bench.ours, thread.id, order=order)
        expect(len(page.data) == 1, "a page of items that an earlier caller had emptied came again")
        page.data.clear()
        page.has_more = True
        threads = await page_of_threads(bench.store, bench.ours, order=order)
        expect(
            len(threads.data) == 1, "a page of threads that an earlier caller had emptied came again"
        )
        threads.data.clear()


@upstream("attachments")
async def C05_attachments_are_snapshots(bench: Bench) -> None:
    """Changing an attachment after it was saved, or one that was loaded, changes nothing in the store.

    Why: server.py, `ChatKitServer._build_user_message_item` gives applications the objects that
        `load_attachment` returned, within the message that they may change.
    Mend: store a serialised form or a deep copy, and build a new object on every load.
    """
    attachment = an_attachment()
    await bench.store.save_attachment(attachment, context=bench.ours)
    expected = attachment.model_copy(deep=True)
    attachment.name = "changed"
    loaded = await bench.store.load_attachment(attachment.id, context=bench.ours)
    expect_same(loaded, expected, "an attachment changed after save_attachment")
    loaded.metadata = {"changed": True}
    again = await bench.store.load_attachment(attachment.id, context=bench.ours)
    expect_same(again, expected, "an attachment whose loaded copy was changed")
