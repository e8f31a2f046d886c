"""Notices that journals issue, and the settings of an atlas: what is read, and what is told of a file that is wrong."""

from __future__ import annotations

import datetime as dt

import pytest

from evidence_atlas.core.notices import KINDS, Notice, load_notices
from evidence_atlas.core.settings import DEFAULTS, Settings, find_project, find_sources

from .helpers import ROOT, as_lines

ALL_KINDS = "retraction, withdrawal, removal, expression-of-concern, correction, erratum"


def read(folder, text):
    """Write a notices file and read it: notices, findings."""
    file = folder / "notices.toml"
    file.write_text(text, encoding="utf-8")
    notices, findings = load_notices(file)
    assert {finding.file for finding in findings} <= {str(file)}
    return notices, as_lines(findings)


def rows(folder, *notices):
    """Read notices, one a line from line 3 on, about the paper 10.1000/a."""
    return read(folder, '["10.1000/a"]\nnotices = [\n' + "".join(f"  {{ {notice} }},\n" for notice in notices) + "]\n")


def test_notices_stand_gravest_first(tmp_path):
    """Notices of every kind are read and stand in the order retraction, withdrawal, removal, concern, correction, erratum."""
    kinds = [*list(KINDS)[3:], *list(KINDS)[2::-1]]
    notices, findings = rows(tmp_path, *(f'kind = "{kind}"' for kind in kinds))
    assert findings == []
    assert [(notice.kind, notice.label, notice.withdraws) for notice in notices["10.1000/a"]] == [
        ("retraction", "Retracted", True), ("withdrawal", "Withdrawn", True), ("removal", "Removed", True),
        ("expression-of-concern", "Expression of concern", False), ("correction", "Corrected", False), ("erratum", "Erratum published", False),
    ]  # fmt: skip


def test_a_notice_with_every_key(tmp_path):
    """A notice keeps what the file states, with DOIs in lower case, and gives it back as plain data without empty keys."""
    text = '["10.1000/ABC"]\nnotices = [{kind = "retraction", doi = "10.1000/N", date = 2011-12-23, issuer = "I", reason = "R", source = "S"}]\n'
    notices, findings = read(tmp_path, text)
    assert (findings, list(notices)) == ([], ["10.1000/abc"])
    [notice] = notices["10.1000/abc"]
    assert notice == Notice("retraction", "10.1000/n", dt.date(2011, 12, 23), "I", "R", "S")
    assert notice.as_data() == {
        "kind": "retraction",
        "doi": "10.1000/n",
        "date": "2011-12-23",
        "issuer": "I",
        "reason": "R",
        "source": "S",
    }
    assert Notice("erratum").as_data() == {"kind": "erratum"}


def test_one_paper_whose_doi_is_written_twice(tmp_path):
    """Two tables whose DOIs differ in case alone are about one paper, and neither's notices are lost."""
    notices, _findings = read(
        tmp_path, '["10.1000/a"]\nnotices = [{kind = "retraction"}]\n["10.1000/A"]\nnotices = [{kind = "erratum"}]\n'
    )
    assert [notice.kind for notice in notices["10.1000/a"]] == ["retraction", "erratum"]


@pytest.mark.parametrize(
    ("written", "kept"),
    [("2011-12-23", "2011-12-23"), ('"2011-12-23"', "2011-12-23"), ('"2011-12"', "2011-12"), ('"2011"', "2011")],
)
def test_a_date_as_far_as_it_is_known(written, kept, tmp_path):
    """The date of a notice is a day, a month or a year, and is given back as it is known."""
    notices, findings = rows(tmp_path, f'kind = "erratum", date = {written}')
    assert (findings, [notice.as_data()["date"] for notice in notices["10.1000/a"]]) == ([], [kept])


@pytest.mark.parametrize(
    "written", ['"Dec 2011"', '"2011-13"', '"2011-02-30"', '"11-12-23"', '"86400"', "0", "86400", "2011", "true", '""']
)
def test_a_date_that_is_none(written, tmp_path):
    """What is no date of the calendar is a finding at the line of the notice, which is left out."""
    notices, findings = rows(tmp_path, 'kind = "correction"', f'kind = "erratum", date = {written}')
    assert [notice.kind for notice in notices["10.1000/a"]] == ["correction"]
    assert [found.split(":")[0] for found in findings] == ["4 notice The notice's 'date' cannot be used"]


