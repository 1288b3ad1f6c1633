import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        params: list[object] = [thread_id]
        number = 2
        query = "SELECT 1 FROM t WHERE a = $1"
        if after:
            query += f" AND b > ${number}"
            params.append(after)
            number += 1
        query += f" LIMIT ${number} OFFSET ${number + 1}"
        params.append(limit)
        params.append(str(limit))  # CKS005
        return await self.pool.fetch(query, *params)
