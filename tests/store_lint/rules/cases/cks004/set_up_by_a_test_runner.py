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
