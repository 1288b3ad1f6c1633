"""The process around the command."""

from __future__ import annotations

import sys

from skill.evals.cli import main

if __name__ == "__main__":
    sys.exit(main())
