"""Formatted entries, each made once: by style and by what the entry states, kept from build to build."""

from __future__ import annotations

import hashlib
import inspect
import pickle
from collections.abc import Callable
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pybtex.plugin import find_plugin
from pybtex.style import FormattedEntry

from indexed_bibtex.plain_names import quicken
from indexed_bibtex.store import digest_of

if TYPE_CHECKING:
    from pybtex.database import Entry
    from sphinx.application import Sphinx

FILE = "indexed-bibtex-texts.pickle"
_REMEMBERED = 256  # texts that are at hand; those of thousands would slow every collection of garbage


class Formatter:
    """Formats entries in pybtex styles and remembers the results.

    Args:
        folder: Where results are kept between builds.
        conf: The project's ``conf.py``, in which a style may be defined.
    """

    def __init__(self, folder: Path, conf: Path) -> None:
        self._file = folder / FILE
        self._conf = conf
        self._kinds: dict[str, tuple[type[Any], str]] = {}
        self._styles: dict[str, Any] = {}
        self._texts: dict[tuple[str, str], Any] = {}
        # each text is pickled by itself, so that a build unpickles what it shows and no more
        self._kept: dict[tuple[str, str], bytes] | None = None
        self._new = False

    def style(self, name: str) -> Any:
        """Return a style by its name; it is made once a build, where something is formatted."""
        if name not in self._styles:
            self._styles[name] = self._kind(name)[0]()
            quicken(self._styles[name])
        return self._styles[name]

    def signature(self, name: str) -> str:
        """Return a digest of the code of a style."""
        return self._kind(name)[1]

    def text(self, name: str, entry: Callable[[], Entry], digest: str) -> Any:
        """Return the rich text of an entry in a style; errors of the style are raised each time.

        Args:
            name: The style.
            entry: Gets the entry, which is read only where its text is not there.
            digest: Of what the entry states.
        """
        key = (self.signature(name), digest)
        if key not in self._texts:
            if len(self._texts) >= _REMEMBERED:
                self._texts.clear()
            kept = self._load()
            if key in kept:
                self._texts[key] = pickle.loads(kept[key])  # noqa: S301  (our own file, beside Sphinx's pickles)
            else:
                self._texts[key] = self.style(name).format_entry("", entry()).text
                kept[key] = pickle.dumps(self._texts[key], pickle.HIGHEST_PROTOCOL)
                self._new = True
        return self._texts[key]

    def entry(self, name: str, entry: Entry, digest: str, label: str) -> FormattedEntry:
        """Return an entry formatted in a style, with its label."""
        return FormattedEntry(entry.key, self.text(name, lambda: entry, digest), label)

    def save(self) -> None:
        """Keep what was made for the next build."""
        if self._new:
            partial = self._file.with_suffix(".partial")
            partial.write_bytes(pickle.dumps(self._kept, pickle.HIGHEST_PROTOCOL))
            partial.replace(self._file)
            self._new = False

    def _kind(self, name: str) -> tuple[type[Any], str]:
        if name not in self._kinds:
            kind = find_plugin("pybtex.style.formatting", name)
            self._kinds[name] = (kind, self._digest(name, kind))
        return self._kinds[name]

    def _digest(self, name: str, style: type[Any]) -> str:
        """Return a digest of the code that makes a style, so that an edited style formats anew."""
        sources = [metadata.version("pybtex")]
        for kind in style.__mro__[:-1]:
            try:
                path = inspect.getsourcefile(kind)
            except TypeError:
                path = None
            sources.append(_content(Path(path) if path else self._conf))
        return digest_of(name, *sources)

    def _load(self) -> dict[tuple[str, str], bytes]:
        if self._kept is None:
            try:
                self._kept = pickle.loads(self._file.read_bytes())  # noqa: S301
            except Exception:  # noqa: BLE001  (whatever is wrong with a cache, it is made again)
                self._kept = {}
        return self._kept


def _content(path: Path) -> str:
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=12).hexdigest()
    except OSError:
        return str(path)


def save_cache(app: Sphinx, exception: Exception | None) -> None:
    """Keep formatted entries when a build has ended well."""
    domain: Any = app.env.get_domain("cite") if app.env else None
    if exception is None and domain is not None:
        domain.formatter.save()
