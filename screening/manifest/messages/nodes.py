"""A message as a tree of elements, and the paths by which rules/reading/messages.yaml speaks of them.

A path is names between slashes, each with conditions in brackets::

    Commodity/Classification[IdentificationTypeCode=TSP|HS]/ID    a child that holds one of these texts
    Origin[!TypeCode]/CountryCode                                no such child, or an empty one
    ItemClassificationCode[@listID=HS]                           an attribute of its own
    NAD[e1=CN]/e4*                                               an element of a segment with all its components

``.`` is the element itself, with conditions only where it meets them; ``@currencyID`` in the place of the last name an attribute.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_STEP = re.compile(r"(?P<name>\.|@?[^\[\]/*@!=]+)(?P<rest>\*?)(?P<tests>(?:\[[^\[\]]+\])*)")
_TEST = re.compile(r"\[(?P<none>!?)(?P<name>[^\[\]!=]+)(?:=(?P<texts>[^\[\]]*))?\]")


@dataclass(slots=True, eq=False)
class Node:
    """An element of XML, or a segment or element of EDI."""

    tag: str
    line: int = 0
    """Line of the file in which it begins, from 1."""
    attributes: Mapping[str, str] = field(default_factory=dict)
    text: str = ""
    children: list[Node] = field(default_factory=list)
    used: bool = False

    def add(self, tag: str, text: str) -> Node:
        """A new child that holds ``text``."""
        child = Node(tag, self.line, text=text)
        self.children.append(child)
        return child

    def leaves(self, above: tuple[Node, ...] = ()) -> Iterator[tuple[Node, ...]]:
        """Everything below that holds text: the elements on the way to it, itself the last."""
        for child in self.children:
            way = (*above, child)
            if child.children:
                yield from child.leaves(way)
            if child.text:
                yield way


@record
class Test:
    """One condition on an element: what a child or attribute of it must hold."""

    name: str
    texts: tuple[str, ...] | None
    """None where any text will do."""
    absent: bool

    def witnesses(self, node: Node) -> list[Node] | None:
        """The children of ``node`` by which the condition holds; None where it does not."""
        if self.name.startswith("@"):
            text = node.attributes.get(self.name[1:], "")
            return [] if (text in self.texts if self.texts else bool(text)) != self.absent else None
        found = [child for child in node.children if child.tag == self.name and child.text]
        if self.absent:
            return None if found else []
        return [child for child in found if self.texts is None or child.text in self.texts] or None


@record
class Found:
    """An element that a path leads to."""

    above: Node
    """What it stands in."""
    node: Node
    by: tuple[Node, ...]
    """The elements by which conditions on the way hold."""

    def use(self) -> None:
        """It was read."""
        for node in (self.node, *self.by):
            node.used = True


@record
class Path:
    """A way to elements below an element."""

    text: str
    """As it is written."""
    steps: tuple[tuple[str, bool, tuple[Test, ...]], ...]
    """Name, whether further components count, and conditions."""

    def find(self, node: Node) -> list[Found]:
        """The elements at this path that are there, in the order of the message."""
        found = [Found(node, node, ())]
        for name, components, tests in self.steps:
            if name == ".":
                if tests:
                    found = [way for way in found if all(test.witnesses(way.node) is not None for test in tests)]
                continue
            prefix = name + "."
            nearer = []
            for way in found:
                for child in way.node.children:
                    if child.tag == name or (components and child.tag.startswith(prefix)):
                        by = [test.witnesses(child) for test in tests]
                        if None not in by:
                            nearer.append(Found(way.node, child, (*way.by, *(one for some in by for one in some or ()))))
            found = nearer
        return found


def parse_path(text: str) -> Path:
    """Read a path.

    Raises:
        ValueError: It is no path; the message says which part.
    """
    steps = []
    for part in _parts(text):
        match = _STEP.fullmatch(part)
        if match is None:
            msg = f"'{part}' in the path '{text}' is no name with conditions such as Origin[TypeCode=1]"
            raise ValueError(msg)
        tests = tuple(
            Test(test["name"], None if test["texts"] is None else tuple(test["texts"].split("|")), bool(test["none"]))
            for test in _TEST.finditer(match["tests"])
        )
        if "".join(test[0] for test in _TEST.finditer(match["tests"])) != match["tests"]:
            msg = f"'{match['tests']}' in the path '{text}' is no condition; write [Name=text], [Name] or [!Name]"
            raise ValueError(msg)
        steps.append((match["name"], bool(match["rest"]), tests))
    return Path(text, tuple(steps))


def _parts(text: str) -> list[str]:
    """The parts between slashes that stand in no brackets."""
    return re.split(r"/(?![^\[]*\])", text)
