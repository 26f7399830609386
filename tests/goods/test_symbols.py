"""Symbols of elements that are words of the language too."""

import polars as pl
import pytest

from screening.content.snapshot import shipped
from screening.goods.symbols import Symbols


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("Dy oxide 99.9%", "Dysprosium oxide 99.9%"),
        ("Metal, 4N In ingot", "Metal, 4N Indium ingot"),
        ("99.995% In ingots", "99.995% Indium ingots"),
        ("In powder", "In powder"),
        ("Tomatoes: In powder", "Tomatoes: In powder"),
        ("Zinc, In lumps", "Zinc, In lumps"),
    ],
)
def test_a_symbol_that_begins_a_phrase_is_no_element(text, read):
    places, spelled = Symbols(shipped()).spelled(pl.Series([text]))
    assert places.to_list() == [0]
    assert spelled.to_list() == [read]
