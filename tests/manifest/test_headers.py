from __future__ import annotations

import pytest

from screening.manifest.headerrows import find_header
from screening.manifest.headers import Lexicon


@pytest.fixture(scope="module")
def lexicon(words):
    return Lexicon(words)


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("net_kg", "net_kg"),
        ("Gross weight (lb)", "gross_kg"),
        ("净重(千克)", "net_kg"),
        ("毛重KG", "gross_kg"),
        ("N.W.\n(KG)", "net_kg"),
        ("Item Net Weight kg", "net_kg"),
        ("HS CODE/商品编码", "hs_code"),
        ("货物名称 Description of Goods", "description"),
        ("TOTAL_VALUE_USD", "value"),
        ("Amount in US$", "value"),
        ("CountryOfOrigin", "origin_country"),
        ("Zolltarifnummer", "hs_code"),
        ("País de destino", "destination_country"),
        ("提运单号", "house_bill"),
        ("贸易国(地区):", None),
        ("Unit Price (USD)", None),
        ("Duty Rate", None),
        ("WEIGHT", None),
        ("Net Weight / Package KG", None),
    ],
)
def test_what_a_header_fills(lexicon, header, column):
    meaning = lexicon.meaning(header)
    columns = meaning.targets[0].columns
    assert (columns[0] if columns else None) == column


@pytest.mark.parametrize("header", ["Colour", "Net Weight of Packaging", "Weight limit", "Blah (kg)", "x" * 200])
def test_an_unknown_header_means_nothing(lexicon, header):
    assert lexicon.meaning(header) is None


@pytest.mark.parametrize(
    ("header", "factor"), [("Gross weight (lb)", 0.45359237), ("Net weight (g)", 0.001), ("Net weight, t", 1000), ("G.W.", None)]
)
def test_the_unit_beside_a_header(lexicon, header, factor):
    assert lexicon.meaning(header).factor == factor


@pytest.mark.parametrize(
    ("header", "currency"), [("Value (EUR)", "EUR"), ("FOB_INR", "INR"), ("金额(人民币)", "CNY"), ("Value", "")]
)
def test_the_currency_beside_a_header(lexicon, header, currency):
    assert lexicon.meaning(header).currency == currency


def test_every_shipped_spelling_is_found(lexicon, words):
    for names in words.headers.values():
        assert names
    assert all(lexicon.meaning(spelling) for spelling in words.headers if len(spelling) < 80)


def test_the_row_that_names_most_columns_is_the_header(lexicon):
    rows = [
        ["PACKING LIST", None, None],
        ["Consignee", "ACME", None],
        [None, None, None],
        ["Item", "Description", "Net weight (kg)"],
        ["1", "tile adhesive", "25000"],
    ]
    header = find_header(rows, lexicon)
    assert (header.first, header.last) == (3, 3)


def test_a_row_of_units_below_belongs_to_the_header(lexicon):
    rows = [["Description", "HS code", "Net weight"], [None, None, "lbs"], ["glue", "3506", "3"]]
    header = find_header(rows, lexicon)
    assert (header.first, header.last, header.texts[2]) == (0, 1, "Net weight lbs")


def test_headers_in_two_languages_are_one_header(lexicon):
    rows = [["品名", "毛重", "件数"], ["Description", "Gross weight", "Packages"], ["glue", "3", "1"]]
    header = find_header(rows, lexicon)
    assert (header.first, header.last) == (0, 1)


def test_a_merged_cell_above_completes_its_headers(lexicon):
    rows = [["", "", "Shipper", ""], ["Description", "HS code", "Name", "Address"], ["glue", "3506", "ACME", "Street 1"]]
    header = find_header(rows, lexicon)
    assert "Shipper Address" in header.texts


@pytest.mark.parametrize("rows", [[], [["a", "b"], ["1", "2"]], [["Description", "Remarks"], ["x", "y"]], [["1", "2"]]])
def test_no_header_is_no_header(lexicon, rows):
    assert find_header(rows, lexicon) is None


def test_a_sheet_of_one_column_may_have_one_header(lexicon):
    assert find_header([["Description"], ["glue"]], lexicon).texts == ("Description",)
