"""Drafts of evidence pages: what a record supports, and marks where somebody has to write or to judge."""

VERSION = "1"  # of the rules by which drafts are made
PROGRAM = f"atlas new {VERSION}"
