"""What goods texts are read as: names in many spellings, shares, purities, and what only looks like a name."""

from __future__ import annotations

from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.content.factmodels import Label, Material, MeasurePattern, Substance, Words
from screening.content.models import Content
from screening.goods import Goods
from screening.goods.bits import Bits
from screening.goods.text import Characters, plain, words
from screening.terms import Text

CHARACTERS = {"鏑": "镝", "釹": "钕", "鐵": "铁", "о": "o", "е": "e"}  # the last two are Cyrillic


def element(symbol: str, en: str, zh: str, **substances: Substance) -> Material:
    return Material(
        symbol=symbol, name=Text(en, zh), names={"de": [en.capitalize()]}, groups=["rare_earth"], substances=dict(substances)
    )


CONTENT = Content(
    version="test",
    characters=CHARACTERS,
    materials={
        "dy": element(
            "Dy",
            "dysprosium",
            "镝",
            oxide=Substance(is_="oxide", formulas=["Dy2O3"], cas=["1308-87-8"]),
            dyfe=Substance(is_="alloy", names={"en": ["dysprosium iron"], "zh": ["镝铁"]}),
        ),
        "tb": element("Tb", "terbium", "铽", oxide=Substance(is_="oxide")),
        "sn": Material(symbol="Sn", name=Text("tin", "锡")),
        "bi": Material(symbol="Bi", name=Text("bismuth", "铋")),
        "in": Material(symbol="In", symbol_is_word=True, name=Text("indium", "铟")),
        "ndfeb": Material(name=Text("NdFeB", "钕铁硼"), names={"en": ["neodymium iron boron"]}),
    },
    naming={
        "oxide": {"en": ["{n} oxide"], "zh": ["氧化{n}"], "de": ["{n}oxid"]},
        "free_of": {"en": ["{n} free", "without {n}", "{s} free"], "zh": ["不含{n}"]},
    },
    masks=["terbium street"],
    labels={"tile_adhesive": Label(name=Text("tile adhesive", "瓷砖胶"), terms={"en": ["tile adhesive"], "zh": ["瓷砖胶"]})},
    forms={"powder": Words(name=Text("powder"), terms={"en": ["powder"], "zh": ["粉"]})},
    grades={"SH": ["N42SH", "N42 SH"]},
    measures={
        "purity": [
            MeasurePattern(
                pattern=r"(?:^|[^0-9.,])(?:(?P<rel>[<>≥])\s*)?(?P<lo>\d{2,3}(?:\.\d+)?)\s*(?:-\s*(?P<hi>\d{2}(?:\.\d+)?))?\s*%",
                needs=["%"],
                least=90,
                most=100,
                minimum_is_value=True,
            ),
            MeasurePattern(pattern=r"\b(?P<lo>[2-9])N(?P<hi>[0-9])?\b", needs=["N"], nines=True),
        ]
    },
    relations={"less": ["<", "max"], "more": [">", "≥"], "and": ["and", "or", "和"]},
)
GOODS = Goods(CONTENT, {"goods": []}, [("dy",), ("dy", "tb"), ("bi",)])


def read(text: str) -> dict[str, Any]:
    return GOODS.facts_of(pl.Series([text])).row(0, named=True)


def facts(text: str) -> set[str]:
    frame = GOODS.facts_of(pl.Series([text]))
    return GOODS.lexicon.bits.present(frame)


@pytest.mark.parametrize(
    "text",
    [
        "Dysprosium oxide powder",
        "DYSPROSIUM OXIDES",
        "Dy₂O₃ powder",
        "ＤＹ２Ｏ３",
        "氧化镝粉",
        "氧化鏑",
        "dys\u200bprosium oxide",
        "dysprоsium оxidе",  # Cyrillic letters in it
        "rare earth (CAS 1308-87-8)",
        "Dysprosiumoxid",
    ],
)
def test_one_substance_in_many_spellings(text: str) -> None:
    assert {"material:dy", "material:dy.oxide", "material:group.rare_earth"} <= facts(text)
    assert "material:dy.unspecified" not in facts(text)


@pytest.mark.parametrize("text", ["dysprosiumlike", "Terbium Street 5, Ytterby", "IN 5% more", "the adhesive tile", "Dy"])
def test_what_only_looks_like_a_name_is_none(text: str) -> None:
    assert not {fact for fact in facts(text) if fact.startswith(("material:", "label:"))}


@pytest.mark.parametrize(
    "text",
    [
        "magnets without dysprosium or terbium",
        "magnets, Dy/Tb-free",
        "dysprosium and terbium free",
        "磁体 不含镝、铽",
        "不含铽和镝",
        "without dysprosium, terbium and tin",
    ],
)
def test_a_denial_goes_on_to_each_element_it_names(text: str) -> None:
    assert {"absent:dy", "absent:tb"} <= facts(text)
    assert not {"material:dy", "material:tb"} & facts(text)


@pytest.mark.parametrize(
    "text", ["dysprosium free, terbium 0.5 %", "without dysprosium, terbium 0.5 %", "不含镝和铽0.5%", "不含镝，氧化铽"]
)
def test_a_denial_ends_where_another_statement_begins(text: str) -> None:
    assert "absent:dy" in facts(text)
    assert "absent:tb" not in facts(text)


