"""A version of an atlas as its ``record.json`` files have it: from a built site, a release or a published version."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from evidence_atlas.core.digest import SCHEMA, digest
from evidence_atlas.core.notices import WITHDRAWING

_CONFIG = ConfigDict(extra="ignore")
_Data = dict[str, Any]


def _with_criteria(record: _Data) -> _Data:
    rows = record.get("criteria", [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise ValueError("criteria is no list of blocks of keys and values")
    return record


@dataclass(frozen=True, slots=True)
class Pem:
    """The badge of a page: the state, and why.

    Attributes:
        state: The state's id.
        reason: One sentence or two.
    """

    __pydantic_config__ = _CONFIG

    state: Literal["required", "not-required", "unclear", "not-applicable"]
    reason: str


@dataclass(frozen=True, slots=True)
class Versions:
    """Of what a page was made.

    Attributes:
        atlas: The version of the atlas.
        policy: The version of the policy.
        date: The day of the version, if it is known.
    """

    __pydantic_config__ = _CONFIG

    atlas: Annotated[str, Field(min_length=1)]
    policy: str
    date: str | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """A page as its ``record.json`` has it; keys that are not named here are passed over.

    Attributes:
        title: Its title.
        record: What its front matter states.
        reference: The paper.
        pem: The badge.
        notices: What was issued about the paper, gravest first.
        text: The text as written.
        limitations: What the paper does not prove.
        versions: Of what it was made.
        digest: The digest that the file states.
        badge: The words of the badge; empty in files that were made before they were kept.
    """

    __pydantic_config__ = _CONFIG

    title: str
    record: Annotated[_Data, AfterValidator(_with_criteria)]
    reference: _Data
    pem: Pem
    notices: list[_Data]
    text: str
    limitations: str
    versions: Versions
    digest: str
    badge: str = ""

    @property
    def content(self) -> _Data:
        """What the digest is of: what the page says, and not when or under which version of the policy."""
        pem = {"state": self.pem.state, "reason": self.pem.reason}
        return {"record": self.record, "reference": self.reference, "pem": pem, "notices": self.notices, "text": self.text}

    @property
    def withdrawn(self) -> bool:
        """Whether the paper no longer stands."""
        return any(notice.get("kind") in WITHDRAWING for notice in self.notices)

    @property
    def badge_words(self) -> str:
        """The words of the badge, or its state where the file does not hold them."""
        return self.badge or f"PEM {self.pem.state.replace('-', ' ')}"


@dataclass(frozen=True)
class Version:
    """All pages of a version.

    Attributes:
        made: The versions of atlas and policy, and the day.
        pages: The pages by docname, such as ``evidence/fluge-2019-lymphocyte-depletion``, in its order.
    """

    made: Versions
    pages: dict[str, Page] = field(repr=False)


_ADAPTER = TypeAdapter(Page)


def site_of(folder: Path) -> Path:
    """Return the folder of the site: ``site`` in a release, or the folder itself."""
    return folder / "site" if (folder / "site").is_dir() else folder


def read_version(folder: Path) -> Version:
    """Read a version.

    Args:
        folder: A built site, a release, or a published version: ``…/v/2026.11``.

    Raises:
        ValueError: The folder is no folder or holds no page, a file cannot be used, or the pages are of several versions.
    """
    if not folder.is_dir():
        raise ValueError(f"{folder} is no folder")
    site = site_of(folder)
    pages = {f"{path.parent.parent.name}/{path.parent.name}": read_page(path) for path in _records(site)}
    if not pages:
        raise ValueError(f"{folder} holds no evidence page: no record.json was found in a folder of it, such as evidence/<slug>/")
    made = next(iter(pages.values())).versions
    for docname, page in pages.items():
        if page.versions != made:
            theirs = f"{page.versions.atlas} (policy {page.versions.policy})"
            raise ValueError(f"{site / docname} is of version {theirs}, others are of {made.atlas} (policy {made.policy})")
    return Version(made, pages)


def read_page(path: Path) -> Page:
    """Read one ``record.json``.

    Raises:
        ValueError: The file cannot be read, is no record, or is of a schema that this program does not know.
    """
    return parse_page(path.read_bytes(), str(path))


def parse_page(content: bytes, path: str) -> Page:
    """Read what a ``record.json`` holds.

    Args:
        content: Its bytes.
        path: How messages name it.

    Raises:
        ValueError: It is no record, or is of a schema that this program does not know.
    """
    try:
        data = json.loads(content)
    except (ValueError, RecursionError) as error:  # UnicodeDecodeError is one
        raise ValueError(f"{path} is no JSON, or was cut off: {error}") from error
    if not isinstance(data, dict) or "schema" not in data:
        raise ValueError(f"{path} is not the record of a page")
    if data["schema"] != SCHEMA:
        raise ValueError(
            f"{path} has schema {data['schema']!r}; this program reads schema {SCHEMA}: a newer evidence-atlas may read it"
        )
    try:
        return _ADAPTER.validate_python(data)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise ValueError(f"{path} is not the record of a page: {place}: {first['msg']}") from error


def check_digests(version: Version) -> None:
    """Check that every page says what its own digest was made of.

    Raises:
        ValueError: A page was changed after it was made.
    """
    for docname, page in version.pages.items():
        if digest(page.content) != page.digest:
            raise ValueError(f"{docname}/record.json was changed after it was made: its digest is of other content")


def _records(site: Path) -> Iterator[Path]:
    """Yield the files in order; the folders of kept versions are deeper and have their own."""
    yield from sorted(site.glob("*/*/record.json"))
