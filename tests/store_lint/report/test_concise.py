from pathlib import Path

from tests.store_lint.report.samples import FOLDER, finding, outcome, rendered

TEXT = "a = 1\nawait self.pool.fetch()\n"


def test_one_line_a_finding_and_nothing_else() -> None:
    found = finding(TEXT, "self.pool")
    other = finding(TEXT, "a", severity="warning", path=FOLDER / "sub" / "b.py")
    assert rendered("concise", outcome(TEXT, [found, other])) == (
        "store.py:2:7: CKS004 error `self.pool` may be None here "
        "[Call `await self._ensure_pool()` first.]\n"
        "sub/b.py:1:1: CKS004 warning `self.pool` may be None here "
        "[Call `await self._ensure_pool()` first.]\n"
    )


def test_a_clean_run_prints_nothing() -> None:
    assert rendered("concise", outcome("", [], exit_code=0)) == ""


def test_no_character_of_a_path_or_message_can_break_the_line_or_drive_the_terminal() -> None:
    found = finding(TEXT, "a", path=Path("a\nb.py"), message="x\x1b[31m\u2028y", remedy="z\r")
    assert rendered("concise", outcome(TEXT, [found])) == (
        "a\\nb.py:1:1: CKS004 error x\\x1b[31m\\u2028y [z\\r]\n"
    )
