"""Visitors for the structure of a document: sections, lists, tables, admonitions, signatures."""

from __future__ import annotations

from typing import Any

from docutils import nodes
from docutils.nodes import Element, Node
from sphinx import addnodes
from sphinx.locale import admonitionlabels

from typst_builder.lengths import MOST, can_be_address
from typst_builder.literals import Code, block, call, one_line, printable
from typst_builder.translator import NO_TITLE, Base, label_of

_ENUMERATIONS = {"arabic": "1", "loweralpha": "a", "upperalpha": "A", "lowerroman": "i", "upperroman": "I"}


class Sections(Base):
    """Sections, their titles, and what stands between them."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.level = 0

    def visit_section(self, node: Element) -> None:
        """Go one level down; a section without a title is no level."""
        if self.depth:  # within another element, where no section can stand: its title becomes a rubric
            return
        self.level += self._has_title(node)

    def depart_section(self, node: Element) -> None:
        """Go one level up."""
        if not self.depth:
            self.level -= self._has_title(node)

    def _has_title(self, node: Element) -> bool:
        return any(isinstance(child, nodes.title) and self._can_be_heading(child) for child in node.children)

    def _can_be_heading(self, node: Element) -> bool:
        return self.says(node) and len(node.astext()) <= MOST

    def visit_title(self, node: nodes.title) -> None:
        """Add a heading with its labels; titles of other elements are taken by these."""
        parent = node.parent
        if isinstance(parent, nodes.section) and not self.depth and self._can_be_heading(node):
            self.heading(node, self.level, ids=[*parent["ids"], *node["ids"]], classes=self.classes(parent))
        else:
            self.anchor(parent)
            self._unlisted(node)
        raise nodes.SkipNode

    def heading(self, node: Element, level: int, ids: list[str], classes: list[str]) -> None:
        """Add a heading, by the number that the project gives it, if it does."""
        self.note_source(node)
        self.known.segments[-1].headings.append(level)
        label = ""
        if ids:
            label = label_of(self.docname, ids[0])
            label = "" if label in self.labels else label
            self.labels[label or label_of(self.docname, ids[0])] = None
        numbers = self.builder.secnumbers.get(f"#{ids[0]}" if ids else "") or (
            self.builder.secnumbers.get("") if level == 1 else None
        )
        number = ".".join(map(str, numbers or ()))
        self.in_title = True
        self.emit(call("heading", level, self.inside(*node.children), label=label, number=number, classes=classes))
        self.in_title = False
        for name in ids[1:]:
            self.anchor_named(name)

    def visit_subtitle(self, node: Element) -> None:
        """Add a subtitle."""
        self.call("subtitle", node)
        raise nodes.SkipNode

    def visit_rubric(self, node: Element) -> None:
        """Add a heading that is in no outline, or one that is, where a level is asked for."""
        level = node.get("heading-level")
        if level and self._in_sections(node) and self._can_be_heading(node):
            self.heading(node, min(int(level), self.level + 1), ids=node["ids"], classes=self.classes(node))
        else:
            self.anchor(node)
            self._unlisted(node)
        raise nodes.SkipNode

    def _unlisted(self, node: Element) -> None:
        """Add what looks like a heading and is in no outline, if anything is shown of it: words, or pictures."""
        if self.says(node) or any(node.findall(nodes.image)):
            self.call("rubric", node)

    @staticmethod
    def _in_sections(node: Element) -> bool:
        """Whether only sections and blocks that group are around a node, so that a heading can stand there."""
        around = node.parent
        while isinstance(around, (nodes.container, nodes.compound)):
            around = around.parent
        return isinstance(around, (nodes.section, nodes.document))

    def visit_transition(self, node: Element) -> None:
        """Add a rule, unless only footnotes follow, which stand at the foot of pages."""
        following = node.parent.children[node.parent.index(node) + 1 :]
        if not all(isinstance(each, (nodes.footnote, nodes.target)) for each in following) or not following:
            self.emit(call("transition"))
        raise nodes.SkipNode

    def visit_contents(self, node: Element) -> None:
        """Cut the document where a toctree stands between sections; the PDF of the page alone lists what it names."""
        docnames = [docname for docname in map(str, node["docnames"]) if docname != self.docname]
        rows = [] if node["hidden"] else [self._entry(title, target) for title, target in node["entries"]]
        if rows:
            self.note_source(node)
            caption = self.string(one_line(node["caption"])) if node["caption"] else None
            self.emit(call("toctree", rows, caption=caption))
            self.links |= {label_of(docname, ""): None for docname in docnames}
        if docnames and not self.depth:
            self.cut(docnames, self.level)
        else:
            self.known.segments[-1].toctree.extend(docnames)
        raise nodes.SkipNode

    def _entry(self, title: str | None, target: str) -> list[Any]:
        """Return the title, the document, if it is one, and the address of an entry of a toctree."""
        titles = self.builder.env.titles
        docname = self.docname if target == "self" else target
        if docname in titles:
            address = self.builder.settings.address(docname)
            shown = title or titles[docname].astext()
            return [self.string(one_line(docname if shown in {"", NO_TITLE} else shown)), docname, address]
        return [self.string(one_line(title or target)), "", printable(target) if can_be_address(target) else ""]


class Blocks(Sections):
    """Admonitions, topics, lists, line blocks, signatures."""

    def titled(self, node: Element, function: str, title: Code | None = None, **arguments: Any) -> None:
        """Add a call with a title: the first child that is one, or the one given."""
        body = list(node.children)
        own = next((child for child in body if isinstance(child, nodes.title)), None)
        if own is not None:
            body.remove(own)
            title = self.inside(*own.children)
        self.anchor(node)
        self.call(function, node, self.inside(*body), title=title, **arguments)

    def _admonition(self, node: Element) -> None:
        kind = node.tagname
        label = admonitionlabels.get(kind, "")
        self.titled(node, "admonition", self.string(str(label)) if label else None, kind=kind)
        raise nodes.SkipNode

    visit_admonition = visit_attention = visit_caution = visit_danger = visit_error = visit_hint = _admonition
    visit_important = visit_note = visit_tip = visit_warning = visit_seealso = _admonition

    def visit_todo_node(self, node: Element) -> None:
        """Add what is to do as an admonition."""
        self.titled(node, "admonition", kind="todo")
        raise nodes.SkipNode

    def visit_topic(self, node: Element) -> None:
        """Add a topic; a table of contents of the document itself is left to the outline."""
        if "contents" not in node["classes"]:
            self.titled(node, "topic")
        raise nodes.SkipNode

    def visit_sidebar(self, node: Element) -> None:
        """Add a sidebar, which stands in the text."""
        self.titled(node, "topic", kind="sidebar")
        raise nodes.SkipNode

    def visit_versionmodified(self, node: Element) -> None:
        """Add what was added, changed or deprecated."""
        self.anchor(node)
        self.call("version-modified", node, kind=node.get("type", ""))
        raise nodes.SkipNode

    visit_versionadded = visit_versionchanged = visit_deprecated = visit_versionremoved = visit_versionmodified

    def items(self, node: Element) -> tuple[list[Code], bool]:
        """Return the contents of the items of a list, and whether each is but one paragraph."""
        items = [child for child in node.children if isinstance(child, Element)]
        tight = all(self._is_tight(item) for item in items)
        return [self._item(item, tight=tight) for item in items], tight

    @staticmethod
    def _is_tight(item: Element) -> bool:
        """Whether an item is a paragraph, with at most lists after it."""
        return all(
            isinstance(child, nodes.paragraph if place == 0 else (nodes.bullet_list, nodes.enumerated_list))
            for place, child in enumerate(item.children)
        )

    def _item(self, item: Element, *, tight: bool) -> Code:
        outer, self.pieces = self.pieces, []
        self.anchor(item)
        own, self.pieces = self.pieces, outer
        first, *rest = item.children or [nodes.Text("")]
        if tight and isinstance(first, nodes.paragraph):
            body = [*own, self.inside(*first.children), *([self.inside(*rest)] if rest else [])]
        else:
            body = [*own, self.inside(*item.children)]
        return call("item", block(body), classes=self.classes(item))

    def visit_bullet_list(self, node: Element) -> None:
        """Add a list."""
        self.anchor(node)
        items, tight = self.items(node)
        if items:
            self.call("bullets", node, items, tight=tight)
        raise nodes.SkipNode

    def visit_enumerated_list(self, node: Element) -> None:
        """Add a numbered list, counted as in the source."""
        self.anchor(node)
        items, tight = self.items(node)
        pattern = f"{node.get('prefix', '')}{_ENUMERATIONS.get(node.get('enumtype', ''), '1')}{node.get('suffix', '.')}"
        if items:
            self.call("numbered", node, items, tight=tight, pattern=pattern, start=node.get("start", 1))
        raise nodes.SkipNode

    def pairs(self, node: Element, rows: list[tuple[Code, Code]], kind: str) -> None:
        """Add a list of terms, each with what is said of it."""
        self.anchor(node)
        if rows:
            self.call("terms", node, [[term, body] for term, body in rows], kind=kind)
        raise nodes.SkipNode

    def split(self, item: Element, *heads: type[Node]) -> tuple[Code, Code]:
        """Return the head and the body of an item, whose anchors stand in the body."""
        outer, self.pieces = self.pieces, []
        self.anchor(item)
        anchors, self.pieces = self.pieces, outer
        head = [child for child in item.children if isinstance(child, heads)]
        rest = [child for child in item.children if not isinstance(child, heads)]
        only = [child for each in rest for child in each.children] if len(rest) == 1 else []
        if len(only) == 1 and isinstance(only[0], nodes.paragraph) and not only[0]["ids"]:
            rest = only[0].children
        return self.inside(*head), block([*anchors, self.inside(*rest)])

    def visit_definition_list(self, node: Element) -> None:
        """Add a definition list."""
        rows = [
            self.split(item, nodes.term, nodes.classifier)
            for item in node.findall(nodes.definition_list_item)
            if item.parent is node
        ]
        self.pairs(node, rows, "definitions")

    def visit_glossary(self, node: Element) -> None:
        """Show the definition list of a glossary."""

    def visit_term(self, node: Element) -> None:
        """Add a term; several of one definition stand on a line each."""
        place = node.parent.index(node)
        if any(isinstance(before, nodes.term) for before in node.parent.children[:place]):
            self.emit(call("line-break"))
        self.anchor(node)

    def visit_definition(self, node: Element) -> None:
        """Show a definition."""
        self.anchor(node)

    visit_description = visit_field_body = visit_definition

    def visit_field_list(self, node: Element) -> None:
        """Add a field list."""
        self.pairs(
            node, [self.split(item, nodes.field_name) for item in node.children if isinstance(item, nodes.field)], "fields"
        )

    def visit_docinfo(self, node: Element) -> None:
        """Add the bibliographic fields of a document."""
        rows = []
        for child in node.children:
            if isinstance(child, nodes.field):
                rows.append(self.split(child, nodes.field_name))
            elif isinstance(child, Element):
                name = self.string(child.tagname.capitalize())
                rows.append((name, self.inside(*child.children)))
        self.pairs(node, rows, "fields")

    def visit_field_name(self, node: Element) -> None:
        """Show the name of a field."""

    def visit_option_list(self, node: Element) -> None:
        """Add a list of options of a command."""
        rows = [self.split(item, nodes.option_group) for item in node.children if isinstance(item, nodes.option_list_item)]
        self.pairs(node, rows, "options")

    def visit_option(self, node: Element) -> None:
        """Set apart the spellings of an option."""
        if node.parent.index(node):
            self.text(", ")

    visit_option_group = visit_glossary

    def visit_option_argument(self, node: Element) -> None:
        """Add the argument of an option after what separates it."""
        self.text(node.get("delimiter", " "))
        self.call("emphasis", node)
        raise nodes.SkipNode

    def visit_line_block(self, node: Element) -> None:
        """Add lines that stay as they are, indented by their depth."""
        self.anchor(node)
        self.call("lines", node, self._lines(node, 0))
        raise nodes.SkipNode

    def _lines(self, node: Element, indent: int) -> list[list[Any]]:
        lines: list[list[Any]] = []
        for child in node.children:
            if isinstance(child, nodes.line_block):
                lines += self._lines(child, indent + 1)
            elif isinstance(child, Element):
                lines.append([indent, self.inside(*child.children)])
        return lines

    def visit_hlist(self, node: Element) -> None:
        """Add a list in columns."""
        columns = [self.inside(*child.children) for child in node.children if isinstance(child, addnodes.hlistcol)]
        self.call("columns", node, columns)
        raise nodes.SkipNode


class Signatures(Blocks):
    """Signatures of functions, classes and the like, and the grammar of production lists."""

    def visit_desc_signature(self, node: Element) -> None:
        """Add a signature; one of several lines keeps them."""
        self.anchor(node)
        lines = [child for child in node.children if isinstance(child, addnodes.desc_signature_line)]
        content = [self.inside(*line.children) for line in lines] or [self.inside(*node.children)]
        self.call("signature", node, content)
        raise nodes.SkipNode

    def parameters(self, node: Element, opening: str, closing: str) -> None:
        """Add parameters between brackets, with commas between, the optional ones in square brackets."""
        self.text(opening)
        self._list_parameters(node)
        self.text(closing)
        raise nodes.SkipNode

    def _list_parameters(self, node: Element, *, after: bool = False) -> bool:
        for child in node.children:
            if isinstance(child, addnodes.desc_optional):
                self.text("[")
                after = self._list_parameters(child, after=after)
                self.text("]")
            else:
                if after:
                    self.text(", ")
                after = True
                child.walkabout(self)
        return after

    def visit_desc_parameterlist(self, node: Element) -> None:
        """Add the parameters of a function."""
        self.parameters(node, "(", ")")

    def visit_desc_type_parameter_list(self, node: Element) -> None:
        """Add the type parameters of a class or function."""
        self.parameters(node, "[", "]")

    def visit_desc_parameter(self, node: Element) -> None:
        """Add a parameter."""
        self.call("signature-parameter", node)
        raise nodes.SkipNode

    visit_desc_type_parameter = visit_desc_parameter

    def visit_desc_returns(self, node: Element) -> None:
        """Add what a function returns, after an arrow."""
        self.text(" → ")
        self.call("signature-returns", node)
        raise nodes.SkipNode

    def visit_productionlist(self, node: Element) -> None:
        """Add the rules of a grammar, a line each."""
        rows = [[0, self._with_anchors(child)] for child in node.children if isinstance(child, addnodes.production)]
        self.call("lines", node, rows, kind="grammar")
        raise nodes.SkipNode

    def _with_anchors(self, node: Element) -> Code:
        outer, self.pieces = self.pieces, []
        self.anchor(node)
        self.emit(self.inside(*node.children))
        content, self.pieces = block(self.pieces), outer
        return content