def test_a_bare_element_is_unspecified_and_an_alloy_is_not() -> None:
    assert "material:dy.unspecified" in facts("dysprosium, 5 kg")
    assert read("镝铁合金")["materials"] == "dy.dyfe"
    assert "material:dy.alloy" in facts("镝铁合金")


def test_label_form_and_grade_stand_beside_each_other() -> None:
    assert {"label:tile_adhesive", "form:powder", "grade:SH", "material:ndfeb"} <= facts("Tile adhesive (NdFeB N42SH powder)")
    assert read("Tile adhesives")["label"] == "tile_adhesive"


@pytest.mark.parametrize(
    ("text", "field", "expected"),
    [
        ("NdFeB, Dy 0.24 %", "composition.dy", (0.24, 0.24)),
        ("NdFeB with 0.24% dysprosium", "composition.dy", (0.24, 0.24)),
        ("含镝0.24%", "composition.dy", (0.24, 0.24)),
        ("Dy: 2400 ppm", "composition.dy", (0.24, 0.24)),
        ("Dy 1,500 ppm", "composition.dy", (0.15, 0.15)),
        ("Dy 0,150 %", "composition.dy", (0.15, 0.15)),
        ("镝(Dy)：0.36%", "composition.dy", (0.36, 0.36)),
        ("Dy: 240 ppm", "composition.dy", (0.024, 0.024)),
        ("Dy 0.1-0.3 %", "composition.dy", (0.1, 0.3)),
        ("Dy 0.3-0.1 %", "composition.dy", (0.1, 0.3)),
        ("99.9-99.5%", "purity", (99.5, 99.9)),
        ("Dy 0.3%, Tb 0.1%", "composition.dy+tb", (0.4, 0.4)),
        ("Dy 0.3%", "composition.dy+tb", (0.3, 100.0)),
        ("solder Sn42Bi58", "composition.bi", (58.0, 58.0)),
        ("Sn-58Bi wire", "composition.bi", (58.0, 58.0)),
        ("Bi2Sn3 crystals", "composition.bi", None),  # atoms, not shares
        ("dysprosium free magnets", "composition.dy", (0.0, 0.0)),
        ("不含镝", "composition.dy", (0.0, 0.0)),
        ("99.99 %", "purity", (99.99, 99.99)),
        ("≥ 99.5%", "purity", (99.5, 99.5)),
        ("99.5-99.9%", "purity", (99.5, 99.9)),
        ("B 0.95 %", "purity", None),
        ("4N", "purity", (99.99, 99.99)),
        ("4N5", "purity", (99.995, 99.995)),
    ],
)
def test_shares_and_purities(text: str, field: str, expected: tuple[float, float] | None) -> None:
    row = read(text)
    found = (row[f"{field}.lo"], row[f"{field}.hi"])
    assert found == (None, None) if expected is None else found == pytest.approx(expected)


def test_less_than_a_share_is_not_at_least_it() -> None:
    row = read("N35 magnets, Dy+Tb <0.1%")
    assert row["composition.dy+tb.lo"] == 0
    assert row["composition.dy+tb.hi"] < 0.1
    assert row["composition.dy.hi"] < 0.1


def test_no_text_is_unknown_and_an_empty_one_too() -> None:
    columns = ["description", "declaration_elements", "brand", "model", "marks"]
    lines = pl.DataFrame({c: pl.Series([None, "", "x"] if c == "description" else [None] * 3, dtype=pl.String) for c in columns})
    found = GOODS.understand(lines)
    assert found["f0"].is_null().to_list() == [True, True, False]


texts = st.text(st.sampled_from("Dy2O3 镝氧化铁瓷砖胶tileadhesivpowrNSH4.%<-¦\u200b"), max_size=40)


@given(st.lists(texts, min_size=1, max_size=6))
def test_a_text_is_read_the_same_alone_and_in_company(group: list[str]) -> None:
    together = GOODS.facts_of(pl.Series(group))
    for index, text in enumerate(group):
        alone = GOODS.facts_of(pl.Series([text]))
        assert alone.rows() == together[index].rows()


@given(st.text(max_size=60))
def test_any_text_is_read_without_complaint(text: str) -> None:
    assert words(plain(pl.Series([text]), Characters(CHARACTERS))).len() == 1
    assert GOODS.facts_of(pl.Series([text])).height == 1


@given(st.sets(st.integers(0, 199), max_size=20), st.sets(st.integers(0, 199), min_size=1, max_size=5))
def test_bits_hold_exactly_the_facts_put_in(held: set[int], asked: set[int]) -> None:
    bits = Bits([f"k:{i:03d}" for i in range(200)], "b")
    names = [f"k:{i:03d}" for i in held]
    frame = pl.DataFrame([bits.values(names)], schema=dict.fromkeys(bits.columns, pl.UInt64), orient="row")
    assert bits.present(frame) == set(names)
    assert frame.select(bits.any_of([f"k:{i:03d}" for i in asked])).item() is bool(held & asked)


@given(st.lists(st.text(st.characters(max_codepoint=127), max_size=40), min_size=1, max_size=5))
def test_few_texts_are_made_comparable_as_many_are(texts: list[str]) -> None:
    few, many = pl.Series(texts, dtype=pl.String), pl.Series(texts + ["filler"] * 100, dtype=pl.String)
    characters = Characters(CHARACTERS)
    assert plain(few, characters).to_list() == plain(many, characters).to_list()[: len(texts)]
    assert words(few).to_list() == words(many).to_list()[: len(texts)]
