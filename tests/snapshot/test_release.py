"""A release is whole, the same wherever it is made, and made of one commit with one version; or it is not made."""

from __future__ import annotations

import errno
import gzip
import hashlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import cbor2
import pikepdf
import pytest
import yaml
from rocrate.rocrate import ROCrate

from conftest import Build, page
from evidence_atlas.cli import main
from evidence_atlas.core.identity import version_of
from evidence_atlas.snapshot import release as making
from evidence_atlas.snapshot import source
from evidence_atlas.snapshot.build import Workshop
from pdf_project import ALPHA, DELTA, GAMMA

from .released import DATE, EMPTY, EPOCH, PROJECT, VERSION, git, repository, snapshot, write

pytestmark = pytest.mark.xdist_group("release")  # one process builds it once
ADDRESS = f"https://atlas.example.org/v/{VERSION}/evidence/{ALPHA}/"


def files(folder: Path) -> dict[str, bytes]:
    """Return all files of a folder by path."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# ---------------------------------------------------------------------------------------------------------
# What is in a release
# ---------------------------------------------------------------------------------------------------------


def test_what_a_release_holds(release: Path):
    """It has the site, PDFs of pages and the volume, the data, the metadata; nothing of Sphinx's own, nothing else."""
    names = files(release).keys()
    top = {name for name in names if "/" not in name}
    assert top == {"references.bib", "CITATION.cff", ".zenodo.json", "ro-crate-metadata.json", "manifest.json", "SHA256SUMS"}
    assert {name for name in names if name.startswith("pdf/")} == {
        *(f"pdf/{slug}.pdf" for slug in (ALPHA, GAMMA, DELTA)),
        f"pdf/my-atlas-{VERSION}.pdf",
    }
    assert {name for name in names if name.startswith("data/")} == {
        "data/policy.toml",
        "data/notices.toml",
        "data/records.jsonl",
    }
    assert {f"site/evidence/{ALPHA}/{name}" for name in ("index.html", "record.json", "paper.bib", f"{ALPHA}.pdf")} <= names
    assert not [name for name in names if ".buildinfo" in name or ".doctree" in name or name.endswith(".pickle")]
    assert not [path for path in release.rglob("*") if path.is_dir() and not any(path.iterdir())]
    assert (release / "references.bib").read_text(encoding="utf-8") == PROJECT["references.bib"]
    assert [json.loads(line)["title"] for line in (release / "data/records.jsonl").read_text(encoding="utf-8").splitlines()] == [
        "Rest made no difference",
        "What is known of rest",
        "A cohort was made up",
    ]


def test_the_same_commit_gives_the_same_bytes(both: tuple[Path, Path]):
    """Place, day, zone, hash seed, ``umask``, ``-j`` and a detached head change no byte, and no byte names the place."""
    one, two = (files(folder) for folder in both)
    assert one.keys() == two.keys()
    assert [name for name in one if one[name] != two[name]] == []
    assert [name for name, content in one.items() if str(both[0].parents[1]).encode() in content] == []


