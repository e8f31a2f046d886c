"""Every builder gives a clean and meaningful result."""

from __future__ import annotations

import json
import zipfile

import pytest
from defusedxml import ElementTree

from conftest import Build, page
from evidence_atlas.scanner import RULES_VERSION

FILES = {
    "atlas.toml": 'base-url = "https://atlas.example.org"\nhow-it-works = "how"\nrepository = "https://git.example.org/x"\n',
    "notices.toml": '["10.5555/gamma.2"]\nnotices = [{ kind = "retraction", reason = "It was made up." }]\n',
    "docs/index.md": "# Home\n\n```{evidence-table}\n```\n\n```{toctree}\nhow\nrest\nworks\n```\n",
    "docs/how.md": "# How\n\n```{evidence-policy}\n```\n",
    "docs/rest.rst": "Rest\n====\n\n.. pem-badge:: alpha2020trial\n\n.. cite-block:: alpha2020trial\n\nSee :evidence:`alpha2020trial`.\n",
    "docs/works.md": "# Works\n\n```{bibliography}\n```\n",
    "docs/evidence/alpha-2020-rest.md": page(body="Short. {cite}`alpha2020trial`"),
    "docs/evidence/gamma-2021-cohort.md": page("gamma2021cohort", criteria="[]", body="See {evidence}`alpha2020trial`."),
}
BUILDERS = ["html", "dirhtml", "singlehtml", "latex", "text", "man", "texinfo", "epub", "xml", "pseudoxml", "gettext"]
SAID = [
    "Rest made no difference",
    "PEM required",
    "Patients had to meet CCC 2003",
    "What it does not prove",
    "It does not prove that rest helps",
    "Does rest help?",
    "not medical advice",
]


def all_text(out) -> str:
    parts = []
    for path in sorted(out.rglob("*")):
        if path.suffix in {".html", ".tex", ".txt", ".1", ".texi", ".xml", ".pseudoxml", ".pot"} and "_static" not in path.parts:
            parts.append(path.read_text(encoding="utf-8"))
        if path.suffix == ".epub":
            with zipfile.ZipFile(path) as book:
                parts += [book.read(name).decode() for name in book.namelist() if name.endswith(".xhtml")]
    return "\n".join(parts)


@pytest.mark.parametrize("builder", BUILDERS)
def test_builder(build: Build, builder: str):
    """A builder ends without a warning and its output states badge, reason, limitations, paper and disclosure."""
    built = build(FILES, builder, copyright="nobody", version="1")  # the two that EPUB asks for
    assert built.warnings == []
    plain = all_text(built.out).replace("\\sphinxhyphen{}", "-").replace("\\-", "-")
    plain = " ".join(plain.replace('"\n"', "").split())
    wanted = SAID if builder != "gettext" else ["Rest made no difference", "It does not prove that rest helps"]
    assert [said for said in wanted if said not in plain] == []
    assert "Retracted" in plain or builder == "gettext"


@pytest.mark.parametrize("builder", ["latex", "singlehtml", "man", "texinfo"])
def test_collating_builders_hold_every_page(build: Build, builder: str):
    """Builders of one document assemble the evidence pages, though no toctree of ours names them."""
    plain = all_text(build(FILES, builder).out)
    assert plain.count("In 12 people, rest made no difference.") == 2


def test_switching_builders_with_one_environment(build: Build):
    """With one store of doctrees, a site after LaTeX has no toctree of all pages, and LaTeX after a site has it."""
    build(FILES, "latex")
    site = build(None, "dirhtml")
    assert site.warnings == []
    assert "toctree-wrapper" not in site.html("index").split("evidence/alpha-2020-rest")[0]
    assert site.app.env.toctree_includes["index"] == ["how", "rest", "works"]
    assert build(None, "latex").app.env.toctree_includes["index"][-1] == "evidence/gamma-2021-cohort"


