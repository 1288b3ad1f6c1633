"""The application, started as a server starts it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

from helpdesk.main import app

KEEPS = True
"""Whether conversations outlive the process."""


@asynccontextmanager
async def running() -> AsyncIterator[httpx.AsyncClient]:
    async with app.router.lifespan_context(app):
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            yield client
