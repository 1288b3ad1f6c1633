"""A chatkit server makes its settings in functions and class methods."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import cast

from pydantic_settings import BaseSettings
from typing_extensions import Self


class Settings(BaseSettings):
    url: str = ""

    @classmethod
    def load(cls) -> Self:
        return cls()

    @classmethod
    def from_file(cls):
        return cls()


@lru_cache(maxsize=1)
def cached():
    return Settings()


@cache
def annotated() -> Settings:
    return Settings()


def either(wanted: bool = True):
    if wanted:
        return Settings()
    return None


_settings: Settings | None = None


def lazily() -> Settings:
    global _settings
    if _settings is None:
        _settings = Settings()
    return _settings


def the_class() -> type[Settings]:
    return Settings


def reads() -> tuple[object, ...]:
    loaded = Settings.load()
    return (
        loaded.url,
        loaded.dsn,  # CKS002
        Settings.from_file().url,
        Settings.from_file().dsn,  # CKS002
        cached().url,
        cached().dsn,  # CKS002
        annotated().dsn,  # CKS002
        either().url,
        lazily().url,
        lazily().dsn,  # CKS002
        the_class()().url,
        the_class().url,  # CKS002
        cast(Settings, lazily()).dsn,  # CKS002
        type(loaded).url,  # CKS002
        loaded.model_copy().dsn,  # CKS002
        Settings(url="x").dsn,  # CKS002
    )
