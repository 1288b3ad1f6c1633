"""What keeps `store-new` from writing; the message says what to do."""

from __future__ import annotations


class UsageError(Exception):
    """Something that must be said is not, or cannot be right. Exit code 2."""


class InTheWayError(Exception):
    """Something on the disk stands in the way, and nothing was written. Exit code 1."""
