import asyncio
import contextvars
import asyncpg
import motor.motor_asyncio
from functools import wraps
from contextvars import ContextVar
from contextlib import asynccontextmanager
from typing import Any, Optional
from motor.motor_asyncio import AsyncIOMotorClient
from pymongo import AsyncMongoClient
from redis.asyncio import Redis
import redis.asyncio as aioredis
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine, async_sessionmaker
from sqlalchemy.orm import sessionmaker
from sqlalchemy import create_engine
import aiomysql
import asyncmy
import aiosqlite
import psycopg_pool
from psycopg_pool import AsyncConnectionPool
from chatkit.store import Store

pool = None
_engine: AsyncEngine | None = None
Session: async_sessionmaker | None = None
current: ContextVar[Optional[asyncpg.Pool]] = ContextVar("current", default=None)
current2: ContextVar[asyncpg.Pool] = ContextVar("current2")


def needs_pool(f):
    @wraps(f)
    async def wrapper(self, *args, **kwargs):
        if self.pool is None:
            await self.connect()
        return await f(self, *args, **kwargs)

    return wrapper


async def init():
    global pool
    pool = await asyncpg.create_pool("x")


async def get_pool() -> asyncpg.Pool:
    global pool
    if pool is None:
        pool = await asyncpg.create_pool("x")
    return pool


def get_engine() -> AsyncEngine:
    global _engine
    if _engine is None:
        _engine = create_async_engine("x")
    return _engine


def get_session():
    global Session
    if Session is None:
        Session = async_sessionmaker(get_engine())
    return Session()


async def module_bad():
    await pool.fetch("x")  # CKS004


async def module_good():
    await init()
    await pool.fetch("x")


async def shutdown():
    global pool
    if pool:
        await pool.close()
        pool = None


class G(Store):
    async def bad(self):
        await pool.fetch("x")  # CKS004

    async def good(self):
        p = await get_pool()
        await p.fetch("x")

    async def good2(self):
        await get_pool()
        await pool.fetch("x")

    async def good3(self):
        await init()
        await pool.fetch("x")

    async def good4(self):
        async with get_session() as s:
            await s.execute("x")

    async def bad5(self):
        async with Session() as s:  # CKS004
            await s.execute("x")

    async def bad6(self):
        async with _engine.begin() as c:  # CKS004
            await c.execute("x")

    async def good6(self):
        async with get_engine().begin() as c:
            await c.execute("x")

    async def bad7(self):
        await current.get().fetch("x")  # CKS004

    async def bad8(self):
        p = current.get()
        await p.fetch("x")  # CKS004

    async def good8(self):
        p = current.get()
        if p is None:
            raise RuntimeError
        await p.fetch("x")

    async def good9(self):
        p = current2.get()
        await p.fetch("x")


class CV(Store):
    def __init__(self):
        self._pool: ContextVar[asyncpg.Pool | None] = ContextVar("p", default=None)

    async def bad(self):
        await self._pool.get().fetch("x")  # CKS004

    async def good(self):
        if (p := self._pool.get()) is None:
            p = await asyncpg.create_pool("x")
            self._pool.set(p)
        await p.fetch("x")


class Motor(Store):
    def __init__(self, url):
        self.url = url
        self.client: AsyncIOMotorClient | None = None
        self.db = None

    async def connect(self):
        self.client = AsyncIOMotorClient(self.url)
        self.db = self.client["x"]

    async def bad(self):
        await self.db.threads.find_one({})  # CKS004

    async def bad2(self):
        await self.db["threads"].find_one({})  # CKS004

    async def good(self):
        if self.db is None:
            await self.connect()
        await self.db["threads"].find_one({})

    async def bad3(self):
        async for d in self.client["x"].y.find():  # CKS004
            print(d)

    async def close(self):
        self.client.close()  # CKS004

    async def good3(self):
        if self.client is None:
            raise RuntimeError
        self.client.close()


class PM(Store):
    client: AsyncMongoClient | None

    def __init__(self, url):
        self.client = None

    async def connect(self):
        self.client = AsyncMongoClient("x")
        await self.client.aconnect()

    async def bad(self):
        async with self.client.start_session() as s:  # CKS004
            pass


class R(Store):
    def __init__(self, url):
        self._redis: Optional[Redis] = None

    async def connect(self):
        self._redis = aioredis.from_url("x")

    async def bad(self):
        await self._redis.get("x")  # CKS004

    async def good(self):
        r = self._redis or Redis()
        await r.get("x")


class SA(Store):
    def __init__(self, url):
        self.engine = None
        self.Session = None

    async def connect(self):
        self.engine = create_async_engine("x")
        self.Session = async_sessionmaker(self.engine, expire_on_commit=False)

    async def bad(self):
        async with self.Session() as s:  # CKS004
            await s.execute("x")

    async def bad1(self):
        async with self.Session.begin() as s:  # CKS004
            await s.execute("x")

    async def bad2(self):
        async with self.engine.connect() as s:  # CKS004
            await s.execute("x")

    async def bad3(self):
        async with AsyncSession(self.engine) as s:
            await s.execute("x")

    async def good(self):
        if self.engine is None:
            await self.connect()
        async with self.Session() as s:
            await s.execute("x")


