"""Draws the tables of results as charts, which stand in docs/engines.

    python benchmarks/reference_stores/chart.py

Reads each RESULTS*.md beside this file, and writes docs/speed-ENGINE.svg. The benchmarks call it.
"""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Final

from rich.bar import Bar
from rich.console import Console
from rich.table import Table

HERE: Final = Path(__file__).parent
DOCS: Final = HERE.parents[1] / "docs"
WIDEST: Final = 1.5
"""The ratio at the right end of the chart; what is longer is cut there."""
WIDTH: Final = 110


def draw(results: Path) -> Path:
    """Draw the rows of a table of results that have a limit; the file that was written.

    Raises:
        ValueError: the file has no such row.
    """
    title, rows = results.read_text().splitlines()[0].lstrip("# "), rows_with_limit(results)
    if not rows:
        raise ValueError(f"{results} has no row with a limit")
    table = Table(title=f"{title}: its time, beside the other's (1.00)", box=None, expand=True)
    table.add_column("what")
    table.add_column("beside")
    table.add_column("ratio", justify="right")
    table.add_column("at most", justify="right")
    table.add_column(f"0 to {WIDEST}", ratio=1)
    for what, beside, ratio, limit in rows:
        colour = "green" if ratio <= limit else "red"
        bar = Bar(WIDEST, 0, min(ratio, WIDEST), color=colour)
        table.add_row(what, beside, f"{ratio:.2f}", f"{limit:.2f}", bar)
    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(table)
    engine = results.stem.removeprefix("RESULTS").removeprefix("-") or "sqlite"
    path = DOCS / f"speed-{engine}.svg"
    svg = console.export_svg(title=f"benchmarks/reference_stores/{results.name}", unique_id=engine)
    # No font from elsewhere: a picture asks nobody for anything.
    path.write_text(re.sub(r"\s*@font-face \{.*?\}", "", svg, flags=re.DOTALL), "utf-8")
    return path


def rows_with_limit(results: Path) -> list[tuple[str, str, float, float]]:
    """What was measured, beside what, the ratio and its limit."""
    found: list[tuple[str, str, float, float]] = []
    for line in results.read_text().splitlines():
        cells = [cell.strip().strip("`") for cell in line.strip("|").split("|")]
        if len(cells) == 6 and cells[5].replace(".", "", 1).isdigit():
            found.append((cells[0], cells[2], float(cells[4]), float(cells[5])))
    return found


if __name__ == "__main__":
    for one in sorted(HERE.glob("RESULTS*.md")):
        print(draw(one))
