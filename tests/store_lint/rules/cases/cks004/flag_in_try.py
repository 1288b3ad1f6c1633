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


pool = None
is_ready = False
is_tried = False
try:
    is_tried = True
    pool = asyncpg.Pool("postgresql://localhost")
    is_ready = True
    pool.get_size()
    print("made")
except OSError:
    print("not made")

engine = None
is_open = False
is_opening = False


def open_engine(dsn: str) -> None:
    global engine, is_open, is_opening
    try:
        is_opening = True
        engine = asyncpg.Pool(dsn)
        is_open = True
        engine.get_size()
        print("opened")
    except OSError:
        print("not opened")


async def load() -> object:
    if not is_ready or not is_open:
        raise RuntimeError("not connected")
    return await pool.fetch("SELECT 1"), await engine.fetch("SELECT 1")


async def load_once_tried() -> object:
    if not is_tried:
        raise RuntimeError("not tried")
    return await pool.fetch("SELECT 1")  # CKS004


async def load_once_opening() -> object:
    if not is_opening:
        raise RuntimeError("not opening")
    return await engine.fetch("SELECT 1")  # CKS004
