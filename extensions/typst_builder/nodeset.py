"""Which nodes become what: one row for each node class that has no visitor of its own.

A node is rendered by a visitor (see the modules ``translator``, ``structure``, ``references``, ``media``), by one call of
the template around its children (``RENDERED``), by its children alone (``TRANSPARENT``), or not at all
(``SKIPPED``, with the reason). Every other class is unknown: its children are shown, with one warning per class.
The rows are looked up along the classes that a node's class derives from, so a subclass is shown as its base is.
"""

from __future__ import annotations

from docutils.nodes import Element

# node class -> function of the template
RENDERED = {
    # inline
    "emphasis": "emphasis",
    "strong": "strong",
    "literal": "literal",
    "subscript": "subscript",
    "superscript": "superscript",
    "inline": "inline",
    "abbreviation": "inline",
    "acronym": "inline",
    "title_reference": "emphasis",
    "generated": "inline",
    "problematic": "problematic",
    "literal_emphasis": "literal-emphasis",
    "literal_strong": "literal-strong",
    "manpage": "emphasis",
    "classifier": "classifier",
    "option_string": "literal",
    "option_argument": "emphasis",
    "sd_badge": "inline",
    # block
    "paragraph": "paragraph",
    "block_quote": "quote",
    "attribution": "attribution",
    "container": "container",
    "compound": "container",
    "legend": "container",
    "centered": "centered",
    "system_message": "system-message",
    "hlistcol": "container",
    "aside_main": "container",
    "dropdown_main": "container",
    # signatures
    "desc": "description",
    "desc_content": "description-body",
    "desc_name": "signature-name",
    "desc_addname": "signature-prefix",
    "desc_type": "signature-type",
    "desc_returns": "signature-returns",
    "desc_annotation": "signature-annotation",
    "desc_sig_element": "signature-token",
}

# shown by their children: they group, and the group has no look of its own in print
TRANSPARENT = frozenset(
    {
        "document",
        "only",  # Sphinx keeps those that apply and drops the others
        "start_of_file",
        "decoration",
        "header",
        "footer",
        "compact_paragraph",
        "acks",
        "glossary",
        "citation_reference",
        "pending_xref",  # one that Sphinx could not resolve; it has warned
        "pending_xref_condition",
        "desc_signature_line",
        "desc_inline",
        "desc_optional",
        "PassthroughTextElement",
        "sd_tab_label",
        "dropdown_title",
        "todo_node",
        "ifconfig",  # Sphinx keeps those that apply
        "autosummary_table",
        "substitution_reference",
        # read with the lists and tables that they are parts of; elsewhere their content is all
        *("definition_list_item", "entry", "field", "line", "list_item", "option_list_item", "production"),
        *("row", "tbody", "tgroup", "thead"),
        # read with the bibliographic fields that they are; elsewhere their content is all
        *("address", "author", "authors", "contact", "copyright", "date", "organization", "revision", "status", "version"),
    }
)

# not shown, and why
SKIPPED = {
    "comment": "not meant for readers",
    "substitution_definition": "its text stands where it is referred to",
    "pending": "an instruction to a transform",
    "meta": "metadata of a web page",
    "index": "a PDF is searched; labels of its targets are kept",
    "highlightlang": "an instruction to the highlighter, applied before",
    "tabular_col_spec": "column widths for LaTeX",
    "colspec": "read with its table",
    "label": "read with its footnote or citation",
    "autosummary_toc": "an instruction to the environment",
    "sd_tab_input": "a control of a web page",
    "fontawesome": "an icon of a web page, without words",
    "sd_icon": "an icon of a web page, without words",
}


def known_name(node: Element) -> str:
    """Return the class of a node, or the nearest of those it derives from, that has a row; empty if none has."""
    names = (each.__name__ for each in type(node).__mro__)
    return next((name for name in names if name in RENDERED or name in SKIPPED or name in TRANSPARENT), "")
