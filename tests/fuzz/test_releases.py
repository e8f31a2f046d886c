"""What was released and came back damaged: ``verify`` and ``diff`` answer or refuse, and never take it for whole."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from conftest import build_in
from evidence_atlas.cli import main
from snapshot.released import PROJECT, repository, snapshot
from snapshot.versions import ALPHA, RECORD, record, write

from .damage import encoded, endure

pytestmark = pytest.mark.deep
_ANSWERS = {0, 1, 2}


@pytest.fixture(scope="module")
def released(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a release."""
    root = tmp_path_factory.mktemp("released")
    assert snapshot(repository(root / "one", PROJECT), "--jobs", "1") == 0
    return next((root / "one" / "dist").iterdir())


@pytest.mark.parametrize("kind", ["record.json", ".pdf", "index.html", "manifest.json", "SHA256SUMS"])
def test_verify(released: Path, tmp_path: Path, kind: str, capsys: pytest.CaptureFixture[str]):
    """A damaged file of a release is never called unaltered, and the answer is one line and no traceback."""
    source = next(
        path
        for path in sorted(released.rglob(f"*{kind}"))
        if "evidence" in str(path) or path.parent in {released, released / "pdf"}
    )
    folder = tmp_path / "release"
    shutil.copytree(released, folder)
    file = folder / source.relative_to(released)
    whole = source.read_bytes()

    def look(text: str) -> None:
        data = text.encode("latin-1", "replace")
        file.write_bytes(data)
        code = main(["verify", str(file)])
        said = capsys.readouterr()
        assert code in _ANSWERS
        assert "Traceback" not in said.err
        assert code == 0 or data != whole
        assert code != 0 or data == whole

    assert endure([whole.decode("latin-1")], look, 0.2) > 10


def test_diff(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    """Two versions of which one is damaged are compared or refused with one sentence."""
    old, new = write(tmp_path / "old", {ALPHA: record()}), write(tmp_path / "new", {ALPHA: record("2026.11")})
    file = new / ALPHA / "record.json"

    def look(text: str) -> None:
        file.write_bytes(encoded(text))
        for form in ("text", "json", "markdown"):
            assert main(["diff", "--format", form, str(old), str(new)]) in _ANSWERS
            said = capsys.readouterr()
            assert "Traceback" not in said.err
            if form == "json" and said.out:
                json.loads(said.out)

    assert endure([json.dumps(RECORD, indent=1), file.read_text(encoding="utf-8")], look) > 10


def test_builds(tmp_path: Path):
    """A damaged page is built into a site with the others, whatever it became."""
    from conftest import page

    build = build_in(tmp_path)
    whole = {"docs/evidence/gamma-2021-cohort.md": page("gamma2021cohort"), "atlas.toml": 'guard = ["**"]\n'}

    def look(text: str) -> None:
        text = encoded(text).decode("utf-8", "replace")
        built = build(whole | {"docs/evidence/alpha-2020-rest.md": text})
        assert "PEM required" in built.html("evidence/gamma-2021-cohort")

    body = "A *b* [c](d) `e` {cite}`alpha2020trial`\n\n| a | b |\n|---|---|\n| c | d |\n\n- a\n  - b\n\n> c\n\n```{note}\nx\n```\n\n$a$ {math}`\\frac{1}{2}`\n\n[^1]\n\n[^1]: x"
    assert endure([page(body=body), page()], look) > 10
