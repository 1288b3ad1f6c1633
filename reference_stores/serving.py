"""What a ChatKit server needs beside its store, so that no answer is lost on its way there.

`survive_disconnect` goes around the stream that `ChatKitServer.process` returns, `with_fresh_ids`
around the events that `ChatKitServer.respond` yields from a chat-completions model:

    class Server(ChatKitServer[Context]):
        async def respond(self, thread, item, context):
            events = stream_agent_response(agent_context, Runner.run_streamed(agent, ...))
            async for event in with_fresh_ids(events, self.store, thread, context):
                yield event

    result = await server.process(await request.body(), context)
    if isinstance(result, StreamingResult):
        return StreamingResponse(survive_disconnect(result), media_type="text/event-stream")
    return Response(result.json, media_type="application/json")
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from typing import TYPE_CHECKING, Any, Final

import anyio
from chatkit.store import NotFoundError, Store, TContext
from chatkit.types import (
    ThreadItemAddedEvent,
    ThreadItemDoneEvent,
    ThreadItemRemovedEvent,
    ThreadItemReplacedEvent,
    ThreadItemUpdatedEvent,
)

from reference_stores.shared import FAKE_ID, fresh_item_id

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator

    from chatkit.types import ThreadItem, ThreadMetadata, ThreadStreamEvent

_log: Final = logging.getLogger("reference_stores")


async def survive_disconnect(
    stream: AsyncIterable[bytes], *, buffer: int = 8 * 1024 * 1024
) -> AsyncGenerator[bytes]:
    """The chunks of `stream`, which keeps its time to save what it has when the client hangs up.

    When that happens, the server saves the partial answer and a note that it was interrupted, while
    it is being cancelled. But the web framework cancels again in the midst of it; or it cancels what
    sends to the client, and the server is thrown away without a word (chatkit 1.6.5,
    `_process_events`). So the server runs in a task of its own, which is cancelled once and awaited.
    Until this generator is closed, the answer goes on and is saved, as if somebody listened.

    Args:
        stream: what `ChatKitServer.process` returned for a streaming request.
        buffer: bytes that the server may be ahead of a client that does not read.
    """
    drive = _Drive(stream, buffer)
    task = asyncio.create_task(drive.run())
    try:
        while (chunk := await drive.next_chunk()) is not None:
            yield chunk
    except BaseException:
        drive.interrupt(task)
        await _settle(task)
        raise
    await task  # has ended, and raises what the stream raised


class _Drive:
    """Iterates over a stream, whether or not somebody takes what it gives."""

    def __init__(self, stream: AsyncIterable[bytes], buffer: int) -> None:
        self._stream = stream
        self._buffer = buffer
        self._chunks: deque[bytes] = deque()
        self._size = 0
        self._has_ended = False
        self._is_interrupted = False
        self._is_full = False
        self._arrived = asyncio.Event()
        self._taken = asyncio.Event()

    async def run(self) -> None:
        task = asyncio.current_task()
        try:
            async for chunk in self._stream:
                self._put(chunk)
                while self._size >= self._buffer and not self._is_interrupted:
                    await self._wait_until_taken()
                if self._is_interrupted and task is not None:
                    # The stream stands at its `yield`, where an exception would pass by the code that
                    # saves; so it runs on, and is cancelled at its next `await`.
                    task.cancel()
        finally:
            self._has_ended = True
            self._arrived.set()

    def _put(self, chunk: bytes) -> None:
        if not self._is_interrupted:
            self._chunks.append(chunk)
            self._size += len(chunk)
            self._arrived.set()

    async def _wait_until_taken(self) -> None:
        self._is_full = True
        self._taken.clear()
        try:
            await self._taken.wait()
        except asyncio.CancelledError:  # the event loop is shutting down
            self._is_interrupted = True
        finally:
            self._is_full = False

    async def next_chunk(self) -> bytes | None:
        # A point at which anyio always can cancel: it spares a task that waits for what has just come,
        # which the next chunk of a fast stream always has.
        await asyncio.sleep(0)
        while not self._chunks:
            if self._has_ended:
                return None
            self._arrived.clear()
            await self._arrived.wait()
        chunk = self._chunks.popleft()
        self._size -= len(chunk)
        self._taken.set()
        return chunk

    def interrupt(self, task: asyncio.Task[None]) -> None:
        """Cancel the stream where it can notice."""
        self._is_interrupted = True
        if self._is_full:
            self._taken.set()
        else:
            task.cancel()


async def _settle(task: asyncio.Task[None]) -> None:
    """Wait for the end of a cancelled task, however often the waiting itself is cancelled."""
    cancelled = False
    with anyio.CancelScope(shield=True):  # or anyio would cancel it in each turn of the event loop
        while not task.done():
            try:
                await asyncio.wait({task})
            except asyncio.CancelledError:  # noqa: PERF203 - the loop is there for it
                cancelled = True
    error = None if task.cancelled() else task.exception()
    if isinstance(error, NotFoundError):
        _log.info("A stream was interrupted, and its thread is deleted: nothing is saved")
    elif error is not None:
        _log.error("A stream was interrupted, and failed to save what it had", exc_info=error)
    if cancelled:
        raise asyncio.CancelledError


async def with_fresh_ids(
    events: AsyncIterable[ThreadStreamEvent],
    store: Store[TContext],
    thread: ThreadMetadata,
    context: TContext,
) -> AsyncIterator[ThreadStreamEvent]:
    """The events, with an id from the store for each item that came with `FAKE_ID`.

    Chat-completions models give this id to every message (openai-agents, `agents.models.fake_id`), so
    that the client and the store would take a new answer for the last one. The id is the same in all
    events of an item, and the events that were handed in are left as they are.
    """
    ids = _FreshIds(store, thread, context)
    async for event in events:
        yield ids.rename(event)


class _FreshIds:
    """Which item a fake id means: one of each type streams at a time."""

    def __init__(self, store: Store[Any], thread: ThreadMetadata, context: Any) -> None:
        self._store = store
        self._thread = thread
        self._context = context
        self._streaming: dict[str, str] = {}
        self._latest: dict[str, str] = {}
        """Fresh ids by item type, the latest item at the end."""

    def rename(self, event: ThreadStreamEvent) -> ThreadStreamEvent:
        match event:
            case ThreadItemAddedEvent() if event.item.id == FAKE_ID:
                fresh = self._streaming[event.item.type] = self._new(event.item.type)
            case ThreadItemDoneEvent() if event.item.id == FAKE_ID:
                fresh = self._streaming.pop(event.item.type, None) or self._new(event.item.type)
            case ThreadItemReplacedEvent() if event.item.id == FAKE_ID:
                fresh = self._latest.get(event.item.type) or self._new(event.item.type)
            case ThreadItemUpdatedEvent() if event.item_id == FAKE_ID:
                # An update's type begins with its item's, as in "assistant_message.content_part.added".
                item_type = event.update.type.partition(".")[0]
                return event.model_copy(update={"item_id": self._latest.get(item_type, FAKE_ID)})
            case ThreadItemRemovedEvent() if event.item_id == FAKE_ID and self._latest:
                removed = self._latest.pop(next(reversed(self._latest)))
                return event.model_copy(update={"item_id": removed})
            case _:
                return event
        return event.model_copy(update={"item": _with_id(event.item, fresh)})

    def _new(self, item_type: str) -> str:
        fresh = fresh_item_id(self._store, item_type, self._thread, self._context)
        self._latest.pop(item_type, None)
        self._latest[item_type] = fresh
        return fresh


def _with_id(item: ThreadItem, fresh: str) -> ThreadItem:
    return item.model_copy(update={"id": fresh})
