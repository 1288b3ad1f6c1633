import asyncpg
from chatkit.store import Store

import redis.asyncio as redis


class S(Store):
    def __init__(self):
        self.r: redis.Redis | None = None

    async def connect(self):
        self.r = redis.from_url("x")

    async def load(self):
        return await self.r.get("x")  # CKS004
