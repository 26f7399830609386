"""Settles rules on a single line by looking at its values, where building expressions would cost more than their answer.

The answers are those of the compiled expressions (``compile``), and property tests hold them to it. What polars and Python might
understand differently, patterns and letters beyond ASCII, polars answers here too.
"""

from __future__ import annotations

import datetime as dt
import operator
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.content.conditions import And, Atom, Node, Not, Or, Ref, Selection
from screening.content.fields import GOODS, FieldType, field_type
from screening.content.models import Item
from screening.judge.compile import members
from screening.judge.rules import MET, PARTIAL, UNDESCRIBED, levels, plain_code

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from screening.judge.compile import Scope
    from screening.judge.rows import Index, Row
    from screening.judge.rules import Prepared

    Truth = Callable[[Row], bool | None]


def _code_alone(rule: Prepared, row: Row) -> bool:
    code = row.values["hs_code"]
    whole, starts = rule.code_parts
    if code is None or not (code in whole or code.startswith(starts)):
        return False
    named = row.facts[GOODS]
    return named is None or not row.values["names_goods"] or not named.isdisjoint(rule.materials)


class Settler:
    """Turns rules into functions of a row, each when it is first asked."""

    def __init__(self, scope: Scope, undescribed: Node | None = None) -> None:
        self.scope = scope
        self._vague = undescribed
        self._ready: dict[int, Callable[[Row], int | None]] = {}

    @cached_property
    def _undescribed(self) -> Truth:
        return self.truth(self._vague) if self._vague else lambda _: None

    def settle(self, rules: Index, row: Row) -> dict[int, int | None]:
        """The strength of every rule that is not false on a line, by the rule's index."""
        return {rule.index: answer for rule in rules.of(row) if (answer := self.strength(rule)(row)) != 0}

    def strength(self, rule: Prepared) -> Callable[[Row], int | None]:
        """What gives the strength of a rule on a line, as the expression of ``Plan.strength`` does."""
        ready = self._ready.get(rule.index)
        if ready is None:
            ready = self._item(rule, rule.spec) if isinstance(rule.spec, Item) else self._rule(rule)
            self._ready[rule.index] = ready
        return ready

    def _rule(self, rule: Prepared) -> Callable[[Row], int | None]:
        assert rule.detect is not None  # noqa: S101 - a rule always has one
        condition = self.truth(rule.detect.condition)
        return lambda row: None if (answer := condition(row)) is None else MET if answer else 0

    def _item(self, rule: Prepared, item: Item) -> Callable[[Row], int | None]:
        speaks = self._speaks(rule, item)
        if not rule.applies:
            return speaks
        applies = self.truth(And(rule.applies))

        def strength(row: Row) -> int | None:
            result = speaks(row)
            if result == 0:
                return 0
            does = applies(row)
            return result if does else does if does is None else 0

        return strength

    def _speaks(self, rule: Prepared, item: Item) -> Callable[[Row], int | None]:
        code = plain_code(item.code)
        whole: Truth | None = None
        told: list[tuple[Truth, int]] = []
        if rule.detect is not None:
            condition = rule.detect.condition
            whole = self.truth(condition)
            told = [(self.truth(condition, assume) if assume else whole, level) for assume, level in levels(item)]

        def strength(row: Row) -> int | None:
            if row.values["item_code_plain"] == code:
                return MET
            for holds, level in told:
                if holds(row):
                    return UNDESCRIBED if level == MET and self._undescribed(row) else level
            if _code_alone(rule, row):
                return PARTIAL
            return 0 if whole is None or whole(row) is not None else None

        return strength

    def truth(self, node: Node, assume: Mapping[str, bool | None] | None = None) -> Truth:
        """What answers a condition, by Kleene logic; ``assume`` as in ``compile.expression``."""
        if isinstance(node, Atom):
            return self._atom(node)
        if isinstance(node, Selection):
            given = (assume or {}).get(node.name, ...)
            if isinstance(given, bool):
                return lambda row: given
            inner = self.truth(node.node, assume)
            if given is not None and not node.exempts:
                return inner
            unknown = given is None
            return lambda row: unknown if (answer := inner(row)) is None else answer
        if isinstance(node, Not):
            part = self.truth(node.part, assume)
            return lambda row: None if (answer := part(row)) is None else not answer
        parts = [self.truth(part, assume) for part in node.parts]
        if isinstance(node, And):
            return _every(parts)
        return _some(parts, 1 if isinstance(node, Or) else node.count)

    def _atom(self, item: Atom) -> Truth:
        kind = field_type(item.field)
        if item.op == "exists" and kind not in (FieldType.FACTS, FieldType.ITEM):
            column, there = f"{item.field}.lo" if kind is FieldType.INTERVAL else item.field, bool(item.value)
            return lambda row: (row.values[column] is not None) is there
        match kind:
            case FieldType.FACTS:
                return _facts(item)
            case FieldType.TEXT if item.op == "terms":
                return _names(item.field, (f"term:{name}" for name in item.value))
            case FieldType.TEXT | FieldType.CODE | FieldType.COUNTRY:
                return self._text(item)
            case FieldType.COUNTRIES:
                countries = frozenset(members(item.value, self.scope))
                return lambda row: None if (passed := row.values[item.field]) is None else not countries.isdisjoint(passed)
            case FieldType.INTERVAL:
                return self._interval(item)
            case FieldType.PARTY:
                return _names(item.field, (f"list:{name}" for name in item.value))
            case FieldType.ITEM:
                return _listed(self.scope.met.facts if item.op == "exists" else [f"item:{name}" for name in item.value])
            case _:
                return self._number(item)

    def _text(self, item: Atom) -> Truth:
        field, negative = item.field, item.op in ("is_not", "not_in", "not_prefix")
        if isinstance(item.value, Ref) and item.value.space == "line":
            other = item.value.name
            return _known((field, other), lambda value, against: (value == against) is not negative)
        if isinstance(item.value, Ref) and item.value.space == "label":
            expectation = f"label.{item.value.name}"

            def expected(row: Row) -> bool | None:
                held = row.values[expectation]
                if not held:
                    return False
                value = row.values[field]
                return None if value is None else (value in held) is not negative

            return expected
        if item.op == "matches":
            pattern = item.value
            return lambda row: row.values[field, pattern]
        wanted = members(item.value, self.scope)
        if field_type(field) is FieldType.TEXT:
            wanted = [text.lower() for text in wanted]
        starts, whole = tuple(wanted), frozenset(wanted)
        read = _lower if field_type(field) is FieldType.TEXT else str
        if item.op in ("prefix", "not_prefix"):
            return _known((field,), lambda value: read(value).startswith(starts) is not negative)
        return _known((field,), lambda value: (read(value) in whole) is not negative)

    def _number(self, item: Atom) -> Truth:
        if item.op == "between":
            ends = zip(("gte", "lte"), item.value, strict=True)
            return _every([self._number(replace(item, op=op, value=value)) for op, value in ends])
        compare, field, value = _COMPARE[item.op], item.field, self._value(item.value)
        may_lack = isinstance(item.value, Ref) and item.value.space in ("label", "material")
        is_date = field_type(field) is FieldType.DATE

        def number(row: Row) -> bool | None:
            against, here = value(row), row.values[field]
            if against is None and may_lack:
                return False
            if against is None or here is None:
                return None
            return bool(compare(here, dt.date.fromisoformat(against) if is_date and isinstance(against, str) else against))

        return number

    def _interval(self, item: Atom) -> Truth:
        field = item.field
        if item.op == "between":
            ends = [self._value(value) for value in item.value]

            def between(row: Row) -> bool | None:
                low, high = row.values[f"{field}.lo"], row.values[f"{field}.hi"]
                least, most = (end(row) for end in ends)
                if None not in (low, high, least, most) and low >= least and high <= most:
                    return True
                below = high is not None and least is not None and high < least
                return False if below or (low is not None and most is not None and low > most) else None

            return between
        value, compare = self._value(item.value), _COMPARE[item.op]
        # above a limit for certain where the low end is, not above it for certain where the high end is not
        near, far = (f"{field}.lo", f"{field}.hi") if item.op in ("gt", "gte") else (f"{field}.hi", f"{field}.lo")

        def interval(row: Row) -> bool | None:
            against = value(row)
            if against is None or row.values[near] is None or row.values[far] is None:
                return None
            return True if compare(row.values[near], against) else None if compare(row.values[far], against) else False

        return interval

    def _value(self, value: Any) -> Callable[[Row], Any]:
        """What gives the value that is compared with; None where the line has none."""
        if not isinstance(value, Ref):
            return lambda row: value
        params = self.scope.content.params
        factor = value.times if isinstance(value.times, float) else params[value.times.name].value
        if value.space == "param":
            fixed = params[value.name].value * factor
            return lambda row: fixed
        column = value.name if value.space == "line" else f"{value.space}.{value.name}"
        return lambda row: None if (found := row.values[column]) is None else found * factor


