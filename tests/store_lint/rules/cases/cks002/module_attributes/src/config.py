"""The module, and in it the one instance."""

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    url: str = ""


settings = Settings()


def load() -> None:
    global loaded
    loaded = True


load()
