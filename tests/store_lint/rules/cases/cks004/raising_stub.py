import asyncpg


class Base:
    """What a subclass has to define raises here, and sets up the object there."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.pool = None
        self.prepare()
        self.setup()

    def setup(self) -> None:
        """Opens the pool."""
        raise NotImplementedError("a subclass opens it")

    def prepare(self) -> None:
        raise NotImplementedError

    async def load(self) -> object:
        return await self.pool.fetch("SELECT 1")


class Refusing:
    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.pool = None
        if not dsn:
            self.refuse()

    def refuse(self) -> None:
        raise ValueError("no dsn")

    async def load(self) -> object:
        return await self.pool.fetch("SELECT 1")  # CKS004


class Planned:
    """Not a stub: it does something first."""

    def __init__(self) -> None:
        self.pool = None

    def setup(self) -> None:
        self.pool = None
        raise NotImplementedError

    async def load(self) -> object:
        return await self.pool.fetch("SELECT 1")  # CKS004
