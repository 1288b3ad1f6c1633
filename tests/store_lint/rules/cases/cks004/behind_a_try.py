import asyncpg


class Store:
    """What stands behind a `try` of which only the body goes on is not in the `try`."""

    def __init__(self, dsn: str) -> None:
        self.pool = None
        self.is_ready = False
        try:
            self.pool = asyncpg.Pool(dsn)
            self.pool.get_size()
        except Exception:
            self.pool = None
            return
        self.is_ready = True

    async def load(self) -> object:
        if not self.is_ready:
            return None
        return await self.pool.fetch("SELECT 1")

    async def load_anyway(self, raw: str) -> object:
        try:
            limit = int(raw)
        except (ValueError, AttributeError):
            return None
        return await self.pool.fetch("SELECT 1 LIMIT $1", limit)  # CKS004

    async def load_or_not(self, raw: str) -> object:
        try:
            limit = int(raw)
            return await self.pool.fetch("SELECT 1 LIMIT $1", limit)
        except (ValueError, AttributeError):
            return None

    async def load_or_nothing(self, raw: str) -> object:
        try:
            return int(raw)
        except AttributeError:
            print("not a number")
        finally:
            print("tried")
        return await self.pool.fetch("SELECT 1")  # CKS004
