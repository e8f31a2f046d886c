"""Front matter as plain data that remembers the line of every key.

Only what a page needs of YAML is read: mappings, sequences and plain scalars. Aliases, tags, duplicate keys,
deep nesting, hidden characters and blocks over a size limit are findings, not features, since a page may come
from anyone.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from evidence_atlas.core.findings import Code

try:
    from yaml import CSafeLoader as SafeLoader
except ImportError:  # PyYAML without libyaml: slower, the same result
    from yaml import SafeLoader  # type: ignore[assignment]

MAX_CHARACTERS = 20_000
MAX_DEPTH = 8
_TOO_DEEP = f"The front matter is nested more than {MAX_DEPTH} deep."

Path = tuple[str | int, ...]

_FENCE = re.compile(r"\ufeff?---[ \t]*\r?\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\r?\n|\Z)", re.DOTALL | re.MULTILINE)
# C0 and C1 controls, and the marks, embeddings, overrides and isolates of the bidirectional algorithm (UAX #9)
HIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u202a-\u202e\u2028\u2029\u2060-\u2069\ufeff]")


@dataclass(slots=True)
class Problem:
    """Something wrong in a block: its kind, message and line in the file."""

    code: Code
    message: str
    line: int


@dataclass(slots=True)
class FrontMatter:
    """A page's front matter and the text below it.

    Attributes:
        value: The block as plain data; ``None`` where it cannot be read.
        present: Whether there is a block at all.
        end: Length of the block in characters, both fences included.
        problems: What was wrong while reading.
    """

    value: dict[str, Any] | None = None
    present: bool = False
    end: int = 0
    problems: list[Problem] = field(default_factory=list)
    _lines: dict[Path, int] = field(default_factory=dict)

    @property
    def stated(self) -> Any:
        """What the page states as the record of a paper, unchecked; ``None`` where it states none."""
        return (self.value or {}).get("evidence")

    def line(self, path: Path) -> int:
        """Return the line of a key or item, or of its nearest ancestor that stands in the block."""
        while path and path not in self._lines:
            path = path[:-1]
        return self._lines.get(path, 1)


_SCALARS = frozenset({"str", "int", "float", "bool", "null", "timestamp"})


class _Refused(Exception):
    def __init__(self, code: Code, message: str, line: int) -> None:
        super().__init__(message)
        self.problem = Problem(code, message, line)


def read_front_matter(text: str) -> FrontMatter:
    """Read the block at the top of a page.

    Args:
        text: The whole source of the page.

    Returns:
        The data with line numbers; it never raises for bad input.
    """
    if not text.startswith(("---", "\ufeff---")) or not (match := _FENCE.match(text)):
        return FrontMatter()
    result = FrontMatter(present=True, end=match.end())
    try:
        result.value = _Reader(match[1], result).read()
    except _Refused as error:
        result.problems.append(error.problem)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None) or getattr(error, "context_mark", None)
        what = getattr(error, "problem", None) or "it is not YAML"
        position = getattr(error, "position", None)  # of a character that YAML does not allow
        line = mark.line + 2 if mark else match[1].count("\n", 0, position) + 2 if position is not None else 1
        hint = "; a text that holds ': ' or '#' stands in quotation marks" if "mapping values" in what else ""
        # libyaml stops at a depth of its own, far beyond ours, since PyYAML 6.0.4; before, the text was read and refused below
        is_deep = "maximum nesting depth" in what
        message = _TOO_DEEP if is_deep else f"The front matter cannot be read as YAML: {what}{hint}."
        result.problems.append(Problem(Code.FRONT_MATTER, message, line))
    return result


def blank(text: str, front: FrontMatter) -> str:
    """Return the page with empty lines in place of its front matter, so that line numbers hold."""
    return "\n" * text.count("\n", 0, front.end) + text[front.end :]


def hidden_characters(text: str) -> Iterator[tuple[int, str]]:
    """Yield line and name of the characters that hide or reorder text; of several of one kind in a line, the first."""
    for number, line in enumerate(text.split("\n"), 1):
        for character in dict.fromkeys(HIDDEN.findall(line)):
            yield number, unicodedata.name(character, f"U+{ord(character):04X}")


class _Reader:
    """Turns one YAML document into plain data, refusing what a page has no need of."""

    def __init__(self, block: str, result: FrontMatter) -> None:
        self.block = block
        self.result = result

    def read(self) -> dict[str, Any]:
        if len(self.block) > MAX_CHARACTERS:
            message = f"The front matter has {len(self.block):,} characters; at most {MAX_CHARACTERS:,} are read."
            raise _Refused(Code.FRONT_MATTER, message, 1)
        for line, name in hidden_characters(self.block):
            message = f"The front matter holds a hidden character ({name}); delete it."
            raise _Refused(Code.HIDDEN_CHARACTER, message, line + 1)
        if "*" in self.block:
            self._refuse_aliases()
        loader = SafeLoader(self.block)
        try:
            node = loader.get_single_node()
            if node is None:
                return {}
            if not isinstance(node, yaml.MappingNode):
                raise _Refused(Code.FRONT_MATTER, "The front matter is not a list of 'key: value' lines.", 2)
            self.result._lines[()] = 1
            return self._mapping(loader, node, (), 2)
        finally:
            loader.dispose()

    def _refuse_aliases(self) -> None:
        for event in yaml.parse(self.block, Loader=SafeLoader):
            if isinstance(event, yaml.AliasEvent) and event.start_mark:
                message = "The front matter uses a YAML alias (*name); write the value out."
                raise _Refused(Code.FRONT_MATTER, message, event.start_mark.line + 2)

    def _value(self, loader: SafeLoader, node: yaml.Node, path: Path) -> Any:
        line = node.start_mark.line + 2
        if len(path) > MAX_DEPTH:
            raise _Refused(Code.FRONT_MATTER, _TOO_DEEP, line)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(loader, node, line)
        if isinstance(node, yaml.SequenceNode):
            if node.tag != "tag:yaml.org,2002:seq":
                raise _Refused(Code.FRONT_MATTER, f"YAML tags such as {node.tag!r} are not read.", line)
            items = []
            for index, item in enumerate(node.value):
                self.result._lines[(*path, index)] = item.start_mark.line + 2
                items.append(self._value(loader, item, (*path, index)))
            return items
        return self._mapping(loader, node, path, line)

    def _mapping(self, loader: SafeLoader, node: yaml.Node, path: Path, line: int) -> dict[str, Any]:
        if node.tag != "tag:yaml.org,2002:map":
            raise _Refused(Code.FRONT_MATTER, f"YAML tags such as {node.tag!r} are not read.", line)
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key_line = key_node.start_mark.line + 2
            if not isinstance(key_node, yaml.ScalarNode) or key_node.tag == "tag:yaml.org,2002:merge":
                raise _Refused(Code.FRONT_MATTER, "A key of the front matter is not plain text.", key_line)
            key = str(key_node.value)
            if key in mapping:
                first = self.result.line((*path, key))
                message = f"The key {key!r} stands twice; the first, on line {first}, is used."
                self.result.problems.append(Problem(Code.DUPLICATE_KEY, message, key_line))
                continue
            self.result._lines[(*path, key)] = key_line
            mapping[key] = self._value(loader, value_node, (*path, key))
        return mapping

    @staticmethod
    def _scalar(loader: SafeLoader, node: yaml.ScalarNode, line: int) -> Any:
        if node.tag.removeprefix("tag:yaml.org,2002:") not in _SCALARS:
            raise _Refused(Code.FRONT_MATTER, f"YAML tags such as {node.tag!r} are not read.", line)
        if node.tag == "tag:yaml.org,2002:str":
            for _line, name in hidden_characters(node.value):  # one that an escape has hidden from the first look
                raise _Refused(Code.HIDDEN_CHARACTER, f"The front matter holds a hidden character ({name}); delete it.", line)
            return node.value
        try:
            return loader.construct_object(node)
        except (ValueError, yaml.YAMLError):
            return node.value  # an impossible date or number: text, which validation then names
