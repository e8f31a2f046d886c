"""The builder's configuration: what is set, checked, with a warning and a fallback for what cannot be used."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from sphinx.config import Config
from sphinx.util import logging
from sphinx.util.matching import Matcher
from sphinx.util.osutil import make_filename_from_project

from typst_builder import shards
from typst_builder.shards import Shard

if TYPE_CHECKING:
    import typst

logger = logging.getLogger(__name__)

# of two to three pages each: about a thousand pages, which a compiler of 2 GB sets in a quarter of a minute
VOLUME_SIZE = 400

STANDARDS = ("ua-1", "a-3a")
# a fixed date for a project that says none: the first of January 1980, the earliest that a ZIP file can hold
FIXED_DATE = 315532800
_ADDRESS = re.compile(r"https?://[^\s]+$")


def values() -> dict[str, tuple[Any, tuple[type, ...]]]:
    """Return the configuration values: name, default, types."""
    return {
        "typst_pages": ([], (list, tuple)),
        "typst_documents": ([], (list, tuple)),
        "typst_template": (None, (str,)),
        "typst_template_options": ({}, (dict,)),
        "typst_styles": ([], (list, tuple)),
        "typst_timestamp": (None, (int,)),
        "typst_volume_size": (VOLUME_SIZE, (int,)),
        "typst_base_url": ("", (str,)),
        "typst_standards": (list(STANDARDS), (list, tuple)),
        "typst_left_out": ([], (list, tuple)),
        "typst_raw": (False, (bool,)),
        "typst_font_paths": ([], (list, tuple)),
        "typst_shard": ("", (str,)),
    }


@dataclass(frozen=True)
class Settings:
    """The configuration, checked.

    Attributes:
        pages: Patterns of the names of the documents that get a PDF of their own; ``!`` before one leaves documents out.
        documents: Volumes: start document, name, title, author.
        template: The template, or ``None`` for that of this package.
        options: What the template is told.
        styles: Files of looks by class.
        timestamp: Date of every PDF, in seconds since 1970 (UTC).
        volume_size: Documents that one volume holds at most.
        base_url: Where documents are found on the web, with ``{docname}`` in the place of the name, or nothing.
        standards: Standards of PDF that the compiler keeps to, by its names.
        left_out: Classes of what is not shown in PDFs; links to it lead to the web.
        raw: Whether raw Typst of documents is taken as it is.
        font_paths: Folders of fonts.
        shard: Which share of the PDFs is made, or nothing for all of them.
    """

    pages: tuple[str, ...]
    documents: tuple[tuple[str, str, str, str], ...]
    template: Path | None
    options: dict[str, Any]
    styles: tuple[Path, ...]
    timestamp: int
    volume_size: int
    base_url: str
    standards: tuple[str, ...]
    left_out: frozenset[str]
    raw: bool
    font_paths: tuple[Path, ...]
    shard: Shard | None

    def is_page(self) -> Callable[[str], bool]:
        """Return the test of whether a document gets a PDF of its own."""
        wanted = Matcher([pattern for pattern in self.pages if not pattern.startswith("!")])
        left_out = Matcher([pattern.removeprefix("!") for pattern in self.pages if pattern.startswith("!")])
        return lambda docname: wanted(docname) and not left_out(docname)

    def address(self, docname: str) -> str:
        """Return where a document is found on the web; nothing where no base address is set."""
        if not self.base_url:
            return ""
        if "{docname}" in self.base_url:
            return self.base_url.replace("{docname}", docname)
        name = "" if docname == "index" else docname.removesuffix("/index")
        return f"{self.base_url.rstrip('/')}/{name}/" if name else f"{self.base_url.rstrip('/')}/"


def read(config: Config, confdir: Path) -> Settings:
    """Return the configuration, checked.

    Args:
        config: Sphinx's configuration.
        confdir: Folder of ``conf.py``, to which paths are relative.

    Returns:
        The settings; what cannot be used is warned of and stands at its default.

    Raises:
        SystemExit: The share of one of several machines is none: to make everything instead would be found out late.
    """
    return Settings(
        pages=_strings(config, "typst_pages"),
        documents=_documents(config),
        template=next(iter(_files(confdir, "typst_template", [config.typst_template] if config.typst_template else [])), None),
        options=_options(config),
        styles=_files(confdir, "typst_styles", _strings(config, "typst_styles")),
        timestamp=timestamp(config, confdir),
        volume_size=_volume_size(config),
        base_url=_base_url(config),
        standards=_strings(config, "typst_standards"),
        left_out=frozenset(_strings(config, "typst_left_out")),
        raw=bool(config.typst_raw),
        font_paths=tuple(confdir / path for path in _strings(config, "typst_font_paths")),
        shard=_shard(config),
    )


def timestamp(config: Config, confdir: Path) -> int:
    """Return the date of the PDFs: the one set, else SOURCE_DATE_EPOCH, else the commit's, else a fixed one; never now."""
    if isinstance(config.typst_timestamp, int):
        return config.typst_timestamp
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    if epoch.isdecimal():
        return int(epoch)
    command = ["git", "-C", str(confdir), "log", "-1", "--format=%ct"]
    try:
        said = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10).stdout.strip()
    except (OSError, subprocess.SubprocessError):
        return FIXED_DATE
    return int(said) if said.isdecimal() else FIXED_DATE


