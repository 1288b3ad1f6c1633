"""The web application."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from chatkit.server import StreamingResult
from chatkit.store import NotFoundError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from helpline.chat import Support, make_store
from helpline.context import RequestContext


async def chatkit(request: Request) -> Response:
    context = RequestContext(user_id=request.headers["x-user"])
    try:
        result = await request.app.state.server.process(await request.body(), context)
    except NotFoundError:
        return JSONResponse({"error": "not found"}, status_code=404)
    if isinstance(result, StreamingResult):
        return StreamingResponse(result, media_type="text/event-stream")
    return Response(result.json, media_type="application/json")


@asynccontextmanager
async def lifespan(app: Starlette) -> AsyncIterator[None]:
    store = make_store()
    app.state.server = Support(store)
    try:
        yield
    finally:
        await store.close()


app = Starlette(routes=[Route("/chatkit", chatkit, methods=["POST"])], lifespan=lifespan)
