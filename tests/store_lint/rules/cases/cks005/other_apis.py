"""Calls that look like a driver's and are none."""

import asyncpg
from chatkit.store import Store
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession


class Search:
    def fetch(self, query: str, *words: object) -> list:
        return [query, *words]


class S(Store[dict]):
    def __init__(self, session: AsyncSession, search: Search) -> None:
        self.session = session
        self.search = search

    async def find(self, name: str, limit: int) -> None:
        await self.session.execute(text("SELECT :a, :b"), {"a": name, "b": limit})
        self.search.fetch("SELECT $1 please", name, limit)
        self.execute("SELECT $1, $2", name)

    def execute(self, what: str, *rest: object) -> None:
        print(what, rest)
