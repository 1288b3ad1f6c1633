import asyncio
import logging
from abc import ABC, abstractmethod
from contextlib import asynccontextmanager, AsyncExitStack, suppress
from typing import Any, Optional, Self
import asyncpg
import aiomysql
from fastapi import FastAPI, Depends
from chatkit.store import Store

log = logging.getLogger(__name__)


class Flag(Store):
    def __init__(self):
        self._pool = None
        self._initialized = False

    async def initialize(self):
        if self._initialized:
            return
        self._pool = await asyncpg.create_pool("x")
        self._initialized = True

    async def _ensure_initialized(self):
        if not self._initialized:
            await self.initialize()

    async def good(self):
        await self._ensure_initialized()
        async with self._pool.acquire() as c:
            await c.fetch("x")

    async def close(self):
        if self._pool:
            await self._pool.close()
            self._pool = None
            self._initialized = False


class FlagBad(Store):
    def __init__(self):
        self._pool = None
        self._initialized = False

    async def initialize(self):
        if self._initialized:
            return
        self._pool = await asyncpg.create_pool("x")
        self._initialized = True

    async def load(self):
        await self.initialize()
        async with self._pool.acquire() as c:  # CKS004
            await c.fetch("x")

    async def close(self):
        if self._pool:
            await self._pool.close()
            self._pool = None


class FlagOrder(Store):
    def __init__(self):
        self._pool = None
        self._ready = False

    async def initialize(self):
        self._ready = True
        self._pool = await asyncpg.create_pool("x")

    async def load(self):
        if not self._ready:
            await self.initialize()
        await self._pool.fetch("x")


class FlagEvent(Store):
    def __init__(self):
        self._pool = None
        self._ready = asyncio.Event()

    async def initialize(self):
        self._pool = await asyncpg.create_pool("x")
        self._ready.set()

    async def load(self):
        await self._ready.wait()
        await self._pool.fetch("x")  # CKS004


class FlagClosed(Store):
    def __init__(self, pool: asyncpg.Pool):
        self._pool = pool
        self._closed = False

    async def close(self):
        if self._closed:
            return
        self._closed = True
        await self._pool.close()
        self._pool = None

    async def load(self):
        if self._closed:
            raise RuntimeError
        await self._pool.fetch("x")


class FlagInt(Store):
    def __init__(self):
        self._pool = None
        self._state = "new"

    async def connect(self):
        self._pool = await asyncpg.create_pool("x")
        self._state = "open"

    async def load(self):
        if self._state != "open":
            raise RuntimeError
        await self._pool.fetch("x")

    async def load2(self):
        if self._state == "new":
            await self.connect()
        await self._pool.fetch("x")


class Dsn(Store):
    def __init__(self, dsn: str | None = None):
        self.dsn = dsn
        self.pool: asyncpg.Pool | None = None

    async def connect(self):
        if self.dsn:
            self.pool = await asyncpg.create_pool(self.dsn)

    async def bad(self):
        if not self.pool:
            await self.connect()
        await self.pool.fetch("x")  # CKS004


class Memory(Store):
    def __init__(self, dsn: str | None = None):
        self.pool = None
        self.memory = {}

    async def connect(self):
        try:
            self.pool = await asyncpg.create_pool("x")
        except Exception:
            log.warning("falling back")

    async def good(self):
        if not self.pool:
            return self.memory.get("x")
        return await self.pool.fetch("x")

    async def good2(self):
        if self.pool:
            async with self.pool.acquire() as c:
                return await c.fetch("x")
        return self.memory.get("x")

    async def bad2(self):
        if not self.pool:
            await self.connect()
        async with self.pool.acquire() as c:  # CKS004
            return await c.fetch("x")


class Reconnect(Store):
    def __init__(self):
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def reconnect(self):
        await self.close()
        await self.connect()

    async def close(self):
        if self.pool is not None:
            await self.pool.close()
        self.pool = None

    async def good(self):
        if self.pool is None:
            await self.connect()
        try:
            return await self.pool.fetch("x")
        except ConnectionError:
            await self.reconnect()
            return await self.pool.fetch("x")

    async def bad(self):
        if self.pool is None:
            await self.connect()
        try:
            return await self.pool.fetch("x")
        except ConnectionError:
            await self.close()
            return await self.pool.fetch("x")  # CKS004

    async def bad2(self):
        if self.pool is None:
            await self.connect()
        await self.close()
        return await self.pool.fetch("x")  # CKS004

    async def good3(self):
        if self.pool is None:
            await self.connect()
        await self.other()
        return await self.pool.fetch("x")

    async def other(self):
        log.info("x")

    async def bad4(self):
        pool = self.pool
        if pool is None:
            await self.connect()
        return await pool.fetch("x")  # CKS004

    async def good4(self):
        pool = self.pool
        if pool is None:
            await self.connect()
            pool = self.pool
        return await pool.fetch("x")


