"""How fast store-lint is, beside what one would compare it with: `make benchmark`.

Every figure is a ratio of medians of runs that took turns on the same machine, so that what else the
machine did falls on both. Most are of processor time of the process and its children, which other load
changes least; where the command runs in several processes they are of wall time. Writes RESULTS.md
beside this file.

    python benchmarks/store_lint/run.py [--corpus FOLDER...] [--rounds N]

--corpus names folders of files that use chatkit; without it, the reference stores are used.
"""

from __future__ import annotations

import argparse
import compileall
import math
import os
import platform
import shutil
import statistics
import subprocess
import sys
import sysconfig
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import resource

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
COMMANDS = Path(sysconfig.get_path("scripts"))
LINT = str(COMMANDS / "store-lint")
LEAST_FILES = 5_000
# Bare libcst.parse_module of the files that store-lint parsed, which stand on standard input.
PARSE = """
import sys, libcst
for line in sys.stdin:
    with open(line.rstrip("\\n"), "rb") as file:
        try:
            libcst.parse_module(file.read())
        except Exception:
            pass
"""
# The checker in one process, which says what it parsed in the end.
CHECK = """
import gc, sys
from pathlib import Path
from store_lint import workers
from store_lint.__main__ import COLLECT_AFTER
from store_lint.engine import Options, check
from store_lint.tree.program import Program
gc.set_threshold(*COLLECT_AFTER)
programs = []
made = Program.__init__
def __init__(self, *args):
    programs.append(self)
    made(self, *args)
Program.__init__ = __init__
check(Options(tuple(map(Path, sys.argv[1:])), chatkit_version="1.6.5", jobs=1))
print(*(path for program in programs for path in program.parsed), sep="\\n")
gc.freeze()  # as the command does in the end
"""
STORE = """\
from chatkit.store import NotFoundError, Store
from chatkit.types import Attachment, Page, ThreadItem, ThreadMetadata


class MemoryStore(Store[dict]):
    def __init__(self) -> None:
        self.threads: dict[str, ThreadMetadata] = {}
        self.items: dict[str, list[ThreadItem]] = {}

    async def load_thread(self, thread_id: str, context: dict) -> ThreadMetadata:
        if thread_id not in self.threads:
            raise NotFoundError(f"Thread {thread_id} not found")
        return self.threads[thread_id]
"""


class Run(NamedTuple):
    """What one run took."""

    processor: float
    """Seconds of user and system time, children included."""
    wall: float
    memory: int
    """Largest resident size in MB."""


class Bar(NamedTuple):
    """One line of the table: what is compared, and the ratio that must not be exceeded, if any."""

    what: str
    ours: list[Run]
    theirs: list[Run]
    beside: str
    limit: float
    time: str = "processor"
    """Which time of a run the ratio is of, by the name of its field."""

    @property
    def ratio(self) -> float:
        return median(self.ours, self.time) / median(self.theirs, self.time)


def measured(command: list[str], given: bytes = b"") -> Run:
    """Run a command and wait for it; what it prints is dropped."""
    with tempfile.TemporaryFile() as file:
        file.write(given)
        file.seek(0)
        begun = time.perf_counter()
        process = subprocess.Popen(
            command, stdin=file, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=ROOT
        )
        _, _, used = os.wait4(process.pid, 0)
    wall = time.perf_counter() - begun
    process.returncode = 0  # it has been waited for
    return Run(used.ru_utime + used.ru_stime, wall, _megabytes(used))


def _megabytes(used: resource.struct_rusage) -> int:
    # Linux counts in kB, macOS in bytes.
    return used.ru_maxrss // (1024 * 1024 if sys.platform == "darwin" else 1024)


def taking_turns(
    rounds: int, ours: list[str], theirs: list[str], given: bytes = b""
) -> tuple[list[Run], list[Run]]:
    """`rounds` runs of each after one that is not counted."""
    pairs = [(measured(ours, given), measured(theirs, given)) for _ in range(rounds + 1)][1:]
    return [pair[0] for pair in pairs], [pair[1] for pair in pairs]


def median(runs: list[Run], field: str) -> float:
    return statistics.median(getattr(run, field) for run in runs)


def irrelevant_tree(folder: Path) -> int:
    """Copy the standard library and what is installed, without files that mention chatkit."""
    count = 0
    sources = {Path(sysconfig.get_path("stdlib")), Path(sysconfig.get_path("purelib"))}
    for number, source in enumerate(sorted(sources)):
        for file in source.rglob("*.py"):
            if number == 0 and "site-packages" in file.parts[len(source.parts) :]:
                continue
            data = file.read_bytes()
            if b"chatkit" in data.lower():
                continue
            target = folder / f"part{number}" / file.relative_to(source)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)
            count += 1
    return count


