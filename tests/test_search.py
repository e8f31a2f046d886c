"""The search of a site: what is indexed, when, and what becomes of it where Pagefind is not to be had."""

from __future__ import annotations

import gzip
import json
import posixpath
import re
from collections.abc import Iterator
from pathlib import Path

import cbor2
import pytest

from conftest import BIB, Build, Built, page
from evidence_atlas import search
from evidence_atlas.scanner.rules import built_in
from evidence_atlas.search.page import EVERY_PAGE
from evidence_atlas.search.records import FACETS

CONF = 'project = "Test atlas"\nextensions = ["evidence_atlas"]\nhtml_theme = "evidence_atlas"\n'
FILES = {
    "atlas.toml": 'base-url = "https://atlas.example.org"\nrepository = "https://git.example.org/x"\n',
    "notices.toml": '["10.5555/gamma.2"]\nnotices = [{ kind = "retraction", reason = "It was made up." }]\n',
    "docs/conf.py": CONF,
    "docs/index.md": "# Home\n\nWelcome, wanderer.\n\n```{evidence-table}\n```\n\n```{toctree}\nhow\nquiet\n```\n",
    "docs/how.md": "# How it works\n\n% a remark\n\n## Details\n\nBadges & <pages>.\n",
    "docs/quiet.rst": ":no-search:\n\nQuiet\n=====\n\nUnfindable.\n",
    "docs/evidence/alpha-2020-rest.md": page(topics="[pain, sleep]", body="Short words. {cite}`alpha2020trial`"),
    "docs/evidence/gamma-2021-cohort.md": page(
        "gamma2021cohort", design="rct", criteria="[]", level="none", body="The abstract does not give the result."
    ).replace("drafted:", "outcome: {primary: Rest, direction: not-stated}\n  drafted:"),
}
ALPHA = "docs/evidence/alpha-2020-rest.md"


def unpacked(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()).removeprefix(b"pagefind_dcd")


def indexed(built: Built) -> dict[str, dict]:
    """Return what the index holds of each page, by the page's address."""
    fragments = [json.loads(unpacked(path)) for path in (built.out / "pagefind/fragment").iterdir()]
    return {fragment["url"]: fragment for fragment in fragments}


def stamp_of(folder: Path) -> str:
    return json.loads((folder / "pagefind-entry.json").read_text())["languages"]["en"]["hash"]


def meta_of(folder: Path) -> list:
    """Return the metadata of an index: version, pages, files of words, filters, orders, fields."""
    return cbor2.loads(unpacked(folder / f"pagefind.{stamp_of(folder)}.pf_meta"))


def named(folder: Path) -> Iterator[str]:
    """Yield the files that an index's entry and what it leads to name, from the folder as browsers see them."""
    _version, pages, files, filters, *_rest = meta_of(folder)
    assert filters == []
    yield from ("pagefind-entry.json", f"pagefind.{stamp_of(folder)}.pf_meta")
    yield from (f"fragment/{name}.pf_fragment" for name, _length in pages)
    yield from (f"index/{name}.pf_index" for _first, _last, name in files)


def missing_and_idle(built: Built) -> tuple[set[str], set[str]]:
    """Return the files that the entries of an index lead to and that are not there, and those to which nothing leads."""
    folder = built.out / "pagefind"
    found = {*named(folder), *(posixpath.normpath(f"phrases/{name}") for name in named(folder / "phrases"))}
    found |= {f"facets/{name}-{stamp_of(folder)}.json" for name in FACETS}
    found |= {"pagefind.js", "wasm.en.pagefind", "wasm.unknown.pagefind"}
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    return found - there, there - found


def is_whole(built: Built) -> bool:
    """Whether the index is there with all its files, and no others."""
    return missing_and_idle(built) == (set(), set()) and not (built.out / ".pagefind-new").exists()


