"""Words of denial that deny, and those that do not."""

import polars as pl
import pytest

from screening.content.snapshot import shipped
from screening.goods.negation import NotDenying
from screening.screener import Screener

LINE = {"export_country": "CN", "destination_country": "DE", "ship_date": "2026-10-15"}


@pytest.fixture(scope="module")
def screener():
    return Screener()


def outcome(screener, description):
    return screener.screen_line({**LINE, "description": description}).outcome


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("terbium oxide free sample 50 g", "terbium oxide sample 50 g"),
        ("Gadolinium oxide, Free-Flowing", "Gadolinium oxide, flowing"),
        ("Item No dysprosium metal", "item dysprosium metal"),
        ("no: terbium", "  terbium"),
    ],
)
def test_a_word_of_denial_that_denies_nothing_is_taken_away(text, read):
    assert NotDenying(shipped()).spelled(pl.Series([text]))[1].to_list() == [read]


def test_few_texts_and_many_are_respelled_alike():
    texts = ["free sample of terbium", "cotton shirts", "Batch No. 7 yttrium oxide", "no dysprosium"]
    few = NotDenying(shipped()).spelled(pl.Series(texts))
    many = NotDenying(shipped()).spelled(pl.Series(texts * 100))
    assert few[0].to_list() == [0, 2]
    assert many[0].to_list()[:2] == [0, 2]
    assert many[1].to_list() == few[1].to_list() * 100


@pytest.mark.parametrize(
    "text",
    [
        "Invoice No. Dysprosium metal 20 drums",
        "no: terbium metal ingots",
        "terbium oxide free sample 50 g",
        "SmCo free sample magnets",
    ],
)
def test_a_number_or_a_gift_is_no_denial(screener, text):
    assert outcome(screener, text) == "hold"


@pytest.mark.parametrize(
    "text",
    [
        "yttrium oxide free zirconia nozzle",
        "flame retardant 99.99 %, without antimony trioxide",
        "不含氧化镝 磁体涂层",
        "GaAs free photocathode",
        "sans oxyde d'yttrium, creuset",
        "ohne Antimontrioxid, 99,99 %",
    ],
)
def test_a_denial_of_a_compound_names_none(screener, text):
    assert outcome(screener, text) == "clear"
