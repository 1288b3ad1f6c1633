"""The application's settings, read from the environment once."""

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CHAT_", extra="ignore")

    database_url: str = "postgresql://localhost/chat"
    pool_size: int = 10
    page_limit: int = 50
    greeting: str = "Hello! How can I help?"


settings = Settings()