def test_what_is_told_and_gathered(release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """Each step is told; data are copied as they are, and several bibliographies become one."""
    files = PROJECT | {
        "atlas.toml": f"{PROJECT['atlas.toml']}bibliography = ['references.bib', 'more.bib']\n",
        "more.bib": "@misc{more2020, title = {More}}\n",
        "notice-checks.json": '{"schema": 1, "checks": {}}\n',
        "policy.toml": PROJECT["policy.toml"].replace('version = "0.1"', 'version = "7.1"'),
    }
    folder = repository(tmp_path / "atlas", files)
    workshops = []

    def built(workshop: Workshop, target: Path, *_site: Path) -> None:
        workshops.append(workshop)
        shutil.copytree(release / target.name, target)

    monkeypatch.setattr(making, "build_site", built)
    monkeypatch.setattr(making, "build_pdfs", built)
    said: list[str] = []
    made = making.make_release(folder / "docs", making.Wanted(development=True, jobs="3"), said.append)
    assert said == ["checking the atlas", "building the site", "making the PDFs", "adding data, metadata and hashes"]
    assert made == folder / "dist" / f"0+{git(folder, 'rev-parse', 'HEAD')[:12]}"
    assert [(one.seconds, one.jobs, one.sources.relative_to(one.tree)) for one in workshops] == [
        (int(EPOCH), "3", Path("docs"))
    ] * 2
    assert (made / "references.bib").read_text(encoding="utf-8") == f"{files['references.bib']}\n{files['more.bib']}"
    for name in ("policy.toml", "notices.toml", "notice-checks.json"):
        assert (made / "data" / name).read_text(encoding="utf-8") == files[name], name
    stated = json.loads((made / "manifest.json").read_text(encoding="utf-8"))
    assert (stated["version"], stated["development"], stated["policy"]) == (made.name, True, "7.1")
    assert [path.name for path in (folder / "dist").iterdir()] == [made.name]


def test_every_file_is_in_the_list_of_hashes(release: Path):
    """``SHA256SUMS`` has each other file, sorted, and ``sha256sum -c`` is content with it."""
    lines = (release / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    listed = {line[66:]: line[:64] for line in lines}
    assert list(listed) == sorted(listed)
    assert listed == {
        name: hashlib.sha256(content).hexdigest() for name, content in files(release).items() if name != "SHA256SUMS"
    }
    if shutil.which("sha256sum"):
        command = ["sha256sum", "--check", "--strict", "--quiet", "SHA256SUMS"]
        assert subprocess.run(command, cwd=release, check=False).returncode == 0


def test_the_manifest_states_the_release(release: Path):
    """The manifest has version, day, commit, generator, policy, the tools that made it, and the digest of each page."""
    stated = json.loads((release / "manifest.json").read_text(encoding="utf-8"))
    assert (stated["version"], stated["date"], stated["development"]) == (VERSION, DATE, False)
    assert stated["commit"] == git(release, "rev-parse", "HEAD")
    assert (stated["name"], stated["base_url"], stated["policy"]) == ("My Atlas", "https://atlas.example.org", "0.1")
    assert stated["tools"]["python"] == f"{sys.version_info[0]}.{sys.version_info[1]}"
    assert {"sphinx", "typst", "evidence-atlas"} <= stated["tools"].keys()
    records = {
        path.parent.name: json.loads(path.read_text(encoding="utf-8")) for path in release.glob("site/evidence/*/record.json")
    }
    assert stated["pages"] == {slug: record["digest"] for slug, record in records.items()}
    assert stated["files"].keys() == files(release).keys() - {"manifest.json", "SHA256SUMS"}


def test_version_day_address_and_digest_are_everywhere(release: Path):
    """Page, its head, ``record.json`` and PDF name the same version, day, citable address and digest."""
    folder = release / "site/evidence" / ALPHA
    record = json.loads((folder / "record.json").read_text(encoding="utf-8"))
    assert (record["versions"]["atlas"], record["versions"]["date"], record["addresses"]["citable"]) == (VERSION, DATE, ADDRESS)
    html = (folder / "index.html").read_text(encoding="utf-8")
    reference = html[html.index('class="atlas-snapshot"') :].partition("</p>")[0]
    assert all(part in reference for part in (f"Version {VERSION}, {DATE}.", record["digest"], ADDRESS))
    history = html[html.index('class="atlas-history') :]
    assert all(part in history for part in (f"This is version {VERSION} of {DATE}", record["digest"], ADDRESS))
    for name, value in {"version": VERSION, "address": ADDRESS, "digest": record["digest"]}.items():
        assert f'<meta name="atlas-{name}" content="{value}">' in html
    with pikepdf.open(release / f"pdf/{ALPHA}.pdf") as pdf:
        assert pdf.attachments["record.json"].get_file().read_bytes() == (folder / "record.json").read_bytes()
    with pikepdf.open(release / f"pdf/my-atlas-{VERSION}.pdf") as pdf:
        said = json.loads(pdf.attachments["volume.json"].get_file().read_bytes())
    assert (said["version"], said["address"]) == (VERSION, f"https://atlas.example.org/v/{VERSION}/")
    assert said["digests"][f"evidence/{ALPHA}"] == record["digest"]


def test_the_citation_file(release: Path):
    """``CITATION.cff`` names the atlas, who answers for it, version, day, commit, licence and address."""
    said = yaml.safe_load((release / "CITATION.cff").read_text(encoding="utf-8"))
    assert said["title"] == "My Atlas"
    assert said["authors"] == [{"name": "The editors"}]
    assert (said["version"], said["date-released"]) == (VERSION, DATE)
    assert (said["cff-version"], said["type"], said["license"]) == ("1.2.0", "dataset", "CC-BY-4.0")
    assert (said["url"], said["commit"]) == (f"https://atlas.example.org/v/{VERSION}/", git(release, "rev-parse", "HEAD"))
    assert said["repository-code"] == "https://git.example.org/my/atlas"


@pytest.mark.deep
def test_cffconvert_takes_the_citation_file(release: Path, tmp_path: Path):
    """The tool of the Citation File Format finds the file valid; it needs old packages, so it has a place of its own."""
    subprocess.run([sys.executable, "-m", "venv", str(tmp_path / "venv")], check=True)
    subprocess.run([str(tmp_path / "venv/bin/pip"), "install", "--quiet", "cffconvert==2.0.0", "setuptools<81"], check=True)
    command = [str(tmp_path / "venv/bin/cffconvert"), "--validate", "-i", str(release / "CITATION.cff")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "valid according to schema version 1.2.0" in done.stdout) == (0, True), done.stderr


def test_the_metadata_of_archives(release: Path):
    """Zenodo's file has what a deposit needs; the RO-Crate is read by its library and names each record with its paper."""
    deposit = json.loads((release / ".zenodo.json").read_text(encoding="utf-8"))
    assert deposit["upload_type"] == "dataset"
    assert (deposit["version"], deposit["publication_date"], deposit["license"]) == (VERSION, DATE, "cc-by-4.0")
    assert deposit["creators"] == [{"name": "The editors"}]
    crate = ROCrate(release)
    assert (crate.root_dataset["version"], crate.root_dataset["datePublished"]) == (VERSION, DATE)
    record = crate.get(f"site/evidence/{ALPHA}/record.json")
    assert record["about"].id == "https://doi.org/10.5555/alpha.1"
    listed = {part.id for part in crate.root_dataset["hasPart"]}
    assert {"site/", "pdf/", "references.bib", "data/policy.toml", "data/notices.toml", "data/records.jsonl"} <= listed
    assert all((release / part).exists() for part in listed)


def test_the_filters_of_the_search_are_whole(release: Path):
    """The metadata that the entry leads to names the pages, and the filters of a release say which of them has which value."""
    folder = release / "site/pagefind"
    name = json.loads((folder / "pagefind-entry.json").read_text(encoding="utf-8"))["languages"]["en"]["hash"]
    (metadata,) = folder.glob("*.pf_meta")
    assert metadata.name == f"pagefind.{name}.pf_meta"
    pages = cbor2.loads(gzip.decompress(metadata.read_bytes())[12:])[1]
    years = json.loads((folder / f"facets/year-{name}.json").read_text(encoding="utf-8"))
    found = [years["values"][place] for which in years["pages"] for place in years["sets"][which]]
    assert sorted(found) == ["2019", "2020", "2021"]
    assert len(years["pages"]) == len(pages)


# ---------------------------------------------------------------------------------------------------------
# What is refused
# ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("prepare", "options", "said"),
    [
        (lambda folder: shutil.rmtree(folder / ".git"), [], "not a git repository"),
        (lambda folder: (shutil.rmtree(folder / ".git"), git(folder, "init", "-q")), [], "has no commit yet"),
        (lambda folder: write(folder, {"docs/index.md": "# Other\n"}), [], "differ from the commit (docs/index.md)"),
        (lambda folder: write(folder, {"docs/new.md": "# New\n"}), ["--development"], "differ from the commit (docs/new.md)"),
        (
            lambda folder: write(folder, {f"docs/{n}.md": "# New\n" for n in range(7)}),
            [],
            "(docs/0.md, docs/1.md, docs/2.md, docs/3.md, docs/4.md and 2 more)",
        ),
        (lambda folder: git(folder, "tag", "-d", "atlas-2026.11"), [], "no tag of the content names the commit"),
        (
            lambda folder: git(folder, "commit", "-q", "--allow-empty", "-m", "two"),
            [],
            "no tag of the content names the commit COMMIT; the tag atlas-2026.11 names another commit, COMMIT. Set one ('git tag ",
        ),
        (lambda folder: git(folder, "commit", "-q", "--allow-empty", "-m", "two"), ["--tag", "2026.11"], ": the tag atlas-2026.11 names another commit, COMMIT, and COMMIT is checked out"),
        (lambda _folder: None, ["--tag", "atlas-2026.12"], ": there is no tag atlas-2026.12, and COMMIT is checked out"),
        (lambda _folder: None, ["--tag", "v1.0"], "'atlas-v1.0' names no version"),
        (
            lambda folder: (git(folder, "tag", "-d", "atlas-2026.11"), git(folder, "tag", "atlas-2026.13")),
            [],
            "'atlas-2026.13' names no version",
        ),
        (lambda folder: (folder / "dist/2026.11").mkdir(parents=True), [], "is there already"),
    ],
    ids=["no git", "no commit", "changed", "untracked", "many changed", "no tag", "moved on", "another commit", "missing tag", "no content tag",
         "no version", "exists"],
)  # fmt: skip
def test_what_stands_against_a_release(prepare, options, said, tmp_path, capsys):
    """What cannot be released is named in one sentence, and nothing is written."""
    folder = repository(tmp_path / "atlas", EMPTY)
    prepare(folder)
    before = sorted(path.name for path in folder.glob("dist/*"))
    assert snapshot(folder, *options) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert said in re.sub(r"\b[0-9a-f]{12}\b", "COMMIT", " ".join(line.split()))
    assert sorted(path.name for path in folder.glob("dist/*")) == before


def test_without_git_no_release(tmp_path, capsys):
    """Where git is not installed, that is said."""
    folder = repository(tmp_path / "atlas", EMPTY)
    assert snapshot(folder, PATH="") == 2
    assert capsys.readouterr().err == "atlas: git is not installed, and a release is made of a commit\n"


def test_findings_stand_against_a_release(tmp_path, capsys):
    """An atlas with findings is not released; they are printed."""
    folder = repository(tmp_path / "atlas", PROJECT | {f"docs/evidence/{ALPHA}.md": page(level="E9")})
    assert snapshot(folder) == 1
    said = capsys.readouterr()
    assert f"docs/evidence/{ALPHA}.md:8: 'level' cannot be 'E9'" in said.out
    assert "no release is made of an atlas with findings or warnings" in said.err
    assert not (folder / "dist").exists()


def test_a_build_that_says_what_is_no_text(tmp_path, capsys):
    """What a program of the atlas writes in another encoding hides no message."""
    conf = "import os\nos.write(2, b'\\xff\\n')\nraise ValueError('the reason')\n"
    folder = repository(tmp_path / "atlas", EMPTY | {"docs/conf.py": conf})
    assert snapshot(folder) == 1
    said = capsys.readouterr().out
    assert said.startswith("\ufffd\n")
    assert "the reason" in said


def test_warnings_stand_against_a_release(tmp_path, capsys):
    """A build with warnings is not released; they are printed, and nothing of it stays."""
    folder = repository(tmp_path / "atlas", EMPTY | {"docs/index.md": "# Home\n\n{doc}`gone`\n"})
    assert snapshot(folder, "--jobs", "1") == 1
    assert capsys.readouterr().out.startswith("docs/index.md:3: WARNING: unknown document: 'gone'")
    assert list((folder / "dist").iterdir()) == []


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch, capsys):
    """Where the disk is full, that is said, and nothing half written stays."""

    def full(_workshop: object, target: Path) -> None:
        target.mkdir(parents=True)
        (target / "index.html").write_text("half")
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(target))

    folder = repository(tmp_path / "atlas", EMPTY)
    monkeypatch.setattr(making, "build_site", full)
    assert snapshot(folder) == 2
    assert "No space left on device" in capsys.readouterr().err
    assert list((folder / "dist").iterdir()) == []


