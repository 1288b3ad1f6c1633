"""`make bundle`: what an agent needs of this repository, as a zip that is the skill's folder.

Unzipped into a folder where an agent looks for skills it is the skill; it is a Claude Code plugin and a
marketplace of that one plugin; and `pipx install PATH` of it installs the commands. The commands
travel as a wheel, because some installers drop files whose names begin with an underscore, and Python
packages need theirs. Two runs on one state of the repository give the same bytes.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import Final

NAME: Final = "chatkit-store-creator"
"""The skill's name, which the Agent Skills specification wants for its folder."""
ROOT: Final = Path(__file__).parents[1]
FILES: Final = (
    ".claude-plugin/marketplace.json",
    ".claude-plugin/plugin.json",
    "LICENSE",
    "SKILL.md",
    "hooks/hooks.json",
)
"""What is taken besides the pages in `skill/`."""
_LINK: Final = re.compile(r"\]\((?!\w+:|#)([^)#\s]+)")
_CODE: Final = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
_MOMENT: Final = (1980, 1, 1, 0, 0, 0)
"""The time of every file: the first that a zip can hold."""


class BundleError(Exception):
    """What keeps the bundle from being right; the message says what to mend."""


def contents(wheel: Path, root: Path = ROOT) -> dict[str, bytes]:
    """The files of the bundle by their paths. Raises BundleError for a link that leads nowhere."""
    pages = [
        path
        for path in sorted((root / "skill").rglob("*.md"))
        if not path.relative_to(root).as_posix().startswith("skill/evals/")
    ]
    files = {path.relative_to(root).as_posix(): path.read_bytes() for path in pages}
    files |= {name: (root / name).read_bytes() for name in FILES}
    files["pyproject.toml"] = (root / "bundle" / "pyproject.toml").read_bytes()
    files["wheels/bundle_backend.py"] = (root / "bundle" / "bundle_backend.py").read_bytes()
    files[f"wheels/{wheel.name}"] = wheel.read_bytes()
    for name in files:
        if any(part.startswith("_") for part in name.split("/")):
            raise BundleError(f"{name}: installers drop what begins with an underscore; rename it")
    for name, data in files.items():
        if name.endswith(".md"):
            _check_links(name, data.decode("utf-8"), files)
    return files


def _check_links(name: str, text: str, files: dict[str, bytes]) -> None:
    folder = (ROOT / name).parent
    for target in _LINK.findall(_CODE.sub("", text)):
        path = (folder / target).resolve()
        inside = path.relative_to(ROOT).as_posix() if path.is_relative_to(ROOT) else target
        if inside not in files:
            raise BundleError(f"{name} leads to {target}, which is not in the bundle")


def make(folder: Path, root: Path = ROOT) -> Path:
    """Build the wheel of the repository in `root` and write the zip into `folder`; returns its path.

    Raises BundleError.
    """
    with tempfile.TemporaryDirectory() as temporary:
        build = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "-w", temporary, str(root)]
        done = subprocess.run(build, capture_output=True, text=True, check=False)
        if done.returncode:
            raise BundleError(f"the wheel cannot be built: {done.stderr.strip()}")
        (wheel,) = Path(temporary).glob("*.whl")
        files = contents(wheel, root)
    version = wheel.name.split("-")[1]
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / f"{NAME}-{version}.zip"
    with zipfile.ZipFile(made, "w") as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(f"{NAME}/{name}", _MOMENT)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.create_system = 3  # Unix, whatever makes it, so that the mode means something
            entry.external_attr = 0o100644 << 16
            archive.writestr(entry, files[name], compresslevel=9)
    return made


def main() -> int:
    """Make the bundle in build/ and say where it is; returns the exit code."""
    try:
        made = make(ROOT / "build")
    except BundleError as error:
        print(f"bundle: error: {error}", file=sys.stderr)
        return 1
    with zipfile.ZipFile(made) as archive:
        count = len(archive.namelist())
    print(f"{made.relative_to(ROOT)}: {count} files, {made.stat().st_size // 1024} KB")
    return 0


if __name__ == "__main__":
    sys.exit(main())
