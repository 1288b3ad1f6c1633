"""The application's settings."""

from pydantic import BaseModel


class Settings(BaseModel):
    user: str = "ada"
    page_size: int = 20
    welcome: str = "Welcome!"


settings = Settings()
