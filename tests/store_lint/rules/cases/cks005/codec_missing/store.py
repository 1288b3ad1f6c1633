import json

import asyncpg
from chatkit.store import Store


async def prepare(connection: asyncpg.Connection) -> None:
    await connection.execute("SET TIME ZONE 'UTC'")


class S(Store[dict]):
    def __init__(self) -> None:
        self.pool: asyncpg.Pool | None = None

    async def connect(self) -> asyncpg.Pool:
        if self.pool is None:
            self.pool = await asyncpg.create_pool("postgresql://localhost/chat", init=prepare)
        return self.pool

    async def save(self) -> None:
        pool = await self.connect()
        await pool.execute("SELECT $1::jsonb", {"a": 1})  # CKS005
        await pool.execute("SELECT $1::json", {"a": 1})  # CKS005
