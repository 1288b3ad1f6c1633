"""The application's SQLAlchemy engine and what it keeps."""

import os

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "notes"

    id: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]


def make_engine(url: str | None = None) -> AsyncEngine:
    """The engine on a file of SQLite; `DATABASE_URL` is sqlite:///PATH."""
    url = url or os.environ.get("DATABASE_URL", "sqlite:///app.db")
    return create_async_engine(url.replace("sqlite://", "sqlite+aiosqlite://", 1))


async def create_tables(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
