"""The private folder beside the doctrees: all that the compiler may read, and nothing else.

It holds the translations (``doc``), the images they show, the files that travel inside PDFs, and the template with
the looks by class. Every file is generated or copied, so that no document can have the compiler read another.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from typst_builder.memory import write_atomically
from typst_builder.translation import Translation

_OWN_TEMPLATE = Path(__file__).parent / "template.typ"


class Workspace:
    """The folder and what lies in it.

    Args:
        root: The folder; it need not exist.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._translations: dict[str, Translation | None] = {}
        self._digests: dict[str, str] = {}

    # -- translations -------------------------------------------------------------------------------------

    def kept(self, docname: str) -> Path:
        """Return the path of what is known of a translated document."""
        return self.root / "doc" / f"{docname}.json"

    def keep(self, docname: str, known: Translation, sources: list[str]) -> None:
        """Write a translation: its sources, then what is known of it, so that the latter vouches for the former."""
        digest = hashlib.sha256()
        for place, source in enumerate(sources):
            data = source.encode()
            digest.update(data)
            write_atomically(self.root / "doc" / f"{docname}.{place}.typ", data)
        known.digest = digest.hexdigest()
        write_atomically(self.kept(docname), known.to_json().encode())
        self._translations[docname] = known

    def translation(self, docname: str) -> Translation | None:
        """Return what is known of a translated document, if it was translated."""
        if docname not in self._translations:
            try:
                self._translations[docname] = Translation.from_json(self.kept(docname).read_text(encoding="utf-8"))
            except (OSError, ValueError, TypeError, KeyError):
                self._translations[docname] = None
        return self._translations[docname]

    def sweep(self, docnames: Iterable[str]) -> None:
        """Remove the translations of documents other than these, images that none of these shows, and attached files."""
        kept = {docname: self.translation(docname) for docname in docnames}
        stretches = {docname: len(known.segments) for docname, known in kept.items() if known}
        keep = {self.kept(docname) for docname in kept}
        keep |= {self.root / "doc" / f"{docname}.{place}.typ" for docname, count in stretches.items() for place in range(count)}
        keep |= {self.root / "images" / name for known in kept.values() if known for name in known.images}
        for folder in ("doc", "images", "files"):
            for path in (self.root / folder).rglob("*"):
                if path.is_file() and path not in keep:
                    path.unlink()

    # -- what translations refer to -----------------------------------------------------------------------

    def place_image(self, name: str, data: bytes) -> None:
        """Write an image."""
        write_atomically(self.root / "images" / name, data)

    def image_digest(self, name: str) -> str:
        """Return the digest of an image; of one that is missing, nothing."""
        if name not in self._digests:
            path = self.root / "images" / name
            self._digests[name] = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        return self._digests[name]

    def place_file(self, name: str, data: bytes) -> None:
        """Write a file that travels inside a PDF."""
        write_atomically(self.root / "files" / name, data)

    def place_look(self, template: Path | None, styles: Iterable[Path]) -> str:
        """Write the template and the looks by class.

        Args:
            template: The template in use, or nothing for that of this package, which lies there in any case.
            styles: Files that each define ``classes``; later ones go before earlier ones.

        Returns:
            A digest of all of it.
        """
        own = _OWN_TEMPLATE.read_bytes()
        files = {"typst_builder.typ": own, "template.typ": template.read_bytes() if template else own}
        lines, names = [], []
        for number, path in enumerate(styles):
            files[f"style-{number}.typ"] = path.read_bytes()
            lines.append(f'#import "/style-{number}.typ" as style-{number}\n')
            names.append(f"style-{number}.classes")
        files["styles.typ"] = ("".join(lines) + f"#let classes = {' + '.join(names) or '(:)'}\n").encode()
        for name, data in files.items():
            write_atomically(self.root / name, data)
        told = {name: hashlib.sha256(data).hexdigest() for name, data in files.items()}
        return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()

    # -- where a line comes from --------------------------------------------------------------------------

    def origin(self, places: Iterable[tuple[str, int]]) -> tuple[str, int | None] | None:
        """Return the document and line from which a line of a translation comes.

        Args:
            places: Paths of files and lines in them, as the compiler names them.

        Returns:
            The first that is a translation, or nothing if none is. The line is missing where none is known.
        """
        for path, line in places:
            _, inside, name = path.partition(f"{self.root.name}/doc/")
            if inside:
                written = (self.root / "doc" / name).read_text(encoding="utf-8").split("\n")[:line]
                marks = [each.strip()[3:] for each in written if each.strip().startswith("// ")]
                return name.removesuffix(".typ").rpartition(".")[0], int(marks[-1]) if marks and marks[-1].isdecimal() else None
        return None
