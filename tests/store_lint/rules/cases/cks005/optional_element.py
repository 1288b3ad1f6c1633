import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        params = [thread_id]
        params.append(after)  # CKS005
        checked = [thread_id]
        if after:
            checked.append(after)
            await self.pool.fetch("SELECT $1::text, $2::text", *checked)
        return await self.pool.fetch("SELECT $1::text, $2::text", *params)
