"""Settings, read once at the start."""

import os
from dataclasses import dataclass, field


@dataclass
class Settings:
    mysql_dsn: str = field(default_factory=lambda: os.environ.get("DATABASE_URL", ""))
    answer_prefix: str = "You said: "


SETTINGS = Settings()
