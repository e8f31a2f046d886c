"""What happens after a build: releases, what a file is checked against, what changed between two, versions side by side."""
