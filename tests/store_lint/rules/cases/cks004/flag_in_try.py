import asyncpg


class Store:
    """What was set before something raised stays set, and goes together."""

    def __init__(self) -> None:
        self.pool = None
        self.is_ready = False
        self.is_tried = False

    async def connect(self, dsn: str) -> None:
        try:
            self.is_tried = True
            self.pool = await asyncpg.create_pool(dsn)
            self.is_ready = True
            await self.pool.execute("CREATE TABLE IF NOT EXISTS t (id text)")
            print("connected")
        except OSError:
            print("not connected")

    async def load(self) -> object:
        if not self.is_ready:
            raise RuntimeError("not connected")
        return await self.pool.fetch("SELECT 1")

    async def load_once_tried(self) -> object:
        if not self.is_tried:
            raise RuntimeError("not tried")
        return await self.pool.fetch("SELECT 1")  # CKS004
