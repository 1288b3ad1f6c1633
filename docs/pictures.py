"""Make the pictures of docs/ from real runs: `make pictures`.

Each is a terminal's output as an SVG. Of the output nothing is changed but the folder's name.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from rich.console import Console
from rich.text import Text

ROOT: Final = Path(__file__).parents[1]
COLUMNS: Final = 112
PICTURES: Final = {
    "store-new": ("store-new sqlite app/stores --class AppStore --with serving", 0),
    "store-lint": ("store-lint .", 1),
}
"""Each picture: its command, with the exit code that it must have."""


def main(into: Path = ROOT / "docs") -> None:
    """Write all pictures to a folder."""
    with tempfile.TemporaryDirectory() as folder:
        shop = Path(folder) / "shop"
        shutil.copytree(ROOT / "tests" / "demo_app", shop)
        _write("store-new", shop, into)
        store = shop / "app" / "stores" / "sqlite.py"
        store.write_text(store.read_text().replace("settings.chat_db_path", "settings.CHAT_DB_PATH"))
        _write("store-lint", shop, into)


def _write(name: str, shop: Path, into: Path) -> None:
    command, code = PICTURES[name]
    with open(os.devnull, "w") as nowhere:
        console = Console(record=True, width=COLUMNS, file=nowhere, force_terminal=True)
        console.print(f"[green]$[/] {command}")
        console.print(Text.from_ansi(_run(command, code, shop)))
        target = into / f"{name}.svg"
        svg = console.export_svg(title=command, unique_id=name)
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
