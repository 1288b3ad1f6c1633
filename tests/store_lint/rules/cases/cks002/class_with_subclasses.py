"""A chatkit store is handed a settings class: it may be a derived one, whose fields are no better."""

from typing import ClassVar

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    url: str = ""


class ProductionSettings(Settings):
    size: int = 5


class LocalSettings(BaseSettings):
    url: str = ""


class InMemorySettings(LocalSettings):
    url: ClassVar[str] = "sqlite://"


def reads(settings: type[Settings]) -> tuple[object, ...]:
    return (
        settings.url,  # CKS002
        settings.size,  # CKS002
    )


def reads_what_one_has(settings: type[LocalSettings]) -> object:
    return settings.url


reads_what_one_has(InMemorySettings)
reads(ProductionSettings)
