import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        params = [thread_id]
        params.extend(len(part) for part in thread_id.split("-"))  # CKS005
        names = [thread_id]
        names.extend(part for part in "abc")
        await self.pool.fetch(f"SELECT 1 FROM t WHERE {after}", *names)
        return await self.pool.fetch(f"SELECT 1 FROM t WHERE {after}", *params)
