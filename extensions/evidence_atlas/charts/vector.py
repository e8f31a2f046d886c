"""A picture as matplotlib writes it, made fit for a page: light, linked, and without style of its own.

A strict content security policy lets neither a ``style`` element nor a ``style`` attribute stand. So what they say is
said by attributes, and colours by classes too, to which the site's style gives light, dark and calm colours.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from xml.etree import ElementTree as ET

from evidence_atlas.charts.look import CLASSES, COLOURS

_NAME = re.compile(r"^\{.*\}")
_NUMBER = re.compile(r"-?\d+\.\d+")
_SPACE = re.compile(r"\s+")
_REFERENCE = re.compile(r"url\(#([^)]*)\)")
_KEPT = frozenset({"g", "a", "path", "defs", "pattern", "rect"})
_ATTRIBUTES = frozenset({"d", "x", "y", "width", "height", "transform", "patternUnits", "viewBox"})
_STYLES = frozenset({"fill", "stroke", "stroke-width"})
_SIZE = re.compile(r"([0-9.]+)px")
_BOLD = re.compile(r"\b(?:bold|700)\b")
_PLACE = re.compile(r"translate\(([-0-9.]+) ([-0-9.]+)\)")
WIDE = 400  # units, past which a picture is pushed sideways on a phone
ALONE = {"xmlns": "http://www.w3.org/2000/svg", "font-family": "Libertinus Serif, DejaVu Sans, sans-serif"}


@dataclass(frozen=True, slots=True)
class Link:
    """What a part of a picture leads to.

    Attributes:
        address: Where.
        label: What it says, for those who do not see it.
    """

    address: str
    label: str


def inline(svg: bytes, name: str, title: str, says: str, links: Mapping[str, Link]) -> str:
    """Return a picture as it stands in a page of HTML.

    Args:
        svg: The picture as matplotlib writes it.
        name: A name that no other picture of the page has.
        title: What it shows.
        says: What it shows in a sentence or two, for those who do not see it.
        links: What its parts lead to, by their numbers.
    """
    root = _Slim(name, links).element(ET.fromstring(svg))  # noqa: S314
    width, height = root.attrib["viewBox"].split()[2:]
    about = ET.Element("desc", {"id": f"{name}-says"})
    about.text = says
    root.insert(0, about)
    root.attrib.update(
        {
            "class": "atlas-chart-picture" + (" atlas-chart-wide" if float(width) > WIDE else ""),
            "width": _short(1.5 * float(width)),
            "height": _short(1.5 * float(height)),
            "role": "group",
            "aria-label": title,
            "aria-describedby": f"{name}-says",
            "direction": "ltr",
        }
    )
    return ET.tostring(root, encoding="unicode")


def alone(svg: bytes) -> bytes:
    """Return a picture as a file of its own, without links, in the colours of paper."""
    root = _Slim("c", {}).element(ET.fromstring(svg))  # noqa: S314
    root.attrib.update({**ALONE, **dict(zip(("width", "height"), root.attrib["viewBox"].split()[2:], strict=True))})
    return ET.tostring(root, encoding="unicode").encode()


class _Slim:
    """Makes the lean copy of a picture.

    Args:
        name: Begins the names of patterns.
        links: What its parts lead to.
    """

    def __init__(self, name: str, links: Mapping[str, Link]) -> None:
        self.name, self.links = name, links
        self.styles: dict[str, dict[str, str]] = {}

    def element(self, old: ET.Element) -> ET.Element:
        """Return the copy of an element, without what no reader sees."""
        tag, name = _NAME.sub("", old.tag), old.get("id", "")
        if tag == "a":
            return self._link(old)
        if tag == "g" and ":" in name:
            return _words(old, name)
        new = ET.Element(tag, self._attributes(old))
        if tag == "pattern":
            new.set("id", f"{self.name}-{name}")
        self._fill(new, old)
        return new

    def _fill(self, new: ET.Element, old: ET.Element) -> None:
        """Add the copies of what an element holds; of a group that only groups, what it holds itself."""
        for part in old:
            tag = _NAME.sub("", part.tag)
            if tag not in _KEPT:
                continue
            child = self.element(part)
            if tag == "g" and not child.attrib:
                new.extend(child)
            elif tag not in {"defs", "g"} or len(child):
                new.append(child)

    def _link(self, old: ET.Element) -> ET.Element:
        number = next((value for key, value in old.attrib.items() if key.endswith("href")), "")
        found = self.links.get(number)
        new = ET.Element("a" if found else "g")
        if found:
            new.attrib = {"href": found.address, "aria-label": found.label}
            ET.SubElement(new, "title").text = found.label
        self._fill(new, old)
        return new

    def _attributes(self, old: ET.Element) -> dict[str, str]:
        """Return the attributes of an element, what its style says among them."""
        made = {key: _tidy(value) for key, value in old.attrib.items() if key in _ATTRIBUTES}
        style = old.get("style") or ";".join(f"{key}: {old.attrib[key]}" for key in _STYLES & old.attrib.keys())
        if style:
            if style not in self.styles:
                self.styles[style] = self._said(style)
            made |= self.styles[style]
        return made

    def _said(self, style: str) -> dict[str, str]:
        """Return what a style says, by attributes."""
        made, classes = {}, []
        for part in style.split(";"):
            key, _, value = (word.strip() for word in part.partition(":"))
            if key not in _STYLES or (key, value) == ("stroke", "none"):
                continue
            if value in CLASSES:
                classes.append(CLASSES[value] + ("-edge" if key == "stroke" else ""))
            made[key] = _REFERENCE.sub(lambda found: f"url(#{self.name}-{found[1]})", _tidy(value))
        return made | ({"class": " ".join(classes)} if classes else {})


def _words(old: ET.Element, name: str) -> ET.Element:
    """Return a group of words that look alike, which screen readers pass over: what they say, links and table say too.

    Args:
        old: The group.
        name: Its anchor and the name of its colour.
    """
    anchor, _, colour = name.partition(":")
    style = next((text.get("style", "") for text in old), "")
    size = _SIZE.search(style)
    made = {"aria-hidden": "true", "class": CLASSES[COLOURS[colour]], "fill": COLOURS[colour]}
    made |= {"font-size": size[1]} if size else {}
    made |= {"text-anchor": anchor} if anchor != "start" else {}
    made |= {"font-weight": "700"} if _BOLD.search(style) else {}
    new = ET.Element("g", made)
    for text in old:
        where = text.get("transform", "")
        at = _PLACE.fullmatch(where)
        place = {"x": _tidy(at[1]), "y": _tidy(at[2])} if at else {"transform": _tidy(where)}
        ET.SubElement(new, "text", place).text = text.text
    return new


def _tidy(value: str) -> str:
    return _SPACE.sub(" ", _NUMBER.sub(lambda found: _short(float(found[0])), value)).strip()


def _short(value: float) -> str:
    return f"{value:.2f}".rstrip("0").rstrip(".")
