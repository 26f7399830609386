"""The samples give the results that stand beside them, and the documented cases are found for the documented reason.

Golden results are one line a flagged line: line number, outcome, score, and the rules that hit. After a wanted change of content:

    GOLDEN=write pytest tests/samples/test_golden.py    # then read the diff
"""

from __future__ import annotations

import csv
import datetime as dt
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
import yaml

from screening import Screener, ScreeningRun

SAMPLES = Path(__file__).parents[2] / "samples"
TODAY = dt.date(2026, 11, 21)
CASES: dict[str, dict[str, Any]] = {
    case["id"]: case for case in yaml.safe_load((SAMPLES / "cases.yaml").read_text(encoding="utf-8"))["cases"]
}
FLAGGED = ("hold", "review")
Run = Callable[[str], ScreeningRun]


@pytest.fixture(scope="module")
def run() -> Run:
    screener = Screener()
    done: dict[str, ScreeningRun] = {}

    def screened(name: str) -> ScreeningRun:
        if name not in done:
            done[name] = screener.screen(SAMPLES / name, today=TODAY)
        return done[name]

    return screened


def told(run: ScreeningRun) -> list[str]:
    rules = run.hits.sort("line", "rule").group_by("line", maintain_order=True).agg(pl.col("rule") + " " + pl.col("action"))
    lines = run.lines.join(rules, on="line", how="left", maintain_order="left").filter(pl.col("outcome") != "clear")
    return [
        f"{line}\t{outcome}\t{score:.1f}\t{'; '.join(hits or [])}"
        for line, outcome, score, hits in lines.select("line", "outcome", "score", "rule").iter_rows()
    ]


@pytest.mark.parametrize(
    "name",
    ["documented-cases.xlsx", "documented-cases-zh.xlsx", "innocent.csv", "mixed-deliveries.xlsx", "export-declaration.xml"],
)
def test_golden(run: Run, name: str) -> None:
    path = SAMPLES / "golden" / f"{Path(name).stem}.tsv"
    found = told(run(name))
    if os.environ.get("GOLDEN") == "write":
        path.write_text("\n".join(["line\toutcome\tscore\trules", *found, ""]), encoding="utf-8")
    assert path.read_text(encoding="utf-8").splitlines()[1:] == found


def by_case(run: ScreeningRun) -> pl.DataFrame:
    """``line, case, number`` (of the line within its case, per input order), ``outcome`` of a case workbook."""
    lines = run.lines
    names = [c for c in lines.columns if c.startswith("extra.") and ("case" in c.lower() or "案例" in c)]
    found = lines.select("line", "outcome", case=pl.coalesce(names)).drop_nulls("case")
    return found.with_columns(number=pl.int_range(pl.len()).over("case"))


def families(run: ScreeningRun, line: int, actions: tuple[str, ...] = ("note", "review", "hold")) -> set[str]:
    return set(run.hits.filter(pl.col("line") == line, pl.col("action").is_in(actions))["family"])


@pytest.mark.parametrize("name", ["documented-cases.xlsx", "documented-cases-zh.xlsx"])
@pytest.mark.parametrize("case", [c for c in CASES.values() if c.get("lines")], ids=lambda c: c["id"])
def test_a_documented_case_is_found_for_its_reason(run: Run, name: str, case: dict[str, Any]) -> None:
    result = run(name)
    lines = by_case(result).filter(pl.col("case") == case["id"])
    assert lines.height == len(case["lines"])
    for line, outcome, spec in zip(lines["line"], lines["outcome"], case["lines"], strict=True):
        wanted = set(spec.get("families") or case["families"])
        if case["expected"] in ("flag", "flag_set_only") and spec.get("role") != "baseline":
            assert outcome in FLAGGED, f"line {line} of {case['id']} is {outcome}"
            assert families(result, line) & wanted
        if case["expected"] == "flag_set_only" and spec.get("role") != "baseline":
            groups = result.hits.filter(pl.col("line") == line, pl.col("group").is_not_null())
            assert groups.height, f"no rule over lines speaks on line {line} of {case['id']}"
        if case["expected"] == "flag_policy_only":
            assert families(result, line) & wanted


def test_nothing_innocent_is_held_and_hardly_anything_reviewed(run: Run) -> None:
    counts = run("innocent.csv").counts
    assert counts["hold"] == 0
    assert counts["review"] <= 0.005 * counts["lines"]


def test_planted_cases_are_found_among_real_deliveries(run: Run) -> None:
    result = run("mixed-deliveries.xlsx")
    lines = result.lines
    outcome = dict(lines.select("row", "outcome").iter_rows())
    with (SAMPLES / "mixed-deliveries.oracle.csv").open(encoding="utf-8", newline="") as file:
        planted = {int(row["row"]): row["case"] for row in csv.DictReader(file)}
    missed = [case for row, case in planted.items() if CASES[case]["expected"] == "flag" and outcome[row] not in FLAGGED]
    assert not missed
    others = lines.filter(~pl.col("row").is_in(list(planted)))
    assert others.filter(pl.col("outcome") == "hold").is_empty()
    assert others.filter(pl.col("outcome") == "review").height <= 0.005 * others.height


def test_every_row_of_every_sample_is_accounted_for(run: Run) -> None:
    for name in ("documented-cases.xlsx", "documented-cases-zh.xlsx", "innocent.csv", "mixed-deliveries.xlsx"):
        result = run(name)
        sheets = [sheet for reading in result.inputs for sheet in reading.sheets]
        assert sum(sheet.lines for sheet in sheets) == result.counts["lines"]
        assert sum(sheet.rejects for sheet in sheets) == result.counts["rejects"]
        assert sum(result.counts[outcome] for outcome in ("hold", "review", "not_judged", "clear")) == result.counts["lines"]
