"""Puts the storeys of a message together: what stands once above its goods items holds for each of them.

A storey is kept while it is open, without the storeys in it. At its end its elements are read; what is left over is carried
through under its path, so that nothing disappears. A goods item waits for the end of its message, because some formats
name the parties behind the goods.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from screening.manifest.messages.definitions import text_at, with_unit
from screening.terms import ROLES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.manifest.messages.definitions import Definition, Level, Party, Value
    from screening.manifest.messages.nodes import Node

MOST_NODES = 500_000
"""Elements of one open storey; a message with more of them outside its goods items is none."""

_MOST_LABELS = 10_000
OTHERS = "others"
"""In place of a role: parties that fill no column, and are shown for it."""

MOST_ITEMS = 250_000
"""Goods items of one message, which wait for its end, some 3 kB each. The segment count of EDIFACT has six digits."""

_PARTS = ("name", "address", "country", "id")
_ROLE = {f"{role}_{part}": role for role in ROLES for part in _PARTS}


class MessageError(Exception):
    """A message that cannot be read further; the text says why and where."""


@dataclass(slots=True)
class Item:
    """A goods item, or something in its place that could not become one."""

    line: int
    """Line of the file in which it begins."""
    columns: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Column to text and to the path it was read from."""
    rest: dict[str, str] = field(default_factory=dict)
    """Path to text of what fills no column."""
    parties: dict[str, str] = field(default_factory=dict)
    """Path of a name that fills no column to the role it could have."""
    reason: str = ""
    """Why it is no goods item."""
    what: str = ""
    """What its format calls a goods item."""
    above: list[Item] = field(default_factory=list)
    """What the storeys above say, from the inside out."""


@dataclass(slots=True)
class _Storey:
    number: int
    node: Node
    items: list[Item] = field(default_factory=list)
    nodes: int = 0