class Base(Store, ABC):
    def __init__(self):
        self.pool = None

    @abstractmethod
    async def connect(self): ...

    async def good(self):
        if self.pool is None:
            await self.connect()
        await self.pool.fetch("x")

    async def bad(self):
        await self.pool.fetch("x")  # CKS004


class Impl(Base):
    def __init__(self):
        super().__init__()
        self.extra = 1

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def bad2(self):
        await self.pool.fetch("x")  # CKS004

    async def good2(self):
        if self.pool is None:
            await self.connect()
        await self.pool.fetch("x")


class Impl2(Base):
    async def connect(self):
        await super().connect()
        self.pool = await asyncpg.create_pool("x")


class Mixin:
    pool: asyncpg.Pool

    async def query(self, q):
        return await self.pool.fetch(q)


class WithMixin(Mixin, Store):
    def __init__(self):
        self.pool = None

    async def bad(self):
        return await self.pool.fetch("x")  # CKS004


class ConnMixin:
    _pool = None

    async def pool(self):
        if self._pool is None:
            self._pool = await asyncpg.create_pool("x")
        return self._pool


class UsesMixin(ConnMixin, Store):
    async def good(self):
        p = await self.pool()
        await p.fetch("x")

    async def bad(self):
        await self._pool.fetch("x")  # CKS004

    async def good2(self):
        await self.pool()
        await self._pool.fetch("x")


class Super(Base):
    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def good(self):
        await super().good()
        await self.pool.fetch("x")

    async def good3(self):
        await Base.good(self)
        await self.pool.fetch("x")


class Singleton(Store):
    _instance = None

    def __new__(cls):
        if cls._instance is None:
            cls._instance = super().__new__(cls)
            cls._instance.pool = None
        return cls._instance

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def good(self):
        if not self.pool:
            await self.connect()
        await self.pool.fetch("x")

    async def bad(self):
        await self.pool.fetch("x")


class Create(Store):
    def __init__(self, pool):
        self.pool = pool

    @classmethod
    async def create(cls, dsn) -> "Create":
        pool = await asyncpg.create_pool(dsn)
        return cls(pool)

    async def good(self):
        await self.pool.fetch("x")

    async def aclose(self):
        await self.pool.close()


class Create2(Store):
    pool: asyncpg.Pool

    @classmethod
    async def create(cls, dsn) -> Self:
        self = cls()
        self.pool = await asyncpg.create_pool(dsn)
        return self

    async def use(self):
        await self.pool.fetch("x")


class Create3(Store):
    def __init__(self):
        self.pool: asyncpg.Pool = None  # type: ignore

    @classmethod
    async def create(cls, dsn):
        s = cls()
        await s._init(dsn)
        return s

    async def _init(self, dsn):
        self.pool = await asyncpg.create_pool(dsn)

    async def use(self):
        await self.pool.fetch("x")  # CKS004


class Awaitable(Store):
    def __init__(self):
        self.pool = None

    def __await__(self):
        return self._init().__await__()

    async def _init(self):
        self.pool = await asyncpg.create_pool("x")
        return self

    async def use(self):
        await self
        await self.pool.fetch("x")


class Stack(Store):
    def __init__(self):
        self.pool = None
        self.stack = AsyncExitStack()

    async def connect(self):
        self.pool = await self.stack.enter_async_context(asyncpg.create_pool("x"))

    async def good(self):
        if not self.pool:
            await self.connect()
        await self.pool.fetch("x")


class Task(Store):
    def __init__(self):
        self.pool = None
        self._task = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def bad(self):
        asyncio.create_task(self.connect())
        await self.pool.fetch("x")  # CKS004

    async def good(self):
        t = asyncio.create_task(self.connect())
        await t
        await self.pool.fetch("x")

    async def good2(self):
        await asyncio.wait_for(self.connect(), 5)
        await self.pool.fetch("x")

    async def good3(self):
        async with asyncio.timeout(5):
            await self.connect()
        await self.pool.fetch("x")

    async def good4(self):
        async with asyncio.TaskGroup() as tg:
            tg.create_task(self.connect())
        await self.pool.fetch("x")

    def good5(self):
        asyncio.run(self.connect())
        return self.pool.acquire()

    def good6(self):
        asyncio.get_event_loop().run_until_complete(self.connect())
        return self.pool.acquire()

    async def bad6(self):
        coro = self.connect()
        await self.pool.fetch("x")  # CKS004

    async def good7(self):
        coro = self.connect()
        await coro
        await self.pool.fetch("x")
