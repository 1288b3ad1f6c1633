"""What a rule is, and what it says: the base of every `cksNNN_name.py` beside this file."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal

from store_lint.flow.relevance import Signs

if TYPE_CHECKING:
    from collections.abc import Iterable

    import libcst as cst

    from store_lint.chatkit_api import Api
    from store_lint.finding import Severity
    from store_lint.flow import Analysis
    from store_lint.tree.module import Module
    from store_lint.tree.program import Program


@dataclass(frozen=True, slots=True)
class Replacement:
    """An edit by node: `text` in its place, or right before or behind it."""

    node: cst.CSTNode
    text: str
    where: Literal["replace", "before", "after"] = "replace"


@dataclass(frozen=True, slots=True)
class Violation:
    """What a rule found at a node; positions are computed for what is reported."""

    node: cst.CSTNode
    message: str
    remedy: str
    severity: Severity = "error"
    edits: tuple[Replacement, ...] = ()
    """All edits that mend it; empty where none is sure."""


@dataclass(frozen=True, slots=True, eq=False)
class Context:
    """What a rule may ask."""

    api: Api
    program: Program
    flow: Analysis
    guess_settings: bool = False
    """CKS002's option: guess at settings classes that stand outside of the tree."""


OF_CHATKIT: Final = Signs(frozenset({"chatkit", "openai_chatkit"}))
"""The signs of a rule about what chatkit gives."""


class Rule(ABC):
    """One rule. Its id and name stand in the name of its file, and only there."""

    summary: ClassVar[str]
    """One line, as `store-lint --rules` shows it."""
    severity: ClassVar[Severity] = "error"
    """The severity of most of its findings."""
    signs: ClassVar[Signs] = Signs(names="")
    """By what code shows that it may hold what the rule asks the analysis for; the rest is not run.
    By itself, all code does; with Signs(), as for a rule that never asks, none."""

    @abstractmethod
    def check(self, module: Module, context: Context) -> Iterable[Violation]:
        """The violations in one file, in any order."""
