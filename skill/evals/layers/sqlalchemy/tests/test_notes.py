"""Notes and conversations lie in one database."""

import asyncio

from tests.application import running
from tests.test_chat import person, say


def test_notes_are_kept_beside_conversations() -> None:
    async def scene() -> None:
        async with running() as client:
            first = (await client.post("/notes", json={"text": "one"})).json()["notes"]
            await say(client, person(), "hello")
            second = (await client.post("/notes", json={"text": "two"})).json()["notes"]
        assert second == first + 1

    asyncio.run(scene())
