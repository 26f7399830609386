"""Which rules were not judged on which lines of a chunk; lines with the same ones share one set of them.

A manifest of two columns leaves two dozen rules unjudged on every line: written out line by line they would be the largest part
of a run.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import polars as pl

from screening.plaindata import record
from screening.series import combined, constant, empty_columns

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@record
class Unjudged:
    """Sets of rules, and which of them a line has."""

    which: pl.Series
    """For every line the place of its set (UInt32)."""
    sets: list[tuple[int, ...]]
    """Indexes of rules, sorted."""

    def rules(self) -> set[int]:
        """The rules that were not judged on some line."""
        return set().union(*self.sets)

    def lines(self) -> dict[int, int]:
        """The number of lines on which a rule was not judged."""
        found: dict[int, int] = {}
        for place, count in self.which.value_counts().iter_rows():
            for rule in self.sets[place]:
                found[rule] = found.get(rule, 0) + count
        return found


def nothing(lines: int) -> Unjudged:
    """Every rule was judged on each of the lines."""
    return Unjudged(constant(0, pl.UInt32(), lines), [()])


def listed(found: Iterable[tuple[int, ...]]) -> Unjudged:
    """From the rules of every line."""
    places: dict[tuple[int, ...], int] = {}
    which = [places.setdefault(each, len(places)) for each in found]
    return Unjudged(pl.Series(which, dtype=pl.UInt32), list(places) or [()])


def of_strengths(strengths: pl.DataFrame, lines: int) -> Unjudged:
    """From ``position`` and a column for every rule, named by its index, that is null where the rule was not judged.

    Args:
        strengths: any of the lines of a chunk.
        lines: lines of the chunk.
    """
    which, empty = empty_columns(strengths, strengths.columns[1:])
    sets = [tuple(map(int, names)) for names in empty]
    if strengths.height < lines:
        which, sets = constant(0, pl.UInt32(), lines).scatter(strengths["position"], which + 1), [(), *sets]
    return Unjudged(which, sets)


def of_positions(positions: dict[int, pl.Series], lines: int) -> Unjudged:
    """From the positions at which each of some rules was not judged.

    Args:
        positions: for the index of a rule (UInt32).
        lines: lines of the chunk.
    """
    found = [Unjudged(constant(0, pl.UInt32(), lines).scatter(at, 1), [(), (rule,)]) for rule, at in positions.items() if len(at)]
    return together([nothing(lines), *found])


def together(parts: Sequence[Unjudged]) -> Unjudged:
    """What any of ``parts``, of the same lines, says."""
    return reduce(_both, parts)


def _both(first: Unjudged, second: Unjudged) -> Unjudged:
    which, pairs = combined(first.which, len(first.sets), second.which, len(second.sets))
    return Unjudged(which, [tuple(sorted({*first.sets[a], *second.sets[b]})) for a, b in pairs])
