import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def save(self, note: int, body: str) -> None:
        await self.pool.execute("UPDATE notes SET size = $1 WHERE id = $2", note, body)
        await self.pool.execute("UPDATE notes SET size = $1 WHERE id = $2", body, body)  # CKS005
