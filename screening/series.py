"""Columns that hold one value, or few."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from polars._typing import PolarsDataType


def distinct(values: pl.Series) -> pl.Series:
    """The values without repetition and without null, in the order in which they come."""
    empty = values.null_count()
    if len(values) == 1 and not empty:
        return values
    return values.clear() if empty == len(values) else values.drop_nulls().unique(maintain_order=True)


def constant(value: Any, kind: PolarsDataType, count: int) -> pl.Series:
    """``value`` ``count`` times. ``pl.repeat`` runs a query for that, which for one line is most of the cost."""
    return pl.Series([value], dtype=kind).new_from_index(0, count)
