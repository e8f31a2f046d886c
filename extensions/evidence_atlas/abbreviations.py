"""Abbreviations: where a page about papers uses one of the glossary's for the first time, it links to it there.

A title alone is no help on a phone, so it is a link; other formats keep the plain word. A page that uses an abbreviation
is written again when its entry changes, and a project without a glossary has none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from docutils import nodes
from sphinx import addnodes
from sphinx.transforms.post_transforms import SphinxPostTransform

import evidence_atlas
from evidence_atlas.domain import AtlasDomain, atlas_domain
from evidence_atlas.glossary import Abbreviations, gather
from evidence_atlas.writing import WriteTime, Writing

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.environment import BuildEnvironment
    from sphinx.util.typing import ExtensionMetadata

REMEMBERED = "abbreviation:"  # begins the names of entries among what is remembered between builds
_JOINED = re.compile(r"[\w/-]")  # before a word, such a character makes it a part of another
# what is no running text, or leads somewhere already
_PASSED_OVER = (
    nodes.title,
    nodes.rubric,
    nodes.literal,
    nodes.FixedTextElement,
    nodes.reference,
    nodes.Invisible,
    addnodes.pending_xref,
    WriteTime,
)


def find_changed(app: Sphinx, env: BuildEnvironment) -> Iterable[str]:
    """Gather the abbreviations, and return the documents that may use one whose entry changed since the last build."""
    domain = atlas_domain(env)
    domain.abbreviations = gather(env)
    entries = domain.abbreviations.entries if domain.abbreviations else {}
    memory = domain.memory
    gone = [name for name in memory.before if name.startswith(REMEMBERED) and name.removeprefix(REMEMBERED) not in entries]
    changed = [name.removeprefix(REMEMBERED) for name in gone]
    changed += [name for name, entry in entries.items() if memory.note(f"{REMEMBERED}{name}", repr(entry))]
    return [docname for docname in domain.stated.keys() | domain.shown.keys() if _may_use(changed, docname, domain)]


def _may_use(changed: Iterable[str], docname: str, domain: AtlasDomain) -> bool:
    """Whether a document may use one of some abbreviations; only of evidence pages is the text at hand."""
    reading = domain.readings.get(docname)
    return any(reading is None or name in reading.text for name in changed)


class LinkAbbreviations(SphinxPostTransform):
    """Links the first use of each abbreviation in the running text of a page about papers."""

    default_priority = 3  # before the parts of a page are filled in, whose words are explained where they lead to
    formats = ("html",)

    def run(self, **kwargs: Any) -> None:
        """Link the abbreviations, on a site of many pages."""
        domain, docname = atlas_domain(self.env), self.env.docname
        found = domain.abbreviations
        if found is None or docname in found.documents or not (docname in domain.stated or docname in domain.shown):
            return
        if Writing(docname, domain.builder, domain).can_link_within:
            addresses = {name: domain.builder.get_relative_uri(docname, name) for name in found.documents}
            link_first_uses(self.document, found, addresses)


def link_first_uses(document: nodes.document, found: Abbreviations, addresses: Mapping[str, str]) -> None:
    """Walk through a document in its order until every abbreviation was met, and link each where it is met.

    Args:
        document: The document, before its references are resolved.
        found: The abbreviations.
        addresses: The addresses of the documents with a glossary, from this one.
    """
    search, seen = found.pattern.search, set[str]()
    waiting: list[nodes.Node] = [document]
    while waiting and len(seen) < len(found.entries):
        node = waiting.pop()
        kind: Any = type(node)
        if _holds_text(kind):
            waiting += node.children[::-1]
        elif isinstance(node, nodes.Text):
            if search(node) and (new := [match for match in found.pattern.finditer(node) if match[0] not in seen]):
                _link(node, new, found, seen, addresses)
        elif isinstance(node, addnodes.pending_xref) and node["reftype"] == "term":
            seen.add(node.astext())


@cache
def _holds_text(kind: type[nodes.Node]) -> bool:
    """Whether running text may stand below nodes of a class; asked of every node of every page."""
    return issubclass(kind, nodes.Element) and not issubclass(kind, _PASSED_OVER)


def _link(
    text: nodes.Text, matches: Iterable[re.Match[str]], found: Abbreviations, seen: set[str], addresses: Mapping[str, str]
) -> None:
    """Put links in place of the abbreviations in a text that were not seen before."""
    parts: list[nodes.Node] = []
    end = 0
    for match in matches:
        name, start = match[0], match.start()
        if name in seen or (start and _JOINED.match(text[start - 1])):
            continue
        seen.add(name)
        entry = found.entries[name]
        word = nodes.abbreviation("", name, explanation=entry.explanation)
        address = f"{addresses[entry.docname]}#{entry.anchor}"
        link = nodes.reference("", "", word, refuri=address, internal=True, classes=["atlas-abbreviation"])
        parts += [nodes.Text(text[end:start]), link]
        end = match.end()
    if parts:
        text.parent.replace(text, [*parts, nodes.Text(text[end:])])


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the transform; gather before pages are written, after what else they show is known."""
    app.setup_extension("evidence_atlas.base")
    app.connect("env-updated", find_changed, priority=600)
    app.add_post_transform(LinkAbbreviations)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
