"""Makes two Sphinx projects of the same N pages: one as an atlas, one as plain Sphinx with MyST."""

from __future__ import annotations

import random
from pathlib import Path

from pybtex.database import parse_file

WORDS = tuple(
    """
    patients controls exertion symptoms fatigue study measured hospital weeks scores blood sleep muscle
    pain memory onset recovery baseline group difference sample women men years clinic severe mild
    report protocol rest walking cells protein oxygen heart rate tilt immune brain nerve small fibre
    biopsy questionnaire diary the a of in with and for from by at than more fewer after before during
    between within across among
    """.split()  # noqa: SIM905
)
ENTRIES = 6204  # made-up references at the least, as many as a field of this size has
DEFINITIONS = ("fukuda-1994", "ccc-2003", "icc-2011", "iom-2015", "oxford-1991")
DESIGNS = ("cohort", "case-control", "cross-sectional", "survey", "review", "case-series")
TOPICS = ("pain", "sleep", "immunology", "genetics", "metabolism", "autonomic", "exercise-testing")
CONF = """project = "Bench"
extensions = [{extension!r}]
html_theme = "basic"
html_sidebars = {{"**": []}}
exclude_patterns = ["_build"]
"""


def make(folder: Path, pages: int, bib: Path | None = None, *, cited: int = 0) -> dict[str, Path]:
    """Write both projects.

    Args:
        folder: Where; it must not exist.
        pages: How many evidence pages.
        bib: A BibTeX file with at least as many entries; without it references are made up.
        cited: Works cited in the prose of each page (in the atlas by a role, in the plain project as text).

    Returns:
        The folders of the two projects, ``atlas`` and ``plain``.
    """
    projects = {name: folder / name for name in ("atlas", "plain")}
    for project in projects.values():
        (project / "evidence").mkdir(parents=True)
    keys = _bibliography(projects["atlas"] / "references.bib", pages, bib, cited)
    (projects["atlas"] / "conf.py").write_text(CONF.format(extension="evidence_atlas"))
    (projects["plain"] / "conf.py").write_text(CONF.format(extension="myst_parser"))
    (projects["atlas"] / "index.md").write_text("# Atlas\n\nMade for timing.\n")
    (projects["plain"] / "index.md").write_text("# Atlas\n\nMade for timing.\n")
    for number in range(pages):
        chance = random.Random(number)
        name = f"evidence/author-{1990 + number % 36}-work-{number}.md"
        front = _front_matter(keys[number], chance)
        parts = _prose(chance, [keys[(number * 7 + n) % len(keys)] for n in range(cited)])
        (projects["atlas"] / name).write_text(_atlas_page(front, parts))
        (projects["plain"] / name).write_text(_plain_page(front, parts))
    return projects


def _bibliography(target: Path, pages: int, bib: Path | None, cited: int) -> list[str]:
    if bib:
        target.write_bytes(bib.read_bytes())
        return list(parse_file(str(bib)).entries)
    entries = [
        f"@article{{work{n},\n  author = {{Author, Anna{n} and Müller, Jürgen and van der Berg, Ida}},\n"
        f"  title = {{Measured differences in sample {n}}},\n  journal = {{Journal of Made-Up Results}},\n"
        f"  year = {{{1990 + n % 36}}},\n  volume = {{{n % 90 + 1}}},\n  pages = {{{n % 400 + 1}--{n % 400 + 12}}},\n"
        f"  doi = {{10.5555/bench.{n}}}\n}}\n"
        for n in range(max(pages, ENTRIES if cited else 0))
    ]
    target.write_text("\n".join(entries))
    return [f"work{n}" for n in range(pages)]


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


def _sentences(chance: random.Random, words: int) -> str:
    made: list[str] = []
    while words > 0:
        length = min(words, chance.randrange(8, 18))
        made.append(" ".join(chance.choice(WORDS) for _ in range(length)).capitalize() + ".")
        words -= length
    return " ".join(made)


def _prose(chance: random.Random, keys: list[str]) -> dict[str, str]:
    roles = "".join(f" {{cite}}`{key}`" for key in keys)
    return {
        "title": f"Scores and {chance.choice(WORDS)} in group {chance.randrange(10**6)}",
        "limits": _sentences(chance, 45),
        "short": _sentences(chance, 80),
        "done": "\n\n".join(_sentences(chance, 65) for _ in range(2)),
        "why": _sentences(chance, 110),
        "roles": roles,
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

{p["limits"]}

{p["short"]}

## What was done and found

{p["done"]}

## Why it matters

{p["why"]}
"""
