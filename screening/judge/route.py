"""How much longer a route is than the direct way, on the great circle between trading centres."""

from __future__ import annotations

from itertools import pairwise
from math import asin, cos, radians, sin, sqrt
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_EARTH_KM = 6371.0
_NEAR_KM = 500.0
"""Under this direct distance a ratio says nothing: neighbours are always reached by a detour."""


def with_detour(lines: pl.DataFrame, coordinates: Mapping[str, Sequence[float]]) -> pl.DataFrame:
    """Add ``detour_ratio``: length over the transit countries to the direct length; null where a place is not known or near.

    Args:
        lines: ``leaves_from, transit_countries, destination_country``.
        coordinates: country to latitude and longitude in degrees.
    """
    if lines["transit_countries"].null_count() == lines.height:
        return lines.with_columns_seq(detour_ratio=pl.lit(None, dtype=pl.Float64))
    keys = ["leaves_from", "destination_country", "_via"]
    routes = lines.select_seq("leaves_from", "destination_country", _via=pl.col("transit_countries").list.join(" "))
    distinct = routes.filter(pl.col("_via").str.len_bytes() > 0).unique().drop_nulls()
    if not distinct.height:
        return lines.with_columns_seq(detour_ratio=pl.lit(None, dtype=pl.Float64))
    ratios = [detour([start, *via.split(), end], coordinates) for start, end, via in distinct.select_seq(keys).iter_rows()]
    table = distinct.with_columns_seq(pl.Series("detour_ratio", ratios, dtype=pl.Float64))
    found = routes.join(table, on=keys, how="left", maintain_order="left")["detour_ratio"]
    return lines.with_columns_seq(found)


def detour(places: Sequence[str], coordinates: Mapping[str, Sequence[float]]) -> float | None:
    """Length of the way over ``places`` (countries, in order) divided by the direct length from the first to the last."""
    if any(place not in coordinates for place in places):
        return None
    direct = distance_km(coordinates[places[0]], coordinates[places[-1]])
    if direct < _NEAR_KM:
        return None
    return sum(distance_km(coordinates[a], coordinates[b]) for a, b in pairwise(places)) / direct


def distance_km(a: Sequence[float], b: Sequence[float]) -> float:
    """Great-circle distance of two points (latitude, longitude in degrees) by the haversine formula."""
    lat_a, lon_a, lat_b, lon_b = (radians(value) for value in (*a, *b))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * _EARTH_KM * asin(sqrt(half))
