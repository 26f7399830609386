"""The cells, styles and print settings of a report workbook; what the sheets say is in ``workbook`` and ``cover``.

openpyxl makes the workbook, its styles and the sheets that are read like a page. The rows of tables are written by
``Book.save`` itself into the sheets that openpyxl has prepared: eight times as fast, which counts for a million lines.
Text is stored as text in both ways, whatever it begins with.
"""

from __future__ import annotations

import io
import math
import zipfile
from copy import copy
from datetime import date
from functools import lru_cache
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, TypeAlias
from xml.sax.saxutils import escape

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from screening.plaindata import record
from screening.report.safe import cell_text, display_width, is_formula_like

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    import polars as pl
    from openpyxl.styles.cell_style import StyleArray

    from screening.report.words import Words

ROW_LIMIT = 1_048_576
"""Rows of a sheet (Microsoft, Excel specifications and limits)."""

FILLS = {
    "hold": ("F6C9C3", "7A150B"),
    "review": ("FCE4AE", "5E4300"),
    "not_judged": ("E2DCF1", "43356B"),
    "clear": ("DCEBDD", "24522F"),
    "note": ("DFE9F3", "234567"),
    "head": ("1F2A37", "FFFFFF"),
    "band": ("EEF1F4", "1F2A37"),
}
"""Background and ink by meaning; every pair has a contrast above 7 to 1 (WCAG 2.2, level AAA)."""

_FORMATS = {
    "number": "#,##0.###",
    "money": "#,##0.00",
    "score": "0.0",
    "date": "yyyy-mm-dd",
    "integer": "#,##0",
}
_RIGHT = {"number", "money", "score", "integer"}
_TABLE_KINDS = ("text", "plain", *_FORMATS)
_TABLE_FILLS = ("", "hold", "review", "not_judged", "clear", "note")
_LINED = {"head", "text", "plain", "strong", "box", "big", "name", "middle", *_FORMATS}
_INDENTED = {"name", "box", "text", "head", "strong", "plain", "middle"}
_BOLD = {"title", "section", "big", "name", "head", "strong"}
_SIZES = {"title": 20, "section": 12, "big": 16, "name": 13}
_FONT = "Calibri"
_INK = "1F2A37"
_PRINTED_WIDTH = 208
"""Characters across a printed landscape page at the smallest scale that is still read with ease."""
_LOWEST = 16.0
"""Points of a row of one line; the program's own default does then."""
_TALLEST = 150.0
"""Points; a longer text is read in the cell, not by filling the screen."""
_LONGEST = 2_000
"""Characters that are measured for a row's height."""
_DAY_ZERO = date(1899, 12, 30)
"""Day 0 of a workbook's dates (ECMA-376, 18.17.4.1: 1900 date base)."""
_LATIN = 0.92
"""Width of an average Latin letter of the font against a digit, in which column widths are given."""
_BATCH = 1 << 18
"""Characters gathered before they go to the file."""

_VOCABULARY = {
    "action": "action",
    "outcome": "outcome",
    "family": "family",
    "basis": "basis",
    "status": "status",
    "confidence": "confidence",
    "strength": "strength",
    "stands_on": "basis",
}
"""Keys of columns whose values are told in words, and the table of ``words.json`` that has these."""
Row: TypeAlias = tuple["Sequence[object]", dict[int, str]]
"""The values of a row in column order, and the fill of those that have one, by column from 0."""


@record
class Column:
    """One column of a table sheet."""

    key: str
    """Name of the column in the frame that fills it."""
    head: str
    width: int = 14
    """In characters."""
    kind: str = "text"
    """``text`` (wrapped), ``plain`` (not wrapped) or a number format."""


