"""Where a key stands in a TOML file, since ``tomllib`` keeps no positions."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from evidence_atlas.core.findings import Code, Finding

_HEADER = re.compile(r"\s*\[+\s*([^\]]+?)\s*\]+")
_KEY = re.compile(r"""\s*["']?([^\s"'=]+)["']?\s*=""")


class NotToml(ValueError):  # noqa: N818 (it says what the text is)
    """A text that is not TOML, or that Python does not read; the message says why, and at which line if that is known."""


def read_toml(text: str) -> dict[str, Any]:
    """Return TOML as plain data.

    Raises:
        NotToml: It is not TOML, or is nested deeper or holds longer numbers than Python reads.
    """
    try:
        return tomllib.loads(text)
    except RecursionError as error:
        raise NotToml("it is nested too deep") from error
    except ValueError as error:  # tomllib.TOMLDecodeError, or that of a number
        raise NotToml(str(error)) from error


def line_of(text: str, path: Sequence[object]) -> int:
    """Return the line of a key, or else of the nearest table above it, or 1.

    Args:
        text: The file's text, which is known to be TOML.
        path: The keys from the root, such as ``("definition", "ccc-2003", "pem")``.
    """
    wanted = ".".join(str(part) for part in path)
    nearest, table = (0, 1), ""  # length of the matching table's name, line
    for number, line in enumerate(text.splitlines(), 1):
        if header := _HEADER.match(line):
            table = re.sub(r"[\"']", "", header[1])
            if f"{wanted}.".startswith(f"{table}.") and len(table) > nearest[0]:
                nearest = (len(table), number)
        elif key := _KEY.match(line):
            name = f"{table}.{key[1]}" if table else key[1]
            if f"{wanted}.".startswith(f"{name}."):
                return number
    return nearest[1]


def syntax_error(path: Path, code: Code, error: NotToml) -> Finding:
    """Return the finding for a file that is not TOML."""
    match = re.search(r"line (\d+)", str(error))
    return Finding(str(path), int(match[1]) if match else 1, code, f"The file is not TOML: {error}.")
