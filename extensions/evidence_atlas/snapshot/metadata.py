"""What a release says of itself to citation tools, archives and catalogues."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from evidence_atlas.core.licence import Licence, licence_at
from evidence_atlas.core.settings import Settings
from evidence_atlas.snapshot.readings import Page

CITATION, ZENODO = "CITATION.cff", ".zenodo.json"
_MESSAGE = (
    "Cite a paper for what was found. Cite this atlas where you speak of its reading of papers; "
    "each page gives the reference of its own."
)


@dataclass(frozen=True)
class Facts:
    """What is known of a release.

    Attributes:
        settings: The atlas's settings.
        version: The version.
        date: The day of the commit, as year-month-day.
        commit: The whole hash.
        generator: Name and version of the package that made it.
        pages: The evidence pages by docname, as their ``record.json`` has them.
    """

    settings: Settings
    version: str
    date: str
    commit: str
    generator: str
    pages: dict[str, Page]

    @property
    def address(self) -> str:
        """The address at which this version stays; empty where the atlas has none."""
        return f"{self.settings.base_url}/v/{self.version}/" if self.settings.base_url else ""

    @property
    def description(self) -> str:
        """What it is, in some sentences."""
        count = len(self.pages)
        papers = "1 paper" if count == 1 else f"each of {count} papers"
        said = [f"A page on {papers}: what it found, in whom, and what that does not prove."]
        said += [f"Text: {self.licence.name}."] if self.licence else []
        said += [f"Data: {self.data_licence.name}."] if self.data_licence else []
        return " ".join([*said, "This is information about research. It is not medical advice."])

    @property
    def licence(self) -> Licence | None:
        """The licence of the pages, where the settings name one."""
        return licence_at(self.settings.licence)

    @property
    def data_licence(self) -> Licence | None:
        """The licence of the data, where the settings name one."""
        return licence_at(self.settings.data_licence)

    @property
    def author(self) -> str:
        """Who answers for it."""
        return self.settings.operator or self.settings.name


def write_citation(folder: Path, facts: Facts) -> None:
    """Write ``CITATION.cff`` (Citation File Format 1.2.0)."""
    licence = facts.licence
    said = {
        "cff-version": "1.2.0",
        "message": _MESSAGE,
        "type": "dataset",
        "title": facts.settings.name,
        "abstract": facts.description,
        "authors": [{"name": facts.author}],
        "version": facts.version,
        "date-released": facts.date,
        "commit": facts.commit,
        "license": licence.spdx if licence else "",
        "license-url": licence.address if licence and not licence.spdx else "",
        "url": facts.address,
        "repository-code": facts.settings.repository,
    }
    text = yaml.safe_dump({name: value for name, value in said.items() if value}, allow_unicode=True, sort_keys=False, width=100)
    (folder / CITATION).write_text(text, encoding="utf-8")


def write_zenodo(folder: Path, facts: Facts) -> None:
    """Write ``.zenodo.json``, the metadata of a deposit that Zenodo's upload interface takes."""
    related = [
        {"identifier": address, "relation": relation, "resource_type": kind}
        for address, relation, kind in (
            (facts.address, "isIdenticalTo", "dataset"),
            (facts.settings.repository, "isDerivedFrom", "software"),
        )
        if address
    ]
    licence = facts.licence
    said = {
        "title": facts.settings.name,
        "upload_type": "dataset",
        "description": facts.description,
        "creators": [{"name": facts.author}],
        "version": facts.version,
        "publication_date": facts.date,
        "access_right": "open",
        # Zenodo takes identifiers alone; without one it asks who deposits
        **({"license": licence.spdx.lower()} if licence and licence.spdx else {}),
        "notes": f"Made from the commit {facts.commit} by {facts.generator}.",
        "related_identifiers": related,
    }
    _write_json(folder / ZENODO, said)


def write_crate(folder: Path, facts: Facts, parts: dict[str, str]) -> None:
    """Write ``ro-crate-metadata.json``: the release as an RO-Crate, with the paper that each record is about.

    Args:
        folder: The release.
        facts: What is known of it.
        parts: Files and folders of the release besides pages, each with what it is; a folder's name ends in a stroke.
    """
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

    crate = ROCrate(version="1.2")
    licences = {
        licence.address: crate.add(
            ContextEntity(crate, licence.address, properties={"@type": "CreativeWork", "name": licence.name})
        )
        for licence in (facts.licence, facts.data_licence)
        if licence
    }
    maker = crate.add(ContextEntity(crate, "#operator", properties={"@type": "Organization", "name": facts.author}))
    root: dict[str, Any] = {
        "name": facts.settings.name,
        "description": facts.description,
        "datePublished": facts.date,
        "version": facts.version,
        "author": maker,
        "publisher": maker,
        **({"license": list(licences.values())} if licences else {}),
        **({"url": facts.address} if facts.address else {}),
    }
    for name, value in root.items():
        crate.root_dataset[name] = value
    for name, what in parts.items():
        add = crate.add_dataset if name.endswith("/") else crate.add_file
        add(dest_path=name, properties={"name": what})
    for docname, page in facts.pages.items():
        said = {"name": page.title, "encodingFormat": "application/json", "identifier": page.digest}
        if facts.data_licence:
            said["license"] = licences[facts.data_licence.address]
        record = crate.add_file(dest_path=f"site/{docname}/record.json", properties=said)
        if doi := page.reference.get("doi"):
            about = {"@type": "ScholarlyArticle", "name": page.reference.get("title", "")}
            record["about"] = crate.add(ContextEntity(crate, f"https://doi.org/{doi}", properties=about))
    crate.metadata.write(folder)


def _write_json(path: Path, data: dict[str, Any]) -> None:
    path.write_text(f"{json.dumps(data, ensure_ascii=False, indent=2)}\n", encoding="utf-8")
