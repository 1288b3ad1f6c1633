"""`[tool.store-lint]`: found, read, and every mistake in it told with the nearest right word.

Most projects that the checker runs in have a pyproject.toml without this table, so the TOML parser
is imported only where the bytes of the file mention it.
"""

from __future__ import annotations

import os
import sys
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, cast

from store_lint.report import FORMATS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_TABLE = "tool.store-lint"


class ConfigError(Exception):
    """A mistake of the user's in the configuration or on the command line; the message says all."""


class Settings(NamedTuple):
    """The configuration of a run; the values of an absent table where there is none."""

    root: Path
    """The folder that patterns are relative to: the file's, or where the command was called."""
    select: frozenset[str] | None = None
    ignore: frozenset[str] = frozenset()
    exclude: tuple[str, ...] = ()
    per_file_ignores: tuple[tuple[str, frozenset[str]], ...] = ()
    chatkit_version: str | None = None
    format: str | None = None
    strict: bool = False
    guess_settings: bool = False


def load(start: Path, named: Path | None = None) -> Settings:
    """The settings in `named`, else in the nearest pyproject.toml with the table above `start`.

    `named` may be a pyproject.toml with the table, or a TOML file with the keys at its top. Raises
    ConfigError, which names the file and the key, for anything that cannot be meant.
    """
    if named is not None:
        return _settings(named, _named_table(named))
    for folder in _upward(start):
        file = folder / "pyproject.toml"
        if (table := _table(file, _read(file))) is not None:
            return _settings(file, table)
    return Settings(Path.cwd())


def resolve_rules(words: Iterable[str], where: str) -> frozenset[str]:
    """The ids of the rules that `words` name: ids, names, or beginnings of ids such as CKS0.

    `where` is the place to blame in the ConfigError for a word that names none.
    """
    from store_lint.report.catalogue import catalogue

    rules = catalogue()
    resolved: set[str] = set()
    for word in words:
        named = {rule.id for rule in rules if word in (rule.id, rule.name)}
        named |= {rule.id for rule in rules if word.startswith("CKS") and rule.id.startswith(word)}
        if not named:
            known = [known for rule in rules for known in (rule.id, rule.name)]
            raise ConfigError(f"{where}: there is no rule {word!r}{did_you_mean(word, known)}")
        resolved |= named
    return frozenset(resolved)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The nearest of `known` in brackets, to append to a message; empty where none is near."""
    from difflib import get_close_matches

    by_case = {name.casefold(): name for name in known}
    nearest = get_close_matches(word.casefold(), by_case, n=1)
    return f" (did you mean {by_case[nearest[0]]!r}?)" if nearest else ""


def _upward(start: Path) -> Iterable[Path]:
    # Not `absolute`: the parents of /project/../other must not be searched in /project.
    start = Path(os.path.abspath(start))
    return [start, *start.parents]


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes() if file.is_file() else b""
    except OSError as error:
        raise ConfigError(f"{file}: cannot be read, {error.strerror}") from error


def _named_table(file: Path) -> dict[str, object]:
    if not file.is_file():
        raise ConfigError(f"--config: there is no file {str(file)!r}")
    data = _read(file)
    if file.name != "pyproject.toml":
        return _parse(file, data)
    table = _table(file, data)
    if table is None:
        raise ConfigError(f"--config: {file} has no [{_TABLE}]")
    return table


def _table(file: Path, data: bytes) -> dict[str, object] | None:
    if b"store-lint" not in data:
        return None
    tools = _parse(file, data).get("tool")
    if not isinstance(tools, dict):
        return None
    table = cast("dict[str, object]", tools).get("store-lint")
    if table is None:
        return None
    if not isinstance(table, dict):
        raise ConfigError(f"{file}: [{_TABLE}] must be a table")
    return cast("dict[str, object]", table)


def _parse(file: Path, data: bytes) -> dict[str, object]:
    library = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
    try:
        return library.loads(data.decode("utf-8"))
    except ValueError as error:  # what both libraries and the decoder raise
        raise ConfigError(f"{file}: is not valid TOML, {error}") from error


def _settings(file: Path, table: dict[str, object]) -> Settings:
    values: dict[str, object] = {}
    for key, value in table.items():
        if key not in _READERS:
            raise ConfigError(f"{file}: [{_TABLE}] has no key {key!r}{did_you_mean(key, _READERS)}")
        values[key.replace("-", "_")] = _READERS[key](value, f"{file}: {key}")
    return Settings(file.absolute().parent, **values)  # pyright: ignore[reportArgumentType]


def _text(value: object, where: str) -> str:
    if not isinstance(value, str):
        raise ConfigError(f"{where} must be a string")
    return value


def _flag(value: object, where: str) -> bool:
    if not isinstance(value, bool):
        raise ConfigError(f"{where} must be true or false")
    return value


def _texts(value: object, where: str) -> tuple[str, ...]:
    items = cast("list[object]", value) if isinstance(value, list) else None
    if items is None or not all(isinstance(item, str) for item in items):
        raise ConfigError(f"{where} must be a list of strings")
    return tuple(cast("list[str]", items))


def _rules(value: object, where: str) -> frozenset[str]:
    return resolve_rules(_texts(value, where), where)


def _rules_by_pattern(value: object, where: str) -> tuple[tuple[str, frozenset[str]], ...]:
    if not isinstance(value, dict):
        raise ConfigError(f"{where} must be a table of patterns and lists of rules")
    patterns = cast("dict[str, object]", value)
    return tuple(
        (pattern, _rules(rules, f"{where}.{pattern!r}")) for pattern, rules in patterns.items()
    )


def _format(value: object, where: str) -> str:
    name = _text(value, where)
    if name not in FORMATS:
        meant = did_you_mean(name, FORMATS)
        raise ConfigError(f"{where} must be one of {', '.join(FORMATS)}, not {name!r}{meant}")
    return name


_READERS: dict[str, Callable[[object, str], object]] = {
    "select": _rules,
    "ignore": _rules,
    "exclude": _texts,
    "per-file-ignores": _rules_by_pattern,
    "chatkit-version": _text,
    "format": _format,
    "strict": _flag,
    "guess-settings": _flag,
}