def bars(rounds: int, corpora: list[Path], work: Path) -> list[Bar]:
    """All comparisons."""
    found: list[Bar] = []

    def add(what: str, ours: list[str], theirs: list[str], beside: str, limit: float, given: str = "",
            times: int = rounds, time: str = "processor") -> None:  # fmt: skip
        print(what, file=sys.stderr)
        mine, other = taking_turns(times, ours, theirs, given.encode())
        found.append(Bar(what, mine, other, beside, limit, time))

    tree = work / "irrelevant"
    count = irrelevant_tree(tree)
    if count < LEAST_FILES:
        print(f"only {count} files that never mention chatkit", file=sys.stderr)
    ruff = [str(COMMANDS / "ruff"), "check", "--select", "F", "--no-cache", "--quiet", str(tree)]
    add(f"{count:,} files that never mention chatkit", [LINT, str(tree)], ruff,
        "`ruff check --select F --no-cache`", 1.0)  # fmt: skip
    half = work / "half"
    shutil.copytree(tree / "part0", half)
    fewer = [measured([LINT, str(half)]) for _ in range(3)]
    found.append(Bar("memory: all of them, and half of them", found[0].ours, fewer, "half of them", 99))

    parse = [sys.executable, "-c", PARSE]
    same = "`libcst.parse_module` of the same files"
    times = max(3, rounds // 2)
    for corpus in corpora:
        check = [sys.executable, "-c", CHECK, str(corpus)]
        parsed = subprocess.run(check, capture_output=True, text=True, check=True, cwd=ROOT).stdout
        number = len(parsed.splitlines())
        add(f"{corpus.name}: {number} files that use chatkit, and what they import, in one process",
            check, parse, same, math.inf, parsed, times)  # fmt: skip
        command = [LINT, "--chatkit-version", "1.6.5", str(corpus)]
        add(f"{corpus.name}: the same, by the command", command, parse, same, 2.5, parsed, times,
            "wall")  # fmt: skip

    store = work / "one" / "store.py"
    store.parent.mkdir()
    store.write_text(STORE + methods())
    add("one store file, start to finish", [LINT, str(store)],
        [sys.executable, "-c", "import libcst"], '`python -c "import libcst"`', 2.0)  # fmt: skip
    other = work / "one" / "other.py"
    other.write_text(Path(sysconfig.get_path("stdlib"), "bisect.py").read_text())
    add("one file that does not use chatkit, start to finish", [LINT, str(other)],
        [sys.executable, "-c", "import argparse, ast, json"],
        '`python -c "import argparse, ast, json"`', 2.0)  # fmt: skip
    return found


def methods() -> str:
    """The methods that STORE lacks, so that it is a file with nothing to report."""
    from store_lint.chatkit_api import load

    given = {"load_thread"}
    missing = [m for m in load("1.6.5").abstract_methods("chatkit.store.Store") if m.name not in given]
    body = '        """Not for this measurement."""\n        raise NotFoundError(str(locals()))\n'
    return "".join(f"\n    {m.signature.replace('TContext', 'dict')}:\n{body}" for m in missing)


def table(found: list[Bar], rounds: int) -> str:
    """The results as a page."""
    lines = [
        "# How fast store-lint is",
        "",
        "Made by `make benchmark`; do not edit. Medians of",
        f"{rounds} runs that took turns, on {platform.system()} {platform.machine()}, Python",
        f"{platform.python_version()}, {os.cpu_count()} processors. Ratios are of processor time,",
        "and of wall time where the command runs in several processes.",
        "",
        "| what | store-lint: s (wall) | MB | beside | s (wall) | ratio | at most |",
        "|---|---|---|---|---|---|---|",
    ]
    for bar in found:
        ours, theirs = bar.ours, bar.theirs
        memory = f"{median(ours, 'memory'):.0f}"
        ratio, limit = f"{bar.ratio:.2f}", f"{bar.limit:.1f}" if math.isfinite(bar.limit) else ""
        if bar.what.startswith("memory"):
            memory += f" and {median(theirs, 'memory'):.0f}"
            ratio, limit = "", "40 MB"
        lines.append(
            f"| {bar.what} | {median(ours, 'processor'):.3f} ({median(ours, 'wall'):.3f}) | {memory} "
            f"| {bar.beside} | {median(theirs, 'processor'):.3f} ({median(theirs, 'wall'):.3f}) "
            f"| {ratio} | {limit} |"
        )
    return "\n".join(lines) + "\n"


def main() -> int:
    """Measure, write RESULTS.md; returns 1 where a limit is exceeded."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--corpus", type=Path, nargs="+", default=[ROOT / "reference_stores"])
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    # As it is once installed: whoever installs it has its modules compiled, and a first run would too.
    compileall.compile_dir(ROOT / "checker" / "store_lint", quiet=1)
    with tempfile.TemporaryDirectory() as work:
        found = bars(options.rounds, [corpus.resolve() for corpus in options.corpus], Path(work))
    page = table(found, options.rounds)
    (HERE / "RESULTS.md").write_text(page)
    print(page)
    memory = max(run.memory for run in found[0].ours)
    return 1 if memory >= 40 or any(bar.ratio > bar.limit for bar in found) else 0


if __name__ == "__main__":
    sys.exit(main())
