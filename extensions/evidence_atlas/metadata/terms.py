"""The atlas's own terms: what a page says and schema.org has no word for, such as the badge and the limitations.

Their namespace is a page of every atlas, ``atlas-terms/``, and beside it ``terms.jsonld`` has them as RDF Schema.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING

from evidence_atlas.builders import has_own_pages
from evidence_atlas.core.settings import Settings
from evidence_atlas.domain import atlas_domain
from evidence_atlas.made_pages import Collected, MadePage, Unmade, collected_pages, digest_of

if TYPE_CHECKING:
    from sphinx.application import Sphinx

PAGE, FILE = "atlas-terms", "terms.jsonld"
PREFIX = "atlas"


@dataclass(frozen=True, slots=True)
class Term:
    """A term.

    Attributes:
        meaning: What it means, in a sentence.
        owner: The class that has the property; empty where the term is a class itself.
    """

    meaning: str
    owner: str = "Page"


TERMS: dict[str, Term] = {
    "Page": Term("An atlas's reading of one paper. It is not the paper.", ""),
    "Badge": Term("Whether the people studied needed post-exertional malaise (PEM) to enter the study.", ""),
    "Notice": Term("A notice about the paper: a retraction, a correction and the like.", ""),
    "badge": Term("The badge of the page, which follows from the study's criteria and the policy."),
    "limitations": Term("What the paper does not prove."),
    "level": Term("The evidence level of the study, an id of the policy; none where no finding is stated."),
    "design": Term("The kind of study, an id of the policy."),
    "studiedIn": Term("A condition of the people, animals or cells studied, an id of the policy."),
    "readFrom": Term("What the page was written from: full-text, abstract, secondary or record."),
    "draftedBy": Term("Who wrote the first version of the page: software or person."),
    "reviewedBy": Term("The role of the person who reviewed the page: none, editor or clinician."),
    "digest": Term("A digest of what the page says; two versions with one digest say the same."),
    "notice": Term("A notice about the paper."),
    "state": Term("What the badge says: required, not-required, unclear or not-applicable.", "Badge"),
    "reason": Term("Why the badge says so.", "Badge"),
    "policy": Term("The version of the policy that the badge rests on.", "Badge"),
    "kind": Term("What the notice is: retraction, withdrawal, removal, expression-of-concern, correction, erratum.", "Notice"),
}


def namespace(settings: Settings) -> str:
    """Return the namespace of the terms."""
    return f"{settings.base_url}/{PAGE}/#"


def as_json_ld(settings: Settings) -> str:
    """Return the terms as RDF Schema in JSON-LD."""
    start = namespace(settings)
    graph = [
        {"@id": f"{start}{name}", "@type": "rdf:Property" if term.owner else "rdfs:Class", "rdfs:label": name}
        | {"rdfs:comment": term.meaning, "rdfs:isDefinedBy": {"@id": start}}
        | ({"rdfs:domain": {"@id": f"{start}{term.owner}"}} if term.owner else {})
        for name, term in TERMS.items()
    ]
    prefixes = {"rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "rdfs": "http://www.w3.org/2000/01/rdf-schema#"}
    return json.dumps({"@context": prefixes, "@graph": graph}, indent=1) + "\n"


def body() -> str:
    """Return the content of the page of terms."""
    rows = "\n".join(
        f'<dt id="{name}"><code>{name}</code></dt>\n<dd><p>{escape(term.meaning)}'
        f"{f' Of a <code>{term.owner}</code>.' if term.owner else ''}</p></dd>"
        for name, term in TERMS.items()
    )
    said = (
        "Programs find these terms in the data of each page. "
        f'A name with a capital is a kind of thing. <a href="{FILE}">The same as JSON-LD.</a>'
    )
    return f"<section><h1>Terms of this atlas</h1>\n<p>{said}</p>\n<dl>\n{rows}\n</dl></section>"


def are_there(app: Sphinx) -> bool:
    """Whether the site has data of pages that use the terms, and an address to which they lead."""
    domain = atlas_domain(app.env)
    return bool(domain.stated and domain.atlas.settings.base_url)


def pages(app: Sphinx) -> Collected:
    """Yield the page of terms where it changed; delete it where nothing leads to it any more."""
    if not has_own_pages(app.builder):
        return iter(())
    page = Unmade(PAGE, digest_of(body()), lambda: MadePage(PAGE, "Terms of this atlas", body()))
    return collected_pages(app, "terms", [page] if are_there(app) else [])