class Book:
    """A workbook under construction, with its styles."""

    def __init__(self, words: Words, run_id: str) -> None:
        self.words = words
        self.workbook = Workbook(write_only=True)
        self.sheets: list[Sheet] = []
        self._footer = run_id.replace("&", "&&")
        self._styles: dict[tuple[str, str, bool], StyleArray] = {}

    def sheet(self, key: str, *, portrait: bool = False) -> Sheet:
        """A new A4 sheet titled with the word for ``key``, with page numbers and the run's id in the footer."""
        page = self.workbook.create_sheet(self.words(f"sheet.{key}").replace(" / ", " ")[:31])
        page.page_setup.orientation = "portrait" if portrait else "landscape"
        page.page_setup.paperSize = 9  # A4 in ECMA-376, 18.3.1.63
        page.sheet_properties.pageSetUpPr.fitToPage = True
        page.page_setup.fitToWidth = 1
        page.page_setup.fitToHeight = 1 if portrait else 0
        page.page_margins.left = page.page_margins.right = 0.4
        page.page_margins.top, page.page_margins.bottom, page.page_margins.footer = 0.5, 0.75, 0.35
        page.oddFooter.left.text = cell_text(f"{self.words('section.report')} · {self._footer}")
        page.oddFooter.right.text = self.words("sentence.footer")
        self.sheets.append(Sheet(self, page))
        return self.sheets[-1]

    def style(self, kind: str, fill: str = "", *, quoted: bool = False) -> StyleArray:
        """The style for a ``kind`` of value on a ``fill`` of FILLS; ``quoted`` marks text that looks like a formula."""
        key = (kind, fill, quoted)
        if key not in self._styles:
            if quoted:
                style = copy(self.style(kind, fill))
                style.quotePrefix = True
            else:
                style = self._make(kind, fill)
            self._styles[key] = style
        return self._styles[key]

    def save(self, path: Path) -> None:
        """Write the workbook: what openpyxl made, with the rows of tables put into their sheets on the way."""
        late = [sheet for sheet in self.sheets if sheet.rows is not None]
        ids = self._style_ids() if late else {}
        prepared = io.BytesIO()
        self.workbook.save(prepared)
        parts = {sheet.page.path.lstrip("/"): sheet for sheet in late}
        with (
            zipfile.ZipFile(prepared) as source,
            zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=4) as target,
        ):
            for item in source.infolist():
                sheet = parts.get(item.filename)
                if sheet is None:
                    target.writestr(item, source.read(item), zipfile.ZIP_DEFLATED)
                    continue
                head, end, tail = source.read(item).partition(b"</sheetData>")
                entry = zipfile.ZipInfo(item.filename, item.date_time)
                entry.compress_type = zipfile.ZIP_DEFLATED
                with target.open(entry, "w", force_zip64=True) as out:
                    out.write(head)
                    for text in _batches(sheet.row_texts(ids)):
                        out.write(text.encode())
                    out.write(end + tail)

    def _style_ids(self) -> dict[tuple[str, str, bool], int]:
        """Every style a table may need, with its number in the workbook; must be known before openpyxl saves."""
        keys = [(kind, fill, False) for kind in _TABLE_KINDS for fill in _TABLE_FILLS]
        keys += [(kind, fill, True) for kind in ("text", "plain") for fill in _TABLE_FILLS]
        ids = {}
        for kind, fill, quoted in keys:
            cell: Any = WriteOnlyCell(self.workbook.worksheets[0])
            cell._style = self.style(kind, fill, quoted=quoted)
            ids[kind, fill, quoted] = int(cell.style_id)
        return ids

    def _make(self, kind: str, fill: str) -> StyleArray:
        cell: Any = WriteOnlyCell(self.workbook.worksheets[0])
        back, ink = FILLS.get(fill, ("", _INK))
        cell.font = Font(name=_FONT, size=_SIZES.get(kind, 10), bold=kind in _BOLD, color=ink)
        if back:
            cell.fill = PatternFill("solid", fgColor=back)
        if kind in _LINED:
            line = Side(style="thin" if kind == "box" else "hair", color="6B7684" if kind == "box" else "AEB6C0")
            cell.border = Border(left=line, right=line, top=line, bottom=line) if kind == "box" else Border(bottom=line)
        cell.alignment = Alignment(
            wrap_text=kind not in {"plain", "title", "section"},
            vertical="center" if kind in {"head", "big", "name", "middle"} else "top",
            horizontal="center" if kind == "big" else "right" if kind in _RIGHT else "left",
            indent=1 if kind in _INDENTED else 0,
        )
        if kind in _FORMATS:
            cell.number_format = _FORMATS[kind]
        elif kind == "big":
            cell.number_format = _FORMATS["integer"]
        style: StyleArray = cell._style  # openpyxl has no public way to share a style
        return style


