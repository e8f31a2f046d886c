"""Settings: plain data from ``[tool.evidence-atlas]`` of a ``pyproject.toml``, or from an ``atlas.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, ConfigDict, Field, TypeAdapter, ValidationError

from evidence_atlas.core.findings import UNKNOWN_KEY, Code, Finding, nearest
from evidence_atlas.core.tomlfile import NotToml, line_of, read_toml, syntax_error


def _web_address(value: str) -> str:
    if value and not value.startswith(("https://", "http://")):
        raise ValueError("a web address that begins with https:// was expected")
    return value.rstrip("/")


def _with_blanks(value: str) -> str:
    if value and not ("{slug}" in value and "{version}" in value):
        raise ValueError("an address with {slug} and {version} in it was expected")
    return _web_address(value)


_Address = Annotated[str, AfterValidator(_web_address)]
_Pattern = Annotated[str, AfterValidator(_with_blanks)]
_Licence = Annotated[str, Field(pattern=r"^(https?://\S+)?$")]  # with the stroke at its end, which is a part of its name
# a path on the site's own host, or the address of another
_Inbox = Annotated[
    str, Field(pattern=r"^((https?://[^\s/?#]+)?(/[\w.~-]+)+/?)?$"), AfterValidator(lambda value: value.rstrip("/"))
]
_CONFIG = ConfigDict(extra="forbid", alias_generator=lambda name: name.replace("_", "-"))


@dataclass(frozen=True, slots=True)
class Settings:
    """What an atlas may set; every setting has a default.

    In ``conf.py`` each has the name ``atlas_…``, which wins in a build.
    """

    __pydantic_config__ = _CONFIG

    name: Annotated[str, Field(min_length=1, description="Name of the atlas.")] = "Evidence Atlas"
    operator: Annotated[str, Field(description="Who runs it.")] = "the Evidence Atlas contributors"
    contact: Annotated[str, Field(pattern=r"^([^@\s?&]+@[^@\s?&]+)?$", description="Mail address of the editors.")] = (
        "editors@example.org"
    )
    base_url: Annotated[_Address, Field(description="Address at which the site is published.")] = "https://atlas.example.org"
    repository: Annotated[_Address, Field(description="Address of the repository, for issue links.")] = ""
    licence: Annotated[_Licence, Field(description="Address of the licence of the pages, for programs that read them.")] = ""
    data_licence: Annotated[_Licence, Field(description="Address of the licence of the data, such as record.json.")] = ""
    evidence: Annotated[str, Field(pattern=r"^[\w-]+$", description="Folder of the evidence pages, below the sources.")] = (
        "evidence"
    )
    how_it_works: Annotated[str, Field(description="Document that explains the badge; badges link to it.")] = ""
    bibliography: Annotated[list[str], Field(description="BibTeX files, relative to this file's folder.")] = field(
        default_factory=lambda: ["references.bib"]
    )
    policy: Annotated[str, Field(description="Policy file.")] = "policy.toml"
    notices: Annotated[str, Field(description="Notices file.")] = "notices.toml"
    notice_checks: Annotated[
        str, Field(description="File in which `atlas retractions` keeps whom it asked about notices, and the answers.")
    ] = "notice-checks.json"
    query: Annotated[str, Field(description="File of the published search for new papers.")] = "query.toml"
    watch: Annotated[str, Field(description="File in which `atlas watch` keeps up to which day it looked.")] = "watch.json"
    wording_rules: Annotated[str, Field(description="File of wording rules that stand in place of the built-in ones.")] = (
        "wording.toml"
    )
    wording_page: Annotated[
        str, Field(description="Document that shows the wording rules; each finding names its place there.")
    ] = ""
    works_cited: Annotated[
        list[str], Field(description="Documents that list the works which they cite at their end, as patterns.")
    ] = field(default_factory=lambda: ["evidence/*"])
    pdf: Annotated[bool, Field(description="Whether PDFs are made besides the site; each page then links to its own.")] = False
    pdf_address: Annotated[
        _Pattern,
        Field(description="Address of a page's PDF in a release, with {version} and {slug}; else it lies beside the page."),
    ] = ""
    pdf_pages: Annotated[list[str], Field(description="Documents that the volume of all papers holds after them, in order.")] = (
        field(default_factory=list)
    )
    inbox: Annotated[
        _Inbox, Field(description="Where the private inbox takes messages: a path such as /contribute, or an address.")
    ] = ""
    inbox_contact_days: Annotated[int, Field(ge=1, description="Days after which the inbox deletes contacts and names.")] = 180
    guard: Annotated[
        list[str],
        Field(description="Documents whose pages may come from anyone, as patterns; raw HTML and the like are refused there."),
    ] = field(default_factory=lambda: ["evidence/*"])


_ADAPTER = TypeAdapter(Settings)
DEFAULTS = Settings()
NAMES = tuple(f.name for f in fields(Settings))
FILES = ("atlas.toml", "pyproject.toml")


@dataclass(frozen=True, slots=True)
class Project:
    """An atlas on disk: its settings and where its files are.

    Attributes:
        sources: The folder of ``conf.py`` and the pages.
        root: The folder above (or the same) that holds the settings file or the repository.
        settings: The settings.
        bibliography: The BibTeX files that exist.
        policy: The policy file; ``None`` for the built-in policy.
        notices: The notices file, if there is one.
        notice_checks: The file of checks for notices, if there is one.
        query: The file of the published search, if there is one.
        watch: The file of its runs, if there is one.
        wording_rules: The atlas's own wording rules; ``None`` for the built-in ones.
    """

    sources: Path
    root: Path
    settings: Settings
    bibliography: tuple[Path, ...]
    policy: Path | None
    notices: Path | None
    wording_rules: Path | None = None
    notice_checks: Path | None = None
    query: Path | None = None
    watch: Path | None = None

    @property
    def evidence(self) -> Path:
        """The folder of the evidence pages."""
        return self.sources / self.settings.evidence

    def is_evidence_page(self, docname: str) -> bool:
        """Whether a document is a page of a paper: it stands in the folder of evidence and is no index of it."""
        folder, _slash, name = docname.rpartition("/")
        return folder == self.settings.evidence and name != "index"

    def lists_works(self, docname: str) -> bool:
        """Whether a document lists the works that it cites at its end."""
        return any(fnmatchcase(docname, pattern) for pattern in self.settings.works_cited)

    def is_guarded(self, docname: str) -> bool:
        """Whether a document may come from anyone."""
        return any(fnmatchcase(docname, pattern) for pattern in self.settings.guard)


def find_project(sources: Path, overrides: Mapping[str, Any] | None = None) -> tuple[Project, list[Finding]]:
    """Find an atlas's files from the folder of its sources.

    Args:
        sources: The folder of ``conf.py``.
        overrides: Settings by attribute name that win over the file's.

    Returns:
        The project and what is wrong with its settings.
    """
    sources = sources.resolve()
    folders = _folders(sources)
    file = next((path for folder in folders for name in FILES if _has_settings(path := folder / name)), None)
    settings, findings = _load(file, overrides or {})
    places = {name: _look_for(name, folders) for name in settings.bibliography}
    missing = [name for name, place in places.items() if place is None]
    if missing and settings.bibliography != DEFAULTS.bibliography:
        names = ", ".join(missing)
        findings.append(Finding(str(file or sources), 1, Code.SETTING, f"The bibliography {names} is not there."))
    project = Project(
        sources=sources,
        root=file.parent if file else folders[-1],
        settings=settings,
        bibliography=tuple(place for place in places.values() if place),
        policy=_look_for(settings.policy, folders),
        notices=_look_for(settings.notices, folders),
        wording_rules=_look_for(settings.wording_rules, folders),
        notice_checks=_look_for(settings.notice_checks, folders),
        query=_look_for(settings.query, folders),
        watch=_look_for(settings.watch, folders),
    )
    return project, findings


def find_sources(start: Path) -> Path:
    """Return the folder of the sources to which a file or folder belongs.

    It is the nearest folder at or above ``start``, or right below one of those, that holds a ``conf.py``.

    Raises:
        ValueError: There is none.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        for candidate in (folder, folder / "docs"):
            if (candidate / "conf.py").is_file():
                return candidate
        if (folder / ".git").exists():
            break
    raise ValueError(f"no atlas at or above {start}: no conf.py was found there, nor in a folder docs")


