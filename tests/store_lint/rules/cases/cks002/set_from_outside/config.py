class Config:
    pass


class Settings:
    known = 1


settings = Settings()
