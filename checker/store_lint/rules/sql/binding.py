"""What a driver does with a Python value: what it refuses, with the words of its exception.

Every line was tried: asyncpg 0.32 on PostgreSQL 15, sqlite3 of Python 3.11, aiomysql 0.3, psycopg 3.3.
"""

from __future__ import annotations

from typing import Final

_NUMBERS: Final = frozenset({"int", "bool", "float", "decimal.Decimal"})
_ACCEPTED: Final[dict[str, frozenset[str]]] = {
    "text": frozenset({"str"}),
    "json": frozenset({"str"}),
    "jsonb": frozenset({"str"}),
    "int": _NUMBERS,
    "float": _NUMBERS,
    "numeric": _NUMBERS | {"str"},
    "bool": frozenset({"bool"}),
    "timestamptz": frozenset({"datetime.datetime", "datetime.date"}),
    "timestamp": frozenset({"datetime.datetime", "datetime.date"}),
    "date": frozenset({"datetime.datetime", "datetime.date"}),
    "time": frozenset({"datetime.datetime", "datetime.time"}),
    "interval": frozenset({"datetime.timedelta"}),
    "uuid": frozenset({"uuid.UUID", "str"}),
    "bytea": frozenset({"bytes"}),
}
_REFUSALS: Final[dict[str, str]] = {
    "text": "expected str, got {last}",
    "json": "expected str, got {last}",
    "jsonb": "expected str, got {last}",
    "int": "'{full}' object cannot be interpreted as an integer",
    "float": "must be real number, not {full}",
    "numeric": "conversion from {full} to Decimal is not supported",
    "bool": "a boolean is required (got type {last})",
    "timestamptz": "expected a datetime.date or datetime.datetime instance, got '{last}'",
    "timestamp": "expected a datetime.date or datetime.datetime instance, got '{last}'",
    "date": "'{full}' object has no attribute 'toordinal'",
    "time": "'{full}' object has no attribute 'hour'",
    "interval": "'{full}' object has no attribute 'days'",
    "uuid": "'{last}' object has no attribute 'bytes'",
    "bytea": "a bytes-like object is required, not '{full}'",
}
_ARRAYS: Final = frozenset({"list", "tuple", "set", "frozenset"})
_UNDOTTED: Final = frozenset({"uuid.UUID"})
"""C types say their module in `tp_name`; these are written in Python and do not."""

_SQLITE_REFUSES: Final = frozenset(
    {"dict", "list", "tuple", "set", "frozenset", "uuid.UUID", "decimal.Decimal"}
    | {"datetime.time", "datetime.timedelta", "object", "enum"}
)
_PSYCOPG_REFUSES: Final = frozenset({"dict", "object"})
_AIOMYSQL_REFUSES: Final = frozenset({"dict", "list", "tuple", "set", "frozenset"})

CUT: Final = frozenset({"float", "decimal.Decimal"})
"""What asyncpg makes an int of, without a word."""


def asyncpg_refusal(expected: str, given: str, shown: str) -> str | None:
    """Why asyncpg refuses a value of the type `given` where PostgreSQL expects `expected`.

    `given` is a builtin's name, a dotted name, or 'enum' or 'object' for an instance of another class,
    whose name `shown` is. None where it takes it, or that is not known.
    """
    if expected.endswith("[]"):
        if given in _ARRAYS:
            return None
        return f"a sized iterable container expected (got type '{_last(shown)}')"
    accepted = _ACCEPTED.get(expected)
    if accepted is None or given in accepted:
        return None
    if given == "uuid.UUID" and expected == "int":
        return "value out of int64 range"
    return _REFUSALS[expected].format(last=_last(shown), full=_full(shown))


def sqlite_refusal(given: str, shown: str, number: int) -> str | None:
    """Why sqlite3 refuses a value as parameter `number` (from 1)."""
    if given not in _SQLITE_REFUSES:
        return None
    return f"Error binding parameter {number}: type '{_full(shown)}' is not supported"


def psycopg_refusal(given: str, shown: str) -> str | None:
    if given not in _PSYCOPG_REFUSES:
        return None
    return f"cannot adapt type '{_last(shown)}' using placeholder '%s' (format: AUTO)"


def aiomysql_refusal(given: str) -> str | None:
    return f"{given} can not be used as parameter" if given in _AIOMYSQL_REFUSES else None


def _last(name: str) -> str:
    return name.rpartition(".")[2]


def _full(name: str) -> str:
    return _last(name) if name in _UNDOTTED or not name.startswith(("datetime.", "decimal.")) else name
