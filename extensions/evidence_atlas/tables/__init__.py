"""Tables of papers: which rows they have, their parts and pages, and what the script of a site's tables needs."""
