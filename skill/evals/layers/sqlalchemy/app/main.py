"""The web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatkit.server import StreamingResult
from chatkit.store import NotFoundError
from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from app.chat import Support, make_store
from app.db import Note, create_tables, make_engine


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    engine = make_engine()
    await create_tables(engine)
    store = make_store(engine)
    app.state.engine = engine
    app.state.server = Support(store)
    try:
        yield
    finally:
        await store.close()
        await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.post("/chatkit")
async def chatkit(request: Request, x_user: str = Header()) -> Response:
    server: Support = request.app.state.server
    try:
        result = await server.process(await request.body(), {"user_id": x_user})
    except NotFoundError:
        return JSONResponse({"error": "not found"}, status_code=404)
    if isinstance(result, StreamingResult):
        return StreamingResponse(result, media_type="text/event-stream")
    return Response(result.json, media_type="application/json")


@app.post("/notes")
async def add_note(request: Request) -> dict[str, int]:
    async with AsyncSession(request.app.state.engine) as session:
        session.add(Note(text=(await request.json())["text"]))
        await session.commit()
        return {"notes": len((await session.scalars(select(Note))).all())}
