"""Rules over lines: windows are exact, the order of lines changes nothing, unknown keys are not judged."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from screening.content.models import Group
from screening.judge.groups import finish

if TYPE_CHECKING:
    import random

START = dt.date(2026, 1, 1)
SCHEMA = {
    "line": pl.UInt32,
    "day": pl.Date,
    "key": pl.String,
    "takes_part": pl.Boolean,
    "shipment": pl.String,
    "net_kg": pl.Float64,
}
rows = st.lists(
    st.tuples(st.integers(0, 40), st.sampled_from(["a", "b"]), st.sampled_from([1.0, 4.0, 9.0])), min_size=0, max_size=25
)


def members(entries: list[tuple[int, str, float]]) -> pl.DataFrame:
    return pl.DataFrame(
        [(i, START + dt.timedelta(days=d), key, True, None, kg) for i, (d, key, kg) in enumerate(entries, 1)],
        schema=SCHEMA,
        orient="row",
    )


def lines_of(found: pl.DataFrame) -> set[int]:
    return set(found["line"].to_list())


@given(rows, st.integers(1, 15), st.integers(2, 4))
def test_a_window_marks_exactly_the_lines_of_windows_that_reach_the_totals(
    entries: list[tuple[int, str, float]], days: int, least: int
) -> None:
    group = Group(kind="window", by=["shipper_name"], days=days, having={"lines": {"gte": least}, "net_kg": {"gte": 10}})
    expected: set[int] = set()
    for start in range(-days, 41):
        for key in "ab":
            inside = [i for i, (d, k, _) in enumerate(entries, 1) if k == key and start <= d < start + days]
            if len(inside) >= least and sum(entries[i - 1][2] for i in inside) >= 10:
                expected.update(inside)
    found, unjudged = finish("r", group, members(entries))
    assert lines_of(found) == expected
    assert unjudged.height == 0


@given(rows, st.randoms(use_true_random=False))
def test_the_order_of_lines_changes_nothing(entries: list[tuple[int, str, float]], shuffler: random.Random) -> None:
    group = Group(kind="window", by=["shipper_name"], days=7, having={"lines": {"gte": 2}})
    frame = members(entries)
    order = list(range(frame.height))
    shuffler.shuffle(order)
    assert finish("r", group, frame)[0].equals(finish("r", group, frame[order])[0])


def test_without_days_the_whole_run_counts_and_distinct_values_can_be_asked() -> None:
    frame = members([(0, "a", 1), (30, "a", 1), (5, "b", 1), (6, "b", 1)]).with_columns(
        consignee_name=pl.Series(["x", "y", "z", "z"])
    )
    group = Group(kind="window", by=["consignee_address"], having={"distinct.consignee_name": {"gte": 2}})
    assert lines_of(finish("r", group, frame)[0]) == {1, 2}


def test_a_line_without_key_or_day_is_not_judged() -> None:
    frame = members([(0, "a", 5), (1, "a", 5), (2, "a", 5)]).with_columns(
        key=pl.Series(["a", None, "a"]), day=pl.Series([START, START, None], dtype=pl.Date)
    )
    group = Group(kind="window", by=["shipper_name"], days=7, having={"lines": {"gte": 2}})
    found, unjudged = finish("r", group, frame)
    assert lines_of(found) == set()
    assert lines_of(unjudged) == {2, 3}


def surge(entries: list[tuple[int, float]]) -> tuple[set[int], set[int]]:
    group = Group(kind="surge", by=["hs6"], days=90, back_days=365, of="net_kg", ratio={"gte": 3}, at_least=1000)
    found, unjudged = finish("r", group, members([(d, "lane", kg) for d, kg in entries]))
    return lines_of(found), lines_of(unjudged)


def test_a_surge_is_three_times_the_same_window_a_year_before() -> None:
    assert surge([(0, 100), (30, 200), (370, 600), (390, 600)]) == ({4}, set())
    assert surge([(0, 900), (370, 1500)]) == (set(), set())


def test_a_lane_without_a_year_before_is_not_judged() -> None:
    assert surge([(370, 600), (390, 600)]) == (set(), {2})


def passing(legs: list[tuple[int, str, str, float, float]]) -> pl.DataFrame:
    frame = members([(d, "2825", kg) for d, _, _, kg, _ in legs]).with_columns(
        leaves_from=pl.Series([leg[1] for leg in legs]),
        destination_country=pl.Series([leg[2] for leg in legs]),
        unit_price_usd_kg=pl.Series([leg[4] for leg in legs]),
    )
    group = Group(kind="pass_through", by=["hs4"], between_days=[3, 60], of="net_kg", within=0.03)
    return finish("r", group, frame)[0]


def test_goods_that_pass_through_a_country_mark_both_legs() -> None:
    found = passing([(0, "CN", "TH", 20000, 35), (28, "TH", "US", 19980, 38), (28, "TH", "DE", 5000, 38)])
    assert lines_of(found) == {1, 2}
    assert found["group"].n_unique() == 1


def test_no_pass_through_back_to_the_origin_too_soon_or_of_another_mass() -> None:
    assert not passing([(0, "CN", "TH", 100, 1), (10, "TH", "CN", 100, 1)]).height
    assert not passing([(0, "CN", "TH", 100, 1), (2, "TH", "US", 100, 1)]).height
    assert not passing([(0, "CN", "TH", 100, 1), (10, "TH", "US", 96, 1)]).height


def test_a_price_far_off_its_group_is_an_outlier() -> None:
    prices = [9.0, 9.5, 10.0, 10.0, 10.5, 11.0, 10.2, 9.8, 200.0]
    frame = members([(0, "850511", p) for p in prices]).rename({"net_kg": "unit_price_usd_kg"})
    group = Group(kind="outlier", by=["hs6"], of="unit_price_usd_kg", min_lines=8, z=3.5)
    assert lines_of(finish("r", group, frame)[0]) == {9}
    assert lines_of(finish("r", group, frame.head(7))[0]) == set()


def test_a_fence_lies_so_many_interquartile_ranges_beyond_the_quartiles() -> None:
    # quartiles of 10 … 18 are 12 and 16: the fences of 1.5 lie at 6 and 22
    group = Group(kind="outlier", by=["hs6"], of="net_kg", min_lines=8, fence=1.5)
    ordinary = [10.0, 11.0, 12.0, 13.0, 14.0, 15.0, 16.0, 17.0, 18.0]
    assert lines_of(finish("r", group, members([(0, "a", kg) for kg in ordinary]))[0]) == set()
    found, _ = finish("r", group, members([(0, "a", kg) for kg in [*ordinary, 60.0]]))
    assert lines_of(found) == {10}
    assert lines_of(finish("r", group, members([(0, "a", kg) for kg in [10.0, 11.0, 60.0]]))[0]) == set()


FIRST = Group(kind="first", by=["shipper_name", "hs4"], back_days=20, of="net_kg", at_least=0.5, min_lines=3)


def test_a_first_lot_is_heavier_than_others_and_has_none_of_its_key_before() -> None:
    frame = members([(0, "a\x1f8505", 4), (5, "a\x1f8505", 1), (30, "b\x1f8505", 9), (30, "c\x1f8505", 1), (24, "a\x1f8505", 9)])
    found, unjudged = finish("r", FIRST, frame)
    assert lines_of(found) == {3}  # c is light, a was here nineteen days before
    assert lines_of(unjudged) == set()
    assert values(found, 3)["group.ratio"] == 9 / 4


@given(rows)
def test_first_lots_are_those_a_plain_reading_finds(entries: list[tuple[int, str, float]]) -> None:
    entries = [(day, f"{key}\x1f8505", kg) for day, key, kg in entries]
    masses = sorted(kg for _, _, kg in entries)
    begin = min((day for day, _, _ in entries), default=0)
    firsts, open_ = set(), set()
    for line, (day, key, kg) in enumerate(entries, 1):
        place = (len(masses) - 1) / 2
        middle = (masses[int(place)] + masses[math.ceil(place)]) / 2
        if len(masses) < 3 or kg <= middle or any(k == key and 0 < day - d <= 20 for d, k, _ in entries):
            continue
        (firsts if day - begin >= 20 else open_).add(line)
    found, unjudged = finish("r", FIRST, members(entries))
    assert (lines_of(found), lines_of(unjudged)) == (firsts, open_)


def test_an_empty_frame_has_no_members() -> None:
    for group in (
        Group(kind="window", by=["hs6"], days=5, having={"lines": {"gte": 2}}),
        Group(kind="window", by=["hs6"], having={"lines": {"gte": 2}}),
        Group(kind="surge", by=["hs6"], ratio={"gte": 3}),
    ):
        found, unjudged = finish("r", group, members([]))
        assert (found.height, unjudged.height) == (0, 0)


def values(found: pl.DataFrame, line: int) -> dict[str, Any]:
    return found.filter(pl.col("line") == line).row(0, named=True)


def test_totals_and_days_of_a_group_are_told() -> None:
    group = Group(kind="window", by=["shipper_name"], days=14, having={"lines": {"gte": 3}, "net_kg": {"gte": 10}})
    found, _ = finish("r", group, members([(0, "a", 4), (3, "a", 4), (6, "a", 4)]))
    told = values(found, 1)
    assert (told["group.lines"], told["group.total"]) == (3, 12.0)
    assert (told["group.first"], told["group.last"]) == (START, START + dt.timedelta(days=6))


def test_a_group_may_add_up_to_more_than_all_lines_where_values_are_negative() -> None:
    group = Group(kind="window", by=["shipper_name"], having={"net_kg": {"gte": 5}})
    found, _ = finish("r", group, members([(1, "a", 4.0), (2, "a", 4.0), (3, "b", -9.0)]))
    assert lines_of(found) == {1, 2}
