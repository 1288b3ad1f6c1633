import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        params = [thread_id]
        for name in ("a", "b"):
            params.append(name)
        for number in range(limit):
            params.append(number)  # CKS005
        return await self.pool.fetch(f"SELECT 1 FROM t WHERE {after}", *params)
