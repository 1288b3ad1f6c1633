"""Classes of a chatkit server that may have more than they show."""

from pydantic import ConfigDict
from pydantic_settings import BaseSettings, SettingsConfigDict

_SHARED = SettingsConfigDict(extra="allow")


class Loose(BaseSettings):
    model_config = SettingsConfigDict(extra="allow")
    url: str = ""


class LooseConfig(BaseSettings):
    model_config = ConfigDict(**{"extra": "allow"})
    url: str = ""


class SharedSettings(BaseSettings):
    model_config = _SHARED


class OldSettings(BaseSettings):
    url: str = ""

    class Config:
        extra = "allow"


class AnySettings:
    def __getattr__(self, name: str) -> str:
        return name


class _Meta(type):
    def __getattr__(cls, name: str) -> str:
        return name


class MetaConfig(metaclass=_Meta):
    pass


class StrictSettings(BaseSettings):
    model_config = SettingsConfigDict(extra="forbid")


def reads() -> tuple[object, ...]:
    return (
        Loose(token="x").token,
        LooseConfig(token="x").token,
        SharedSettings(token="x").token,
        OldSettings(token="x").token,
        AnySettings().token,
        MetaConfig.token,
        StrictSettings().token,  # CKS002
    )


def on_the_class_all_the_same() -> object:
    return Loose.url  # fails: extra attributes do not help the class, but such a class is left alone
