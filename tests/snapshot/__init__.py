"""Releases, and what is done with them."""
