"""What a run of the checker says: the one model that rules fill and renderers print.

Named tuples, since a file that has nothing to do with chatkit is checked in less time than it takes to
make dataclasses.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Severity = Literal["error", "warning"]


class Span(NamedTuple):
    """A stretch of a file.

    `start` and `end` are offsets in characters (code points) into the decoded text, a byte order
    mark not counted. Lines and columns are 1-based and count characters as editors do; `end_column`
    is the column behind the last character. A line ends with \\n, \\r\\n or \\r.
    """

    start: int
    end: int
    line: int
    column: int
    end_line: int
    end_column: int


class Edit(NamedTuple):
    """Replace the characters from `start` up to `end` by `text` (equal offsets insert)."""

    start: int
    end: int
    text: str


class Finding(NamedTuple):
    """One error or warning, at one place."""

    rule: str
    """The id, as in CKS001."""
    name: str
    """The rule's name, as in missing-abstract-method."""
    severity: Severity
    path: Path
    """As the user named it or as found below what the user named."""
    span: Span
    message: str
    """What is wrong, with the symbol's name; one sentence or two, no line break."""
    remedy: str
    """What to write instead; no line break."""
    edits: tuple[Edit, ...] = ()
    """The edits that mend it, all or none, in ascending order; empty where none is sure."""

    @property
    def sort_key(self) -> tuple[str, int, int, str, str]:
        """Findings come in this order, whatever the number of processes."""
        return (self.path.as_posix(), self.span.start, self.span.end, self.rule, self.message)


class Problem(NamedTuple):
    """Something that kept the run from checking all that it was asked to: exit code 2."""

    message: str
    """What is wrong, where, and what to do; one line."""


class Target(NamedTuple):
    """An openai-chatkit release that code was checked against, and why that one."""

    version: str
    reason: str
    """As in '--chatkit-version', 'installed in .venv', 'newest known'."""
    folders: tuple[Path, ...] = ()
    """The absolute paths of the folders that say so, of the projects that were checked."""


class Report(NamedTuple):
    """The outcome of a run."""

    targets: tuple[Target, ...]
    """By release, each with each reason once; none only where nothing that was edited matters."""
    findings: tuple[Finding, ...] = ()
    problems: tuple[Problem, ...] = ()
    files: int = 0
    """How many Python files were looked at, relevant or not."""
    stores: int = 0
    """How many classes that derive from a ChatKit store were checked."""
    sources: Mapping[Path, str] = MappingProxyType({})
    """The decoded text of each file with a finding, for excerpts and edits."""
