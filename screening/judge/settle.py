"""Settles rules on a single line by looking at its values, where building expressions would cost more than their answer.

The answers are those of the compiled expressions (``compile``), and property tests hold them to it. What polars and Python might
understand differently, patterns and letters beyond ASCII, polars answers here too.
"""

from __future__ import annotations

import datetime as dt
import operator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.content.conditions import And, Atom, Node, Not, Or, Ref, Selection
from screening.content.fields import GOODS, FieldType, field_type
from screening.content.models import Item
from screening.judge import status
from screening.judge.compile import members
from screening.judge.rules import MET, NOT_STATED, PARTIAL, plain_code

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from screening.goods.lexicon import Bits
    from screening.judge.compile import Scope
    from screening.judge.rules import Prepared


@dataclass(slots=True)
class Row:
    """One prepared line as values."""

    values: Mapping[str, Any]
    facts: dict[str, frozenset[str] | None]
    """``goods``, text columns, roles and ``any_party`` to the facts set there (None: not known); ``met`` and ``partial``."""
    kinds: frozenset[str]
    """Kinds of the facts of ``goods``."""


def row_of(frame: pl.DataFrame, position: int, scope: Scope) -> Row:
    """The line at ``position`` of a prepared frame."""
    values = frame.row(position, named=True)
    known = {GOODS: scope.goods, **scope.terms, **scope.parties}
    facts = {name: _decoded(bits, values) for name, bits in known.items()}
    kinds = frozenset(fact.partition(":")[0] for fact in facts[GOODS] or ())
    return Row(values, facts | {"met": frozenset(), "partial": frozenset()}, kinds)


def _decoded(bits: Bits, values: Mapping[str, Any]) -> frozenset[str] | None:
    held = [values.get(column) for column in bits.columns]  # before a line is prepared, its parties are not known
    return None if held[0] is None else bits.decoded(held)


def settle(rules: Iterable[Prepared], row: Row, scope: Scope) -> dict[int, int | None]:
    """The strength of every rule that is not plainly false on a line, by the rule's index."""
    asked = (rule for rule in rules if rule.gate is None or not _gated(rule, row))
    return {rule.index: answer for rule in asked if (answer := strength(rule, row, scope)) != 0}


def _gated(rule: Prepared, row: Row) -> bool:
    """The line names nothing that the rule asks for, and no code of the line could speak for it."""
    named = row.facts[GOODS]
    if named is None or not (rule.gate_facts.isdisjoint(named) and rule.gate_facts.isdisjoint(row.kinds)):
        return False
    return row.values["item_code"] is None and (row.values["hs_code"] is None or not rule.hs_codes)


def note_listed(row: Row, answers: Iterable[tuple[Prepared, int | None]]) -> None:
    """Add the items that a line meets, where the law behind them is in force or unconfirmed on the line's date."""
    marks: dict[str, set[str]] = {"met": set(), "partial": set()}
    for rule, strength in answers:
        facts = rule.listed_facts
        if not facts or rule.dates is None or not strength:
            continue
        now = status.state(rule.dates, row.values["line_date"]).status
        if strength == MET and now == "in_force":
            marks["met"].update(facts)
        if now in ("in_force", "unconfirmed"):
            marks["partial"].update(facts)
    row.facts.update({name: frozenset(found) for name, found in marks.items()})


def strength(rule: Prepared, row: Row, scope: Scope) -> int | None:
    """The strength of a rule on a line, as the expression of ``Plan.strength`` gives it."""
    if isinstance(rule.spec, Item):
        return _item(rule, rule.spec, row, scope)
    assert rule.detect is not None  # noqa: S101 - a rule always has one
    answer = truth(rule.detect.condition, row, scope)
    return None if answer is None else MET if answer else 0


def _item(rule: Prepared, item: Item, row: Row, scope: Scope) -> int | None:
    result = _speaks(rule, item, row, scope)
    if not rule.applies or result == 0:
        return result
    does = truth(And(rule.applies), row, scope)
    if does is False:
        return 0
    return result if does is True else does


def _speaks(rule: Prepared, item: Item, row: Row, scope: Scope) -> int | None:
    if row.values["item_code_plain"] == plain_code(item.code):
        return MET
    whole: bool | None = False
    if rule.detect is not None:
        condition = rule.detect.condition
        without: dict[str, bool | None] = dict.fromkeys(item.weak, False)
        whole = truth(condition, row, scope)
        strong = truth(condition, row, scope, without) if item.weak else whole
        assumed = truth(condition, row, scope, {**without, **dict.fromkeys(item.deciding)}) if item.deciding else False
        answers = ((strong, MET), (assumed, NOT_STATED), (whole if item.weak else False, PARTIAL))
        for answer, level in answers:
            if answer is True:
                return level
    if _code_alone(rule, row):
        return PARTIAL
    return None if whole is None else 0


def _code_alone(rule: Prepared, row: Row) -> bool:
    code = row.values["hs_code"]
    whole, starts = rule.code_parts
    if code is None or not (code in whole or code.startswith(starts)):
        return False
    named = row.facts[GOODS]
    return named is None or not row.values["names_goods"] or not named.isdisjoint(rule.materials)


