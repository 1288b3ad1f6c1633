import asyncpg
from chatkit.store import Store

from motor.motor_asyncio import AsyncIOMotorClient


class S(Store):
    def __init__(self):
        self.client: AsyncIOMotorClient | None = None

    def connect(self):
        self.client = AsyncIOMotorClient("x")

    async def load(self):
        return await self.client["db"].items.find_one({})  # CKS004

    async def load2(self):
        if self.client is None:
            self.connect()
        return await self.client["db"].items.find_one({})
