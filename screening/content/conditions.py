"""Parses the ``detect`` part of a rule: named selections and a short boolean condition over them.

What comes in is the mapping as written; what goes out is a tree of And, Or, Not, AtLeast and Atom that ``judge/``
compiles to polars. Wrong input is told through the ``report`` callback with its place, all of it at once.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.content.fields import DEFAULT_OPERATOR, OPERATORS, REFERENCES, FieldType, field_type
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping

    from screening.content.document import Place


@record
class Ref:
    """A value taken from the facts or the line: ``label.price_high``, times a factor."""

    space: str
    name: str
    times: float | Ref = 1.0

    def __str__(self) -> str:
        text = f"{self.space}.{self.name}"
        return text if self.times == 1.0 else f"{self.times} x {text}"


@record
class Atom:
    """One comparison of one field."""

    field: str
    op: str
    value: Any
    """A number, text, bool or tuple of such; a Ref; or a tuple of two of them for ``between``."""
    selection: str


@record
class And:
    """All parts hold."""

    parts: tuple[Node, ...]


@record
class Or:
    """One part holds."""

    parts: tuple[Node, ...]


@record
class Not:
    """The part does not hold."""

    part: Node


@record
class AtLeast:
    """At least ``count`` of the parts hold (Kleene: unknown where the unknown ones decide)."""

    count: int
    parts: tuple[Node, ...]


@record
class Selection:
    """A named part of a condition."""

    name: str
    node: Node
    exempts: bool = False
    """Counts as false where it is unknown."""


Node = Atom | And | Or | Not | AtLeast | Selection


@record
class Detect:
    """A parsed ``detect``."""

    selections: dict[str, Selection]
    condition: Node

    def atoms(self) -> Iterator[Atom]:
        """Every comparison, in the order of the selections."""
        for selection in self.selections.values():
            yield from atoms_of(selection)


def atoms_of(node: Node) -> Iterator[Atom]:
    """The comparisons under ``node``, left to right."""
    if isinstance(node, Atom):
        yield node
    elif isinstance(node, (And, Or, AtLeast)):
        for part in node.parts:
            yield from atoms_of(part)
    elif isinstance(node, Selection):
        yield from atoms_of(node.node)
    else:
        yield from atoms_of(node.part)


def asserted(node: Node, counted: Collection[str] = ()) -> Node:
    """``node`` without what it denies: it is false only where ``node`` is.

    Args:
        node: the condition.
        counted: selections that may count as true where they are not known.
    """
    if isinstance(node, Atom):
        return node
    if isinstance(node, Not):
        return And(())
    if isinstance(node, Selection):
        return Selection(node.name, asserted(node.node, counted), node.exempts and node.name not in counted)
    return replace(node, parts=tuple(asserted(part, counted) for part in node.parts))


def denied(node: Node) -> Iterator[Atom]:
    """The comparisons of which a part of ``node`` is denied."""
    if isinstance(node, Not):
        yield from atoms_of(node.part)
    elif isinstance(node, Selection):
        yield from denied(node.node)
    elif not isinstance(node, Atom):
        for part in node.parts:
            yield from denied(part)


def parse_detect(detect: Mapping[str, Any], report: Callable[[Place, str], None] | None = None) -> Detect:
    """Parse a ``detect`` mapping.

    Args:
        detect: selections by name, ``condition``; one selection needs no condition.
        report: told (place within ``detect``, message) for every mistake; without it a mistake raises ValueError.
    """

    def complain(place: Place, message: str) -> None:
        if report is None:
            raise ValueError(f"{'.'.join(map(str, place))}: {message}")
        report(place, message)

    selections = {name: _selection(name, body, complain) for name, body in detect.items() if name != "condition"}
    if not selections:
        complain((), "has no selection")
    text = detect.get("condition")
    if text is None and len(selections) == 1:
        text = next(iter(selections))
    if not isinstance(text, str):
        complain((), "needs a condition, such as `a and not b`")
        return Detect(selections, And(()))
    parser = _ConditionParser(text, selections, lambda message: complain(("condition",), message))
    condition = parser.parse()
    for name in selections:
        if name not in parser.used:
            complain((name,), f"the selection {name!r} is not used in the condition")
    return Detect(selections, condition)


def parse_selection(name: str, body: Any, report: Callable[[Place, str], None] | None = None) -> Selection:
    """Parse one selection that stands alone, such as an instrument's ``applies``."""
    return parse_detect({name: body}, report).selections[name]