def test_a_full_disk_in_the_build_is_named(tmp_path, capsys):
    """Where Sphinx meets a full disk, its report becomes one line."""
    full = f"raise OSError({errno.ENOSPC}, {os.strerror(errno.ENOSPC)!r})\n"
    folder = repository(tmp_path / "atlas", EMPTY | {"docs/conf.py": full})
    assert snapshot(folder) == 2
    assert capsys.readouterr().err.splitlines()[2].startswith("atlas: [Errno 28] No space left on device: ")
    assert list((folder / "dist").iterdir()) == []


def test_a_killed_release_is_no_release(tmp_path):
    """Killed while it is made, it leaves no folder of the version; and what it leaves does not hinder the next."""
    folder = repository(tmp_path / "atlas", EMPTY)
    command = [sys.executable, "-m", "evidence_atlas.cli", "snapshot"]
    process = subprocess.Popen(command, cwd=folder, env=os.environ | {"GIT_CONFIG_GLOBAL": os.devnull}, start_new_session=True)
    try:
        until = time.monotonic() + 60
        while not list(folder.glob("dist/.2026.11-*/tree/docs")) and time.monotonic() < until and process.poll() is None:
            time.sleep(0.01)
        assert process.poll() is None
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
    assert [path.name[:9] for path in (folder / "dist").iterdir()] == [".2026.11-"]
    assert source.find_source(folder, folder / "dist").version == VERSION


