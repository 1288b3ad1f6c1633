from functools import lru_cache

from pydantic_settings import BaseSettings


class Config(BaseSettings):
    database_url: str = ""


@lru_cache
def get_settings() -> Config:
    return Config()


settings = get_settings()
