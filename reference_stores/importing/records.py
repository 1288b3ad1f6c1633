"""What a source yields, and how its JSON is read."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Protocol

from chatkit.types import Attachment, ThreadItem, ThreadMetadata
from pydantic import TypeAdapter, ValidationError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class SourceError(Exception):
    """The source cannot be read; the message is one line and says why."""


@dataclass(slots=True)
class Conversation:
    """A thread with its items, in their order."""

    context: Any
    thread: ThreadMetadata
    items: list[ThreadItem] = field(default_factory=list["ThreadItem"])


@dataclass(frozen=True, slots=True)
class Attached:
    """An attachment's record."""

    context: Any
    attachment: Attachment


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Something that cannot be moved."""

    where: str
    why: str


Record = Conversation | Attached | Unreadable


class Source(Protocol):
    """Where conversations come from."""

    async def count(self) -> int | None:
        """How many threads there are, if that is known. Raises SourceError."""
        ...

    def records(self) -> AsyncIterator[Record]:
        """Everything, each thread once. Raises SourceError."""
        ...


ADAPTERS: Final[dict[str, TypeAdapter[Any]]] = {
    "thread": TypeAdapter(ThreadMetadata),
    "item": TypeAdapter(ThreadItem),
    "attachment": TypeAdapter(Attachment),
}


def read(kind: str, data: Any) -> Any:
    """A thread, item or attachment of its JSON, which may be a text, and wrapped as `{"item": {...}}`.

    Raises:
        ValueError: it is none; the message says why, without the content.
    """
    if isinstance(data, (str, bytes)):
        data = json.loads(data)
    if isinstance(data, dict) and set(data) == {kind}:  # pyright: ignore[reportUnknownArgumentType]
        data = data[kind]  # pyright: ignore[reportUnknownVariableType]
    try:
        return ADAPTERS[kind].validate_python(data)
    except ValidationError as error:
        details = error.errors(include_url=False, include_input=False, include_context=False)
        reasons = "; ".join(f"{'.'.join(map(str, one['loc']))}: {one['msg']}" for one in details[:3])
        raise ValueError(reasons) from None
