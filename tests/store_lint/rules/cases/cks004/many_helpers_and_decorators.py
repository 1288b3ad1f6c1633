import asyncio
import logging
import functools
from contextlib import asynccontextmanager, AsyncExitStack
from typing import Any, Optional, ClassVar, AsyncIterator
from dataclasses import dataclass, field
from functools import cached_property, wraps
import contextvars
import asyncpg
from chatkit.store import Store

logger = logging.getLogger(__name__)


class Ensure(Store):
    def __init__(self):
        self.pool = None

    async def _ensure(self):
        if self.pool is not None:
            return
        try:
            self.pool = await asyncpg.create_pool("x")
        except Exception as e:
            logger.error("no")
            raise ConnectionError("x") from e

    async def _ensure_bad(self):
        if self.pool is not None:
            return
        try:
            self.pool = await asyncpg.create_pool("x")
        except Exception as e:
            logger.error("no")

    async def good(self):
        await self._ensure()
        await self.pool.fetch("x")

    async def bad(self):
        await self._ensure_bad()
        await self.pool.fetch("x")  # CKS004

    async def _pool_or_none(self):
        return self.pool

    async def bad2(self):
        pool = await self._pool_or_none()
        await pool.fetch("x")  # CKS004

    def _require(self) -> asyncpg.Pool:
        assert self.pool is not None, "connect first"
        return self.pool

    async def good2(self):
        await self._require().fetch("x")

    async def good3(self):
        async with self._require().acquire() as c:
            await c.fetch("x")
        await self.pool.fetch("x")

    def _check(self) -> bool:
        return self.pool is not None

    async def good4(self):
        if not self._check():
            raise RuntimeError
        await self.pool.fetch("x")

    async def bad4(self):
        if self._check():
            raise RuntimeError
        await self.pool.fetch("x")  # CKS004

    async def good5(self):
        ok = self._check()
        if not ok:
            return []
        return await self.pool.fetch("x")

    @property
    def p(self) -> asyncpg.Pool:
        if self.pool is None:
            raise RuntimeError("not connected")
        return self.pool

    async def good6(self):
        await self.p.fetch("x")

    @property
    def p2(self) -> Optional[asyncpg.Pool]:
        return self.pool

    async def bad6(self):
        await self.p2.fetch("x")  # CKS004

    @property
    def connected(self) -> bool:
        return self.pool is not None

    async def good7(self):
        if not self.connected:
            await self._ensure()
        await self.pool.fetch("x")

    async def good8(self):
        if self.connected:
            await self.pool.fetch("x")

    @asynccontextmanager
    async def conn(self) -> AsyncIterator[Any]:
        if self.pool is None:
            await self._ensure()
        async with self.pool.acquire() as c:
            yield c

    async def good9(self):
        async with self.conn() as c:
            await c.fetch("x")
        await self.pool.fetch("x")

    @asynccontextmanager
    async def conn_bad(self):
        async with self.pool.acquire() as c:  # CKS004
            yield c

    @asynccontextmanager
    async def ready(self):
        if not self.pool:
            self.pool = await asyncpg.create_pool("x")
        try:
            yield
        finally:
            pass

    async def good10(self):
        async with self.ready():
            await self.pool.fetch("x")

    @asynccontextmanager
    async def temporarily(self):
        self.pool = await asyncpg.create_pool("x")
        try:
            yield self.pool
        finally:
            await self.pool.close()
            self.pool = None

    async def good11(self):
        async with self.temporarily() as p:
            await p.fetch("x")
            await self.pool.fetch("x")

    async def bad11(self):
        async with self.temporarily() as p:
            await p.fetch("x")
        await self.pool.fetch("x")  # CKS004

    async def __aenter__(self):
        await self._ensure()
        return self

    async def __aexit__(self, *exc):
        pass

    async def good12(self):
        async with self:
            await self.pool.fetch("x")

    async def good13(self):
        async with self as s:
            await s.pool.fetch("x")


def needs_pool(f):
    @wraps(f)
    async def wrapper(self, *args, **kwargs):
        if self.pool is None:
            await self.connect()
        return await f(self, *args, **kwargs)

    return wrapper


def logged(f):
    @wraps(f)
    async def wrapper(self, *args, **kwargs):
        logger.info("x")
        return await f(self, *args, **kwargs)

    return wrapper


def logged_all(f):
    @wraps(f)
    async def wrapper(*args, **kwargs):
        logger.info("x")
        return await f(*args, **kwargs)

    return wrapper


def retry(times):
    def deco(f):
        @wraps(f)
        async def wrapper(self, *args, **kwargs):
            for _ in range(times):
                try:
                    return await f(self, *args, **kwargs)
                except OSError:
                    continue
            raise RuntimeError

        return wrapper

    return deco