@pytest.mark.parametrize(
    ("notice", "message"),
    [
        (
            'kind = "retracton"',
            f"The notice has the unknown kind 'retracton'; expected one of {ALL_KINDS} (did you mean 'retraction'?).",
        ),
        ('kind = "praise"', f"The notice has the unknown kind 'praise'; expected one of {ALL_KINDS}."),
        ('kind = "erratum", isuer = "x"', "A notice has no key 'isuer' (did you mean 'issuer'?)."),
        ('kind = "erratum", colour = "red"', "A notice has no key 'colour'."),
        (
            'kind = "erratum", doi = "elsewhere"',
            r"The notice's 'doi' cannot be used: String should match pattern '^10\.\d{4,9}/\S+$'.",
        ),
        ('kind = "erratum", reason = 5', "The notice's 'reason' cannot be used: Input should be a valid string."),
    ],
)
def test_a_notice_that_cannot_be_used(notice, message, tmp_path):
    """A notice with a wrong key or value is one finding at its line, with the nearest right one, and the others stay."""
    notices, findings = rows(tmp_path, 'kind = "correction"', notice, 'kind = "removal"')
    assert [notice.kind for notice in notices["10.1000/a"]] == ["removal", "correction"]
    assert findings == [f"4 notice {message}"]


@pytest.mark.parametrize(
    ("table", "name"),
    [('["10.1000/a"]\nnotices = 5', "10.1000/a"), ('["10.1000/a"]\nnotice = []', "10.1000/a"), ('["10.1000/a"]\nnotices = []\nnote = 1', "10.1000/a"),
     ('["doi:10.1000/a"]\nnotices = []', "doi:10.1000/a"), ('["10.1000/a"]', "10.1000/a")],
)  # fmt: skip
def test_a_table_of_another_shape(table, name, tmp_path):
    """A table that is no DOI with an array of notices is one finding at its line, and the other tables stay."""
    notices, findings = read(tmp_path, f'["10.1000/good"]\nnotices = [{{ kind = "erratum" }}]\n\n{table}\n')
    assert list(notices) == ["10.1000/good"]
    assert findings == [f"4 notice '{name}': a DOI with an array 'notices' was expected."]


def test_a_notices_file_that_cannot_be_read(tmp_path):
    """A file that is not TOML is a finding at the line of the mistake, one that is missing a finding, and none at all is none."""
    notices, [found] = read(tmp_path, '["10.1000/a"]\nnotices = [\n  { kind = "erratum" }\n  { kind = "removal" }\n]\n')
    assert (notices, found.startswith("4 notice The file is not TOML: ")) == ({}, True)
    assert as_lines(load_notices(tmp_path / "none.toml")[1])[0].startswith("1 notice The notices cannot be read: [Errno 2]")
    assert load_notices(None) == ({}, [])


def test_the_notices_of_this_atlas():
    """The notices file of the repository has no finding."""
    notices, findings = load_notices(ROOT / "notices.toml")
    assert (findings, all(notices.values())) == ([], True)


# ---- settings


FILES = {"atlas.toml": "", "pyproject.toml": '[project]\nname = "x"\n[tool.evidence-atlas]\n'}


def test_defaults(sources):
    """Without a settings file every setting has its default, and the root is that of the repository."""
    project, findings = find_project(sources)
    assert (project.settings, findings, project.root) == (DEFAULTS, [], sources.parent)
    assert (project.bibliography, project.policy, project.notices) == ((), None, None)
    assert Settings(
        name="Evidence Atlas", operator="the Evidence Atlas contributors", contact="editors@example.org", repository="", how_it_works="",
        base_url="https://atlas.example.org", evidence="evidence", bibliography=["references.bib"], policy="policy.toml",
        notices="notices.toml", works_cited=["evidence/*"], guard=["evidence/*"],
    ) == DEFAULTS  # fmt: skip


