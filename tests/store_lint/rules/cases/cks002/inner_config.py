"""A chatkit server takes the inner `class Config` of a model for the settings."""

from pydantic import BaseModel
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    database_url: str = "postgresql://localhost/chat"

    class Config:
        env_file = ".env"
        extra = "ignore"


class Row(BaseModel):
    id: str = ""

    class Config:
        from_attributes = True


def reads() -> tuple[object, ...]:
    return (
        Settings.Config.database_url,  # CKS002
        Settings.Config.env_file,
        Settings.Config.extra,
        Row.Config.from_attributes,
        Row.Config.orm_mode,  # CKS002
        Settings().Config.env_file,
        Settings().Config.database_url,  # CKS002
    )
