"""The private inbox: a small service that keeps readers' messages for the editors, and what the editors do with them."""

from __future__ import annotations
