"""Reads one YAML file into plain values and remembers the line of every one of them.

YAML 1.2 core rules, not PyYAML's 1.1: ``NO`` is a text and ``010121`` keeps its zero. Tags, anchors used as
bombs, duplicate keys and documents that are no mapping are problems with a line, never an exception of the parser.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from screening.errors import Problem

if TYPE_CHECKING:
    from pathlib import Path

Place = tuple[str | int, ...]
Value = Any
"""A text, number, boolean, None, or a list or mapping (text keys) of such."""

_NULL = re.compile(r"~|null|Null|NULL|")
_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_INT = re.compile(r"[-+]?(0|[1-9][0-9]*)")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|(0|[1-9][0-9]*)(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_SIZE_LIMIT = 20_000_000
"""Bytes; the largest shipped file is under 1 MB."""
_NODE_LIMIT = 500_000
_LONGEST_NUMBER = 300
"""Digits of a whole number; a longer one is read as text."""
_TAGS = {"tag:yaml.org,2002:str", "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_DEPTH_LIMIT = 40
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(slots=True)
class Document:
    """A parsed file: its plain value, the line of every place in it, and what was wrong with it."""

    path: str
    data: dict[str, Value]
    lines: dict[Place, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def line(self, place: Place) -> int:
        """Line of ``place``, or of the nearest enclosing place that is known; 1 for the whole file."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)

    def problem(self, place: Place, message: str) -> None:
        """Record a problem at ``place``."""
        self.problems.append(Problem(self.path, self.line(place), message))


def read_document(path: Path, shown_as: str | None = None) -> Document:
    """Parse ``path``; problems are collected in the result, never raised.

    ``shown_as`` is the path that problems name (relative to the content folder, so that they read the same everywhere).
    """
    document = Document(shown_as or str(path), {})
    try:
        if path.exists() and not path.is_file():
            document.problem((), "cannot be read: it is a folder, a pipe or a device")
            return document
        if path.stat().st_size > _SIZE_LIMIT:
            document.problem((), f"is larger than {_SIZE_LIMIT:,} bytes; split it")
            return document
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        document.problem((), f"is not UTF-8 text (byte {error.start}); save it as UTF-8")
        return document
    except OSError as error:
        document.problem((), f"cannot be read: {error.strerror}")
        return document
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        document.problems.append(Problem(document.path, mark.line + 1 if mark else 0, f"not valid YAML: {error.problem}"))
        return document
    except (yaml.YAMLError, RecursionError) as error:
        document.problem((), f"not valid YAML: {error}")
        return document
    if not isinstance(node, yaml.MappingNode):
        document.problem((), "must be a mapping of keys to values")
        return document
    try:
        value = _Builder(document).build(node, ())
    except _TooMuchError as error:
        document.problem(error.place[:3], "is nested too deeply or repeats itself through aliases; write it out")
        return document
    if isinstance(value, dict):
        document.data = value
    return document


class _TooMuchError(Exception):
    """A document grows beyond its limits."""

    def __init__(self, place: Place) -> None:
        super().__init__(place)
        self.place = place


class _Builder:
    """Turns composed nodes into plain values; counts nodes, so that aliases cannot multiply without end."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.count = 0

    def build(self, node: yaml.Node, place: Place) -> Value:
        self.document.lines[place] = node.start_mark.line + 1
        self.count += 1
        if self.count > _NODE_LIMIT or len(place) > _DEPTH_LIMIT:
            raise _TooMuchError(place)
        if node.tag not in _TAGS and not (isinstance(node, yaml.ScalarNode) and node.tag.startswith("tag:yaml.org,2002:")):
            self.document.problem(place, f"the tag {node.tag} is not allowed; write a plain value")
            return None
        if isinstance(node, yaml.MappingNode):
            return self.mapping(node, place)
        if isinstance(node, yaml.SequenceNode):
            return [self.build(child, (*place, index)) for index, child in enumerate(node.value)]
        plain = isinstance(node, yaml.ScalarNode) and not node.style
        return scalar(node.value) if plain else str(node.value)

    def mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Value]:
        values: dict[str, Value] = {}
        for key_node, value_node in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                self.document.problem(place, "a key must be a plain text")
                continue
            key = str(key_node.value)
            if key in values:
                self.document.problems.append(
                    Problem(self.document.path, key_node.start_mark.line + 1, f"the key {key!r} stands twice")
                )
                continue
            values[key] = self.build(value_node, (*place, key))
            self.document.lines[(*place, key)] = key_node.start_mark.line + 1
        return values


def scalar(text: str) -> Value:
    """A plain (unquoted) scalar by the YAML 1.2 core schema; a number with a leading zero stays a text."""
    if _NULL.fullmatch(text):
        return None
    if text in _BOOL:
        return _BOOL[text]
    if _INT.fullmatch(text) and len(text) <= _LONGEST_NUMBER:
        return int(text)
    if _FLOAT.fullmatch(text):
        return float(text)
    return text
