"""A chatkit server's settings hold other models."""

from pydantic import BaseModel, Field
from pydantic_settings import BaseSettings


class Database(BaseModel):
    url: str = ""
    pool_size: int = 5


class Settings(BaseSettings):
    db: Database = Database()
    cache: "Database | None" = Field(default_factory=Database)


settings = Settings()


def reads() -> tuple[object, ...]:
    return (
        settings.db.url,
        settings.db.dsn,  # CKS002
        settings.cache.pool_size,
        settings.cache.size,  # CKS002
        Settings.db,  # CKS002
    )


def chained() -> object:
    return Settings.db.url  # CKS002
