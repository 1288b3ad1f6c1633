"""Each fault of the proxy, as a client and a server of plain echoes see it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from typing import Final

import pytest

from tests.servers.proxy import Proxy

SOON: Final = 5.0
"""Seconds in which something happens that happens at once."""
NEVER: Final = 0.2
"""Seconds after which it can be said that something does not happen."""


class Echo:
    """A server that sends back what it gets, and remembers it."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self.open = 0
        self.ended: list[type[Exception] | None] = []
        """How each connection ended: with an error, or in order."""

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.open += 1
        error: Exception | None = None
        try:
            while data := await reader.read(65536):
                self.heard.append(data)
                writer.write(data)
        except ConnectionError as caught:
            error = caught
        finally:
            self.open -= 1
            self.ended.append(error and type(error))
            writer.close()


class Client:
    """A connection through the proxy."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    def send(self, data: bytes) -> None:
        self.writer.write(data)

    async def ask(self, data: bytes) -> bytes:
        self.send(data)
        return await asyncio.wait_for(self.reader.read(65536), SOON)

    async def hears_nothing(self) -> bool:
        with suppress(asyncio.TimeoutError):
            await asyncio.wait_for(self.reader.read(65536), NEVER)
            return False
        return True


@pytest.fixture
async def echo() -> Echo:
    return Echo()


@pytest.fixture
async def proxy(echo: Echo) -> AsyncIterator[Proxy]:
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    async with Proxy(*server.sockets[0].getsockname()) as proxy:
        yield proxy
    server.close()


@pytest.fixture
async def connect(proxy: Proxy) -> AsyncIterator[Callable[[], asyncio.Future[Client]]]:
    clients: list[Client] = []

    async def connect() -> Client:
        client = Client(*await asyncio.open_connection(proxy.host, proxy.port))
        clients.append(client)
        return client

    yield lambda: asyncio.ensure_future(connect())
    for client in clients:
        client.writer.close()


Connect = Callable[[], asyncio.Future[Client]]


async def until(condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + SOON
    while not condition():
        assert time.monotonic() < deadline
        await asyncio.sleep(0.001)


async def test_without_a_fault_everything_passes(proxy: Proxy, connect: Connect) -> None:
    client = await connect()
    assert await client.ask(b"one") == b"one"
    assert await client.ask(b"two") == b"two"
    large = bytes(3_000_000)
    client.send(large)
    assert await asyncio.wait_for(client.reader.readexactly(len(large)), 5) == large
    assert not proxy.struck


async def test_a_connection_that_ends_in_order_ends_so_on_the_other_side(
    proxy: Proxy, connect: Connect, echo: Echo
) -> None:
    client = await connect()
    client.send(b"goodbye")
    client.writer.close()
    await until(lambda: echo.ended == [None] and proxy.open == 0)
    assert echo.heard == [b"goodbye"]


async def test_the_last_words_of_a_server_arrive() -> None:
    async def refuse(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"too many connections")
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with Proxy(*server.sockets[0].getsockname()) as proxy:
        reader, writer = await asyncio.open_connection(proxy.host, proxy.port)
        assert await asyncio.wait_for(reader.read(), SOON) == b"too many connections"
        writer.close()
    server.close()


async def test_a_server_that_is_not_there_is_a_reset() -> None:
    gone = await asyncio.start_server(lambda _reader, writer: writer.close(), "127.0.0.1", 0)
    address = gone.sockets[0].getsockname()
    gone.close()
    async with Proxy(*address) as proxy:
        reader, writer = await asyncio.open_connection(proxy.host, proxy.port)
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(reader.read(), SOON)
        writer.close()
        await until(lambda: proxy.open == 0)


async def test_reset_mid_statement(proxy: Proxy, connect: Connect, echo: Echo) -> None:
    client, other = await connect(), await connect()
    assert await client.ask(b"harmless") == b"harmless"
    proxy.reset_mid_statement(b"INSERT")
    assert await other.ask(b"SELECT") == b"SELECT"
    with pytest.raises(ConnectionResetError):
        await client.ask(b"INSERT half")
    await until(lambda: echo.ended == [ConnectionResetError])
    assert b"INSERT half" not in echo.heard
    assert await other.ask(b"INSERT") == b"INSERT"
    assert proxy.struck == {"reset": 1}


async def test_lost_answer(proxy: Proxy, connect: Connect, echo: Echo) -> None:
    client, other = await connect(), await connect()
    proxy.lose_answer(b"COMMIT")
    assert await other.ask(b"BEGIN") == b"BEGIN"
    with pytest.raises(ConnectionResetError):
        await client.ask(b"COMMIT")
    assert echo.heard == [b"BEGIN", b"COMMIT"]
    assert await other.ask(b"COMMIT") == b"COMMIT"
    assert proxy.struck == {"lost answer": 1}


async def test_what_was_disarmed_does_not_strike(proxy: Proxy, connect: Connect) -> None:
    proxy.lose_answer()
    proxy.reset_mid_statement()
    proxy.disarm()
    assert await (await connect()).ask(b"one") == b"one"
    assert not proxy.struck


async def test_reset_of_all(proxy: Proxy, connect: Connect, echo: Echo) -> None:
    clients = [await connect(), await connect()]
    for client in clients:
        await client.ask(b"one")
    proxy.reset()
    for client in clients:
        with pytest.raises(ConnectionResetError):
            await asyncio.wait_for(client.reader.read(), SOON)
    await until(lambda: echo.ended == [ConnectionResetError] * 2 and proxy.open == 0)
    assert await (await connect()).ask(b"two") == b"two"


async def test_black_hole(proxy: Proxy, connect: Connect, echo: Echo) -> None:
    before, idle = await connect(), await connect()
    await before.ask(b"one")
    await idle.ask(b"two")
    with proxy.black_hole():
        meanwhile = await connect()
        for client in (before, meanwhile):
            client.send(b"lost")
            assert await client.hears_nothing()
        left = await connect()
        left.writer.close()
        await asyncio.sleep(NEVER)
        assert echo.open == 2  # what happens to the client is not heard either
    assert echo.heard == [b"one", b"two"]
    for client in (before, meanwhile):
        client.send(b"still lost")
        assert await client.hears_nothing()
    assert await idle.ask(b"three") == b"three"
    assert await (await connect()).ask(b"four") == b"four"
    assert proxy.struck["black hole"] == 3


async def test_the_end_of_a_client_is_heard_behind_a_black_hole(
    proxy: Proxy, connect: Connect, echo: Echo
) -> None:
    client = await connect()
    await client.ask(b"one")
    with proxy.black_hole():
        client.writer.close()
        await asyncio.sleep(NEVER)
        assert echo.open == 1
    await until(lambda: echo.open == 0 and proxy.open == 0)


async def test_an_answer_is_lost_in_a_black_hole(proxy: Proxy, connect: Connect, echo: Echo) -> None:
    client = await connect()
    proxy.latency = NEVER
    client.send(b"one")
    await until(lambda: echo.heard == [b"one"])
    with proxy.black_hole():
        await asyncio.sleep(NEVER)
        proxy.latency = 0
        assert await client.hears_nothing()
    assert await client.hears_nothing()


async def test_the_end_of_a_server_is_heard_behind_a_black_hole() -> None:
    async def leave(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read(1)
        await asyncio.sleep(NEVER)
        writer.close()

    server = await asyncio.start_server(leave, "127.0.0.1", 0)
    async with Proxy(*server.sockets[0].getsockname()) as proxy:
        reader, writer = await asyncio.open_connection(proxy.host, proxy.port)
        client = Client(reader, writer)
        client.send(b"one")
        await asyncio.sleep(NEVER / 2)
        with proxy.black_hole():
            assert await client.hears_nothing()
        assert await asyncio.wait_for(reader.read(), SOON) == b""
        writer.close()
    server.close()


async def test_half_open(proxy: Proxy, connect: Connect, echo: Echo) -> None:
    client = await connect()
    await client.ask(b"one")
    proxy.half_open()
    await until(lambda: echo.ended == [ConnectionResetError])
    assert await client.hears_nothing()
    client.send(b"two")
    assert await client.hears_nothing()
    assert proxy.open == 1
    assert await (await connect()).ask(b"three") == b"three"
    assert echo.heard == [b"one", b"three"]


async def test_latency(proxy: Proxy, connect: Connect) -> None:
    client = await connect()
    await client.ask(b"warm")
    proxy.latency = 0.2
    began = time.monotonic()
    assert await client.ask(b"one") == b"one"
    assert time.monotonic() - began >= 0.4
    proxy.latency = 0
    began = time.monotonic()
    assert await client.ask(b"two") == b"two"
    assert time.monotonic() - began < 0.2


async def test_leaving_closes_everything(echo: Echo) -> None:
    server = await asyncio.start_server(echo.serve, "127.0.0.1", 0)
    async with Proxy(*server.sockets[0].getsockname()) as proxy:
        reader, writer = await asyncio.open_connection(proxy.host, proxy.port)
        writer.write(b"one")
        assert await reader.read(3) == b"one"
    assert await asyncio.wait_for(reader.read(), SOON) == b""
    await until(lambda: echo.open == 0)
    with pytest.raises(OSError, match="Connect call failed"):
        await asyncio.open_connection(proxy.host, proxy.port)
    writer.close()
    server.close()
