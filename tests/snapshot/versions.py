"""Small versions of an atlas: as records alone, and as releases that are built from a repository with tags."""

from __future__ import annotations

import json
import shutil
from copy import deepcopy
from pathlib import Path
from typing import Any

import pygit2

from conftest import BIB, build_in, page
from evidence_atlas.core.digest import digest
from evidence_atlas.snapshot.readings import Version, read_version

ALPHA, GAMMA, DELTA = "evidence/alpha-2020-rest", "evidence/gamma-2021-cohort", "evidence/delta-2019-review"
TEXT = "Rest\n\nRest did not help.\nTwelve people took part.\n\nNobody was harmed."
MONTH = 30 * 24 * 3600
OCTOBER = 1_790_000_000  # 2026-09-21

RECORD: dict[str, Any] = {
    "schema": 1,
    "title": "Rest",
    "record": {
        "paper": "alpha2020",
        "level": "E2",
        "design": "cohort",
        "topics": ["pain", "sleep"],
        "criteria": [{"id": "ccc-2003", "role": "inclusion"}],
        "participants": {"cases": 12},
    },
    "reference": {"key": "alpha2020", "title": "Does rest help?", "authors": [{"family": "Alpha", "given": "A."}]},
    "pem": {"state": "required", "reason": "CCC 2003 requires PEM.", "policy": "0.1"},
    "badge": "PEM required",
    "notices": [],
    "text": TEXT,
    "limitations": "Much.",
    "versions": {"atlas": "2026.10", "date": "2026-10-01", "policy": "0.1", "generator": "evidence-atlas 0.1.0"},
    "addresses": {"page": "https://x.example.org/", "citable": "https://x.example.org/"},
}


def record(atlas: str = "2026.10", policy: str = "0.1", **changes: Any) -> dict[str, Any]:
    """Return a record with keys replaced; ``record__level="E3"`` replaces a key within a key."""
    data = deepcopy(RECORD)
    data["versions"] |= {"atlas": atlas, "policy": policy}
    for path, value in changes.items():
        *above, last = path.split("__")
        place = data
        for key in above:
            place = place[key]
        place[last] = value
    content = {key: data[key] for key in ("record", "reference", "notices", "text")}
    data["digest"] = digest(content | {"pem": {key: data["pem"][key] for key in ("state", "reason")}})
    return data


def write(folder: Path, records: dict[str, dict[str, Any]]) -> Path:
    """Write records as the files of a site, by docname."""
    for docname, data in records.items():
        (folder / docname).mkdir(parents=True)
        (folder / docname / "record.json").write_text(json.dumps(data), encoding="utf-8")
    return folder


def versions(tmp_path: Path, old: dict[str, dict[str, Any]], new: dict[str, dict[str, Any]]) -> tuple[Version, Version]:
    """Write and read two versions."""
    return read_version(write(tmp_path / "old", old)), read_version(write(tmp_path / "new", new))


class Repository:
    """An atlas with releases, in a repository of its own."""

    def __init__(self, folder: Path, base_url: str = "https://atlas.example.org", **files: str) -> None:
        self.folder, self.root = folder, folder / "a"
        self.build = build_in(folder)
        settings = f'name = "Test atlas"\nbase-url = "{base_url}"\npdf = true\n'
        settings += 'pdf-address = "https://files.example.org/atlas-{version}/{slug}.pdf"\n'
        conf = 'project = "Test"\nextensions = ["evidence_atlas"]\nhtml_theme = "evidence_atlas"\n'
        self.root.mkdir(parents=True)
        self.git = pygit2.init_repository(str(self.root))
        own = {"atlas.toml": settings, "references.bib": BIB, "docs/conf.py": conf, "docs/index.md": "# Home\n"}
        self.write(own | {".gitignore": "out/\ndoctrees/\n"})
        self.write(
            {
                f"docs/{ALPHA}.md": page(body="The short version. It is short."),
                f"docs/{GAMMA}.md": page("gamma2021cohort", criteria="[{id: fukuda-1994, role: inclusion}]"),
                f"docs/{DELTA}.md": page("delta2019review", design="review", level="E3", criteria="[]", topics="[sleep]"),
            }
        )

    def write(self, files: dict[str, str | None]) -> None:
        """Write files; ``None`` deletes one."""
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.unlink() if text is None else path.write_text(text, encoding="utf-8")

    def commit(self, message: str, seconds: int, tag: str = "") -> None:
        """Commit all files, and tag the commit."""
        self.git.index.add_all()
        self.git.index.write()
        someone = pygit2.Signature("A", "a@example.org", seconds, 0)
        parents = [] if self.git.head_is_unborn else [self.git.head.target]
        made = self.git.create_commit("HEAD", someone, someone, message, self.git.index.write_tree(), parents)
        if tag:
            self.git.references.create(f"refs/tags/atlas-{tag}", made)

    def release(self, version: str, seconds: int, files: dict[str, str | None] | None = None) -> Path:
        """Change files, commit, tag and build; return the folder of the release, with a PDF beside a page."""
        self.write(files or {})
        self.commit(f"Work for {version}", seconds, version)
        built = self.build(None)
        assert built.warnings == [], built.warnings
        site = self.folder / "dist" / version / "site"
        shutil.copytree(built.out, site)
        shutil.rmtree(built.out)
        (site / ".buildinfo").unlink()
        (site / ALPHA / f"{Path(ALPHA).name}.pdf").write_bytes(b"%PDF")
        return site.parent


SECOND: dict[str, str | None] = {
    f"docs/{ALPHA}.md": page(body="The short version. It is long now: 5 < 6 & more.", level="E3"),
    f"docs/{DELTA}.md": None,
    "docs/other.md": "---\norphan: true\n---\n\n# Other\n",
    "notices.toml": '["10.5555/gamma.2"]\nnotices = [{kind = "retraction", reason = "It was made up."}]\n',
}
