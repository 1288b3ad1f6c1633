"""What the tests of all rules share."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.store_lint.linting import NEWEST, lint_tree, write_tree

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from store_lint.finding import Finding
    from tests.store_lint.linting import Lint


@pytest.fixture
def lint(tmp_path: Path) -> Lint:
    """Write files (or one file, given as its text) and return what the checker finds in them."""

    def run(
        files: Mapping[str, str] | str,
        select: Iterable[str] = (),
        *,
        paths: Iterable[str] = (".",),
        chatkit: str = NEWEST,
        guess_settings: bool = False,
    ) -> list[Finding]:
        write_tree(tmp_path, {"example.py": files} if isinstance(files, str) else files)
        report = lint_tree(
            tmp_path, select, paths=paths, chatkit=chatkit, guess_settings=guess_settings
        )
        return list(report.findings)

    return run
