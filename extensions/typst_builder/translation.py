"""What is known of a translated document without reading its source again."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field


@dataclass
class Segment:
    """A stretch of a document up to a toctree between its sections, or to its end.

    Attributes:
        headings: Levels of its headings, in order, the document's own title being 1.
        toctree: The documents that the toctree at its end names.
        level: Level of the section in which that toctree stands.
    """

    headings: list[int] = field(default_factory=list)
    toctree: list[str] = field(default_factory=list)
    level: int = 0


@dataclass
class Translation:
    """What is known of a translated document.

    Attributes:
        segments: Its stretches; their sources are kept in as many files.
        labels: Places that can be linked to.
        links: Places that it links to, as document and label.
        images: Names of the images that it shows, below the compiler's root.
        digests: SHA-256 digests that its text says.
        digest: Digest of the sources.
        manner: Digest of the configuration and programs that it was made with.
    """

    segments: list[Segment] = field(default_factory=list)
    labels: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    digests: list[str] = field(default_factory=list)
    digest: str = ""
    manner: str = ""

    def to_json(self) -> str:
        """Return the translation as JSON."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Translation:
        """Return the translation that was kept as JSON."""
        data = json.loads(text)
        return cls(**data | {"segments": [Segment(**each) for each in data["segments"]]})
