"""A chatkit server asks for the environment variable's name; the field is in lower case."""

from pydantic_settings import BaseSettings


class Config(BaseSettings):
    neon_database_url: str = "postgresql://localhost/chat"


settings = Config()


def wrong() -> str:
    return settings.NEON_DATABASE_URL  # CKS002


def wrong_on_the_class() -> str:
    return Config.NEON_DATABASE_URL  # CKS002


def right() -> str:
    return settings.neon_database_url
