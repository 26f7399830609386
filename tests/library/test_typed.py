"""Values that are no text: what a program hands over is read as what it is."""

from __future__ import annotations

from decimal import Decimal
from enum import Enum

import polars as pl
import pytest


class Country(Enum):
    """As a program may hold a code."""

    CHINA = "CN"


LINES = {
    "description": ["glue", "tape"],
    "net_kg": [Decimal("25.000"), Decimal("512.500")],
    "gross_kg": [26.125, 600.255],
    "value": ["1.234,56", "2,50"],
    "currency": ["EUR", "EUR"],
}
"""Three places behind the point, beside a column of texts with decimal commas."""


@pytest.fixture
def ways(tmp_path):
    """The same typed lines as a frame, as dicts and as Parquet."""
    frame = pl.DataFrame(LINES, schema_overrides={"net_kg": pl.Decimal(18, 3)})
    frame.write_parquet(tmp_path / "typed.parquet")
    return {"frame": frame, "lazy": frame.lazy(), "dicts": frame.to_dicts(), "parquet": tmp_path / "typed.parquet"}


@pytest.mark.parametrize("way", ["frame", "lazy", "dicts", "parquet"])
def test_the_point_of_a_number_parts_its_decimals_whatever_texts_stand_beside_it(screener, ways, way):
    lines = screener.screen(ways[way]).lines
    assert lines.select("net_kg", "gross_kg", "value").rows() == [(25.0, 26.125, 1234.56), (512.5, 600.255, 2.5)]


@pytest.mark.parametrize(
    ("given", "read"),
    [(Decimal("1E+5"), 100000), (Decimal("NaN"), None), (10**40, None), (float("inf"), None), (True, None), (b"12.5", 12.5)],
)
def test_numbers_of_other_types(screener, given, read):
    assert screener.screen([{"description": "glue", "net_kg": given}]).lines["net_kg"].item() == read


@pytest.mark.parametrize("given", [Country.CHINA, b"CN", ["CN"], ("China",)])
def test_codes_of_other_types(screener, given):
    assert screener.screen([{"description": "glue", "export_country": given}]).lines["export_country"].item() == "CN"


@pytest.mark.parametrize(
    "series",
    [
        pl.Series(["CN", None], dtype=pl.Categorical),
        pl.Series(["CN", None], dtype=pl.Enum(["CN", "DE"])),
        pl.Series([["CN"], [None]]),
        pl.Series([["CN"], [None]], dtype=pl.Array(pl.String, 1)),
        pl.Series([Country.CHINA.value, None], dtype=pl.Object),
    ],
)
def test_codes_of_other_types_of_columns(screener, series):
    frame = pl.DataFrame({"description": ["glue", "tape"], "export_country": series})
    assert screener.screen(frame).lines["export_country"].to_list() == ["CN", None]


@pytest.mark.parametrize("names", ["ITOCHU AVIATION CO LTD", ["ITOCHU AVIATION CO LTD", None, ""]])
def test_a_single_name_is_no_series_of_letters_and_nothing_is_no_name(screener, names):
    assert screener.match_parties(names)["query"].to_list() == ["ITOCHU AVIATION CO LTD"]
