"""The application, started as a server starts it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx

import app as application

KEEPS = True
"""Whether conversations outlive the process."""


@asynccontextmanager
async def running() -> AsyncIterator[httpx.AsyncClient]:
    async with application.app.router.lifespan_context(application.app):
        transport = httpx.ASGITransport(app=application.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://app") as client:
            yield client