class SA2(Store):
    def __init__(self, url):
        self.engine = create_async_engine("x")
        self.factory = sessionmaker(self.engine, class_=AsyncSession)

    async def good(self):
        async with self.factory() as s:
            await s.execute("x")


class My(Store):
    def __init__(self, url):
        self.pool: aiomysql.Pool | None = None

    async def connect(self):
        self.pool = await aiomysql.create_pool(host="x")

    async def bad(self):
        async with self.pool.acquire() as c, c.cursor() as cur:  # CKS004
            await cur.execute("x")

    async def close(self):
        self.pool.close()  # CKS004
        await self.pool.wait_closed()


class My2(Store):
    def __init__(self, url):
        self.pool = aiomysql.create_pool(host="x")  # CKS004

    async def bad(self):
        async with self.pool.acquire() as c:
            pass


class My3(Store):
    def __init__(self, url):
        self.pool = None

    async def connect(self):
        self.pool = asyncmy.create_pool(host="x")  # CKS004

    async def bad(self):
        if not self.pool:
            await self.connect()
        async with self.pool.acquire() as c:
            pass


class Pg2(Store):
    def __init__(self, url):
        self.pool = asyncpg.create_pool(url)

    async def good(self):
        await self.pool
        async with self.pool.acquire() as c:
            pass


class Pg3(Store):
    def __init__(self, url):
        self.pool = asyncpg.create_pool(url)  # CKS004

    async def bad(self):
        return await self.pool.fetch("x")


class Pg4(Store):
    def __init__(self, url):
        self.pool = None

    async def connect(self):
        self.pool = asyncpg.create_pool("x")
        await self.pool

    async def good(self):
        if self.pool is None:
            await self.connect()
        return await self.pool.fetch("x")

    async def good2(self):
        async with asyncpg.create_pool("x") as p:
            return await p.fetch("x")

    async def good3(self):
        p = asyncpg.create_pool("x")
        async with p:
            return await p.fetch("x")

    async def bad3(self):
        p = asyncpg.create_pool("x")  # CKS004
        return await p.fetch("x")

    async def bad4(self):
        with asyncpg.create_pool("x").acquire() as c:  # CKS004
            return await c.fetch("x")


class Pg5(Store):
    def __init__(self, url):
        self.pool = AsyncConnectionPool("x", open=False)

    async def good(self):
        async with self.pool.connection() as c:
            pass


class Lite(Store):
    def __init__(self, url):
        self.conn: aiosqlite.Connection | None = None

    async def connect(self):
        self.conn = await aiosqlite.connect("x")

    async def bad(self):
        async with self.conn.execute("x") as cur:  # CKS004
            pass

    async def bad2(self):
        await self.conn.commit()  # CKS004


class Lite2(Store):
    def __init__(self, url):
        self.conn = aiosqlite.connect("x")  # CKS004

    async def bad(self):
        async with self.conn.execute("x") as cur:
            pass


class Nonlocal(Store):
    async def good(self):
        pool = None

        async def connect():
            nonlocal pool
            pool = await asyncpg.create_pool("x")

        await connect()
        await pool.fetch("x")

    async def bad(self):
        pool = None

        async def connect():
            nonlocal pool
            pool = await asyncpg.create_pool("x")

        await pool.fetch("x")  # CKS004


class DecoInternal(Store):
    def __init__(self):
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    @needs_pool
    async def _query(self, q):
        return await self.pool.fetch(q)

    async def good(self):
        return await self._query("x")

    @needs_pool
    async def query(self, q):
        return await self.pool.fetch(q)

    async def good2(self):
        return await self.query("x")


class Db:
    def __init__(self):
        self.pool: asyncpg.Pool | None = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def fetch_bad(self):
        return await self.pool.fetch("x")  # CKS004

    async def ensure(self):
        if self.pool is None:
            await self.connect()


db = Db()


class UsesDb(Store):
    def __init__(self, db: Db):
        self.db = db
        self.own = Db()

    async def bad(self):
        return await self.db.pool.fetch("x")  # CKS004

    async def bad2(self):
        return await db.pool.fetch("x")  # CKS004

    async def good(self):
        await self.db.ensure()
        return await self.db.pool.fetch("x")

    async def good2(self):
        await db.connect()
        return await db.pool.fetch("x")

    async def good3(self):
        if self.db.pool is None:
            raise RuntimeError
        return await self.db.pool.fetch("x")

    async def bad3(self):
        return await self.own.pool.fetch("x")  # CKS004

    async def good4(self):
        d = self.db
        if d.pool is None:
            raise RuntimeError
        return await d.pool.fetch("x")
