"""Columns that hold one value, or few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Sequence

    from polars._typing import PolarsDataType

_FEW = 200
"""Values up to which a dictionary is quicker than a query."""


def distinct(values: pl.Series) -> pl.Series:
    """The values without repetition and without null, in the order in which they come."""
    empty = values.null_count()
    if len(values) == 1 and not empty:
        return values
    if len(values) <= _FEW and values.dtype == pl.String:
        return pl.Series(values.name, [value for value in dict.fromkeys(values.to_list()) if value is not None], dtype=pl.String)
    return values.clear() if empty == len(values) else values.drop_nulls().unique(maintain_order=True)


def encoded(values: pl.Series) -> tuple[pl.Series, list[str]]:
    """A number (UInt32) for every value and the values that the numbers stand for; null stays null.

    Args:
        values: String series.
    """
    if len(values) <= _FEW:
        numbers: dict[str, int] = {}
        which = [None if each is None else numbers.setdefault(each, len(numbers)) for each in values.to_list()]
        return pl.Series(which, dtype=pl.UInt32), list(numbers)
    different = distinct(values)
    numbered = pl.int_range(len(different), dtype=pl.UInt32, eager=True)
    return values.replace_strict(different, numbered, default=None, return_dtype=pl.UInt32), different.to_list()


def numbered(rows: pl.DataFrame) -> tuple[pl.Series, list[tuple[Any, ...]]]:
    """A number (UInt32) for every row, and the different rows that the numbers stand for."""
    if rows.height <= _FEW:
        numbers: dict[tuple[Any, ...], int] = {}
        which = [numbers.setdefault(row, len(numbers)) for row in rows.rows()]
        return pl.Series(which, dtype=pl.UInt32), list(numbers)
    different = rows.unique(maintain_order=True)
    known = different.with_row_index("")
    return rows.join(known, on=rows.columns, how="left", maintain_order="left", nulls_equal=True)[""], different.rows()


def constant(value: Any, kind: PolarsDataType, count: int) -> pl.Series:
    """``value`` ``count`` times. ``pl.repeat`` runs a query for that, which for one line is most of the cost."""
    return pl.Series([value], dtype=kind).new_from_index(0, count)


_WORD = 63
"""Columns whose emptiness is kept in one integer; the sign bit is left alone."""


def empty_columns(frame: pl.DataFrame, columns: Sequence[str]) -> tuple[pl.Series, list[tuple[str, ...]]]:
    """A number (UInt32) for the combination of empty columns on every line, and the names that each number stands for."""
    empty = {name: frame[name].null_count() for name in columns}
    always = tuple(name for name, count in empty.items() if count == frame.height)
    some = [name for name, count in empty.items() if 0 < count < frame.height]
    which, names = constant(0, pl.UInt32(), frame.height), [always]
    for start in range(0, len(some), _WORD):
        part = some[start : start + _WORD]
        bits = (pl.col(name).is_null().cast(pl.UInt64) * (1 << place) for place, name in enumerate(part))
        word = frame.select_seq(pl.sum_horizontal(bits)).to_series()
        different = word.unique().sort()
        gone = [tuple(name for place, name in enumerate(part) if held >> place & 1) for held in different.to_list()]
        which, pairs = combined(which, len(names), different.search_sorted(word), len(gone))
        names = [names[known] + gone[more] for known, more in pairs]
    return which, names


def combined(first: pl.Series, count: int, other: pl.Series, other_count: int) -> tuple[pl.Series, list[tuple[int, int]]]:
    """A number (UInt32) for both of two numbers of every line, and the two that each of the new ones stands for.

    Args:
        first: numbers (UInt32) below ``count``.
        count: how many there are.
        other: numbers (UInt32) below ``other_count``, of the same lines.
        other_count: how many there are.
    """
    if other_count == 1:
        return first, [(number, 0) for number in range(count)]
    if count == 1:
        return other, [(0, number) for number in range(other_count)]
    both = first.cast(pl.UInt64) * other_count + other
    different = both.unique().sort()
    return different.search_sorted(both), [divmod(number, other_count) for number in different.to_list()]
