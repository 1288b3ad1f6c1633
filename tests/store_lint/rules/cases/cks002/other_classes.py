"""A chatkit server's other classes are none of this rule's business."""

from dataclasses import dataclass


@dataclass
class Message:
    text: str


class Handler:
    def __init__(self) -> None:
        self.name = "x"


def wrong_but_not_settings() -> object:
    return Message.text  # fails: no settings


def also() -> object:
    return Handler.name  # fails: no settings


def right() -> object:
    return Message("x").text
