"""Comments that silence a finding: `# store-lint: ignore[CKS004] the reason`.

Each silences only what it names, and is reported when it has nothing to silence any more: a comment
that outlives its finding would hide the next one. Comments are taken from the libcst tree, so the
same words inside a string mean nothing, whatever Python runs the checker.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import libcst as cst

from store_lint.config import did_you_mean
from store_lint.finding import Edit, Finding
from store_lint.report.catalogue import UNUSED_SUPPRESSION, catalogue

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from store_lint.finding import Span
    from store_lint.tree.source import Source

# Up to the next comment in the same comment, as of a type checker.
_DIRECTIVE = re.compile(r"#\s*store-lint\s*:\s*(?P<verb>[\w-]*)\s*(?:\[(?P<codes>[^\]#]*)\])?[^#]*")
_CODE = re.compile(r"[^\s,]+")
_LINE_END = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True, slots=True)
class _Code:
    """One word between the brackets."""

    word: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Directive:
    """One suppression, and where it stands in the text."""

    comment: Span
    start: int
    end: int
    """Behind its last character that is no blank."""
    behind: int
    """Where the next comment in the same comment begins, or this one ends."""
    verb: str
    codes: tuple[_Code, ...]


def apply(source: Source, findings: Sequence[Finding], ran: frozenset[str]) -> list[Finding]:
    """What is left of the findings in a file, and a finding for each suppression without use.

    `ran` holds the ids of the rules that were checked in this file: a code that was not is never
    called unused, and nothing is reported unless CKS901 is among them. Costs a walk of the whole
    tree, so call it only for a text that contains `store-lint:`.
    """
    found = _Collector()
    source.tree.visit(found)
    comments = list(source.spans(found.comments).values())
    directives = list(_directives(source.text, comments))
    if not directives:
        return list(findings)
    ids = {word: rule.id for rule in catalogue() for word in (rule.id, rule.name)}
    lines = _SpokenOf(source, found.statements, comments)
    used: set[_Code] = set()

    def survives(finding: Finding) -> bool:
        spoken_of = lines.by(finding.span)
        silencing = {
            code
            for directive in directives
            if directive.verb == "ignore" and directive.comment.line in spoken_of
            for code in directive.codes
            if ids.get(code.word) == finding.rule
        }
        used.update(silencing)
        return not silencing

    left = [finding for finding in findings if survives(finding)]
    if UNUSED_SUPPRESSION.id in ran:
        useless = [_useless(source, directive, used, ran, ids) for directive in directives]
        left += [finding for finding in useless if finding is not None and survives(finding)]
    return sorted(left, key=lambda finding: finding.sort_key)


class _Collector(cst.CSTVisitor):
    """The nodes that matter here, in one walk."""

    def __init__(self) -> None:
        super().__init__()
        self.comments: list[cst.Comment] = []
        self.statements: list[cst.CSTNode] = []

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, cst.Comment):
            self.comments.append(node)
        elif isinstance(node, (cst.BaseStatement, cst.Decorator)):
            self.statements.append(node)
        return True


class _SpokenOf:
    """Which lines a comment may stand in to speak of a place."""

    def __init__(self, source: Source, nodes: Iterable[cst.CSTNode], comments: Iterable[Span]) -> None:
        nodes = list(nodes)
        spans = source.spans(nodes)
        self._statements = [
            (spans[id(node)], spans[id(_first(node))]) for node in nodes if id(node) in spans
        ]
        self._alone = {span.line for span in comments if _is_alone(source.text, span)}

    def by(self, place: Span) -> set[int]:
        """First and last line of the place, the first of its statement, comments above these."""
        first_lines = {place.line}
        around = [
            (statement.start, statement.line, head.line)
            for statement, head in self._statements
            if statement.start <= place.start and place.end <= statement.end
        ]
        if around:
            _, line, head_line = max(around)  # the innermost
            first_lines |= {line, head_line}
        above = {line for first in first_lines for line in self._comments_above(first)}
        return first_lines | {place.end_line} | above

    def _comments_above(self, line: int) -> Iterator[int]:
        while (line := line - 1) in self._alone:
            yield line


def _first(statement: cst.CSTNode) -> cst.CSTNode:
    # libcst lets a class or function begin at its keyword; to a reader it begins at its decorators.
    if isinstance(statement, (cst.FunctionDef, cst.ClassDef)) and statement.decorators:
        return statement.decorators[0]
    return statement


def _is_alone(text: str, comment: Span) -> bool:
    return not text[comment.start - comment.column + 1 : comment.start].strip()


def _directives(text: str, comments: Iterable[Span]) -> Iterator[_Directive]:
    for comment in comments:
        for match in _DIRECTIVE.finditer(text, comment.start, comment.end):
            # Without brackets and without the verb it is prose about the checker.
            if match["verb"] != "ignore" and match["codes"] is None:
                continue
            # A group that took no part spans (-1, -1), in which nothing is found.
            words = _CODE.finditer(text, *match.span("codes"))
            end = match.start() + len(match.group().rstrip())
            codes = tuple(_Code(word.group(), word.start(), word.end()) for word in words)
            yield _Directive(comment, match.start(), end, match.end(), match["verb"], codes)


def _useless(
    source: Source,
    directive: _Directive,
    used: set[_Code],
    ran: frozenset[str],
    ids: Mapping[str, str],
) -> Finding | None:
    def finding(message: str, remedy: str, edit: Edit | None) -> Finding:
        span = source.span(directive.start, directive.end)
        edits = () if edit is None else (edit,)
        rule, name, severity = UNUSED_SUPPRESSION[:3]
        return Finding(rule, name, severity, source.path, span, message, remedy, edits)

    if directive.verb != "ignore":
        return finding(
            f"`{directive.verb}` is no word of a suppression, so this comment does nothing",
            "write `# store-lint: ignore[…]`, or remove the comment",
            None,
        )
    removal = _removal(source.text, directive)
    if not directive.codes:
        return finding(
            "this suppression names no rule, so it silences nothing",
            "name the rule, as in `# store-lint: ignore[CKS004] reason`, or remove the comment",
            removal,
        )
    unknown = [code for code in directive.codes if code.word not in ids]
    idle = [
        code
        for code in directive.codes
        if code.word in ids and ids[code.word] in ran and code not in used
    ]
    useless = {*unknown, *idle}
    if not useless:
        return None
    messages = [f"`{code.word}` finds nothing here" for code in idle]
    messages += [f"there is no rule `{code.word}`{did_you_mean(code.word, ids)}" for code in unknown]
    kept = [code.word for code in directive.codes if code not in useless]
    if not kept:
        return finding(f"unused suppression: {', '.join(messages)}", "remove the comment", removal)
    words = ", ".join(f"`{code.word}`" for code in directive.codes if code in useless)
    edit = Edit(directive.codes[0].start, directive.codes[-1].end, ", ".join(kept))
    return finding(f"unused suppression: {', '.join(messages)}", f"remove {words}", edit)


def _removal(text: str, directive: _Directive) -> Edit:
    comment = directive.comment
    start, end = directive.start, directive.end
    if directive.start > comment.start:  # another comment stands before it
        return Edit(len(text[:start].rstrip()), end, "")
    if directive.behind < comment.end:  # another comment follows it
        return Edit(start, directive.behind, "")
    if not _is_alone(text, comment):
        return Edit(len(text[:start].rstrip()), comment.end, "")
    line_end = _LINE_END.match(text, comment.end)
    return Edit(start - comment.column + 1, line_end.end() if line_end else comment.end, "")
