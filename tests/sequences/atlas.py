"""A small atlas as data, with a page for each directive, from which its files are written."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from conftest import RECORD
from evidence_atlas.core.policy import BUILT_IN
from evidence_atlas.scanner.rules import BUILT_IN as BUILT_IN_RULES

CONF = """
project = "Random atlas"
extensions = ["evidence_atlas"]
html_theme = "evidence_atlas"
"""
SURNAMES = ("Able", "Baker", "Cole", "Dahl", "Evans", "Frank", "Gray", "Hill", "Martínez-Lavín", "van Campen")


@dataclass
class Work:
    """An entry of the bibliography."""

    authors: str
    title: str
    year: str
    journal: str = "Journal of Rest"
    doi: str = ""

    def bibtex(self, key: str) -> str:
        """Return the entry; fields without a value are left out."""
        given = {"author": self.authors, "title": self.title, "journal": self.journal, "year": self.year, "doi": self.doi}
        fields = "".join(f"  {name} = {{{value}}},\n" for name, value in given.items() if value)
        return f"@article{{{key},\n{fields}}}\n\n"


@dataclass
class Page:
    """An evidence page."""

    paper: str
    title: str
    body: list[str]
    record: dict[str, str] = field(default_factory=dict)
    limitations: str = "It does not prove that rest helps."
    broken: str = ""

    def source(self) -> str:
        """Return the page as MyST."""
        plain = RECORD | self.record
        lines = "".join(f"  {key}: {value}\n" for key, value in plain.items() if value)
        paragraphs = "\n\n".join(self.body)
        text = (
            f"---\nevidence:\n  paper: {self.paper}\n{lines}---\n\n# {self.title}\n\n```{{pem-badge}}\n```\n\n"
            f"```{{limitations}}\n{self.limitations}\n```\n\n{paragraphs}\n\n```{{cite-block}}\n```\n\n```{{contribute}}\n```\n"
        )
        return BREAKS[self.broken](text) if self.broken else text


# how a page is broken: each gives a warning, or several, and mending it takes them away
BREAKS = {
    "design": lambda text: text.replace("  design: ", "  design: un"),
    "limitations": lambda text: text.replace("```{limitations}", "```{note}"),
    "markup": lambda text: text + "\n<b>bold</b>\n",
    "yaml": lambda text: text.replace("  drafted: ", "  drafted: ["),
    "cite": lambda text: text.replace("```{cite-block}", "{cite}`nobody1999`\n\n```{cite-block}"),
    "evidence": lambda text: text.replace("```{cite-block}", "{evidence}`nobody1999`\n\n```{cite-block}"),
    "wording": lambda text: text.replace("```{cite-block}", "This proves that rest causes recovery.\n\n```{cite-block}"),
    "title": lambda text: text.replace("\n# ", "\n"),
    "empty": lambda text: text[:0],
}

OTHERS = {
    "index": "# Home\n\n```{search-field} Words\n```\n\n```{toctree}\n:glob:\n\nfield/*\nguide/*\nevidence/index\n```\n",
    "evidence/index": "# Papers\n\n```{evidence-table}\n:sort-by: author\n```\n",
    "field/pain": "# Pain\n\n```{evidence-table}\n:topic: pain\n:columns: author, title, pem\n:sort-by: -year\n```\n\n{evidence}`able2001`, {cite:t}`cole2002`\n",
    "field/browse": "# Browse\n\n```{evidence-browse}\n```\n",
    "field/references": "# References\n\n```{evidence-references}\n```\n",
    "field/works": "# Works\n\n```{bibliography}\n:all:\n```\n",
    "field/notices": "# Notices\n\n```{evidence-notices}\n```\n",
    "field/map": "# Charts\n\n```{evidence-map} gaps\n```\n\n```{evidence-outcomes}\n```\n",
    "field/definitions": "# Definitions\n\n```{case-definitions}\n```\n",
    "field/coverage": "# Coverage\n\n```{evidence-coverage} references\n```\n\n```{evidence-coverage} unclear\n```\n",
    "guide/policy": "# Policy\n\n```{evidence-policy} definitions\n```\n\n```{evidence-policy} levels\n```\n",
    "guide/how": "# How it works\n\n```{wording-rules}\n```\n\n```{evidence-query}\n```\n",
    "guide/cases": "# Cases\n\n```{worked-case} required\ndesign: cohort\nlevel: E2\ncriteria:\n  - {id: ccc-2003, role: inclusion}\n```\n\n"
    "```{atlas-reference} notices\n```\n",
    "guide/glossary": "# Words\n\n```{glossary}\nPEM\npost-exertional malaise\n  Worse after effort.\n```\n",
}  # fmt: skip


def first_works() -> dict[str, Work]:
    """Return the bibliography that a sequence begins with; two of its works have no page."""
    years = ("2001", "2002", "2002", "2012", "2016", "2016", "2020")
    return {
        f"{name.lower()}{year}": Work(f"{name}, Ann and Other, Bob", f"On the {name} study", year, doi=f"10.5555/{name.lower()}")
        for name, year in zip(SURNAMES, years, strict=False)
    }


def first_pages() -> dict[str, Page]:
    """Return the pages that a sequence begins with."""
    able = Page("able2001", "Rest made no difference", ["PEM was common. See {evidence}`baker2002` and {cite}`cole2002`."])
    baker = Page(
        "baker2002", "Sleep was poor", ["Short."], {"topics": "[sleep]", "criteria": "[{id: fukuda-1994, role: inclusion}]"}
    )
    cole = Page(
        "cole2002",
        "What is known",
        ["{cite}`able2001`"],
        {"design": "review", "level": "E3", "criteria": "[]", "topics": "[pain, sleep]"},
    )
    frank = Page("frank2016", "A trial", ["See {evidence}`able2001`."], {
        "design": "rct", "outcome": "{primary: Fatigue, direction: no-difference}", "relations": "[{type: contradicts, paper: able2001}]",
    })  # fmt: skip
    return {"able-2001-rest": able, "baker-2002-sleep": baker, "cole-2002-known": cole, "frank-2016-trial": frank}


@dataclass
class Atlas:
    """All that is in the folder of an atlas."""

    works: dict[str, Work] = field(default_factory=first_works)
    pages: dict[str, Page] = field(default_factory=first_pages)
    others: dict[str, str] = field(default_factory=lambda: dict(OTHERS))
    notices: dict[str, str] = field(default_factory=dict)
    settings: dict[str, str | list[str]] = field(
        default_factory=lambda: {
            "name": "Random atlas",
            "how-it-works": "guide/how",
            "repository": "https://git.example.org/atlas",
        }
    )
    policy: str = field(default_factory=lambda: BUILT_IN.read_text(encoding="utf-8"))
    rules: str = ""
    checks: str = ""
    query: str = '[pubmed]\nquery = "fatigue"\n'
    damage: dict[str, str] = field(default_factory=dict)  # what was put at the end of files so that they cannot be read

    def files(self) -> dict[str, str]:
        """Return all files by name."""
        notices = "".join(
            f'["{doi}"]\nnotices = [{{ kind = "{kind}", date = 2020-01-02 }}]\n' for doi, kind in self.notices.items()
        )
        settings = "".join(
            f"{key} = {value if value in ('true', 'false') else repr(value)}\n" for key, value in self.settings.items()
        )
        found = {
            "docs/conf.py": CONF,
            "references.bib": "".join(work.bibtex(key) for key, work in self.works.items()),
            "policy.toml": self.policy,
            "notices.toml": notices,
            "atlas.toml": settings,
            "query.toml": self.query,
            "wording.toml": self.rules,
            "notice-checks.json": self.checks,
        }
        found |= {f"docs/{name}.md": text for name, text in self.others.items()}
        found |= {
            f"docs/{self.settings.get('evidence', 'evidence')}/{name}.md": page.source() for name, page in self.pages.items()
        }
        return {name: text + self.damage.get(name, "") for name, text in found.items() if text}

    def write(self, root: Path) -> None:
        """Bring a folder up to date: write the files that are new or other, delete those that are gone, leave the rest alone."""
        files = self.files()
        for path in [*root.glob("*.toml"), *root.glob("*.json"), *(root / "docs").rglob("*.md")]:
            if path.relative_to(root).as_posix() not in files:
                path.unlink()
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if not path.is_file() or path.read_text(encoding="utf-8") != text:
                path.write_text(text, encoding="utf-8")


def built_in_rules() -> str:
    """Return the wording rules that come with the package, for a file that stands in their place."""
    return BUILT_IN_RULES.read_text(encoding="utf-8")
