from __future__ import annotations
import json
from dataclasses import asdict
from datetime import datetime
from chatkit.types import *
from chatkit.agents import AgentContext
from chatkit.server import ChatKitServer
from chatkit.store import Store
now = datetime.now()

ThreadMetadata(id="x", created_at=now, updated_at=now)  # CKS006

class Memory(Store[str]):
    def __init__(self):
        self._t: dict[str, ThreadMetadata] = {}
    async def load_thread(self, thread_id: str, context: str) -> ThreadMetadata:
        if thread_id not in self._t:
            raise KeyError
        return self._t[thread_id]
    async def load_threads(self, limit, after, order, context):
        ts = [t for t in self._t.values() if t.user == context]  # CKS006
        ts.sort(key=lambda t: (t.updated_at, t.id), reverse=True)  # CKS006
        ts = ts[:limit]
        return Page(data=ts, has_more=True, after=ts[-1].cursor)  # CKS006

class Srv(ChatKitServer):
    def __init__(self, store: Memory):
        super().__init__(store)
        self.mem = store
        self.store = store
        self.other = Memory()
    async def respond(self, thread: ThreadMetadata, input_user_message: UserMessageItem | None, context):
        a = await self.mem.load_thread("x", "y")
        print(f"{a.owner}")  # CKS006
        b: ThreadMetadata = await self.store.load_thread("x", "y")
        b.owner  # CKS006
        c = await self.other.load_thread("x", "y")
        c.owner  # CKS006
        page = await self.other.load_threads(1, None, "a", "b")
        for p in page.data:
            p.owner  # CKS006
        async for ev in self.gen(thread):
            yield ev
        yield ThreadItemDoneEvent(
            item=AssistantMessageItem(
                id="x",
                thread_id=thread.id,
                created_at=now,
                content=[AssistantMessageContent(type="output_text", text="x", role="a")],  # CKS006
                status="completed",  # CKS006
            )
        )
        yield ThreadItemUpdatedEvent(item_id="x", update=None, foo=1)  # CKS006
    async def gen(self, thread):
        thread.owner
        yield thread.owner

def ctx(c: AgentContext, d: AgentContext[dict]):
    c.thread.owner  # CKS006
    c.user  # CKS006
    c.request_context.user
    d.request_context.user
    c.store.anything

def late():
    from chatkit.types import ThreadMetadata as T
    return T(id="x", created_at=now, owner=1)  # CKS006

def default(thread=ThreadMetadata(id="x", created_at=now, owner=1)):  # CKS006
    pass

def jsoned(s, o):
    ThreadMetadata(**json.loads(s))
    ThreadMetadata(**json.loads(s), owner=1)  # CKS006
    ThreadMetadata(**asdict(o), owner=1)  # CKS006
    ThreadMetadata.model_validate(json.loads(s)).owner  # CKS006
    ThreadMetadata.model_validate_json(s).owner  # CKS006

def thread():
    return Thread(id="x", created_at=now)  # CKS006

def upd(t: ThreadMetadata, xs: list[ThreadMetadata]):
    t.model_copy(update=dict(owner=1))  # CKS006
    list(map(lambda x: x.owner, xs))  # CKS006
    list(filter(lambda x: x.owner, xs))  # CKS006
    {x.owner for x in xs}  # CKS006
    {x.id: x.owner for x in xs}  # CKS006
    next((x for x in xs if x.owner), None)  # CKS006
    sum(x.count for x in xs)  # CKS006
    [y.owner for x in [xs] for y in x]  # CKS006
    return t.owner if t else None  # CKS006

async def awaited(t: ThreadMetadata, f):
    await f(t.owner)  # CKS006
    while t.pending:  # CKS006
        pass
    assert t.owner  # CKS006
    with t.lock:  # CKS006
        pass
    raise ValueError(t.reason)  # CKS006

def cond(item: ThreadItem, kind):
    if isinstance(item, UserMessageItem) and item.text:  # CKS006
        pass
    text = item.text if isinstance(item, UserMessageItem) else ""  # CKS006
    if not isinstance(item, UserMessageItem):
        return
    item.text  # CKS006
    for part in item.content:
        if part.type == "input_text":
            part.text
        part.value  # CKS006
    for a in item.attachments:
        a.size  # CKS006
    item.inference_options.temperature  # CKS006
    if item.inference_options.tool_choice:
        item.inference_options.tool_choice.name  # CKS006

class Base:
    thread: ThreadMetadata
    def go(self):
        self.thread.owner  # CKS006
        self.thread.title = "x"
        self.thread.owner = "x"  # CKS006

THREADS: dict[str, ThreadMetadata] = {}
def mod():
    THREADS["x"].owner  # CKS006
    for t in THREADS.values():
        t.owner  # CKS006
CURRENT = ThreadMetadata(id="x", created_at=now)
CURRENT.owner  # CKS006
