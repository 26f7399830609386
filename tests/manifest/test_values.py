from __future__ import annotations

import datetime as dt
import math

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.manifest.dates import date_order, read_date, read_dates
from screening.manifest.lookups import Lookups
from screening.manifest.numbers import number_style, read_numbers


@pytest.fixture(scope="module")
def months(words):
    return words.options["months"]


def _one(text, style="point"):
    return read_numbers(pl.Series("cells", [text], dtype=pl.String), style).values[0]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("12.5", 12.5),
        ("1,234.56", 1234.56),
        ("1,234", 1234),
        ("12,34,567.00", 1234567),
        ("1 234.5", 1234.5),
        ("1'234.50", 1234.5),
        ("１２", 12),
        ("1e3", 1000),
        (".5", 0.5),
        ("USD 1,200.00", 1200),
        ("12 KGS", 12),
        ("+7", 7),
        ("-5", None),
        ("5-", None),
        ("(12)", None),
        ("nan", None),
        ("inf", None),
        ("1e999", None),
        ("12 3", None),
        ("1.2.3", None),
        ("abc", None),
        (None, None),
    ],
)
def test_numbers_with_a_decimal_point(text, value):
    assert _one(text) == value


@pytest.mark.parametrize(
    ("text", "value"), [("12,5", 12.5), ("1.234,56", 1234.56), ("1.234", 1234), ("1234", 1234), ("0,5", 0.5), ("12,5 KGS", 12.5)]
)
def test_numbers_with_a_decimal_comma(text, value):
    assert _one(text, "comma") == value


@pytest.mark.parametrize(
    ("texts", "style"),
    [
        (["12", "1,234"], None),
        (["1.234"], None),
        (["12,5"], "comma"),
        (["1.234,5", "1"], "comma"),
        (["1.234.567"], "comma"),
        (["12.50"], "point"),
        (["1,234.5", "7"], "point"),
        (["12.50", "1,5"], "each"),
        (["12,5 KGS"], "comma"),
        (["$1,234.00"], "point"),
    ],
)
def test_the_decimal_sign_is_told_by_cells_that_leave_no_doubt(texts, style):
    assert number_style(pl.Series("cells", texts)) == style


@given(st.floats(min_value=0, max_value=1e9, allow_nan=False).map(lambda value: round(value, 2)))
def test_a_number_is_read_back_however_it_is_written(value):
    english = f"{value:,.2f}"
    german = english.translate(str.maketrans(",.", ".,"))
    assert math.isclose(_one(english), value, abs_tol=0.005)
    assert math.isclose(_one(german, "comma"), value, abs_tol=0.005)
    assert math.isclose(_one(f"{english} kg"), value, abs_tol=0.005)


@given(st.text(max_size=20))
def test_no_text_gives_an_impossible_number(text):
    for style in ("point", "comma", "each"):
        value = _one(text, style)
        assert value is None or (math.isfinite(value) and value >= 0)


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-01", dt.date(2026, 3, 1)),
        ("2026-03-01 00:00:00", dt.date(2026, 3, 1)),
        ("2025-09-01T16:14:22.999Z", dt.date(2025, 9, 1)),
        ("2-Jun-06", dt.date(2006, 6, 2)),
        ("20261120", dt.date(2026, 11, 20)),
        ("46000", dt.date(2025, 12, 9)),
        ("2026年3月1日", dt.date(2026, 3, 1)),
        ("Mar 5, 2026", dt.date(2026, 3, 5)),
        ("1 de marzo de 2026", dt.date(2026, 3, 1)),
        ("13/04/2026", dt.date(2026, 4, 13)),
        ("04/13/2026", dt.date(2026, 4, 13)),
        ("05/05/2026", dt.date(2026, 5, 5)),
        ("1.3.2026", dt.date(2026, 3, 1)),
        ("03/04/2026", None),
        ("31/02/2026", None),
        ("1900-01-01", None),
        ("12", None),
        ("Date Not Captured", None),
    ],
)
def test_dates(words, text, day):
    assert read_date(text, None, words.options["months"]) == day


def test_the_order_of_day_and_month_is_the_columns(words):
    months = words.options["months"]
    assert date_order(["03/04/2026", "13/04/2026"]) == "day"
    assert date_order(["03/04/2026", "04/13/2026"]) == "month"
    assert date_order(["03/04/2026"]) is None
    assert date_order(["13/04/2026", "04/13/2026"]) == "each"
    assert read_date("03/04/2026", "day", months) == dt.date(2026, 4, 3)
    assert read_date("03/04/2026", "month", months) == dt.date(2026, 3, 4)


