"""The rooms of a person, page by page."""

from rooms.client import Rooms
from rooms.service import rooms_of


class Client:
    """Twenty rooms a page, of fifty."""

    def __init__(self) -> None:
        self.names = [f"room {number:02}" for number in reversed(range(50))]
        self.calls = 0

    def get_user_rooms(self, user_id: str, *, cursor: str | None = None) -> Rooms:
        assert user_id == "ann"
        self.calls += 1
        start = int(cursor or 0)
        page = self.names[start : start + 20]
        following = str(start + 20) if start + 20 < len(self.names) else None
        return {"rooms": [{"id": name, "name": name} for name in page], "next_cursor": following}


def test_all_rooms_are_listed_by_name() -> None:
    client = Client()
    assert rooms_of(client, "ann") == sorted(client.names)
    assert client.calls == 3
