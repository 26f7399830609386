"""Sets of rules that were not judged say the same as rules written out line by line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from screening.judge import unjudged

if TYPE_CHECKING:
    from screening.judge.unjudged import Unjudged

ANSWERS = st.sampled_from([None, 0, 3])


def told(found: Unjudged) -> list[tuple[int, ...]]:
    return [found.sets[place] for place in found.which]


@st.composite
def strengths(draw: st.DrawFn) -> tuple[pl.DataFrame, int]:
    """Answers of up to 70 rules, more than one integer has bits, on some of the lines of a chunk."""
    lines = draw(st.integers(1, 12))
    positions = draw(st.sets(st.integers(0, lines - 1)).map(sorted))
    rules = draw(st.integers(0, 70))
    columns = {"position": pl.Series(positions, dtype=pl.UInt32)}
    for rule in range(rules):
        answers = draw(st.lists(ANSWERS, min_size=len(positions), max_size=len(positions)))
        columns[str(rule)] = pl.Series(answers, dtype=pl.Int8)
    return pl.DataFrame(columns), lines


@given(strengths())
def test_of_strengths(given: tuple[pl.DataFrame, int]) -> None:
    frame, lines = given
    naive: list[tuple[int, ...]] = [()] * lines
    for row in frame.iter_rows(named=True):
        naive[row["position"]] = tuple(int(name) for name, answer in row.items() if name != "position" and answer is None)
    found = unjudged.of_strengths(frame, lines)
    assert told(found) == naive
    assert told(unjudged.listed(naive)) == naive
    assert found.rules() >= {rule for each in naive for rule in each}
    counted = {rule: sum(rule in each for each in naive) for each in naive for rule in each}
    assert {rule: count for rule, count in found.lines().items() if count} == counted


@given(st.lists(st.lists(st.sets(st.integers(0, 9)), min_size=5, max_size=5), min_size=1, max_size=4))
def test_together(parts: list[list[set[int]]]) -> None:
    found = unjudged.together([unjudged.listed(tuple(sorted(each)) for each in part) for part in parts])
    assert told(found) == [tuple(sorted(set().union(*each))) for each in zip(*parts, strict=True)]


@given(st.dictionaries(st.integers(0, 9), st.sets(st.integers(0, 5)), max_size=4))
def test_of_positions(positions: dict[int, set[int]]) -> None:
    at = {rule: pl.Series(sorted(places), dtype=pl.UInt32) for rule, places in positions.items()}
    found = unjudged.of_positions(at, 6)
    assert told(found) == [tuple(sorted(rule for rule, places in positions.items() if line in places)) for line in range(6)]
