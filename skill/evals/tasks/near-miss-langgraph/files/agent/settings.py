"""Settings, from the environment."""

import os
from dataclasses import dataclass


@dataclass
class Settings:
    database_url: str = os.environ.get("DATABASE_URL", "postgresql://localhost/agent")


settings = Settings()
