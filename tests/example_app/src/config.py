"""Settings, from the environment."""

from pydantic_settings import BaseSettings


class Config(BaseSettings):
    neon_database_url: str = "postgresql://localhost/chat"
    pool_size: int = 10


settings = Config()
