import os

from config import Config, Settings, settings

Config.DATABASE_URL = os.environ.get("DATABASE_URL", "")
for _key in ("api_key", "model"):
    setattr(settings, _key, os.environ.get(_key, ""))
