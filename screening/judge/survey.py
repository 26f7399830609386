"""Looks at what occurs in a chunk, and tells which rules none of its lines can meet.

All of it is exact: what is left out would have come to false, never to unknown.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from screening.content.conditions import Atom, Ref
from screening.content.fields import GOODS, FieldType, field_type
from screening.content.models import Rule
from screening.judge.compile import Scope, certainly_false, members
from screening.judge.rules import HS_MATCH, Prepared, plain_code

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    import polars as pl

    from screening.judge.rules import Gate

_FEW = 64
"""Distinct values of a code or country column up to which it pays to look at them before evaluating."""
_REACHED: dict[str, Callable[[float, float, float], bool]] = {
    "gt": lambda _, most, limit: most > limit,
    "gte": lambda _, most, limit: most >= limit,
    "lt": lambda least, _, limit: least < limit,
    "lte": lambda least, _, limit: least <= limit,
}
"""Whether numbers from the least to the most can meet a comparison with a limit."""


class Survey:
    """What a chunk holds, as far as it decides which rules to evaluate; looked at when it is first asked for."""

    def __init__(self, frame: pl.DataFrame, scope: Scope, seldom_filled: Collection[str]) -> None:
        """Take the chunk.

        Args:
            frame: lines as ``judge.frame`` derives or prepares them. One with the bits of listed items may take its place before
                a rule is asked about that asks for these.
            scope: what conditions speak of.
            seldom_filled: columns that gates ask for.
        """
        self.frame = frame
        self._scope = scope
        self._seldom_filled = seldom_filled
        self._bits = {GOODS: scope.goods, **scope.terms, **scope.parties, "listed_item": scope.partial}
        self._present: dict[str, frozenset[str] | None] = {}
        self._values: dict[str, set[str] | None] = {}
        self._spans: dict[str, tuple[float, float] | None] = {}

    def may_speak(self, rule: Prepared) -> bool:
        """Whether the rule may be anything but false on any line."""
        silent = rule.gate is not None and not self._may_pass(rule.gate)
        may = rule.detect is not None and not silent and not certainly_false(rule.detect.condition, self.possible)
        if may:
            return not any(certainly_false(node, self.possible) for node in rule.applies)
        if isinstance(rule.spec, Rule):
            return False
        listed = any(own[:HS_MATCH] in self._hs_starts for own in rule.hs_codes)
        return listed or plain_code(rule.spec.code) in self._declared

    def possible(self, item: Atom) -> bool:
        """Whether any line could meet a comparison, or not be judged by it; True when in doubt."""
        kind = field_type(item.field)
        if kind is FieldType.FACTS and item.op in ("any_of", "all_of", "exists") and item.value is not False:
            every = item.op == "exists"
            return self._some(
                GOODS, self._scope.goods.of_kind(item.field) if every else [f"{item.field}:{v}" for v in item.value]
            )
        if item.op == "exists" and item.value is True and item.field in self.frame.columns:
            return self.frame[item.field].null_count() < self.frame.height
        if item.op == "terms":
            return self._some(item.field, [f"term:{name}" for name in item.value])
        if kind is FieldType.PARTY:
            return self._some(item.field, [f"list:{name}" for name in item.value])
        if kind is FieldType.ITEM:
            named = [f"item:{name}" for name in item.value] if item.op == "any_of" else self._scope.partial.facts
            return self._some("listed_item", named)
        if kind is FieldType.NUMBER and item.op in _REACHED and isinstance(item.value, (int, float)):
            span = self._span(item.field)
            return span is None or _REACHED[item.op](*span, item.value)
        fixed = isinstance(item.value, tuple) or (isinstance(item.value, Ref) and item.value.space == "set")
        if kind in (FieldType.CODE, FieldType.COUNTRY) and fixed and item.op in ("in", "prefix"):
            here, starts = self._distinct(item.field), tuple(members(item.value, self._scope))
            return here is None or any(value.startswith(starts) for value in here)
        return True

    def _may_pass(self, gate: Gate) -> bool:
        """Whether a line may come through ``gate``; what an item's own code opens is not looked at."""
        if gate.listed or not self._filled.isdisjoint(gate.filled):
            return True
        if gate.facts and (self._named is None or not gate.facts.isdisjoint(self._named)):
            return True
        return bool(gate.codes) and (self._uncoded or any(code[:HS_MATCH] in self._hs_starts for code in gate.codes))

    @cached_property
    def _named(self) -> frozenset[str] | None:
        """Facts, and kinds of facts, that the goods texts name; None where a line has no text."""
        bits = self._scope.goods
        if self.frame[bits.columns[0]].null_count():
            return None
        present = bits.present(self.frame)
        return present | {fact.partition(":")[0] for fact in present}

    @cached_property
    def _declared(self) -> frozenset[str]:
        """The item codes that lines declare, as ``plain_code`` spells them."""
        return frozenset(self.frame["item_code_plain"].drop_nulls().unique().to_list())

    @cached_property
    def _hs_starts(self) -> frozenset[str]:
        """Every beginning, up to HS_MATCH digits, of the customs codes."""
        codes = self.frame["hs_code"].drop_nulls().str.head(HS_MATCH).unique()
        return frozenset(code[:length] for code in codes for length in range(1, HS_MATCH + 1))

    @cached_property
    def _uncoded(self) -> bool:
        """Whether a line has no code of six digits."""
        return bool(self.frame["hs6"].null_count())

    @cached_property
    def _filled(self) -> frozenset[str]:
        """Columns that a gate asks for and a line fills."""
        return frozenset(name for name in self._seldom_filled if self.frame[name].null_count() < self.frame.height)

    def _some(self, name: str, wanted: list[str]) -> bool:
        """Whether a line has one of the facts ``wanted`` in the column ``name``, or may have any."""
        if name not in self._present:
            bits = self._bits[name]
            first = self.frame[bits.columns[0]] if bits.columns[0] in self.frame.columns else None
            self._present[name] = frozenset() if first is None else None if first.null_count() else bits.present(self.frame)
        here = self._present[name]
        return here is None or not here.isdisjoint(wanted)

    def _distinct(self, column: str) -> set[str] | None:
        """The values of a column, if they are few; None for many, or where some are empty."""
        if column not in self._values:
            unique = self.frame[column].unique() if self.frame.height <= _FEW * 4 else None
            few = unique is not None and len(unique) <= _FEW and not unique.null_count()
            self._values[column] = {str(value) for value in unique} if few and unique is not None else None
        return self._values[column]

    def _span(self, column: str) -> tuple[float, float] | None:
        """The least and the most of a column without empty cells."""
        if column not in self._spans:
            known = column in self.frame.columns and self.frame.height and not self.frame[column].null_count()
            found = (self.frame[column].min(), self.frame[column].max()) if known else None
            self._spans[column] = found  # type: ignore[assignment]
        return self._spans[column]
