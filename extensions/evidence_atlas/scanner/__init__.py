"""The wording scanner: text in, findings out. It finds sentences that claim more than their study can carry.

The rules are data (``rules.toml``), and so are the words of English that the engine knows (``lexicon.toml``).
"""

from __future__ import annotations

from evidence_atlas.scanner.engine import Context, Engine, WordingFinding
from evidence_atlas.scanner.rules import Rules, built_in
from evidence_atlas.scanner.screening import screen_text
from evidence_atlas.scanner.strength import strength

RULES_VERSION = built_in().version

__all__ = ["RULES_VERSION", "Context", "Engine", "Rules", "WordingFinding", "scan", "strength"]


def scan(text: str, context: Context | None = None, rules: Rules | None = None) -> list[WordingFinding]:
    """Screen a text.

    Args:
        text: A sentence, a MyST page or a part of one.
        context: What is known of the page that it stands on; without it, a page that is not of one paper.
        rules: The rules; the built-in ones by default.

    Returns:
        The findings in the order of the text; places are counted from 1 in ``text``.
    """
    return screen_text(Engine(rules or built_in()), text, context or Context())