@pytest.mark.parametrize(("builder", "link"), [("dirhtml", "paper.bib"), ("html", "alpha-2020-rest/paper.bib")])
def test_downloads_lie_beside_the_page(build: Build, builder: str, link: str):
    """On a site the downloads are links to files that are there, from the page and from another page."""
    built = build(FILES, builder)
    assert f'href="{link}"' in built.html("evidence/alpha-2020-rest")
    other = "../evidence/alpha-2020-rest/paper.ris" if builder == "dirhtml" else "evidence/alpha-2020-rest/paper.ris"
    assert f'href="{other}"' in built.html("rest")
    folder = built.out / "evidence" / "alpha-2020-rest"
    assert {"paper.bib", "paper.ris", "paper.csl.json", "record.json"} <= {path.name for path in folder.iterdir()}


def test_singlehtml_has_the_files(build: Build):
    """With all pages in one document, the files of each page are there as well, and linked."""
    built = build(FILES, "singlehtml")
    assert (built.out / "evidence/alpha-2020-rest/record.json").is_file()
    assert 'href="evidence/alpha-2020-rest/paper.bib"' in (built.out / "index.html").read_text()


@pytest.mark.parametrize("builder", ["latex", "epub", "text"])
def test_downloads_of_other_formats_are_on_the_web(build: Build, builder: str):
    """Where no file can lie beside the page, the download is the citable address."""
    plain = all_text(build(FILES, builder).out).replace("\\sphinxhyphen{}", "-")
    assert "https://atlas.example.org/v/0+unknown/evidence/alpha-2020-rest/paper.bib" in plain.replace("\n", "").replace(
        "%2B", "+"
    )


def test_xml_is_well_formed_and_holds_no_part_of_ours(build: Build):
    """Only standard nodes reach a writer."""
    built = build(FILES, "xml")
    names = set()
    for path in built.out.rglob("*.xml"):
        names |= {element.tag for element in ElementTree.parse(path).iter()}
    assert not [name for name in names if name[:1].isupper() or name in {"Badge", "WriteTime"}]


def test_record_json(build: Build):
    """The record states what the page states, with verdict, versions, addresses and digest."""
    built = build(FILES)
    data = json.loads((built.out / "evidence/alpha-2020-rest/record.json").read_text())
    assert data["schema"] == 1
    assert data["title"] == "Rest made no difference"
    assert data["record"]["criteria"] == [{"id": "ccc-2003", "role": "inclusion"}]
    assert data["reference"]["doi"] == "10.5555/alpha.1"
    assert data["pem"] == {
        "state": "required",
        "reason": "Patients had to meet CCC 2003, which requires PEM (contested wording).",
        "policy": "0.1",
    }
    assert data["limitations"] == "It does not prove that rest helps."
    assert data["versions"]["atlas"] == "0+unknown"
    assert data["versions"]["scanner"] == RULES_VERSION
    assert data["addresses"] == {
        "page": "https://atlas.example.org/evidence/alpha-2020-rest/",
        "citable": "https://atlas.example.org/v/0+unknown/evidence/alpha-2020-rest/",
    }
    assert data["digest"].startswith("sha256:")
    gamma = json.loads((built.out / "evidence/gamma-2021-cohort/record.json").read_text())
    assert gamma["notices"] == [{"kind": "retraction", "reason": "It was made up."}]


def test_digest_speaks_of_content_alone(build: Build):
    """The digest is the same in every builder and under another version of the same policy, and not after an edit."""
    import hashlib

    import rfc8785

    def read(built):
        return json.loads((built.out / "evidence/alpha-2020-rest/record.json").read_text())

    one = read(build(FILES))
    other = read(build(FILES, "html", folder="b", atlas_base_url="https://other.example.org"))
    assert one["digest"] == other["digest"]
    content = {key: one[key] for key in ("record", "reference", "notices", "text")}
    content["pem"] = {key: one["pem"][key] for key in ("state", "reason")}
    assert one["digest"] == f"sha256:{hashlib.sha256(rfc8785.dumps(content)).hexdigest()}"
    edited = FILES | {"docs/evidence/alpha-2020-rest.md": page(body="Short! {cite}`alpha2020trial`")}
    assert read(build(edited, folder="c"))["digest"] != one["digest"]
