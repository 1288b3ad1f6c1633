"""A busy database holds up those who need it, and nobody else."""

import asyncio
import os
import sqlite3

from tests.application import running
from tests.test_chat import person, say


def test_a_busy_database_does_not_stop_the_application() -> None:
    async def scene() -> None:
        async with running() as client:
            await say(client, person(), "hello")
            path = os.environ["DATABASE_URL"].removeprefix("sqlite:///")
            other = sqlite3.connect(path, isolation_level=None)
            other.execute("BEGIN IMMEDIATE")
            saying = asyncio.create_task(say(client, person(), "hello"))
            await asyncio.sleep(0.2)
            answer = await asyncio.wait_for(client.get("/health"), 5)
            assert answer.json() == {"up": True}
            assert not saying.done()
            other.execute("COMMIT")
            other.close()
            await saying

    asyncio.run(scene())
