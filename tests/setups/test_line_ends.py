"""Files as an editor on Windows leaves them: line ends of two characters, and a byte-order mark, change nothing."""

from __future__ import annotations

from pathlib import Path

from conftest import BIB, Build, page
from evidence_atlas.core.check_files import check_files
from evidence_atlas.core.checker import check_page
from evidence_atlas.core.findings import Finding
from evidence_atlas.core.policy import BUILT_IN, load_policy
from evidence_atlas.core.references import Bibliography

NAME = "evidence/alpha-2020-rest"
BODY = "Short.\n\n## What was done\n\nA line\nand another.\n\n```text\ncode\n  more\n```\n\n{cite}`alpha2020trial`"
POLICY = load_policy(BUILT_IN)[0]
FILES = {
    f"docs/{NAME}.md": page(body=BODY),
    "policy.toml": BUILT_IN.read_text(encoding="utf-8"),
    "notices.toml": '["10.5555/alpha.1"]\nnotices = [{ kind = "erratum", reason = "A word" }]\n',
    "references.bib": BIB,
    "atlas.toml": 'name = "Ours"\n',
}


def windows(build: Build, folder: str) -> Path:
    """Write the files, then give them the line ends and the mark of a Windows editor; return the project."""
    root = build(FILES, folder=folder).source.parent
    for name in FILES:
        text = (root / name).read_text(encoding="utf-8")
        (root / name).write_bytes(text.replace("\n", "\r\n").encode("utf-8-sig" if name.endswith((".md", ".bib")) else "utf-8"))
    return root


def test_the_same_site(build: Build):
    """The site and its data, digests included, are the same to the byte."""
    plain = build(FILES, folder="plain").files()
    windows(build, "other")
    built = build(folder="other")
    assert built.warnings == []
    ours = built.files()
    assert plain.keys() == ours.keys()
    assert [name for name in plain if plain[name] != ours[name] and not name.startswith("_sources")] == []


def test_findings_name_the_same_lines():
    """A mistake has the same line and message whatever ends the lines."""
    wrong = page(design="kohort", criteria="[{id: ccc, role: inclusion}]", body="[x](javascript:alert)")
    found = [check_page("a-2020-b.md", text, POLICY, Bibliography({})).findings for text in (wrong, wrong.replace("\n", "\r\n"))]
    assert found[0] == found[1]
    assert [finding.line for finding in found[0]] == [6, 10]


def test_no_findings_in_the_project_itself(build: Build):
    """``atlas check`` reads such files too."""
    root = windows(build, "a")
    assert check_files([root / "docs"]) == ([], 2)


def test_windows_paths_stay_whole():
    """A drive and backslashes in a file's name are neither cut nor read as line numbers."""
    finding = Finding(
        r"C:\atlas\docs\evidence\a-2020-b.md",
        7,
        check_page("a-2020-b.md", "", POLICY, Bibliography({})).findings[0].code,
        "Wrong.",
    )
    assert finding.place == r"C:\atlas\docs\evidence\a-2020-b.md:7"
    assert str(finding).startswith(r"C:\atlas\docs\evidence\a-2020-b.md:7: Wrong.")
