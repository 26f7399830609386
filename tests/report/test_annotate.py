"""The annotated copy shows the outcome on the user's own rows, and the original stays as it was."""

from __future__ import annotations

import dataclasses
import hashlib
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from openpyxl.comments import Comment
from openpyxl.styles import Font

from screening import Screener
from screening.errors import ReportError
from screening.report.annotate import annotate, losses
from screening.report.sheets import FILLS
from screening.terms import InputReading

if TYPE_CHECKING:
    from pathlib import Path

    from screening.results import ScreeningRun


@pytest.fixture
def source(tmp_path: Path) -> Path:
    book = openpyxl.Workbook()
    page = book.active
    page.title = "Export 十月"
    page.append(["October shipments"])
    page.merge_cells("A1:C1")
    page.append([])
    page.append(["品名 Description", "净重", "HS"])
    for number in range(4, 16):
        page.append([f"goods {number}", number, "=B4*2"])
    page["B4"].font = Font(italic=True)
    page["A4"].comment = Comment("mine", "me")
    book.create_sheet("Samples").append(["Goods"])
    path = tmp_path / "october.xlsx"
    book.save(path)
    return path


def _screened(run: ScreeningRun, source: Path) -> ScreeningRun:
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    return dataclasses.replace(run, inputs=[InputReading("demo/october.xlsx", digest, run.inputs[0].sheets), *run.inputs[1:]])


def _colour(cell: Any) -> str:
    return str(cell.fill.fgColor.rgb)[2:]


def test_rows_are_filled_and_explained(run: ScreeningRun, source: Path, tmp_path: Path):
    before = source.read_bytes()
    assert annotate(_screened(run, source), source, tmp_path / "out.xlsx") == []
    assert source.read_bytes() == before
    book = openpyxl.load_workbook(tmp_path / "out.xlsx")
    page = book["Export 十月"]
    assert _colour(page["A4"]) == _colour(page["C4"]) == FILLS["hold"][0]
    assert _colour(page["A6"]) == FILLS["review"][0]
    assert _colour(page["A8"]) == FILLS["not_judged"][0]
    assert page["A9"].fill.fill_type is None
    assert page["A4"].comment.text.startswith("Hold\n• NdFeB magnet of grade UH")
    assert page["A4"].comment.text.endswith("mine")
    assert "missing: Transit countries, Volume, m³" in page["A8"].comment.text
    assert "no description and no code" in page["A14"].comment.text
    assert page["C4"].value == "=B4*2"
    assert page["B4"].font.italic
    assert [str(merged) for merged in page.merged_cells.ranges] == ["A1:C1"]
    legend = book[book.sheetnames[-1]]
    assert run.meta.id in legend["B1"].value
    assert [legend.cell(row, 1).value for row in range(2, 5)] == ["Hold", "Review", "Not judged"]


def test_other_manifests_are_left_out(run: ScreeningRun, source: Path, tmp_path: Path):
    annotate(_screened(run, source), source, tmp_path / "out.xlsx")
    samples = openpyxl.load_workbook(tmp_path / "out.xlsx")["Samples"]
    assert samples["A5"].comment.text.startswith("Review\n• =1+1 <script>")
    assert samples["A5"].data_type == "n"


@pytest.mark.parametrize("target", ["october.xlsx", "./october.xlsx"])
def test_the_original_is_never_the_target(
    run: ScreeningRun, source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, target: str
):
    monkeypatch.chdir(tmp_path)
    before = source.read_bytes()
    with pytest.raises(ReportError, match="never changed"):
        annotate(_screened(run, source), source, target)
    assert source.read_bytes() == before


def test_a_file_that_changed_since_is_refused(run: ScreeningRun, source: Path, tmp_path: Path):
    with pytest.raises(ReportError, match="changed since it was screened"):
        annotate(run, source, tmp_path / "out.xlsx")


def test_a_file_that_was_not_screened_is_refused(run: ScreeningRun, source: Path, tmp_path: Path):
    other = source.rename(tmp_path / "other.xlsx")
    with pytest.raises(ReportError, match="not one of the manifests"):
        annotate(run, other, tmp_path / "out.xlsx")


@pytest.mark.parametrize(
    ("source_name", "target"), [("a.csv", "b.xlsx"), ("a.xlsx", "b.csv"), ("a.xlsx", "b.xlsm"), ("a.xls", "b.xls")]
)
def test_other_suffixes_are_refused(run: ScreeningRun, tmp_path: Path, source_name: str, target: str):
    with pytest.raises(ReportError, match=r"\.xlsx or \.xlsm"):
        annotate(run, tmp_path / source_name, tmp_path / target)


def test_a_broken_workbook_is_one_sentence(run: ScreeningRun, tmp_path: Path):
    broken = tmp_path / "october.xlsx"
    broken.write_bytes(b"PK no")
    with pytest.raises(ReportError, match="no readable workbook"):
        annotate(_screened(run, broken), broken, tmp_path / "out.xlsx")
    assert not (tmp_path / "out.xlsx").exists()


@pytest.mark.parametrize(
    ("part", "content", "kind"),
    [
        ("xl/ctrlProps/ctrlProp1.xml", b"<x/>", "controls"),
        ("xl/worksheets/sheet9.xml", b"a" * (1 << 20) + b"<x14:sparklineGroup>", "sparklines"),
        ("xl/worksheets/sheet9.xml", b"<x14:conditionalFormattings/><x14:conditionalFormatting >", "conditional"),
        ("xl/drawings/drawing1.xml", b'<xdr:sp macro="">', "drawings"),
        ("xl/slicers/slicer1.xml", b"", "slicers"),
        ("xl/embeddings/o.bin", b"", "embedded"),
    ],
)
def test_what_a_copy_loses_is_known_beforehand(source: Path, part: str, content: bytes, kind: str):
    assert losses(source) == []
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr(part, content)
    assert losses(source) == [kind]


def test_losses_are_told_in_a_sentence(run: ScreeningRun, source: Path, tmp_path: Path):
    with zipfile.ZipFile(source, "a") as archive:
        archive.writestr("xl/ctrlProps/ctrlProp1.xml", b"<x/>")
    (sentence,) = annotate(_screened(run, source), source, tmp_path / "out.xlsx", "en")
    assert "checkboxes, buttons and other controls" in sentence
    assert "The original is unchanged." in sentence


def test_of_two_tables_side_by_side_the_graver_answer_fills_their_row(tmp_path: Path):
    header = ["Description", "HS code", "Net weight (kg)", "Origin"]
    rows = [[*header, None, *header]]
    rows += [["Leather shoes", "6403990090", 200, "CN", None, "Dysprosium oxide", "2846901500", 200, "CN"]]
    rows += [["Dysprosium oxide", "2846901500", 200, "CN"], [None, None, 7, None, None, "Leather shoes", "6403990090", 200, "CN"]]
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    source = tmp_path / "tables.xlsx"
    book.save(source)
    run = Screener().screen(
        source, defaults={"export_country": "CN", "destination_country": "DE", "declaration_date": "2026-05-01"}
    )
    annotate(run, source, tmp_path / "out.xlsx")
    page = openpyxl.load_workbook(tmp_path / "out.xlsx").active
    colours = [_colour(page.cell(row, 1)) for row in (2, 3, 4)]
    assert colours == [FILLS["hold"][0], FILLS["hold"][0], FILLS["band"][0]]
    assert "Dysprosium" in page["A2"].comment.text
