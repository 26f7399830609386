"""The benchmark of false alarms: halves depend on the text alone, verdicts are well formed, the curves are a picture."""

from __future__ import annotations

from xml.etree import ElementTree

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import tradeoff
from benchmarks.corpora import HALVES, half_of, lines_of
from benchmarks.false_alarms import Tally, judged, rates, summary

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


def a_tally(flagged: list[tuple[str, str, str, int]]) -> Tally:
    """Of 1,000 lines of one corpus on two days those with outcome, day, text and number of lines."""
    tally, place = Tally(), {"kind": "terms", "corpus": "A", "half": HALVES[0], "mode": "export"}
    for day in ("2026-01-01", "2026-01-02"):
        mine = [(outcome, text, lines) for outcome, on, text, lines in flagged if on == day]
        counts = [*((outcome, lines) for outcome, _, lines in mine), ("clear", 1000 - sum(lines for *_, lines in mine))]
        constants = [pl.lit(value).alias(name) for name, value in {**place, "day": day}.items()]
        told = pl.DataFrame(mine, schema={"outcome": pl.String, "description": pl.String, "lines": pl.UInt32}, orient="row")
        tally.counts.append(
            pl.DataFrame(counts, schema={"outcome": pl.String, "lines": pl.UInt32}, orient="row").select(*constants, "*")
        )
        tally.texts.append(told.select(*constants, "*"))
    return tally


def test_a_flag_is_false_by_the_verdict_of_its_text_and_until_it_has_one() -> None:
    of_verdict = dict(judged().unique("verdict").select("verdict", "text").iter_rows())
    tally = a_tally(
        [
            ("hold", "2026-01-01", of_verdict["listed"], 5),
            ("hold", "2026-01-01", of_verdict["open"].upper(), 2),
            ("review", "2026-01-01", of_verdict["open"], 4),
            ("review", "2026-01-02", of_verdict["false"], 3),
            ("review", "2026-01-02", "a text that nobody has read", 1),
        ]
    )
    found = rates(tally).row(0, named=True)
    assert (found["hold"], found["false_hold"]) == (0.007, 0.002)
    assert (found["review"], found["false_review"]) == (0.004, 0.004)  # each the worst of the two days
    assert (found["lines"], found["false"], found["unread"]) == (1000, 2, 1)
    assert rates(tally)["corpus"].to_list() == ["A", "**all terms**"]


def test_the_summary_says_whether_innocent_lines_keep_to_the_goal() -> None:
    listed = judged().filter(pl.col("verdict") == "listed")["text"][0]
    assert summary(rates(a_tally([("hold", "2026-01-01", listed, 5)]))).endswith(": kept.\n")
    strict = summary(rates(a_tally([("hold", "2026-01-01", "nobody has read this", 5)])))
    assert "5.00 of at most 0.1 hold" in strict
    assert "5.00 / 0 (0 + 1?)" in strict
    assert strict.endswith(": not kept.\n")


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
