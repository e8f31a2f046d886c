"""``atlas init``: a new atlas with one page, that builds."""

from __future__ import annotations

from importlib import resources
from pathlib import Path


def make_atlas(folder: Path) -> list[Path]:
    """Copy the starter into a folder.

    Args:
        folder: A folder that does not exist yet, or is empty.

    Returns:
        The files that were made.

    Raises:
        ValueError: The folder holds something already.
    """
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ValueError(f"{folder} is not an empty folder; nothing was made")
    made: list[Path] = []
    template = Path(str(resources.files(__name__) / "template"))
    for source in sorted(template.rglob("*")):
        if source.is_file() and source.suffix != ".pyc":
            target = folder / source.relative_to(template)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read_bytes())
            made.append(target)
    return made
