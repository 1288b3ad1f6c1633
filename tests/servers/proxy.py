"""A TCP proxy that does to connections what networks do, for stores that must live with it.

It runs in the event loop of the test, in front of one server. `latency` and `black_hole()` last until
they are taken back, the others strike once. `struck` counts what came of it, so that a test can tell
that it was there at all.
"""

from __future__ import annotations

import asyncio
import socket
import struct
from collections import Counter
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Generator
    from types import TracebackType

    from typing_extensions import Self

_RESET_ON_CLOSE: Final = struct.pack("ii", 1, 0)
"""SO_LINGER with no time to linger: close() drops what is unsent and sends RST in place of FIN."""


class Proxy:
    """Forwards connections to the server at `host` and `port`; an asynchronous context manager."""

    def __init__(self, host: str, port: int) -> None:
        self.host: Final = "127.0.0.1"
        self.port = 0
        """Where it listens, once it was entered."""
        self.latency = 0.0
        """Seconds that each piece waits, in both directions."""
        self.struck: Counter[str] = Counter()
        """How many connections each fault has hit."""
        self._target = (host, port)
        self._links: dict[_Link, asyncio.Task[None]] = {}
        self._armed: list[tuple[str, bytes]] = []
        self._passing = asyncio.Event()
        self._passing.set()
        self._server: asyncio.Server

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, self.host, 0)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._server.close()
        running = list(self._links.values())
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    @property
    def open(self) -> int:
        """How many connections the clients hold open."""
        return len(self._links)

    def reset_mid_statement(self, marker: bytes = b"") -> None:
        """Of the next request that has `marker` in it, half arrives; then both sides get a reset."""
        self._armed.append(("reset", marker))

    def lose_answer(self, marker: bytes = b"") -> None:
        """The next request with `marker` is carried out; in place of the answer comes a reset."""
        self._armed.append(("lost answer", marker))

    def disarm(self) -> None:
        """Forget what has not struck."""
        self._armed.clear()

    def reset(self) -> None:
        """Reset every connection, on both sides."""
        for link in self._links:
            self.struck["reset"] += 1
            link.reset()

    def half_open(self) -> None:
        """The server's side of every connection goes away; the client's stays, and nobody answers."""
        for link in self._links:
            self.struck["half-open"] += 1
            link.leave_half_open()

    @contextmanager
    def black_hole(self) -> Generator[None]:
        """Meanwhile connections are accepted, what comes is swallowed, and no side hears the other.

        A connection that lost something stays silent afterwards, as one does whose router forgot it.
        """
        self._passing.clear()
        try:
            yield
        finally:
            self._passing.set()

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        link = _Link(self, reader, writer)
        task = asyncio.current_task()
        assert task is not None
        self._links[link] = task
        with suppress(asyncio.CancelledError):  # by __aexit__; asyncio's streams log it as an error
            await link.run(*self._target)
        del self._links[link]

    def strikes(self, request: bytes) -> str | None:
        """The fault that hits this request."""
        for number, (fault, marker) in enumerate(self._armed):
            if marker in request:
                del self._armed[number]
                self.struck[fault] += 1
                return fault
        return None

    def swallows(self) -> bool:
        """Whether a piece that passes now is lost."""
        return not self._passing.is_set()

    async def delay(self) -> None:
        """The time that a piece takes."""
        if self.latency:
            await asyncio.sleep(self.latency)

    async def passing(self) -> None:
        """Wait until what happens on one side can be heard on the other."""
        await self._passing.wait()


class _Link:
    """One client's connection, and the one to the server behind it."""

    def __init__(
        self, proxy: Proxy, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self._proxy = proxy
        self._reader = reader
        self._client = writer
        self._server: asyncio.StreamWriter | None = None
        self._silent = False
        self._loses_answer = False

    async def run(self, host: str, port: int) -> None:
        """Forward until the client is gone."""
        answers: asyncio.Task[None] | None = None
        try:
            if not self._is_lost():
                reader, self._server = await asyncio.open_connection(host, port)
                answers = asyncio.create_task(self._forward_answers(reader))
            await self._forward_requests()
            await self._proxy.passing()
        except ConnectionError:
            self.reset()
        finally:
            if answers is not None:
                answers.cancel()
            for writer in self._writers():
                writer.close()

    async def _forward_requests(self) -> None:
        while request := await _read(self._reader):
            await self._proxy.delay()
            if self._is_lost():
                continue
            fault = self._proxy.strikes(request)
            if fault == "reset":
                await _write(self._server, request[: len(request) // 2])
                self.reset()
                return
            self._loses_answer = self._loses_answer or fault == "lost answer"
            await _write(self._server, request)

    async def _forward_answers(self, reader: asyncio.StreamReader) -> None:
        while answer := await _read(reader):
            await self._proxy.delay()
            if self._loses_answer:
                self.reset()
                return
            if not self._is_lost():
                await _write(self._client, answer)
        await self._proxy.passing()
        if not self._silent:
            self._client.close()

    def _is_lost(self) -> bool:
        if self._proxy.swallows() and not self._silent:
            self._proxy.struck["black hole"] += 1
            self._silent = True
        return self._silent

    def reset(self) -> None:
        """Both sides get a reset."""
        for writer in self._writers():
            _abort(writer)

    def leave_half_open(self) -> None:
        """The server gets a reset; the client is never told."""
        self._silent = True
        if self._server is not None:
            _abort(self._server)

    def _writers(self) -> list[asyncio.StreamWriter]:
        return [self._client] if self._server is None else [self._client, self._server]


async def _read(reader: asyncio.StreamReader) -> bytes:
    """What has come; nothing at the end, however it came."""
    try:
        return await reader.read(65536)
    except ConnectionError:
        return b""


async def _write(writer: asyncio.StreamWriter | None, data: bytes) -> None:
    """Send; that the other side is gone is found out by reading."""
    assert writer is not None
    writer.write(data)
    with suppress(ConnectionError):
        await writer.drain()


def _abort(writer: asyncio.StreamWriter) -> None:
    with suppress(OSError):  # it is closed
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
    writer.transport.abort()
