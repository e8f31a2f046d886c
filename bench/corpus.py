"""Makes Sphinx projects of the same N pages: an atlas, plain Sphinx with MyST, and, where pages cite, plain pages that do.

The project ``whole`` is an atlas with all that a reader gets: its own theme, a table of all papers, lists, charts, a browse
page, the search and the exports; ``atlas`` is one in Sphinx's own theme, with nothing but its pages.

The plain pages are as one would write them by hand without references: the same prose, the paper's authors, journal,
year and DOI as text, and keys in brackets where the atlas cites. Those of the third project, ``cited``, have ``{cite}``
in place of the keys and the works that they cite at their end: they show what references cost, and nothing else.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterable
from dataclasses import dataclass
from importlib import resources
from pathlib import Path

from pybtex.database import Entry, parse_file

from evidence_atlas.charts.tally import KINDS
from evidence_atlas.scanner import Context, Engine
from evidence_atlas.scanner.passages import Passage
from evidence_atlas.scanner.rules import built_in

ENTRIES = 6204  # references where pages cite, as many as a field of this size has
OURS = Path(__file__).resolve().parent.parent / "references.bib"
DEFINITIONS = ("fukuda-1994", "ccc-2003", "icc-2011", "iom-2015", "oxford-1991")
DESIGNS = ("cohort", "case-control", "cross-sectional", "survey", "review", "case-series")
TOPICS = ("pain", "sleep", "immunology", "genetics", "metabolism", "autonomic", "exercise-testing")
CONF = """project = "Bench"
extensions = [{extension!r}]
html_theme = "basic"
html_sidebars = {{"**": []}}
exclude_patterns = ["_build"]
"""

WHOLE = """import sys

sys.path.insert(0, {bench!r})
project = "Bench"
extensions = [{extensions}]
html_theme = "evidence_atlas"
exclude_patterns = ["_build"]
"""
HOME = """# Atlas

Made for timing.

```{evidence-table}
```

```{toctree}
:hidden:

browse
references
policy
pictures
case-definitions
coverage
notices
```
"""
PICTURES = "\n".join(f"```{{evidence-map}} {kind}\n```\n" for kind in KINDS)
LISTS = {
    "index.md": HOME,
    "browse.md": "# Browse\n\n```{evidence-browse}\n```\n",
    "references.md": "# References\n\n```{evidence-references}\n```\n",
    "policy.md": "# The rules\n\n```{evidence-policy}\n```\n",
    "pictures.md": f"# Pictures\n\n{PICTURES}\n```{{evidence-outcomes}}\n```\n",
    "case-definitions.md": "# Case definitions\n\n```{case-definitions}\n```\n",
    "coverage.md": "# What is missing\n\n```{evidence-coverage}\n```\n",
    "notices.md": "# Notices\n\n```{evidence-notices}\n```\n",
}
NOTICE = '["{doi}"]\nnotices = [{{ kind = "correction", reason = "Made for timing." }}]\n'
BENCH = str(Path(__file__).resolve().parent)
CITING = """extensions = ["myst_parser", "indexed_bibtex.bibfiles"]
bibtex_bibfiles = ["references.bib"]
html_theme = "basic"
html_sidebars = {"**": []}
exclude_patterns = ["_build"]


def setup(app):
    from docutils import nodes
    from indexed_bibtex.works import list_works

    def add_works(app, document):
        if works := list_works(app.env, document, 1):
            document += nodes.container("", works, classes=["no-search"])  # as in an atlas

    app.connect("doctree-read", add_works)
