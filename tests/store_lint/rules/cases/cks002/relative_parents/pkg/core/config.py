from pydantic_settings import BaseSettings


class AppConfig(BaseSettings):
    url: str = ""


app_config = AppConfig()
