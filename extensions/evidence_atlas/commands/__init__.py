"""The parts of the command ``atlas``: one module a command, each with ``add``, which tells argparse what it takes."""

from __future__ import annotations

CLEAN, FINDINGS, USAGE = 0, 1, 2
