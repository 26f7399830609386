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


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("REO concentrate, Sm Eu Gd", "REO concentrate, Samarium Europium Gadolinium"),
        ("mixed oxide (Gd, Tb, Dy)", "mixed oxide (Gadolinium, Terbium, Dysprosium)"),
        ("稀土富集物 Tb/Dy", "稀土富集物 Terbium/Dysprosium"),
        ("Sm-Eu-Gd oxide", "Samarium-Europium-Gadolinium oxide"),
    ],
)
def test_symbols_in_a_row_are_elements_where_the_text_speaks_of_such(text, read):
    assert Symbols(shipped()).spelled(pl.Series([text]))[1].to_list() == [read]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("sputter targets: Al, Sc, Ti", "Al sputter target, Scandium sputter target, Ti sputter target"),
        ("Ingots: Sn/Sb", "Sn Ingot, Antimony Ingot"),
        ("targets: Tb, TbFeCo, Cr", "Terbium target, TbFeCo target, Cr target"),
        ("Oxides: Sm, Gd, Y each 1 kg", "Samarium Oxide, Gadolinium Oxide, Y Oxide each 1 kg"),
        ("Ga ≥99.9999 %, 1 kg", "Gallium ≥99.9999 %, 1 kg"),
        ("Sb 99.90% min", "Antimony 99.90% min"),
        ("Te 4N, lumps", "Tellurium 4N, lumps"),
    ],
)
def test_symbols_behind_their_noun_and_before_a_purity_are_elements(text, read):
    assert Symbols(shipped()).spelled(pl.Series([text]))[1].to_list() == [read]


@pytest.mark.parametrize("text", ["In 99.9 % cotton", "Er 2.5 mm", "cable Ga 99.9 %", "targets: Europe, Asia", "ingots: tin"])
def test_a_symbol_without_such_company_stays(text):
    _, spelled = Symbols(shipped()).spelled(pl.Series([text]))
    assert spelled.to_list() in ([], [text])


@pytest.mark.parametrize(
    "text",
    ["Er Lu Tb carpet", "Pr-Nd-Fe-B metal magnet", "oxide free, Tb Dy 0.3 %", "Ho Ho Ho metal sign", "La Ceramica, oxide finish"],
)
def test_a_row_that_is_none_stays(text):
    _, spelled = Symbols(shipped()).spelled(pl.Series([text]))
    assert spelled.to_list() in ([], [text])
