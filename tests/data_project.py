"""A small atlas whose pages and papers hold what breaks formats, and what tests of data share."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st

from conftest import BIB, page
from core import helpers as core

BASE = "https://atlas.example.org"
ALPHA, GAMMA, DELTA = "evidence/alpha-2020-rest", "evidence/gamma-2021-cohort", "evidence/delta-2019-review"
NASTY, UNDATED = "evidence/nasty-2022-title", "evidence/omega-undated-report"
LISTED = "charts/pem/all"  # the papers behind the chart of the first page
BREAK = "=1+1 </script><script>x</script> --> & \"q\" 'a' {{b}} %20 ]]> \\u003c; DROP TABLE page"
AUTHORS = 500

_NASTY_BIB = r"""
@article{nasty2022title,
  author = {{The A \& B Group; Ltd} and van der Berg, Jr, Anna and MANY},
  title = {<script>alert(1)</script> \& {``quotes''} = 50\% of {ME}; a+b},
  journal = {Pain \& "Rest" <Journal>},
  year = {2022},
  doi = {10.5555/a<b>c;2-#&x},
  pmid = {22222}
}

@techreport{omega2000report,
  author = {Omega, Ona},
  title = {A report without a year},
  institution = {An institute},
  pmid = {33333}
}
""".replace("MANY", " and ".join(f"Name{number}, A." for number in range(AUTHORS - 2)))

SETTINGS = """
name = "Test <atlas> & more"
operator = "The \\"Test\\" operator"
licence = "https://creativecommons.org/licenses/by/4.0/"
data-licence = "https://creativecommons.org/publicdomain/zero/1.0/"
pdf = true
"""
NOTICES = """
["10.5555/gamma.2"]
notices = [
  {kind = "retraction", doi = "10.5555/notice.1", date = 2023-05-06, issuer = "The journal", reason = "It was made up."},
  {kind = "correction", date = "2022"},
]
"""


def quoted(text: str) -> str:
    """Return text as YAML."""
    return "'" + text.replace("'", "''") + "'"


NASTY_PAGE = page(
    "nasty2022title",
    summary=quoted(f"{BREAK} was found."),
    topics="[sleep]",
    body="Body.",
    parts='```{pem-badge}\n```\n\n```{limitations}\n=2+2 \\</script> & it says "nothing".\n```',
).replace("# Rest made no difference", "# =cmd \\</script> & \"the title\" 'of' \\<b>")

FILES = {
    "docs/index.md": "# Home\n\n```{evidence-table}\n```\n\n```{evidence-map} pem\n```\n",
    "docs/browse.md": "---\norphan: true\n---\n\n# Browse\n\n```{evidence-browse}\n```\n",
    "references.bib": BIB + _NASTY_BIB,
    "atlas.toml": SETTINGS,
    "notices.toml": NOTICES,
    f"docs/{ALPHA}.md": page(
        participants="{cases: 12, controls: 3}", topics="[pain, sleep]", relations="[{type: replicates, paper: delta2019review}]"
    ),
    f"docs/{GAMMA}.md": page("gamma2021cohort"),
    f"docs/{DELTA}.md": page("delta2019review", design="review", level="none", read="record", criteria="[]"),
    f"docs/{NASTY}.md": NASTY_PAGE,
    f"docs/{UNDATED}.md": page("omega2000report"),
}
DOCNAMES = (ALPHA, DELTA, GAMMA, NASTY, UNDATED)

PROPERTY = settings(core.PROPERTY, max_examples=core.RANDOM or 60)
RISKY = [
    "</script>",
    "<!--",
    "]]>",
    "&amp;",
    '"',
    "'",
    "=1+1",
    "\t=1",
    "{",
    "}",
    "\\",
    "%",
    "; ",
    "\x00",
    "\ufffe",
    "\n",
    "\u2028",
]
TEXTS = st.lists(st.sampled_from(RISKY) | st.text(min_size=1, max_size=8), min_size=1, max_size=5).map("".join)


class Head(HTMLParser):
    """Reads from a page what programs read: meta elements, links, blocks of data and COinS spans."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.meta: list[tuple[str, str]] = []
        self.links: list[dict[str, str]] = []
        self.data: list[str] = []
        self.coins: list[str] = []
        self.scripts = 0
        self._inside = False
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[Any]) -> None:
        """Keep what is asked for."""
        given = dict(attrs)
        if tag == "meta":
            self.meta.append((given.get("name") or given.get("property") or "", given.get("content") or ""))
        elif tag == "link":
            self.links.append(given)
        elif tag == "span" and given.get("class") == "Z3988":
            self.coins.append(given["title"])
        elif tag == "script":
            self.scripts += 1
            self._inside = given.get("type") == "application/ld+json"

    def handle_endtag(self, tag: str) -> None:
        """Leave a block of data."""
        self._inside = self._inside and tag != "script"

    def handle_data(self, data: str) -> None:
        """Keep a block of data."""
        if self._inside:
            self.data.append(data)

    def of(self, name: str) -> list[str]:
        """Return the contents of a meta element."""
        return [content for meta, content in self.meta if meta == name]

    def to(self, rel: str) -> list[str]:
        """Return where links of a kind lead."""
        return [link["href"] for link in self.links if link.get("rel") == rel]