def _within(complain: Callable[[Place, str], None], name: str, index: int) -> Callable[[Place, str], None]:
    return lambda place, message: complain((name, index, *place[1:]), message)


def _selection(name: str, body: Any, complain: Callable[[Place, str], None]) -> Selection:
    if isinstance(body, list):
        parts = [_selection(name, part, _within(complain, name, index)) for index, part in enumerate(body)]
        if any(part.exempts for part in parts) != all(part.exempts for part in parts):
            complain((name,), "`exempts` stands on all parts of a list or on none")
        return Selection(name, Or(tuple(part.node for part in parts)), all(part.exempts for part in parts))
    if not isinstance(body, dict):
        complain((name,), "a selection is a mapping of fields to what they must be, or a list of such")
        return Selection(name, And(()))
    body = dict(body)
    exempts = body.pop("exempts", False)
    if not isinstance(exempts, bool):
        complain((name, "exempts"), "is true or false")
    atoms: list[Node] = []
    for field, wanted in body.items():
        atoms.extend(_atoms(name, plain_field(str(field)), wanted, complain))
    if not body:
        complain((name,), "a selection names at least one field")
    return Selection(name, atoms[0] if len(atoms) == 1 else And(tuple(atoms)), bool(exempts))


def plain_field(field: str) -> str:
    """``composition.Tb+Dy`` and ``composition.dy+tb`` are one field: the latter."""
    space, dot, elements = field.partition(".")
    if space != "composition" or not dot:
        return field
    return "composition." + "+".join(sorted(part.strip().lower() for part in elements.split("+")))


def _atoms(selection: str, field: str, wanted: Any, complain: Callable[[Place, str], None]) -> Iterator[Atom]:
    place = (selection, field)
    kind = field_type(field)
    if kind is None:
        complain(place, f"there is no field {field!r}")
        return
    if not isinstance(wanted, dict):
        op = DEFAULT_OPERATOR.get(kind)
        if wanted == "any" and kind in (FieldType.FACTS, FieldType.ITEM):
            yield Atom(field, "exists", True, selection)
        elif op is None:
            complain(place, f"{field!r} needs an operator: one of {', '.join(sorted(OPERATORS[kind]))}")
        else:
            yield Atom(field, op, _value(place, kind, op, wanted, complain), selection)
        return
    if not wanted:
        complain(place, "names no operator")
    for op, value in wanted.items():
        if op not in OPERATORS[kind]:
            complain((*place, op), f"{field!r} does not take {op!r}; it takes {', '.join(sorted(OPERATORS[kind]))}")
            continue
        yield Atom(field, op, _value((*place, op), kind, op, value, complain), selection)


_LISTS = {"in", "not_in", "prefix", "not_prefix", "any_of", "all_of", "none_of", "terms", "passes", "party"}


def pattern_trouble(pattern: str) -> str:
    """Why a regular expression cannot be searched for; nothing where it can. It is tried with what will search for it."""
    try:
        pl.Series([""]).str.contains(pattern)
    except pl.exceptions.PolarsError as error:
        return " ".join(str(error).removeprefix("regex error: ").split())[:200]
    return ""


def _value(place: Place, kind: FieldType, op: str, value: Any, complain: Callable[[Place, str], None]) -> Any:
    if op == "exists":
        if not isinstance(value, bool):
            complain(place, "is true or false")
        return bool(value)
    if op == "between":
        if not isinstance(value, list) or len(value) != 2:
            complain(place, "takes a list of two numbers: least and most, both included")
            return (0, 0)
        return tuple(_single(place, kind, part, complain) for part in value)
    if op in _LISTS:
        ref = _reference(place, value, complain)
        if ref is not None:
            return ref
        values = value if isinstance(value, list) else [value]
        if not values or not all(isinstance(part, str) for part in values):
            complain(place, "takes texts (codes are quoted: '0101')")
            values = [str(part) for part in values]
        return tuple(values)
    if op == "matches":
        if trouble := pattern_trouble(str(value)):
            complain(place, f"is no regular expression: {trouble}")
        if len(str(value)) > 500 or re.search(r"\(\?[=!<]|\\[1-9]", str(value)):
            complain(place, "must be RE2 syntax (no look-around, no back-references) of at most 500 characters")
        return str(value)
    return _single(place, kind, value, complain)


