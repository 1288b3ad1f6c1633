"""Settings, from the environment."""

import os
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Settings:
    debug: bool = False
    chat_db_path: str = field(default_factory=lambda: os.environ.get("CHAT_DB_PATH", "chat.db"))


settings = Settings()
