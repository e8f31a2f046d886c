"""What a release says of its licences, for atlases that have others than this one, or none."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from rocrate.rocrate import ROCrate

from evidence_atlas.core.licence import licence_at
from evidence_atlas.core.settings import DEFAULTS
from evidence_atlas.snapshot.metadata import Facts, write_citation, write_crate, write_zenodo
from evidence_atlas.snapshot.readings import Page, Pem, Versions

BY, ZERO, OWN = (
    "https://creativecommons.org/licenses/by/4.0/",
    "https://creativecommons.org/publicdomain/zero/1.0/",
    "https://x.example.org/licence",
)


@pytest.mark.parametrize(
    ("address", "name", "spdx"),
    [
        (BY, "CC BY 4.0", "CC-BY-4.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0", "CC BY-NC-SA 3.0", "CC-BY-NC-SA-3.0"),
        (ZERO, "CC0 1.0", "CC0-1.0"),
        (OWN, OWN, ""),
        ("https://creativecommons.org/licenses/by/4.0/deed.de", "https://creativecommons.org/licenses/by/4.0/deed.de", ""),
    ],
)
def test_names(address: str, name: str, spdx: str):
    """Licences of Creative Commons have their name and the identifier of SPDX; any other is called by its address."""
    found = licence_at(address)
    assert found is not None
    assert (found.name, found.spdx) == (name, spdx)
    assert licence_at("") is None


def said(folder: Path, **licences: str) -> tuple[dict[str, Any], dict[str, Any], ROCrate]:
    """Return what the three files of a release say under these settings."""
    (folder / "site/evidence/x").mkdir(parents=True)
    (folder / "site/evidence/x/record.json").write_text("{}")
    (folder / "data").mkdir()
    (folder / "references.bib").write_text("")
    made, pem = Versions("2026.11", "0.1"), Pem("required", "x")
    page = Page("X", {}, {"doi": "10.5555/x.1", "title": "On X"}, pem, [], "", "", made, "sha256:0")
    facts = Facts(replace(DEFAULTS, **licences), "2026.11", "2026-11-22", "abc", "evidence-atlas", {"evidence/x": page})
    write_citation(folder, facts)
    write_zenodo(folder, facts)
    write_crate(folder, facts, {"data/": "The data", "references.bib": "The bibliography"})
    citation = yaml.safe_load((folder / "CITATION.cff").read_text(encoding="utf-8"))
    return citation, json.loads((folder / ".zenodo.json").read_text(encoding="utf-8")), ROCrate(folder)


def test_both(tmp_path: Path):
    """The licences of pages and data come from the settings, each in the form that a tool asks for."""
    citation, deposit, crate = said(tmp_path, licence=BY, data_licence=ZERO)
    assert (citation["license"], deposit["license"]) == ("CC-BY-4.0", "cc-by-4.0")
    assert "Text: CC BY 4.0. Data: CC0 1.0." in citation["abstract"]
    assert [entity.id for entity in crate.root_dataset["license"]] == [BY, ZERO]
    assert [entity["name"] for entity in crate.root_dataset["license"]] == ["CC BY 4.0", "CC0 1.0"]
    assert crate.get("site/evidence/x/record.json")["license"].id == ZERO


ABOUT = "A page on 1 paper: what it found, in whom, and what that does not prove. Text: CC BY 4.0. Data: CC0 1.0."
ADVICE = "This is information about research. It is not medical advice."
ALL = {
    "name": "My Atlas", "operator": "The editors", "base_url": "https://a.example.org",
    "repository": "https://git.example.org/a", "licence": BY, "data_licence": ZERO,
}  # fmt: skip


def test_all_that_citation_tools_and_archives_read(tmp_path: Path):
    """Each key that the formats ask for has its value, and there is no other."""
    citation, deposit, _crate = said(tmp_path, **ALL)
    message = citation.pop("message")
    assert message.startswith("Cite a paper for what was found. Cite this atlas where you speak of its reading")
    assert citation == {
        "cff-version": "1.2.0",
        "type": "dataset",
        "title": "My Atlas",
        "abstract": f"{ABOUT} {ADVICE}",
        "authors": [{"name": "The editors"}],
        "version": "2026.11",
        "date-released": "2026-11-22",
        "commit": "abc",
        "license": "CC-BY-4.0",
        "url": "https://a.example.org/v/2026.11/",
        "repository-code": "https://git.example.org/a",
    }
    assert deposit == {
        "title": "My Atlas",
        "upload_type": "dataset",
        "description": f"{ABOUT} {ADVICE}",
        "creators": [{"name": "The editors"}],
        "version": "2026.11",
        "publication_date": "2026-11-22",
        "access_right": "open",
        "license": "cc-by-4.0",
        "notes": "Made from the commit abc by evidence-atlas.",
        "related_identifiers": [
            {"identifier": "https://a.example.org/v/2026.11/", "relation": "isIdenticalTo", "resource_type": "dataset"},
            {"identifier": "https://git.example.org/a", "relation": "isDerivedFrom", "resource_type": "software"},
        ],
    }


def test_all_that_catalogues_read(tmp_path: Path):
    """The RO-Crate says who answers, what may be done with it, and of each record its paper and its digest."""
    said(tmp_path, **ALL)
    graph = json.loads((tmp_path / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    about = {"@id": "https://doi.org/10.5555/x.1"}
    assert {entity["@id"]: entity for entity in graph if entity["@id"] != "ro-crate-metadata.json"} == {
        "./": {
            "@id": "./",
            "@type": "Dataset",
            "name": "My Atlas",
            "description": f"{ABOUT} {ADVICE}",
            "datePublished": "2026-11-22",
            "version": "2026.11",
            "author": {"@id": "#operator"},
            "publisher": {"@id": "#operator"},
            "license": [{"@id": BY}, {"@id": ZERO}],
            "url": "https://a.example.org/v/2026.11/",
            "hasPart": [{"@id": "data/"}, {"@id": "references.bib"}, {"@id": "site/evidence/x/record.json"}],
        },
        BY: {"@id": BY, "@type": "CreativeWork", "name": "CC BY 4.0"},
        ZERO: {"@id": ZERO, "@type": "CreativeWork", "name": "CC0 1.0"},
        "#operator": {"@id": "#operator", "@type": "Organization", "name": "The editors"},
        "data/": {"@id": "data/", "@type": "Dataset", "name": "The data"},
        "references.bib": {"@id": "references.bib", "@type": "File", "name": "The bibliography"},
        "site/evidence/x/record.json": {
            "@id": "site/evidence/x/record.json",
            "@type": "File",
            "name": "X",
            "encodingFormat": "application/json",
            "identifier": "sha256:0",
            "license": {"@id": ZERO},
            "about": about,
        },
        about["@id"]: about | {"@type": "ScholarlyArticle", "name": "On X"},
    }


def test_an_atlas_that_says_little(tmp_path: Path):
    """Without address, repository, licence and operator, nothing is said of them; the atlas answers for itself."""
    citation, deposit, crate = said(tmp_path, name="My Atlas", operator="", base_url="", repository="")
    assert citation["authors"] == deposit["creators"] == [{"name": "My Atlas"}]
    assert not {"url", "repository-code", "license", "license-url"} & citation.keys()
    assert (deposit["related_identifiers"], "license" in deposit) == ([], False)
    assert not {"url", "license"} & crate.root_dataset.properties().keys()


def test_how_many_papers(tmp_path: Path):
    """An archive reads how many papers there are."""
    made, pem = Versions("2026.11", "0.1"), Pem("required", "x")
    page = Page("X", {}, {}, pem, [], "", "", made, "sha256:0")
    facts = Facts(DEFAULTS, "2026.11", "2026-11-22", "abc", "evidence-atlas", {"evidence/x": page, "evidence/y": page})
    assert facts.description == f"A page on each of 2 papers: what it found, in whom, and what that does not prove. {ADVICE}"


def test_a_licence_of_its_own(tmp_path: Path):
    """A licence that has no identifier is given by its address, and not at all where a tool takes identifiers alone."""
    citation, deposit, crate = said(tmp_path, licence=OWN)
    assert (citation.get("license"), citation["license-url"]) == (None, OWN)
    assert "license" not in deposit
    assert f"Text: {OWN}." in deposit["description"]
    assert crate.root_dataset["license"][0].id == OWN


def test_none(tmp_path: Path):
    """An atlas that names no licence is given none."""
    citation, deposit, crate = said(tmp_path)
    assert not {"license", "license-url"} & {*citation, *deposit}
    assert "CC" not in citation["abstract"]
    assert crate.root_dataset.get("license") is None


def test_names_stand_in_their_own_letters(tmp_path: Path):
    """Who opens a file of a release reads the name of the atlas as it is written, not in codes for its letters."""
    said(tmp_path, name="Überblick", operator="Редакция")
    for file in ("CITATION.cff", ".zenodo.json"):
        text = (tmp_path / file).read_text(encoding="utf-8")
        assert "Überblick" in text, file
        assert "Редакция" in text, file
