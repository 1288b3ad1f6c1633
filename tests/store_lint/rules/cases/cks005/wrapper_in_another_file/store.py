from chatkit.store import Store

from db import Database, execute


class S(Store[dict]):
    def __init__(self, database: Database) -> None:
        self.database = database

    async def find(self, name: str, limit: int) -> None:
        await self.database.fetch("SELECT 1 FROM t LIMIT $1", limit)
        await self.database.fetch("SELECT 1 FROM t LIMIT $1", str(limit))  # CKS005
        await self.database.fetch("SELECT $1::text, $2::text", name)  # CKS005
        await self.database.log("SELECT $1::text, $2::text", name)
        params = [name]
        params.append(limit)  # CKS005
        await self.database.fetch("SELECT 1 FROM t WHERE a = $1 LIMIT $2", *params)
        await self.database.run("SELECT $1::text, $2::text", name)
        await self.database.fetch_within("SELECT $1::text, $2::text", name)  # CKS005
        await execute("SELECT $1::text, $2::text", name)
