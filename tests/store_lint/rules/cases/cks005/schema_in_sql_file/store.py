import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def save(self, note: int, body: str) -> None:
        await self.pool.execute("UPDATE app.notes SET body = $1 WHERE id = $2", body, note)
        await self.pool.execute("UPDATE app.notes SET body = $1 WHERE id = $2", note, body)  # CKS005
        await self.pool.execute("UPDATE app.notes SET seen = $1", body)  # CKS005
