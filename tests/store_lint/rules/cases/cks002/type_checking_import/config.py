from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    url: str = ""


settings = Settings()
