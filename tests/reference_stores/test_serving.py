"""A client that hangs up loses nothing (C42), and fake ids are told apart (C19)."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import json
import logging
import socket
from datetime import datetime
from typing import TYPE_CHECKING, Any

import pytest
import uvicorn
from chatkit.server import ChatKitServer, StreamingResult
from chatkit.types import (
    AssistantMessageContent,
    AssistantMessageContentPartAdded,
    AssistantMessageContentPartTextDelta,
    AssistantMessageItem,
    ProgressUpdateEvent,
    SDKHiddenContextItem,
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
    Workflow,
    WorkflowItem,
)
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.middleware.base import BaseHTTPMiddleware
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route
from typing_extensions import override

from reference_stores.memory import MemoryStore
from reference_stores.serving import survive_disconnect, with_fresh_ids
from reference_stores.shared import FAKE_ID, single_tenant
from reference_stores.sqlite import SQLiteStore
from tests.reference_stores.samples import answer, texts, thread

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Callable
    from pathlib import Path

    from chatkit.types import ThreadItem, ThreadMetadata, ThreadStreamEvent, UserMessageItem
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from reference_stores.shared import BaseStore

CREATE = json.dumps(
    {
        "type": "threads.create",
        "params": {
            "input": {
                "content": [{"type": "input_text", "text": "hello"}],
                "attachments": [],
                "inference_options": {},
            }
        },
    }
).encode()


def spoken(item_id: str, text: str | None = None, thread_id: str = "thr_1") -> AssistantMessageItem:
    """An answer of this moment, so that it comes after the question."""
    content = [] if text is None else [AssistantMessageContent(text=text)]
    return AssistantMessageItem(
        id=item_id, thread_id=thread_id, created_at=datetime.now(), content=content
    )


class Server(ChatKitServer[Any]):
    """Answers without end, `pause` seconds after each `delta`, until it is stopped."""

    def __init__(self, store: BaseStore[Any], delta: str, pause: float, limit: int = 1_000_000) -> None:
        super().__init__(store)
        self.delta = delta
        self._pause = pause
        self._limit = limit
        self.thread: ThreadMetadata | None = None
        self.count = 0

    @override
    async def respond(
        self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context: Any
    ) -> AsyncIterator[ThreadStreamEvent]:
        self.thread = thread
        item = spoken("msg_answer", thread_id=thread.id)
        yield ThreadItemAddedEvent(item=item)
        text = ""
        while self.count < self._limit:
            self.count += 1
            await asyncio.sleep(self._pause)
            text += self.delta
            yield ThreadItemUpdatedEvent(
                item_id=item.id,
                update=AssistantMessageContentPartTextDelta(content_index=0, delta=self.delta),
            )
        content = [AssistantMessageContent(text=text)]
        yield ThreadItemDoneEvent(item=item.model_copy(update={"content": content}))


class Speaks24:
    """An ASGI server that speaks 2.4: `send` to a client that is gone raises OSError."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        scope["asgi"]["spec_version"] = "2.4"
        messages: asyncio.Queue[Message] = asyncio.Queue()
        gone = asyncio.Event()

        async def listen() -> None:
            while True:
                message = await receive()
                await messages.put(message)
                if message["type"] == "http.disconnect":
                    gone.set()
                    return

        async def send_or_raise(message: Message) -> None:
            if gone.is_set():
                raise OSError("client is gone")
            await send(message)

        listening = asyncio.create_task(listen())
        try:
            await self._app(scope, messages.get, send_or_raise)
        finally:
            listening.cancel()


async def pass_on(request: Request, call_next: Callable[[Request], Any]) -> Response:
    return await call_next(request)


def application(server: Server, *, middleware: bool = False, speaks_24: bool = False) -> Any:
    async def chat(request: Request) -> Response:
        result = await server.process(await request.body(), None)
        assert isinstance(result, StreamingResult)
        return StreamingResponse(survive_disconnect(result), media_type="text/event-stream")

    layers = [Middleware(BaseHTTPMiddleware, dispatch=pass_on)] if middleware else []
    app = Starlette(routes=[Route("/chatkit", chat, methods=["POST"])], middleware=layers)
    return Speaks24(app) if speaks_24 else app


