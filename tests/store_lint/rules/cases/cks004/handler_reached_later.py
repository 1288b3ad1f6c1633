# A handler of another error is reached once the client was there; one that None leads to may be without.
from contextlib import suppress

import asyncpg
import redis.asyncio as redis
from chatkit.store import Store
from redis.exceptions import RedisError

AnyError = Exception
ERRORS = (KeyError, AttributeError)


class Missing(Exception): ...


class S(Store):
    def __init__(self, url):
        self.url = url
        self.client: asyncpg.Pool | None = None

    async def connect(self):
        self.client = await asyncpg.create_pool(self.url)

    async def plain(self):
        try:
            await self.client.fetch("a")  # CKS004
            return
        except Missing:
            pass
        await self.client.execute("b")

    async def several(self):
        try:
            if (await self.client.fetch(self.query())).get("x") == 1:  # CKS004
                return
            rows = (await self.client.fetch("a"))[0]
        except (asyncpg.PostgresError, RedisError, ValueError):
            rows = await self.client.fetch("b")
        return rows

    async def behind_a_literal(self):
        try:
            query = "a"
            return await self.client.fetch(query)  # CKS004
        except Missing:
            return await self.client.execute(query)

    async def suppressed(self):
        with suppress(Missing):
            async with self.client.acquire() as connection:  # CKS004
                await connection.fetch("a")
        await self.client.execute("b")

    async def within(self):
        try:
            try:
                return await self.client.fetch("a")  # CKS004
            except Missing:
                await self.client.execute("b")
        except RedisError:
            pass

    async def behind_it_within_a_wide_one(self):
        try:
            try:
                return await self.client.fetch("a")  # CKS004
            except Missing:
                pass
            await self.client.execute("b")
        except Exception:
            raise

    async def by_another_name(self):
        client = self.client
        try:
            return await client.fetch("a")  # CKS004
        except Missing:
            return await self.client.execute("b")

    # Something else may have raised.

    async def another_call(self):
        try:
            await self.connect_elsewhere()
            return await self.client.fetch("a")  # CKS004
        except Missing:
            return await self.client.execute("b")  # CKS004

    async def an_attribute_behind_a_call(self):
        try:
            query = self.query()
            return await self.client.fetch(query)  # CKS004
        except Missing:
            return await self.client.execute("b")  # CKS004

    async def another_call_in_it(self):
        try:
            return self.rows(self.url) or await self.client.fetch("a")  # CKS004
        except Missing:
            return await self.client.execute("b")  # CKS004

    async def of_an_argument(self):
        try:
            return self.rows(await self.client.fetch("a"))  # CKS004
        except Missing:
            return await self.client.execute("b")  # CKS004

    async def of_another(self, other: asyncpg.Pool | None):
        try:
            return await other.fetch("a")  # CKS004
        except Missing:
            return await self.client.execute("b")  # CKS004

    # Or the None itself leads there.

    async def attribute_error(self):
        try:
            return await self.client.fetch("a")
        except AttributeError:
            return await self.client.execute("b")  # CKS004

    async def any_exception(self):
        try:
            return await self.client.fetch("a")  # CKS004
        except Exception:
            return await self.client.execute("b")  # CKS004

    async def bare(self):
        try:
            return await self.client.fetch("a")  # CKS004
        except:
            return await self.client.execute("b")  # CKS004

    async def of_a_variable(self):
        try:
            return await self.client.fetch("a")  # CKS004
        except ERRORS:
            return await self.client.execute("b")  # CKS004

    async def of_an_alias(self):
        try:
            return await self.client.fetch("a")  # CKS004
        except AnyError:
            return await self.client.execute("b")  # CKS004

    async def of_a_parameter(self, errors):
        try:
            return await self.client.fetch("a")  # CKS004
        except errors:
            return await self.client.execute("b")  # CKS004

    async def finally_(self):
        try:
            await self.client.fetch("a")  # CKS004
        finally:
            await self.client.execute("b")  # CKS004

    async def further_out(self):
        try:
            try:
                return await self.client.fetch("a")  # CKS004
            except Missing:
                return None
        except Exception:
            return await self.client.execute("b")  # CKS004


    async def finally_further_out(self):
        try:
            query = "a"
            await self.client.fetch(query)  # CKS004
        except Missing:
            await self.client.execute("b")
        finally:
            await self.client.execute("c")  # CKS004


class Lazy(Store):
    def __init__(self, url):
        self.url = url
        self.redis: redis.Redis | None = None

    @property
    def client(self):
        if not self.url:
            raise Missing
        self.redis = self.redis or redis.from_url(self.url)
        return self.redis

    async def by_a_property(self):
        try:
            return await self.client.get("a")
        except Missing:
            return await self.redis.get("b")  # CKS004