def _warn(name: str, message: str) -> None:
    logger.warning("%s: %s", name, message, type="typst", subtype="config")


def _strings(config: Config, name: str) -> tuple[str, ...]:
    value = getattr(config, name)
    if isinstance(value, str):  # on the command line, lists are words with commas between
        value = [word.strip() for word in value.split(",") if word.strip()]
    if not isinstance(value, (list, tuple)) or not all(isinstance(each, str) for each in value):
        _warn(name, f"expected a list of strings, not {value!r}; it is ignored.")
        return ()
    return tuple(value)


def _shard(config: Config) -> Shard | None:
    if not config.typst_shard:
        return None
    try:
        return shards.parse(str(config.typst_shard))
    except ValueError as error:
        said = error
    logger.error("typst_shard: %s", said, type="typst", subtype="config")
    raise SystemExit(2)


def _documents(config: Config) -> tuple[tuple[str, str, str, str], ...]:
    default = (config.root_doc, make_filename_from_project(config.project), config.project, config.author)
    if config.typst_documents in ([], ()):
        return (default,)
    rows = []
    for row in config.typst_documents:
        if isinstance(row, (list, tuple)) and len(row) == len(default) and all(isinstance(each, str) for each in row):
            start, target, title, author = row
            rows.append((start, target.removesuffix(".pdf").removesuffix(".typ"), title or config.project, author))
        else:
            _warn("typst_documents", f"expected (start document, name, title, author), not {row!r}; it is ignored.")
    return tuple(rows) or (default,)


def _files(confdir: Path, name: str, paths: Any) -> tuple[Path, ...]:
    found = []
    for path in paths:
        if isinstance(path, str) and (confdir / path).is_file():
            found.append(confdir / path)
        else:
            _warn(name, f"there is no file {path!r}; it is ignored.")
    return tuple(found)


def _options(config: Config) -> dict[str, Any]:
    value = config.typst_template_options
    if not isinstance(value, dict):
        _warn("typst_template_options", f"expected a mapping, not {value!r}; it is ignored.")
        return {}
    usable = {key: each for key, each in value.items() if isinstance(key, str) and isinstance(each, (str, int, float, bool))}
    for key in value.keys() - usable.keys():
        _warn("typst_template_options", f"{key!r} is no string, number or boolean; it is ignored.")
    return usable


def _volume_size(config: Config) -> int:
    value = config.typst_volume_size
    if isinstance(value, int) and value > 0:
        return value
    _warn("typst_volume_size", f"expected a number above 0, not {value!r}; {VOLUME_SIZE} is used.")
    return VOLUME_SIZE


def _base_url(config: Config) -> str:
    value = config.typst_base_url
    if not value or (isinstance(value, str) and _ADDRESS.match(value)):
        return value or ""
    _warn("typst_base_url", f"expected an address that begins with https://, not {value!r}; it is ignored.")
    return ""


def usable_standards(wanted: tuple[str, ...]) -> list[str]:
    """Return standards of PDF if the compiler knows them and they go together, else the default ones with a warning."""
    import typst

    empty, names = b"", cast("list[typst.PDFStandard]", list(wanted))
    try:
        typst.compile(empty, format="pdf", pdf_standards=names, timestamp=0, ignore_system_fonts=True)
    except (ValueError, typst.TypstError) as error:
        # the empty document breaks rules of most standards, which says that they are known and go together
        if isinstance(error, ValueError) or "standards error" in str(error):
            _warn("typst_standards", f"{list(wanted)} cannot be kept to ({error}); {list(STANDARDS)} are used.")
            return list(STANDARDS)
    return list(wanted)