@pytest.mark.parametrize(("name", "head"), FILES.items(), ids=FILES)
def test_settings_of_a_file(name, head, sources):
    """Settings are read from an atlas.toml and from [tool.evidence-atlas] of a pyproject.toml alike."""
    (sources.parent / name).write_text(
        f'{head}name = "Mine"\nbase-url = "https://mine.example/"\nguard = ["**"]\n', encoding="utf-8"
    )
    project, findings = find_project(sources)
    assert (project.settings.name, project.settings.base_url, project.settings.guard) == ("Mine", "https://mine.example", ["**"])
    assert (project.settings.operator, findings, project.root) == (DEFAULTS.operator, [], sources.parent)
    assert project.is_guarded("index")
    assert not find_project(sources, {"guard": ["evidence/*"]})[0].is_guarded("index")


def test_the_nearest_file_counts(sources):
    """A settings file beside the sources counts before one above them, and atlas.toml before pyproject.toml."""
    for place, name in ((sources.parent, "pyproject.toml"), (sources.parent, "atlas.toml"), (sources, "atlas.toml")):
        (place / name).write_text(f'{FILES[name]}name = "{place.name} {name}"\n', encoding="utf-8")
        assert find_project(sources)[0].settings.name == f"{place.name} {name}"


def test_a_pyproject_without_settings_is_passed_over(sources):
    """A pyproject.toml without [tool.evidence-atlas] is no settings file."""
    (sources.parent / "pyproject.toml").write_text('[project]\nname = "x"\n', encoding="utf-8")
    assert find_project(sources)[0].settings == DEFAULTS


def test_overrides_win(sources):
    """A setting of conf.py wins over the file's, and leaves the others as the file has them."""
    (sources.parent / "atlas.toml").write_text('name = "File"\noperator = "File"\nhow-it-works = "file"\n', encoding="utf-8")
    settings = find_project(sources, {"name": "Conf", "how_it_works": "conf"})[0].settings
    assert (settings.name, settings.operator, settings.how_it_works) == ("Conf", "File", "conf")


WRONG = [
    ('nam = "x"', "There is no setting 'nam' (did you mean 'name'?)."),
    ("colour = 1", "There is no setting 'colour'."),
    ('how_it_works = "x"', "There is no setting 'how_it_works' (did you mean 'how-it-works'?)."),
    ("name = 5", "The setting 'name' cannot be 5: Input should be a valid string; the default is used."),
    ('name = ""', "The setting 'name' cannot be '': String should have at least 1 character; the default is used."),
    ('guard = "**"', "The setting 'guard' cannot be '**': Input should be a valid list; the default is used."),
    ("guard = [1]", "The setting 'guard' cannot be [1]: Input should be a valid string; the default is used."),
    ('base-url = "mine.example"',
     "The setting 'base-url' cannot be 'mine.example': Value error, a web address that begins with https:// was expected; the default is used."),
    ('repository = "git@mine.example:x"',
     "The setting 'repository' cannot be 'git@mine.example:x': Value error, a web address that begins with https:// was expected; the default is used."),
    ('contact = "nobody"', r"The setting 'contact' cannot be 'nobody': String should match pattern '^([^@\s?&]+@[^@\s?&]+)?$'; the default is used."),
    ('evidence = "../x"', r"The setting 'evidence' cannot be '../x': String should match pattern '^[\w-]+$'; the default is used."),
]  # fmt: skip


@pytest.mark.parametrize(("row", "message"), WRONG, ids=[row[0] for row in WRONG])
@pytest.mark.parametrize("name", FILES)
def test_a_setting_that_cannot_be_used(name, row, message, sources):
    """A wrong setting is one finding at its line, its default is used, and the settings beside it stay."""
    file = sources.parent / name
    file.write_text(f'{FILES[name]}operator = "Mine"\n\n{row}\nnotices = "n.toml"\n', encoding="utf-8")
    project, findings = find_project(sources)
    assert [finding.file for finding in findings] == [str(file)]
    assert as_lines(findings) == [f"{FILES[name].count(chr(10)) + 3} setting {message}"]
    assert project.settings == Settings(operator="Mine", notices="n.toml")


