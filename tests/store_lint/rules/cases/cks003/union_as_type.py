from typing import Optional, cast

from chatkit.types import Page, ThreadItem
from pydantic import BaseModel, TypeAdapter

Items = list[ThreadItem]
Maybe = Optional[ThreadItem]


class Box(BaseModel):
    item: ThreadItem
    more: list[ThreadItem] = []


def use(item: ThreadItem | None, row: dict) -> Page[ThreadItem]:
    adapter: TypeAdapter[ThreadItem] = TypeAdapter(ThreadItem)
    found = cast(ThreadItem, adapter.validate_python(row))
    return Page[ThreadItem](data=[found], has_more=False)
