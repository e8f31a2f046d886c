"""The directive ``worked-case``: a piece of front matter with the badge that it gives, made anew by each build.

A case names the badge that the text around it speaks of. Where the policy gives another one, the build warns, so that
a guide never tells something else than the atlas does.
"""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from docutils import nodes
from docutils.parsers.rst import directives
from pydantic import ValidationError
from sphinx.util.docutils import SphinxDirective

import evidence_atlas
from evidence_atlas.core.checker import RULES
from evidence_atlas.core.findings import Code, Finding
from evidence_atlas.core.frontmatter import read_front_matter
from evidence_atlas.core.policy import Policy
from evidence_atlas.core.record import ADAPTER, Record
from evidence_atlas.domain import warn
from evidence_atlas.language import _, shown_verdict
from evidence_atlas.nodeset import container, paragraph, text
from evidence_atlas.pem_badge import mark
from evidence_atlas.writing import WriteTime, Writing, show, unusable

if TYPE_CHECKING:
    from sphinx.application import Sphinx
    from sphinx.util.typing import ExtensionMetadata

STATES = ("required", "not-required", "unclear", "not-applicable")


class WorkedCase(WriteTime):
    """The lines of front matter, and below them the badge."""

    def shows_everything(self) -> bool:
        """It does: any row of the policy may change its badge."""
        return True

    def render(self, writing: Writing) -> Sequence[nodes.Node]:
        """Return both; a note in place of the badge where the lines cannot be used."""
        lines: nodes.Node = nodes.literal_block(self["source_text"], self["source_text"], language="yaml")
        record, wrong = read_case(self["source_text"], writing.atlas.policy)
        if record is None or wrong:
            return [lines, *self._refuse(" ".join(wrong))]
        found = shown_verdict(record, writing.atlas.policy)
        if found.state != self["state"]:
            self._warn(f"The case says {self['state']!r}, and its badge is {found.state!r}.")
        said = paragraph(mark(found), text(": ", "atlas-colon"), found.sentence(writing.atlas.policy), classes=["atlas-pem"])
        return [lines, container(said, classes=["atlas-case", "atlas-made-up"])]

    def _refuse(self, message: str) -> list[nodes.Node]:
        self._warn(f"The case cannot be used: {message}")
        return unusable(_("No badge: the case has errors."))

    def _warn(self, message: str) -> None:
        warn(Finding(self["file"], self["lineno"], Code.WORKED_CASE, message))


def read_case(source: str, policy: Policy) -> tuple[Record | None, list[str]]:
    """Read a case, its other keys filled in, and check it by the rules that hold for every page.

    Args:
        source: Keys and values as they stand below ``evidence:``.
        policy: The policy in force.

    Returns:
        The record, if there is one, and what is wrong.
    """
    front = read_front_matter(f"---\nevidence:\n{textwrap.indent(source, '  ')}\n---\n")
    stated = front.stated
    if front.problems or not isinstance(stated, dict):
        return None, [problem.message for problem in front.problems] or ["no keys and values were found."]
    filled: dict[str, Any] = {
        "paper": "case",
        "summary": "A case.",
        "read": "full-text",
        "context": [next(iter(policy.context))],
        "level": "none",
        "topics": [next(iter(policy.topic))],
        "criteria": [],
        "drafted": "person",
        "review": "none",
    }
    try:
        record = ADAPTER.validate_python(filled | stated, context=policy)
    except ValidationError as error:
        return None, [f"{'.'.join(map(str, row['loc']))}: {row['msg']}." for row in error.errors()]
    return record, [message for rule in RULES for _code, _path, message in rule(record, policy)]


class WorkedCaseDirective(SphinxDirective):
    """Shows a piece of front matter and its badge; the argument is the badge that the text speaks of."""

    required_arguments = 1
    has_content = True

    def run(self) -> list[nodes.Node]:
        """Return the part."""
        self.assert_has_content()
        state = directives.choice(self.arguments[0], STATES)
        source, line = self.get_source_info()
        part = WorkedCase(docname=self.env.docname, state=state, file=source, lineno=line, source_text="\n".join(self.content))
        self.set_source_info(part)
        show(self.env, part)
        return [part]


def setup(app: Sphinx) -> ExtensionMetadata:
    """Register the directive."""
    app.setup_extension("evidence_atlas.base")
    app.add_directive("worked-case", WorkedCaseDirective)
    return {"version": evidence_atlas.__version__, "parallel_read_safe": True, "parallel_write_safe": True}
