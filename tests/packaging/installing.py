"""Commands as somebody else would run them, who has nothing of this repository's environment."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[2]
WRONG: Final = (
    "from chatkit.store import Store\n\n\nclass Mine(Store[dict]):\n    pass\n\n\nstore = Mine()\n"
)
"""A store that CKS001 finds fault with, at 4:7."""


def run(*command: str | Path, cwd: Path, **changes: str) -> subprocess.CompletedProcess[str]:
    # Nothing of the environment that runs the tests may help the one that is tested.
    kept = {k: v for k, v in os.environ.items() if k not in ("VIRTUAL_ENV", "PYTHONPATH", "PYTHONHOME")}
    # The work tree may belong to somebody else, as in a container.
    trust = {"GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*"}
    return subprocess.run(
        list(map(str, command)),
        cwd=cwd,
        env=kept | trust | changes,
        capture_output=True,
        text=True,
        check=False,
        timeout=600,
    )


def must(*command: str | Path, cwd: Path, **changes: str) -> str:
    done = run(*command, cwd=cwd, **changes)
    assert done.returncode == 0, f"{command}: {done.stdout}\n{done.stderr}"
    return done.stdout