_COMPARE = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le, "is": operator.eq}


def _every(parts: list[Truth]) -> Truth:
    def every(row: Row) -> bool | None:
        result: bool | None = True
        for part in parts:
            answer = part(row)
            if answer is False:
                return False
            if answer is None:
                result = None
        return result

    return every


def _some(parts: list[Truth], least: int) -> Truth:
    def some(row: Row) -> bool | None:
        true = unknown = 0
        for part in parts:
            answer = part(row)
            if answer is None:
                unknown += 1
            elif answer:
                true += 1
                if true >= least:
                    return True
        return None if true + unknown >= least else False

    return some


def _known(fields: tuple[str, ...], test: Callable[..., bool]) -> Truth:
    """``test`` of the values of ``fields``; unknown where one of them is."""
    if len(fields) == 1:
        (field,) = fields
        return lambda row: None if (value := row.values[field]) is None else test(value)
    return lambda row: None if None in (values := [row.values[field] for field in fields]) else test(*values)


def _lower(text: str) -> str:
    return text.lower() if text.isascii() else str(pl.Series([text]).str.to_lowercase()[0])


def _names(space: str, wanted: Iterable[str]) -> Truth:
    """One of the ``wanted`` facts is set."""
    names = frozenset(wanted)
    return lambda row: None if (facts := row.facts[space]) is None else not names.isdisjoint(facts)


def _facts(item: Atom) -> Truth:
    if item.op == "exists":
        kind, there = item.field, bool(item.value)
        return lambda row: None if row.facts[GOODS] is None else (kind in row.kinds) is there
    names = frozenset(f"{item.field}:{name}" for name in item.value)
    if item.op == "all_of":
        return lambda row: None if (facts := row.facts[GOODS]) is None else names <= facts
    none = item.op == "none_of"
    return lambda row: None if (facts := row.facts[GOODS]) is None else names.isdisjoint(facts) is none


def _listed(wanted: Iterable[str]) -> Truth:
    met, partial = _names("met", wanted), _names("partial", wanted)
    return lambda row: True if met(row) else None if partial(row) else False
