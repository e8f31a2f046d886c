"""``python -m evidence_atlas.preview.serve``: sphinx-autobuild, without starting Python and loading Sphinx for each build.

sphinx-autobuild forks itself when a file was saved, and starts another Python there, which builds. Here the fork builds,
with all that the first build has loaded. Where processes are not forked, it loads that first, as another Python would.
"""

from __future__ import annotations

import sys
import sysconfig
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import sphinx_autobuild.__main__ as autobuild
from sphinx.cmd.build import build_main
from sphinx_autobuild.build import Builder
from sphinx_autobuild.utils import show_message

OPTIONS = (
    *("-b", "dirhtml", "-D", "atlas_pdf=0", "-D", "atlas_exports=0"),
    *("-D", "extensions=evidence_atlas,evidence_atlas.preview"),
)
"""What a preview is built with: without files that no page shows."""
AGAIN = ("-D", "atlas_preview_search=0")
"""What each later build is built with in addition: only the first makes the search index."""


class WarmBuilder:
    """Stands in for sphinx-autobuild's builder: builds in its own process, unless code has changed since it was loaded."""

    def __init__(self, sphinx_args: Sequence[str], **options: Any) -> None:
        self.arguments = list(sphinx_args)
        self.cold = Builder(self.arguments, **options)
        self.loaded = time.time()

    def __call__(self, *, changed_paths: Sequence[Path]) -> None:
        """Build.

        Args:
            changed_paths: The files that were saved; none of the first build.
        """
        commands = self.cold.pre_build_commands or self.cold.post_build_commands
        if commands or any(path.stat().st_mtime > self.loaded for path in code()):
            self.cold(changed_paths=changed_paths)
            return
        if changed_paths:
            show_message(f"Saved: {', '.join(path.name for path in changed_paths[:5])}")
        if code_of_exit := build_main([*self.arguments, *(AGAIN if changed_paths else ())]):
            show_message(f"The build failed with exit code {code_of_exit}; what is shown is from the build before.")
        show_message(f"Serving on {self.cold.uri}")


def code() -> Iterator[Path]:
    """Yield the files of packages that are loaded and are being worked on: those that lie where none are installed."""
    installed = tuple(sysconfig.get_path(name) for name in ("stdlib", "purelib", "platlib"))
    files = {file for module in list(sys.modules.values()) if (file := getattr(module, "__file__", None))}
    folders = {Path(file).parent for file in files if not file.startswith(installed)}
    for folder in sorted(folders):
        yield from (path for path in folder.iterdir() if path.is_file())


def main() -> None:
    """Run sphinx-autobuild with its own arguments, after those of a preview."""
    autobuild.Builder = WarmBuilder
    autobuild.main([*OPTIONS, *sys.argv[1:]])


if __name__ == "__main__":
    main()
