"""Everything a finding can be called: the rules, and what is reported without a rule.

A file that does not parse and a comment that silences nothing have ids, names and pages like a
rule's, so that they can be selected, ignored and explained like one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from store_lint.finding import Severity
    from store_lint.rules import RuleInfo


class Notice(NamedTuple):
    """What is reported without a rule, with a rule's attributes."""

    id: str
    name: str
    severity: Severity
    summary: str
    explanation: str

    def page(self) -> str:
        """Markdown, as the page of a rule."""
        return f"# {self.id} {self.name}\n\n{self.explanation}"


SYNTAX_ERROR = Notice(
    "CKS000",
    "syntax-error",
    "error",
    "a file that Python could not read either, so that no rule could look at it",
    """\
The file does not parse as Python 3.8 to 3.14, is not in the encoding that it declares, or holds a
NUL character. The finding points at the first place that could not be read. Nothing else in the
file is checked, and the run goes on with the other files.

A file that has nothing to do with chatkit is looked at for this when it was named, or stands in a tree
of at most 100 files; in a larger one, such files are not parsed.

A file of more than 500,000 tokens (over a megabyte, written by a program as a rule) is only read to
see whether Python can: no rule looks at it, which would take gigabytes. The run says so and ends with
exit code 2, until the file is excluded or split; what other files import from it counts as unknown.

Mend the file, or leave it out: `exclude` in `[tool.store-lint]`, or `--exclude`.
""",
)
UNUSED_SUPPRESSION = Notice(
    "CKS901",
    "unused-suppression",
    "warning",
    "a `# store-lint: ignore[…]` comment that silences nothing",
    """\
A comment such as `# store-lint: ignore[CKS004] reason` silences a finding of that rule on its line,
in the statement that begins on its line, or, where it stands alone, on the line below. It is
reported when there is no such finding (any more), when it names a rule that does not exist, and
when it names none: it would hide the next error in that place, or it never hid one.

`--fix` removes the comment, or only the useless names from its brackets. A rule that is not checked
in this run (`--select`, `--ignore`, per-file-ignores) is not called unused.
""",
)


def catalogue() -> tuple[RuleInfo | Notice, ...]:
    """Rules and notices, by id."""
    from store_lint.rules import all_rules

    return (SYNTAX_ERROR, *all_rules(), UNUSED_SUPPRESSION)
