"""A fork of chatkit."""

from datetime import datetime

from pydantic import BaseModel


class ThreadItemBase(BaseModel):
    id: str
    step: str | None = None


class AssistantMessageItem(ThreadItemBase):
    content: list[object]
    part: int = 0


class ThreadMetadata(BaseModel):
    id: str
    updated_at: datetime


class ImageTask(BaseModel):
    images: list[object]
