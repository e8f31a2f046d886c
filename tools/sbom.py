"""Writes the list of the locked packages as a CycloneDX document: their versions, hashes and licences.

``nox -s sbom`` runs this. The same lock gives the same document.
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
from pathlib import Path
from typing import Any

from licences import LOCK, PAGE, ROOT, listed, pins
from packaging.licenses import InvalidLicenseExpression, canonicalize_license_expression
from packaging.utils import canonicalize_name


def completed(document: dict[str, Any], lock: str, licences: dict[tuple[str, str], str]) -> dict[str, Any]:
    """Return a document with the number and the licences that were missing.

    Args:
        document: The packages with their hashes.
        lock: The lock that it was made from.
        licences: What each package states, by name and version.

    Raises:
        ValueError: The document does not have the packages of the lock with their hashes.
    """
    locked = {(pin.name, pin.version): {part.rpartition(":")[2] for part in pin.text.split()[1:]} for pin in pins(lock)}
    found = {(canonicalize_name(each["name"]), each["version"]): each for each in document["components"]}
    if {package: _hashes(component) for package, component in found.items()} != locked:
        raise ValueError("the list does not hold what the lock holds")
    for package, component in found.items():
        component["licenses"] = [_licence(licences[package])]
    # who signs the document asks for a number; a random one would differ each time
    return {**document, "serialNumber": uuid.uuid5(uuid.NAMESPACE_OID, lock).urn}


def _hashes(component: dict[str, Any]) -> set[str]:
    return {one["content"] for reference in component["externalReferences"] for one in reference["hashes"]}


def _licence(stated: str) -> dict[str, Any]:
    try:
        return {"expression": canonicalize_license_expression(stated), "acknowledgement": "declared"}
    except InvalidLicenseExpression:
        return {"license": {"name": stated, "acknowledgement": "declared"}}


def main(target: Path) -> None:
    """Write the document, and check it against the schema of CycloneDX."""
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    what = ["--pyproject", "pyproject.toml", "--mc-type", "library", "--output-reproducible", "--spec-version", "1.6"]
    command = ["cyclonedx-py", "requirements", str(LOCK), *what]
    made = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, encoding="utf-8").stdout
    licences = {(name, version): stated for name, version, stated in listed(PAGE.read_text(encoding="utf-8"))}
    text = json.dumps(completed(json.loads(made), LOCK.read_text(encoding="utf-8"), licences), indent=1, ensure_ascii=False)
    if fault := JsonStrictValidator(SchemaVersion.V1_6).validate_str(text):
        sys.exit(f"The list is not as CycloneDX has it: {fault}")
    target.parent.mkdir(exist_ok=True)
    target.write_text(f"{text}\n", encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