def _single(place: Place, kind: FieldType, value: Any, complain: Callable[[Place, str], None]) -> Any:
    ref = _reference(place, value, complain)
    if ref is not None and kind is FieldType.DATE:
        complain(place, "a date is compared with a day only; `days_to_shipment` compares the two dates of a line")
        return "1970-01-01"
    if ref is not None:
        return ref
    if kind in (FieldType.NUMBER, FieldType.INTERVAL):
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            complain(place, f"{value!r} is not a number")
            return 0.0
        return float(value)
    if not isinstance(value, str):
        complain(place, f"{value!r} is not a text; quote it")
        return str(value)
    if kind is FieldType.DATE:
        try:
            dt.date.fromisoformat(value)
        except ValueError:
            complain(place, f"{value!r} is not a day such as 2026-05-01")
            return "1970-01-01"
    return value


def _reference(place: Place, value: Any, complain: Callable[[Place, str], None]) -> Ref | None:
    if isinstance(value, dict):
        if set(value) != {"of", "times"}:
            complain(place, "a computed value has the keys `of` and `times`")
            return Ref("param", "")
        base = _reference((*place, "of"), value["of"], complain)
        times = value["times"]
        factor = _reference((*place, "times"), times, complain) if isinstance(times, str) else None
        if base is None or (factor is None and (isinstance(times, bool) or not isinstance(times, (int, float)))):
            complain(place, "`of` is a reference such as label.price_high, `times` a number or a param")
            return Ref("param", "")
        return Ref(base.space, base.name, factor if factor is not None else float(times))
    if not isinstance(value, str) or "." not in value:
        return None
    space, _, name = value.partition(".")
    if space not in REFERENCES:
        return None
    names = REFERENCES[space]
    if names is not None and name not in names:
        complain(place, f"there is no {space}.{name}; there are {', '.join(f'{space}.{known}' for known in names)}")
    if space == "line" and field_type(name) is None:
        complain(place, f"there is no column {name!r}")
    return Ref(space, name)


class _ConditionParser:
    """Recursive descent over ``or``, ``and``, ``not``, parentheses, ``N of pattern`` and ``all of pattern``."""

    _TOKEN = re.compile(r"\s*([()]|[\w*]+)")

    def __init__(self, text: str, selections: dict[str, Selection], complain: Callable[[str], None]) -> None:
        self.selections = selections
        self.complain = complain
        self.used: set[str] = set()
        self.tokens: list[str] = []
        position = 0
        text = text.strip()
        while position < len(text):
            match = self._TOKEN.match(text, position)
            if match is None:
                complain(f"cannot read {text[position:]!r}")
                break
            self.tokens.append(match.group(1))
            position = match.end()
        self.position = 0

    def parse(self) -> Node:
        node = self.disjunction()
        if self.position < len(self.tokens):
            self.complain(f"did not expect {self.tokens[self.position]!r}")
        return node

    def peek(self) -> str:
        return self.tokens[self.position] if self.position < len(self.tokens) else ""

    def take(self) -> str:
        token = self.peek()
        self.position += 1
        return token

    def disjunction(self) -> Node:
        parts = [self.conjunction()]
        while self.peek() == "or":
            self.take()
            parts.append(self.conjunction())
        return parts[0] if len(parts) == 1 else Or(tuple(parts))

    def conjunction(self) -> Node:
        parts = [self.negation()]
        while self.peek() == "and":
            self.take()
            parts.append(self.negation())
        return parts[0] if len(parts) == 1 else And(tuple(parts))

    def negation(self) -> Node:
        if self.peek() == "not":
            self.take()
            return Not(self.negation())
        return self.primary()

    def primary(self) -> Node:
        token = self.take()
        if token == "(":
            node = self.disjunction()
            if self.take() != ")":
                self.complain("a parenthesis is not closed")
            return node
        if (token.isdigit() or token == "all") and self.peek() == "of":
            self.take()
            pattern = self.take()
            members = [name for name in self.selections if fnmatchcase(name, pattern)]
            self.used.update(members)
            if not members:
                self.complain(f"no selection is called {pattern!r}")
            parts: tuple[Node, ...] = tuple(self.selections[name] for name in members)
            if token == "all":
                return And(parts)
            if int(token) < 1 or int(token) > len(parts):
                self.complain(f"{token} of {len(parts)} selections cannot be")
            return AtLeast(int(token), parts)
        if token in self.selections:
            self.used.add(token)
            return self.selections[token]
        self.complain(f"there is no selection {token!r}" if token else "the condition ends too early")
        return And(())
