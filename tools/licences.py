"""Writes the page that lists the licence of each locked package, as the package itself states it.

A package that states none, or one that is not allowed here, is an error, and the page stays as it is.
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from importlib.metadata import Distribution, distributions
from pathlib import Path

from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
LOCK, PAGE = ROOT / "requirements" / "release.txt", ROOT / "docs" / "reference" / "licences.md"
# the version of Python whose wheels are read; every locked version has wheels for it
_PYTHON = "3.13"

# words of metadata that ask no more of an atlas than that notices are kept, or that changes to the package itself are shared
ALLOWED = frozenset(
    (
        *("0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "CC0-1.0", "ISC", "MIT", "MIT-0", "MIT-CMU", "PSF-2.0", "Zlib"),
        *("Apache License, Version 2.0", "Apache Software License", "BSD License", "ISC License (ISCL)", "MIT License"),
        *("Mozilla Public License 2.0 (MPL 2.0)", "Python Software Foundation License"),
    )
)
# what else is allowed, by package; each reason was read in the COPYING that the package ships
EXCEPTIONS = {
    "docutils": (
        "BSD License; GNU General Public License (GPL); Public Domain",
        "Only a file for the editor Emacs, which the package does not install, is under the GPL.",
    ),
    "pygit2": (
        "GPLv2 with linking exception",
        "The exception lets other programs of any licence use it. It is an extra, which the build does not need.",
    ),
}

_PAGE = """\
# Licences of the packages

What a [release](releases.md) is made with, and under which licence each package is.
The words are those of the package's own metadata.
`nox -s licences` writes this page from `requirements/release.txt`.
It fails where a package states no licence, or one that was not allowed.

Two extras are not in that file: `readability`, whose dictionary is under the GPL, and `pdf-cjk`.

A package with several rows has a version for each of several versions of Python.

| Package | Version | Licence |
|---|---|---|
{rows}

{reasons}
"""


@dataclass(frozen=True, slots=True)
class Pin:
    """A locked package.

    Attributes:
        name: Its name in the one form that indexes compare.
        version: Its version.
        text: Its lines in the lock, with the hashes and without the condition under which it is installed.
    """

    name: str
    version: str
    text: str


def pins(lock: str) -> list[Pin]:
    """Return what a lock holds, in its order."""
    found = []
    for block in re.split(r"\n(?=[A-Za-z0-9])", lock):
        if block[:1].isalnum():
            requirement = Requirement(block.split(" \\\n")[0].split(" --hash")[0])
            version = next(iter(requirement.specifier)).version
            hashes = re.findall(r"--hash=\S+", block)
            found.append(Pin(canonicalize_name(requirement.name), version, " ".join([f"{requirement.name}=={version}", *hashes])))
    return found


def stated(package: Distribution) -> str:
    """Return the licence that a package states: an SPDX expression, classifiers, or its own words; empty where it has none."""
    said = package.metadata
    if expression := said.get("License-Expression"):
        return expression
    classifiers = [words.split(" :: ") for words in said.get_all("Classifier") or () if words.startswith("License :: ")]
    names = sorted(words[-1] for words in classifiers if words[-1] != "OSI Approved")
    own = (said.get("License") or "").strip()
    return "; ".join(names) or (own.splitlines()[0] if own else "")


def allowed(name: str, licence: str) -> bool:
    """Tell whether a package may be under a licence; of several that are to choose from, one is enough."""
    if licence in {*ALLOWED, EXCEPTIONS.get(name, ("",))[0]} - {""}:
        return True
    try:
        expression = canonicalize_license_expression(licence)
    except InvalidLicenseExpression:
        return bool(licence) and all(words in ALLOWED for words in licence.split("; "))
    if "(" in expression or " WITH " in expression:  # such a one is read by a person first
        return False
    return any(all(term in ALLOWED for term in choice.split(" AND ")) for choice in expression.split(" OR "))


def read(locked: Iterable[Pin]) -> Iterator[tuple[Pin, str]]:
    """Yield each pin with the licence that its package states, from wheels that are checked against the hashes."""
    waiting = list(locked)
    with tempfile.TemporaryDirectory() as name:
        while waiting:  # of a package with several versions, one at a time has a place
            now = {pin.name: pin for pin in reversed(waiting)}
            folder = Path(name) / str(len(waiting))
            (file := Path(f"{folder}.txt")).write_text("\n".join(pin.text for pin in now.values()), encoding="utf-8")
            what = ["--require-hashes", "--no-deps", "--only-binary", ":all:", "--python-version", _PYTHON]
            subprocess.run(["uv", "pip", "install", "--quiet", *what, "--target", str(folder), "-r", str(file)], check=True)
            found = {canonicalize_name(each.name): each for each in distributions(path=[str(folder)])}
            yield from ((pin, stated(found[pin.name])) for pin in now.values())
            waiting = [pin for pin in waiting if now[pin.name] != pin]


def page_of(licences: Iterable[tuple[Pin, str]]) -> str:
    """Return the page.

    Raises:
        ValueError: Licences are missing or not allowed; the message names them all.
    """
    listed = sorted(licences, key=lambda each: (each[0].name, each[0].version))
    wrong = [f"{pin.name} {pin.version}: {licence or 'states none'}" for pin, licence in listed if not allowed(pin.name, licence)]
    if wrong:
        raise ValueError(f"Not allowed here, until somebody has read and added it: {'. '.join(wrong)}.")
    rows = "\n".join(f"| {pin.name} | {pin.version} | {licence} |" for pin, licence in listed)
    names = {pin.name for pin, _licence in listed}
    reasons = "\n\n".join(f"{name}: {reason}" for name, (_words, reason) in EXCEPTIONS.items() if name in names)
    return _PAGE.format(rows=rows, reasons=reasons)


def listed(page: str) -> list[tuple[str, str, str]]:
    """Return name, version and licence of each package on the page."""
    return re.findall(r"^\| (\S+) \| (\d\S*) \| (.+) \|$", page, re.MULTILINE)


def main() -> None:
    """Write the page."""
    try:
        PAGE.write_text(page_of(read(pins(LOCK.read_text(encoding="utf-8")))), encoding="utf-8")
    except ValueError as error:
        sys.exit(str(error))


if __name__ == "__main__":
    main()
