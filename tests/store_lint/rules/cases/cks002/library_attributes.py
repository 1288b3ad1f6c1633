"""What a chatkit server may ask a settings class itself."""

import enum
from typing import Annotated, ClassVar, Final

from pydantic_settings import BaseSettings, SettingsConfigDict


class Level(str, enum.Enum):
    DEBUG = "debug"


class EnvSettings(enum.Enum):
    PRODUCTION = "production"


class Config(BaseSettings):
    model_config = SettingsConfigDict(env_prefix="CHAT_")

    version: ClassVar[str] = "1"
    retries: Final[int] = 3
    url: Annotated[str, "a URL"] = ""
    level: Level = Level.DEBUG

    class Limits:
        threads = 20

    @classmethod
    def load(cls) -> "Config":
        return cls()

    @staticmethod
    def prefix() -> str:
        return "chat"


def reads() -> tuple[object, ...]:
    return (
        Config.version,
        Config.retries,
        Config.url,  # CKS002
        Config.level,  # CKS002
        Config.Limits.threads,
        Config.Limits.items,  # CKS002
        Config.load().url,
        Config.prefix(),
        Config.model_config,
        Config.model_fields,
        Config.model_validate({}).url,
        Config.model_name,  # CKS002
        Config.schema,
        Config.mro(),
        Config.__name__,
        EnvSettings.PRODUCTION,
        EnvSettings.PRODUCTION.value,
    )
