"""Columns that hold one value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import polars as pl

if TYPE_CHECKING:
    from polars._typing import PolarsDataType


def constant(value: Any, kind: PolarsDataType, count: int) -> pl.Series:
    """``value`` ``count`` times. ``pl.repeat`` runs a query for that, which for one line is most of the cost."""
    return pl.Series([value], dtype=kind).new_from_index(0, count)
