"""Each file under cases/ is a case: the lines that end in `# CKS004` are found, and no other is.

A case shows what must be found beside its nearest twin that must not. A folder is a tree of files.
"""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest

from store_lint.engine import Options, check

CASES = Path(__file__).with_name("cases")
_MARK = re.compile(r"#\s*(?P<id>CKS\d{3})\b")


def marked(root: Path) -> set[tuple[str, int, str]]:
    files = [root] if root.is_file() else sorted(root.rglob("*.py"))
    return {
        (file.name, number, match["id"])
        for file in files
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1)
        for match in _MARK.finditer(line)
    }


@pytest.mark.parametrize(
    "case",
    sorted(path for rule in CASES.iterdir() for path in rule.iterdir()),
    ids=lambda path: f"{path.parent.name}-{path.stem}",
)
def test_exactly_the_marked_lines_are_found(case: Path, tmp_path: Path) -> None:
    rule = case.parent.name.upper()
    copy = tmp_path / case.name  # a project of its own: no other file mentions its names
    (shutil.copytree if case.is_dir() else shutil.copyfile)(case, copy)
    report = check(Options((copy,), select=frozenset({rule}), root=tmp_path))
    assert not report.problems
    found = {(f.path.name, f.span.line, f.rule) for f in report.findings}
    assert found == marked(case)
