"""The application's settings."""

import os
from dataclasses import dataclass, field


@dataclass
class AppConfig:
    database: str = field(default_factory=lambda: os.environ.get("CHAT_DATABASE", ":memory:"))
    timeout: float = field(default_factory=lambda: float(os.environ.get("CHAT_TIMEOUT", "5")))
    title: str = field(default_factory=lambda: os.environ.get("CHAT_TITLE", "Parcel"))


def load_config() -> AppConfig:
    return AppConfig()
