"""The process around the command: what a script gets when things go wrong."""

from __future__ import annotations

import sys


def main() -> int:
    """Run `store-import` with the arguments of this process; returns its exit code.

    An exit code of 1 means rows that could not be moved, so a crash must not end in Python's own 1.
    """
    try:
        from reference_stores.importing import cli

        return cli.main()
    except KeyboardInterrupt:
        print("store-import: stopped; run it again to go on", file=sys.stderr)
        return 130  # as a shell reports it
    except Exception as error:  # noqa: BLE001 - the last stop before the interpreter
        said = " ".join(str(error).split())
        print(
            f"store-import: internal error, please report it: {type(error).__name__}: {said}",
            file=sys.stderr,
        )
        return 2


if __name__ == "__main__":
    sys.exit(main())
