"""A chatkit server's dataclasses that build on one another."""

import os
from dataclasses import InitVar, dataclass, field
from typing import ClassVar


@dataclass
class BaseConfig:
    url: str = os.environ.get("URL", "x")
    hosts: list[str] = field(default_factory=list)


@dataclass
class ChatConfig(BaseConfig):
    name: str = "chat"
    tags: dict[str, str] = field(default_factory=dict)
    known: ClassVar[int] = 1
    seed: InitVar[int] = 3

    def __post_init__(self, seed: int) -> None:
        self.seeded = seed


class Plain(BaseConfig):
    extra: str


def reads() -> tuple[object, ...]:
    return (
        ChatConfig.url,
        ChatConfig.hosts,  # CKS002
        ChatConfig.name,
        ChatConfig.tags,  # CKS002
        ChatConfig.known,
        ChatConfig.seed,
        ChatConfig.seeded,  # CKS002
        ChatConfig().seeded,
        ChatConfig().tags,
        ChatConfig().nothing,  # CKS002
    )


def plain_settings() -> object:
    return Plain.hosts  # CKS002
