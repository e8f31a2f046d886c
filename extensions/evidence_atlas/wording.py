"""Wording: screens pages as they are read, warns where a sentence claims too much, and shows what a page waives.

Here too is the directive ``wording-rules``, the rules in force as a page.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx.transforms import SphinxTransform
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

import evidence_atlas
from evidence_atlas.core.check_files import Source
from evidence_atlas.core.checker import Checked
from evidence_atlas.core.frontmatter import blank, read_front_matter
from evidence_atlas.core.page import read_page
from evidence_atlas.domain import atlas_domain, warn
from evidence_atlas.frame import add_before_disclosure
from evidence_atlas.language import _
from evidence_atlas.nodeset import bullet_list, container, heading, link, paragraph
from evidence_atlas.scanner.cache import decides
from evidence_atlas.scanner.rules import Example, Rule
from evidence_atlas.scanner.screener import Screener
from evidence_atlas.writing import WriteTime, Writing, show

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

logger = logging.getLogger(__name__)

RULE_ID = "wording-"  # before a rule's id, in the address of its place on the page of the rules
SEVERITIES = {
    "critical": "Critical: a page with such a sentence is not published.",
    "warning": "Warning: the sentence is reworded, or the page says why it stands.",
    "hint": "Hint: worth a second look; it fails nothing.",
}


def read_rules(app: Sphinx) -> None:
    """Read the rules, and say by which version pages are screened."""
    domain = atlas_domain(app.env)
    screener = Screener(domain.atlas, cached=True)
    domain.screener = screener
    domain.atlas = replace(domain.atlas, scanner=screener.version)
    for finding in screener.problems:
        warn(finding)


def find_outdated(app: Sphinx, env: BuildEnvironment, added: set[str], changed: set[str], removed: set[str]) -> Iterable[str]:
    """Return the documents that other rules, or another engine, have screened."""
    domain = atlas_domain(env)
    now = _decides(domain.screener)
    return {name for name, by in domain.screened.items() if by != now} - removed


def _decides(screener: Screener) -> str:
    return decides(screener.engine.rules)


def screen_source(app: Sphinx, docname: str, source: list[str]) -> None:
    """Screen a page that is about to be read."""
    path = Path(app.env.doc2path(docname))
    if path.suffix != ".md":
        return
    domain = atlas_domain(app.env)
    page = _checked(app, str(path), source[0])
    screener = domain.screener
    for finding in screener.check(page, domain.atlas):
        if finding.severity == "hint":
            logger.info("%s: %s [%s]", finding.place, finding.message, finding.label)
        else:
            warn(finding)
    domain.screened[docname] = _decides(screener)
    if new := screener.new():
        domain.screenings[docname] = new


def keep_screenings(app: Sphinx, env: BuildEnvironment) -> None:
    """Keep what was found, that of processes that read a share of the pages included, for every later build and check."""
    domain = atlas_domain(env)
    for rows in domain.screenings.values():
        domain.screener.add(rows)
    domain.screenings.clear()
    domain.screener.save()


def _checked(app: Sphinx, path: str, text: str) -> Source:
    """Return the page as the checker has read it a moment ago; other pages than evidence pages are read here."""
    held = app.env.temp_data.pop("atlas_checked", None)
    if held is not None:
        original: str = held[0]
        checked: Checked = held[1]
        return Source(path, original, checked.body, checked.front, checked.page, checked.record)
    front = read_front_matter(text)
    body = blank(text, front)
    page = read_page(body)
    app.env.temp_data["atlas_page"] = page  # the guard looks at the same parts
    return Source(path, text, body, front, page, None)


class Waived(WriteTime):
    """The wording rules that a page waives, with its reasons, for readers to see."""

    finished = True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return a block with a line for each waiver; nothing where there is none."""
        record, rules = writing.record, writing.domain.screener.engine.rules.rule
        if record is None or not record.waivers:
            return []
        rows: list[list[nodes.Node | str]] = [
            [nodes.strong("", rules[waiver.rule].title if waiver.rule in rules else waiver.rule), f" — {waiver.reason}"]
            for waiver in record.waivers
        ]
        return [container(paragraph(_("Wording waived on this page:")), bullet_list(rows), classes=["atlas-waivers"])]


class ShowWaivers(SphinxTransform):
    """Puts the waivers of an evidence page before its last lines."""

    default_priority = 503

    def apply(self, **kwargs: Any) -> None:
        """Add the part to a page that waives something."""
        record = atlas_domain(self.env).record(self.env.docname)
        if record and record.waivers:
            add_before_disclosure(self, Waived)


class WordingRules(WriteTime):
    """The rules in force."""

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return a block a rule, each with an address of its own."""
        rules = writing.domain.screener.engine.rules
        found: list[nodes.Node] = [paragraph(f"Version {rules.version} has {len(rules.rule)} rules.")]
        for key, rule in rules.rule.items():
            found += _rule(key, rule, anchored=writing.can_link_within)
        return found


def _rule(key: str, rule: Rule, *, anchored: bool) -> list[nodes.Node]:
    title = heading(rule.title)
    why: list[nodes.Node | str] = []
    for reason in rule.why:
        why += [" ", reason.text]
        if reason.doi:
            why += [" ", link(f"https://doi.org/{reason.doi}", f"doi:{reason.doi}")]
    instead: list[list[nodes.Node | str]] = [
        [f"{'Write' if design == 'default' else f'Design {design}'}: {words}"] for design, words in rule.instead.items()
    ]
    return [
        container(
            title,
            paragraph("Rule ", nodes.literal("", key), f". {SEVERITIES[rule.severity]}"),
            paragraph(rule.meaning),
            paragraph(nodes.strong("", "Why."), *why),
            paragraph(nodes.strong("", "What to write instead")),
            bullet_list(instead),
            paragraph(nodes.strong("", "Found")),
            bullet_list([_example(example) for example in rule.positive], ["atlas-made-up"]),
            paragraph(nodes.strong("", "Not found")),
            bullet_list([_example(example) for example in rule.negative], ["atlas-made-up"]),
            classes=["atlas-wording-rule"],
            ids=[f"{RULE_ID}{key}"] if anchored else [],
        )
    ]


def _example(example: Example) -> list[nodes.Node | str]:
    about = example.about
    facts = [str(about[name]) for name in ("design", "level", "badge", "direction", "section") if about.get(name)]
    facts += [str(context) for context in about.get("contexts", ())]
    return [example.text, f" ({', '.join(facts)})" if facts else ""]


class WordingRulesDirective(SphinxDirective):
    """Shows the rules."""

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        part = WordingRules(docname=self.env.docname)
        self.set_source_info(part)
        show(self.env, part)
        return [part]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Connect screening to reading; register the directive and the transform."""
    app.setup_extension("evidence_atlas.base")
    app.connect("builder-inited", read_rules, priority=600)
    app.connect("env-get-outdated", find_outdated)
    app.connect("source-read", screen_source, priority=250)
    app.connect("env-updated", keep_screenings)
    app.add_transform(ShowWaivers)
    app.add_directive("wording-rules", WordingRulesDirective)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
