"""The bibliography files of a project, read so that one broken entry loses only itself.

An extension of its own, since sphinxcontrib-bibtex stops at the first error, and projects may rely on that.
"""

from __future__ import annotations

import gc
import hashlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sphinx.util import logging
from sphinxcontrib.bibtex.bibfile import BibData, BibFile, get_mtime

from indexed_bibtex.reader import Problem, read_bibtex

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

logger = logging.getLogger(__name__)

BEFORE_UPSTREAM = 400  # upstream reads at Sphinx's default of 500, where it finds nothing left to do


def setup(app: Sphinx) -> ExtensionMetadata:
    """Read the files before sphinxcontrib-bibtex would."""
    app.setup_extension("indexed_bibtex")
    app.connect("builder-inited", read_bibfiles, priority=BEFORE_UPSTREAM)
    return {"version": "1", "parallel_read_safe": True, "parallel_write_safe": True}


def read_bibfiles(app: Sphinx) -> None:
    """Read the files if their content changed, and warn of what is wrong with them in every build."""
    if app.config.bibtex_bibfiles is None:
        return  # upstream says so
    domain: Any = app.env.get_domain("cite")
    encoding = app.config.bibtex_encoding
    paths = list(dict.fromkeys((Path(app.confdir) / name).resolve() for name in app.config.bibtex_bibfiles))
    content = (encoding, {path: _digest(path) for path in paths})
    if domain.data.get("content") != content:
        there = [path for path in paths if path.is_file()]
        read = read_bibtex(there, encoding)
        files = {path: BibFile(mtime=get_mtime(path), keys=dict.fromkeys(read.keys.get(path, ()))) for path in paths}
        domain.data["bibdata"] = BibData(encoding=encoding, bibfiles=files, data=read.data)
        domain.data["problems"], domain.data["content"] = read.problems, content
    else:
        files = domain.bibdata.bibfiles  # upstream, which comes after, reads again where the time differs
        files.update({path: file._replace(mtime=get_mtime(path)) for path, file in files.items()})
    gc.freeze()  # thousands of entries, as many as all else that is loaded, stay to the end: the collector need not walk them
    for path in paths:
        if not path.is_file():
            logger.warning(f"could not open bibtex file {path}.", type="bibtex", subtype="bibfile_error")
    for problem in domain.data["problems"]:
        location = f"{problem.file}:{problem.line}"
        logger.warning(_message(problem), location=location, type="bibtex", subtype="bibfile_data_error")


def _digest(path: Path) -> str:
    """Return a digest of a file, since its time may stay while its content changes."""
    try:
        return hashlib.blake2b(path.read_bytes() if path.is_file() else b"", digest_size=16).hexdigest()
    except OSError:
        return ""


def _message(problem: Problem) -> str:
    """Return what is wrong, after the words that upstream has for it."""
    repeated = f"repeated bibliography entry: {problem.key}. " if "is repeated:" in problem.message else ""
    return f"bibliography data error in {problem.file}: {repeated}{problem.message}"
