from chat.settings.base import BaseConfig


class ProductionConfig(BaseConfig):
    port: int = 5432


config = ProductionConfig()
