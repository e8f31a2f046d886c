"""A file that an earlier version wrote, or read, still reads; one of a later version is refused in one sentence.

The files in ``kept`` were made by the programs of the commits that are named here, and stay as they are.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import jsonschema
import pytest

from conftest import Build, page
from evidence_atlas.core.checker import check_page
from evidence_atlas.core.notice_checks import load_checks
from evidence_atlas.core.policy import BUILT_IN, built_in, load_policy
from evidence_atlas.core.references import load_bibliography
from evidence_atlas.core.search_query import load_search
from evidence_atlas.core.settings import find_project
from evidence_atlas.exports import schemas
from evidence_atlas.inbox.store import Store, StoreError
from evidence_atlas.scanner.rules import load_rules
from evidence_atlas.snapshot import manifest
from evidence_atlas.snapshot.readings import check_digests, read_page, read_version

KEPT = Path(__file__).parent / "kept"
ENTRY = "@article{alpha2020trial, author = {Alpha, Ann}, title = {T}, year = {2020}, doi = {10.5555/alpha.1}}\n"


@pytest.mark.parametrize("name", ["record-1-first.json", "record-1-checks.json"])  # of 889c412 and 4ac47fd
def test_records_of_pages(name: str, tmp_path: Path):
    """The record of a page reads, with the digest that it had."""
    read = read_page(KEPT / name)
    assert read.record["paper"] == "alpha2020trial"
    folder = tmp_path / "evidence/alpha-2020-rest"
    folder.mkdir(parents=True)
    shutil.copy(KEPT / name, folder / "record.json")
    check_digests(read_version(tmp_path))


def test_pages(tmp_path: Path):
    """The source of a page as 889c412 took it has no finding."""
    bib = tmp_path / "references.bib"
    bib.write_text(ENTRY, encoding="utf-8")
    checked = check_page(
        "alpha-2020-rest.md", (KEPT / "page-first.md").read_text(encoding="utf-8"), built_in(), load_bibliography([bib])[0]
    )
    assert checked.findings == []
    assert checked.record is not None


def test_policies():
    """The first policy (889c412), which has fewer rows and keys, reads without a finding, and keeps its version."""
    policy, findings = load_policy(KEPT / "policy-0.1-first.toml")
    assert findings == []
    assert policy.version == "0.1"
    assert policy.definition.keys() <= built_in().definition.keys()


def test_wording_rules():
    """The rules 1.1 (ed72053) read without a finding."""
    rules, findings = load_rules(KEPT / "rules-1.1.toml")
    assert (rules.version, findings) == ("1.1", [])


def test_checks_and_searches():
    """The checks of notices, the search and what is known of its runs (4ac47fd) read without a finding."""
    checks, findings = load_checks(KEPT / "notice-checks-1.json")
    assert (checks["10.5555/alpha.1"][0].answer, findings) == ("none", [])
    search, findings = load_search(KEPT / "query-first.toml", KEPT / "watch-1.json")
    assert findings == []
    assert (list(search.queries), search.state.seen) == (["pubmed", "europe-pmc"], {"10.5555/seen.1": "2026-11-21"})


def test_manifests():
    """The manifest of a release (94601cc) reads, and agrees with the hashes beside it."""
    read = manifest.load(KEPT / "release-1/manifest.json")
    assert (read.version, list(read.pages)) == ("2026.11", ["alpha-2020-rest"])


def test_inboxes(tmp_path: Path):
    """The database of an inbox (2ff17d1) opens, and gives its messages."""
    shutil.copy(KEPT / "inbox-1.sqlite", tmp_path / "inbox.sqlite")
    store = Store(tmp_path / "inbox.sqlite")
    assert [kept.message for kept in store.messages()] == ["The year is wrong."]
    store.close()


def test_the_whole_as_data(site):
    """The ``atlas.json`` of 4ac47fd keeps the schema of today, so that programs that read today's can read it."""
    schema = json.loads((site.out / schemas.ATLAS_SCHEMA).read_text(encoding="utf-8"))
    record = json.loads((site.out / schemas.RECORD_SCHEMA).read_text(encoding="utf-8"))
    data = json.loads((KEPT / "atlas-1.json").read_text(encoding="utf-8"))
    assert {data["schema"], data["records"][0]["schema"]} == {1}
    jsonschema.Draft202012Validator(record).validate(data["records"][0])
    assert set(schema["required"]) <= data.keys()


