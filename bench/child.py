"""Runs a command, and writes what it took into a file; small, since what it starts is counted with its memory at the least."""

import json
import os
import sys
from pathlib import Path

if __name__ == "__main__":
    target, *command = sys.argv[1:]
    process = os.posix_spawnp(command[0], command, os.environ)
    _process, status, usage = os.wait4(process, 0)
    Path(target).write_text(json.dumps({"cpu": usage.ru_utime + usage.ru_stime, "peak": usage.ru_maxrss}), encoding="utf-8")
    sys.exit(max(os.waitstatus_to_exitcode(status), 0) or bool(status))
