"""A chatkit server reads pydantic settings, which are never on the class, default or not."""

from pydantic_settings import BaseSettings


class Config(BaseSettings):
    DATABASE_URL: str = "postgresql://localhost/chat"
    POOL_SIZE: int = 10


settings = Config()


def url() -> str:
    return Config.DATABASE_URL  # CKS002


def size() -> int:
    return settings.POOL_SIZE
