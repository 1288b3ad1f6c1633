from hypothesis import given
from hypothesis import strategies as st

from store_lint.finding import Edit, Problem, Target
from tests.store_lint.report.samples import finding, outcome, patient, rendered

TEXT = "a = 1\nawait self.pool.fetch(\n)\n"


def test_a_clean_run_says_what_was_checked() -> None:
    expected = "store-lint: ok, 3 stores in 120 files, chatkit 1.6.5\n"
    assert rendered("agent", outcome("", [], exit_code=0)) == expected
    assert rendered("agent", outcome("", [], exit_code=0), quiet=True) == ""


def test_several_releases_are_named_briefly() -> None:
    lock, other = Target("1.4.1", "locked in uv.lock"), Target("1.4.1", "installed in .venv")
    new, newest = Target("1.5.0", "locked in uv.lock"), Target("1.6.5", "newest known")

    def last(*targets: Target, text: str = "") -> str:
        found = [finding(TEXT, "a")] if text else []
        run = outcome(TEXT, found, exit_code=len(found), targets=targets)
        return rendered("agent", run).splitlines()[-1].partition("files, ")[2]

    assert last(lock, other) == "chatkit 1.4.1"
    assert last(lock, newest) == "chatkit 1.4.1 and 1.6.5"
    assert last(lock, new, newest) == "chatkit 1.4.1, 1.5.0 and 1.6.5"
    assert last(lock, other, text=TEXT) == (
        "chatkit 1.4.1 (locked in uv.lock; installed in .venv); exit 1: errors"
    )
    assert last(lock, other, newest, text=TEXT) == (
        "chatkit 1.4.1 and 1.6.5 (1.4.1 locked in uv.lock and installed in .venv; "
        "1.6.5 newest known); exit 1: errors"
    )


def test_each_finding_is_one_line_with_its_place_and_remedy() -> None:
    assert rendered("agent", outcome(TEXT, [finding(TEXT, "self.pool.fetch(\n)")])) == (
        "store.py:2:7-3:2 CKS004 error `self.pool` may be None here; "
        "fix: Call `await self._ensure_pool()` first.\n"
        "store-lint: 1 error, 3 stores in 120 files, chatkit 1.6.5 (newest known); exit 1: errors\n"
    )


def test_the_fix_is_the_exact_replacement_where_there_is_one() -> None:
    edits = (Edit(0, 0, "import x\n"), Edit(0, 1, 'é"'), Edit(2, 4, ""))
    line = rendered("agent", outcome(TEXT, [finding(TEXT, "a", *edits)]), quiet=True)
    assert line.endswith(
        '; fix: insert at 1:1 "import x\\n", replace 1:1-1:2 with "é\\"", delete 1:3-1:5 '
        "(or run with --fix)\n"
    )


def test_the_last_line_explains_the_exit_code() -> None:
    warning = finding(TEXT, "a", severity="warning")

    def last(exit_code: int, *problems: Problem, fixed: int = 0) -> str:
        run = outcome(TEXT, [warning], exit_code, problems, fixed)
        return rendered("agent", run).splitlines()[-1]

    checked = "3 stores in 120 files, chatkit 1.6.5 (newest known)"
    assert last(0) == (f"store-lint: 1 warning, {checked}; exit 0: warnings count only with --strict")
    assert last(1, fixed=2) == (
        f"store-lint: 1 warning, 2 fixed, {checked}; exit 1: warnings count with --strict"
    )
    assert last(2, Problem("x")) == (
        f"store-lint: 1 warning, 1 problem, {checked}; exit 2: not everything could be checked"
    )


@patient
@given(message=st.text(), remedy=st.text(), text=st.text())
def test_nothing_is_cut_and_every_finding_stays_on_its_line(
    message: str, remedy: str, text: str
) -> None:
    found = [
        finding(TEXT, "a", message=message, remedy=remedy),
        finding(TEXT, "a", Edit(0, 1, text)),
    ]
    lines = rendered("agent", outcome(TEXT, found)).split("\n")
    assert len(lines) == 4
    if message.isprintable() and remedy.isprintable():
        assert f" {message}; fix: {remedy}" in lines[0]
