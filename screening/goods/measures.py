"""The numbers that follow from a line's own numbers: price per kilogram, packed density, mass per package, tare."""

from __future__ import annotations

import datetime as dt
import threading
from functools import cache
from typing import Any

import polars as pl

USD = "USD"
_lock = threading.Lock()


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
    return lines.with_columns(
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
    lines = lines.with_columns(
        value_usd=pl.when(given).then("value_usd").when(own).then("value"),
        value_usd_source=pl.when(given).then(pl.lit("as given")).when(own & pl.col("value").is_not_null()).then(pl.lit("in USD")),
    )
    wanted = lines.select(
        (pl.col("value_usd").is_null() & pl.col("value").is_not_null() & pl.col("currency").is_not_null()).alias("wanted")
    )["wanted"]
    if not wanted.any():
        return lines
    pairs = lines.filter(wanted).select("currency", "line_date").unique().drop_nulls()
    found = [rate(currency, day, max_rate_age) for currency, day in pairs.iter_rows()]
    table = pairs.with_columns(
        pl.Series("_rate", [r[0] if r else None for r in found], dtype=pl.Float64),
        pl.Series("_on", [r[1].isoformat() if r else None for r in found], dtype=pl.String),
    )
    lines = lines.join(table, on=["currency", "line_date"], how="left", maintain_order="left")
    converted = pl.col("value") * pl.col("_rate")
    return lines.with_columns(
        value_usd=pl.coalesce("value_usd", converted),
        value_usd_source=pl.coalesce(
            "value_usd_source",
            pl.when(converted.is_not_null()).then(
                pl.format("ECB reference rate of {}: 1 {} = {} USD", "_on", "currency", pl.col("_rate").round(6))
            ),
        ),
    ).drop("_rate", "_on")


@cache
def _converter() -> tuple[Any, type[Exception]]:
    from currency_converter import CurrencyConverter, RateNotFoundError  # noqa: PLC0415 - 0.2 s, and most runs need no rate

    return CurrencyConverter(), RateNotFoundError


@cache
def rate(currency: str, day: dt.date, max_age: int) -> tuple[float, dt.date] | None:
    """US dollars for one unit of ``currency`` on ``day`` by the European Central Bank's reference rates.

    Returns:
        The rate and the day it was published (the last one on or before ``day``), or None where the table has no such
        currency or no rate within ``max_age`` days.
    """
    with _lock:
        converter, no_rate = _converter()
    if currency not in converter.currencies:
        return None
    for back in range(max_age + 1):
        on = day - dt.timedelta(days=back)
        try:
            return float(converter.convert(1, currency, USD, date=on)), on
        except no_rate:  # a day without publication, or outside the table
            continue
    return None