def _folders(sources: Path) -> list[Path]:
    """The sources' folder and those above it, up to the project's root (a settings file or a repository)."""
    for folder in (sources, *sources.parents):
        if any((folder / name).exists() for name in (*FILES, ".git")):
            return [sources, *(p for p in sources.parents if p == folder or folder in p.parents)]
    return [sources, sources.parent]


def _look_for(name: str, folders: list[Path]) -> Path | None:
    return next((path for folder in folders if (path := folder / name).is_file()), None) if name else None


def _read(path: Path) -> dict[str, Any]:
    data = read_toml(path.read_text(encoding="utf-8"))
    if path.name == "pyproject.toml":
        for key in ("tool", "evidence-atlas"):
            data = data.get(key, {}) if isinstance(data, dict) else {}
    return data if isinstance(data, dict) else {}


def _has_settings(path: Path) -> bool:
    try:
        return path.is_file() and (path.name == "atlas.toml" or bool(_read(path)))
    except (NotToml, UnicodeDecodeError, OSError):
        return path.name == "atlas.toml" or "[tool.evidence-atlas]" in path.read_text(encoding="utf-8", errors="replace")


def _load(file: Path | None, overrides: Mapping[str, Any]) -> tuple[Settings, list[Finding]]:
    values: dict[str, Any] = {}
    text, findings, where = "", [], str(file or "conf.py")
    if file:
        try:
            text = file.read_text(encoding="utf-8")
            values = _read(file)
        except NotToml as error:
            findings.append(syntax_error(file, Code.SETTING, error))
        except (OSError, UnicodeDecodeError) as error:
            findings.append(Finding(str(file), 1, Code.SETTING, f"The settings cannot be read: {error}."))
    values = values | {name.replace("_", "-"): value for name, value in overrides.items()}
    while True:
        try:
            return _ADAPTER.validate_python(values), findings
        except ValidationError as error:
            for key in {str(e["loc"][0]): e for e in error.errors()}.items():
                findings.append(_finding(where, text, values, *key))
                del values[key[0]]


def _finding(where: str, text: str, values: Mapping[str, Any], key: str, error: Any) -> Finding:
    prefix = ("tool", "evidence-atlas") if where.endswith("pyproject.toml") else ()
    line = line_of(text, (*prefix, key))
    if error["type"] in UNKNOWN_KEY:
        known = [name.replace("_", "-") for name in NAMES]
        return Finding(where, line, Code.SETTING, f"There is no setting {key!r}{nearest(key, known)}.")
    message = f"The setting {key!r} cannot be {values[key]!r}: {error['msg']}; the default is used."
    return Finding(where, line, Code.SETTING, message)
