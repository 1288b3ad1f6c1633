from pydantic_settings import BaseSettings


class AppParams(BaseSettings):
    url: str = ""


params = AppParams()
