"""Make the pictures of docs/ from real runs: `make pictures`.

Each is a terminal's output as an SVG, of which nothing is changed but the folder's name; or a chart of
one of the tables that the benchmarks of the stores have written.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from rich.bar import Bar
from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from rich.console import RenderableType

ROOT: Final = Path(__file__).parents[1]
COLUMNS: Final = 112
PICTURES: Final = {
    "store-new": ("store-new sqlite app/stores --class AppStore --with serving", 0),
    "store-lint": ("store-lint .", 1),
}
"""Each picture: its command, with the exit code that it must have."""
RESULTS: Final = ROOT / "benchmarks" / "reference_stores"
CHARTS: Final = {
    "speed-sqlite": "RESULTS.md",
    "speed-postgres": "RESULTS-postgres.md",
    "speed-mysql": "RESULTS-mysql.md",
    "speed-mongodb": "RESULTS-mongodb.md",
}
"""Each chart, and the table that it shows."""
WIDEST: Final = 1.5
"""The ratio at the right end of a chart; what is longer is cut there."""


def main(into: Path = ROOT / "docs") -> None:
    """Write all pictures to a folder."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        shutil.copytree(ROOT / "tests" / "demo_app", shop)
        _write("store-new", shop, into)
        store = shop / "app" / "stores" / "sqlite.py"
        store.write_text(store.read_text().replace("settings.chat_db_path", "settings.CHAT_DB_PATH"))
        _write("store-lint", shop, into)
    for name, results in CHARTS.items():
        _draw(name, RESULTS / results, into)


def _write(name: str, shop: Path, into: Path) -> None:
    command, code = PICTURES[name]
    _save(name, command, into, f"[green]$[/] {command}", Text.from_ansi(_run(command, code, shop)))


def _draw(name: str, results: Path, into: Path) -> None:
    """The rows of the table that have a limit, as bars."""
    first, *lines = results.read_text("utf-8").splitlines()
    title = f"{first.lstrip('# ')}: its time, beside the other's (1.00)"
    table = Table("what", "beside", title=title, box=None, expand=True)
    table.add_column("ratio", justify="right")
    table.add_column("at most", justify="right")
    table.add_column(f"0 to {WIDEST}", ratio=1)
    for line in lines:
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if len(cells) != 6 or not cells[5].replace(".", "", 1).isdigit():
            continue
        what, _, beside, _, ratio, limit = cells
        colour = "green" if float(ratio) <= float(limit) else "red"
        bar = Bar(WIDEST, 0, min(float(ratio), WIDEST), color=colour)
        table.add_row(what, beside, ratio, limit, bar)
    if not table.rows:
        raise RuntimeError(f"{results} has no row with a limit")
    _save(name, results.relative_to(ROOT).as_posix(), into, table)


def _save(name: str, title: str, into: Path, *shown: RenderableType) -> None:
    with open(os.devnull, "w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        for one in shown:
            console.print(one)
        svg = console.export_svg(title=title, unique_id=name)
    target = into / f"{name}.svg"
    # No font from elsewhere: a picture asks nobody for anything.
    target.write_text(re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL), "utf-8")
    print(f"{target.name}: {target.stat().st_size:,} bytes")


def _run(command: str, code: int, shop: Path) -> str:
    program, *arguments = command.split()
    done = subprocess.run(
        [Path(sys.executable).with_name(program), *arguments],
        cwd=shop,
        env={**os.environ, "FORCE_COLOR": "1", "COLUMNS": str(COLUMNS), "TERM": "xterm-256color"},
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode != code:
        raise RuntimeError(f"{command} ended with {done.returncode}, not {code}")
    return done.stdout.replace(str(shop), "~/shop")


if __name__ == "__main__":
    main()
