from pydantic_settings import BaseSettings


class ChatSettings(BaseSettings):
    model: str = ""


chat_settings = ChatSettings()
