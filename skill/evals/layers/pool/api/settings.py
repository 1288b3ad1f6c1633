"""Settings, from the environment."""

from pydantic import PostgresDsn
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: PostgresDsn | None = None
    pool_size: int = 5


settings = Settings()
