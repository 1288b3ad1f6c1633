import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        names = thread_id.split(",")
        places = ", ".join(f"${i}" for i in range(1, len(names) + 1))
        await self.pool.fetch(f"SELECT 1 FROM t WHERE a IN ({places})", *names)
        await self.pool.fetch(f"SELECT 1 FROM t WHERE a IN ({places}) AND b = ${len(names) + 1}", *names, after)
        await self.pool.fetch(f"SELECT 1 FROM {after} WHERE a = $1", thread_id)
        await self.pool.fetch(f"SELECT 1 FROM {after} WHERE a = $1", thread_id, limit)  # CKS005
        return await self.pool.fetch(f"SELECT 1 FROM t WHERE a = $1 {after}", thread_id, limit)
