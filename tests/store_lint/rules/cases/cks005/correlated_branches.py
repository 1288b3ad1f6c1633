import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def by_a_name(self, limit: int, context: dict) -> list:
        user = context.get("user")
        if user:
            where = "user_id = $1"
            base = [user]
        else:
            where = "user_id IS NULL"
            base = []
        if user:
            return await self.pool.fetch(f"SELECT 1 FROM t WHERE {where} LIMIT $2", user, limit)
        await self.pool.fetch(f"SELECT 1 FROM t WHERE {where} AND a = $2", *base)  # CKS005
        return await self.pool.fetch(f"SELECT 1 FROM t WHERE {where} LIMIT $1", limit)

    async def by_a_comparison(self, limit: int, order: str) -> list:
        query = "SELECT 1 FROM t"
        if order == "asc":
            query += " WHERE a > $1"
        if order == "asc":
            return await self.pool.fetch(query, limit)
        return await self.pool.fetch(query)

    async def by_a_list(self, title: str | None, limit: int | None) -> list:
        where: list[str] = []
        params: list[object] = []
        if title:
            params.append(title)
            where.append(f"title = ${len(params)}")
        query = "SELECT 1 FROM t"
        if where:
            query += " WHERE " + " AND ".join(where)
        if limit is not None:
            params.append(limit)
            query += f" LIMIT ${len(params)}"
        return await self.pool.fetch(query, *params)

    async def by_a_list_and_one_more(self, title: str | None) -> list:
        where: list[str] = []
        params: list[object] = []
        if title:
            params.append(title)
            where.append(f"title = ${len(params)}")
        query = "SELECT 1 FROM t"
        if where:
            query += " WHERE " + " AND ".join(where)
        return await self.pool.fetch(query, *params, 10)  # CKS005

    async def by_a_length(self, title: str | None) -> list:
        params: list[object] = []
        if title:
            params.append(title)
        query = "SELECT 1 FROM t"
        if len(params) > 0:
            query += " WHERE title = $1"
        return await self.pool.fetch(query, *params)

    async def changed_between(self, limit: int, context: dict) -> list:
        user = context.get("user")
        query = "SELECT 1 FROM t"
        if user:
            query += " WHERE a = $1"
        user = context.get("other")
        if user:
            return await self.pool.fetch(query, limit)  # CKS005
        return []

    async def forgotten_on_one_way(self, thread_id: str, after: str | None) -> list:
        query = "SELECT 1 FROM t WHERE a = $1"
        if after:
            query += " AND b > $2"
        return await self.pool.fetch(query, thread_id)  # CKS005
