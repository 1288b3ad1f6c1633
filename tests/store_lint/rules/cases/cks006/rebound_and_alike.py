from __future__ import annotations
import dataclasses, json, typing
from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast, TypeVar, Generic, Protocol, NamedTuple
from pydantic import BaseModel, Field, create_model
import chatkit.types as t
from chatkit.types import ThreadMetadata, Page, ThreadItem, UserMessageItem, AssistantMessageItem, Attachment

now = datetime.now()

# --- rows, ORM objects with the same variable names
class ThreadRow:
    updated_at: datetime
    def to_model(self) -> ThreadMetadata:
        return ThreadMetadata(id="x", created_at=self.updated_at)

def orm(session, thread_id):
    thread = session.get(ThreadRow, thread_id)
    thread.updated_at = now

# --- rebinding
def rebind(thread: ThreadMetadata, session):
    thread = session.merge(thread)
    thread.updated_at = now

def rebind2(thread: ThreadMetadata):
    for thread in load():
        thread.updated_at = now

def rebind3(thread: ThreadMetadata):
    with opened() as thread:
        thread.updated_at = now

def rebind4(thread: ThreadMetadata):
    if (thread := load()) is not None:
        thread.updated_at = now

def rebind5(thread: ThreadMetadata):
    try:
        raise ValueError
    except ValueError as thread:
        thread.updated_at

def rebind6(thread: ThreadMetadata):
    def inner(thread):
        thread.updated_at = 1
    return [thread.updated_at for thread in load()], inner, (lambda thread: thread.updated_at)

def rebind7(thread: ThreadMetadata):
    class thread:
        updated_at = 1
    return thread.updated_at

def rebind8(thread: ThreadMetadata):
    import thread
    thread.updated_at

def cast_away(thread: ThreadMetadata):
    x = cast(Any, thread)
    x.updated_at
    y: Any = thread
    y.owner  # CKS006

def object_typed(thing: object):
    thing.updated_at

class HasUpdated(Protocol):
    updated_at: datetime

def protocol(thread: HasUpdated):
    thread.updated_at

T = TypeVar("T", bound=ThreadMetadata)
def generic(thread: T) -> T:
    thread.updated_at
    return thread

def wrapped(decorate):
    @decorate
    class Sub(ThreadMetadata):
        pass
    Sub(id="x", created_at=now, anything=1).anything

Dyn = create_model("Dyn", __base__=ThreadMetadata, updated_at=(datetime, None))
Dyn(id="x", created_at=now, updated_at=now).updated_at

class WithMethods(ThreadMetadata):
    def touch(self):
        self.metadata["x"] = 1
        self.nothing
    @classmethod
    def make(cls, **kw):
        return cls(id="x", created_at=now, **kw)

WithMethods.make(updated_at=1)

@dataclass
class Wrapper:
    thread: ThreadMetadata
    updated_at: datetime = now
    def use(self):
        self.updated_at
        self.thread.owner  # CKS006

class Pair(NamedTuple):
    thread: ThreadMetadata
    updated_at: datetime

def pair(p: Pair, ps: list[Pair], tp: tuple[ThreadMetadata, datetime]):
    p.updated_at
    p.thread.owner  # CKS006
    for q in ps:
        q.updated_at
    th, up = tp
    th.owner  # CKS006
    up.owner

def dicts(thread: ThreadMetadata):
    data = thread.model_dump()
    data["updated_at"] = now
    data.update(updated_at=now)
    return json.dumps(data), {**data, "owner": 1}, dict(thread)["updated_at"]

def enum_like(item: ThreadItem):
    kind = item.type
    if kind == "user_message":
        item.content
        item.attachments
    elif kind == "client_tool_call":
        item.arguments
    item.type.value

def attr_of_attr(page: Page[ThreadMetadata]):
    page.data.items
    page.data.append
    page.data.sort(key=lambda x: x.created_at)
    page.after.foo
    page.model_dump()["items"]

def string_typed(thread: "ThreadMetadata", maybe: "Unknown"):
    maybe.updated_at
    thread.owner  # CKS006

def star(*threads: ThreadMetadata, **by: ThreadMetadata):
    for x in threads:
        x.owner
    by["x"].owner

def default(thread: ThreadMetadata = None):
    thread.title

def nonlocal_():
    thread = ThreadMetadata(id="x", created_at=now)
    def set_():
        nonlocal thread
        thread = load()
    set_()
    thread.updated_at

g_thread = None
def global_():
    global g_thread
    g_thread = ThreadMetadata(id="x", created_at=now)
def global_use():
    g_thread.title
    if g_thread is not None:
        g_thread.owner  # CKS006

async def agen(server):
    async for event in server.respond():
        event.item.role
        event.anything

def kwargs_only(**kwargs):
    kwargs.setdefault("updated_at", now)
    return ThreadMetadata(**kwargs)

def conditional_kwargs(flag):
    extra = {"title": "x"} if flag else {}
    return ThreadMetadata(id="x", created_at=now, **extra)

def conditional_kwargs2(flag):
    extra = {"created_at": now} if flag else {"created_at": now, "owner": 1}
    return ThreadMetadata(id="x", **extra)  # CKS006

def loop_build(rows):
    out = []
    for row in rows:
        d = {"id": row["id"]}
        for key, val in row.items():
            d[key] = val
        out.append(ThreadMetadata(**d))
    return out

def pop_key(row):
    d = dict(id=1, created_at=now, owner=2)
    owner = d.pop("owner")
    return ThreadMetadata(**d), owner

def union_local(x: ThreadMetadata | ThreadRow):
    x.updated_at

def same_attr_on_both(x: ThreadMetadata | UserMessageItem):
    x.thread_id
    x.title
    x.owner  # CKS006

class Meta(type):
    pass

def by_type(thread: ThreadMetadata):
    type(thread).model_fields
    thread.__class__.__name__
    thread.__dict__["updated_at"] = 1
    thread.updated_at

def walrus(store: dict[str, ThreadMetadata]):
    if (found := store.get("x")) and found.owner:  # CKS006
        return found

def ternary(flag, thread: ThreadMetadata):
    return (thread if flag else None).owner  # CKS006

def chained(threads: list[ThreadMetadata]):
    return threads[-1].status.type.upper(), threads[1:][0].owner  # CKS006

def augmented(d: dict[str, list[ThreadMetadata]]):
    for lst in d.values():
        for x in lst:
            x.owner  # CKS006
    d.setdefault("x", []).append(1)

def str_methods(a: Attachment):
    a.name.lower().owner
    a.url  # CKS006