@pytest.fixture
def runs(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets an item whenever Pagefind runs."""
    done: list[str] = []
    run = search.index._run_pagefind
    monkeypatch.setattr(search.index, "_run_pagefind", lambda *given: done.append("run") or run(*given))
    return done


def test_an_evidence_page_is_found_by_its_words_and_by_its_paper(build: Build):
    """Indexed are title, summary, text, limitations and the paper; not the citation block, the disclosure, the frame."""
    built = build(FILES)
    assert built.warnings == []
    assert is_whole(built)
    alpha = indexed(built)["/evidence/alpha-2020-rest/"]
    assert alpha["meta"] == {
        "title": "Rest made no difference",
        "summary": "In 12 people, rest made no difference.",
        "badge": "PEM required",
    }
    for said in ("Short words. [Alpha and Béta, 2020]", "It does not prove that rest helps.", "Patients had to meet CCC 2003"):
        assert said in alpha["content"]
    assert alpha["content"].endswith(
        "Does rest help? Alpha, Béta (2020). Journal of Rest. 10.5555/alpha.1. 11111. alpha2020trial."
    )
    for boilerplate in ("@article", "Download", "Drafted", "Write to the editors", "Not medical advice", "Contribute", "Skip"):
        assert boilerplate not in alpha["content"]


def words_of(folder: Path) -> dict[str, dict[int, tuple[list[int], list[int]]]]:
    """Return, of each word and each page that has it, its places with their weights, and the fields that have it."""
    found: dict[str, dict[int, tuple[list[int], list[int]]]] = {}
    for _first, _last, name in meta_of(folder)[2]:
        for word, pages, spellings in cbor2.loads(unpacked(folder / f"index/{name}.pf_index"))[0]:
            for form, known in ((word, pages), *spellings):
                number = 0
                for step, places, *fields in known:
                    number += step
                    found.setdefault(f"{word}/{form}", {})[number] = (places, fields[0] if fields else [])
    return found


def placed(places: list[int]) -> Iterator[tuple[int, int]]:
    """Yield each place with its weight."""
    weight, last = 25, 0
    for place in places:
        if place < 0:
            weight, last = -place - 1, 0
        else:
            last += place
            yield last, weight


def test_the_index_says_how_often_and_the_one_for_phrases_where(build: Build, monkeypatch: pytest.MonkeyPatch):
    """The one has the weight of all places of a word on a page, the other the places, as Pagefind has them."""
    own: dict[str, dict[int, tuple[list[int], list[int]]]] = {}
    pack = search.index.pack

    def note(batches: list[Path], folder: Path) -> None:
        own.update(words_of(batches[0]))
        pack(batches, folder)

    monkeypatch.setattr(search.index, "pack", note)
    words = "Rest, rest, résts {n}. Post-exertional rest after-rest."
    many = {f"docs/evidence/delta-2019-{n}.md": page("delta2019review", body=words.format(n=n)) for n in range(60)}
    folder = build(FILES | many, suppress_warnings=["atlas.duplicate-paper"]).out / "pagefind"
    counted, where = words_of(folder), words_of(folder / "phrases")
    assert counted.pop(f"{EVERY_PAGE}/{EVERY_PAGE}") == {number: ([], []) for number in range(64)}
    assert "rest/rést" in own or "rest/résts" in own
    assert any(
        len({weight for _place, weight in placed(found)}) > 1 for pages in own.values() for found, _fields in pages.values()
    )
    for word, pages in own.items():
        for number, (found, fields) in pages.items():
            weights = [weight for _place, weight in placed(counted[word][number][0])]
            assert len(weights) == min(1, len(found))
            assert sum(weights) == min(255, sum(weight for _place, weight in placed(found)))
            assert counted[word][number][1] == [one for field in fields if field < 0 for one in (field, 0)]
            assert [place for place, _weight in placed(where[word][number][0])] == sorted(
                {place for place, _weight in placed(found)}
            )
            assert where[word][number][1] == fields
    assert {word: list(pages) for word, pages in counted.items()} == {word: list(pages) for word, pages in where.items()}
    assert own.keys() == counted.keys()


def test_half_a_word_leads_to_the_file_of_the_whole_one(monkeypatch: pytest.MonkeyPatch):
    """Words that begin with the same five letters lie in one file, however full it is; numbers may be parted anywhere."""
    monkeypatch.setattr(search.pack, "_FULL", 4)
    words = ["10101", "10102", "fatal", "fatig", "fatigabl", "fatigu", "zoo"]
    files = search.pack._filled([word, [[0, [0], []]], []] for word in words)
    assert [[word for word, *_ in file] for file in files] == [
        ["10101"],
        ["10102"],
        ["fatal"],
        ["fatig", "fatigabl", "fatigu"],
        ["zoo"],
    ]


@pytest.mark.parametrize("number", [0, 23, 24, 255, 256, 65535, 65536, 2**32 - 1])
def test_numbers_are_written_as_cbor(number: int):
    """Numbers, lengths and texts of any size are read by a library for CBOR as what they were."""
    assert cbor2.loads(search.words.uint(number)) == number
    assert cbor2.loads(search.words.negative(-number - 1)) == -number - 1
    assert search.words.array(number)[0] >> 5 == 4
    text = "é" * (number % 300)
    assert cbor2.loads(search.words.text(text)) == text


def test_the_same_records_give_the_same_index(build: Build):
    """Pagefind writes its filters in another order each time; packed, two indexes of the same pages are the same to the byte."""
    first, second = (build(FILES, folder=folder).out / "pagefind" for folder in ("a", "b"))
    contents = [
        {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
        for folder in (first, second)
    ]
    assert contents[0] == contents[1]


def test_a_site_of_several_batches(build: Build, monkeypatch: pytest.MonkeyPatch):
    """A site with more pages than a batch may have gets a whole index with all of them, and nothing of the batches is left."""
    monkeypatch.setattr(search.index, "_MOST", 2)
    built = build(FILES)
    assert built.warnings == []
    assert is_whole(built)
    assert set(indexed(built)) == {"/", "/how/", "/evidence/alpha-2020-rest/", "/evidence/gamma-2021-cohort/"}


def test_an_index_of_another_pagefind_is_refused(build: Build, monkeypatch: pytest.MonkeyPatch):
    """An index that another version may have written in another form is not packed: the build says so, and the site is there."""
    monkeypatch.setattr(search.pack, "_KNOWN", "9.9.")
    built = build(FILES)
    (warning,) = built.warnings
    assert "is not known; Pagefind 9.9.x makes one that is" in warning
    assert not {"pagefind", ".pagefind-new"} & {path.name for path in built.out.iterdir()}


def values(folder: Path, name: str) -> list[list[str]]:
    """Return the values of each page in a file of a facet, in the order of the pages."""
    table = json.loads((folder / f"facets/{name}-{stamp_of(folder)}.json").read_text())
    return [[table["values"][place] for place in table["sets"][which]] for which in table["pages"]]


def indexed_at(folder: Path, name: str) -> dict:
    return json.loads(unpacked(folder / f"fragment/{name}.pf_fragment"))


def test_facets_are_the_ids_of_the_policy(build: Build):
    """A page can be filtered by the ids of its record, by its badge's state, and by year and journal of its paper."""
    pages = indexed(build(FILES))
    assert pages["/evidence/alpha-2020-rest/"]["filters"] == {
        "pem": ["required"],
        "design": ["cohort"],
        "level": ["E2"],
        "context": ["me-cfs"],
        "topic": ["pain", "sleep"],
        "year": ["2020"],
        "journal": ["Journal of Rest"],
    }
    assert pages["/evidence/gamma-2021-cohort/"]["meta"]["notice"] == "Retracted"


def test_other_pages_are_searched_for_their_own_words(build: Build):
    """Pages that are no evidence are found, without facets and without lists of other pages; what asks to stay out does."""
    pages = indexed(build(FILES))
    assert set(pages) == {"/", "/how/", "/evidence/alpha-2020-rest/", "/evidence/gamma-2021-cohort/"}
    assert pages["/how/"]["content"] == "Details. Badges & <pages>."
    assert pages["/how/"]["filters"] == {}
    assert pages["/"]["content"] == "Welcome, wanderer."


def test_made_up_sentences_are_not_found(build: Build):
    """What the wording rules say is found; their examples, and the badges of worked cases, could be taken for findings."""
    case = "```{worked-case} required\ndesign: cohort\nlevel: E2\ncriteria:\n  - {id: ccc-2003, role: inclusion}\n```\n"
    text = indexed(build(FILES | {"docs/rules.md": f"# Rules\n\n```{{wording-rules}}\n```\n\n{case}"}))["/rules/"]["content"]
    rules = built_in().rule.values()
    assert [rule.title for rule in rules if rule.title not in text] == []
    assert [example.text for rule in rules for example in (*rule.positive, *rule.negative) if example.text in text] == []
    assert "Patients had to meet" not in text


def test_addresses_of_the_html_builder(build: Build):
    """The index has the addresses of the builder that wrote the pages."""
    assert "/evidence/alpha-2020-rest.html" in indexed(build(FILES, "html"))


def test_hostile_words_stay_words(build: Build):
    """Markup in a title or in a summary reaches the index as text."""
    hostile = FILES | {ALPHA: page(summary="'\"><script>x</script>'").replace("# Rest", "# \\<img src=x\\> Rest")}
    meta = indexed(build(hostile))["/evidence/alpha-2020-rest/"]["meta"]
    assert (meta["title"], meta["summary"]) == ("<img src=x> Rest made no difference", '"><script>x</script>')


def test_own_index_of_sphinx_is_not_made(build: Build):
    """Where Pagefind searches, Sphinx makes neither its index nor its search page."""
    built = build(FILES)
    assert not (built.out / "searchindex.js").exists()
    html = (built.out / "search/index.html").read_text()
    assert "searchtools.js" not in html
    assert 'data-index="../pagefind/pagefind.js"' in html


@pytest.mark.parametrize(
    ("builder", "conf"),
    [
        ("dirhtml", {"html_theme": "basic"}),
        ("html", {"html_theme": "alabaster"}),
        ("dirhtml", {"atlas_pagefind": False}),
        ("html", {"atlas_pagefind": False}),
    ],
)
def test_own_search_of_sphinx_elsewhere(build: Build, builder: str, conf: dict):
    """In other themes, and where the setting says so, Sphinx's own search works as ever."""
    built = build(FILES, builder, **conf)
    assert built.warnings == []
    assert not (built.out / "pagefind").exists()
    assert "rest" in (built.out / "searchindex.js").read_text()
    assert "searchtools.js" in built.html("search")


@pytest.mark.parametrize("builder", ["singlehtml", "epub", "text"])
def test_no_index_where_there_is_no_site(build: Build, builder: str):
    """Builders that write no site of many pages make no index, no search page and no page 404."""
    built = build(FILES, builder, copyright="nobody", version="1")
    assert built.warnings == []
    assert not {"pagefind", "404.html", "search.html"} & {path.name for path in built.out.iterdir()}
    assert not any("atlas-find" in path.read_text() for path in built.out.rglob("*.html"))


def test_without_the_extra(build: Build, monkeypatch: pytest.MonkeyPatch):
    """Without Pagefind, Sphinx searches, and only a project that asked for Pagefind is told."""
    monkeypatch.setattr(search, "find_spec", lambda _name: None)
    assert build(FILES).warnings == []
    (warning,) = build(FILES, folder="b", atlas_pagefind=True).warnings
    assert "pip install evidence-atlas[search]" in warning


def test_a_change_of_engines_loses_no_page(build: Build):
    """A site that gets Pagefind in a later build has every page in the index, and no index of Sphinx's any more."""
    build(FILES, atlas_pagefind=False)
    built = build(None)
    assert len(indexed(built)) == 4
    assert not (built.out / "searchindex.js").exists()
    assert len(build(None, atlas_pagefind=False).written) == 5


def test_pagefind_runs_for_changed_words_alone(build: Build, runs: list[str], monkeypatch: pytest.MonkeyPatch):
    """A build that changes nothing that is searched makes no index: not a second build, nor a new day of the version."""
    build(FILES)
    build(None)
    assert runs == ["run"]
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1791000000")
    assert len(build(None).written) >= 2
    assert runs == ["run"]
    built = build({ALPHA: page(body="Other words.")} | {"docs/conf.py": CONF, "docs/index.md": FILES["docs/index.md"]})
    assert runs == ["run", "run"]
    assert "Other words." in indexed(built)["/evidence/alpha-2020-rest/"]["content"]
    assert is_whole(built)


def test_a_new_notice_is_in_the_next_index(build: Build):
    """A retraction that comes later is in the results, though no page was edited."""
    build(FILES)
    (path,) = build(None).source.parent.glob("notices.toml")
    path.write_text(FILES["notices.toml"].replace("10.5555/gamma.2", "10.5555/alpha.1"))
    assert indexed(build(None))["/evidence/alpha-2020-rest/"]["meta"]["notice"] == "Retracted"


def test_a_page_that_is_gone_is_not_found(build: Build):
    """A deleted document leaves the index."""
    built = build(FILES)
    (built.source / "how.md").unlink()
    (built.source / "evidence/alpha-2020-rest.md").unlink()
    (built.source / "index.md").write_text("# Home\n\nWelcome.\n\n```{toctree}\nquiet\n```\n")
    built = build(None)
    assert set(indexed(built)) == {"/", "/evidence/gamma-2021-cohort/"}
    assert is_whole(built)


def test_an_index_that_was_deleted_comes_back(build: Build):
    """An index that somebody deleted is made again by the next build."""
    built = build(FILES)
    (built.out / "pagefind/pagefind-entry.json").unlink()
    assert is_whole(build(None))


@pytest.mark.parametrize("after", [0, 1, 3, 7, "entry"])
def test_a_killed_build_leaves_a_whole_index(build: Build, monkeypatch: pytest.MonkeyPatch, after: int | str):
    """Killed at any file while the new index is put in place, a build leaves the old one whole; the next build has the new."""
    built = build(FILES)
    real, moved = search.index.shutil.move, []

    def move(*given: Path) -> None:
        if len(moved) == after:
            raise KeyboardInterrupt
        moved.append(real(*given))

    replaced = search.index.Path.replace

    def replace(self: Path, target: Path) -> Path:
        if "pagefind" in str(target):
            raise KeyboardInterrupt
        return replaced(self, target)

    (built.source / ALPHA.removeprefix("docs/")).write_text(page(body="Other words."))
    with monkeypatch.context() as patched:
        patched.setattr(search.index.shutil, "move", move)
        if after == "entry":
            patched.setattr(search.index.Path, "replace", replace)
        with pytest.raises(KeyboardInterrupt):
            build(None)
    missing, idle = missing_and_idle(built)
    assert missing == set()
    assert idle or after != "entry"
    assert "Other words." in indexed(build(None))["/evidence/alpha-2020-rest/"]["content"]
    assert is_whole(built)


def test_pagefind_fails(build: Build, monkeypatch: pytest.MonkeyPatch):
    """Where Pagefind fails, the build says so in a warning and the site is there."""
    monkeypatch.setattr(search.index, "_run_pagefind", lambda *_given: "it broke")
    built = build(FILES)
    (warning,) = built.warnings
    assert "Pagefind made no index, so the search page finds nothing: it broke" in warning
    assert (built.out / "how/index.html").is_file()


def test_parallel_builds_index_the_same(build: Build):
    """Pages that other processes write are indexed like those that the main one writes."""
    many = {f"docs/evidence/delta-2019-{n}.md": page("delta2019review", body=f"Words {n}.") for n in range(20)}
    serial = build(FILES | many, suppress_warnings=["atlas.duplicate-paper"])
    parallel = build(FILES | many, suppress_warnings=["atlas.duplicate-paper"], parallel=2, folder="b")
    assert indexed(serial) == indexed(parallel)


def choices(html: str) -> dict[str, dict[str, str]]:
    """Return the labels of the boxes of a search page by facet and value."""
    found: dict[str, dict[str, str]] = {}
    pattern = r'name="([\w-]+)" value="([^"]*)"> ([^<]*) <span class="search-count">(\d+)</span>'
    for name, value, label, count in re.findall(pattern, html):
        found.setdefault(name, {})[value] = f"{label} ({count})"
    return found


@pytest.mark.parametrize("linked", [True, False])
def test_pagefind_is_given_the_records_in_order(build: Build, monkeypatch: pytest.MonkeyPatch, linked: bool):
    """Pagefind numbers pages as they lie in a folder, so the records are put into a new one by name, also without links."""
    given: list[str] = []
    link, run = Path.hardlink_to, search.index._run_pagefind

    def note(place: Path, record: str) -> None:
        given.append(record)
        if not linked:
            raise OSError
        link(place, record)

    def compare(records: Path, target: Path, suffix: str) -> str:
        made = [path.relative_to(records) for path in sorted(records.rglob(f"*{suffix}"))]
        assert made == [Path(record).relative_to(records.with_name("atlas-search-dirhtml")) for record in sorted(given)]
        return run(records, target, suffix)

    monkeypatch.setattr(Path, "hardlink_to", note)
    monkeypatch.setattr(search.index, "_run_pagefind", compare)
    built = build(FILES)
    assert (given, len(given) > 2) == (sorted(given), True)
    assert list(built.app.doctreedir.glob("*-ordered")) == []


def test_the_facets_of_the_search_page(build: Build):
    """The search page offers what pages have, in the policy's order and words; a facet with one value is left out."""
    found = choices((build(FILES).out / "search/index.html").read_text())
    assert found == {
        "pem": {"required": "PEM required (1)", "unclear": "PEM unclear (1)"},
        "design": {"rct": "Randomised controlled trial (1)", "cohort": "Cohort study (1)"},
        "level": {"E2": "E2: One controlled study (1)", "none": "No level (1)"},
        "topic": {"pain": "Pain (2)", "sleep": "Sleep (1)"},
        "year": {"2021": "2021 (1)", "2020": "2020 (1)"},
        "journal": {"Journal of Cohorts": "Journal of Cohorts (1)", "Journal of Rest": "Journal of Rest (1)"},
    }


def test_many_journals(build: Build):
    """Of more journals than anybody reads through, the search page offers the forty with most pages, and says so.

    The index has a table of the pages for each facet, and the other journals, which few ask for, in a table of their own.
    """
    entries = "".join(
        f"@article{{omega{n}, author = {{Omega, Otto}}, title = {{T}}, journal = {{J {n:02}}}, year = {{2020}}, doi = {{10.5555/o.{n}}}}}\n"
        for n in range(43)
    )
    files = {f"docs/evidence/omega-2020-{n}.md": page(f"omega{n}") for n in range(43)}
    built = build(FILES | files | {"references.bib": BIB + entries})
    offered = choices(built.html("search"))["journal"]
    assert len(offered) == 40
    assert "5 more: type the name in the field above." in built.html("search")
    folder = built.out / "pagefind"
    pages = [indexed_at(folder, name) for name, _length in meta_of(folder)[1]]
    for name in ("topic", "year", "pem"):
        assert values(folder, name) == [page["filters"].get(name, []) for page in pages]
    shown, others = values(folder, "journal"), values(folder, "journal-others")
    assert [one + two for one, two in zip(shown, others, strict=True)] == [page["filters"].get("journal", []) for page in pages]
    assert {value for page in shown for value in page} == set(offered)
    assert len({value for page in others for value in page}) == 5


def test_the_search_page_is_written_for_other_facets_alone(build: Build):
    """Where nothing changed, search page and 404 are left alone; a paper of another year has the choices counted again."""
    built = build(FILES)
    made = [built.out / name for name in ("search/index.html", "404.html")]
    before = [path.stat().st_mtime_ns for path in made]
    again = build()
    assert [path.stat().st_mtime_ns for path in made] == before
    assert "2031" not in choices(again.html("search"))["year"]
    bibliography = built.source.parent / "references.bib"
    bibliography.write_text(bibliography.read_text().replace("year = {2020}", "year = {2031}", 1))
    assert "2031" in choices(build().html("search"))["year"]


def test_what_there_is_instead_of_searching(build: Build):
    """The search page links to the lists that need no script: the papers, and the references."""
    files = FILES | {
        "docs/evidence/index.md": "# All papers\n\n```{evidence-table}\n```\n",
        "docs/works.md": "# All works\n\n```{evidence-references}\n```\n",
        "docs/index.md": FILES["docs/index.md"].replace("how\n", "how\nworks\nevidence/index\n"),
    }
    html = (build(files).out / "search/index.html").read_text()
    assert '<a href="../evidence/">All papers</a>' in html
    assert '<a href="../works/">All works</a>' in html


@pytest.mark.parametrize(("builder", "address"), [("dirhtml", "../../search/"), ("html", "../search.html")])
def test_every_page_has_the_field(build: Build, builder: str, address: str):
    """The head of a page has a plain form that leads to the search page, also where Sphinx searches; that page has one field."""
    for conf in ({}, {"atlas_pagefind": False}):
        built = build(FILES, builder, folder=f"a{len(conf)}", **conf)
        assert f'role="search" action="{address}" method="get"' in built.html("evidence/alpha-2020-rest")
        assert built.html("search").count('name="q"') == 1


@pytest.mark.parametrize("builder", ["dirhtml", "html"])
@pytest.mark.parametrize(("base", "root"), [("https://a.example.org", "/"), ("https://a.example.org/atlas/me", "/atlas/me/")])
def test_404(build: Build, builder: str, base: str, root: str):
    """The page for what is not there lies at the top, and all its links begin at the root of the site."""
    built = build(FILES | {"atlas.toml": f'base-url = "{base}"\n'}, builder)
    html = (built.out / "404.html").read_text()
    links = re.findall(r'(?:href|src|action)="([^"#]*)"', html)
    assert links
    assert [link for link in links if not link.startswith((root, "mailto:"))] == []
    ending = "" if builder == "dirhtml" else ".html"
    assert f'action="{root}search{"/" if builder == "dirhtml" else ending}"' in html
    styles = [link.removeprefix(root) for link in links if link.endswith(".css")]
    assert styles
    assert all((built.out / style).is_file() for style in styles)


def test_a_404_of_the_project_stays(build: Build):
    """A project's own page of this name is not written over."""
    own = FILES | {"docs/404.md": "---\norphan: true\n---\n\n# Gone fishing\n"}
    assert "Gone fishing" in (build(own, "html").out / "404.html").read_text()