"""


_ENGINE = Engine(built_in())
_PAGE = Context(design="survey", design_label="a survey", level="E3", contexts=("me-cfs",), badge="unclear")


@dataclass(frozen=True)
class References:
    """The references of a corpus.

    Attributes:
        keys: Their keys.
        bylines: Authors, journal, year and DOI of each as a line of Markdown, by key.
        dois: Their DOIs in lower case, by key; empty where one has none.
        words: What prose is made of: the words of their titles, so that they are as many and as frequent as in the field.
    """

    keys: list[str]
    bylines: dict[str, str]
    dois: dict[str, str]
    words: list[str]


def make(folder: Path, pages: int, bib: Path | None = None, *, cited: int = 0) -> dict[str, Path]:
    """Write the projects.

    Args:
        folder: Where; it must not exist.
        pages: How many evidence pages.
        bib: A BibTeX file with at least as many entries; without it this atlas's own, as often as is needed.
        cited: Works cited in the prose of each page (in the atlas by a role, in the plain project as text).

    Returns:
        The folders of the projects: ``atlas``, ``whole``, ``plain`` and, where works are cited, ``cited``.
    """
    projects = {name: folder / name for name in ("atlas", "plain", *(["cited"] if cited else []))}
    projects["whole"] = folder / "whole" / "docs"  # with a folder around it, where the scanner keeps what it found
    for project in projects.values():
        (project / "evidence").mkdir(parents=True)
    references = _bibliography(projects["atlas"] / "references.bib", pages, bib, cited)
    keys = references.keys
    (projects["atlas"] / "conf.py").write_text(CONF.format(extension="evidence_atlas"))
    (projects["plain"] / "conf.py").write_text(CONF.format(extension="myst_parser"))
    if cited:
        (projects["cited"] / "conf.py").write_text(CITING)
        (projects["cited"] / "references.bib").write_bytes((projects["atlas"] / "references.bib").read_bytes())
    for project in projects.values():
        (project / "index.md").write_text("# Atlas\n\nMade for timing.\n")
    _finish_whole(projects["whole"], projects["atlas"], next(doi for doi in references.dois.values() if doi))
    for number in range(pages):
        chance = random.Random(number)
        name = f"evidence/author-{1990 + number % 36}-work-{number}.md"
        front = _front_matter(keys[number], chance)
        parts = _prose(chance, references.words, [keys[(number * 7 + n) % len(keys)] for n in range(cited)])
        parts["byline"] = references.bylines[keys[number]]
        for project in ("atlas", "whole"):
            (projects[project] / name).write_text(_atlas_page(front, parts))
        (projects["plain"] / name).write_text(_plain_page(front, parts))
        if cited:
            (projects["cited"] / name).write_text(_plain_page(front, parts | {"keys": parts["roles"]}))
    return projects


def whole_conf(extensions: Iterable[str] = ("evidence_atlas",), more: str = "") -> str:
    """Return ``conf.py`` of the project ``whole``.

    Args:
        extensions: What it loads; what counts the build's work comes with it.
        more: Lines at its end.
    """
    return WHOLE.format(bench=BENCH, extensions=", ".join(map(repr, (*extensions, "counting")))) + more


def _finish_whole(project: Path, atlas: Path, doi: str) -> None:
    """Give the whole its settings, its lists, a policy of its own and a notice, so that one row of each can be edited."""
    (project / "conf.py").write_text(whole_conf())
    (project / "references.bib").write_bytes((atlas / "references.bib").read_bytes())
    (project / "policy.toml").write_bytes(resources.files("evidence_atlas.core").joinpath("policy.toml").read_bytes())
    (project / "notices.toml").write_text(NOTICE.format(doi=doi))
    for name, text in LISTS.items():
        (project / name).write_text(text)


def _bibliography(target: Path, pages: int, bib: Path | None, cited: int) -> References:
    if bib:
        target.write_bytes(bib.read_bytes())
    else:
        target.write_text(_repeated(OURS.read_text(encoding="utf-8"), max(pages, ENTRIES if cited else 0)), encoding="utf-8")
    entries = parse_file(str(target)).entries
    titles = " ".join(entry.fields.get("title", "") for entry in entries.values()).lower()
    words = [word for word in re.findall(r"[a-z]{2,}", titles) if word != "cfs"]  # of names, pages are to have their source's own
    dois = {key: entry.fields.get("doi", "").lower() for key, entry in entries.items()}
    return References(list(entries), {key: _byline(entry) for key, entry in entries.items()}, dois, words)


def _repeated(text: str, count: int) -> str:
    """Return as many entries as are wanted: a file's own, then the same under other keys and identifiers.

    Args:
        text: The file.
        count: How many entries.
    """
    own = re.split(r"^(?=@\w+\{)", text, flags=re.MULTILINE)[1:]
    made = list(own[:count])
    for number in range(len(own), count):
        entry = re.sub(r"^(@\w+\{[^,]+)", rf"\1-{number}", own[number % len(own)])
        entry = re.sub(r"^(\s*doi\s*=\s*)\{.*\},?$", rf"\1{{10.5555/bench.{number}}},", entry, flags=re.MULTILINE)
        made.append(re.sub(r"^\s*(?:pmid|pmcid|url)\s*=.*\n", "", entry, flags=re.MULTILINE))
    return "".join(made)


def _byline(entry: Entry) -> str:
    people = "; ".join(str(person) for person in entry.persons.get("author", ()))
    journal, year, doi = (entry.fields.get(name, "") for name in ("journal", "year", "doi"))
    return re.sub(r"[{}\\*_`$]", "", f"{people} - {year}, {journal}.") + (f" [doi:{doi}](https://doi.org/{doi})" if doi else "")


def _front_matter(key: str, chance: random.Random) -> str:
    return f"""---
