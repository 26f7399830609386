"""The benchmark of false alarms: halves depend on the text alone, verdicts are well formed, the curves are a picture."""

from __future__ import annotations

from xml.etree import ElementTree

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import tradeoff
from benchmarks.corpora import HALVES, half_of, lines_of
from benchmarks.false_alarms import judged

texts = st.lists(st.text(alphabet="ab C", max_size=6), min_size=1, max_size=30)


@given(texts)
def test_the_half_of_a_text_depends_on_what_it_says_alone(given_texts: list[str]) -> None:
    together = dict(zip(given_texts, half_of(pl.Series(given_texts)), strict=True))
    for text, half in together.items():
        assert half in HALVES
        assert half_of(pl.Series([f" {text.upper()} "])).to_list() == [half]


def test_both_halves_are_used() -> None:
    counts = half_of(pl.Series([f"goods {number}" for number in range(2000)])).value_counts()["count"].to_list()
    assert len(counts) == 2
    assert min(counts) > 900


def test_every_verdict_is_one_of_three_and_no_text_has_two() -> None:
    found = judged()
    assert set(found["verdict"]) <= {"listed", "open", "false"}
    assert found["text"].n_unique() == found.height
    assert found.filter(pl.col("text") != pl.col("text").str.to_lowercase().str.strip_chars()).height == 0
    assert found["why"].null_count() == 0


def test_modes_say_as_much_as_their_names() -> None:
    goods = pl.DataFrame({"description": ["tiles", " ", "tiles"], "hs_code": ["6907", "1", "6907"], "value": ["5", "6", "7"]})
    assert lines_of(goods, "text").rows() == [("tiles", "6907")]
    assert lines_of(goods, "route").columns == ["description", "hs_code", "export_country"]
    exported = lines_of(goods, "export")
    assert exported["house_bill"].n_unique() == exported.height == 2
    assert exported["consignee_country"].unique().to_list() == ["DE"]


def test_the_curves_are_one_line_a_variant_with_a_point_a_threshold() -> None:
    shares = {None: (0.0, 0.9), 8.0: (0.0, 0.9), 1.0: (0.2, 1.0)}
    names = [name for name, _, _ in tradeoff._VARIANTS]
    made = [tradeoff.Point(name, threshold, *share) for name in names for threshold, share in shares.items()]
    picture = ElementTree.fromstring(tradeoff.svg(made))  # noqa: S314 - our own text
    space = "{http://www.w3.org/2000/svg}"
    assert len(picture.findall(f"{space}polyline")) == len(names)
    assert len(picture.findall(f"{space}circle")) == 2 * len(names)
    assert [row[0] for row in tradeoff.rows(made)] == ["outcome", "8", "1"]
    assert all(len(row) == len(tradeoff.HEAD) for row in tradeoff.rows(made))
