"""Items: added again, replaced, under whose id, in whose thread, deleted (C15 to C19, C21 to C24)."""

from __future__ import annotations

import contextlib
import copy
from typing import TYPE_CHECKING, Any
from unittest import mock

from chatkit.store import NotFoundError
from chatkit.types import EndOfTurnItem, ThoughtTask

from store_contract.case import house, upstream
from store_contract.expect import BrokenError, expect, expect_error, expect_same
from store_contract.reading import all_items, ids, page_of_items
from store_contract.samples import (
    a_hidden_item,
    a_question,
    a_reply,
    a_thread,
    a_tool_call,
    a_workflow,
    an_attachment,
    at,
    in_thread,
)

if TYPE_CHECKING:
    from store_contract.bench import Bench

FAKE_ID = "__fake_id__"
"""What the Agents SDK calls every message of a chat-completions model (agents.models.fake_id)."""


@upstream()
async def C15_add_is_idempotent(bench: Bench) -> None:
    """Adding an item that is there updates it: one item, with the new content, at its place.

    Why: agents.py, `stream_agent_response` adds an unfinished workflow to the store, resumes it in
        the next turn and emits it as done, and server.py, `ChatKitServer._process_events` adds it
        again. A plain INSERT fails there, and the whole reply is lost.
    Mend: let `add_thread_item` upsert by tenant, thread and item id.
    """
    store, thread, workflow, later = bench.store, a_thread(), a_workflow(seconds=1), a_reply(seconds=2)
    await store.save_thread(thread, context=bench.ours)
    await store.add_thread_item(thread.id, in_thread(workflow, thread.id), context=bench.ours)
    await store.add_thread_item(thread.id, in_thread(later, thread.id), context=bench.ours)
    workflow.workflow.tasks.append(ThoughtTask(content="done"))
    await store.add_thread_item(thread.id, in_thread(workflow, thread.id), context=bench.ours)
    found = await all_items(store, bench.ours, thread.id)
    expect_same(
        ids(found), [workflow.id, later.id], "the ids of a thread after one item was added again"
    )
    expect_same(found, [workflow, later], "a thread after one item was added again")
    loaded = await store.load_item(thread.id, workflow.id, context=bench.ours)
    expect_same(loaded, workflow, "an item that was added again")


@upstream()
async def C16_save_item_inserts(bench: Bench) -> None:
    """`save_item` with an id that is not there inserts the item.

    Why: store.py, `Store.save_item` says "upsert"; server.py, `ChatKitServer._process_events` saves
        the item of a `ThreadItemReplacedEvent`, which may not have been stored before.
    Mend: upsert; an UPDATE that finds no row drops the item without a word.
    """
    thread, item = a_thread(), a_reply()
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.save_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    found = await all_items(bench.store, bench.ours, thread.id)
    expect(bool(found), "save_item of an unknown id stored nothing")
    expect_same(found, [item], "a thread after save_item of an unknown id")


@upstream()
async def C16_save_item_updates(bench: Bench) -> None:
    """`save_item` with an id that is there replaces the item, in its place.

    Why: server.py, `ChatKitServer._process_streaming_impl` saves a completed tool call;
        tests/test_store.py, `test_save_and_load_item`.
    Mend: upsert by tenant, thread and item id.
    """
    store, thread = bench.store, a_thread()
    items = [a_reply(str(n), seconds=n) for n in range(3)]
    await store.save_thread(thread, context=bench.ours)
    for item in items:
        await store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    items[1] = a_reply("replaced", items[1].id, seconds=1)
    await store.save_item(thread.id, in_thread(items[1], thread.id), context=bench.ours)
    found = await all_items(store, bench.ours, thread.id)
    expect_same(found, items, "a thread after save_item of one item")