# ---------------------------------------------------------------------------------------------------------
# Version and commit
# ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("tags", "version", "wrong"),
    [
        (["atlas-2026.11"], "2026.11", ()),
        (["atlas-2026.11.2", "atlas-2026.11.10", "atlas-2026.11"], "2026.11.10", ()),
        (["atlas-2026.11", "atlas-next"], "2026.11", ("atlas-next",)),
        (["atlas-2026.1", "atlas-2026.00", "atlas-2026.11.0", "atlas-", "atlas-2026.11 "], "", None),
        ([], "", ()),
    ],
)
def test_which_tags_are_versions(tags, version, wrong):
    """Year, month and number make a version, the newest counts, and others are told."""
    assert version_of(tags) == (version, tuple(sorted(tags)) if wrong is None else wrong)


def test_a_tag_that_is_no_version_is_told_in_a_build(build: Build, tmp_path, monkeypatch):
    """A build at such a tag says so once and takes the commit as the version."""
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    repository(tmp_path / "a", {"atlas.toml": ""}, tag="atlas-latest")
    built = build({"docs/evidence/alpha-2020-rest.md": page()})
    assert [line for line in built.warnings if "atlas.version" in line] == built.warnings
    assert "'atlas-latest' names no version" in built.warnings[0]
    assert f"0+{git(tmp_path / 'a', 'rev-parse', '--short=12', 'HEAD')}" in built.html("evidence/alpha-2020-rest")