class Storeys:
    """The open storeys of one message.

    Attributes:
        done: Goods items whose message has ended; the caller takes them away.
    """

    def __init__(self, definition: Definition) -> None:
        self.definition = definition
        self.done: list[Item] = []
        self._open: list[_Storey] = []
        self._labels: dict[tuple[str, ...], str] = {}
        """Names on the way to an element to its path; empty where it is left aside."""

    @property
    def depth(self) -> int:
        """Open storeys."""
        return len(self._open)

    @property
    def top(self) -> Node:
        """The element of the innermost open storey."""
        return self._open[-1].node

    @property
    def below(self) -> Level | None:
        """The storey that may open next; None within a goods item."""
        levels = self.definition.levels
        return levels[self.depth] if self.depth < len(levels) else None

    def open(self, node: Node) -> None:
        """Begin the next storey with ``node``."""
        self._open.append(_Storey(self.depth, node))

    def count(self, nodes: int = 1) -> None:
        """So many more elements stand in the open storey."""
        storey = self._open[-1]
        storey.nodes += nodes
        if storey.nodes > MOST_NODES:
            msg = f"line {storey.node.line}: more than {MOST_NODES:,} elements in one {storey.node.tag}"
            raise MessageError(msg)

    def reject(self, line: int, reason: str) -> None:
        """Something that is no goods item, told in its place."""
        where = self._open[-1].items if self._open else self.done
        where.append(Item(line, reason=reason, what=self.definition.item))

    def close(self) -> None:
        """End the innermost storey: read it, and give what it says to the goods items in it."""
        storey = self._open.pop()
        level = self.definition.levels[storey.number]
        items = storey.items
        own = self._read(storey.node, level, alone=len(items) == 1)
        if storey.number == len(self.definition.levels) - 1:
            items = [own, *items]
        elif items:
            for item in items:
                item.above.append(own)
        else:
            what = f"this {storey.node.tag}" if storey.number else f"this message ({self.definition.name})"
            own.reason = f"{what} holds no {self.definition.item}; nothing of it was screened"
            items = [own]
        waiting = self._open[-1].items if self._open else self.done
        waiting.extend(items)
        if len(waiting) > MOST_ITEMS:
            msg = f"line {own.line}: more than {MOST_ITEMS:,} goods items in one message; have it divided"
            raise MessageError(msg)

    # -- reading one storey --------------------------------------------------------------------------------------------

    def _read(self, node: Node, level: Level, *, alone: bool) -> Item:
        """What a storey says; ``alone``: one goods item stands in it, so that a total is that item's."""
        innermost = level is self.definition.levels[-1]
        prefix = "" if innermost else f"{node.tag}/"
        item = Item(node.line, what=self.definition.item)
        names: dict[int, str] = {}
        for role, paths in level.parties.items():
            taken = role == OTHERS
            for path in paths:
                for found in path.find(node):
                    if not taken and not found.node.used:
                        taken = self._party(found.node, role, self.definition.party, f"{prefix}{path.text}/", item)
                        if taken:
                            found.use()
                    self._remember(found.node, role, names)
        there = {".", *(child.tag for child in node.children)}
        for column, values in {**level.columns, **(level.alone if alone else {})}.items():
            if column in item.columns or not any(value.path.steps[0][0] in there for value in values):
                continue
            text, place = text_at(node, [value for value in values if self._holds(value)], self.definition)
            if text:
                item.columns[column] = (" ".join(text.split()), prefix + place)
        self._carry(node, prefix, item, names)
        return item

    def _holds(self, value: Value) -> bool:
        """Whether what a value asks of the storeys above is there."""
        return value.when is None or any(value.when.find(storey.node) for storey in self._open)

    def _remember(self, node: Node, role: str, names: dict[int, str]) -> None:
        """Remember the names of a party, so that those which fill no column are shown."""
        for value in self.definition.party.name:
            for leaf in value.path.find(node):
                names.setdefault(id(leaf.node), role)

    def _party(self, node: Node, role: str, party: Party, prefix: str, item: Item) -> bool:
        """Enter a party; False where the element says nothing of it."""
        found: dict[str, tuple[str, str]] = {}
        name, place = text_at(node, party.name, self.definition)
        first, _, below = name.partition("\n")
        lines = [below.replace("\n", ", ")] if below else []
        leaves = [found.node for path in party.address for found in path.find(node) if found.node.text and not found.node.used]
        lines += dict.fromkeys(" ".join(leaf.text.split()) for leaf in leaves)
        for leaf in leaves:
            leaf.used = True
        if first:
            found["name"] = (first, prefix + place)
        if lines:
            found["address"] = (", ".join(lines), prefix + "address")
        for part, values in (("country", party.country), ("id", party.id)):
            text, place = text_at(node, values, self.definition)
            if text:
                found[part] = (" ".join(text.split()), prefix + place)
        item.columns |= {f"{role}_{part}": value for part, value in found.items()}
        return bool(found)

    def _carry(self, node: Node, prefix: str, item: Item, names: Mapping[int, str]) -> None:
        """What was not read, under its path; of EDI whole elements of a segment."""
        edi = self.definition.form != "xml"
        groups: dict[tuple[str, int], list[Node]] = {}
        for way in node.leaves():
            if (edi or not way[-1].used) and (label := self._label(way, edi=edi)):
                groups.setdefault((prefix + label, id(way[-2]) if edi else 0), []).append(way[-1])
        for (label, _), leaves in groups.items():
            if edi and any(leaf.used for leaf in leaves):
                continue
            texts = [with_unit(leaf, self.definition) for leaf in leaves]
            text = ":".join(texts) if edi else "; ".join(dict.fromkeys(texts))
            item.rest[label] = f"{item.rest[label]}; {text}" if label in item.rest else text
            if role := next((names[id(leaf)] for leaf in leaves if id(leaf) in names), ""):
                item.parties[label] = role

    def _label(self, way: tuple[Node, ...], *, edi: bool) -> str:
        """The path of an element; empty where such elements are left aside."""
        tags = tuple(node.tag for node in way)
        if edi:
            aside = self._aside(tags) or way[-1].tag in self.definition.qualifiers.get(way[-2].tag, ())
            return "" if aside else self._element(way)
        if tags not in self._labels:
            if len(self._labels) > _MOST_LABELS:
                self._labels.clear()
            self._labels[tags] = "" if self._aside(tags) else "/".join(tags)
        return self._labels[tags]

    def _aside(self, tags: tuple[str, ...]) -> bool:
        return any(
            tags[start : start + len(names)] == names
            for names in self.definition.aside
            for start in range(len(tags) - len(names) + 1)
        )

    def _element(self, way: tuple[Node, ...]) -> str:
        """Segment with what it is about, and element: ``MEA+AAE+G e3``."""
        named = []
        for segment in way[:-1]:
            about = [
                child.text
                for name in self.definition.qualifiers.get(segment.tag, ())
                for child in segment.children
                if child.tag == name
            ]
            named.append("+".join([segment.tag, *about]))
        return f"{'/'.join(named)} {way[-1].tag.partition('.')[0]}"


def complete(item: Item) -> Item:
    """A goods item with what stands above it; made only where it is needed, since it is much more than the item's own."""
    if not item.above or item.reason:
        return item
    whole = Item(item.line, dict(item.columns), dict(item.rest), dict(item.parties), what=item.what)
    for outer in item.above:
        _inherit(whole, outer)
    return whole


def _inherit(item: Item, outer: Item) -> None:
    """Give a goods item what stands above it, where it says nothing of its own.

    The parts of a party are never mixed: where the item names a consignee itself, the one above is carried through.
    """
    own_roles = {_ROLE[column] for column in item.columns if column in _ROLE}
    for column, (text, place) in outer.columns.items():
        if _ROLE.get(column) in own_roles:
            item.rest.setdefault(place, text)
            if column.endswith("_name"):
                item.parties.setdefault(place, _ROLE[column])
        elif item.columns.setdefault(column, (text, place))[0] != text:
            item.rest.setdefault(place, text)
    for place, text in outer.rest.items():
        item.rest.setdefault(place, text)
    item.parties = outer.parties | item.parties