@pytest.mark.parametrize(("text", "start"), [
    ('name = "x"\nname = "y"\n', "2 setting The file is not TOML: "), ('name = "\xff"\n', "1 setting The settings cannot be read: ")])  # fmt: skip
def test_a_settings_file_that_cannot_be_read(text, start, sources):
    """An atlas.toml that is not TOML, or not UTF-8, is one finding, and the defaults are used."""
    (sources.parent / "atlas.toml").write_bytes(text.encode("latin-1"))
    project, [found] = find_project(sources)
    assert (project.settings, as_lines([found])[0].startswith(start)) == (DEFAULTS, True)


@pytest.mark.parametrize("text", ["[tool]\nevidence-atlas = 3\n", "tool = 3\n"])
def test_a_pyproject_of_another_shape(text, sources):
    """A pyproject.toml whose settings are no table ends in the defaults, not in an error of Python."""
    (sources.parent / "pyproject.toml").write_text(text, encoding="utf-8")
    assert find_project(sources)[0].settings == DEFAULTS


def test_files_are_looked_for_beside_and_above_the_sources(sources, tmp_path):
    """policy.toml, notices.toml and the bibliography are taken beside the sources, else above, and never above the repository."""
    names = ("policy.toml", "notices.toml", "references.bib")
    for place, found in ((tmp_path, None), (sources.parent, sources.parent), (sources, sources)):
        for name in names:
            (place / name).write_text("", encoding="utf-8")
        project = find_project(sources)[0]
        assert [project.policy, project.notices, *project.bibliography] == (
            [found / name for name in names] if found else [None, None]
        )


def test_files_of_an_atlas_without_a_repository(sources, tmp_path):
    """Without a repository and a settings file, files are looked for beside the sources and in the folder above, no higher."""
    (sources.parent / ".git").rmdir()
    (tmp_path / "policy.toml").write_text("", encoding="utf-8")
    (sources.parent / "notices.toml").write_text("", encoding="utf-8")
    project = find_project(sources)[0]
    assert (project.policy, project.notices, project.root) == (None, sources.parent / "notices.toml", sources.parent)


def test_a_bibliography_that_is_not_there(sources):
    """A bibliography that the settings name and that is not there is one finding at the settings file."""
    (sources.parent / "atlas.toml").write_text('bibliography = ["references.bib", "more.bib"]\n', encoding="utf-8")
    (sources.parent / "references.bib").write_text("", encoding="utf-8")
    project, findings = find_project(sources)
    assert as_lines(findings) == ["1 setting The bibliography more.bib is not there."]
    assert project.bibliography == (sources.parent / "references.bib",)


def test_the_sources_are_found_from_anywhere_in_the_repository(sources, tmp_path):
    """The folder of conf.py is found from itself, from below, from a page, and from the folder above; elsewhere there is none."""
    page = sources / "evidence" / "page.md"
    page.write_text("", encoding="utf-8")
    assert {find_sources(start) for start in (sources, sources / "evidence", page, sources.parent)} == {sources}
    with pytest.raises(ValueError, match=r"^no atlas at or above .*: no conf\.py was found there, nor in a folder docs$"):
        find_sources(tmp_path)
    (tmp_path / "conf.py").write_text("", encoding="utf-8")
    (sources / "conf.py").unlink()
    with pytest.raises(ValueError, match=r"^no atlas at or above "):
        find_sources(sources)  # not above the repository


def test_which_documents_are_evidence(sources):
    """Documents right below the folder of evidence are pages of papers, but not its index nor what lies deeper."""
    project = find_project(sources)[0]
    names = ("evidence/a", "evidence/index", "evidence/b/c", "a", "other/a", "x/evidence/a")
    assert [project.is_evidence_page(name) for name in names] == [True, False, False, False, False, False]
    assert (project.evidence, project.is_guarded("evidence/a"), project.is_guarded("index")) == (
        sources / "evidence",
        True,
        False,
    )
