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
    from collections.abc import Iterable, Sequence

    from screening.judge.plan import Plan
    from screening.judge.rules import Prepared
    from screening.judge.unjudged import Unjudged

_Need = tuple[str, str]
"""The canonical column to name, and the column of a prepared frame that is null where the field is not known."""

Gap = tuple[tuple[int, str], ...]
"""Rules that were not judged (index), each with the names of what was missing joined by ``|``."""


@record
class Gaps:
    """What was not judged on the lines of a chunk, and why; lines that lack the same share one gap."""

    which: pl.Series
    """For every line the place of its gap (UInt32)."""
    gaps: list[Gap]
    """Empty for lines on which every rule was judged."""


class Missing:
    """Knows for every rule which columns it asks for."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self._needs: dict[int, tuple[list[_Need], list[_Need]]] = {}

    def of(self, unjudged: Unjudged, frame: pl.DataFrame) -> Gaps:
        """What the rules that were not judged on a prepared ``frame`` lacked."""
        asked = {name for index in unjudged.rules() for needs in self._needs_of(index) for pair in needs for name in pair}
        combination, empties = empty_columns(frame, sorted(asked.intersection(frame.columns)))
        which, pairs = combined(unjudged.which, len(unjudged.sets), combination, len(empties))
        places: dict[Gap, int] = {}
        numbers = []
        for rules, empty in pairs:
            gap = tuple((index, self._text(index, empties[empty], frame)) for index in unjudged.sets[rules])
            numbers.append(places.setdefault(gap, len(places)))
        return Gaps(pl.Series(numbers, dtype=pl.UInt32).gather(which), list(places))

    def _text(self, index: int, empty: tuple[str, ...], frame: pl.DataFrame) -> str:
        """What decides whether an item applies comes before its own condition."""
        return next(filter(None, (self._absent(needs, empty, frame) for needs in self._needs_of(index))), "")

    @staticmethod
    def _absent(needs: Sequence[_Need], empty: tuple[str, ...], frame: pl.DataFrame) -> str:
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