@upstream()
async def C17_replacing_may_change_the_type(bench: Bench) -> None:
    """An item may be replaced by one of another type.

    Why: types.py, `ThreadItemReplacedEvent.item` is any item, and server.py,
        `ChatKitServer._process_events` saves it: a tool call becomes a widget, a widget an end of
        turn.
    Mend: write the type column (if there is one) in the update too, or keep the type in the payload
        alone.
    """
    store, thread, call = bench.store, a_thread(), a_tool_call()
    await store.save_thread(thread, context=bench.ours)
    await store.add_thread_item(thread.id, in_thread(call, thread.id), context=bench.ours)
    replaced = EndOfTurnItem(id=call.id, thread_id="thr", created_at=call.created_at)
    for item in (replaced, a_reply("text", call.id)):
        await store.save_item(thread.id, in_thread(item, thread.id), context=bench.ours)
        loaded = await store.load_item(thread.id, call.id, context=bench.ours)
        expect_same(loaded, item, "an item replaced by one of another type")
        found = await all_items(store, bench.ours, thread.id)
        expect_same(found, [item], "a thread whose item was replaced by one of another type")


@house()
async def C17_replacing_keeps_the_place(bench: Bench) -> None:
    """An item that is replaced or added again with another `created_at` keeps its place and holds
    the new time.

    Why: the server stamps a replacement anew; an item that jumps to the end while someone pages is
        lost or repeated.
    Mend: write the sort key on insert only.
    """
    store, thread = bench.store, a_thread()
    items = [a_reply(str(n), seconds=n) for n in range(4)]
    await store.save_thread(thread, context=bench.ours)
    for item in items:
        await store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    items[1] = items[1].model_copy(update={"created_at": at(99)})
    await store.save_item(thread.id, in_thread(items[1], thread.id), context=bench.ours)
    items[2] = items[2].model_copy(update={"created_at": at(-99)})
    await store.add_thread_item(thread.id, in_thread(items[2], thread.id), context=bench.ours)
    found = await all_items(store, bench.ours, thread.id)
    expect_same(found, items, "a thread after items were replaced by ones of another time")
    page = await page_of_items(store, bench.ours, thread.id, after=items[1].id)
    expect(
        ids(page.data) == ids(items[2:]), "the page behind a replaced item does not begin at its place"
    )


@upstream()
async def C18_threads_may_hold_the_same_item_id(bench: Bench) -> None:
    """Two threads of a tenant may hold items of the same id; nothing done to one touches the other.

    Why: agents.py, `stream_agent_response` takes message ids from the model's provider, and with
        chat-completions models that id is the same for every message.
    Mend: let the primary key of items be tenant, thread and id.
    """
    store, one, two = bench.store, a_thread(), a_thread(seconds=1)
    first, second = a_reply("in one", "msg_twin"), a_reply("in two", "msg_twin")
    for thread, item in ((one, first), (two, second)):
        await store.save_thread(thread, context=bench.ours)
        await store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    for thread, item in ((one, first), (two, second)):
        loaded = await store.load_item(thread.id, "msg_twin", context=bench.ours)
        expect_same(loaded, item, "an item whose id another thread uses too")
        expect_same(
            await all_items(store, bench.ours, thread.id), [item], "a thread that shares an item's id"
        )
    changed = a_reply("changed in two", "msg_twin")
    await store.save_item(two.id, in_thread(changed, two.id), context=bench.ours)
    expect_same(
        await all_items(store, bench.ours, one.id), [first], "a thread beside save_item of its twin"
    )
    await store.delete_thread_item(one.id, "msg_twin", context=bench.ours)
    expect_same(
        await all_items(store, bench.ours, two.id),
        [changed],
        "a thread beside the deletion of its twin",
    )


@house()
async def C19_fake_ids_lose_no_message(bench: Bench) -> None:
    """Two messages with the id `__fake_id__` are two messages, and the objects that came stay
    untouched.

    Why: agents.py, `stream_agent_response` emits every message of a chat-completions model under
        that id: an upsert replaces the last answer by the new one.
    Mend: let `add_thread_item` store such an item under an id of `generate_item_id`.
    """
    store, thread = bench.store, a_thread()
    await store.save_thread(thread, context=bench.ours)
    for number in range(3):
        item = in_thread(a_reply(f"answer {number}", FAKE_ID, seconds=number), thread.id)
        before = copy.deepcopy(item)
        await store.add_thread_item(thread.id, item, context=bench.ours)
        expect_same(item, before, "the item that was handed to add_thread_item")
    found: list[Any] = await all_items(store, bench.ours, thread.id)
    texts = [item.content[0].text for item in found]
    expect(
        texts == ["answer 0", "answer 1", "answer 2"], f"three messages with {FAKE_ID} are now {texts}"
    )
    expect(len({*ids(found)}) == 3 and FAKE_ID not in ids(found), f"their ids are {ids(found)}")