def requires(f):
    @wraps(f)
    async def wrapper(self, *args, **kwargs):
        if getattr(self, "pool", None) is None:
            raise RuntimeError
        return await f(self, *args, **kwargs)

    return wrapper


class Deco(Store):
    def __init__(self):
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    @needs_pool
    async def good(self):
        await self.pool.fetch("x")

    @requires
    async def good2(self):
        await self.pool.fetch("x")

    @logged
    async def bad(self):
        await self.pool.fetch("x")  # CKS004

    @logged_all
    async def bad2(self):
        await self.pool.fetch("x")  # CKS004

    @retry(3)
    async def bad3(self):
        await self.pool.fetch("x")  # CKS004

    @retry(3)
    @needs_pool
    async def good3(self):
        await self.pool.fetch("x")

    @needs_pool
    @retry(3)
    async def good4(self):
        await self.pool.fetch("x")

    @functools.lru_cache
    def bad4(self):
        return self.pool.acquire()  # CKS004


def connected(cls):
    return cls


class Inner(Store):
    def __init__(self):
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    def _with_pool(f):
        @wraps(f)
        async def wrapper(self, *args, **kwargs):
            if not self.pool:
                raise RuntimeError
            return await f(self, *args, **kwargs)

        return wrapper

    @_with_pool
    async def good(self):
        await self.pool.fetch("x")

    async def bad(self):
        await self.pool.fetch("x")  # CKS004


class Private(Store):
    def __init__(self):
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def load(self):
        if not self.pool:
            await self.connect()
        return await self._load("x")

    async def save(self):
        if not self.pool:
            raise RuntimeError
        return await self._load("x")

    async def _load(self, q):
        async with self.pool.acquire() as c:
            return await c.fetch(q)

    async def save2(self):
        return await self._load2("x")

    async def _load2(self, q):
        async with self.pool.acquire() as c:  # CKS004
            return await c.fetch(q)

    async def run(self, fn):
        if not self.pool:
            raise RuntimeError
        return await fn(self.pool)

    async def good(self):
        return await self.run(lambda p: p.fetch("x"))

    async def good2(self):
        async def work():
            return await self.pool.fetch("x")

        if not self.pool:
            raise RuntimeError
        return await work()

    async def _exec(self, cb):
        await self.connect()
        return await cb()

    async def good3(self):
        async def work():
            return await self.pool.fetch("x")

        return await self._exec(work)

    async def good4(self):
        return await self._exec(self._inner)

    async def _inner(self):
        return await self.pool.fetch("x")


class Slots(Store):
    __slots__ = ("pool",)

    def __init__(self):
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def bad(self):
        await self.pool.fetch("x")  # CKS004


class ClassAttr(Store):
    pool: ClassVar[Optional[asyncpg.Pool]] = None

    @classmethod
    async def connect(cls):
        cls.pool = await asyncpg.create_pool("x")

    @classmethod
    async def get(cls):
        if cls.pool is None:
            await cls.connect()
        return cls.pool

    async def bad(self):
        await self.pool.fetch("x")  # CKS004

    async def good(self):
        await ClassAttr.get()
        await self.pool.fetch("x")

    async def good2(self):
        pool = await self.get()
        await pool.fetch("x")

    async def good3(self):
        if ClassAttr.pool is None:
            await ClassAttr.connect()
        await ClassAttr.pool.fetch("x")

    async def bad3(self):
        await ClassAttr.pool.fetch("x")  # CKS004

    async def bad4(self):
        await type(self).pool.fetch("x")  # CKS004

    async def bad5(self):
        await self.__class__.pool.fetch("x")  # CKS004


@dataclass
class Dc(Store):
    url: str
    pool: asyncpg.Pool | None = None

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def bad(self):
        await self.pool.fetch("x")  # CKS004

    async def good(self):
        if not self.pool:
            await self.connect()
        await self.pool.fetch("x")


@dataclass
class Dc2(Store):
    url: str
    pool: asyncpg.Pool | None = field(default=None, init=False)

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def bad(self):
        await self.pool.fetch("x")  # CKS004


@dataclass
class Dc3(Store):
    url: str
    pool: asyncpg.Pool = field(init=False)

    async def connect(self):
        self.pool = await asyncpg.create_pool(self.url)

    async def bad(self):
        await self.pool.fetch("x")  # CKS004


@dataclass
class Dc4(Store):
    pool: asyncpg.Pool

    async def good(self):
        await self.pool.fetch("x")


@dataclass
class Dc5(Store):
    url: str
    pool: asyncpg.Pool = field(default=None)

    async def bad(self):
        await self.pool.fetch("x")  # CKS004


@dataclass
class Dc6(Store):
    url: str
    pool: asyncpg.Pool = field(init=False)

    def __post_init__(self):
        self.pool = None

    async def bad(self):
        await self.pool.fetch("x")  # CKS004
