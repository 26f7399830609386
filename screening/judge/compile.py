"""Compiles conditions to polars expressions: Boolean, null where the answer is not known (Kleene logic).

The columns an expression reads are those of a line after ``goods.Goods.understand`` and ``judge.frame.prepare``.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import reduce
from operator import and_, or_
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.content.conditions import And, Atom, Node, Not, Or, Ref, Selection
from screening.content.fields import GOODS, FieldType, field_type
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Mapping

    from screening.content.models import Content
    from screening.goods.bits import Bits

TRUE, FALSE, UNKNOWN = pl.lit(True), pl.lit(False), pl.lit(None, dtype=pl.Boolean)


@record
class Scope:
    """What names in conditions refer to."""

    content: Content
    goods: Bits
    terms: Mapping[str, Bits]
    """Text column to the bits of the word lists looked for in it."""
    parties: Mapping[str, Bits]
    """``any_party`` and every role to the bits of the lists its name stands on."""
    met: Bits
    partial: Bits
    """Listed items of the line that are met, or speak partially, in a state that counts."""


def expression(node: Node, scope: Scope, assume: Mapping[str, bool | None] | None = None) -> pl.Expr:
    """The expression of a condition.

    Args:
        node: parsed condition or selection.
        scope: what names refer to.
        assume: selections taken as a fixed value: True or False; None means "true where it is not known".
    """
    if isinstance(node, Atom):
        return atom(node, scope)
    if isinstance(node, Selection):
        given = (assume or {}).get(node.name, ...)
        if isinstance(given, bool):
            return TRUE if given else FALSE
        inner = expression(node.node, scope, assume)
        if given is None:
            return inner.fill_null(True)
        return inner.fill_null(False) if node.exempts else inner
    if isinstance(node, Not):
        return ~expression(node.part, scope, assume)
    parts = [expression(part, scope, assume) for part in node.parts]
    if isinstance(node, And):
        return reduce(and_, parts, TRUE) if parts else TRUE
    if isinstance(node, Or):
        return reduce(or_, parts) if parts else FALSE
    true = pl.sum_horizontal(part.fill_null(False).cast(pl.Int32) for part in parts)
    possible = pl.sum_horizontal(part.fill_null(True).cast(pl.Int32) for part in parts)
    return pl.when(true >= node.count).then(True).when(possible < node.count).then(False)


def certainly_false(node: Node, possible: Any, assume: Mapping[str, bool | None] | None = None) -> bool:
    """Whether ``node`` is false of every line, given ``possible(atom) -> bool`` (False: no line can meet the atom)."""
    if isinstance(node, Atom):
        return not possible(node)
    if isinstance(node, Selection):
        if (assume or {}).get(node.name) is False:
            return True
        return certainly_false(node.node, possible, assume)
    if isinstance(node, Not):
        return False
    dead = [certainly_false(part, possible, assume) for part in node.parts]
    if isinstance(node, And):
        return any(dead)
    if isinstance(node, Or):
        return all(dead)
    return dead.count(False) < node.count


def atom(item: Atom, scope: Scope) -> pl.Expr:
    """The expression of one comparison."""
    kind = field_type(item.field)
    if item.op == "exists" and kind not in (FieldType.FACTS, FieldType.ITEM):
        column = f"{item.field}.lo" if kind is FieldType.INTERVAL else item.field
        return pl.col(column).is_not_null() if item.value else pl.col(column).is_null()
    match kind:
        case FieldType.FACTS:
            return _facts(item, scope.goods)
        case FieldType.TEXT if item.op == "terms":
            bits = scope.goods if item.field == GOODS else scope.terms[item.field]
            return bits.any_of(f"term:{name}" for name in item.value)
        case FieldType.TEXT | FieldType.CODE | FieldType.COUNTRY:
            return _text(item, scope)
        case FieldType.COUNTRIES:
            return pl.col(item.field).list.eval(pl.element().is_in(members(item.value, scope))).list.any()
        case FieldType.INTERVAL:
            return _interval(item, scope)
        case FieldType.PARTY:
            return scope.parties[item.field].any_of(f"list:{name}" for name in item.value)
        case FieldType.ITEM:
            names = scope.met.facts if item.op == "exists" else [f"item:{name}" for name in item.value]
            met, partial = scope.met.any_of(names), scope.partial.any_of(names)
            return pl.when(met).then(True).when(partial | met.is_null()).then(None).otherwise(False)
        case _:
            return _number(item, scope)


def _facts(item: Atom, bits: Bits) -> pl.Expr:
    if item.op == "exists":
        found = bits.any_of(bits.of_kind(item.field))
        return found if item.value else ~found
    names = [f"{item.field}:{name}" for name in item.value]
    if item.op == "all_of":
        return reduce(and_, (bits.any_of([name]) for name in names))
    return ~bits.any_of(names) if item.op == "none_of" else bits.any_of(names)


def _text(item: Atom, scope: Scope) -> pl.Expr:
    column = pl.col(item.field)
    negative = item.op in ("is_not", "not_in", "not_prefix")
    if isinstance(item.value, Ref) and item.value.space == "line":
        same = column == pl.col(item.value.name)
        return ~same if negative else same
    if isinstance(item.value, Ref) and item.value.space == "label":
        known = pl.col(f"label.{item.value.name}")
        inside = known.list.contains(column)
        # a label without this expectation says nothing, so the comparison is false either way
        return (
            pl.when(known.is_null() | (known.list.len() == 0))
            .then(False)
            .when(column.is_not_null())
            .then(~inside if negative else inside)
        )
    if item.op == "matches":
        return column.str.contains(item.value)
    wanted = members(item.value, scope)
    if field_type(item.field) is FieldType.TEXT:
        column, wanted = column.str.to_lowercase(), [value.lower() for value in wanted]
    if item.op in ("prefix", "not_prefix"):
        start = reduce(or_, (column.str.starts_with(value) for value in wanted))
        return ~start if negative else start
    inside = column == wanted[0] if len(wanted) == 1 else column.is_in(wanted)
    return ~inside if negative else inside


def members(value: Any, scope: Scope) -> list[str]:
    """The texts a comparison names: one, several, or those of a set of countries or codes."""
    if isinstance(value, Ref):
        return list(scope.content.sets[value.name].members)
    parts = value if isinstance(value, tuple) else (value,)
    return [str(part) for part in parts]


def _value(value: Any, scope: Scope) -> tuple[pl.Expr, bool]:
    """The expression of a compared value, and whether it is a reference that a line may lack."""
    if not isinstance(value, Ref):
        return pl.lit(value), False
    factor = value.times if isinstance(value.times, float) else scope.content.params[value.times.name].value
    if value.space == "param":
        return pl.lit(scope.content.params[value.name].value * factor), False
    if value.space == "line":
        return pl.col(value.name) * factor, False
    return pl.col(f"{value.space}.{value.name}") * factor, True


_COMPARE = {
    "gt": pl.Expr.gt,
    "gte": pl.Expr.ge,
    "lt": pl.Expr.lt,
    "lte": pl.Expr.le,
    "is": pl.Expr.eq,
}


def _number(item: Atom, scope: Scope) -> pl.Expr:
    if item.op == "between":
        low, high = (replace(item, op=op, value=value) for op, value in zip(("gte", "lte"), item.value, strict=True))
        return _number(low, scope) & _number(high, scope)
    if field_type(item.field) is FieldType.DATE:
        value, may_lack = pl.lit(dt.date.fromisoformat(item.value)), False
    else:
        value, may_lack = _value(item.value, scope)
    result = _COMPARE[item.op](pl.col(item.field), value)
    return pl.when(value.is_null()).then(False).otherwise(result) if may_lack else result


def _interval(item: Atom, scope: Scope) -> pl.Expr:
    low, high = pl.col(f"{item.field}.lo"), pl.col(f"{item.field}.hi")
    if item.op == "between":
        (least, _), (most, _) = (_value(value, scope) for value in item.value)
        return pl.when((low >= least) & (high <= most)).then(True).when((high < least) | (low > most)).then(False)
    value, _ = _value(item.value, scope)
    if item.op in ("gt", "gte"):
        above = low > value if item.op == "gt" else low >= value
        below = high <= value if item.op == "gt" else high < value
        return pl.when(above).then(True).when(below).then(False)
    under = high < value if item.op == "lt" else high <= value
    over = low >= value if item.op == "lt" else low > value
    return pl.when(under).then(True).when(over).then(False)
