import asyncpg
from chatkit.store import Store
from somewhere import prepare


class S(Store[dict]):
    async def save(self) -> None:
        pool = await asyncpg.create_pool("postgresql://localhost/chat", init=prepare)
        await pool.execute("SELECT $1::jsonb", {"a": 1})
