"""What pages, files and pull requests from anyone may not do."""
