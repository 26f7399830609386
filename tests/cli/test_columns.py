"""What `screening columns` prints."""

from __future__ import annotations

import pytest

from screening.cli.columns import columns_text
from screening.manifest import SheetColumns
from screening.manifest.columns import HeaderReading
from screening.report.safe import display_width

LONG = "Type of treatment (processed, unprocessed, raw) as agreed with the establishment of the season"
SHEET = SheetColumns(
    "october.xlsx",
    "商品资料",
    3,
    headers=[
        HeaderReading("商品名称", "description", "mapped", "", ("激光投影仪", "a very long name of goods that goes on and on")),
        HeaderReading(LONG, None, "left", "a class of goods, not the goods as declared; " * 3, ("x",)),
        HeaderReading("Country", None, "unsure", "could be origin_country or destination_country", ("DE", "FR")),
        HeaderReading("Colour", None, "unknown", "", ()),
    ],
    notes=["consignee_name of every line is 'Blue Ocean GmbH', from 'Consignee' above the table (row 1) and nowhere else"],
)


@pytest.mark.parametrize("width", [60, 80, 140])
def test_no_line_is_wider_than_the_terminal(width):
    assert max(map(display_width, columns_text([SHEET], width).splitlines())) <= width


def test_what_is_unsure_is_said_to_be():
    text = columns_text([SHEET], 80)
    country = text[text.index("Country") :]
    assert country.split()[1] == "?"
    assert "unsure: could be origin_country or destination_country" in " ".join(country.split())
    assert "1 read, 1 unsure, 2 left out" in text


def test_a_sheet_that_is_not_read_counts_nothing():
    text = columns_text([SheetColumns("a.xlsx", "A", None, read=False, notes=["the sheet is not read: the sheet is empty"])], 80)
    assert text.splitlines() == ["a.xlsx, sheet 'A'", "  note: the sheet is not read: the sheet is empty"]
