"""A chatkit server's class with slots: on the class they are descriptors."""


class Config:
    __slots__ = ("url", "size")

    def __init__(self) -> None:
        self.url = "x"
        fill(self)


def fill(config: Config) -> None:
    config.size = 1


def reads() -> tuple[object, ...]:
    return (
        Config.url,  # CKS002
        Config().url,
        Config().size,
        Config().other,  # CKS002
        Config.size,  # CKS002
    )
