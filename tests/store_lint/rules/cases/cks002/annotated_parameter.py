"""An instance comes to a chatkit store as an argument; a class comes as `type[...]`."""

from typing import Annotated, Optional, Type

from pydantic_settings import BaseSettings


class AppSettings(BaseSettings):
    url: str = ""


Injected = Annotated[AppSettings, "Depends"]


def instance(settings: AppSettings) -> tuple[object, ...]:
    return (
        settings.url,
        settings.URL,  # CKS002
    )


def optional(settings: Optional[AppSettings]) -> object:
    return settings and settings.dsn  # CKS002


def union(settings: "AppSettings | None" = None) -> object:
    return settings and settings.dsn  # CKS002


def injected(settings: Injected) -> object:
    return settings.URL  # CKS002


def class_itself(settings: type[AppSettings]) -> object:
    return settings.url  # CKS002


def old_class_itself(settings: Type[AppSettings]) -> object:
    return settings.url  # CKS002


def unknown(settings, other: object) -> tuple[object, ...]:
    return settings.url, other


instance(AppSettings())
optional(AppSettings())
union(AppSettings())
injected(AppSettings())
class_itself(AppSettings)
old_class_itself(AppSettings)
unknown(AppSettings(), None)
