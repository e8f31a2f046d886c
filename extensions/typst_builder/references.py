"""Visitors for what refers: links, targets, footnotes, citations, downloads."""

from __future__ import annotations

from functools import cached_property
from typing import Any
from urllib.parse import unquote

from docutils import nodes
from docutils.nodes import Element

from typst_builder.lengths import can_be_address
from typst_builder.literals import Code, block, call, one_line, printable
from typst_builder.translator import Base, label_of

# what Sphinx gets as the address of a document, and this module takes apart again
SCHEME = "typst-document:"
_SAFE = ("https://", "http://", "mailto:", "ftp://", "tel:", "doi:", "urn:")


class References(Base):
    """Links within the document, to other documents, and to the web; notes."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.notes: dict[str, nodes.footnote] = {}
        for note in self.document.findall(nodes.footnote):
            self.notes |= dict.fromkeys(map(str, note["ids"]), note)
        self.noted: set[str] = set()
        self.in_note = False

    def visit_target(self, node: Element) -> None:
        """Keep the places that can be linked to; the text of an inline target is shown."""
        self.anchor(node)
        if node.get("refid") and node["refid"] not in self.nameids:
            self.anchor_named(node["refid"])

    @cached_property
    def nameids(self) -> set[str]:
        """Labels of the nodes of the document, which need no anchor of a target that leads to them."""
        found: set[str] = set()
        for node in self.document.findall(Element):
            found.update(node["ids"])
        return found

    def visit_reference(self, node: Element) -> None:
        """Add a link; within another link, or without a place to lead to, its text alone.

        Its own identifiers get no anchor: on the web they lead back from notes, and here nothing links to them.
        """
        body = self.inside(*node.children)
        if not node.astext().strip() and not any(node.findall(nodes.image)):
            body = block([body, self.string(one_line(node.get("refuri", "")))])  # it may hold places that are linked to
        body = self._of_one_kind(node, body)
        uri, place = node.get("refuri", ""), node.get("refid", "")
        if self._in_link(node):
            self.emit(body)
        elif place:
            self.link_document(self.docname, place, body, node)
        elif uri.startswith(SCHEME):
            docname, _, place = uri.removeprefix(SCHEME).partition("#")
            self.link_document(unquote(docname), place, body, node)
        elif _leads_somewhere(uri):
            self.emit(call("link", printable(uri).replace("\n", ""), body, classes=self.classes(node)))
        else:
            self.emit(body)
        raise nodes.SkipNode

    visit_number_reference = visit_reference

    @staticmethod
    def _of_one_kind(node: Element, body: Code) -> Code:
        """Return the content of a link: text, or with blocks within it a block, since a PDF cannot tag what is half of both."""
        inline = all(isinstance(part, nodes.Inline) for part in node.findall(Element))
        return body if inline else call("container", body)

    @staticmethod
    def _in_link(node: Element) -> bool:
        parent = node.parent
        while parent is not None:
            if isinstance(parent, nodes.reference):
                return True
            parent = parent.parent
        return False

    def link_document(self, docname: str, place: str, body: Code, node: Element) -> None:
        """Add a link to a place of a document, which leads there within the PDF or to the web; around that place, its text."""
        label = label_of(docname, place)
        held = (name for part in node.findall(Element) for name in (*part["ids"], *_refid_of_target(part)))
        if any(label == label_of(self.docname, name) for name in held):
            self.emit(body)  # Typst lays out a link once its target is there, and this target comes with the link
            return
        self.links[label] = None
        address = self.builder.settings.address(docname)
        if address and place and can_be_address(f"{address}#{place}"):
            address = f"{address}#{place}"
        self.emit(call("document-link", docname, label, body, address=address, classes=self.classes(node)))

    def visit_footnote_reference(self, node: Element) -> None:
        """Add the note where it is first referred to; in a title or a note, a link to it."""
        name, shown = node.get("refid", ""), self.string(one_line(node.astext()))
        note = self.notes.get(name)
        if note is None:
            self.call("superscript", node)
        elif self.in_note or self.in_title:
            self.link_document(self.docname, name, call("superscript", shown), node)
        elif name in self.noted:
            self.emit(call("footnote-again", label_of(self.docname, name), shown))
        else:
            self.noted.add(name)
            label = label_of(self.docname, name)
            self.labels[label] = None
            self.in_note = True
            body = self._note_body(note)
            self.in_note = False
            self.emit(call("footnote", label, shown, body))
        raise nodes.SkipNode

    def _note_body(self, note: Element) -> Code:
        """Return the content of a note, its first paragraph as text beside the number."""
        first, *rest = [child for child in note.children if not isinstance(child, nodes.label)] or [nodes.Text("")]
        if not isinstance(first, nodes.paragraph):
            return self.inside(first, *rest)
        return block([self.inside(*first.children), *([self.inside(*rest)] if rest else [])])

    def visit_footnote(self, node: Element) -> None:
        """Add a note in its place if no text has taken it to the foot of its page."""
        if not self.noted.intersection(node["ids"]):
            self._labelled(node, "note")
        raise nodes.SkipNode

    def visit_citation(self, node: Element) -> None:
        """Add a cited work."""
        self._labelled(node, "citation")
        raise nodes.SkipNode

    def _labelled(self, node: Element, function: str) -> None:
        self.anchor(node)
        label = next((child for child in node.children if isinstance(child, nodes.label)), None)
        shown = self.inside(*label.children) if label is not None else Code('""')
        body = self.inside(*(child for child in node.children if child is not label))
        self.call(function, node, shown, body)

    def visit_download_reference(self, node: Element) -> None:
        """Add a link to a file on the web; a file of the project has no place in a PDF, and its name is shown."""
        uri = node.get("refuri", "")
        body = self._of_one_kind(node, self.inside(*node.children))
        self.emit(call("link", printable(uri), body) if _leads_somewhere(uri) else body)
        raise nodes.SkipNode


def _leads_somewhere(uri: str) -> bool:
    """Whether an address is one of a kind that is safe to follow, and no longer than a link can hold."""
    return uri.lower().startswith(_SAFE) and can_be_address(uri)


def _refid_of_target(node: Element) -> tuple[str, ...]:
    """Return the place that a target without a name of its own stands for, if a node is one."""
    return (node["refid"],) if isinstance(node, nodes.target) and node.get("refid") else ()
