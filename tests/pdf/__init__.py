"""PDFs of small projects."""