@house()
async def C19_saving_a_fake_id_updates_the_newest(bench: Bench) -> None:
    """`save_item` with the id `__fake_id__` updates the newest message so stored in its thread, or
    adds one.

    Why: the stream has shown the fake id, so the application's replacement carries it and means the
        last answer.
    Mend: remember which rows came with the fake id; update the newest of this thread, insert if
        there is none.
    """
    store, thread, other = bench.store, a_thread(), a_thread(seconds=1)
    for each in (thread, other):
        await store.save_thread(each, context=bench.ours)
    await store.add_thread_item(
        other.id, in_thread(a_reply("elsewhere", FAKE_ID), other.id), context=bench.ours
    )
    await store.save_item(thread.id, in_thread(a_reply("0", FAKE_ID), thread.id), context=bench.ours)
    await store.add_thread_item(
        thread.id, in_thread(a_reply("1", FAKE_ID, seconds=1), thread.id), context=bench.ours
    )
    await store.add_thread_item(
        thread.id, in_thread(a_reply("with an id of its own", seconds=2), thread.id), context=bench.ours
    )
    await store.save_item(
        thread.id, in_thread(a_reply("1, replaced", FAKE_ID, seconds=1), thread.id), context=bench.ours
    )
    found: list[Any] = await all_items(store, bench.ours, thread.id)
    texts = [item.content[0].text for item in found]
    expected = ["0", "1, replaced", "with an id of its own"]
    expect(texts == expected, f"save_item of {FAKE_ID} gave {texts}, not {expected}")
    found = await all_items(store, bench.ours, other.id)
    expect(
        found[0].content[0].text == "elsewhere",
        f"save_item of {FAKE_ID} changed another thread's message",
    )


@house()
async def C20_a_subclass_names_the_fake_items(bench: Bench) -> None:
    """The id that replaces a fake one comes from `generate_item_id`, so a subclass's own wins.

    Why: docs/guides/respond-to-user-message.md has applications override the generators for ids of
        their own.
    Mend: call `self.generate_item_id("message", thread, context)`.
    """
    store, thread = bench.store, a_thread()
    await store.save_thread(thread, context=bench.ours)
    with mock.patch.object(type(store), "generate_item_id", _made_by_the_application):
        await store.add_thread_item(
            thread.id, in_thread(a_reply("text", FAKE_ID), thread.id), context=bench.ours
        )
    found = ids(await all_items(store, bench.ours, thread.id))
    expect(found == ["made_by_the_application"], f"an item with {FAKE_ID} was stored as {found}")


@upstream()
async def C21_unknown_items_are_not_found(bench: Bench) -> None:
    """`load_item` of an id that is not in the thread raises `chatkit.store.NotFoundError`.

    Why: tests/test_store.py, `test_load_nonexistent_item`; server.py,
        `ChatKitServer._process_streaming_impl` loads the item of a structured input by the ids that
        the client sent.
    Mend: look for tenant, thread and id together; raise `NotFoundError` from `chatkit.store`.
    """
    store, thread, other, item = bench.store, a_thread(), a_thread(seconds=1), a_reply()
    for each in (thread, other):
        await store.save_thread(each, context=bench.ours)
    await store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    expect_same(await store.load_item(thread.id, item.id, context=bench.ours), item, "load_item")
    for thread_id, item_id, what in (
        (thread.id, "msg_unknown", "load_item of an unknown item"),
        (other.id, item.id, "load_item of an item of another thread"),
        ("thr_unknown", item.id, "load_item in an unknown thread"),
    ):
        async with expect_error(NotFoundError, what):
            await store.load_item(thread_id, item_id, context=bench.ours)


@upstream("tenants")
async def C21_foreign_items_are_not_found(bench: Bench) -> None:
    """`load_item` of another tenant's item raises `chatkit.store.NotFoundError`.

    Why: tests/test_store.py, `test_thread_items_isolation_by_user`.
    Mend: put the tenant from the context into the WHERE.
    """
    thread, item = a_thread(), a_reply()
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    async with expect_error(NotFoundError, "load_item of another tenant's item"):
        await bench.store.load_item(thread.id, item.id, context=bench.theirs)