def truth(node: Node, row: Row, scope: Scope, assume: Mapping[str, bool | None] | None = None) -> bool | None:
    """The answer of a condition on a line, by Kleene logic; ``assume`` as in ``compile.expression``."""
    if isinstance(node, Atom):
        return _atom(node, row, scope)
    if isinstance(node, Selection):
        given = (assume or {}).get(node.name, ...)
        if isinstance(given, bool):
            return given
        inner = truth(node.node, row, scope, assume)
        if inner is None:
            return True if given is None else False if node.exempts else None
        return inner
    if isinstance(node, Not):
        inner = truth(node.part, row, scope, assume)
        return None if inner is None else not inner
    least = len(node.parts) if isinstance(node, And) else 1 if isinstance(node, Or) else node.count
    answers: list[bool | None] = []
    for part in node.parts:
        answer = truth(part, row, scope, assume)
        if (answer is False and isinstance(node, And)) or (answer is True and least == 1):
            return answer
        answers.append(answer)
    true = answers.count(True)
    if true >= least:
        return True
    return False if true + answers.count(None) < least else None


def _atom(item: Atom, row: Row, scope: Scope) -> bool | None:
    kind = field_type(item.field)
    if item.op == "exists" and kind not in (FieldType.FACTS, FieldType.ITEM):
        column = f"{item.field}.lo" if kind is FieldType.INTERVAL else item.field
        return (row.values[column] is not None) is bool(item.value)
    match kind:
        case FieldType.FACTS:
            return _facts(item, row.facts[GOODS])
        case FieldType.TEXT if item.op == "terms":
            return _some(row.facts[item.field], (f"term:{name}" for name in item.value))
        case FieldType.TEXT | FieldType.CODE | FieldType.COUNTRY:
            return _text(item, row, scope)
        case FieldType.COUNTRIES:
            passed = row.values[item.field]
            return None if passed is None else not set(passed).isdisjoint(members(item.value, scope))
        case FieldType.INTERVAL:
            return _interval(item, row, scope)
        case FieldType.PARTY:
            return _some(row.facts[item.field], (f"list:{name}" for name in item.value))
        case FieldType.ITEM:
            names = [f"item:{name}" for name in item.value] if item.op != "exists" else scope.met.facts
            met = _some(row.facts["met"], names)
            return True if met else None if _some(row.facts["partial"], names) else False
        case _:
            return _number(item, row, scope)


def _some(facts: frozenset[str] | None, wanted: Iterable[str]) -> bool | None:
    return None if facts is None else not facts.isdisjoint(wanted)


def _facts(item: Atom, facts: frozenset[str] | None) -> bool | None:
    if facts is None:
        return None
    if item.op == "exists":
        found = any(fact.startswith(f"{item.field}:") for fact in facts)
        return found if item.value else not found
    names = [f"{item.field}:{name}" for name in item.value]
    if item.op == "all_of":
        return facts.issuperset(names)
    return facts.isdisjoint(names) is (item.op == "none_of")


def _text(item: Atom, row: Row, scope: Scope) -> bool | None:
    value = row.values[item.field]
    negative = item.op in ("is_not", "not_in", "not_prefix")
    if isinstance(item.value, Ref) and item.value.space == "line":
        other = row.values[item.value.name]
        return None if value is None or other is None else (value == other) is not negative
    if isinstance(item.value, Ref) and item.value.space == "label":
        expected = row.values[f"label.{item.value.name}"]
        if not expected:
            return False
        return None if value is None else (value in expected) is not negative
    if value is None:
        return None
    if item.op == "matches":
        return bool(pl.Series([value]).str.contains(item.value)[0])
    wanted = members(item.value, scope)
    if field_type(item.field) is FieldType.TEXT:
        lower = value.lower() if value.isascii() else pl.Series([value]).str.to_lowercase()[0]
        value, wanted = lower, [text.lower() for text in wanted]
    inside = value.startswith(tuple(wanted)) if item.op in ("prefix", "not_prefix") else value in wanted
    return inside is not negative


def _value(value: Any, row: Row, scope: Scope) -> tuple[Any, bool]:
    """What is compared with, and whether it is a reference that a line may lack."""
    if not isinstance(value, Ref):
        return value, False
    factor = value.times if isinstance(value.times, float) else scope.content.params[value.times.name].value
    if value.space == "param":
        return scope.content.params[value.name].value * factor, False
    found = row.values[value.name if value.space == "line" else f"{value.space}.{value.name}"]
    return None if found is None else found * factor, value.space != "line"


_COMPARE = {"gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le, "is": operator.eq}


def _number(item: Atom, row: Row, scope: Scope) -> bool | None:
    if item.op == "between":
        ends = [replace(item, op=op, value=value) for op, value in zip(("gte", "lte"), item.value, strict=True)]
        low, high = (_number(end, row, scope) for end in ends)
        return False if low is False or high is False else None if low is None or high is None else True
    value, may_lack = _value(item.value, row, scope)
    here = row.values[item.field]
    if value is None and may_lack:
        return False
    if here is None or value is None:
        return None
    if isinstance(here, dt.date) and isinstance(value, str):
        value = dt.date.fromisoformat(value)
    return bool(_COMPARE[item.op](here, value))


def _interval(item: Atom, row: Row, scope: Scope) -> bool | None:
    low, high = row.values[f"{item.field}.lo"], row.values[f"{item.field}.hi"]
    if low is None or high is None:
        return None
    if item.op == "between":
        (least, _), (most, _) = (_value(value, row, scope) for value in item.value)
        inside = least is not None and most is not None and low >= least and high <= most
        outside = (least is not None and high < least) or (most is not None and low > most)
    else:
        value, _ = _value(item.value, row, scope)
        if value is None:
            return None
        near, far = (low, high) if item.op in ("gt", "gte") else (high, low)
        inside, outside = _COMPARE[item.op](near, value), not _COMPARE[item.op](far, value)
    return True if inside else False if outside else None