class Sheet:
    """One sheet: a page filled from top to bottom, or a table."""

    def __init__(self, book: Book, page: Any) -> None:
        self.book = book
        self.page = page
        self.height = 0
        self.rows: Iterable[Row] | None = None
        self._columns: Sequence[Column] = ()

    def cell(self, value: object, kind: str = "text", fill: str = "") -> Any:
        """A cell of a page that holds ``value`` and never computes: text that looks like a formula stays text."""
        cell: Any = WriteOnlyCell(self.page)
        if isinstance(value, str):
            text = cell_text(value)
            cell._value, cell.data_type = text, "s"  # assigning `value` would guess formulas and errors
            cell._style = self.book.style(kind, fill, quoted=is_formula_like(text))
            return cell
        cell.value = value
        cell._style = self.book.style(kind, fill)
        return cell

    def append(self, cells: Sequence[Any], height: float | None = None) -> None:
        """Add a row; ``height`` in points where the cells alone would not give it."""
        self.height += 1
        if height:
            self.page.row_dimensions[self.height].height = height
        self.page.append(cells)

    def merge(self, first: int, last: int) -> None:
        """Merge the columns ``first`` to ``last`` (from 1) of the row just added."""
        self.page.merged_cells.add(f"{get_column_letter(first)}{self.height}:{get_column_letter(last)}{self.height}")

    def widths(self, widths: Sequence[float]) -> None:
        """Set column widths in characters; must come before the first row."""
        for index, width in enumerate(widths, start=1):
            self.page.column_dimensions[get_column_letter(index)].width = width

    def table(self, columns: Sequence[Column], rows: Iterable[Row], count: int, *, frozen: int) -> None:
        """Make this sheet a table of ``count`` rows: header, filters, frozen panes, repeated header in print.

        ``rows`` is read when the book is saved. Printed are the first columns that a page can hold.
        """
        self.widths([column.width for column in columns])
        self.page.freeze_panes = f"{get_column_letter(frozen + 1)}2"
        self.page.print_title_rows = "1:1"
        heads = [self.cell(column.head, "head", "head") for column in columns]
        self.append(heads, height=max(30, *(row_height(column.head, column.width) for column in columns)))
        self.height += count
        self.rows, self._columns = rows, columns
        self.page.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{self.height}"
        used, printed = 0, 0
        for column in columns:
            used += column.width
            if used > _PRINTED_WIDTH and printed:
                break
            printed += 1
        self.page.print_area = f"A1:{get_column_letter(printed)}{self.height}"

    def choices(self, column: int, choices: Iterable[str]) -> None:
        """Offer ``choices`` in the cells of ``column`` (from 1) below the header."""
        if self.height < 2:
            return
        listed = ",".join(choice.replace('"', "") for choice in choices)
        letter = get_column_letter(column)
        rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
        rule.add(f"{letter}2:{letter}{self.height}")
        self.page.data_validations.append(rule)

    def row_texts(self, ids: dict[tuple[str, str, bool], int]) -> Iterator[str]:
        """The table's rows as SpreadsheetML (ECMA-376, 18.3.1.73), each as high as its longest wrapped text needs."""
        columns = [(get_column_letter(i), column.kind, column.width) for i, column in enumerate(self._columns, start=1)]
        texts = {fill: {kind: ids[kind, fill, False] for kind in _TABLE_KINDS} for fill in _TABLE_FILLS}
        quoted = {fill: {kind: ids[kind, fill, True] for kind in ("text", "plain")} for fill in _TABLE_FILLS}
        for number, (values, fills) in enumerate(self.rows or (), start=2):
            cells, height = [], 0.0
            for index, value in enumerate(values):
                letter, kind, width = columns[index]
                fill = fills.get(index, "") if fills else ""
                if isinstance(value, str):
                    kind = kind if kind in {"text", "plain"} else "text"
                    shown, formula, tall = _prepared(value, width if kind == "text" else 0)
                    height = max(height, tall)
                    style = quoted[fill][kind] if formula else texts[fill][kind]
                    cells.append(
                        f'<c r="{letter}{number}" s="{style}" t="inlineStr"><is><t xml:space="preserve">{shown}</t></is></c>'
                    )
                elif value is None or (isinstance(value, float) and not math.isfinite(value)):
                    cells.append(f'<c r="{letter}{number}" s="{texts[fill][kind]}"/>')
                else:
                    amount = (value - _DAY_ZERO).days if isinstance(value, date) else value
                    cells.append(f'<c r="{letter}{number}" s="{texts[fill][kind]}"><v>{amount}</v></c>')
            tallness = f' ht="{min(height, _TALLEST):.1f}" customHeight="1"' if height > _LOWEST else ""
            yield f'<row r="{number}"{tallness}>{"".join(cells)}</row>'