@given(st.dates(min_value=dt.date(1970, 1, 1), max_value=dt.date(2099, 12, 31)))
def test_a_date_is_read_back_however_it_is_written(months, day):
    texts = [
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day:%d-%b-%Y}",
        f"{day:%Y/%m/%d}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{day:%d.%m.%Y}",
    ]
    assert read_dates(pl.Series("cells", texts), None, months, {}).to_list() == [day] * len(texts)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("China", "CN"),
        ("P.R.C.", "CN"),
        ("中国", "CN"),
        ("CHN", "CN"),
        ("CN - China", "CN"),
        ("China (CHN)", "CN"),
        ("CHINA, PEOPLE'S REPUBLIC OF", "CN"),
        ("Korea, Republic of", "KR"),
        ("ROK", "KR"),
        ("D.P.R. Korea", "KP"),
        ("台湾", "TW"),
        ("UAE", "AE"),
        ("Deutschland", "DE"),
        ("États-Unis", "US"),
        ("Côte d'Ivoire", "CI"),
        ("Guinea-Bissau", "GW"),
        ("NO", "NO"),
        ("UK", "GB"),
        ("日本", "JP"),
        ("156", "CN"),
        ("036", "AU"),
        ("36", "AU"),
        ("Shenzhen, China", "CN"),
        ("China or Vietnam", None),
        ("CN/VN", None),
        ("VALID_ISO", None),
        ("ZZ", None),
    ],
)
def test_countries(words, text, code):
    assert Lookups(words).country()(text) == code


def test_numbers_of_countries_do_not_count_under_a_chinese_header(words):
    assert Lookups(words).country(numbers=False)("116") is None


@pytest.mark.parametrize(
    ("text", "route"),
    [
        ("SG; AE", ["SG", "AE"]),
        ("Singapore > Dubai", ["SG", "AE"]),
        ("Korea, Republic of", ["KR"]),
        ("新加坡、阿联酋", ["SG", "AE"]),
        ("via Busan", ["KR"]),
        ("SGSIN, AEJEA", ["SG", "AE"]),
        ("nowhere", []),
    ],
)
def test_routes(words, text, route):
    assert Lookups(words).route(text) == route


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("CTNS", "carton"),
        ("Cartons", "carton"),
        ("纸箱", "carton"),
        ("steel drums", "steel drum"),
        ("1A", "steel drum"),
        ("Drum, steel", "steel drum"),
        ("JUMBO BAG", "big bag"),
        ("FIBC", "big bag"),
        ("IBC", "IBC"),
        ("20 pallets", "pallet"),
        ("Boxes", "carton"),
        ("BAGS", "bag"),
        ("Hogshead", "hogshead"),
        ("N/A", None),
    ],
)
def test_packages(words, text, kind):
    assert Lookups(words).package(text) == kind


@pytest.mark.parametrize(
    ("text", "mode"),
    [
        ("Sea", "sea"),
        ("海运", "sea"),
        ("Air Charter", "air"),
        ("Truck", "road"),
        ("10", "sea"),
        ("40", "air"),
        ("1", "sea"),
        ("4", "air"),
        ("?", None),
    ],
)
def test_modes(words, text, mode):
    assert Lookups(words).mode()(text) == mode


def test_codes_of_modes_under_a_chinese_header_are_those_of_chinese_customs(words):
    assert [Lookups(words).mode(eastern=True)(code) for code in "2345"] == ["sea", "rail", "road", "air"]


@pytest.mark.parametrize(
    ("text", "code"),
    [("USD", "USD"), ("US$", "USD"), ("美元", "USD"), ("RMB", "CNY"), ("Euro", "EUR"), ("€", "EUR"), ("¥", None)],
)
def test_currencies(words, text, code):
    assert Lookups(words).currency(text) == code


def test_package_words_of_the_cover_labels_are_known(words):
    known = set(words.packages.values())
    assert {
        "paper bag", "plastic bag", "woven bag", "big bag", "steel drum", "plastic drum", "fibre drum", "carton", "wooden case",
        "crate", "pallet", "IBC", "jar", "syringe", "tin", "pail", "bundle", "bale", "loose", "bulk", "shrink pack", "keg",
        "flexitank", "drum",
        "gas cylinder", "envelope", "cold box",
    } <= known  # fmt: skip


_NUMBERS = st.lists(
    st.sampled_from(["12", "0.5", "12.5", "12.500", "1.234", "1,234", "1e5", "7 kg", "-3", "1" * 20, None]), min_size=1
)
_DATES = st.lists(
    st.sampled_from(["2026-03-31", "2026-02-30", "1969-12-31", "31.03.2026", "2026-03-31T10:00", "x", None]), min_size=1
)


@given(_NUMBERS, st.sampled_from(["point", "comma", "each", "open"]))
def test_few_numbers_are_read_as_many_are(texts, style):
    few, many = (read_numbers(pl.Series("c", texts * times, dtype=pl.String), style) for times in (1, 100))
    assert few.values.to_list() * 100 == many.values.to_list()
    assert number_style(pl.Series("c", texts, dtype=pl.String)) == number_style(pl.Series("c", texts * 100, dtype=pl.String))


@given(_DATES)
def test_few_dates_are_read_as_many_are(texts):
    few, many = (read_dates(pl.Series("c", texts * times, dtype=pl.String), None, {}, {}) for times in (1, 100))
    assert few.to_list() * 100 == many.to_list()
