"""What a mutation is, and the tree of files that it changes; see the package's docstring."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

CORRECT: Final = Path(__file__).with_name("correct")


class Silent(Exception):  # noqa: N818 - it stands for the absence of an error
    """Stands for no exception at all: the program runs on, and something is lost."""


class Tree:
    """The files of one application, by their paths below its root."""

    def __init__(self, name: str) -> None:
        root = CORRECT / name
        self.name = name
        self.files = {
            path.relative_to(root).as_posix(): path.read_text("utf-8")
            for path in sorted(root.rglob("*.py"))
        }
        self.store = self._named("store.py")
        self.config = self._named("config.py")
        self.main = self._named("main.py")
        (self.cls,) = re.findall(r"^class (\w+)\(Store\[", self.files[self.store], re.MULTILINE)

    def _named(self, name: str) -> str:
        (path,) = (path for path in self.files if path.rpartition("/")[2] == name)
        return path

    def swap(self, old: str, new: str, *, count: int = 1, file: str | None = None) -> None:
        """Replace `old`, which must stand exactly `count` times in the store (or in `file`)."""
        path = file or self.store
        found = self.files[path].count(old)
        assert found == count, f"{path} has {found} times:\n{old}"
        self.files[path] = self.files[path].replace(old, new)

    def drop_method(self, name: str) -> None:
        """Take a method out of the store."""
        method = re.compile(
            rf"^(?:    @.*\n)*    (?:async )?def {name}\((?:.*\n)(?:(?: {{5,}}.*|    \).*)?\n)*",
            re.MULTILINE,
        )
        self.files[self.store], found = method.subn("", self.files[self.store])
        assert found == 1, f"{self.store} has {found} methods {name}"

    def append(self, text: str, *, file: str | None = None) -> None:
        """Put text at the end of the store (or of `file`)."""
        self.files[file or self.store] += text

    def add(self, file: str, text: str) -> None:
        """A new file, by its path below the root."""
        assert file not in self.files, file
        self.files[file] = text


@dataclass(frozen=True)
class Mutation:
    """A change of correct trees, and what the checker and Python must say of what it makes."""

    rule: str
    name: str
    change: Callable[[Tree], None]
    trees: tuple[str, ...]
    findings: int
    """How many of the rule's findings it makes; 0 where it is harmless."""
    raises: type[BaseException] | None
    """How a run ends; None where it is not run."""

    @property
    def is_harmless(self) -> bool:
        return self.findings == 0


@dataclass
class Mutations:
    """The mutations of a rule; `raises` says how the wrong ones end, None that none is run."""

    rule: str
    raises: type[BaseException] | None = None
    found: list[Mutation] = field(default_factory=list[Mutation])

    def wrong(
        self,
        on: str | Collection[str] = (),
        findings: int = 1,
        *,
        runs: bool = True,
        raises: type[BaseException] | None = None,
    ) -> Callable[[Callable[[Tree], None]], Callable[[Tree], None]]:
        """An error on each of the correct trees, or on those of `on`."""
        assert findings > 0
        return self._add(on, findings, (raises or self.raises) if runs else None)

    def harmless(
        self, on: str | Collection[str] = (), *, runs: bool = True
    ) -> Callable[[Callable[[Tree], None]], Callable[[Tree], None]]:
        """A twin of an error that is none; it runs to its end where `runs`."""
        return self._add(on, 0, Silent if runs and self.raises is not None else None)

    def _add(
        self, on: str | Collection[str], findings: int, raises: type[BaseException] | None
    ) -> Callable[[Callable[[Tree], None]], Callable[[Tree], None]]:
        trees = (on,) if isinstance(on, str) else tuple(on) or TREES

        def register(change: Callable[[Tree], None]) -> Callable[[Tree], None]:
            self.found.append(Mutation(self.rule, change.__name__, change, trees, findings, raises))
            return change

        return register


TREES: Final = tuple(sorted(path.name for path in CORRECT.iterdir() if path.is_dir()))
