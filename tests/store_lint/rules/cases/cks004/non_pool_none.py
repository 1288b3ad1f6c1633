import asyncpg
from chatkit.store import Store


class S(Store):
    def __init__(self):
        self.last = None

    async def load(self):
        return self.last.upper()
