"""Misspelt names of elements: by hand, and by machines that read characters."""

import pytest

from screening.content.snapshot import shipped
from screening.goods.vocabulary import misspelt_names
from screening.screener import Screener

LINE = {"export_country": "CN", "destination_country": "DE", "ship_date": "2026-10-15"}


@pytest.fixture(scope="module")
def screener():
    return Screener()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("galium metal 4N", "cn-mofcom-gac-2023-23/3C001.a"),
        ("Ga11ium ingots 6N", "cn-mofcom-gac-2023-23/3C001.a"),
        ("telurium powder -200 mesh", "cn-mofcom-gac-2025-10/6C002.a"),
        ("GADOLINIUN OXIDE 99,9", "cn-mofcom-gac-2025-18/1C903.b"),
        ("Terbiurn metal ingot", "cn-mofcom-gac-2025-18/1C904.a.1"),
        ("Dyspr0sium 0xide", "cn-mofcom-gac-2025-18/1C905.b"),
        ("5candium oxide", "cn-mofcom-gac-2025-18/1C907.b"),
        ("氧 化 钇 99.99 %", "cn-mofcom-gac-2025-18/1C908.b"),
        ("antimoni ingots", "cn-mofcom-gac-2024-33/3C003.b"),
    ],
)
def test_a_misspelt_substance_is_the_substance(screener, text, rule):
    result = screener.screen_line({**LINE, "description": text})
    assert result.outcome == "hold"
    assert rule in {hit["rule"] for hit in result.hits if hit["action"] == "hold"}


@pytest.mark.parametrize("text", ["Galium aparine herb, cut", "neodyrnium oxide 99.9 %", "erbum", "Gallum & Sons, ledger"])
def test_a_misspelt_name_alone_or_denied_names_nothing(screener, text):
    assert screener.screen_line({**LINE, "description": text}).outcome == "clear"


def test_many_texts_and_few_are_read_alike(screener):
    texts = ["galium metal 4N", "cotton shirts", "氧 化 钇 99.99 %", "yttr oxide", "Galium aparine herb"]
    lines = [{**LINE, "description": text} for text in texts]
    many = screener.screen(lines + [{**LINE, "description": f"shirt {number}"} for number in range(300)])
    assert many.lines["outcome"].to_list()[: len(texts)] == [screener.screen_line(line).outcome for line in lines]


def test_no_slip_is_the_name_of_another_element():
    slips = misspelt_names(shipped())
    names = {name.lower() for material in shipped().materials.values() for name in material.names.get("en", [])}
    assert slips
    assert names.isdisjoint(slips)
    assert {"galium": "gallium", "terbiurn": "terbium"}.items() <= slips.items()
