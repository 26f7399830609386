"""Columns that hold one value, or few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
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


def constant(value: Any, kind: PolarsDataType, count: int) -> pl.Series:
    """``value`` ``count`` times. ``pl.repeat`` runs a query for that, which for one line is most of the cost."""
    return pl.Series([value], dtype=kind).new_from_index(0, count)
