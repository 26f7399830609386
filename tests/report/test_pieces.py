"""A report is the same however the run is cut into pieces, and no report puts all hits together."""

from __future__ import annotations

import dataclasses
import hashlib
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import openpyxl
import polars as pl
import pytest

from screening.report import SUFFIXES, write
from screening.report.annotate import annotate
from screening.report.terminal import summary
from screening.terms import InputReading

if TYPE_CHECKING:
    from screening.results import ScreeningRun


@pytest.fixture
def cut(run: ScreeningRun, monkeypatch: pytest.MonkeyPatch) -> ScreeningRun:
    """The run with a piece of hits and one of lines for every line, and with few rows put together at a time."""
    monkeypatch.setattr("screening.report.hits._BATCH", 3)
    monkeypatch.setattr("screening.report.tables._PIECE", 0)
    monkeypatch.setattr("screening.report.jsonfile._ROWS", 2)
    lines = run.hits["line"].unique().sort()
    return dataclasses.replace(
        run,
        line_parts=[part.lazy().collect()[row] for part in run.line_parts for row in range(part.lazy().collect().height)],
        hit_parts=[run.hits.filter(line=line).lazy() for line in lines],
        evidence_parts=[run.evidence.filter(line=line).lazy() for line in lines],
    )


@pytest.mark.parametrize("language", ["en", "zh", "both"])
@pytest.mark.parametrize("suffix", SUFFIXES)
def test_pieces_leave_no_trace_in_a_report(run: ScreeningRun, cut: ScreeningRun, tmp_path: Path, suffix: str, language: str):
    one, many = (write(each, tmp_path / f"{name}{suffix}", language=language) for name, each in (("a", run), ("b", cut)))
    if suffix.endswith(".parquet"):
        assert pl.read_parquet(one).equals(pl.read_parquet(many))
    elif suffix == ".xlsx":
        assert _sheets(one) == _sheets(many)
    else:
        assert one.read_bytes() == many.read_bytes()
    assert not {"hits", "evidence"} & vars(cut).keys()


@pytest.mark.parametrize("reports", [[], [Path("a.json")], [Path("a.csv")]])
def test_pieces_leave_no_trace_in_the_summary(run: ScreeningRun, cut: ScreeningRun, reports: list[Path]):
    assert summary(cut, reports) == summary(run, reports)
    assert not {"hits", "evidence"} & vars(cut).keys()


def test_pieces_leave_no_trace_in_an_annotated_copy(run: ScreeningRun, cut: ScreeningRun, tmp_path: Path):
    book = openpyxl.Workbook()
    book.active.title = "Export 十月"
    for number in range(1, 20):
        book.active.append([f"goods {number}", number])
    book.save(tmp_path / "october.xlsx")
    digest = hashlib.sha256((tmp_path / "october.xlsx").read_bytes()).hexdigest()
    for name, each in (("one", run), ("many", cut)):
        inputs = [InputReading("demo/october.xlsx", digest, run.inputs[0].sheets)]
        annotate(dataclasses.replace(each, inputs=inputs), tmp_path / "october.xlsx", tmp_path / f"{name}.xlsx")
    assert _sheets(tmp_path / "one.xlsx") == _sheets(tmp_path / "many.xlsx")


def test_hits_of_some_lines_are_those_of_the_whole(run: ScreeningRun, cut: ScreeningRun):
    wanted = pl.Series("line", [3, 1, 8, 999], dtype=pl.UInt32)
    hits, evidence = cut.hits_on(wanted)
    assert hits.height
    assert hits.equals(run.hits.filter(pl.col("line").is_in([1, 3, 8])))
    assert evidence.equals(run.evidence.filter(pl.col("line").is_in([1, 3, 8])))
    nothing, none = cut.hits_on(wanted.clear())
    assert (nothing.height, nothing.schema, none.schema) == (0, run.hits.schema, run.evidence.schema)


def test_pieces_put_together_are_the_whole(run: ScreeningRun, cut: ScreeningRun):
    hits, evidence = zip(*cut.iter_hits(), strict=True)
    assert pl.concat(hits).equals(run.hits)
    assert pl.concat(evidence).equals(run.evidence)
    assert cut.hits.equals(run.hits)
    assert cut.evidence.equals(run.evidence)
    assert cut.scan_hits().collect().equals(run.hits)


def _sheets(path: Path) -> dict[str, bytes]:
    """The parts of a workbook but those that say when it was made."""
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist() if not name.startswith("docProps")}