def test_only_the_commit_is_released(tmp_path):
    """The copy that is built has the commit's files alone, its one tag of the content, and its history."""
    folder = repository(tmp_path / "atlas", EMPTY | {".gitignore": "*.log\n"})
    git(folder, "tag", "atlas-2026.10.1")
    write(folder, {"docs/secret.log": "not for others"})
    found = source.find_source(folder, folder / "dist", tag="atlas-2026.10.1")
    assert (found.version, found.seconds) == ("2026.10.1", int(EPOCH))
    source.copy(found, tmp_path / "copy")
    assert sorted(path.name for path in (tmp_path / "copy/docs").iterdir()) == ["conf.py", "index.md"]
    assert git(tmp_path / "copy", "tag").split() == ["atlas-2026.10.1"]
    assert git(tmp_path / "copy", "log", "--format=%H") == found.commit


def test_the_settings_of_git_change_no_byte(tmp_path, monkeypatch):
    """Line ends and hooks of the machine on which a release is made have no part in it."""
    folder = repository(tmp_path / "atlas", EMPTY)
    hook = tmp_path / "hooks" / "post-checkout"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\ntouch hooked\n")
    hook.chmod(0o755)
    (tmp_path / "config").write_text(f"[core]\nautocrlf = true\nhooksPath = {hook.parent}\n")
    found = source.find_source(folder, folder / "dist")
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(tmp_path / "config"))
    source.copy(found, tmp_path / "copy")
    assert {path.name for path in (tmp_path / "copy").iterdir()} == {".git", "atlas.toml", "docs"}
    assert (tmp_path / "copy/docs/index.md").read_bytes() == b"# Home\n"


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere names are text")
def test_a_folder_whose_name_is_no_text(tmp_path):
    """A folder may have a name of any bytes."""
    folder = repository(tmp_path / os.fsdecode(b"atl\xe4s"), EMPTY)
    assert source.find_source(folder, folder / "dist").repository == folder.resolve()


