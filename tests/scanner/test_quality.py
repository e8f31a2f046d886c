"""The measure of the scanner is right, and the scanner is as good as its page says."""

from __future__ import annotations

import json
import math
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
LABELLED = ROOT / "tests" / "scanner" / "labelled"


@pytest.fixture(scope="module")
def quality():
    sys.path.insert(0, str(ROOT / "bench"))
    try:
        import scanner_quality

        yield scanner_quality
    finally:
        sys.path.remove(str(ROOT / "bench"))


@pytest.fixture(scope="module")
def measures(quality):
    import measures

    return measures


def write_rows(folder, name, rows):
    (folder / name).write_text("".join(json.dumps(row) + "\n" for row in rows))


# The labelled set


def test_every_sentence_is_labelled_in_both_passes_with_known_labels(quality):
    """Both passes label each sentence once, and with no label that the guidelines do not define."""
    rows = [json.loads(line) for line in (LABELLED / "sentences.jsonl").read_text().splitlines()]
    ids = [row["id"] for row in rows]
    assert len(rows) >= 440
    assert len(set(ids)) == len(ids)
    assert {row["split"] for row in rows} == set(quality.SPLITS)
    second = {row["source"] for row in rows if row["split"] == "held-out-2"}
    developed = [json.loads(line) for line in (LABELLED / "development-2.jsonl").read_text().splitlines()]
    assert not second & {row["source"] for row in developed}
    for name in ("pass-a.jsonl", "pass-b.jsonl"):
        labels = [json.loads(line) for line in (LABELLED / name).read_text().splitlines()]
        assert sorted(label["id"] for label in labels) == sorted(ids)
        assert {label["strength"] for label in labels} <= set(quality.STRENGTHS)
        assert {word for label in labels for word in label["classes"]} <= set(quality.CLASSES)


def test_each_disagreement_is_settled_and_nothing_else_is(quality):
    """A label that counts comes from both passes, or from the adjudication with its reason, never from one pass alone."""
    first, second = quality.read_rows("pass-a.jsonl"), quality.read_rows("pass-b.jsonl")
    settled = quality.read_rows("adjudicated.jsonl")
    differ = {name for name in first if quality._label(first[name]) != quality._label(second[name])}
    assert set(settled) == differ
    assert all(row["reason"] for row in settled.values())


def test_each_paper_is_credited_with_its_licence():
    """Every sentence of a paper stands under an open licence, and sources.csv names the paper."""
    rows = [json.loads(line) for line in (LABELLED / "sentences.jsonl").read_text().splitlines()]
    credited = {line.split(",")[0] for line in (LABELLED / "sources.csv").read_text().splitlines()}
    assert {row["licence"] for row in rows} <= {"CC-BY", "CC0-1.0", "CC-BY-4.0"}
    assert {row["source"] for row in rows if row["doi"]} <= credited


def test_a_disagreement_that_nobody_settled_is_refused(quality, tmp_path):
    """The measure does not pick a pass by itself."""
    write_rows(tmp_path, "sentences.jsonl", [{"id": "x", "text": "T.", "split": "held-out", "design": "cohort", "context": []}])
    write_rows(tmp_path, "pass-a.jsonl", [{"id": "x", "strength": 1, "classes": []}])
    write_rows(tmp_path, "pass-b.jsonl", [{"id": "x", "strength": 3, "classes": []}])
    write_rows(tmp_path, "adjudicated.jsonl", [])
    with pytest.raises(quality.UnusableError, match="differ on x"):
        quality.read_labelled(tmp_path)
    write_rows(tmp_path, "adjudicated.jsonl", [{"id": "x", "strength": 3, "classes": ["advice"], "reason": "…"}])
    (sentence,) = quality.read_labelled(tmp_path)
    assert (sentence.strength, sentence.classes) == (3, {"advice"})


# The measures


