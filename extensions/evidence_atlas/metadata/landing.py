"""An evidence page as programs meet it: its addresses, and those of the files beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sphinx.util.osutil import relative_uri

from evidence_atlas.core.atlas import Atlas
from evidence_atlas.core.own_reference import address_to_cite
from evidence_atlas.domain import Paper


@dataclass(frozen=True)
class Landing:
    """A page, and where it is.

    Attributes:
        page: The page.
        atlas: The atlas.
        uri: The address of the page below the root of the site, as the builder has it.
        language: The language of the page.
    """

    page: Paper
    atlas: Atlas
    uri: str
    language: str

    @property
    def address(self) -> str:
        """The address at which the newest version of the page is found."""
        return f"{self.atlas.settings.base_url}/{self.uri}"

    @property
    def kept_address(self) -> str:
        """The address at which this version of the page stays; empty between releases."""
        identity = self.atlas.identity
        return f"{self.atlas.settings.base_url}/v/{identity.version}/{self.uri}" if identity.is_release else ""

    @property
    def cited_address(self) -> str:
        """The address to cite."""
        return address_to_cite(self.atlas, self.page.docname)

    @property
    def folder(self) -> str:
        """The folder of the page's files, below the root of the site."""
        return f"{self.page.docname}/"

    @property
    def pdf(self) -> str:
        """The page's PDF: its address, or its name where it lies beside the page; empty where no PDFs are made."""
        if not self.atlas.settings.pdf:
            return ""
        return self.atlas.pdf_address(self.page.docname) or f"{self.page.docname.rpartition('/')[2]}.pdf"

    def beside(self, name: str) -> str:
        """Return the address of a file of the page as seen from the page."""
        return name if "://" in name else f"{self._way}{name}"

    @cached_property
    def _way(self) -> str:
        """The way from the page to the folder of its files."""
        return relative_uri(self.uri, f"{self.folder}-").removesuffix("-")

    def absolute(self, name: str, root: str) -> str:
        """Return the whole address of a file of the page.

        Args:
            name: The file's name, or its address.
            root: The address of the root of the site, or of the version that is meant.
        """
        return name if "://" in name else f"{root}/{self.folder}{name}"
