"""A chatkit store is given some settings: a class derived from the annotated one may have more."""

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    url: str = ""


class PostgresSettings(Settings):
    dsn: str = ""


def open_pool(settings: Settings) -> tuple[object, ...]:
    return (
        settings.dsn,
        settings.name,  # CKS002
    )


open_pool(PostgresSettings())


def exactly() -> object:
    return Settings().dsn  # CKS002
