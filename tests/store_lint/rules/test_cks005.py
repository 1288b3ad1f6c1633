"""CKS005: what its cases cannot show."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.store_lint.linting import Lint


def test_of_several_values_that_do_not_fit_the_same_one_is_named_each_time(lint: Lint) -> None:
    (finding,) = lint(
        "import asyncpg\nfrom chatkit.store import Store\n\n\n"
        "async def load(pool: asyncpg.Pool):\n"
        '    for given in (5, 1.5, True, b"x"):\n'
        '        await pool.fetch("SELECT * FROM messages WHERE id = $1::text", given)\n',
        ("CKS005",),
    )
    assert "expected str, got bool" in finding.message
