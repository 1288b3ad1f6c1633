import asyncpg
import pytest
import pytest_asyncio
from pytest import fixture


class TestStore:
    @pytest_asyncio.fixture(autouse=True)
    async def _connected(self) -> None:
        self.pool = await asyncpg.create_pool("postgresql://localhost")

    async def test_reads(self) -> None:
        assert await self.pool.fetch("SELECT 1")


class TestTwice:
    @pytest.fixture(autouse=True)
    def _made(self) -> None:
        self.pool = None

    @fixture(autouse=True)
    async def _opened(self) -> None:
        self.pool = await asyncpg.create_pool("postgresql://localhost")

    async def test_reads(self) -> None:
        assert await self.pool.fetch("SELECT 1")


class TestThatAsks:
    @pytest.fixture
    def opened(self, named: str) -> None:
        self.pool = asyncpg.Pool(named)

    @pytest.fixture
    def named(self, given: str) -> str:
        self.engine = asyncpg.Pool(given)
        return given

    @pytest.fixture
    def given(self, opened: None) -> str:
        return "postgresql://localhost"

    async def test_that_asks(self, opened: None) -> None:
        assert await self.pool.fetch("SELECT 1")

    async def test_that_asks_for_all(self, opened: None) -> None:
        assert await self.engine.fetch("SELECT 1")

    async def test_that_asks_for_another(self, named: str) -> None:
        assert await self.pool.fetch(named)

    async def test_that_asks_for_nothing(self) -> None:
        assert await self.pool.fetch("SELECT 1")  # CKS004


class TestWithAnEnd:
    @pytest_asyncio.fixture(autouse=True)
    async def _connected(self):
        self.pool = await asyncpg.create_pool("postgresql://localhost")
        yield
        await self.pool.close()
        self.pool = None

    @pytest.fixture(autouse=False)
    def closed(self) -> None:
        self.pool = None

    async def test_reads(self) -> None:
        assert await self.pool.fetch("SELECT 1")

    async def test_reads_nothing(self, closed: None) -> None:
        assert await self.pool.fetch("SELECT 1")  # CKS004


class TestOfAnother:
    @pytest.fixture(autouse=True)
    def _named(self) -> None:
        self.name = "store"

    def open(self) -> None:
        self.pool = asyncpg.Pool("postgresql://localhost")

    async def test_reads(self) -> None:
        assert await self.pool.fetch(self.name)  # CKS004

    async def test_takes_what_is_no_fixture(self, open: None) -> None:
        assert await self.pool.fetch(self.name)  # CKS004


class Server:
    def __init__(self, app) -> None:
        self.pool = asyncpg.Pool("postgresql://localhost")
        self.app = app

    @pytest.mark.asyncio
    async def stop(self) -> None:
        self.pool = None

    async def load(self) -> object:
        return await self.pool.fetch("SELECT 1")  # CKS004
