import asyncpg
from chatkit.store import Store
from somewhere import get_pool


class S(Store[dict]):
    async def find(self, limit: int, name: str) -> None:
        pool = await get_pool()
        await pool.fetch("SELECT 1 FROM t LIMIT $1", str(limit))  # CKS005
        await pool.execute("SELECT $1::text, $2::text", name)  # CKS005
        await pool.execute("SELECT $1::text", name)
        await pool.run("SELECT $1::text, $2::text", name)
