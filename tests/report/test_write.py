"""What every format has in common: the suffix chooses it, the file is whole or absent, and it opens again."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from screening import report
from screening.errors import ReportError
from screening.report import SUFFIXES, jsonfile, workbook, write

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from screening.results import ScreeningRun

LANGUAGES = ["en", "zh", "both"]


@pytest.mark.parametrize("suffix", SUFFIXES)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_format_is_written_for_every_run(any_run: ScreeningRun, tmp_path: Path, suffix: str, language: str):
    target = tmp_path / f"out{suffix}"
    assert write(any_run, target, language=language) == target.resolve()
    assert target.stat().st_size > 0 or (suffix == ".jsonl" and not any_run.hits.height)
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


@pytest.mark.parametrize("suffix", [".jsonl", ".csv", ".lines.csv", ".json", ".html", ".parquet"])
def test_the_same_run_gives_the_same_bytes(run: ScreeningRun, tmp_path: Path, suffix: str):
    one, two = (write(run, tmp_path / f"{name}{suffix}").read_bytes() for name in "ab")
    assert one == two


@pytest.mark.parametrize("name", ["out.pdf", "out", "xlsx", ".lines"])
def test_an_unknown_suffix_names_the_known_ones(run: ScreeningRun, tmp_path: Path, name: str):
    with pytest.raises(ReportError, match=r"names no format.*\.xlsx"):
        write(run, tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_outputs_are_refused_before_a_long_screening(tmp_path: Path):
    (tmp_path / "a.csv").write_text("mine")
    report.check_targets([tmp_path / "b.csv", tmp_path / "b.html"], [str(tmp_path / "a.csv"), "-"])
    for bad in ("a.csv", "b.doc", "no/b.csv"):
        with pytest.raises(ReportError):
            report.check_targets([tmp_path / bad], [str(tmp_path / "a.csv")])


def test_the_suffix_may_be_written_large(run: ScreeningRun, tmp_path: Path):
    assert json.loads(write(run, tmp_path / "OUT.JSON").read_bytes())
    assert report.suffix_of("A.LINES.CSV") == ".lines.csv"


def test_an_unknown_language_is_refused(run: ScreeningRun, tmp_path: Path):
    with pytest.raises(ReportError, match="en, zh, both"):
        write(run, tmp_path / "a.json", language="fr")


def test_a_missing_folder_is_named(run: ScreeningRun, tmp_path: Path):
    with pytest.raises(ReportError, match="does not exist"):
        write(run, tmp_path / "no" / "a.json")


@pytest.mark.parametrize("name", ["x" * 300 + ".json", "nul\0.json"])
def test_an_impossible_name_is_one_sentence(run: ScreeningRun, tmp_path: Path, name: str):
    with pytest.raises(ReportError, match="Cannot write the report"):
        write(run, f"{tmp_path}/{name}")


def test_a_folder_is_no_report(run: ScreeningRun, tmp_path: Path):
    (tmp_path / "a.json").mkdir()
    with pytest.raises(ReportError, match="is a folder"):
        write(run, tmp_path / "a.json")


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_rights_is_one_sentence(run: ScreeningRun, tmp_path: Path):
    tmp_path.chmod(0o500)
    with pytest.raises(ReportError, match="rights"):
        write(run, tmp_path / "a.json")


@pytest.mark.parametrize("link", ["same", "relative", "symlink", "hardlink"])
def test_a_manifest_is_never_overwritten(run: ScreeningRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, link: str):
    monkeypatch.chdir(tmp_path)
    manifest = tmp_path / "demo" / "october.xlsx"
    manifest.parent.mkdir()
    manifest.write_bytes(b"mine")
    target: object = manifest
    if link == "relative":
        target = "demo/../demo/october.xlsx"
    elif link != "same":
        target = tmp_path / "other.xlsx"
        (os.symlink if link == "symlink" else os.link)(manifest, tmp_path / "other.xlsx")
    with pytest.raises(ReportError, match="one of the manifests"):
        write(run, str(target))
    assert manifest.read_bytes() == b"mine"


@pytest.mark.parametrize("error", [OSError(28, "No space left on device"), KeyboardInterrupt(), RuntimeError("bug")])
def test_a_failing_write_leaves_the_old_file(
    run: ScreeningRun, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BaseException
):
    target = tmp_path / "a.json"
    target.write_text("old")

    def fail(_run: object, path: Path, _words: object) -> None:
        path.write_text("half")
        raise error

    monkeypatch.setattr(jsonfile, "write_json", fail)
    expected = ReportError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected):
        write(run, target)
    assert target.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_link_keeps_pointing_at_the_report(quiet_run: ScreeningRun, tmp_path: Path):
    (tmp_path / "real.json").write_text("old")
    (tmp_path / "link.json").symlink_to(tmp_path / "real.json")
    write(quiet_run, tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert json.loads((tmp_path / "real.json").read_bytes())["counts"]["lines"] == 5


def test_heavy_libraries_are_loaded_only_for_their_format():
    code = (
        "import sys, screening.report;"
        "from screening.report import terminal, jsonfile, tables, annotate;"
        "print(sorted({'openpyxl', 'jinja2'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


# ---- JSON


def test_the_json_report_has_exactly_the_documented_keys(run: ScreeningRun, tmp_path: Path):
    tree = json.loads(write(run, tmp_path / "a.json").read_bytes())
    assert list(tree) == ["run", "inputs", "counts", "lines", "shipments", "rejects", "rules", "watchlists"]
    keys = "id as_of started finished program_version content_version settings warnings digest law_known_to scope confirmations"
    assert " ".join(tree["run"]) == keys
    assert list(tree["inputs"][0]) == ["path", "sha256", "sheets"]
    assert list(tree["inputs"][0]["sheets"][0]) == ["name", "header_row", "columns", "unsure", "lines", "rejects", "skipped"]
    assert list(tree["counts"]) == ["lines", "hold", "review", "not_judged", "clear", "rejects", "shipments"]
    line = tree["lines"][0]
    assert list(line) == ["line", "source", "shipment", "outcome", "score", "hits", "not_judged"]
    assert list(line["source"]) == ["file", "sheet", "row"]
    assert " ".join(line["hits"][0]) == (
        "id rule revision title family basis action confidence status confirmed_by waived_by regime foreign instrument "
        "item_code group"
        " reason next_step documents citations strength points status_note evidence"
    )
    assert list(line["hits"][0]["citations"][0]) == ["source", "section", "url", "read_in"]
    assert list(line["hits"][0]["evidence"][0]) == ["field", "given", "compared", "counterpart", "method", "score", "threshold"]
    assert list(tree["lines"][4]["not_judged"][0]) == ["rule", "missing"]
    assert list(tree["shipments"][0]) == ["id", "lines", "outcome", "containers"]
    assert list(tree["rejects"][0]) == ["source", "reason", "cells"]
    assert list(tree["rules"][0]) == ["id", "hits", "judged", "not_judged"]
    assert list(tree["watchlists"][0]) == ["id", "title", "publisher", "date", "sha256", "entries"]


def test_the_json_report_loses_nothing(run: ScreeningRun, tmp_path: Path):
    tree = json.loads(write(run, tmp_path / "a.json").read_bytes())
    assert [line["line"] for line in tree["lines"]] == list(range(1, 23))
    assert [hit["id"] for line in tree["lines"] for hit in line["hits"]] == run.hits["id"].to_list()
    assert sum(len(hit["evidence"]) for line in tree["lines"] for hit in line["hits"]) == run.evidence.height
    assert sum(len(line["not_judged"]) for line in tree["lines"]) == run.not_judged.height
    assert len(tree["rejects"]) == run.rejects.height
    assert len(tree["rules"]) == run.rules.height
    assert tree["lines"][7]["source"] == {"file": "demo/october.xlsx", "sheet": "Export 十月", "row": 11}
    assert all(line["hits"] == [] == line["not_judged"] for line in tree["lines"] if line["line"] > 11)


def test_json_numbers_are_finite_and_text_is_untouched(run: ScreeningRun, tmp_path: Path):
    text = write(run, tmp_path / "a.json").read_text(encoding="utf-8")
    tree = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is no JSON"))
    assert tree["lines"][10]["hits"][0]["reason"] == "=1+1 <script>alert(2)</script> \x1b[2J\u202e"
    assert "三氧化二锑" in text


@pytest.mark.parametrize(
    ("language", "title"),
    [("en", "Antimony oxide of high purity"), ("zh", "高纯氧化锑"), ("both", "Antimony oxide of high purity / 高纯氧化锑")],
)
def test_the_language_chooses_the_texts(run: ScreeningRun, tmp_path: Path, language: str, title: str):
    tree = json.loads(write(run, tmp_path / "a.json", language=language).read_bytes())
    assert tree["lines"][2]["hits"][0]["title"] == title


def test_json_goes_to_a_stream(quiet_run: ScreeningRun, tmp_path: Path):
    with (tmp_path / "out").open("wb") as stream:
        jsonfile.dump_json(quiet_run, stream)
    assert (tmp_path / "out").read_bytes() == write(quiet_run, tmp_path / "a.json").read_bytes()


# ---- tables


def test_tables_of_hits_hold_one_row_per_hit(run: ScreeningRun, tmp_path: Path):
    ids = run.hits["id"].to_list()
    lines = write(run, tmp_path / "a.jsonl").read_text(encoding="utf-8").splitlines()
    assert [json.loads(line)["id"] for line in lines] == ids
    with write(run, tmp_path / "a.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["id"] for row in rows] == ids
    assert rows[0]["description"].startswith("NdFeB magnets")
    frame = pl.read_parquet(write(run, tmp_path / "a.parquet"))
    assert frame["id"].to_list() == ids
    assert frame["evidence"].list.len().sum() == run.evidence.height


def test_tables_of_lines_hold_one_row_per_line(run: ScreeningRun, tmp_path: Path):
    frame = pl.read_parquet(write(run, tmp_path / "a.lines.parquet"))
    assert frame.equals(run.lines)
    with write(run, tmp_path / "a.lines.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [int(row["line"]) for row in rows] == run.lines["line"].to_list()
    assert rows[1]["transit_countries"] == "HK | AE"


def test_no_cell_of_a_csv_begins_like_a_formula(run: ScreeningRun, tmp_path: Path):
    for suffix in (".csv", ".lines.csv"):
        with write(run, tmp_path / f"a{suffix}").open(encoding="utf-8", newline="") as file:
            for row in csv.reader(file):
                assert not any(cell.lstrip().startswith(tuple("=+-@＝＋－＠\t\r")) for cell in row)


def test_lines_in_files_are_streamed(big_run: Callable[[int], ScreeningRun], tmp_path: Path):
    big = big_run(120_000)
    for number, part in enumerate(big.line_parts):
        assert isinstance(part, pl.DataFrame)
        part.write_parquet(tmp_path / f"part{number}")
    big.line_parts = [pl.scan_parquet(tmp_path / f"part{number}") for number in range(len(big.line_parts))]
    frame = pl.scan_parquet(write(big, tmp_path / "a.lines.parquet")).select("line", "outcome").collect()
    assert frame["line"].to_list() == list(range(1, 120_001))
    tree = json.loads(write(big, tmp_path / "a.json").read_bytes())
    assert len(tree["lines"]) == 120_000


def test_a_full_sheet_says_what_it_leaves_out(run: ScreeningRun, tmp_path: Path):
    import openpyxl

    from screening.report.words import Words

    workbook.write_workbook(run, tmp_path / "a.xlsx", Words("en"), row_limit=9)
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    lines = list(book["Lines"].iter_rows(values_only=True))
    assert len(lines) == 9
    assert [row[0] for row in lines[1:]] == [1, 2, 3, 5, 7, 8, 11, 4]
    assert any("8 of 22 lines" in str(row[0]) for row in book["Summary"].iter_rows(values_only=True))


def test_very_many_hits_are_written_in_pieces_and_say_the_same(run, tmp_path, monkeypatch):
    whole = pl.read_parquet(run.write(tmp_path / "whole.parquet"))
    monkeypatch.setattr("screening.report.tables._PIECE", 3)
    pieces = pl.read_parquet(run.write(tmp_path / "pieces.parquet"))
    assert whole.height > 6
    assert_frame_equal(pieces, whole)
