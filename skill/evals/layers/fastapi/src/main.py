"""The web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatkit.server import StreamingResult
from chatkit.store import NotFoundError
from fastapi import FastAPI, Header, Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from src.chat import Support, make_store


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    store = make_store()
    app.state.server = Support(store)
    try:
        yield
    finally:
        await store.close()


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
