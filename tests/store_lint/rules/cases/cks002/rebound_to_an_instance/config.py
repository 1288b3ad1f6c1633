from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    url: str = ""


class Config(BaseSettings):
    url: str = ""


Settings = Settings()
config = Config()
