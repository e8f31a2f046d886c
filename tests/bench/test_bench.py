"""What the bench says is what it measured, and the page on speed shows what the bench says."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PUBLISHED = ROOT / "docs" / "reference" / "bench.json"


@pytest.fixture
def bench(monkeypatch):
    """Let the modules of the bench be imported."""
    monkeypatch.syspath_prepend(str(ROOT / "bench"))


# What a command takes


@pytest.mark.usefixtures("bench")
def test_the_processes_of_a_command_count():
    """CPU and memory of a command are those of all processes that it starts; a failure is one, with what was said."""
    from measured import take

    work = "import os; x = bytearray(80_000_000); y = sum(range(4_000_000))"
    alone = take([sys.executable, "-c", "pass"])
    nested = take([sys.executable, "-c", f"import subprocess, sys; subprocess.run([sys.executable, '-c', {work!r}])"])
    assert nested.cpu > alone.cpu + 0.03
    assert nested.peak > alone.peak + 60
    with pytest.raises(subprocess.CalledProcessError) as failed:
        take([sys.executable, "-c", "raise SystemExit('it broke')"])
    assert "it broke" in failed.value.output
    assert take([sys.executable, "-c", "raise SystemExit(1)"], good=(0, 1)).cpu > 0


@pytest.mark.usefixtures("bench")
def test_growth_is_the_slope_of_the_logarithm():
    """What doubles with size has exponent 1, what quadruples 2, what stays 0; one size alone has none."""
    from measured import exponent

    assert exponent({100: 3.0, 200: 6.0, 400: 12.0}) == pytest.approx(1)
    assert exponent({100: 3.0, 200: 12.0}) == pytest.approx(2)
    assert exponent({100: 3.0, 1000: 3.0}) == pytest.approx(0)
    assert exponent({100: 3.0}) is None


@pytest.mark.usefixtures("bench")
def test_runs_alternate_and_the_median_counts():
    """Each measure is taken in turn, so that a slower machine slows all; one bad run does not move the figure."""
    from measured import Taken, in_turn

    order, figures = [], {"a": iter([1.0, 9.0, 2.0]), "b": iter([4.0, 5.0, 6.0])}

    def measure(name):
        order.append(name)
        return Taken(next(figures[name]), 0, 0)

    found = in_turn(3, {"a": lambda: measure("a"), "b": lambda: measure("b")})
    assert order == ["a", "b", "a", "b", "a", "b"]
    assert (found["a"].cpu, found["b"].cpu) == (2.0, 5.0)


# Bounds and the file


@pytest.mark.usefixtures("bench")
def test_a_small_run_cannot_meet_a_bound_of_a_large_one():
    """A bound that is broken is broken at any size; one that holds with fewer pages is not called met."""
    from figures import Bound

    bound = Bound(4.0, 6000, "s")
    assert bound.cells(3.9, 6000) == ["at most 4 s at 6,000 pages", True]
    assert bound.cells(3.9, 300)[1] == "at 300 pages, yes"
    assert bound.cells(4.1, 300)[1] is False
    assert bound.cells(None, 6000)[1] is None


@pytest.mark.usefixtures("bench")
def test_a_group_replaces_its_own_figures_alone(tmp_path):
    """A later run of one group leaves the others as they are; each says when, of what commit and on what it was measured."""
    from figures import Group, save

    file = tmp_path / "sub" / "bench.json"
    save("one", Group(("A",), [["x"]]), file, pages=[10], runs=1)
    save("two", Group(("B",), [[1.23456789]]), file, pages=[20, 10], runs=3)
    save("one", Group(("A",), [[None]]), file, pages=[10], runs=1)
    data = json.loads(file.read_text())
    assert (data["one"]["rows"], data["two"]["rows"]) == ([[None]], [[1.2346]])
    of = data["two"]["of"]
    assert (of["pages"], of["runs"]) == ([10, 20], 3)
    assert of.keys() >= {"date", "commit", "machine", "versions"}
    assert of["versions"]["sphinx"]


@pytest.mark.usefixtures("bench")
def test_files_that_are_written_again_are_counted(tmp_path):
    """A file that is written counts, with or without other content; the search index and Sphinx's memory do not."""
    from rows.again import rewritten, state

    for name in ("a.html", "b.html", "c.html", "pagefind/x", ".doctrees/y"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("old")
    before = state(tmp_path)
    assert set(before) == {"a.html", "b.html", "c.html"}
    (tmp_path / "a.html").write_text("new")
    (tmp_path / "b.html").write_text("old")
    (tmp_path / "d.html").write_text("more")
    after = state(tmp_path)
    assert rewritten(before, {name: (time + (name == "b.html"), what) for name, (time, what) in after.items()}) == (3, 1)


@pytest.mark.usefixtures("bench")
def test_an_edit_can_be_made_as_often_as_it_is_measured(tmp_path):
    """Each edit changes its file every time, as several runs of the same figure need it; a file without the place is an error."""
    import corpus
    from rows.again import EDITS, edit_notice

    root = corpus.make(tmp_path / "made", 1, cited=1)["whole"]
    for change, _against in list(EDITS.values())[1:]:
        states = set()
        for _ in range(3):
            states.add(tuple(path.read_bytes() for path in sorted(root.rglob("*.*"))))
            change(root)
        assert len(states) == 3, change.__name__
    (root / "notices.toml").write_text("")
    with pytest.raises(ValueError, match=r"notices\.toml"):
        edit_notice(root)


# Where the CPU goes


@pytest.mark.usefixtures("bench")
def test_samples_count_for_the_innermost_part_of_the_house():
    """A sample in a library counts for the part that called it; one without a part for the package; the sum is the CPU."""
    from flame import by_part, table

    files = [
        "/x/site-packages/sphinx/a.py",
        "/w/extensions/evidence_atlas/core/page.py",
        "/x/site-packages/docutils/b.py",
        "/p/re.py",
    ]
    profile = {
        "shared": {"frames": [{"name": "f", "file": file} for file in files]},
        "profiles": [{"samples": [[0, 1, 2], [0, 2], [3], [0, 1]], "weights": [2, 1, 1, 4]}],
    }
    weights = by_part(profile)
    assert weights == {"evidence_atlas.core.page": 6, "docutils": 1, "Python": 1}
    rows = {row[0]: row[2] for row in table(weights, 16.0, 2.0, 1000).rows}
    assert rows["evidence_atlas.core.page"] == pytest.approx(12)
    assert rows["the whole"] == pytest.approx(18)


# The page


FIGURES = {
    "full": {
        "of": {
            "date": "2026-11-22",
            "commit": "abc",
            "machine": "M",
            "pages": [10],
            "runs": 3,
            "versions": {"Python": "3.11", "typst": None},
        },
        "head": ["Build", "Pages", "Seconds", "Met", "More"],
        "rows": [["whole", 6000, 0.8467, True, ""], ["part", 12, 1234.5, False, None]],
    }
}


def shown(build, figures, part="full", **files):
    body = f"# Home\n\n```{{bench-figures}} bench.json\n:show: {part}\n```\n"
    return build({"docs/index.md": body, "docs/bench.json": json.dumps(figures)} | files)


def test_figures_become_a_table(build):
    """Numbers are rounded for reading, a bound is met in words, what has no figure says so, and the run is named."""
    built = shown(build, FIGURES)
    assert built.warnings == []
    text = built.resolved["index"].astext()
    cells = [entry.astext() for entry in built.resolved["index"].findall(lambda node: node.tagname == "entry")]
    assert cells == [
        "Build",
        "Pages",
        "Seconds",
        "Met",
        "More",
        "whole",
        "6,000",
        "0.847",
        "yes",
        "",
        "part",
        "12",
        "1,234",
        "no",
        "not measured",
    ]
    assert "Measured on 2026-11-22 of commit abc, median of 3 runs; M; Python 3.11." in text


def test_what_was_never_measured_says_so(build):
    """A group that no run measured is no error of the page, and no figure."""
    built = shown(build, {}, "peers")
    assert built.warnings == []
    assert "Not measured yet." in built.resolved["index"].astext()


@pytest.mark.parametrize(
    "figures", [[], {"full": []}, {"full": {"head": ["A"], "rows": [[1]]}}, {"full": {**FIGURES["full"], "rows": 3}}]
)
def test_another_kind_of_file_is_an_error_of_the_page(build, figures):
    """A file with other content gives one warning at the directive, and the build goes on."""
    built = shown(build, figures)
    assert len(built.warnings) == 1
    assert "index.md:3" in built.warnings[0]


def test_the_published_figures_can_be_shown():
    """Each row of the published file has a cell for each column, and each group is one that the page can show."""
    from evidence_atlas.figures import BenchFigures

    for name, group in json.loads(PUBLISHED.read_text(encoding="utf-8")).items():
        assert name in BenchFigures.parts
        assert {len(row) for row in group["rows"]} == {len(group["head"])}


@pytest.mark.deep
def test_a_run_writes_every_group_that_was_asked_for(tmp_path):
    """The bench runs from nothing at a size that takes a minute, and each figure of a build is there."""
    groups = ["full", "growth", "parts", "references", "again", "check", "size"]
    command = [sys.executable, str(ROOT / "bench" / "run.py"), "--pages", "4", "--runs", "1", "--folder", str(tmp_path / "made")]
    subprocess.run([*command, "--output", str(tmp_path / "bench.json"), "--rows", *groups], check=True, capture_output=True)
    data = json.loads((tmp_path / "bench.json").read_text(encoding="utf-8"))
    assert data.keys() == set(groups)
    assert all(cell is not None for name in ("full", "parts", "size") for row in data[name]["rows"] for cell in row)
    edited = next(row for row in data["again"]["rows"] if row[0] == "one page edited")
    assert edited[data["again"]["head"].index("Pages read")] == 1