@upstream()
async def C22_deleting_what_is_not_there_does_nothing(bench: Bench) -> None:
    """Deleting an unknown item or thread, or one twice, raises nothing and changes nothing else.

    Why: server.py, `ChatKitServer._process_events` deletes the item of a `ThreadItemRemovedEvent`
        that may never have been stored, and a person deletes one thread in two windows;
        docs/quickstart.md, `delete_thread` pops with a default.
    Mend: ignore that no row was hit.
    """
    store, thread, kept, item = bench.store, a_thread(), a_reply(), a_reply(seconds=1)
    gone = a_thread(seconds=1)
    for each in (thread, gone):
        await store.save_thread(each, context=bench.ours)
    for each in (kept, item):
        await store.add_thread_item(thread.id, in_thread(each, thread.id), context=bench.ours)
    for _ in range(2):
        await store.delete_thread_item(thread.id, item.id, context=bench.ours)
        await store.delete_thread(gone.id, context=bench.ours)
    await store.delete_thread_item("thr_unknown", kept.id, context=bench.ours)
    await store.delete_thread_item(gone.id, kept.id, context=bench.ours)
    await store.delete_thread("thr_unknown", context=bench.ours)
    found = await all_items(store, bench.ours, thread.id)
    expect_same(found, [kept], "a thread after deletions that did not concern its item")
    async with expect_error(NotFoundError, "load_item of a deleted item"):
        await store.load_item(thread.id, item.id, context=bench.ours)


@upstream("tenants")
async def C22_foreign_items_are_not_deleted(bench: Bench) -> None:
    """Deleting another tenant's item does nothing to it.

    Why: docs/guides/prepare-your-app-for-production.md has the store check the user before it
        mutates anything.
    Mend: put the tenant from the context into the WHERE of the DELETE.
    """
    thread, item = a_thread(), a_reply()
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    await bench.store.delete_thread_item(thread.id, item.id, context=bench.theirs)
    found = await all_items(bench.store, bench.ours, thread.id)
    expect_same(found, [item], "our thread after another tenant deleted its item")


@upstream()
async def C23_unknown_threads_have_no_items(bench: Bench) -> None:
    """`load_thread_items` of an unknown thread is an empty last page.

    Why: tests/test_store.py, `test_thread_items_isolation_by_user` expects an empty list where
        there is nothing to see; agents.py, `stream_agent_response` reads the first page without
        asking whether there is one.
    Mend: return `Page(data=[], has_more=False, after=None)`; raise nothing.
    """
    page = await page_of_items(bench.store, bench.ours, "thr_unknown")
    expect(
        not page.data and not page.has_more and not page.after,
        f"the page is {page!r}, not an empty one",
    )


@upstream("tenants")
async def C23_foreign_threads_have_no_items(bench: Bench) -> None:
    """`load_thread_items` of another tenant's thread is an empty last page.

    Why: tests/test_store.py, `test_thread_items_isolation_by_user`.
    Mend: put the tenant from the context into the WHERE.
    """
    thread = a_thread()
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(a_reply(), thread.id), context=bench.ours)
    page = await page_of_items(bench.store, bench.theirs, thread.id)
    expect(
        not page.data and not page.has_more and not page.after,
        "the page of another tenant's thread has items",
    )


@house()
async def C23_unknown_threads_have_no_items_behind_a_cursor(bench: Bench) -> None:
    """`load_thread_items` of an unknown or another tenant's thread is empty whatever `after` is.

    Why: a page of a thread that was deleted in another window is asked for with a cursor; and the
        answer must not differ from the first page's, or it tells what exists.
    Mend: look for the thread before the cursor.
    """
    thread, item = a_thread(), a_reply()
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    contexts = [(bench.ours, "thr_unknown")]
    if not bench.lacks("tenants"):
        contexts.append((bench.theirs, thread.id))
    for context, thread_id in contexts:
        for after in (item.id, "msg_unknown"):
            page = await page_of_items(bench.store, context, thread_id, after=after)
            expect(
                not page.data and not page.has_more, "the page of a thread that is not there has items"
            )


