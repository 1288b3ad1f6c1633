"""What people see of the chat, over HTTP."""

import asyncio
import json
from typing import Any
from uuid import uuid4

import httpx

from tests.application import KEEPS, running


def person() -> str:
    return f"user-{uuid4().hex}"


async def ask(client: httpx.AsyncClient, user: str, kind: str, **params: Any) -> httpx.Response:
    body = {"type": kind, "params": params}
    return await client.post("/chatkit", json=body, headers={"x-user": user})


async def say(client: httpx.AsyncClient, user: str, text: str, thread: str | None = None) -> str:
    """Send a message, wait for the answer, and return the id of the thread."""
    message = {
        "content": [{"type": "input_text", "text": text}],
        "attachments": [],
        "inference_options": {},
    }
    if thread is None:
        response = await ask(client, user, "threads.create", input=message)
    else:
        response = await ask(client, user, "threads.add_user_message", input=message, thread_id=thread)
    assert response.status_code == 200, response.text
    lines = response.text.splitlines()
    events = [json.loads(line[6:]) for line in lines if line.startswith("data: ")]
    assert not [event for event in events if event["type"] == "error"], events
    created = [event["thread"]["id"] for event in events if event["type"] == "thread.created"]
    return thread or created[0]


async def texts(client: httpx.AsyncClient, user: str, thread: str) -> list[str]:
    response = await ask(client, user, "threads.get_by_id", thread_id=thread)
    assert response.status_code == 200, response.text
    items = response.json()["items"]["data"]
    return [part["text"] for item in reversed(items) for part in item["content"]]


def test_a_conversation_is_shown_as_it_was() -> None:
    async def scene() -> None:
        async with running() as client:
            user = person()
            thread = await say(client, user, "hello")
            await say(client, user, "and again", thread)
            shown = await texts(client, user, thread)
        assert sorted(shown) == ["You said: and again", "You said: hello", "and again", "hello"]

    asyncio.run(scene())


def test_it_is_there_after_a_restart() -> None:
    async def scene() -> None:
        user = person()
        async with running() as client:
            thread = await say(client, user, "hello")
        async with running() as client:
            response = await ask(client, user, "threads.get_by_id", thread_id=thread)
        assert response.status_code == (200 if KEEPS else 404)

    asyncio.run(scene())


def test_nobody_sees_or_changes_what_others_wrote() -> None:
    async def scene() -> None:
        async with running() as client:
            owner, other = person(), person()
            thread = await say(client, owner, "my secret")
            response = await ask(client, other, "threads.get_by_id", thread_id=thread)
            assert response.status_code == 404
            listed = await ask(client, other, "threads.list", limit=10, order="desc")
            assert listed.json()["data"] == []
            await ask(client, other, "threads.delete", thread_id=thread)
            assert "my secret" in await texts(client, owner, thread)

    asyncio.run(scene())


def test_the_history_is_listed_page_by_page() -> None:
    async def scene() -> None:
        async with running() as client:
            user = person()
            threads = [await say(client, user, f"number {number}") for number in range(5)]
            seen: list[str] = []
            after = None
            while True:
                page = await ask(client, user, "threads.list", limit=2, order="desc", after=after)
                assert page.status_code == 200, page.text
                seen += [thread["id"] for thread in page.json()["data"]]
                if not page.json()["has_more"]:
                    break
                after = page.json()["data"][-1]["id"]
                assert len(seen) < 6
        assert seen == threads[::-1]

    asyncio.run(scene())


def test_a_deleted_conversation_is_gone() -> None:
    async def scene() -> None:
        async with running() as client:
            user = person()
            thread = await say(client, user, "hello")
            await ask(client, user, "threads.delete", thread_id=thread)
            response = await ask(client, user, "threads.get_by_id", thread_id=thread)
            assert response.status_code == 404
            assert (await ask(client, user, "threads.list", limit=9)).json()["data"] == []

    asyncio.run(scene())
