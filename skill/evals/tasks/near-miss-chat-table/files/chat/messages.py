"""Messages of our support chat, in SQLite."""

import sqlite3


def open_database(path: str) -> sqlite3.Connection:
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute(
        "CREATE TABLE IF NOT EXISTS messages ("
        " id INTEGER PRIMARY KEY, room TEXT NOT NULL, sender TEXT NOT NULL, text TEXT NOT NULL)"
    )
    return connection


def post(connection: sqlite3.Connection, room: str, sender: str, text: str) -> int:
    """Add a message to a room; returns its id."""
    cursor = connection.execute(
        "INSERT INTO messages (room, sender, text) VALUES (?, ?, ?)", (room, sender, text)
    )
    return cursor.lastrowid or 0


def read(connection: sqlite3.Connection, room: str, after: int = 0) -> list[tuple[int, str, str]]:
    """The messages of a room behind an id: id, sender, text."""
    statement = "SELECT id, sender, text FROM messages WHERE room = ? AND id > ? ORDER BY id"
    return connection.execute(statement, (room, after)).fetchall()
