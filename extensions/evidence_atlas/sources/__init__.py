"""The outside world as records: PubMed, Crossref, Europe PMC, and files. Nothing here knows of pages or of Sphinx."""
