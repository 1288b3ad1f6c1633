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


class Guarded:
    """What a method does before it raises is no stub's, and a stub may raise as well."""

    def __init__(self) -> None:
        self.pool = None

    def refuse(self) -> None:
        print("refused")
        raise NotImplementedError

    def fail(self) -> None: raise NotImplementedError  # fmt: skip

    async def load(self) -> object:
        pool = self.pool
        if pool is None:
            self.refuse()
        return await pool.fetch("SELECT 1")

    async def load_or_fail(self) -> object:
        pool = self.pool
        if pool is None:
            self.fail()
        return await pool.fetch("SELECT 1")

    async def load_or_print(self) -> object:
        pool = self.pool
        if pool is None:
            print("none")
        return await pool.fetch("SELECT 1")  # CKS004

    async def load_when_refused(self) -> object:
        self.refuse()
        return await self.pool.fetch("SELECT 1")

    def reset(self, what: str) -> None:
        if what == "all":
            self.pool = None
            return
        raise NotImplementedError(what)

    async def load_when_reset(self) -> object:
        self.pool = await asyncpg.create_pool("postgresql://localhost")
        self.reset("all")
        return await self.pool.fetch("SELECT 1")  # CKS004
