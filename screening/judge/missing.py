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
from screening.plaindata import record
from screening.series import combined, empty_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from screening.judge.plan import Plan
    from screening.judge.rules import Prepared
    from screening.judge.unjudged import Unjudged

_Need = tuple[str, str]
"""The canonical column to name, and the column of a prepared frame that is null where the field is not known."""


@record
class Gaps:
    """What was not judged on the lines of a chunk, and why; lines that lack the same share one gap."""

    which: pl.Series
    """For every line the place of its gap (UInt32)."""
    gaps: list[str]
    """For every rule that was not judged a row: its index, a blank, the names of what was missing joined by ``|``; empty where
    every rule was judged."""


def rows_of(gap: str) -> Iterator[tuple[int, list[str]]]:
    """The rules (index) of a gap, each with what was missing."""
    for row in gap.split("\n") if gap else ():
        rule, _, missing = row.partition(" ")
        yield int(rule), missing.split("|") if missing else []


def gap_row(names: Mapping[str, str]) -> tuple[pl.Expr, pl.Expr]:
    """The same of the column ``row``: ``rule`` by its name in ``names``, and the list ``missing``."""
    parts = pl.col("row").str.splitn(" ", 2).struct
    missing = pl.when(parts[1] == "").then(pl.lit([], dtype=pl.List(pl.String))).otherwise(parts[1].str.split("|"))
    return parts[0].replace_strict(names, return_dtype=pl.String).alias("rule"), missing.alias("missing")


class Missing:
    """Knows for every rule which columns it asks for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._needs: dict[int, tuple[list[_Need], list[_Need]]] = {}

    def of(self, unjudged: Unjudged, frame: pl.DataFrame) -> Gaps:
        """What the rules that were not judged on a prepared ``frame`` lacked."""
        asked = {name for index in unjudged.rules() for needs in self._needs_of(index) for pair in needs for name in pair}
        combination, empties = empty_columns(frame, sorted(asked.intersection(frame.columns)))
        place = {name: place for place, name in enumerate(sorted(asked))}
        bits = [sum(1 << place[name] for name in names) for names in empties]
        masks = {index: self._mask(index, place) for index in unjudged.rules()}
        rows: dict[tuple[int, int], str] = {}  # many combinations are the same to a rule, which looks at few columns
        places: dict[str, int] = {}
        numbers = []
        which, pairs = combined(unjudged.which, len(unjudged.sets), combination, len(empties))
        for rules, empty in pairs:
            told = []
            for index in unjudged.sets[rules]:
                key = index, bits[empty] & masks[index]
                row = rows.get(key)
                if row is None:
                    row = rows[key] = f"{index} {self._text(index, frozenset(empties[empty]), frame)}"
                told.append(row)
            numbers.append(places.setdefault("\n".join(told), len(places)))
        return Gaps(pl.Series(numbers, dtype=pl.UInt32).gather(which), list(places))

    def _mask(self, index: int, place: Mapping[str, int]) -> int:
        return sum(1 << bit for bit in {place[name] for needs in self._needs_of(index) for pair in needs for name in pair})

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
