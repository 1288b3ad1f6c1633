from pydantic_settings import BaseSettings

__all__ = ["Config", "settings"]


class Config(BaseSettings):
    database_url: str = ""


class Hidden(BaseSettings):
    token: str = ""


settings = Config()
