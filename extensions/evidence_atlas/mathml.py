"""Formulas of a site as MathML, made when it is built: no script draws them and no other host is asked.

Docutils converts them. It comes with Sphinx, names what it does not know instead of showing it as letters, and is as
fast as the packages made for this alone.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from docutils import nodes
from docutils.utils.math import MathError
from docutils.utils.math.latex2mathml import tex2mathml
from sphinx.config import Config
from sphinx.util.math import get_node_equation_number
from sphinx.writers.html5 import HTML5Translator

import evidence_atlas
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.domain import warn

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

NAME = "mathml"
# environments that stand for a formula by themselves; Docutils knows one of them
_AROUND = re.compile(
    r"\s*\\begin\{(align|aligned|eqnarray|equation|gather|gathered|multline|split)(\*?)\}(.*)\\end\{\1\2\}\s*", re.DOTALL
)
_NUMBER = re.compile(r"\\(?:label|tag)\*?\{[^{}]*\}|\\(?:nonumber|notag)\b")  # Sphinx numbers formulas
_PARAGRAPHS = re.compile(r"\n\s*\n")


def choose_renderer(app: Sphinx, config: Config) -> None:
    """Take MathML, unless ``conf.py`` names a renderer or loads an extension that brings another one."""
    others = app.registry.html_inline_math_renderers.keys() - {"mathjax", NAME}
    if config.html_math_renderer is None and not others:
        config.html_math_renderer = NAME
    elif config.html_math_renderer is None and len(others) == 1:
        config.html_math_renderer = others.pop()


def visit_inline(translator: HTML5Translator, node: nodes.math) -> None:
    """Write a formula within a line."""
    translator.body.append(_converted(translator, node, block=False))
    raise nodes.SkipNode


def visit_block(translator: HTML5Translator, node: nodes.math_block) -> None:
    """Write a formula that stands by itself, with its number where it has one."""
    translator.body.append(translator.starttag(node, "div", CLASS="math notranslate nohighlight"))
    if node["number"]:
        translator.body.append(f'<span class="eqno">({get_node_equation_number(translator, node)})')
        translator.add_permalink_ref(node, "Link to this equation")
        translator.body.append("</span>")
    translator.body.append(f"{_converted(translator, node, block=True)}</div>\n")
    raise nodes.SkipNode


def _converted(translator: HTML5Translator, node: nodes.Element, *, block: bool) -> str:
    """Return a formula as MathML; its TeX as code, and a warning, where it cannot be converted."""
    tex = _NUMBER.sub("", node.astext())
    if block:
        tex = r" \\ ".join(filter(None, map(str.strip, _PARAGRAPHS.split(tex))))
        tex = _AROUND.sub(r"\\begin{aligned}\3\\end{aligned}", tex)
    try:
        return tex2mathml(tex, as_block=block)
    except (ValueError, IndexError, KeyError, AttributeError, TypeError) as error:  # its parser trusts what it reads
        reason = " ".join(str(error).split()) if isinstance(error, MathError) else "its TeX is not well formed."
        place = node if node.line else node.parent
        file = place.source or str(translator.builder.env.doc2path(translator.docnames[0]))
        warn(Finding(file, place.line or 1, Code.FORMULA, f"The formula cannot be set, and its TeX is shown: {reason}"))
        return f'<code class="math">{translator.encode(node.astext())}</code>'


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the renderer."""
    app.setup_extension("evidence_atlas.base")
    app.add_html_math_renderer(NAME, (visit_inline, None), (visit_block, None))
    app.connect("config-inited", choose_renderer)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
