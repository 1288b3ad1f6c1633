"""Who asks."""

from dataclasses import dataclass


@dataclass(frozen=True)
class RequestContext:
    user_id: str
    locale: str = "en"
