from chatkit.types import Attachment as ChatAttachment
from chatkit.types import ThreadMetadata
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class ThreadItem(Base):
    __tablename__ = "items"
    id: Mapped[str] = mapped_column(primary_key=True)


class Attachment(Base):
    __tablename__ = "attachments"
    id: Mapped[str] = mapped_column(primary_key=True)


def row(id, data):
    if isinstance(data, (ThreadItem, Attachment)):
        return data
    if isinstance(data, ChatAttachment):  # CKS003
        return Attachment(id=id)
    return ThreadItem(id=id)
