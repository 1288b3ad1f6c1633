import asyncpg


class Limiter:
    def __init__(self, dsn: str) -> None:
        self.client = None
        self.is_ready = False
        self.calls = 0
        self._open(dsn)

    def _open(self, dsn: str) -> None:
        if not dsn:
            return
        try:
            self.client = asyncpg.Pool(dsn)
            self.is_ready = True
        except OSError:
            self.client = None
            self.is_ready = False

    async def allowed(self) -> object:
        if not self.is_ready:
            raise RuntimeError("not connected")
        return await self.client.fetch("SELECT 1")

    async def counted(self) -> object:
        self.calls += 1
        if not self.is_ready:
            return None
        return await self.client.fetch("SELECT 1")

    async def careless(self) -> object:
        if not self.calls:
            raise RuntimeError("not called")
        return await self.client.fetch("SELECT 1")  # CKS004

    async def backwards(self) -> object:
        if self.is_ready:
            return None
        return await self.client.fetch("SELECT 1")  # CKS004

    async def close(self) -> None:
        if self.is_ready:
            await self.client.close()
        self.is_ready = False
        self.client = None

    async def close_too_late(self) -> None:
        self.is_ready = False
        await self.client.close()  # CKS004
        self.client = None


class Middleware:
    def __init__(self, dsn: str) -> None:
        self.limiter = None
        if dsn:
            self.limiter = Limiter(dsn)

    async def run(self) -> object:
        if self.limiter is None:
            return None
        print(await self.limiter.counted(), await self.limiter.careless())
        return await self.limiter.allowed()

    async def stop(self) -> None:
        if self.limiter is not None:
            await self.limiter.close()

    async def asks(self) -> object:
        if self.limiter is not None and self.limiter.is_ready:
            return await self.limiter.client.fetch("SELECT 1")
        return None

    async def asks_for_another(self) -> object:
        if self.limiter is not None and self.limiter.calls:
            return await self.limiter.client.fetch("SELECT 1")  # CKS004
        return None

    async def says_so_itself(self) -> object:
        if self.limiter is None:
            return None
        self.limiter.is_ready = True
        return await self.limiter.client.fetch("SELECT 1")  # CKS004


async def made_here(dsn: str) -> object:
    limiter = Limiter(dsn)
    print(await limiter.backwards())
    return await limiter.allowed()


async def asked_here(dsn: str) -> object:
    limiter = Limiter(dsn)
    if limiter.is_ready:
        return await limiter.client.fetch("SELECT 1")
    return await limiter.client.fetch("SELECT 1")  # CKS004


async def asked_of_what_is_handed(limiter: Limiter) -> object:
    if not limiter.is_ready:
        raise RuntimeError("not connected")
    return await limiter.client.fetch("SELECT 1")


async def set_and_asked(limiter: Limiter, said: bool) -> object:
    limiter.is_ready = said
    if limiter.is_ready:
        return await limiter.client.fetch("SELECT 1")  # CKS004
    return None


class Loose:
    """The flag goes up whether or not there is a pool."""

    def __init__(self, dsn: str) -> None:
        self.client = None
        self.is_ready = False
        if dsn:
            self.client = asyncpg.Pool(dsn)

    def start(self) -> None:
        self.is_ready = True


async def loosely(loose: Loose) -> object:
    if not loose.is_ready:
        raise RuntimeError("not connected")
    return await loose.client.fetch("SELECT 1")  # CKS004


class Breakable:
    """The flag goes with the pool until someone detaches it."""

    def __init__(self, dsn: str) -> None:
        self.client = asyncpg.Pool(dsn) if dsn else None
        self.is_ready = self.client is not None

    def detach(self) -> None:
        self.client = None


async def made_whole(dsn: str) -> object:
    whole = Breakable(dsn)
    if not whole.is_ready:
        return None
    return await whole.client.fetch("SELECT 1")


async def broken_later(dsn: str) -> object:
    broken = Breakable(dsn)
    broken.detach()
    if not broken.is_ready:
        return None
    return await broken.client.fetch("SELECT 1")  # CKS004


async def perhaps_broken(given: Breakable) -> object:
    if not given.is_ready:
        return None
    return await given.client.fetch("SELECT 1")  # CKS004


class Pair:
    def __init__(self, dsn: str, wanted: bool) -> None:
        self.reader = None
        self.client = None
        self.is_wanted = wanted
        self.is_lucky: bool = False
        if dsn.startswith("postgresql:"):
            self.reader = asyncpg.Pool(dsn)
            self.client = asyncpg.Pool(dsn)
            self.is_wanted = True


async def one_of_a_pair(pair: Pair) -> object:
    if pair.reader is None:
        return None
    return await pair.client.fetch("SELECT 1")


async def neither_of_a_pair(pair: Pair) -> object:
    if pair.reader is not None:
        return None
    return await pair.client.fetch("SELECT 1")  # CKS004


async def wanted(pair: Pair) -> object:
    if not pair.is_wanted:
        return None
    return await pair.client.fetch("SELECT 1")  # CKS004


async def told_by_others(pair: Pair) -> object:
    if not pair.is_lucky:
        return None
    return await pair.client.fetch("SELECT 1")  # CKS004


class Named:
    def __init__(self, dsn: str, name) -> None:
        self.client = None
        self.name = name
        if dsn:
            self.client = asyncpg.Pool(dsn)
            self.name = "postgresql"


async def by_its_name(named: Named) -> object:
    if isinstance(named.name, str):
        return await named.client.fetch("SELECT 1")  # CKS004
    return None


class Mergeable:
    """Its own methods ask others of its kind."""

    def __init__(self, dsn: str, is_ready: bool) -> None:
        self.is_ready = is_ready
        self.client = asyncpg.Pool(dsn) if dsn else None

    async def merge(self, other: "Mergeable") -> None:
        if other.is_ready:
            print(await other.client.fetch("SELECT 1"))  # CKS004
        self.client = None


async def merged(given: Mergeable) -> object:
    if not given.is_ready:
        return None
    return await given.client.fetch("SELECT 1")  # CKS004