@contextlib.asynccontextmanager
async def serving(app: Any) -> AsyncGenerator[int]:
    """The port of a uvicorn that serves the application."""
    config = uvicorn.Config(app, port=0, log_level="critical", lifespan="off")
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    try:
        yield server.servers[0].sockets[0].getsockname()[1]
    finally:
        server.should_exit = True
        await asyncio.wait_for(task, 10)


async def ask_and_hang_up(port: int, server: Server, *, reads: bool, count: int) -> bytes:
    """What was read of the answer until the client hung up, when the server had said `count` parts."""
    client = socket.socket()
    client.setblocking(False)
    client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    loop = asyncio.get_running_loop()
    await loop.sock_connect(client, ("127.0.0.1", port))
    head = f"POST /chatkit HTTP/1.1\r\nHost: test\r\nContent-Length: {len(CREATE)}\r\n\r\n"
    await loop.sock_sendall(client, head.encode() + CREATE)
    read = b""
    for _ in range(500):
        if server.count >= count:
            break
        if not reads:
            await asyncio.sleep(0.02)
            continue
        with contextlib.suppress(asyncio.TimeoutError):
            read += await asyncio.wait_for(loop.sock_recv(client, 65536), 0.02)
    client.close()
    return read


async def saved_items(server: Server, wanted: int) -> list[ThreadItem]:
    """The items of the answered thread, as soon as there are as many as wanted."""
    items: list[ThreadItem] = []
    for _ in range(100):
        if server.thread is not None:
            page = await server.store.load_thread_items(server.thread.id, None, 100, "asc", None)
            items = page.data
        if len(items) >= wanted:
            break
        await asyncio.sleep(0.05)
    return items


