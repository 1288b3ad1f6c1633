from pydantic_settings import BaseSettings


class BaseConfig(BaseSettings):
    host: str = "localhost"
