from enum import Enum, IntEnum


class Order(str, Enum):
    DESC = "desc"


class Number(IntEnum):
    ONE = 1


import asyncpg
from chatkit.store import Store


class S(Store[dict]):
    def __init__(self, pool: asyncpg.Pool) -> None:
        self.pool = pool

    async def page(self, thread_id: str, limit: int, after: str | None) -> list:
        params = [thread_id]
        params.append(Order.DESC)
        params.append(Number.ONE)  # CKS005
        return await self.pool.fetch("SELECT $1::text, $2::text, $3::int", *params)
