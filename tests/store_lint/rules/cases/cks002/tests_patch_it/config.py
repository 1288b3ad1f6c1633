class Settings:
    def __init__(self) -> None:
        self.url = ""


settings = Settings()
