import os


class Settings:
    def __init__(self) -> None:
        self.database_url = os.environ.get("DATABASE_URL", "")
        self.pool: dict[str, int] = {"size": 10}
        self.a, self.b = 1, 2

    @property
    def dsn(self) -> str:
        return self.database_url + "?sslmode=require"


settings = Settings()