@upstream("tenants")
async def C24_foreign_threads_are_not_added_to(bench: Bench) -> None:
    """Adding or saving an item under another tenant's thread changes nothing for its owner.

    Why: docs/guides/prepare-your-app-for-production.md has the store check the user before it
        mutates anything.
    Mend: write only where the thread is the tenant's own.
    """
    thread, item = a_thread(), a_reply("ours")
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    for name in ("add_thread_item", "save_item"):
        for foreign in (a_reply("theirs", seconds=1), a_reply("theirs", item.id)):
            with contextlib.suppress(Exception):  # a refusal is as good
                write = getattr(bench.store, name)
                await write(thread.id, in_thread(foreign, thread.id), context=bench.theirs)
    found = await all_items(bench.store, bench.ours, thread.id)
    expect_same(found, [item], "our thread after another tenant wrote to it")


@house()
async def C24_adding_to_no_thread_is_refused(bench: Bench) -> None:
    """Adding or saving an item to an unknown or another tenant's thread raises `NotFoundError` and
    leaves no orphan.

    Why: an item without a thread is found by nobody, deleted by nobody, and appears in the thread
        that gets the id.
    Mend: a foreign key, or an INSERT that selects from the tenant's threads; turn "no row" into
        `NotFoundError`.
    """
    store, thread, item = bench.store, a_thread(), a_reply()
    targets = [("thr_unknown", bench.ours)]
    if not bench.lacks("tenants"):
        await store.save_thread(thread, context=bench.theirs)
        targets.append((thread.id, bench.ours))
    for thread_id, context in targets:
        for name in ("add_thread_item", "save_item"):
            async with expect_error(NotFoundError, f"{name} to a thread that is not there"):
                await getattr(store, name)(thread_id, in_thread(item, thread_id), context=context)
        expect(not await all_items(store, context, thread_id), "an item was stored without its thread")
        await store.save_thread(a_thread(thread_id), context=context)
        orphans = ids(await all_items(store, context, thread_id))
        expect(not orphans, f"a new thread already has the items {orphans}")


@upstream()
async def C35_hidden_items_are_not_filtered(bench: Bench) -> None:
    """Hidden context items are stored and returned as any other, and count for the page's limit.

    Why: server.py, `ChatKitServer._process_non_streaming` takes them out after paging;
        docs/concepts/threads.md reads them as input for the model.
    Mend: filter nothing by type.
    """
    store, thread = bench.store, a_thread()
    items = [
        a_question(seconds=0),
        a_hidden_item("first", seconds=1),
        a_hidden_item({"second": [1]}, seconds=2),
        a_reply(seconds=3),
    ]
    await store.save_thread(thread, context=bench.ours)
    for item in items:
        await store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
    found = await all_items(store, bench.ours, thread.id)
    expect_same(found, items, "a thread with hidden items")
    page = await page_of_items(store, bench.ours, thread.id, limit=2, after=items[0].id)
    expect(ids(page.data) == ids(items[1:3]), f"a page of hidden items holds {ids(page.data)}")
    expect(page.has_more, "a page of hidden items says that it is the last")
    expect_same(
        await store.load_item(thread.id, items[1].id, context=bench.ours), items[1], "a hidden item"
    )


@upstream()
async def C06_messages_keep_their_attachments(bench: Bench) -> None:
    """A message's attachments are part of it, metadata included, whatever becomes of the attachment
    itself.

    Why: tests/test_store.py, `test_save_and_load_thread_items` compares a message with an
        attachment that has metadata; server.py, `ChatKitServer._build_user_message_item` puts
        copies into the message.
    Mend: store the message's own copies; do not join attachments in when a message is read.
    """
    thread, message = a_thread(), a_question(attachments=[an_attachment(), an_attachment("other.txt")])
    await bench.store.save_thread(thread, context=bench.ours)
    await bench.store.add_thread_item(thread.id, in_thread(message, thread.id), context=bench.ours)
    found = await all_items(bench.store, bench.ours, thread.id)
    if not found:
        raise BrokenError("a message with attachments was not stored")
    expect_same(found, [message], "a message with attachments")


def _made_by_the_application(*_: object, **__: object) -> str:
    return "made_by_the_application"
