import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def load_thread(self, thread_id, context: dict):  # CKS005
        return await self.pool.fetchrow("SELECT 1 FROM t WHERE a = $1", thread_id)

    async def delete_thread(self, thread_id: str, context):
        await self.pool.execute("DELETE FROM t WHERE a = $1", thread_id)

    async def count(self, label):
        print(label)
        return await self.pool.fetchval("SELECT count(*) FROM t")

    async def rename(self, title):
        title = str(title)
        await self.pool.execute("UPDATE t SET a = $1", title)
