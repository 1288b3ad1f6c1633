from dataclasses import dataclass, field

import pydantic.dataclasses


@dataclass
class Config:
    url: str
    hosts: list[str] = field(default_factory=list)
    port: int = 5432


@pydantic.dataclasses.dataclass
class CheckedConfig:
    url: str
    port: int = 5432


config = Config(url="x")
