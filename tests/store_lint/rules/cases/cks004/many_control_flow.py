import asyncio
from contextlib import asynccontextmanager, suppress
from typing import Any, Optional, ClassVar
from dataclasses import dataclass, field
import contextvars
import functools
import asyncpg
from chatkit.store import Store


class TupleAssign(Store):
    def __init__(self):
        self.pool, self.lock = None, asyncio.Lock()

    async def bad(self):
        await self.pool.fetch("x")  # CKS004

    async def good(self):
        if self.pool is None:
            self.pool, _ = await asyncpg.create_pool("x"), 1
        await self.pool.fetch("x")


class ChainAssign(Store):
    def __init__(self):
        self._ready = self.pool = None

    async def bad(self):
        await self.pool.fetch("x")  # CKS004


class Doublechecked(Store):
    def __init__(self):
        self._pool: Optional[asyncpg.Pool] = None
        self._lock = asyncio.Lock()

    async def _get_pool(self) -> asyncpg.Pool:
        if self._pool is None:
            async with self._lock:
                if self._pool is None:
                    self._pool = await asyncpg.create_pool("x")
        return self._pool

    async def good(self):
        pool = await self._get_pool()
        async with pool.acquire() as c:
            await c.fetch("x")

    async def good2(self):
        await self._get_pool()
        await self._pool.fetch("x")

    async def bad(self):
        self._get_pool()
        await self._pool.fetch("x")  # CKS004

    async def close(self):
        if self._pool:
            await self._pool.close()
            self._pool = None


class Closes(Store):
    def __init__(self, pool: asyncpg.Pool):
        self.pool = pool

    async def close(self):
        await self.pool.close()  # CKS004
        self.pool = None

    async def load(self):
        await self.pool.fetch("x")  # CKS004


class CloseThenUse(Store):
    def __init__(self, pool: asyncpg.Pool):
        self.pool = pool

    async def reset(self):
        self.pool = None
        await self.pool.fetch("x")  # CKS004


class Gather(Store):
    def __init__(self):
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def good(self):
        await asyncio.gather(self.connect(), asyncio.sleep(0))
        await self.pool.fetch("x")

    async def bad(self):
        await asyncio.gather(asyncio.sleep(0), asyncio.sleep(1))
        await self.pool.fetch("x")  # CKS004


class Nested(Store):
    def __init__(self):
        self.pool = None

    async def connect(self):
        self.pool = await asyncpg.create_pool("x")

    async def bad(self):
        async def inner():
            return await self.pool.fetch("x")  # CKS004

        return await inner()

    async def good(self):
        if self.pool is None:
            await self.connect()

        async def inner():
            return await self.pool.fetch("x")

        return await inner()

    async def good_lambda(self):
        if self.pool is None:
            raise RuntimeError
        f = lambda: self.pool.fetch("x")
        return await f()

    async def bad_lambda(self):
        f = lambda: self.pool.fetch("x")  # CKS004
        return await f()


class Comp(Store):
    def __init__(self):
        self.pool = None

    async def bad(self):
        return [await self.pool.fetch(q) for q in ("a", "b")]  # CKS004

    async def good(self):
        return [await self.pool.fetch(q) for q in ("a", "b") if self.pool]

    async def good2(self):
        return [r for r in (await self.pool.fetch("x") if self.pool else [])]

    async def bad2(self):
        return {q: r async for q, r in self.pool.cursor()}  # CKS004


class TryFinally(Store):
    def __init__(self):
        self.pool = None

    async def good(self):
        try:
            self.pool = await asyncpg.create_pool("x")
            await self.pool.fetch("x")
        finally:
            if self.pool is not None:
                await self.pool.close()

    async def bad(self):
        try:
            self.pool = await asyncpg.create_pool("x")
        finally:
            await self.pool.close()  # CKS004

    async def bad2(self):
        try:
            self.pool = await asyncpg.create_pool("x")
        except OSError:
            pass
        await self.pool.fetch("x")  # CKS004

    async def good2(self):
        try:
            self.pool = await asyncpg.create_pool("x")
        except OSError as e:
            raise RuntimeError from e
        else:
            await self.pool.fetch("x")
        await self.pool.fetch("y")

    async def good3(self):
        try:
            self.pool = await asyncpg.create_pool("x")
        except* OSError:
            raise
        await self.pool.fetch("y")


class WhileElse(Store):
    def __init__(self):
        self.pool = None

    async def good(self):
        while self.pool is None:
            try:
                self.pool = await asyncpg.create_pool("x")
            except OSError:
                await asyncio.sleep(1)
        await self.pool.fetch("y")

    async def bad(self):
        n = 0
        while self.pool is None:
            n += 1
            if n > 3:
                break
            try:
                self.pool = await asyncpg.create_pool("x")
            except OSError:
                await asyncio.sleep(1)
        await self.pool.fetch("y")  # CKS004

    async def good2(self):
        for attempt in range(3):
            try:
                self.pool = await asyncpg.create_pool("x")
                break
            except OSError:
                await asyncio.sleep(1)
        else:
            raise RuntimeError
        await self.pool.fetch("y")

    async def bad2(self):
        for attempt in range(3):
            try:
                self.pool = await asyncpg.create_pool("x")
                break
            except OSError:
                await asyncio.sleep(1)
        await self.pool.fetch("y")  # CKS004

    async def good3(self):
        for attempt in range(3):
            try:
                self.pool = await asyncpg.create_pool("x")
                break
            except OSError:
                if attempt == 2:
                    raise
                await asyncio.sleep(1)
        if not self.pool:
            raise RuntimeError
        await self.pool.fetch("y")


class Walrus(Store):
    def __init__(self):
        self.pool = None

    async def good(self):
        if (pool := self.pool) is None:
            raise RuntimeError
        await pool.fetch("x")
        await self.pool.fetch("x")

    async def good2(self):
        if pool := self.pool:
            await pool.fetch("x")

    async def bad(self):
        if not (pool := self.pool):
            print("x")
        await pool.fetch("x")  # CKS004

    async def good3(self):
        return self.pool and await self.pool.fetch("x")

    async def good4(self):
        return not self.pool or await self.pool.fetch("x")

    async def bad4(self):
        return self.pool or await self.pool.fetch("x")  # CKS004

    async def good5(self):
        pool = self.pool or await asyncpg.create_pool("x")
        await pool.fetch("x")

    async def bad5(self):
        pool = self.pool or None
        await pool.fetch("x")  # CKS004

    async def good6(self):
        pool = self.pool if self.pool is not None else await asyncpg.create_pool("x")
        await pool.fetch("x")

    async def good7(self):
        pool = self.pool
        if pool is None:
            return
        await self.pool.fetch("x")

    async def bad7(self):
        pool = self.pool
        if pool is not None:
            return
        await self.pool.fetch("x")  # CKS004


class Del(Store):
    def __init__(self, pool: asyncpg.Pool):
        self.pool = pool

    async def bad(self):
        del self.pool
        await self.pool.fetch("x")  # CKS004
