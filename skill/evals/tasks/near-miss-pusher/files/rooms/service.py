"""The rooms that a person sees."""

from rooms.client import ChatkitClient


def rooms_of(chatkit: ChatkitClient, user_id: str) -> list[str]:
    """The names of the user's rooms, in alphabetical order."""
    return sorted(room["name"] for room in chatkit.get_user_rooms(user_id)["rooms"])
