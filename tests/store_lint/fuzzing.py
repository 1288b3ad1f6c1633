"""Programs that nobody wrote, and those of Python's own tests, with every rule run on them.

By hand, for the full size: python -m tests.store_lint.fuzzing [--programs 2000] [--library]. A small
part runs with the tests. Rules look at a file as if it were a store's: the gate on bytes is passed by.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import sysconfig
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesmith
from hypothesis import HealthCheck, Phase, given, settings

from store_lint.chatkit_api import releases
from store_lint.chatkit_api.choice import Choice
from store_lint.engine import Options
from store_lint.reading import Reader
from store_lint.tree.layout import Layout
from store_lint.workers import Job, run

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from store_lint.chatkit_api import Api
    from store_lint.finding import Problem

STORE = """\
from chatkit.store import Store
from chatkit.types import ThreadItem, ThreadMetadata
import asyncpg


class Mine(Store[dict]):
    pool = None

    async def load_thread(self, thread_id, context):
        params = [thread_id]
        return await self.pool.fetchrow("SELECT data FROM threads WHERE id = $1", *params)
"""
"""What stands above each program, so that rules have something to look for in it."""


def problems_in(paths: Iterable[Path], jobs: int = 1) -> list[Problem]:
    """Run every rule on the files; what comes back is internal errors, each with rule and file."""
    from store_lint.checking import Checker

    files = [str(path) for path in paths]
    options = Options((), jobs=jobs, chatkit_version=releases()[-1])
    layout = Layout(files)
    sizes = {path: Path(path).stat().st_size for path in files}

    def checker(api: Api) -> Checker:
        return Checker(options, api, layout, Reader())

    newest = Choice(releases()[-1], "newest known")
    done = run(Job(options, tuple(files)), dict.fromkeys(files, newest), sizes, checker)
    return [problem for part in done for problem in part.problems]


def problems_in_programs(number: int) -> Iterator[Problem]:
    """Internal errors in `number` programs that follow Python's grammar, and in a store above each."""
    found: list[Problem] = []

    # The same programs in each run: what is found can be found again.
    @settings(
        max_examples=number,
        derandomize=True,
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.filter_too_much,
            HealthCheck.data_too_large,
        ],
    )
    @given(hypothesmith.from_node())
    def check(program: str) -> None:
        with tempfile.TemporaryDirectory() as folder:
            alone, below = Path(folder, "program.py"), Path(folder, "store.py")
            alone.write_text(program, "utf-8", "surrogatepass")
            below.write_text(f"{STORE}\n\n{program}", "utf-8", "surrogatepass")
            found.extend(problems_in([alone, below]))

    check()
    yield from found


def library_tests() -> list[Path]:
    """The standard library's own tests, which hold every syntax there is; empty where not installed."""
    return sorted(Path(sysconfig.get_path("stdlib"), "test").rglob("*.py"))


def problems_alone(path: Path) -> list[Problem]:
    """Internal errors in a file that stands alone, so that not the whole library is read with it."""
    with tempfile.TemporaryDirectory() as folder:
        return problems_in([Path(shutil.copy(path, folder))])


def main() -> int:
    """Fuzz; returns 1 where an internal error was found."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--programs", type=int, default=0, help="how many random programs")
    parser.add_argument("--library", action="store_true", help="the standard library's tests")
    options = parser.parse_args()
    problems = list(problems_in_programs(options.programs)) if options.programs else []
    if options.library:
        for number, path in enumerate(library_tests(), start=1):
            problems += problems_alone(path)
            print(f"\r{number} files", end="", file=sys.stderr, flush=True)
    for problem in problems:
        print(problem.message)
    print(f"{len(problems)} internal errors")
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
