"""The rules by id. Listing them reads the names of their files and imports none of them."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from store_lint.finding import Severity
    from store_lint.rules.base import Rule

_FILE: Final = re.compile(r"(cks\d{3})_(\w+)\.py")
_HERE: Final = Path(__file__).parent
# In a wheel the pages stand in the package; in a clone they stand where agents read them.
_PAGES: Final = (_HERE / "pages", _HERE.parents[2] / "skill" / "rules")


@dataclass(frozen=True, slots=True)
class RuleInfo:
    """A rule without its code."""

    id: str
    """As in CKS001."""
    name: str
    """As in missing-abstract-method."""
    module: str

    def load(self) -> Rule:
        """The rule itself; imports it, and libcst with it."""
        from store_lint.rules.base import Rule

        members = vars(import_module(self.module)).values()
        found = next(
            m
            for m in members
            if isinstance(m, type) and issubclass(m, Rule) and m.__module__ == self.module
        )
        return found()

    @property
    def summary(self) -> str:
        return self.load().summary

    @property
    def severity(self) -> Severity:
        return self.load().severity

    def page(self) -> str:
        """The rule's page, as Markdown; raises FileNotFoundError where the package is broken."""
        for folder in _PAGES:
            path = folder / f"{self.id}.md"
            if path.is_file():
                return path.read_text(encoding="utf-8")
        raise FileNotFoundError(f"{self.id}.md is missing in the installation: reinstall it")


@cache
def all_rules() -> tuple[RuleInfo, ...]:
    """Every rule, by id."""
    found: list[RuleInfo] = []
    for entry in sorted(os.listdir(_HERE)):
        match = _FILE.fullmatch(entry)
        if match is not None:
            name = match.group(2)
            module = f"{__name__}.{match.group(1)}_{name}"
            found.append(RuleInfo(match.group(1).upper(), name.replace("_", "-"), module))
    return tuple(found)