@pytest.mark.parametrize("earlier", ['{"evidence/alpha-2020-rest": "0a"}', "[]"])
def test_what_builds_remember(build: Build, earlier: str):
    """What a build of c906cbb remembered, or anything else in its place, makes the next one write all; then it is known again."""
    files = {"docs/evidence/alpha-2020-rest.md": page(), "docs/plain.md": "---\norphan: true\n---\n\n# Plain\n"}
    built = build(files)
    (built.source.parent / "doctrees/atlas-shown-dirhtml.json").write_text(earlier, encoding="utf-8")
    again = build()
    assert (again.read, again.written) == (set(), {"index", "plain", "evidence/alpha-2020-rest"})
    assert build().written == set()


LATER = {
    "record-1-first.json": read_page,
    "release-1/manifest.json": manifest.load,
}


@pytest.mark.parametrize("name", LATER)
def test_files_of_a_later_version_are_refused(name: str, tmp_path: Path):
    """A number that this version does not know is refused with one sentence that says what to do."""
    later = tmp_path / Path(name).name
    later.write_text((KEPT / name).read_text(encoding="utf-8").replace('"schema": 1', '"schema": 2', 1), encoding="utf-8")
    with pytest.raises(ValueError, match=r"has schema 2; this program reads schema 1: a newer evidence-atlas may read it$"):
        LATER[name](later)


def test_data_of_a_later_version_is_set_aside(tmp_path: Path):
    """Checks and runs of a later version count as none, and one finding each says which number was expected."""
    for name in ("notice-checks-1.json", "watch-1.json"):
        text = (KEPT / name).read_text(encoding="utf-8")
        (tmp_path / name).write_text(text.replace('"schema": 1', '"schema": 2'), encoding="utf-8")
    checks, (finding,) = load_checks(tmp_path / "notice-checks-1.json")
    assert checks == {}
    assert "'schema': 1 was expected" in finding.message
    search, (finding,) = load_search(None, tmp_path / "watch-1.json")
    assert search.state.seen == {}
    assert "'schema': 1 was expected" in finding.message


def test_an_inbox_of_a_later_version_is_refused(tmp_path: Path):
    """A database with another number is left as it is, and the message says that it is of another version."""
    import sqlite3

    path = tmp_path / "inbox.sqlite"
    shutil.copy(KEPT / "inbox-1.sqlite", path)
    connection = sqlite3.connect(path)
    connection.execute("pragma user_version = 2")
    connection.close()
    with pytest.raises(StoreError, match="of another version"):
        Store(path).messages()


def test_names_that_are_gone_are_named(tmp_path: Path):
    """A setting, a key of a page or of the policy that this version does not know is named with its line, and nothing else is lost."""
    (tmp_path / "atlas.toml").write_text('name = "Mine"\nbase-uri = "https://a.example.org"\n', encoding="utf-8")
    project, (finding,) = find_project(tmp_path)
    assert project.settings.name == "Mine"
    assert (finding.line, finding.message) == (2, "There is no setting 'base-uri' (did you mean 'base-url'?).")

    bib = tmp_path / "references.bib"
    bib.write_text(ENTRY, encoding="utf-8")
    source = (KEPT / "page-first.md").read_text(encoding="utf-8").replace("  level: E2\n", "  level: E2\n  subject: [pain]\n")
    checked = check_page("alpha-2020-rest.md", source, built_in(), load_bibliography([bib])[0])
    (unknown,) = checked.findings
    assert (unknown.label, source.splitlines()[unknown.line - 1]) == ("atlas.unknown-key", "  subject: [pain]")

    path = tmp_path / "policy.toml"
    path.write_text(BUILT_IN.read_text(encoding="utf-8").replace("contested = true", "contest = true", 1), encoding="utf-8")
    _policy, (finding,) = load_policy(path)
    assert path.read_text(encoding="utf-8").splitlines()[finding.line - 1] == "contest = true"
    assert finding.message.endswith("contest' is not part of a policy.")
