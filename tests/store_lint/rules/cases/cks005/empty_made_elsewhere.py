import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    """A list has its annotation where it is made; a loop that takes it up has none."""

    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    def queries(self, thread_id: str, limits: list[int]) -> list[tuple[str, list]]:
        made = []
        for limit in limits:
            given: list[object] = []
            given.append(thread_id)
            given.append(limit)
            made.append(("SELECT 1 FROM t WHERE a = $1 LIMIT $2", given))
        return made

    async def pages(self, thread_id: str, limits: list[int]) -> None:
        for query, params in self.queries(thread_id, limits):
            await self.pool.fetch(query, *params)

    async def page(self, thread_id: str) -> list:
        given: list[object] = []
        given.append(thread_id)
        params = given
        return await self.pool.fetch("SELECT 1 FROM t WHERE a = $1", *params)

    async def page_of_none(self, thread_id: str) -> list:
        given = params = []  # CKS005
        given.append(thread_id)
        return await self.pool.fetch("SELECT 1 FROM t WHERE a = $1", *params)

    async def loosely(self, thread_id: str) -> list:
        given = []  # CKS005
        given.append(thread_id)
        params = given
        return await self.pool.fetch("SELECT 1 FROM t WHERE a = $1", *params)

    async def if_any(self, thread_id: str | None) -> list:
        given = [] if thread_id is None else list(thread_id)  # CKS005
        given.append(thread_id)
        return await self.pool.fetch("SELECT 1 FROM t WHERE a = $1", *given)