def test_a_development_release(tmp_path):
    """With ``--development`` the commit is the version, whatever tags it has."""
    folder = repository(tmp_path / "atlas", EMPTY)
    found = source.find_source(folder, folder / "dist", development=True)
    assert found.version == f"0+{found.commit[:12]}"
    source.copy(found, tmp_path / "copy")
    assert git(tmp_path / "copy", "tag") == ""


def test_missing_libraries_are_named(tmp_path, monkeypatch, capsys):
    """Without the extra, a release says what to install."""
    monkeypatch.setattr(making, "find_spec", lambda _name: None)
    folder = repository(tmp_path / "atlas", EMPTY)
    assert snapshot(folder) == 2
    assert "pip install 'evidence-atlas[release]'" in capsys.readouterr().err


def test_tag_and_development_exclude_each_other(capsys):
    """A release is either of a tag or a development version."""
    with pytest.raises(SystemExit) as stopped:
        main(["snapshot", "--tag", "atlas-2026.11", "--development"])
    assert stopped.value.code == 2


@pytest.mark.deep
def test_a_larger_atlas_is_the_same_too(tmp_path):
    """With hundreds of pages, whose search index has many pieces, two releases of a commit have the same bytes."""
    entries, pages = [], {}
    words = [f"word{number:04d}" for number in range(3000)]
    for number in range(300):
        key = f"alpha{number:03d}"
        entries.append(
            f"@article{{{key}, author={{Alpha, A{number}}}, title={{On {words[number]}}}, journal={{J{number % 37}}}, year={{{1990 + number % 30}}}, doi={{10.5555/a.{number}}}}}\n"
        )
        text = " ".join(words[(number * 97 + step * step) % len(words)] for step in range(300))
        slug = f"alpha-{1990 + number % 30}-{words[number]}"
        pages[f"docs/evidence/{slug}.md"] = page(key, body=text).replace("# Rest made", f"# {words[number]} made")
    folder = repository(
        tmp_path / "one",
        PROJECT | {".gitignore": "/dist/\n", "references.bib": PROJECT["references.bib"] + "".join(entries)} | pages,
    )
    assert snapshot(folder, "--jobs", "1") == 0
    assert snapshot(folder, "--jobs", "2", "--out", str(tmp_path / "out")) == 0
    one, two = files(folder / "dist" / VERSION), files(tmp_path / "out" / VERSION)
    assert [name for name in one.keys() | two.keys() if one.get(name) != two.get(name)] == []
