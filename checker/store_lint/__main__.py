"""The process around the command: what a script gets when things go wrong."""

from __future__ import annotations

import gc
import sys

COLLECT_AFTER = (10_000_000, 50, 100)
"""How rarely a process of the command looks for garbage: syntax trees are many objects and no garbage,
and looking as often as Python does by itself takes a tenth of a run."""


def main() -> int:
    """Run `store-lint` with the arguments of this process; returns its exit code.

    An exit code of 1 means findings, so a crash of the checker must not end in Python's own 1.
    """
    gc.set_threshold(*COLLECT_AFTER)
    try:
        from store_lint import cli

        return cli.main()
    except KeyboardInterrupt:
        return 130  # as a shell reports it
    except Exception:  # noqa: BLE001 - the last stop before the interpreter
        import traceback

        traceback.print_exc()
        print("store-lint: internal error, please report it with the lines above", file=sys.stderr)
        return 2
    finally:
        # Python looks through all there is once more when it ends: a tenth of a run, for nothing.
        gc.freeze()


if __name__ == "__main__":
    sys.exit(main())
