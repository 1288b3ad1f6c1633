"""A PostgreSQL server for one run of the tests."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Generator

MISSING: Final = (
    "no PostgreSQL: set PGHOST to a server, or install one (Debian: apt install postgresql)"
)


@contextmanager
def postgres() -> Generator[dict[str, str] | None]:
    """The PG* variables (as libpq reads them) of a server that runs meanwhile.

    The environment's own server where PGHOST is set, else a new cluster in a temporary folder, reached
    by a socket there. None where there is no server binary; with CI set that is an error instead.
    """
    if "PGHOST" in os.environ:
        yield {k: v for k, v in os.environ.items() if k.startswith("PG")}
        return
    binaries = _binaries()
    if binaries is None:
        if os.environ.get("CI"):
            raise RuntimeError(MISSING)
        yield None
        return
    folder = Path(tempfile.mkdtemp(prefix="pg"))  # short: a socket's path has at most 107 bytes
    data, sockets = folder / "data", folder / "run"
    sockets.mkdir()
    as_user = _unprivileged(folder, sockets)
    run: dict[str, Any] = {"cwd": folder, "stdout": subprocess.DEVNULL, **as_user}
    control = [binaries / "pg_ctl", "-D", data, "-w"]
    options = f"-k {sockets} -c listen_addresses='' -c fsync=off"
    try:
        subprocess.run(
            [binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-N"], check=True, **run
        )
        subprocess.run([*control, "-l", folder / "log", "-o", options, "start"], check=True, **run)
        yield {"PGHOST": str(sockets), "PGPORT": "5432", "PGUSER": "postgres", "PGDATABASE": "postgres"}
    finally:
        subprocess.run([*control, "-m", "immediate", "stop"], check=False, **run)
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    """The folder of the server's binaries; Debian keeps them off the PATH, one folder a version."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/pg_ctl"), key=lambda p: p.parts[-3].zfill(3))
    if found:
        return found[-1].parent
    on_path = shutil.which("pg_ctl")
    return Path(on_path).resolve().parent if on_path else None


def _unprivileged(*folders: Path) -> dict[str, Any]:
    """Arguments of `subprocess.run` that give up root, as the server demands; the folders go along."""
    if os.geteuid() != 0:
        return {}
    user = pwd.getpwnam("nobody")
    for folder in folders:
        os.chown(folder, user.pw_uid, user.pw_gid)
    return {"user": user.pw_uid, "group": user.pw_gid, "extra_groups": []}
