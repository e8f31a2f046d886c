"""The shapes of which a part of an evidence page is made, and the two things that they can be: docutils nodes, or HTML.

A part that every evidence page has says once what it shows. On a site it becomes HTML without a detour: making its
nodes, walking through them and translating each would take more time than all else that is done for the part.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from docutils import nodes
from markupsafe import Markup, escape
from pybtex.backends import BaseBackend
from pybtex_docutils import Backend
from sphinx.util.osutil import relative_uri

from evidence_atlas import nodeset
from evidence_atlas.nodeset import Piece
from indexed_bibtex.works import list_of_works

if TYPE_CHECKING:
    from pybtex.style import FormattedEntry
    from sphinx.builders import Builder
    from sphinxcontrib.bibtex.domain import Citation


class Linking(Protocol):
    """What shapes ask of that for which they are made: where it stands, and links from there."""

    @property
    def docname(self) -> str:
        """The document in which it stands."""

    @property
    def builder(self) -> Builder:
        """The builder that writes it."""

    def link(self, address: str, content: str) -> nodes.Node:
        """Return a link to an address outside the documents."""

    def document(self, docname: str, *text: nodes.Node) -> nodes.Node:
        """Return a link to another document."""


class Shapes(Protocol[Piece]):
    """What a part can be made of. Where content is asked for, a string is text."""

    def text(self, content: str, *classes: str) -> Piece:
        """Return words with classes."""

    def strong(self, content: str, *classes: str) -> Piece:
        """Return words that weigh more."""

    def emphasis(self, content: str) -> Piece:
        """Return words that are set off."""

    def literal(self, content: str, *classes: str) -> Piece:
        """Return a word of a machine."""

    def link(self, address: str, content: str) -> Piece:
        """Return a link to an address outside the documents."""

    def to_document(self, docname: str, content: str) -> Piece:
        """Return a link to another document."""

    def to_place(self, place: str, content: str) -> Piece:
        """Return a link to an id on the same page."""

    def paragraph(self, *content: Piece | str, classes: Sequence[str] = ()) -> Piece:
        """Return a paragraph."""

    def citation(self, entry: FormattedEntry, classes: Sequence[str]) -> Piece:
        """Return a paragraph with a reference as pybtex has formatted it."""

    def works(self, works: Sequence[tuple[Citation, Sequence[Piece]]]) -> Piece:
        """Return a list of works, each with what stands after its reference; the citations of the document lead to it."""

    def listing(self, content: str, classes: Sequence[str], *, folded: str = "") -> Sequence[Piece]:
        """Return lines as they are; on a site, behind a name that unfolds them, if there is one."""

    def bullet_list(self, items: Iterable[Sequence[Piece | str]], classes: Sequence[str] = ()) -> Piece:
        """Return a list with a paragraph an item."""

    def definitions(self, items: Iterable[tuple[str, Sequence[Piece]]]) -> Piece:
        """Return names, each with the paragraphs that belong to it."""

    def heading(self, content: str) -> Piece:
        """Return a heading of the second level that opens no section."""

    def container(self, *content: Piece, classes: Sequence[str], ids: Sequence[str] = ()) -> Piece:
        """Return a block that only groups."""

    def ready(self, html: Markup) -> Piece:
        """Return HTML as it is, which formats other than a site leave out."""


@dataclass(frozen=True)
class NodeShapes:
    """Shapes as docutils nodes, for every writer.

    Attributes:
        writing: Makes links as the builder can follow them.
    """

    writing: Linking

    text = staticmethod(nodeset.text)
    paragraph = staticmethod(nodeset.paragraph)
    bullet_list = staticmethod(nodeset.bullet_list)
    heading = staticmethod(nodeset.heading)
    container = staticmethod(nodeset.container)

    def strong(self, content: str, *classes: str) -> nodes.Node:
        """Return a strong node."""
        return nodes.strong("", content, classes=list(classes))

    def emphasis(self, content: str) -> nodes.Node:
        """Return an emphasis node."""
        return nodes.emphasis("", content)

    def literal(self, content: str, *classes: str) -> nodes.Node:
        """Return a literal node."""
        return nodes.literal("", content, classes=list(classes))

    def link(self, address: str, content: str) -> nodes.Node:
        """Return a reference; plain text, which has no links, shows the address."""
        return self.writing.link(address, content)

    def to_document(self, docname: str, content: str) -> nodes.Node:
        """Return a reference, or one that Sphinx resolves later."""
        return self.writing.document(docname, nodes.Text(content))

    def to_place(self, place: str, content: str) -> nodes.Node:
        """Return a reference."""
        return nodes.reference("", content, refid=place, internal=True)

    def citation(self, entry: FormattedEntry, classes: Sequence[str]) -> nodes.Node:
        """Return a paragraph."""
        made: nodes.Element = Backend().paragraph(entry)
        made["classes"] += classes
        made["ids"], made["names"] = [], []
        return made

    def works(self, works: Sequence[tuple[Citation, Sequence[nodes.Node]]]) -> nodes.Node:
        """Return a bullet list with a target an item."""
        return list_of_works(self.writing.builder, self.writing.docname, works)

    def listing(self, content: str, classes: Sequence[str], *, folded: str = "") -> Sequence[nodes.Node]:
        """Return a literal block, since other formats than a site cannot unfold it."""
        return [nodes.literal_block("", content, language="none", classes=list(classes))]

    def definitions(self, items: Iterable[tuple[str, Sequence[nodes.Node]]]) -> nodes.Node:
        """Return a definition list."""
        rows = [nodes.definition_list_item("", nodes.term("", name), nodes.definition("", *said)) for name, said in items]
        return nodes.definition_list("", *rows)

    def ready(self, html: Markup) -> nodes.Node:
        """Return a raw node."""
        return nodes.raw("", html, format="html")


@dataclass(frozen=True)
class HtmlShapes:
    """Shapes as HTML, with the elements and classes that Sphinx's translator gives the nodes.

    Attributes:
        writing: Says from which document links start.
    """

    writing: Linking

    def text(self, content: str, *classes: str) -> Markup:
        """Return an element ``span``, or only words where there are no classes."""
        return _element("span", escape(content), classes) if classes else escape(content)

    def strong(self, content: str, *classes: str) -> Markup:
        """Return an element ``strong``."""
        return _element("strong", escape(content), classes)

    def emphasis(self, content: str) -> Markup:
        """Return an element ``em``."""
        return _element("em", escape(content))

    def literal(self, content: str, *classes: str) -> Markup:
        """Return an element ``code``."""
        return _element("code", _element("span", escape(content), ["pre"]), [*classes, "docutils", "literal", "notranslate"])

    def link(self, address: str, content: str) -> Markup:
        """Return an element ``a``."""
        return _element("a", escape(content), ["reference", "external"], href=address)

    def to_document(self, docname: str, content: str) -> Markup:
        """Return an element ``a``."""
        builder = self.writing.builder
        address = relative_uri(builder.get_target_uri(self.writing.docname), builder.get_target_uri(docname))
        return _element("a", _element("span", escape(content), ["doc"]), ["reference", "internal"], href=address)

    def to_place(self, place: str, content: str) -> Markup:
        """Return an element ``a``."""
        return _element("a", escape(content), ["reference", "internal"], href=f"#{place}")

    def paragraph(self, *content: Markup | str, classes: Sequence[str] = ()) -> Markup:
        """Return an element ``p``."""
        return _element("p", _joined(content), classes)

    def citation(self, entry: FormattedEntry, classes: Sequence[str]) -> Markup:
        """Return an element ``p``."""
        return _element("p", _reference(entry), classes)

    def works(self, works: Sequence[tuple[Citation, Sequence[Markup]]]) -> Markup:
        """Return an element ``ul`` with an id an item."""
        items = (
            [_element("span", "", ["target"], id=work.citation_id), _reference(work.formatted_entry), *said]
            for work, said in works
        )
        return self.bullet_list(items, ["bibtex-works"])

    def listing(self, content: str, classes: Sequence[str], *, folded: str = "") -> Sequence[Markup]:
        """Return an element ``pre``, in one ``details`` where a name is there."""
        lines = _element("pre", escape(content), [*classes, "literal-block"])
        return [_element("details", f"\n{_element('summary', escape(folded))}\n{lines}\n", ["atlas-fold"])] if folded else [lines]

    def bullet_list(self, items: Iterable[Sequence[Markup | str]], classes: Sequence[str] = ()) -> Markup:
        """Return an element ``ul``."""
        rows = "\n".join(_element("li", _element("p", _joined(item))) for item in items)
        return _element("ul", f"\n{rows}\n", [*classes, "simple"])

    def definitions(self, items: Iterable[tuple[str, Sequence[Markup]]]) -> Markup:
        """Return an element ``dl``."""
        rows = "\n".join(f"{_element('dt', escape(name))}{_element('dd', ''.join(said))}" for name, said in items)
        return _element("dl", f"\n{rows}\n")

    def heading(self, content: str) -> Markup:
        """Return an element ``h2``."""
        return _element("h2", escape(content), ["rubric"])

    def container(self, *content: Markup, classes: Sequence[str], ids: Sequence[str] = ()) -> Markup:
        """Return an element ``div``."""
        named = {"id": ids[0]} if ids else {}
        return _element("div", "\n{}\n".format("\n".join(content)), [*classes, "docutils"], **named)

    def ready(self, html: Markup) -> Markup:
        """Return it."""
        return html


def _element(name: str, content: str, classes: Sequence[str] = (), **attributes: str) -> Markup:
    """Return an element of HTML.

    Args:
        name: Its name.
        content: What is in it, as HTML.
        classes: Its classes.
        attributes: Its other attributes, as text.
    """
    given = f' class="{escape(" ".join(classes))}"' if classes else ""
    for attribute, value in attributes.items():
        given += f' {attribute}="{escape(value)}"'
    return Markup(f"<{name}{given}>{content}</{name}>")  # noqa: S704  (the one place where text becomes markup)


def _joined(content: Iterable[Markup | str]) -> str:
    """Return content as HTML; a plain string is text, and markup stays."""
    return "".join(map(escape, content))


class ReferenceBackend(BaseBackend):  # type: ignore[misc]  # pybtex has no types
    """Formatted references with the elements that Sphinx's translator gives the nodes of pybtex-docutils."""

    symbols = {name: str(found[0]) for name, found in Backend.symbols.items()}  # noqa: RUF012  (pybtex has it so)

    def format_str(self, text: str) -> str:
        """Return text with what is markup escaped."""
        return str(escape(text))

    def format_tag(self, tag: str, text: str) -> str:
        """Return content in the element of a tag; of an unknown tag, the content alone."""
        element = _TAGS.get(tag)
        return _element(element, text) if element else text

    def render_sequence(self, rendered_list: list[str]) -> str:
        r"""Return pieces as one, with a link of what stands after ``\url``, of which LaTeX's decoder leaves the name."""
        pieces = list(rendered_list)
        for place, (piece, following) in enumerate(pairwise(rendered_list)):
            if piece.endswith("\\url ") and "<" not in following:
                pieces[place] = piece.removesuffix("\\url ")
                pieces[place + 1] = _element("a", following, ["reference", "external"], href=Markup(following))  # noqa: S704
        return "".join(pieces)

    @staticmethod
    def format_href(url: str, text: str, external: bool = False) -> str:  # noqa: ARG004  (pybtex calls it so)
        """Return a link."""
        return _element("a", text, ["reference", "external"], href=url)


_TAGS = {"emph": "em", "em": "em", "i": "em", "b": "strong", "strong": "strong", "tt": "code", "sup": "sup", "sub": "sub"}
_REFERENCES = ReferenceBackend()


def _reference(entry: FormattedEntry) -> Markup:
    """Return a reference as HTML."""
    return Markup(entry.text.render(_REFERENCES))  # noqa: S704  (the backend escapes its text)