evidence:
  paper: {key}
  summary: In {chance.randrange(20, 400)} people, scores were lower after exertion than before.
  read: abstract
  design: {chance.choice(DESIGNS)}
  context: [me-cfs]
  level: E3
  topics: [{chance.choice(TOPICS)}]
  criteria:
    - {{id: {chance.choice(DEFINITIONS)}, role: inclusion}}
  participants: {{cases: {chance.randrange(20, 400)}}}
  drafted: software
  review: none
---
"""


def _sentences(chance: random.Random, words: list[str], count: int) -> str:
    made: list[str] = []
    while count > 0:
        length = min(count, chance.randrange(8, 18))
        sentence = " ".join(chance.choice(words) for _ in range(length)).capitalize() + "."
        if _ENGINE.screen([Passage(sentence, "finding", [(0, 1, 1)])], _PAGE):
            continue  # the pages of an atlas pass its scanner, and warnings would cost time
        made.append(sentence)
        count -= length
    return " ".join(made)


def _prose(chance: random.Random, words: list[str], keys: list[str]) -> dict[str, str]:
    roles = "".join(f" {{cite}}`{key}`" for key in keys)
    return {
        "title": f"Scores and {chance.choice(words)} in group {chance.randrange(10**6)}",
        "limits": _sentences(chance, words, 45),
        "short": _sentences(chance, words, 80),
        "done": "\n\n".join(_sentences(chance, words, 65) for _ in range(2)),
        "why": _sentences(chance, words, 110),
        "roles": roles,
        "keys": "".join(f" (Ref {key})" for key in keys),
    }


def _atlas_page(front: str, p: dict[str, str]) -> str:
    return f"""{front}
# {p["title"]}

```{{pem-badge}}
```

```{{limitations}}
{p["limits"]}
```

{p["short"]}{p["roles"]}

## What was done and found

{p["done"]}

## Why it matters

{p["why"]}

```{{cite-block}}
```

```{{contribute}}
```
"""


def _plain_page(front: str, p: dict[str, str]) -> str:
    front = front.replace("---", "---\norphan: true", 1)  # as plain Sphinx wants it of a page in no toctree
    return f"""{front}
# {p["title"]}

*{p["byline"]}*

{p["limits"]}

{p["short"]}{p["keys"]}

## What was done and found

{p["done"]}

## Why it matters

{p["why"]}
"""
