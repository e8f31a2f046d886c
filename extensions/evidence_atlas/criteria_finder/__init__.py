"""The criteria finder: text in, candidates for a page's criteria out. It suggests and quotes; it decides nothing.

How texts name a definition is data: ``names.toml``, and ``names`` in a row of the policy.
"""

from __future__ import annotations

from evidence_atlas.criteria_finder.engine import Mention, find
from evidence_atlas.criteria_finder.names import names_version

__all__ = ["Mention", "find", "names_version"]
