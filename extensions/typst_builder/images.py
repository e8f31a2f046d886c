"""Images: copied to where the compiler may read them, each tried alone before it may stand in a document."""

from __future__ import annotations

import hashlib
from pathlib import Path

from typst_builder.trial import Trial
from typst_builder.workspace import Workspace


class Images:
    """Places images and remembers which of them can be shown.

    Args:
        workspace: The private folder.
        trial: Tries them.
    """

    def __init__(self, workspace: Workspace, trial: Trial) -> None:
        self.workspace = workspace
        self.trial = trial
        self.tried: dict[tuple[str, str], str] = {}

    def place(self, path: Path, name: str) -> str:
        """Copy an image.

        Args:
            path: The image.
            name: Its name below the folder of images.

        Returns:
            Why it cannot be shown; nothing if it can.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            return error.strerror or "cannot be read"
        key = name, hashlib.sha256(data).hexdigest()
        if key not in self.tried:
            self.workspace.place_image(name, data)
            self.tried[key] = self.trial.refusal(name)
        return self.tried[key]