def table(
    sheet: Sheet,
    columns: Sequence[Column],
    frames: Iterable[pl.DataFrame],
    height: int,
    limit: int,
    *,
    frozen: int,
    filled: str = "",
) -> None:
    """Make ``sheet`` a table of the first rows of ``frames``, which have the columns' keys and ``height`` rows together.

    ``filled`` names the columns whose word fills its own cell.
    """
    words = sheet.book.words
    names = {index: words.table(_VOCABULARY[column.key]) for index, column in enumerate(columns) if column.key in _VOCABULARY}
    marked = [index for index, column in enumerate(columns) if column.key in filled.split()]
    count = min(height, limit - 1)

    def rows() -> Iterator[Row]:
        values = chain.from_iterable(frame.select(column.key for column in columns).iter_rows() for frame in frames)
        for row in islice(values, count):
            cells = list(row)
            fills = {index: cells[index] for index in marked if cells[index]}
            for index, told in names.items():
                cells[index] = told.get(cells[index], cells[index])
            yield cells, fills

    sheet.table(columns, rows(), count, frozen=frozen)


def columns_of(words: Words, *specs: tuple[str, int, str] | tuple[str, int]) -> list[Column]:
    """Columns from key, width and kind; the heading is the report's own or that of the canonical column."""
    return [
        Column(key, words(f"head.{key}") if words.has(f"head.{key}") else words.field(key), width, kind[0] if kind else "text")
        for key, width, *kind in specs
    ]


@lru_cache(maxsize=20_000)
def _prepared(text: str, width: int) -> tuple[str, bool, float]:
    """A text as XML, whether it looks like a formula, and the points it needs (0 for a column that does not wrap)."""
    text = cell_text(text)
    wraps = width and (len(text) * 2 > width or "\n" in text)
    return escape(text), is_formula_like(text), row_height(text[:_LONGEST], width) if wraps else 0.0


def _batches(texts: Iterable[str]) -> Iterator[str]:
    held: list[str] = []
    size = 0
    for text in texts:
        held.append(text)
        size += len(text)
        if size > _BATCH:
            yield "".join(held)
            held, size = [], 0
    yield "".join(held)


def row_height(text: str, width: float, size: float = 10) -> float:
    """Points that ``text`` needs when wrapped in ``width`` characters: neither merged cells nor all programs grow rows."""
    rows = 0
    for part in text.split("\n"):
        wide = len(part) if part.isascii() else display_width(part)
        rows += max(1, math.ceil(wide * (_LATIN if part.isascii() else 1) / max(width - 2, 1)))
    return rows * size * (1.3 if text.isascii() else 1.5) + 2
