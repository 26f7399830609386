"""The workbook opens again, holds every number, computes nothing and prints."""

from __future__ import annotations

import math
import re
import zipfile
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.report import write
from screening.report.safe import cell_text
from screening.report.sheets import FILLS, Book, Column, row_height
from screening.report.words import Words
from screening.report.workbook import DECISION_COLUMNS

if TYPE_CHECKING:
    from screening.results import ScreeningRun

SHEETS = ["Summary", "Shipments", "Hits", "Lines", "Evidence", "Not judged", "Rejects", "Rules", "Lists", "Method"]
TABLES = SHEETS[1:9]


@pytest.fixture(scope="module")
def book(run: ScreeningRun, tmp_path_factory: pytest.TempPathFactory) -> Any:
    return openpyxl.load_workbook(write(run, tmp_path_factory.mktemp("book") / "a.xlsx"))


def _column(sheet: Any, head: str) -> list[Any]:
    heads = [cell.value for cell in sheet[1]]
    index = heads.index(head)
    return [row[index] for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_the_sheets_stand_in_reading_order(book: Any):
    assert book.sheetnames == SHEETS


def test_every_table_holds_every_row(book: Any, run: ScreeningRun):
    rows = {name: book[name].max_row - 1 for name in TABLES}
    assert rows == {
        "Shipments": run.shipments.height,
        "Hits": run.hits.height,
        "Lines": run.counts["lines"],
        "Evidence": run.evidence.height,
        "Not judged": 3,
        "Rejects": run.rejects.height,
        "Rules": run.rules.height,
        "Lists": run.watchlists.height,
    }


def test_hits_come_hold_first_then_by_score(book: Any):
    assert _column(book["Hits"], "Action") == ["hold"] * 3 + ["review"] * 5 + ["note"] * 3
    assert _column(book["Hits"], "Line")[:3] == [1, 7, 2]


def test_a_hit_row_says_everything_needed_to_decide(book: Any):
    row = dict(zip([cell.value for cell in book["Hits"][1]], [cell.value for cell in book["Hits"][3]], strict=True))
    assert row["Parties"].splitlines() == [
        "Shipper: 宁波示例贸易有限公司 (CN)",
        "Consignee: Example Aerospace Systems LLC (US)",
        "End user: Example Aerospace Systems LLC (US)",
    ]
    assert row["Route"] == "CN → US"
    assert row["HS code as given"] == "7205210000"
    assert row["Legal status"] == "in force"
    assert row["About the status"] == "in force since 2025-04-04"
    assert row["Documents"] == "test report, export licence"
    assert "official copy read" in row["Sources"]
    assert "https://example.org/2025-18" in row["Sources"]
    assert (row["File"], row["Sheet"], row["Row"]) == ("demo/october.xlsx", "Export 十月", 10)


def test_decisions_have_a_drop_down(book: Any):
    sheet = book["Hits"]
    heads = [cell.value for cell in sheet[1]]
    words = Words("en")
    assert all(words(f"head.{key}") in heads for key in DECISION_COLUMNS)
    (rule,) = sheet.data_validations.dataValidation
    assert rule.formula1 == '"open,false match,true match,escalated,released"'
    letter = openpyxl.utils.get_column_letter(heads.index("Decision") + 1)
    assert str(rule.sqref) == f"{letter}2:{letter}12"
    assert set(_column(sheet, "Decision")) == {"open"}


def test_the_drop_down_fits_in_every_language(run: ScreeningRun, tmp_path: Path):
    book = openpyxl.load_workbook(write(run, tmp_path / "a.xlsx", language="both"))
    (rule,) = book["Hits 命中"].data_validations.dataValidation
    assert len(rule.formula1) <= 255


def test_cells_that_evidence_rests_on_are_filled(book: Any):
    sheet = book["Lines"]
    heads = [cell.value for cell in sheet[1]]

    def fill(line: int, head: str) -> str:
        return str(sheet.cell(line + 1, heads.index(head) + 1).fill.fgColor.rgb)[2:]

    assert fill(1, "Outcome") == FILLS["hold"][0]
    assert fill(1, "Description") == FILLS["hold"][0]
    assert fill(2, "Net mass, kg") == FILLS["hold"][0]
    assert fill(2, "Value") == FILLS["review"][0]
    assert fill(2, "Transit countries") == FILLS["note"][0]
    assert fill(6, "Description") == "000000"


def test_lines_show_only_columns_that_hold_something(book: Any):
    heads = [cell.value for cell in book["Lines"][1]]
    assert {"Sales channel", "内部编号", "Transit countries", "End user address"} <= set(heads)
    assert not {"Brand", "Voyage", "Notify party name"} & set(heads)
    assert _column(book["Lines"], "Missing")[4] == "Transit countries, Volume, m³"
    assert _column(book["Lines"], "Outcome")[4] == "Not judged"


@pytest.mark.parametrize("language", ["en", "zh", "both"])
def test_nothing_in_the_workbook_computes(run: ScreeningRun, tmp_path: Path, language: str):
    path = write(run, tmp_path / "a.xlsx", language=language)
    for sheet in openpyxl.load_workbook(path):
        for row in sheet.iter_rows():
            for cell in row:
                assert cell.data_type not in {"f", "e"}
                if isinstance(cell.value, str) and cell.value.lstrip()[:1] in set("=+-@＝"):
                    assert cell.quotePrefix
    with zipfile.ZipFile(path) as archive:
        sheets = [archive.read(name) for name in archive.namelist() if name.startswith("xl/worksheets/sheet")]
    assert not any(b"<f>" in sheet or b"<f " in sheet or b"<hyperlink" in sheet for sheet in sheets)
    assert not any(re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]", sheet) for sheet in sheets)


def test_hostile_text_keeps_its_characters(book: Any):
    shown = _column(book["Lines"], "Description")
    assert shown[5] == "=cmd|' /C calc'!A0"
    assert shown[9] == "＝1+1"
    assert shown[16] == "evilgnp.exe"
    assert len(shown[21]) == 32_767


def test_every_table_prints_and_filters(book: Any):
    for name in TABLES:
        sheet = book[name]
        assert sheet.freeze_panes, name
        assert sheet.auto_filter.ref == sheet.dimensions, name
        assert sheet.print_title_rows == "$1:$1", name
    for sheet in book:
        assert sheet.page_setup.fitToWidth == 1
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert "20261121T084500-3f9a" in sheet.oddFooter.left.text
        assert sheet.oddFooter.right.text == "Page &P of &N"
    assert book["Summary"].page_setup.fitToHeight == 1
    assert book["Hits"].page_setup.orientation == "landscape"


def _text(sheet: Any) -> str:
    return "\n".join(str(cell) for row in sheet.iter_rows(values_only=True) for cell in row if cell is not None)


def test_the_summary_holds_what_is_signed(book: Any, run: ScreeningRun):
    rows = {row[0]: row for row in book["Summary"].iter_rows(values_only=True) if row[0]}
    assert [rows[name][1] for name in ("Hold", "Review", "Not judged", "No findings")] == [3, 3, 1, 15]
    text = _text(book["Summary"])
    for part in [
        "2 on law, 1 on unresolved red flags",
        "within the scope: 9 rules, 2 lists, law known to 2026-06-01",
        "Is cn-mofcom-2024-46 in force",
        "suspended until 2026-11-27; no later act is known",
        *run.meta.scope,
        *run.meta.warnings,
        *(manifest.sha256 for manifest in run.inputs),
        "List date 2026-08-24",
        run.meta.digest,
        "Prepared by",
        "Reviewed by",
        "Signature",
    ]:
        assert part in text


def test_clear_is_never_called_compliant(run: ScreeningRun, tmp_path: Path):
    book = openpyxl.load_workbook(write(run, tmp_path / "a.xlsx"))
    text = "\n".join(_text(sheet) for sheet in book).lower()
    assert "compliant" not in text
    assert "approved" not in text


def test_the_method_holds_settings_columns_and_versions(book: Any):
    text = _text(book["Method"])
    for part in [
        "match.hit",
        "0.92",
        "品名 Description",
        "unspecified weight: net or gross",
        "2026.11.1",
        "2026-11-21T08:45:00+00:00",
        "9f2c9f2c",
    ]:
        assert part in text


def test_rules_without_hits_are_listed(book: Any):
    hits = dict(zip(_column(book["Rules"], "Rule"), _column(book["Rules"], "Hits"), strict=True))
    assert hits["control.never-met"] == 0
    assert hits["pattern.split-below-threshold"] == 3


def test_line_numbers_of_what_was_not_judged(book: Any):
    assert _column(book["Not judged"], "Line numbers") == ["5, 10", "5", "9"]


@given(st.lists(st.text(max_size=40) | st.floats() | st.integers(-9, 10**12) | st.dates() | st.none(), min_size=1, max_size=6))
def test_any_value_reads_back_as_it_may_be_held(values: list[Any]):
    words = Words("en")
    book = Book(words, "run & co")
    columns = [Column(str(i), f"=h{i}", 12, "text" if i % 2 else "number") for i in range(len(values))]
    book.sheet("lines").table(columns, iter([(values, {0: "hold"})]), 1, frozen=1)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "a.xlsx"
        book.save(path)
        cells = openpyxl.load_workbook(path)["Lines"][2]
    for value, cell in zip(values, cells, strict=True):
        assert cell.data_type not in {"f", "e"}
        if isinstance(value, str):
            assert (cell.value or "") == cell_text(value)
        elif isinstance(value, int) or (isinstance(value, float) and math.isfinite(value)):
            assert cell.value == value


def test_fills_are_readable():
    def light(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (0, 2, 4)]
        red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
        return 0.2126 * red + 0.7152 * green + 0.0722 * blue

    for back, ink in FILLS.values():
        high, low = sorted((light(back), light(ink)), reverse=True)
        assert (high + 0.05) / (low + 0.05) >= 7


def test_row_heights_grow_with_text():
    assert row_height("a", 20) < row_height("a" * 50, 20) < row_height("汉" * 50, 20)
