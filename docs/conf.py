"""Sphinx configuration of the ME/CFS Evidence Atlas; what the atlas says of itself stands in pyproject.toml."""

project = "ME/CFS Evidence Atlas"
project_copyright = "Text CC BY 4.0, data CC0 1.0"
extensions = ["evidence_atlas"]

html_theme = "evidence_atlas"
html_theme_options = {
    "navigation": [
        ["evidence/index", "Papers"],
        ["how-it-works", "How it works"],
        ["contributing/index", "Contribute"],
    ],
    "footer": [
        ["glossary", "Words explained"],
        ["methodology", "How papers are chosen"],
        ["editorial-policy", "Corrections"],
        ["privacy", "Privacy"],
        ["accessibility", "Accessibility"],
        ["references", "References"],
    ],
}
html_copy_source = False
html_use_index = False
html_permalinks_icon = "#"
nitpicky = True
