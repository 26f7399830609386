"""What ``import screening`` offers, and that every way in gives the same answer."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import json
import subprocess
import sys
import threading
from pathlib import Path

import openpyxl
import polars as pl
import pytest

import screening
from screening import Screener
from screening.results import DERIVED, EVIDENCE_COLUMNS, HIT_COLUMNS, RULE_COLUMNS
from screening.terms import COLUMNS, OUTCOMES, SOURCE_COLUMNS

ROOT = Path(__file__).parents[2]
REJECTS = {"file": pl.String, "sheet": pl.String, "row": pl.UInt32, "reason": pl.String, "cells": pl.List(pl.String)}
NOT_JUDGED = {"line": pl.UInt32, "rule": pl.String, "missing": pl.List(pl.String)}
SHIPMENTS = {
    "id": pl.String,
    "outcome": pl.String,
    "score": pl.Float64,
    "lines": pl.List(pl.UInt32),
    "containers": pl.List(pl.String),
}


def test_the_public_names():
    assert screening.__all__ == sorted(screening.__all__)
    assert set(dir(screening)) == set(screening.__all__)
    for name in screening.__all__:
        assert getattr(screening, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = screening.nothing
    raised = [getattr(screening, name) for name in screening.__all__ if name.endswith("Error")]
    assert all(issubclass(error, screening.ScreeningError) for error in raised)


def test_an_import_costs_nothing():
    code = "import sys, screening; print([m for m in ('polars', 'yaml', 'pydantic', 'typer', 'openpyxl') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# -- frames --------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sample(screener, samples, today):
    return screener.screen(samples / "documented-cases.xlsx", today=today)


@pytest.mark.parametrize("empty", [False, True])
def test_frames_have_the_documented_columns(sample, screener, empty):
    run = screener.screen([{"description": "Leather shoes"}]) if empty else sample
    lines = dict(run.lines.schema)
    assert list(lines)[: len(SOURCE_COLUMNS) + len(COLUMNS)] == [*SOURCE_COLUMNS, *COLUMNS]
    assert {name: lines[name] for name in DERIVED} == DERIVED
    rest = set(lines) - {*SOURCE_COLUMNS, *COLUMNS, *DERIVED}
    assert {name for name in rest if not name.startswith(("raw.", "extra."))} == {"shipment", "outcome", "score", "stands_on"}
    assert (lines["line"], lines["row"], lines["score"]) == (pl.UInt32, pl.UInt32, pl.Float64)
    assert dict(run.hits.schema) == HIT_COLUMNS
    assert dict(run.evidence.schema) == EVIDENCE_COLUMNS
    assert dict(run.rules.schema) == RULE_COLUMNS
    assert dict(run.rejects.schema) == REJECTS
    assert dict(run.shipments.schema) == SHIPMENTS
    assert {name: run.not_judged.schema[name] for name in NOT_JUDGED} == NOT_JUDGED


def test_frames_are_sorted_and_refer_to_each_other(sample):
    assert sample.lines["line"].to_list() == list(range(1, sample.counts["lines"] + 1))
    for frame, order in [
        (sample.hits, ["line", "rule", "id"]),
        (sample.evidence, ["line", "rule", "hit", "position"]),
        (sample.not_judged, ["line", "rule"]),
        (sample.rules, ["id"]),
        (sample.watchlists, ["id"]),
    ]:
        assert frame.equals(frame.sort(order, maintain_order=True))
    hits = sample.hits.select("line", "rule", "id")
    assert sample.evidence.join(hits, left_on=["line", "rule", "hit"], right_on=["line", "rule", "id"], how="anti").is_empty()
    assert hits.join(sample.evidence, left_on=["line", "id"], right_on=["line", "hit"], how="anti").is_empty()
    known = sample.rules.select(rule="id")
    assert hits.join(known, on="rule", how="anti").is_empty()
    assert sample.not_judged.join(known, on="rule", how="anti").is_empty()
    assert sample.hits["id"].is_unique().all()
    assert sample.hits["id"].str.contains("^[0-9a-f]{16}$").all()


def test_counts_add_up(sample):
    counts = sample.counts
    assert sum(counts[outcome] for outcome in OUTCOMES) == counts["lines"] == sample.lines.height
    for outcome in OUTCOMES:
        assert sample.lines.filter(pl.col("outcome") == outcome).height == counts[outcome]
    assert counts["hits"] == sample.hits.height == sample.rules["hits"].sum()
    assert counts["rejects"] == sample.rejects.height
    assert counts["shipments"] == sample.shipments.height
    rules = sample.rules.with_columns(total=pl.col("judged") + pl.col("not_judged"))
    assert (rules["total"] == counts["lines"]).all()
    per_rule = dict(sample.not_judged.group_by("rule").len().iter_rows())
    assert {name: number for name, number in rules.select("id", "not_judged").iter_rows() if number} == per_rule


def test_outcomes_follow_from_hits(sample):
    actions = sample.hits.group_by("line").agg(pl.col("action").unique())
    by_line = {line: set(found) for line, found in actions.iter_rows()}
    for line, outcome, score in sample.lines.select("line", "outcome", "score").iter_rows():
        found = by_line.get(line, set())
        assert (score > 0) == bool(found)
        if outcome == "clear":
            assert found <= {"note"}
        if outcome == "hold":
            assert found & {"hold", "review"}


def test_a_shipment_is_as_bad_as_its_worst_line(screener, lines):
    run = screener.screen(lines)
    outcomes = dict(run.lines.select("line", "outcome").iter_rows())
    for shipment in run.shipments.iter_rows(named=True):
        worst = min(OUTCOMES.index(outcomes[line]) for line in shipment["lines"])
        assert shipment["outcome"] == OUTCOMES[worst]
    assert run.shipments["id"].to_list() == ["HB-1", "HB-2"]
    assert run.shipments["lines"].to_list() == [[1, 3], [4, 5]]


# -- ways in -------------------------------------------------------------------------------------------------------------


def told(run):
    return [
        frame.drop([name for name in ("file", "sheet", "row") if name in frame.columns]).rows()
        for frame in (run.lines.select("line", *COLUMNS, "outcome", "score"), run.hits, run.evidence, run.not_judged)
    ]


def as_texts(lines):
    columns = list(dict.fromkeys(name for line in lines for name in line))
    cells = [["; ".join(v) if isinstance(v := line.get(name, ""), list) else str(v) for name in columns] for line in lines]
    return [columns, *cells]


@pytest.fixture
def ways(lines, tmp_path):
    rows = as_texts(lines)
    with (tmp_path / "lines.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    workbook = openpyxl.Workbook()
    for row in rows:
        workbook.active.append(row)
    workbook.save(tmp_path / "lines.xlsx")
    workbook.close()
    (tmp_path / "lines.json").write_text(json.dumps(lines), encoding="utf-8")
    (tmp_path / "lines.jsonl").write_text("\n".join(map(json.dumps, lines)), encoding="utf-8")
    frame = pl.DataFrame(lines, infer_schema_length=None)
    frame.write_parquet(tmp_path / "lines.parquet")
    return {
        "dicts": lines,
        "frame": frame,
        "lazy frame": frame.lazy(),
        "csv": tmp_path / "lines.csv",
        "xlsx": [str(tmp_path / "lines.xlsx")],
        "json": tmp_path / "lines.json",
        "jsonl": tmp_path / "lines.jsonl",
        "parquet": tmp_path / "lines.parquet",
    }


@pytest.mark.slow
def test_every_way_in_gives_the_same_lines_hits_and_digest(screener, ways, today):
    runs = {name: screener.screen(way, today=today) for name, way in ways.items()}
    first = runs["dicts"]
    assert {outcome for outcome in OUTCOMES if first.counts[outcome]} >= {"hold", "review", "not_judged"}
    for name, run in runs.items():
        assert told(run) == told(first), name
        assert run.meta.digest == first.meta.digest, name
        assert run.counts == first.counts, name


def test_two_files_are_one_run(screener, ways):
    run = screener.screen([ways["csv"], *ways["xlsx"]])
    single = screener.screen(ways["csv"])
    assert run.counts["lines"] == 2 * single.counts["lines"]
    assert run.lines["line"].to_list() == list(range(1, run.counts["lines"] + 1))
    assert [Path(reading.path).name for reading in run.inputs] == ["lines.csv", "lines.xlsx"]


def test_a_line_is_screened_as_a_manifest_is(screener, lines):
    for line in lines[:4]:
        result, run = screener.screen_line(line), screener.screen([line])
        outcome, score, stands_on = run.lines.select("outcome", "score", "stands_on").row(0)
        assert (result.outcome, result.score, result.stands_on) == (outcome, score, stands_on)
        assert [hit["id"] for hit in result.hits] == run.hits["id"].to_list()
        assert [hit["reason"] for hit in result.hits] == run.hits["reason"].to_list()
        assert [len(hit["evidence"]) for hit in result.hits] == [
            run.evidence.filter(pl.col("hit") == ident).height for ident in run.hits["id"]
        ]
        assert result.not_judged == run.not_judged.drop("line").to_dicts()
        assert dataclasses.is_dataclass(result)


@pytest.mark.parametrize("line", [{"description": "shoes", "net_kg": None}, {"description": None, "hs_code": "6403990090"}])
def test_a_line_may_hold_nothing_in_places(screener, line):
    assert screener.screen_line(line).outcome in OUTCOMES


def test_a_line_that_holds_nothing_is_no_clear_line(screener):
    for line in ({"net_kg": 3}, {"description": ""}, {"description": "-"}, {"description": None}):
        assert screener.screen_line(line).outcome == "not_judged"


@pytest.mark.parametrize("line", [{}, {"colour": "red"}, "shoes", 3, None, [("description", "shoes")]])
def test_a_line_that_is_none(screener, line):
    with pytest.raises(screening.ScreeningError):
        screener.screen_line(line)


@pytest.mark.parametrize("manifest", [3, None, [], [3], object(), b"lines.csv", {"description": "shoes"}])
def test_a_manifest_that_is_none(screener, manifest):
    with pytest.raises(screening.ScreeningError) as caught:
        screener.screen(manifest)
    assert "\n" not in str(caught.value)


def test_an_empty_frame_is_an_empty_run(screener):
    run = screener.screen(pl.DataFrame(schema={"description": pl.String, "hs_code": pl.String}))
    assert run.counts["lines"] == 0
    assert run.lines.height == 0
    assert run.worst == "clear"


# -- settings ------------------------------------------------------------------------------------------------------------


def statuses(run):
    return run.hits.filter(pl.col("item_code") == "1C905.b")["status"].to_list()


def test_the_day_given_comes_before_the_line_s_own(screener, lines):
    assert statuses(screener.screen(lines[:1])) == ["in_force"]
    for day in ("2025-04-03", dt.date(2025, 4, 3)):
        run = screener.screen(lines[:1], as_of=day)
        assert statuses(run) == ["not_yet"]
        assert run.lines["line_date"].unique().to_list() == [dt.date(2025, 4, 3)]
        assert run.meta.as_of == dt.date(2025, 4, 3)
    assert screener.screen_line(lines[0], as_of="2025-04-03").hits[0]["status"] == "not_yet"


def test_the_line_s_day(screener):
    def day(**dates):
        return screener.screen([{"description": "glue", **dates}], today=dt.date(2026, 1, 1)).lines["line_date"][0].isoformat()

    assert day(declaration_date="2025-03-01", ship_date="2025-04-01") == "2025-03-01"
    assert day(ship_date="2025-04-01") == "2025-04-01"
    assert day() == "2026-01-01"


@pytest.mark.parametrize("day", ["2025-04-03", dt.date(2025, 4, 3), dt.datetime(2025, 4, 3, 23, 59)])
def test_a_day_may_be_given_as_a_text_a_date_or_a_time(screener, day):
    assert screener.screen([{"description": "glue"}], today=day).lines["line_date"].to_list() == [dt.date(2025, 4, 3)]
    assert screener.screen([{"description": "glue"}], as_of=day).meta.as_of == dt.date(2025, 4, 3)


@pytest.mark.parametrize(
    "options",
    [
        *({"as_of": day} for day in ("soon", 20250403, b"2025-04-03", ["2025-04-03"], "")),
        *({"today": day} for day in ("soon", 46115, "")),
        *({"defaults": given} for given in ({"colour": "red"}, {"net_kg": "heavy"}, {"net_kg": None}, ["net_kg"])),
        *({"columns": given} for given in ("mapping.yaml", {"Weight": "net_kg"})),
    ],
)
def test_settings_that_make_no_sense(screener, lines, options):
    with pytest.raises(screening.UsageError):
        screener.screen(lines, **options)


def test_defaults_fill_empty_cells_only(screener):
    run = screener.screen([{"description": "a", "export_country": "DE"}, {"description": "b"}], defaults={"export_country": "CN"})
    assert run.lines["export_country"].to_list() == ["DE", "CN"]
    assert run.meta.settings["defaults"] == {"export_country": "CN"}


def test_defaults_may_be_numbers_and_days(screener):
    run = screener.screen([{"description": "a"}], defaults={"net_kg": 12.5, "ship_date": dt.date(2026, 3, 1)})
    assert run.lines.select("net_kg", "ship_date").row(0) == (12.5, dt.date(2026, 3, 1))
    assert run.meta.settings["defaults"] == {"net_kg": "12.5", "ship_date": "2026-03-01"}


def test_progress_tells_every_stage(screener, lines):
    told = []
    screener.screen(lines, progress=lambda stage, count: told.append((stage, count)))
    assert told == [("read", len(lines)), ("judge", len(lines))]


def test_without_the_shipped_rules_there_is_nothing_to_look_for():
    with pytest.raises(screening.UsageError, match="nothing to look for"):
        Screener(shipped=False)


@pytest.mark.parametrize("given", [{"rules": 5}, {"watchlists": [b"lists"]}, {"law": {}}, {"waivers": 1.5}])
def test_a_path_that_is_none(given):
    with pytest.raises(screening.UsageError, match="is a text or a Path, not"):
        Screener(**given)


@pytest.mark.parametrize("folder", ["nowhere", ["nowhere"], Path("nowhere")])
def test_content_that_is_not_there(folder):
    with pytest.raises(screening.ContentError, match="does not exist"):
        Screener(rules=folder)


# -- behaviour of the object ---------------------------------------------------------------------------------------------


def test_the_library_prints_nothing(screener, lines, ways, capfd, tmp_path):
    run = screener.screen(ways["csv"])
    for name in ("a.xlsx", "a.html", "a.json", "a.jsonl", "a.csv", "a.parquet", "a.lines.csv", "a.lines.parquet"):
        run.write(tmp_path / name)
    screener.screen_line(lines[0])
    captured = capfd.readouterr()
    assert (captured.out, captured.err) == ("", "")


def in_threads(screener, lines, today):
    found, start = [], threading.Barrier(3)

    def work():
        start.wait()
        try:
            found.extend(screener.screen(lines, today=today).meta.digest for _ in range(2))
        except Exception as error:
            found.append(repr(error))

    threads = [threading.Thread(target=work) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def test_one_screener_in_several_threads(screener, lines, today):
    lines = lines[:3]
    expected = screener.screen(lines, today=today).meta.digest
    assert in_threads(screener, lines, today) == [expected] * 6


@pytest.mark.slow
def test_a_fresh_screener_in_several_threads(screener, lines, today):
    lines = lines[:3]
    expected = screener.screen(lines, today=today).meta.digest
    assert in_threads(Screener(), lines, today) == [expected] * 6


@pytest.mark.slow
def test_content_from_files_and_from_the_snapshot_is_the_same(lines, today, tmp_path):
    from screening.content import snapshot

    files = snapshot._from_files()
    (tmp_path / "content.json").write_text(snapshot._dump(files), encoding="utf-8")
    restored = snapshot._restore((tmp_path / "content.json").read_text(encoding="utf-8"))
    runs = [Screener.of(content).screen(lines, today=today) for content in (files, restored)]
    assert told(runs[0]) == told(runs[1])
    assert runs[0].meta.digest == runs[1].meta.digest


def test_a_screener_remembers_nothing(screener, lines, today):
    lines = lines[:3]
    first = screener.screen(lines, today=today)
    screener.screen(list(reversed(lines)), today=today, as_of="2025-01-01")
    again = screener.screen(lines, today=today)
    assert told(again) == told(first)
    assert again.meta.digest == first.meta.digest


def test_words_of_names_asked_about_are_not_kept_for_ever(monkeypatch):
    monkeypatch.setattr("screening.parties.match._MOST_LEARNED", 10)
    screener = Screener()
    first, listed = screener.parties, "ITOCHU AVIATION CO LTD"
    found = [screener.match_parties([f"Nobody {n:x} Trading", listed]) for n in range(1000, 1040)]
    assert screener.parties is not first
    assert screener.parties.listed == first.listed
    assert all(set(table["query"]) == {listed} for table in found)


def test_the_manifest_given_is_not_changed(screener, lines):
    lines = lines[:2]
    before = json.dumps(lines)
    frame = pl.DataFrame(lines, infer_schema_length=None)
    copy = frame.clone()
    screener.screen(lines)
    screener.screen(frame)
    assert json.dumps(lines) == before
    assert frame.equals(copy)
