import asyncpg
from chatkit.store import Store

from sqlalchemy.ext.asyncio import create_async_engine, async_sessionmaker


class S(Store):
    def __init__(self):
        self.engine = None
        self.session_factory = None

    async def connect(self):
        self.engine = create_async_engine("x")
        self.session_factory = async_sessionmaker(self.engine)

    async def load(self):
        async with self.session_factory() as s:  # CKS004
            return await s.execute("x")

    async def load2(self):
        if not self.session_factory:
            await self.connect()
        async with self.session_factory() as s:
            return await s.execute("x")

    async def load3(self):
        async with self.engine.begin() as s:  # CKS004
            return await s.execute("x")
