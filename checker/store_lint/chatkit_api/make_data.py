"""Makes data.json: the API of every release, each fact once with the releases that it holds for.

    python -m store_lint.chatkit_api.make_data --wheels FOLDER [--check]

Wheels that FOLDER lacks are downloaded with pip. Run it again when a release appears; `--check` only
says whether data.json is what the wheels say (exit code 1 where it is not).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Final

from packaging.version import Version

from store_lint.chatkit_api.extract import Facts, Json, extract

DATA: Final = Path(__file__).with_name("data.json")
WITHOUT_PACKAGE: Final = frozenset({"0.0.1"})
"""Releases whose wheel holds no chatkit package."""
_DISTRIBUTION: Final = "openai-chatkit"


def read_wheel(path: Path) -> tuple[dict[str, str], frozenset[str]]:
    """The modules of a wheel by dotted name, and which of them are packages."""
    sources: dict[str, str] = {}
    packages: set[str] = set()
    with zipfile.ZipFile(path) as wheel:
        for member in sorted(wheel.namelist()):
            if not member.startswith("chatkit/") or not member.endswith(".py"):
                continue
            parts = member[: -len(".py")].split("/")
            if parts[-1] == "__init__":
                parts.pop()
                packages.add(".".join(parts))
            sources[".".join(parts)] = wheel.read(member).decode()
    return sources, frozenset(packages)


def merge(by_release: dict[str, Facts]) -> dict[str, Json]:
    """Each key with its values, each value with the first and the last release that has it."""
    releases = sorted(by_release, key=Version)
    merged: dict[str, Json] = {}
    # The newest release gives the order of keys, so that fields stand as in its source.
    for release in reversed(releases):
        for key in by_release[release]:
            merged.setdefault(key, [])
    for key in merged:
        runs: list[Json] = []
        previous: Json = None
        for index, release in enumerate(releases):
            found = by_release[release].get(key)
            if found is not None:
                last = runs[-1] if runs else None
                if isinstance(last, list) and previous == found and last[1] == index - 1:
                    last[1] = index
                else:
                    runs.append([index, index, found])
            previous = found
        merged[key] = runs
    return {"releases": list(releases), "facts": merged}  # type: ignore[dict-item]


def written(merged: dict[str, Json]) -> str:
    """The text of data.json; the releases have the first line, which many runs read alone."""
    releases, facts = (
        json.dumps(merged[key], separators=(",", ":"), ensure_ascii=False)
        for key in ("releases", "facts")
    )
    return f'{{"releases":{releases},\n"facts":{facts}}}\n'


def known_releases() -> list[str]:
    """All releases that the package index has, ascending."""
    shown = subprocess.run(
        [sys.executable, "-m", "pip", "index", "versions", _DISTRIBUTION],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    line = re.search(r"Available versions: (.*)", shown)
    if line is None:
        raise SystemExit(f"pip lists no versions of {_DISTRIBUTION}")
    found = [v.strip() for v in line.group(1).split(",")]
    return sorted((v for v in found if v not in WITHOUT_PACKAGE), key=Version)


def fetch(release: str, folder: Path) -> Path:
    """The wheel of a release, from the folder or downloaded into it."""
    pattern = f"openai_chatkit-{release}-*.whl"
    found = next(folder.glob(pattern), None)
    if found is None:
        subprocess.run(
            [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:",
             "--dest", str(folder), f"{_DISTRIBUTION}=={release}"],
            check=True,
        )  # fmt: skip
        found = next(folder.glob(pattern))
    return found


def main(argv: list[str] | None = None) -> int:
    """Write data.json, or check it; returns the exit code."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--wheels", type=Path, required=True, help="folder that keeps the wheels")
    parser.add_argument("--check", action="store_true", help="write nothing; exit 1 on a difference")
    options = parser.parse_args(argv)
    options.wheels.mkdir(parents=True, exist_ok=True)
    by_release: dict[str, Facts] = {}
    for release in known_releases():
        by_release[release] = extract(*read_wheel(fetch(release, options.wheels)))
    text = written(merge(by_release))
    if options.check:
        same = DATA.read_text(encoding="utf-8") == text
        print("data.json is up to date" if same else "data.json differs: run make_data again")
        return 0 if same else 1
    DATA.write_text(text, encoding="utf-8")
    print(f"{DATA.name}: {len(by_release)} releases, {len(text):,} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
