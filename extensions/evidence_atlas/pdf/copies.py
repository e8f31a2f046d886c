"""Copies of the PDFs beside the pages of a site: ``python -m evidence_atlas.pdf.copies PDFS SITE``.

The site is built first and without them, so that a PDF that cannot be made never hides it.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path


def copy_beside_pages(pdfs: Path, site: Path) -> int:
    """Put the PDF of each evidence page beside the page; a copy whose PDF is no more is removed.

    Args:
        pdfs: The folder of the PDFs.
        site: The folder of a site, which need not be there.

    Returns:
        How many lie beside their pages now.
    """
    count = 0
    for record in sorted(site.glob("*/*/record.json")):
        name = f"{record.parent.name}.pdf"
        if (pdfs / name).is_file():
            shutil.copyfile(pdfs / name, record.parent / name)
            count += 1
        else:
            (record.parent / name).unlink(missing_ok=True)
    return count


if __name__ == "__main__":
    copy_beside_pages(*map(Path, sys.argv[1:3]))
