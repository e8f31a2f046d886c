"""Sphinx configuration; what the atlas says of itself stands in atlas.toml."""

project = "My Evidence Atlas"
extensions = ["evidence_atlas"]
html_theme = "evidence_atlas"
html_theme_options = {"navigation": [["evidence/index", "Papers"], ["how-it-works", "How it works"]]}
