"""A small atlas with every chart, and how its pages are read."""

from __future__ import annotations

import re
from pathlib import Path
from xml.etree.ElementTree import Element

from defusedxml import ElementTree

from conftest import Built, page

# key, year and what the record states, apart from what ``page`` gives
STUDIES: dict[str, tuple[str, dict[str, str]]] = {
    "able2001": ("2001", {"criteria": "[{id: fukuda-1994, role: inclusion}]", "participants": "{cases: 12, controls: 9}"}),
    "baker2002": ("2002", {"participants": "{cases: 15}", "level": "E3"}),
    "cole2002": ("2002", {"topics": "[sleep, pain]", "level": "E3", "design": "survey", "participants": "{other: 1200}"}),
    "dahl2002": ("2002", {"criteria": "[]", "design": "review", "level": "none", "topics": "[sleep]"}),
    "evans2016": ("2016", {"criteria": "[]", "review": "{by: editor, date: 2026-01-02}", "context": "[long-covid]"}),
    "frank2016": (
        "2016",
        {
            "design": "rct",
            "outcome": "{primary: Fatigue, direction: benefit}",
            "criteria": "[{id: iom-2015, role: inclusion}, {id: oxford-1991, role: inclusion}]",
            "joined": "unknown",
            "body": "Fatigue improved more with rest than with usual care.",
        },
    ),
    "gray2017": (
        "2017",
        {
            "design": "rct",
            "outcome": "{primary: Steps, direction: no-difference}",
            "relations": "[{type: contradicts, paper: frank2016}]",
        },
    ),
    "hill": ("", {"criteria": "[]", "topics": "[sleep]"}),
}
KINDS = ("pem", "years", "definitions", "gaps", "sizes", "shares")
CHARTS = (
    "# All charts\n\n"
    + "".join(f"```{{evidence-map}} {kind}\n```\n\n" for kind in KINDS)
    + "```{evidence-map} gaps\n:rows: topic\n:columns: design\n```\n\n```{evidence-map} years\n:topic: sleep\n```\n"
)


def bib(studies: dict[str, tuple[str, dict[str, str]]]) -> str:
    """Return the bibliography of studies."""
    return "".join(
        f"@article{{{key},\n  author = {{{key.rstrip('0123456789').title()}, Ann}},\n  title = {{On {key}}},\n  journal = {{Journal}},\n"
        + (f"  year = {{{year}}},\n" if year else "")
        + f"  doi = {{10.5555/{key}}}\n}}\n"
        for key, (year, _record) in studies.items()
    )


def file(key: str) -> str:
    """Return the name of the page of a study."""
    return f"evidence/{key.rstrip('0123456789')}-{STUDIES[key][0] or 'undated'}-work"


FILES = {
    "references.bib": bib(STUDIES),
    "notices.toml": '["10.5555/able2001"]\nnotices = [{ kind = "retraction", reason = "It was made up." }]\n',
    "docs/index.md": "# Home\n\n```{toctree}\ncharts-here\ncase-definitions\noutcomes\n```\n",
    "docs/charts-here.md": CHARTS,
    "docs/case-definitions.md": "# Case definitions\n\n```{case-definitions}\n```\n",
    "docs/outcomes.md": "# Outcomes\n\n```{evidence-outcomes}\n```\n\n## Of sleep\n\n```{evidence-outcomes}\n:topic: sleep\n```\n",
} | {
    f"docs/{file(key)}.md": page(key, **record).replace("# Rest made no difference", f"# What {key} found")
    for key, (_year, record) in STUDIES.items()
}
_PICTURE = re.compile(r"<svg .*?</svg>", re.DOTALL)


def pictures(html: str) -> list[Element]:
    """Return the pictures of a page."""
    return [ElementTree.fromstring(found) for found in _PICTURE.findall(html)]


def leads_to(built: Built, docname: str, address: str) -> tuple[Path, str]:
    """Return the file to which a link of a page leads, and the part of it."""
    target, _, part = address.partition("#")
    found = ((built.out / docname) / target).resolve()
    return (found / "index.html" if found.is_dir() else found), part
