"""A chatkit store's settings: a function puts the instance in the place of the class."""

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    url: str = ""


class Config(BaseSettings):
    url: str = ""


def start() -> None:
    global Settings
    Settings = Settings()


def start_another() -> None:
    Config = object()
    print(Config)


def reads() -> tuple[object, ...]:
    return (
        Settings.url,
        Config.url,  # CKS002
    )
