"""Runs the rules on one file after another and places what they find.

Apart from the engine because it needs libcst, which a run without relevant files never imports.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from store_lint.finding import Edit, Finding, Problem, Span
from store_lint.flow import Analysis
from store_lint.flow.relevance import any_of
from store_lint.report.catalogue import SYNTAX_ERROR, UNUSED_SUPPRESSION
from store_lint.rules import RuleInfo, all_rules
from store_lint.rules.base import Context, Replacement, Rule, Violation
from store_lint.tree.program import Program
from store_lint.tree.search import Search
from store_lint.tree.source import Source, TooLargeError, Unparsable
from store_lint.workers import Checked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from store_lint.chatkit_api import Api
    from store_lint.engine import Options
    from store_lint.tree.layout import Layout
    from store_lint.tree.module import Module

STORES: Final = frozenset({"chatkit.store.Store", "chatkit.store.AttachmentStore"})


class Checker:
    """Checks files one by one, and gathers what comes of it until somebody takes it."""

    def __init__(
        self, options: Options, api: Api, layout: Layout, read: Callable[[Path], bytes]
    ) -> None:
        self._findings: list[Finding] = []
        self._problems: list[Problem] = []
        self._sources: dict[str, str] = {}
        self._stores = 0
        self._options = options
        self._program = Program(layout, read, api.canonical, Search(layout, read))
        self._rules = list(self._loaded())
        analysis = Analysis(self._program, api, any_of(rule.signs for _, rule in self._rules))
        self._context = Context(api, self._program, analysis, options.guess_settings)
        self._ignored = [(_pattern(pattern), ids) for pattern, ids in options.per_file_ignores]

    def taken(self) -> Checked:
        """What came of the files that were checked since the last call."""
        taken = Checked(self._findings, self._problems, self._sources, self._stores)
        self._findings, self._problems, self._sources, self._stores = [], [], {}, 0
        return taken

    def _loaded(self) -> Iterator[tuple[RuleInfo, Rule]]:
        for info in all_rules():
            if not self._selects(info.id):
                continue
            try:
                yield info, info.load()
            except Exception as error:  # noqa: BLE001 - the other rules go on
                self._problems.append(_internal_error(info.id, None, error))

    def _selects(self, rule: str) -> bool:
        select = self._options.select
        return (select is None or rule in select) and rule not in self._options.ignore

    def check(self, path: str) -> None:
        """Check one file (by its absolute path)."""
        try:
            self._check(path, self._ignored_in(path))
        except Exception as error:  # noqa: BLE001 - one file's crash must not hide the others' findings
            self._problems.append(_internal_error("the engine", path, error))

    def _check(self, path: str, ignored: frozenset[str]) -> None:
        try:
            module = self._program.load(Path(path))
        except Unparsable as error:
            if self._selects(SYNTAX_ERROR.id) and SYNTAX_ERROR.id not in ignored:
                self._findings.append(_syntax_error(path, error))
                self._sources[path] = error.text
            return
        except TooLargeError as error:
            self._problems.append(Problem(f"{path}: {error}; split it, or exclude it"))
            return
        except OSError as error:
            self._problems.append(Problem(f"{path}: cannot be read ({error.strerror or error})"))
            return
        rules = [(info, rule) for info, rule in self._rules if info.id not in ignored]
        violations: list[tuple[RuleInfo, Violation]] = []
        for info, rule in rules:
            violations.extend((info, v) for v in self._run(info, rule, module))
        self._count_stores(module)
        self._report(module, violations, {info.id for info, _ in rules}, ignored)

    def _run(self, info: RuleInfo, rule: Rule, module: Module) -> Sequence[Violation]:
        try:
            return list(rule.check(module, self._context))
        except Exception as error:  # noqa: BLE001 - one rule's crash must not hide the others' findings
            self._problems.append(_internal_error(info.id, os.fspath(module.path), error))
            return ()

    def _count_stores(self, module: Module) -> None:
        self._stores += sum(
            self._program.derives_from(cls, STORES) for cls in self._program.classes(module)
        )

    def _report(
        self,
        module: Module,
        violations: list[tuple[RuleInfo, Violation]],
        ran: set[str],
        ignored: frozenset[str],
    ) -> None:
        source = module.source
        found: list[Finding] = []
        if violations:
            nodes = [v.node for _, v in violations]
            nodes += [e.node for _, v in violations for e in v.edits]
            spans = source.spans(nodes)
            found = [self._finding(source, info, v, spans) for info, v in violations]
        if "store-lint:" in source.text or "store-lint :" in source.text:
            from store_lint import suppression

            if self._selects(UNUSED_SUPPRESSION.id) and UNUSED_SUPPRESSION.id not in ignored:
                ran = ran | {UNUSED_SUPPRESSION.id}
            found = suppression.apply(source, found, frozenset(ran))
        unique = {(f.rule, f.span, f.message): f for f in found}
        if unique:
            self._findings.extend(unique.values())
            self._sources[str(module.path)] = source.text

    @staticmethod
    def _finding(
        source: Source, info: RuleInfo, violation: Violation, spans: dict[int, Span]
    ) -> Finding:
        edits = tuple(sorted(_edit(e, spans) for e in violation.edits if id(e.node) in spans))
        return Finding(
            info.id,
            info.name,
            violation.severity,
            source.path,
            spans.get(id(violation.node)) or source.span(0, 0),
            " ".join(violation.message.split()),
            " ".join(violation.remedy.split()),
            edits if len(edits) == len(violation.edits) else (),
        )

    def _ignored_in(self, path: str) -> frozenset[str]:
        root = os.path.abspath(self._options.root)
        if not self._ignored or not path.startswith(root + os.sep):
            return frozenset()
        relative = os.path.relpath(path, root).replace(os.sep, "/")
        return frozenset(rule for matches, ids in self._ignored if matches(relative) for rule in ids)


def _pattern(pattern: str) -> Callable[[str], bool]:
    from pathspec import GitIgnoreSpec

    return GitIgnoreSpec.from_lines([pattern]).match_file


def _edit(edit: Replacement, spans: dict[int, Span]) -> Edit:
    span = spans[id(edit.node)]
    if edit.where == "before":
        return Edit(span.start, span.start, edit.text)
    if edit.where == "after":
        return Edit(span.end, span.end, edit.text)
    return Edit(span.start, span.end, edit.text)


def _internal_error(culprit: str, path: str | None, error: Exception) -> Problem:
    import traceback  # it takes longer to import than most files to check

    where = traceback.extract_tb(error.__traceback__)[-1]
    said = " ".join(str(error).split())[:200]
    on, with_file = (f" on {path}", " with the file") if path else ("", "")
    return Problem(
        f"internal error in {culprit}{on}: {type(error).__name__}: {said} "
        f"({os.path.basename(where.filename)}:{where.lineno}); please report it{with_file}"
    )


def _syntax_error(path: str, error: Unparsable) -> Finding:
    return Finding(
        SYNTAX_ERROR.id,
        SYNTAX_ERROR.name,
        SYNTAX_ERROR.severity,
        Path(path),
        error.span,
        " ".join(error.message.split()),
        "make it valid Python, then run store-lint again",
    )
