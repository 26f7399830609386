"""Says what was not known where a rule was not judged: the columns to fill.

That hangs on the rule and on which columns are empty, and few combinations of empty columns occur, so the texts are made once
for every rule and combination.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from screening.content.fields import NEEDS
from screening.judge import groups
from screening.judge.rules import fields_of
from screening.series import constant

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screening.judge.plan import Plan
    from screening.judge.rules import Prepared

_WORD = 63
"""Columns whose emptiness is kept in one integer."""

_RULES = 1 << 16
"""More than there are rules, which are counted in UInt16."""

_Need = tuple[str, str]
"""The canonical column to name, and the column of a prepared frame that is null where the field is not known."""


_MISSING = {"line": pl.UInt32, "rule": pl.UInt16, "missing": pl.String}


class Missing:
    """Knows for every rule which columns it asks for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._needs: dict[int, tuple[list[_Need], list[_Need]]] = {}

    def of(self, unknown: pl.DataFrame, frame: pl.DataFrame) -> pl.DataFrame:
        """``line, rule, missing`` (joined by ``|``) for ``unknown`` (``position, rule``, in any order) on a prepared ``frame``."""
        if not unknown.height:
            return pl.DataFrame(schema=_MISSING)
        rules = unknown["rule"].unique().to_list()
        asked = {name for index in rules for needs in self._needs_of(index) for pair in needs for name in pair}
        combination, empties = _empty_columns(frame, sorted(asked.intersection(frame.columns)))
        # one number for both: sorting by two columns would take ten times as long
        placed = (unknown["position"].cast(pl.UInt64) * _RULES + unknown["rule"]).sort()
        position, rule = placed // _RULES, placed % _RULES
        pair = rule * len(empties) + combination.gather(position)
        pairs = pair.unique().sort()
        texts = [self._text(number // len(empties), empties[number % len(empties)], frame) for number in pairs.to_list()]
        said = pl.Series(texts, dtype=pl.String).gather(pairs.search_sorted(pair))
        return pl.DataFrame({"line": frame["line"].gather(position), "rule": rule.cast(pl.UInt16), "missing": said}, schema=_MISSING)

    def _text(self, index: int, empty: frozenset[str], frame: pl.DataFrame) -> str:
        """What decides whether an item applies comes before its own condition."""
        return next(filter(None, (self._absent(needs, empty, frame) for needs in self._needs_of(index))), "")

    @staticmethod
    def _absent(needs: Sequence[_Need], empty: frozenset[str], frame: pl.DataFrame) -> str:
        gone = [n for n, column in needs if column in empty and (n in empty or n not in frame.columns)]
        return "|".join(dict.fromkeys(gone))

    def _needs_of(self, index: int) -> tuple[list[_Need], list[_Need]]:
        """The columns that decide whether the rule applies, and those that its condition asks for besides."""
        if index not in self._needs:
            rule = self.plan.rules[index]
            applies = [name for node in rule.applies for name in fields_of(node)]
            own = [name for name in _asked(rule) if name not in applies]
            self._needs[index] = (self._columns(applies), self._columns(own))
        return self._needs[index]

    def _columns(self, fields: Iterable[str]) -> list[_Need]:
        columns = ((name, self.plan.column_of(name)) for name in fields)
        pairs = [(need, column) for name, column in columns if column is not None for need in NEEDS.get(name, (name,))]
        # the pairs of one column to name stand together, where it is named first
        order = {need: place for place, need in enumerate(dict.fromkeys(need for need, _ in pairs))}
        return sorted(pairs, key=lambda pair: order[pair[0]])


def _asked(rule: Prepared) -> list[str]:
    """The fields a rule asks for besides what it applies to."""
    asked = fields_of(rule.detect.condition) if rule.detect else []
    if rule.group is not None:
        dated = ["own_day"] if rule.group.days is not None or rule.group.kind == "pass_through" else []
        asked = [*asked, *rule.group.by, *groups.columns_of(rule.group), *dated]
    return list(dict.fromkeys(asked))


def _empty_columns(frame: pl.DataFrame, columns: list[str]) -> tuple[pl.Series, list[frozenset[str]]]:
    """The number of the combination of empty columns on every line, and what each number stands for."""
    always = [name for name in columns if frame[name].null_count() == frame.height]
    sometimes = [name for name in columns if 0 < frame[name].null_count() < frame.height]
    number = constant(0, pl.UInt64(), frame.height)
    empties = [frozenset(always)]
    for start in range(0, len(sometimes), _WORD):
        part = sometimes[start : start + _WORD]
        bits = (pl.col(name).is_null().cast(pl.UInt64) * (1 << place) for place, name in enumerate(part))
        word = frame.select(pl.sum_horizontal(bits))[:, 0]
        distinct = word.unique().sort()
        number = number * len(distinct) + distinct.search_sorted(word)
        gone = [[name for place, name in enumerate(part) if held >> place & 1] for held in distinct.to_list()]
        empties = [known.union(more) for known in empties for more in gone]
    return number, empties
