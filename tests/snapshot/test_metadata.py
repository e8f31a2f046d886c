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
    made, pem = Versions("2026.11", "0.1"), Pem("required", "x")
    page = Page("X", {}, {}, pem, [], "", "", made, "sha256:0")
    facts = Facts(replace(DEFAULTS, **licences), "2026.11", "2026-11-22", "abc", "evidence-atlas", {"evidence/x": page})
    write_citation(folder, facts)
    write_zenodo(folder, facts)
    write_crate(folder, facts, {})
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


def test_the_crate_names_who_answers_and_each_record_by_its_digest(tmp_path: Path):
    """A catalogue reads who publishes, and can tell whether a record is the one that it knows."""
    _citation, _deposit, crate = said(tmp_path, operator="The editors")
    assert crate.root_dataset["publisher"]["name"] == "The editors"
    assert crate.get("site/evidence/x/record.json")["identifier"] == "sha256:0"


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
