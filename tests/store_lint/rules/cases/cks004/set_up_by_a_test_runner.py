import sqlite3

from chatkit.store import Store


class TestStore:
    def setup_method(self, method):
        self.db = sqlite3.connect(":memory:")

    def teardown_method(self, method):
        self.db.close()

    def test_it(self):
        self.db.execute("SELECT 1")


class NotSetUp(Store):
    def prepare(self, method):
        self.db = sqlite3.connect(":memory:")

    def ask(self):
        self.db.execute("SELECT 1")  # CKS004


class TestInSteps:
    pool = None

    @classmethod
    def setUpClass(cls):
        cls.dsn = ":memory:"

    async def asyncSetUp(self):
        self.pool = sqlite3.connect(self.dsn)

    def test_it(self):
        self.pool.execute("SELECT 1")


class TestTornDown:
    pool = None

    async def asyncTearDown(self):
        self.pool = sqlite3.connect(":memory:")

    def test_it(self):
        self.pool.execute("SELECT 1")  # CKS004
