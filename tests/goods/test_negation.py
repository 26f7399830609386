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
    "denied",
    [
        "ohne Dysprosium und Terbium",
        "sans dysprosium ni terbium",
        "sin disprosio ni terbio",
        "isentos de disprósio e térbio",
        "privi di disprosio e terbio",
        "без диспрозия и тербия",
        "bez dysprozu i terbu",
        "disprosyum ve terbiyum içermez",
        "không chứa dysprosi và terbi",
        "vrij van dysprosium en terbium",
        "不含镝铽",
        "ジスプロシウム・テルビウム不使用",
        "디스프로슘 테르븀 미함유",
        "dysprosium: nil, terbium: nil",
        "fria från dysprosium och terbium",
        "bebas disprosium dan terbium",
        "dysprosium-terbium-free",
        "镝含量为零 铽含量为零",
    ],
)
def test_a_denial_of_two_elements_denies_both(screener, denied):
    line = {**LINE, "description": f"NdFeB N42 magnets, {denied}"}
    assert screener.screen_line(line).outcome == "clear"


@pytest.mark.parametrize(
    ("text", "outcome_"),
    [
        ("NdFeB magnets, Tb 0.05 %, brand new", "review"),
        ("NdFeB magnets, terbium less than 0.05 %", "review"),
        ("NdFeB magnets, terbium 1.5 %, brand new", "hold"),
    ],
)
def test_a_share_is_read_from_the_text_as_it_was_written(screener, text, outcome_):
    assert outcome(screener, text) == outcome_


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