def test_kappa_takes_chance_off(measures):
    """The textbook's example: 35 of 50 alike, 25 of them by chance, is 0.4."""
    pairs = [("y", "y")] * 20 + [("y", "n")] * 5 + [("n", "y")] * 10 + [("n", "n")] * 15
    assert measures.kappa(pairs) == pytest.approx(0.4)
    assert measures.kappa([(1, 1), (0, 0)]) == pytest.approx(1)
    assert measures.kappa([(0, 0), (0, 0)]) is None


def test_an_interval_of_a_share_stays_between_0_and_1(measures):
    """Wilson's interval of 0 of 10 and of 10 of 10 are the known ones; of nothing there is none."""
    assert measures.wilson(0, 10) == pytest.approx((0, 0, 0.2775), abs=1e-4)
    assert measures.wilson(10, 10) == pytest.approx((1, 0.7225, 1), abs=1e-4)
    assert measures.wilson(0, 0) is None


def test_f1_and_its_interval(measures):
    """F1 is of one label; macro-F1 leaves out labels that never occur; the interval is the same on every run and holds the value."""
    cells = Counter({("a", "a"): 6, ("b", "a"): 2, ("a", "b"): 4, ("b", "b"): 8})
    assert measures.counts(cells, "a") == (6, 2, 4)
    assert measures.f1(cells, "a") == pytest.approx(12 / 18)
    assert measures.macro_f1(cells, "abc") == pytest.approx((12 / 18 + 16 / 22) / 2)
    assert measures.f1(cells, "c") is None
    once, again = (measures.resampled(cells, lambda draw: measures.f1(draw, "a")) for _ in range(2))
    assert once == again
    value, low, high = once
    assert low < value < high
    assert math.isclose(value, 12 / 18)


def test_f1_of_few_is_not_given(quality):
    """Below ten sentences that deserve a label its F1 would be a matter of chance; the counts still stand."""
    few, enough = (quality.score(Counter({(True, True): number, (False, False): 30}), True) for number in (9, 10))
    assert (few["deserve"], few["recall"][0], few["f1"]) == (9, 1, None)
    assert enough["f1"][0] == 1


# The corpora of others


def test_a_public_corpus_is_measured(quality, tmp_path, capsys):
    """A CSV file with the columns sentence and label is enough, whatever other columns there are."""
    corpus = tmp_path / "corpus.csv"
    corpus.write_text('\ufeffid,sentence,label\n1,"Rest was associated with pain, and sleep.",1\n2,We asked 12 people.,0\n')
    assert quality.main(["--corpus", str(corpus), "--format", "csv-sentence-label"]) == 0
    assert "2 sentences" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("sentence,class\nA.,1\n", "no column label"),
        ("sentence,label\n", "no rows"),
        ("sentence,label\nA.,4\n", ":2: a row needs"),
        ("sentence,label\n,1\n", ":2: a row needs"),
        ("sentence,label\nA.\n", ":2: a row needs"),
    ],
)
def test_a_corpus_that_cannot_be_measured_is_refused(quality, tmp_path, capsys, text, complaint):
    """Wrong input ends with exit code 2 and says what is wrong where."""
    corpus = tmp_path / "corpus.csv"
    corpus.write_text(text)
    assert quality.main(["--corpus", str(corpus), "--format", "csv-sentence-label"]) == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("form", "text", "complaint"),
    [
        ("jsonl-sentence-label", '{"text": "Rest helps.", "labels": 3}\n{"sentence": "We asked.", "label": "0"}\n', ""),
        ("jsonl-sentence-label", '{"text": "Rest helps."}\n', ":1: a row needs"),
        ("jsonl-sentence-label", "[]\n", "a row that is no object"),
        ("jsonl-sentence-label", "{", "cannot be read"),
        ("tsv-label-sentence", "3\tRest helps.\n\n0\tWe asked.\n", ""),
        ("tsv-label-sentence", "Rest helps.\n", ":1: a row needs"),
        ("tsv-label-sentence", "", "no rows"),
    ],
)
def test_other_forms_of_corpora(quality, tmp_path, capsys, form, text, complaint):
    """Lines of JSON and of tab-separated values are measured too, or refused with the place."""
    corpus = tmp_path / "corpus"
    corpus.write_text(text)
    assert quality.main(["--corpus", str(corpus), "--format", form]) == (2 if complaint else 0)
    said = capsys.readouterr()
    assert complaint in said.err if complaint else "2 sentences" in said.out


