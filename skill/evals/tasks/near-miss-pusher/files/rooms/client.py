"""What we use of the API of Pusher Chatkit."""

from typing import Protocol, TypedDict


class Room(TypedDict):
    id: str
    name: str


class Rooms(TypedDict):
    rooms: list[Room]
    next_cursor: str | None


class ChatkitClient(Protocol):
    def get_user_rooms(self, user_id: str, *, cursor: str | None = None) -> Rooms: ...
