"""A client that hangs up in mid-answer, over a real socket: uvicorn, Starlette, and a connection
that is cut.

Between store and client stand the server of openai-chatkit, what the application wraps around
its stream, Starlette's response and uvicorn. All are the real ones; only the browser is played.
"""

from __future__ import annotations

import asyncio
import socket
from typing import TYPE_CHECKING, Any

import uvicorn
from chatkit.server import StreamingResult
from starlette.applications import Starlette
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from store_contract.chat import Chat


async def hang_up(
    chat: Chat,
    context: object,
    body: bytes,
    *,
    reading_until: bytes,
    lingering: float = 0,
    wrap_stream: Callable[[Any], Any] | None = None,
) -> None:
    """Post `body`, read until `reading_until` has come, linger without reading, cut the connection.

    `lingering` is in seconds. Returns when the answer has ended on the server's side.
    """
    ended = asyncio.Event()

    async def endpoint(request: Request) -> Response:
        result = await chat.process(await request.body(), context)
        assert isinstance(result, StreamingResult)
        stream = result if wrap_stream is None else wrap_stream(result)
        return _Ending(stream, ended)

    app = Starlette(routes=[Route("/chatkit", endpoint, methods=["POST"])])
    server = uvicorn.Server(
        uvicorn.Config(
            app, log_level="critical", lifespan="off", ws="none", timeout_graceful_shutdown=1
        )
    )
    with socket.create_server(("127.0.0.1", 0)) as listening:
        serving = asyncio.create_task(server.serve(sockets=[listening]))
        try:
            await _post_and_cut(listening.getsockname()[1], body, reading_until, lingering)
            await ended.wait()
        finally:
            server.should_exit = True
            await serving


class _Ending(StreamingResponse):
    """A response that tells when everything behind it is over."""

    def __init__(self, content: Any, ended: asyncio.Event) -> None:
        super().__init__(content, media_type="text/event-stream")
        self._ended = ended

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        try:
            await super().__call__(scope, receive, send)
        finally:
            self._ended.set()


async def _post_and_cut(port: int, body: bytes, reading_until: bytes, lingering: float) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /chatkit HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    await writer.drain()
    received = b""
    while reading_until not in received:
        chunk = await reader.read(65_536)
        if not chunk:
            raise ConnectionError(f"the answer ended early: {received[-200:]!r}")
        received += chunk
    await asyncio.sleep(lingering)
    writer.transport.abort()