def assert_answer_was_kept(items: list[ThreadItem], delta: str) -> str:
    assert [item.type for item in items] == ["user_message", "assistant_message", "sdk_hidden_context"]
    partial = items[1]
    assert isinstance(partial, AssistantMessageItem)
    text = partial.content[0].text
    assert text
    assert text == delta * (len(text) // len(delta))
    assert isinstance(items[2], SDKHiddenContextItem)
    assert "cancelled" in items[2].content
    return text


@pytest.fixture
async def store(tmp_path: Path) -> AsyncIterator[BaseStore[Any]]:
    async with SQLiteStore(tmp_path / "chat.db", tenant=single_tenant("app")) as new:
        yield new


@pytest.mark.parametrize("layers", [{}, {"middleware": True}, {"speaks_24": True}], ids=str)
@pytest.mark.parametrize("kind", ["slow", "fast"])
async def test_a_client_that_hangs_up_loses_nothing(
    store: BaseStore[Any], layers: dict[str, bool], kind: str
) -> None:
    """The fast stream meets a client that does not read, so that all buffers on the way are full."""
    slow = kind == "slow"
    server = Server(store, "word " if slow else "x" * 20_000, 0.02 if slow else 0)
    async with serving(application(server, **layers)) as port:
        read = await ask_and_hang_up(port, server, reads=slow, count=20 if slow else 100)
        if slow:
            assert b"text_delta" in read
        items = await saved_items(server, 3)
        text = assert_answer_was_kept(items, server.delta)
        said = server.count
        await asyncio.sleep(0.1)
        assert server.count == said, "the server was not stopped"
    if not slow:
        assert len(text) < 50_000_000
        assert len(text) >= 1_000_000


async def drain(chunks: AsyncIterator[bytes]) -> bytes:
    return b"".join([chunk async for chunk in chunks])


async def streaming(server: ChatKitServer[Any]) -> StreamingResult:
    result = await server.process(CREATE, None)
    assert isinstance(result, StreamingResult)
    return result


async def test_a_client_that_stays_gets_everything(store: BaseStore[Any]) -> None:
    server = Server(store, "word ", 0, limit=50)
    read = await drain(survive_disconnect(await streaming(server), buffer=100))
    assert read.count(b"text_delta") == 50
    items = await saved_items(server, 2)
    assert [item.type for item in items] == ["user_message", "assistant_message"]


async def test_what_the_stream_raises_reaches_the_client() -> None:
    async def failing() -> AsyncIterator[bytes]:
        yield b"one"
        raise ZeroDivisionError

    chunks = survive_disconnect(failing())
    assert await anext(chunks) == b"one"
    with pytest.raises(ZeroDivisionError):
        await anext(chunks)


async def test_waiting_for_the_rest_outlives_repeated_cancellation(store: BaseStore[Any]) -> None:
    server = Server(store, "word ", 0.01)
    reading = asyncio.create_task(drain(survive_disconnect(await streaming(server))))
    await asyncio.sleep(0.2)
    for _ in range(20):
        reading.cancel()
        await asyncio.sleep(0)
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert_answer_was_kept(await saved_items(server, 3), "word ")


async def test_a_stream_that_nobody_closes_is_completed(store: BaseStore[Any]) -> None:
    server = Server(store, "word ", 0, limit=30)
    chunks = survive_disconnect(await streaming(server))
    await anext(chunks)
    items = await saved_items(server, 2)
    assert isinstance(items[1], AssistantMessageItem)
    assert items[1].content[0].text == "word " * 30
    await chunks.aclose()


async def test_a_stream_that_is_forgotten_is_stopped(store: BaseStore[Any]) -> None:
    server = Server(store, "word ", 0.01)
    chunks = survive_disconnect(await streaming(server))
    for _ in range(10):
        await anext(chunks)
    del chunks
    gc.collect()
    assert_answer_was_kept(await saved_items(server, 3), "word ")


async def test_a_server_is_not_further_ahead_of_its_client_than_the_buffer(
    store: BaseStore[Any],
) -> None:
    server = Server(store, "word ", 0)
    chunks = survive_disconnect(await streaming(server), buffer=2000)
    await anext(chunks)
    await asyncio.sleep(0.3)
    ahead = server.count
    assert 0 < ahead < 50
    await asyncio.sleep(0.1)
    assert server.count == ahead
    await chunks.aclose()
    assert_answer_was_kept(await saved_items(server, 3), "word ")
    assert server.count <= ahead + 1


async def test_a_thread_deleted_meanwhile_is_no_error(
    store: BaseStore[Any], caplog: pytest.LogCaptureFixture
) -> None:
    server = Server(store, "word ", 0.01)
    chunks = survive_disconnect(await streaming(server))
    for _ in range(10):
        await anext(chunks)
    assert server.thread is not None
    await store.delete_thread(server.thread.id, None)
    caplog.set_level(logging.INFO)
    await chunks.aclose()
    assert await saved_items(server, 0) == []
    ours = [record for record in caplog.records if record.name == "reference_stores"]
    assert [record.levelname for record in ours] == ["INFO"]


async def test_a_failure_to_save_is_logged(
    store: BaseStore[Any], caplog: pytest.LogCaptureFixture
) -> None:
    server = Server(store, "word ", 0.01)
    chunks = survive_disconnect(await streaming(server))
    for _ in range(10):
        await anext(chunks)
    await store.close()
    await chunks.aclose()
    assert "failed to save" in caplog.text


# --- Fake ids ---


async def events_of_two_answers() -> AsyncIterator[ThreadStreamEvent]:
    """What `stream_agent_response` yields from a chat-completions model, for two messages."""
    for text in ("one", "two"):
        yield ThreadItemAddedEvent(item=spoken(FAKE_ID))
        yield ThreadItemUpdatedEvent(
            item_id=FAKE_ID,
            update=AssistantMessageContentPartAdded(
                content_index=0, content=AssistantMessageContent(text="")
            ),
        )
        for letter in text:
            yield ThreadItemUpdatedEvent(
                item_id=FAKE_ID,
                update=AssistantMessageContentPartTextDelta(content_index=0, delta=letter),
            )
        yield ThreadItemDoneEvent(item=spoken(FAKE_ID, text))


async def renamed(events: AsyncIterator[ThreadStreamEvent]) -> list[Any]:
    store = MemoryStore[Any](tenant=single_tenant("app"))
    return [event async for event in with_fresh_ids(events, store, thread(), None)]


def ids_of(events: list[Any]) -> list[str]:
    return [event.item_id if hasattr(event, "item_id") else event.item.id for event in events]


async def listed(events: list[ThreadStreamEvent]) -> AsyncIterator[ThreadStreamEvent]:
    for event in events:
        yield event


async def test_all_events_of_a_message_have_one_fresh_id() -> None:
    found = ids_of(await renamed(events_of_two_answers()))
    first, second = found[:6], found[6:]
    assert len(set(first)) == len(set(second)) == 1
    assert first[0] != second[0]
    assert all(one.startswith("msg_") for one in found)


async def test_a_server_with_fresh_ids_stores_what_it_showed() -> None:
    store = MemoryStore[Any](tenant=single_tenant("app"))

    class Completions(ChatKitServer[Any]):
        @override
        def respond(self, thread: Any, input_user_message: Any, context: Any) -> Any:
            return with_fresh_ids(events_of_two_answers(), self.store, thread, context)

    shown = await drain(survive_disconnect(await streaming(Completions(store))))
    assert FAKE_ID.encode() not in shown
    (found,) = (await store.load_threads(2, None, "asc", None)).data
    items = (await store.load_thread_items(found.id, None, 10, "asc", None)).data
    assert texts(items) == ["hello", "one", "two"]
    for item in items[1:]:
        assert shown.count(item.id.encode()) == 6


async def test_items_with_their_own_ids_are_left_alone() -> None:
    events: list[ThreadStreamEvent] = [
        ThreadItemAddedEvent(item=answer("msg_own")),
        ProgressUpdateEvent(text="x"),
        ThreadItemDoneEvent(item=answer("msg_own")),
        ThreadItemRemovedEvent(item_id="msg_own"),
    ]
    kept = await renamed(listed(events))
    assert all(one is other for one, other in zip(kept, events, strict=True))


async def test_events_that_were_handed_in_keep_their_ids() -> None:
    event = ThreadItemDoneEvent(item=answer(FAKE_ID))
    (fresh,) = await renamed(listed([event]))
    assert event.item.id == FAKE_ID
    assert fresh.item.id != FAKE_ID


async def test_items_of_two_types_may_stream_at_once() -> None:
    workflow = WorkflowItem(
        id=FAKE_ID,
        thread_id="thr_1",
        created_at=datetime.now(),
        workflow=Workflow(type="reasoning", tasks=[]),
    )
    delta = AssistantMessageContentPartTextDelta(content_index=0, delta="x")
    added, started, updated, ended, done = ids_of(
        await renamed(
            listed(
                [
                    ThreadItemAddedEvent(item=answer(FAKE_ID)),
                    ThreadItemAddedEvent(item=workflow),
                    ThreadItemUpdatedEvent(item_id=FAKE_ID, update=delta),
                    ThreadItemDoneEvent(item=workflow),
                    ThreadItemDoneEvent(item=answer(FAKE_ID)),
                ]
            )
        )
    )
    assert added == updated == done
    assert started == ended
    assert added.startswith("msg_")
    assert started.startswith("wf_")


async def test_removing_means_the_latest_of_all_types() -> None:
    workflow = WorkflowItem(
        id=FAKE_ID,
        thread_id="thr_1",
        created_at=datetime.now(),
        workflow=Workflow(type="reasoning", tasks=[]),
    )
    events: list[ThreadStreamEvent] = [
        ThreadItemDoneEvent(item=answer(FAKE_ID)),
        ThreadItemDoneEvent(item=workflow),
        ThreadItemRemovedEvent(item_id=FAKE_ID),
        ThreadItemRemovedEvent(item_id=FAKE_ID),
    ]
    said, worked, removed, then = ids_of(await renamed(listed(events)))
    assert (removed, then) == (worked, said)


async def test_replacing_and_removing_mean_the_latest() -> None:
    done, replaced, again, removed = ids_of(
        await renamed(
            listed(
                [
                    ThreadItemDoneEvent(item=answer(FAKE_ID)),
                    ThreadItemReplacedEvent(item=answer(FAKE_ID, "better")),
                    ThreadItemDoneEvent(item=answer(FAKE_ID)),
                    ThreadItemRemovedEvent(item_id=FAKE_ID),
                ]
            )
        )
    )
    assert done == replaced
    assert again == removed
    assert done != again
