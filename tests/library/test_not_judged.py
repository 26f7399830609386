"""Lines that lack the same share one gap; written out they are the rules that were not judged on each line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

if TYPE_CHECKING:
    from screening import Screener


def test_lines_of_a_run_share_their_gaps(screener: Screener) -> None:
    run = screener.screen([{"description": f"steel screws, box {number}"} for number in range(300)])
    assert run.gaps["gap"].n_unique() == 1
    assert run.not_judged.height == 300 * run.gaps.height > 300
    assert run.not_judged.equals(run.not_judged.sort("line", "rule"))


def test_asked_for_some_lines(screener: Screener) -> None:
    run = screener.screen([{"description": "steel screws", "hs_code": code} for code in ("731815", None, "731815", None)])
    some = run.not_judged_on(pl.Series([2, 3, 999], dtype=pl.UInt32))
    assert some["line"].unique().to_list() == [2, 3]
    assert some.equals(run.not_judged.filter(pl.col("line").is_in([2, 3])))
    told = {line: set(run.not_judged_on(pl.Series([line], dtype=pl.UInt32))["rule"]) for line in (1, 2)}
    assert told[1] < told[2]


def test_counts_agree_with_the_rows(screener: Screener) -> None:
    run = screener.screen([{"description": "steel screws", "net_kg": mass} for mass in (1, None, 2)])
    counted = dict(run.rules.filter(pl.col("not_judged") > 0).select("id", "not_judged").iter_rows())
    assert counted == dict(run.not_judged.group_by("rule").len().iter_rows())