def test_a_corpus_that_is_not_there_is_refused(quality, tmp_path, capsys):
    """A missing file is no traceback."""
    assert quality.main(["--corpus", str(tmp_path / "none.csv"), "--format", "csv-sentence-label"]) == 2
    assert "cannot be read" in capsys.readouterr().err


# The check


def figures(macro: float, advice: float | None, deserve: int = 20):
    rules = [{"name": "advice", "deserve": deserve, "f1": None if advice is None else [advice, 0, 1]}]
    return {"macro-f1": [macro, 0, 1], "rules": rules}


def test_a_drop_fails_and_a_smaller_one_does_not(quality):
    """More than the tolerance is a drop, for macro-F1 and for each rule that enough sentences deserve."""
    before = figures(0.80, 0.70)
    assert not list(quality.worse(before, figures(0.79, 0.66)))
    assert len(list(quality.worse(before, figures(0.77, 0.70)))) == 1
    assert len(list(quality.worse(before, figures(0.77, 0.60)))) == 2
    assert len(list(quality.worse(before, figures(0.80, None)))) == 1
    assert not list(quality.worse(figures(0.80, 0.70, deserve=9), figures(0.80, 0.10, deserve=9)))


def test_the_scanner_is_as_good_as_published(quality, capsys):
    """No figure of the held-out sentences fell since the page was made."""
    assert quality.main(["--check"]) == 0, capsys.readouterr().out


def test_a_worse_scanner_fails_the_check(quality, monkeypatch, capsys):
    """A scanner that finds nothing makes the command end with 1, and it says what fell."""
    monkeypatch.setattr(quality, "heard", lambda _sentence: quality.Said(0))
    assert quality.main(["--check"]) == 1
    assert "macro-F1 of the strengths fell" in capsys.readouterr().out


# The page


def test_the_page_shows_the_figures_of_the_file(build):
    """Each part of the published file becomes a table; the page is read again when the file changes."""
    parts = "\n".join(
        f"```{{scanner-quality}} figures.json\n:show: {part}\n```\n" for part in ("version", "strengths", "rules", "agreement")
    )
    published = (ROOT / "docs" / "reference" / "scanner-quality.json").read_text()
    built = build({"docs/index.md": f"# Home\n\n{parts}", "docs/figures.json": published})
    assert built.warnings == []
    text = built.resolved["index"].astext()
    stated = json.loads(published)
    assert f"Rules, version {stated['rules']}." in text
    assert "strong-causal" in text
    assert "3 direct causal" in text
    assert f"{stated['held-out']['macro-f1'][0]:.2f} (" in text
    assert "figures.json" in {Path(name).name for name in built.app.env.dependencies["index"]}


def test_figures_that_cannot_be_shown_are_an_error_of_the_page(build):
    """A file that is of another kind, missing or outside gives one located warning each, and the build goes on."""
    names = ("list.json", "broken.json", "none.json", "../outside.json")
    parts = "\n".join(f"```{{scanner-quality}} {name}\n```\n" for name in names)
    files = {"docs/list.json": "[]", "docs/broken.json": "{", "outside.json": "{}"}
    built = build({"docs/index.md": f"# Home\n\n{parts}"} | files)
    assert [
        (f"index.md:{3 * number}" in warning, name in warning)
        for number, (name, warning) in enumerate(zip(names, built.warnings, strict=True), 1)
    ] == [(True, True)] * 4
