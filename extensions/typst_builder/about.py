"""What is said of a PDF and of the documents that are put together in it: plain data that listeners fill."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Attachment:
    """A file that travels inside a PDF.

    Attributes:
        name: Its name within the PDF.
        data: Its bytes.
        mime: Its media type.
        description: What it is, for the reader; PDF/A-3 asks for it.
        relationship: What it is to the document: ``source``, ``data``, ``alternative`` or ``supplement``.
    """

    name: str
    data: bytes
    mime: str
    description: str
    relationship: str = "supplement"


@dataclass
class About:
    """What a PDF says of itself, given to the listeners of ``typst-document`` and then to the template.

    Of each text the first 8,000 characters are told, of the title 1,000.

    Attributes:
        kind: ``page`` for the PDF of one document, ``volume`` for one of many.
        name: File name of the PDF, without its suffix.
        docname: The document; for a volume the one that it starts from, or nothing.
        title: Its title; PDF/UA asks for one.
        subtitle: A second line of the title.
        authors: Names, one each.
        keywords: Words or phrases, one each.
        description: What it is about, in a sentence.
        language: BCP 47 tag of the language it is written in.
        address: Where it is found on the web.
        header: Text at the head of each page; the template's own choice if empty.
        footer: Text at the foot of each page; the template's own choice if empty.
        extra: Anything else that the template in use asks for: plain data, as JSON has it.
        attachments: Files that travel inside the PDF.
        documents: The documents inside the PDF, in order.
    """

    kind: str
    name: str
    docname: str = ""
    title: str = ""
    subtitle: str = ""
    authors: list[str] = field(default_factory=list)
    keywords: list[str] = field(default_factory=list)
    description: str = ""
    language: str = "en"
    address: str = ""
    header: str = ""
    footer: str = ""
    extra: dict[str, Any] = field(default_factory=dict)
    attachments: list[Attachment] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)


@dataclass
class Part:
    """A run of documents within a volume.

    Attributes:
        docnames: The documents, in order. With ``toctrees``, each is followed by those that its toctrees name.
        title: Its heading; without one the documents stand directly in the volume.
        description: A sentence below the heading.
        toctrees: Whether the documents bring those that their toctrees name.
    """

    docnames: list[str]
    title: str = ""
    description: str = ""
    toctrees: bool = False


@dataclass
class Volume:
    """A PDF of many documents, given to the listeners of ``typst-volumes``.

    Attributes:
        name: File name of the PDF, without its suffix.
        title: Its title.
        parts: What it holds, in order.
        docname: The document that it starts from, if it does.
        authors: Names, one each.
        extra: Plain data for the template, such as front matter and back matter.
    """

    name: str
    title: str
    parts: list[Part]
    docname: str = ""
    authors: list[str] = field(default_factory=list)
    extra: dict[str, Any] = field(default_factory=dict)
