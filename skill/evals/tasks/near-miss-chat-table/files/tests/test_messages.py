"""The chat's messages, and who has read them."""

import sqlite3
from pathlib import Path

from chat import messages


def test_messages_are_read_in_order(tmp_path: Path) -> None:
    connection = messages.open_database(str(tmp_path / "chat.db"))
    first = messages.post(connection, "a", "ann", "hello")
    second = messages.post(connection, "a", "bob", "hi")
    messages.post(connection, "b", "ann", "elsewhere")
    assert messages.read(connection, "a") == [(first, "ann", "hello"), (second, "bob", "hi")]
    assert messages.read(connection, "a", after=first) == [(second, "bob", "hi")]


def test_receipts(tmp_path: Path) -> None:
    connection = messages.open_database(str(tmp_path / "chat.db"))
    first = messages.post(connection, "a", "ann", "one")
    second = messages.post(connection, "a", "ann", "two")
    messages.post(connection, "a", "bob", "mine")
    messages.post(connection, "b", "ann", "elsewhere")
    assert messages.unread(connection, "a", "bob") == 2
    assert messages.mark_read(connection, "a", "bob", first) == 1
    assert messages.mark_read(connection, "a", "bob", first) == 0
    assert messages.unread(connection, "a", "bob") == 1
    assert messages.mark_read(connection, "a", "bob", second) == 1
    assert messages.unread(connection, "a", "ann") == 1


def test_a_database_from_before_gets_the_column(tmp_path: Path) -> None:
    path = str(tmp_path / "old.db")
    old = sqlite3.connect(path)
    old.execute(
        "CREATE TABLE messages (id INTEGER PRIMARY KEY, room TEXT NOT NULL,"
        " sender TEXT NOT NULL, text TEXT NOT NULL)"
    )
    old.execute("INSERT INTO messages (room, sender, text) VALUES (?, ?, ?)", ("a", "ann", "old"))
    old.commit()
    old.close()
    for _ in range(2):
        connection = messages.open_database(path)
    assert messages.unread(connection, "a", "bob") == 1
