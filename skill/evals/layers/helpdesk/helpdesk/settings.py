"""Settings, from the environment."""

from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str = "sqlite:///helpdesk.db"


settings = Settings()
