"""A chatkit server's dataclass: a plain default stays on the class, nothing else does."""

import dataclasses
from dataclasses import dataclass, field


@dataclass
class Config:
    url: str
    size: int = 10
    hosts: list[str] = field(default_factory=list)
    name: str = field(default="chat", repr=False)
    token: str = dataclasses.field(init=False)


@dataclass(frozen=True, slots=True)
class SlottedConfig:
    size: int = 10


def reads() -> tuple[object, ...]:
    return (
        Config.url,  # CKS002
        Config.size,
        Config.hosts,  # CKS002
        Config.name,
        Config.token,  # CKS002
        SlottedConfig.size,  # CKS002
        SlottedConfig().size,
        Config("x").hosts,
    )
