"""The store under the real server: every request of the ChatKit protocol that touches it."""

from __future__ import annotations

import asyncio
from datetime import datetime
from typing import TYPE_CHECKING, Any

import chatkit.types as models
from chatkit.server import StreamingResult
from chatkit.store import NotFoundError
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ClientToolCallItem,
    HiddenContextItem,
    LockedStatus,
    SDKHiddenContextItem,
    ThoughtTask,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    UserMessageItem,
    WidgetItem,
    WorkflowItem,
)

from store_contract.case import upstream
from store_contract.chat import Chat, ask, open_stream, request, stream, thread_of, user_input
from store_contract.expect import BrokenError, expect, expect_error, expect_same
from store_contract.reading import all_items, all_threads, ids
from store_contract.samples import (
    a_hidden_item,
    a_reply,
    a_thread,
    a_tool_call,
    a_workflow,
    fresh_id,
    in_thread,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from chatkit.types import ThreadMetadata, ThreadStreamEvent

    from store_contract.bench import Bench

    Events = AsyncIterator[ThreadStreamEvent]


@upstream()
async def C03_the_server_creates_a_thread(bench: Bench) -> None:
    """The first message makes a thread, stores the message and the answer, and names the thread on
    the way.

    Why: server.py, `ChatKitServer._process_streaming_impl`, case `ThreadsCreateReq`: metadata is
        saved first, a whole `Thread` when `respond` has set the title;
        tests/test_chatkit_server.py, `test_saves_thread_title`.
    Mend: let `save_thread` take a `Thread`, and store its metadata alone.
    """

    async def respond(thread: ThreadMetadata, _message: UserMessageItem | None) -> Events:
        thread.title = "Greetings"
        thread.metadata["turns"] = 1
        yield ThreadItemDoneEvent(item=_answer(thread, "Hello, world!"))

    chat = Chat(bench.store, respond)
    thread_id = thread_of(await stream(chat, bench.ours, "threads.create", input=user_input("Hi")))
    loaded = await bench.store.load_thread(thread_id, context=bench.ours)
    expect(loaded.title == "Greetings", f"the title that respond set is stored as {loaded.title!r}")
    expect(
        loaded.metadata == {"turns": 1},
        f"the metadata that respond set are stored as {loaded.metadata}",
    )
    shown = await ask(chat, bench.ours, "threads.get_by_id", thread_id=thread_id)
    types = [item["type"] for item in shown["items"]["data"]]
    expect(types == ["user_message", "assistant_message"], f"the new thread shows {types}")


@upstream()
async def C02_the_server_shows_a_thread(bench: Bench) -> None:
    """A thread is shown with its first page of items, hidden ones left out.

    Why: server.py, `ChatKitServer._load_full_thread` makes one object of what `load_thread` and
        `load_thread_items` return; tests/test_chatkit_server.py, `test_get_thread_by_id`.
    Mend: return `ThreadMetadata` without items from `load_thread`, and a `Page` of items from
        `load_thread_items`.
    """
    thread = a_thread(title="Shown", status=LockedStatus(reason="why"))
    items = [a_reply("1", seconds=1), a_hidden_item(seconds=2), a_reply("3", seconds=3)]
    await _stored(bench, thread, items)
    shown = await ask(Chat(bench.store), bench.ours, "threads.get_by_id", thread_id=thread.id)
    expect(
        shown["title"] == "Shown" and shown["status"]["type"] == "locked",
        "a thread is shown without its status",
    )
    found = [item["id"] for item in shown["items"]["data"]]
    expect_same(found, [items[0].id, items[2].id], "the items that a client is shown")


@upstream()
async def C09_the_server_saves_a_thread_often(bench: Bench) -> None:
    """A turn that changes the thread after each event saves it each time, and the last state stays.

    Why: server.py, `ChatKitServer._process_events` saves whenever the thread differs;
        tests/test_chatkit_server.py, `test_emits_thread_updated_mid_stream_and_persists`.
    Mend: let `save_thread` upsert.
    """

    async def respond(thread: ThreadMetadata, _message: UserMessageItem | None) -> Events:
        for number in range(4):
            thread.title = f"Part {number}"
            thread.metadata = {"part": number}
            yield ThreadItemDoneEvent(item=_answer(thread, f"{number}"))
        thread.status = LockedStatus(reason="done")

    chat = Chat(bench.store, respond)
    thread_id = thread_of(await stream(chat, bench.ours, "threads.create", input=user_input()))
    loaded = await bench.store.load_thread(thread_id, context=bench.ours)
    expect(
        loaded.title == "Part 3" and loaded.metadata == {"part": 3},
        "the last change of a turn is not stored",
    )
    expect(loaded.status == LockedStatus(reason="done"), f"the status is stored as {loaded.status!r}")
    found = ids(await all_items(bench.store, bench.ours, thread_id))
    expect(len(found) == 5, f"a message and four answers are {len(found)} items")


@upstream()
async def C13_the_server_lists_threads(bench: Bench) -> None:
    """The history lists threads newest first, page by page, each once.

    Why: server.py, `ChatKitServer._process_non_streaming`, case `ThreadsListReq`;
        tests/test_chatkit_server.py, `test_list_threads_paginated_response`.
    Mend: see C13, C30 and C31.
    """
    threads = [a_thread(seconds=n, title=f"{n}") for n in range(5)]
    for thread in threads:
        await bench.store.save_thread(thread, context=bench.ours)
    chat, seen, after = Chat(bench.store), list[str](), None
    for _ in range(5):
        page = await ask(chat, bench.ours, "threads.list", limit=2, order="desc", after=after)
        seen += [row["id"] for row in page["data"]]
        after = page.get("after")
        if not page["has_more"]:
            break
    expect_same(seen, ids(threads)[::-1], "the history")


@upstream()
async def C35_the_server_lists_items(bench: Bench) -> None:
    """The client pages back through a thread; hidden items are left out by the server and lose no
    others.

    Why: server.py, `ChatKitServer._process_non_streaming`, case `ItemsListReq` filters the page
        that the store returned and passes on its `after`.
    Mend: do not filter hidden items in the store; return as `after` the id of the last row, hidden
        or not.
    """
    thread = a_thread()
    items = [a_hidden_item(seconds=n) if n % 3 == 1 else a_reply(f"{n}", seconds=n) for n in range(9)]
    await _stored(bench, thread, items)
    chat, seen, after = Chat(bench.store), list[str](), None
    for _ in range(9):
        page = await ask(chat, bench.ours, "items.list", thread_id=thread.id, limit=2, after=after)
        seen += [row["id"] for row in page["data"]]
        after = page.get("after")
        if not page["has_more"]:
            break
    visible = [item.id for item in items if not isinstance(item, HiddenContextItem)]
    expect_same(seen, visible[::-1], "the items that a client pages back through")


@upstream()
async def C27_the_server_finds_a_pending_tool_call(bench: Bench) -> None:
    """A client's tool output completes the call that was the last item, and dangling calls are removed.

    Why: server.py, `ChatKitServer._process_streaming_impl`, case `ThreadsAddClientToolOutputReq`
        loads one item in `desc`, saves it, and `ChatKitServer._cleanup_pending_client_tool_call`
        deletes others.
    Mend: order by time, then by writing, and upsert in `save_item`.
    """
    thread, dangling, call = a_thread(), a_tool_call(), a_tool_call()
    await _stored(bench, thread, [a_reply(), dangling, call])  # one and the same time
    chat = Chat(bench.store, _one_answer)
    result = {"city": "Zürich", "deep": [None, 1.5]}
    await stream(chat, bench.ours, "threads.add_client_tool_output", thread_id=thread.id, result=result)
    found = await all_items(bench.store, bench.ours, thread.id)
    calls = [item for item in found if isinstance(item, ClientToolCallItem)]
    expect(
        [one.id for one in calls] == [call.id],
        f"of a completed and a dangling call {len(calls)} are left",
    )
    expect(
        calls[0].status == "completed" and calls[0].output == result, "the tool's output is not stored"
    )
    expect(len(found) == 3, f"after the tool's output the thread has {len(found)} items, not 3")


if hasattr(models, "StructuredInputItem"):  # openai-chatkit 1.6.4

    @upstream()
    async def C17_the_server_answers_structured_input(bench: Bench) -> None:
        """The answers to a structured input replace the item in its place.

        Why: server.py, `ChatKitServer._process_streaming_impl`, case `ThreadsAddStructuredInputReq`
            loads the item and has it replaced; tests/test_chatkit_server.py,
            `test_add_structured_input_replaces_item_with_custom_answer_and_resumes_response`.
        Mend: let `load_item` return the item's own type, and `save_item` upsert.
        """
        thread = a_thread()
        asked = models.StructuredInputItem(
            id=fresh_id("inp"),
            thread_id=thread.id,
            created_at=thread.created_at,
            inputs=[models.StructuredInputFreeform(id="name", question="Your name?")],
        )
        await _stored(bench, thread, [asked, a_reply(seconds=1)])
        chat = Chat(bench.store, _one_answer)
        submission = {"status": "answered", "answers": {"name": {"values": ["Ada"]}}}
        await stream(
            chat,
            bench.ours,
            "threads.add_structured_input",
            thread_id=thread.id,
            item_id=asked.id,
            input=submission,
        )
        found = await all_items(bench.store, bench.ours, thread.id)
        expect(len(found) == 3 and found[0].id == asked.id, "the answered input is not where it was")
        item = found[0]
        answers = (
            [one.answer for one in item.inputs] if isinstance(item, models.StructuredInputItem) else []
        )
        values = [answer.values for answer in answers if answer is not None]
        expect(values == [["Ada"]], f"the answers are stored as {values}")


@upstream()
async def C38_the_server_retries(bench: Bench) -> None:
    """A retry removes everything behind the message, over several pages, and answers anew.

    Why: server.py, `ChatKitServer._process_streaming_impl`, case `ThreadsRetryAfterItemReq` pages
        backwards by 20, then deletes one by one; tests/test_chatkit_server.py,
        `test_retry_after_item_with_multiple_messages`.
    Mend: see C27 to C31 for the pages; ignore in `delete_thread_item` that a row is not there.
    """
    chat = Chat(bench.store, _one_answer)
    thread_id = thread_of(await stream(chat, bench.ours, "threads.create", input=user_input("first")))
    await stream(
        chat, bench.ours, "threads.add_user_message", thread_id=thread_id, input=user_input("again")
    )
    before = await all_items(bench.store, bench.ours, thread_id)
    message = before[2]
    for number in range(45):
        item = a_hidden_item(number) if number % 5 == 0 else a_reply(f"{number}")
        item.created_at = datetime.now()
        await bench.store.add_thread_item(thread_id, in_thread(item, thread_id), context=bench.ours)
    await stream(chat, bench.ours, "threads.retry_after_item", thread_id=thread_id, item_id=message.id)
    after = await all_items(bench.store, bench.ours, thread_id)
    expect_same(ids(after[:-1]), ids(before[:3]), "what a retry leaves")
    expect(after[-1].id not in ids(before), "a retry left the old answer")


@upstream()
async def C21_the_server_acts_on_a_widget(bench: Bench) -> None:
    """An action gets the widget that sent it, streamed or at once, and the answer is stored.

    Why: server.py, `ChatKitServer._process_streaming_impl`, case `ThreadsCustomActionReq`, and
        `ChatKitServer._process_sync_custom_action` load the sender by its id and want a `WidgetItem`.
    Mend: let `load_item` return the item's own type, by `TypeAdapter(ThreadItem)`.
    """
    thread = a_thread()
    widget = WidgetItem.model_validate(
        {
            "id": fresh_id("wid"),
            "thread_id": thread.id,
            "created_at": thread.created_at,
            "widget": {"type": "Card", "children": [{"type": "Text", "value": "Press", "id": "text"}]},
            "copy_text": "Press",
        }
    )
    await _stored(bench, thread, [widget])

    async def act(thread: ThreadMetadata, sender: WidgetItem | None) -> Events:
        chat.senders.append(sender)
        yield ThreadItemDoneEvent(item=_answer(thread, "Pressed."))

    chat = Chat(bench.store, act=act)
    params: dict[str, Any] = {
        "thread_id": thread.id,
        "item_id": widget.id,
        "action": {"type": "press", "payload": {"n": 1}},
    }
    await stream(chat, bench.ours, "threads.custom_action", **params)
    if hasattr(models, "SyncCustomActionResponse"):  # openai-chatkit 1.6.2
        answer = await ask(chat, bench.ours, "threads.sync_custom_action", **params)
        given_back = answer["updated_item"]["id"]
        expect(given_back == widget.id, "the widget that a synchronous action gave back")
    for sender in chat.senders:
        expect_same(sender, widget, "the widget that sent an action")
    found = ids(await all_items(bench.store, bench.ours, thread.id))
    expect(
        len(found) == 2 and found[0] == widget.id,
        "the answer to an action is not stored behind its widget",
    )


@upstream()
async def C21_the_server_takes_feedback(bench: Bench) -> None:
    """Feedback names items by thread and id, and the store finds them.

    Why: server.py, `ChatKitServer._process_non_streaming`, case `ItemsFeedbackReq` passes on both ids;
        docs/guides/handle-feedback.md has the application look them up.
    Mend: let `load_item` find an item by its thread and id.
    """
    thread, items = a_thread(), [a_reply("1", seconds=1), a_reply("2", seconds=2)]
    await _stored(bench, thread, items)
    chat = Chat(bench.store)
    await ask(
        chat, bench.ours, "items.feedback", thread_id=thread.id, item_ids=ids(items), kind="positive"
    )
    expect_same(chat.rated, ids(items), "the items that feedback was given for")


@upstream()
async def C14_the_server_renames_a_thread(bench: Bench) -> None:
    """A new title replaces the old one and nothing else of the thread.

    Why: server.py, `ChatKitServer._process_non_streaming`, case `ThreadsUpdateReq` loads, sets the
        title and saves; tests/test_chatkit_server.py, `test_threads_update_request`.
    Mend: save and load every field of `ThreadMetadata`.
    """
    thread = a_thread(title="Old", metadata={"response": "resp_1"}, status=LockedStatus(reason="why"))
    await _stored(bench, thread, [a_reply()])
    await ask(Chat(bench.store), bench.ours, "threads.update", thread_id=thread.id, title="New")
    loaded = await bench.store.load_thread(thread.id, context=bench.ours)
    expect_same(loaded, thread.model_copy(update={"title": "New"}), "a thread that was renamed")


@upstream()
async def C26_the_server_deletes_a_thread(bench: Bench) -> None:
    """A person deletes a thread, twice; it is gone with its items.

    Why: server.py, `ChatKitServer._process_non_streaming`, case `ThreadsDeleteReq`;
        tests/test_chatkit_server.py, `test_delete_thread`.
    Mend: see C26 and C22.
    """
    thread = a_thread()
    await _stored(bench, thread, [a_reply()])
    chat = Chat(bench.store)
    for _ in range(2):
        await ask(chat, bench.ours, "threads.delete", thread_id=thread.id)
    expect(not await all_threads(bench.store, bench.ours), "a deleted thread is listed")
    page = await ask(chat, bench.ours, "items.list", thread_id=thread.id)
    expect(not page["data"], "a deleted thread has items")


@upstream("attachments")
async def C39_the_server_sends_attachments(bench: Bench) -> None:
    """An attachment is registered, uploaded, sent with a message, and has its thread then.

    Why: server.py, `ChatKitServer._process_non_streaming`, case `AttachmentsCreateReq` saves the
        record, and `ChatKitServer._process_new_thread_item_respond` saves it again with its thread;
        tests/test_chatkit_server.py,
        `test_user_message_attachment_thread_id_persisted_on_thread_create`.
    Mend: upsert in `save_attachment`, keep every field, `metadata` among it.
    """
    chat, store = Chat(bench.store, _one_answer), bench.store
    made = await ask(
        chat, bench.ours, "attachments.create", name="a.txt", size=3, mime_type="text/plain"
    )
    record = await store.load_attachment(made["id"], context=bench.ours)
    expect(
        record.metadata == {"blob": "s3://a.txt"},
        f"the metadata of a new attachment are {record.metadata}",
    )
    uploaded = record.model_copy(update={"upload_descriptor": None})
    await store.save_attachment(uploaded, context=bench.ours)
    sent = user_input("see", attachments=[made["id"]])
    thread_id = thread_of(await stream(chat, bench.ours, "threads.create", input=sent))
    expected = uploaded.model_copy(update={"thread_id": thread_id})
    expect_same(
        await store.load_attachment(made["id"], context=bench.ours),
        expected,
        "an attachment that was sent",
    )
    message = (await all_items(store, bench.ours, thread_id))[0]
    attached = message.attachments if isinstance(message, UserMessageItem) else []
    expect_same(attached, [expected], "the attachments of a message")


@upstream("attachments")
async def C22_the_server_deletes_attachments(bench: Bench) -> None:
    """A person removes an attachment before sending, and asks twice; it is gone.

    Why: server.py, `ChatKitServer._process_non_streaming`, case `AttachmentsDeleteReq`;
        tests/test_chatkit_server.py, `test_delete_file`.
    Mend: ignore in `delete_attachment` that there is none.
    """
    chat = Chat(bench.store)
    made = await ask(
        chat, bench.ours, "attachments.create", name="a.txt", size=3, mime_type="text/plain"
    )
    for _ in range(2):
        await ask(chat, bench.ours, "attachments.delete", attachment_id=made["id"])
    async with expect_error(NotFoundError, "load_attachment of an attachment that the server deleted"):
        await bench.store.load_attachment(made["id"], context=bench.ours)


@upstream()
async def C15_the_server_resumes_a_workflow(bench: Bench) -> None:
    """A workflow that a turn leaves open is stored, resumed in the next and stored again as done, once.

    Why: agents.py, `stream_agent_response` adds the open workflow at the end of a turn, takes it
        from the last items of the next, and emits it as done; server.py,
        `ChatKitServer._process_events` adds it again.
    Mend: let `add_thread_item` upsert.
    """
    workflow, store = a_workflow(), bench.store

    async def begin(thread: ThreadMetadata, _message: UserMessageItem | None) -> Events:
        workflow.created_at = datetime.now()
        yield ThreadItemAddedEvent(item=workflow)
        await store.add_thread_item(thread.id, in_thread(workflow, thread.id), bench.ours)

    async def end(thread: ThreadMetadata, _message: UserMessageItem | None) -> Events:
        page = await store.load_thread_items(thread.id, None, 2, "desc", bench.ours)
        resumed = page.data[1]
        if not isinstance(resumed, WorkflowItem):
            raise BrokenError(
                f"the item before the newest is a {resumed.type}, not the workflow of the last turn"
            )
        resumed.workflow.tasks.append(ThoughtTask(content="resumed"))
        yield ThreadItemDoneEvent(item=resumed)
        yield ThreadItemDoneEvent(item=_answer(thread, "Done."))

    chat = Chat(store, begin)
    thread_id = thread_of(await stream(chat, bench.ours, "threads.create", input=user_input()))
    chat.script = end
    await stream(
        chat, bench.ours, "threads.add_user_message", thread_id=thread_id, input=user_input("go on")
    )
    found = await all_items(store, bench.ours, thread_id)
    types = [item.type for item in found]
    expected = ["user_message", "workflow", "user_message", "assistant_message"]
    expect_same(types, expected, "a thread whose workflow was resumed")
    tasks = getattr(getattr(found[1], "workflow", None), "tasks", [])
    expect(len(tasks) == 1, "the resumed workflow lost what was added to it")


@upstream()
async def C22_the_server_removes_and_replaces_items(bench: Bench) -> None:
    """An answer takes back items that it had stored or only shown, and replaces others.

    Why: server.py, `ChatKitServer._process_events`, cases `ThreadItemRemovedEvent` and
        `ThreadItemReplacedEvent`; tests/test_chatkit_server.py,
        `test_thread_item_removed_event_removes_item`.
    Mend: ignore in `delete_thread_item` that there is none; let `save_item` upsert.
    """

    async def respond(thread: ThreadMetadata, _message: UserMessageItem | None) -> Events:
        stored, shown = _answer(thread, "stored"), _answer(thread, "only shown")
        yield ThreadItemDoneEvent(item=stored)
        yield ThreadItemAddedEvent(item=shown)
        yield ThreadItemRemovedEvent(item_id=stored.id)
        yield ThreadItemRemovedEvent(item_id=shown.id)
        draft = _answer(thread, "draft")
        yield ThreadItemDoneEvent(item=draft)
        final = draft.model_copy(update={"content": [AssistantMessageContent(text="final")]})
        yield ThreadItemReplacedEvent(item=final)

    chat = Chat(bench.store, respond)
    thread_id = thread_of(await stream(chat, bench.ours, "threads.create", input=user_input()))
    found: list[Any] = await all_items(bench.store, bench.ours, thread_id)
    texts = [item.content[0].text for item in found[1:]]
    expect_same(texts, ["final"], "the answers that are left")


@upstream()
async def C43_an_answer_that_failed_is_retried(bench: Bench) -> None:
    """An answer that fails in the middle leaves what was done; the client's retry begins behind the
    message.

    Why: server.py, `ChatKitServer._process_events` turns the error into one that may be retried;
        tests/test_chatkit_server.py, `test_raising_in_responder_yields_error_event`.
    Mend: let every write be one that may be repeated; keep no transaction open between two calls.
    """

    async def fail(thread: ThreadMetadata, _message: UserMessageItem | None) -> Events:
        thread.title = "Set before the failure"
        yield ThreadItemDoneEvent(item=_answer(thread, "half an answer"))
        raise ConnectionError("the model is gone")

    chat = Chat(bench.store, fail)
    result = await chat.process(request("threads.create", input=user_input()), bench.ours)
    events = [event async for event in open_stream(result)]
    thread_id = thread_of(events)
    expect(
        events[-1]["type"] == "error" or "error" in {event["type"] for event in events},
        "no error was sent",
    )
    loaded = await bench.store.load_thread(thread_id, context=bench.ours)
    expect(loaded.title == "Set before the failure", "the title set before the failure is not stored")
    message, half = await all_items(bench.store, bench.ours, thread_id)
    chat.script = _one_answer
    await stream(chat, bench.ours, "threads.retry_after_item", thread_id=thread_id, item_id=message.id)
    found = ids(await all_items(bench.store, bench.ours, thread_id))
    expect(
        len(found) == 2 and found[0] == message.id and half.id not in found,
        "the retry left the half answer",
    )


@upstream()
async def C42_a_cancelled_answer_is_kept(bench: Bench) -> None:
    """A stream that is cancelled once leaves the partial answer and the hidden note, in this order.

    Why: server.py, `ChatKitServer.handle_stream_cancelled` adds both while the cancellation is
        under way; tests/test_chatkit_server.py,
        `test_stream_cancellation_persists_pending_assistant_message_and_hidden_context`.
    Mend: keep no state in the store that a cancelled call leaves behind: no lock taken without
        `async with`, no connection that is broken when its call is cancelled.
    """
    waiting = asyncio.Event()

    async def respond(thread: ThreadMetadata, _message: UserMessageItem | None) -> Events:
        answer = _answer(thread, "")
        yield ThreadItemAddedEvent(item=answer)
        delta = AssistantMessageContentPartTextDelta(content_index=0, delta="half an ans")
        yield ThreadItemUpdatedEvent(item_id=answer.id, update=delta)
        waiting.set()
        await asyncio.Event().wait()

    chat = Chat(bench.store, respond)
    result = await chat.process(request("threads.create", input=user_input()), bench.ours)
    assert isinstance(result, StreamingResult)
    events: list[dict[str, Any]] = []

    async def read() -> None:
        async for event in open_stream(result):
            events.append(event)  # noqa: PERF401 - what came before the cancellation counts

    reading = asyncio.create_task(read())
    waiter = asyncio.create_task(waiting.wait())
    await asyncio.wait({reading, waiter}, return_when=asyncio.FIRST_COMPLETED)
    waiter.cancel()
    reading.cancel()
    await asyncio.wait({reading})
    if not reading.cancelled():
        reading.result()
    thread_id = thread_of(events)
    found = await all_items(bench.store, bench.ours, thread_id)
    check_cancelled(found)


def check_cancelled(found: list[Any]) -> None:
    """A message, its partial answer, the note that it was cancelled."""
    kept = [item for item in found if isinstance(item, AssistantMessageItem)]
    noted = [item for item in found if isinstance(item, SDKHiddenContextItem)]
    expect(len(kept) == 1, f"of the partial answer {len(kept)} are stored")
    expect(
        kept[0].content[0].text.startswith("half an ans"), "the partial answer is not what was streamed"
    )
    expect(len(noted) == 1, f"of the note that the answer was cancelled {len(noted)} are stored")
    expect(isinstance(found[0], UserMessageItem), "the message is not the first item")


async def _one_answer(thread: ThreadMetadata, _message: UserMessageItem | None) -> Events:

    yield ThreadItemDoneEvent(item=_answer(thread, "An answer."))


def _answer(thread: ThreadMetadata, text: str) -> AssistantMessageItem:
    return AssistantMessageItem(
        id=fresh_id("msg"),
        thread_id=thread.id,
        created_at=datetime.now(),
        content=[AssistantMessageContent(text=text)] if text else [],
    )


async def _stored(bench: Bench, thread: ThreadMetadata, items: list[Any]) -> None:
    await bench.store.save_thread(thread, context=bench.ours)
    for item in items:
        await bench.store.add_thread_item(thread.id, in_thread(item, thread.id), context=bench.ours)
