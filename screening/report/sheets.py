"""The cells, styles and print settings of a report workbook; what the sheets say is in ``workbook``.

Every value goes through ``Sheet.cell``: text is stored as text, whatever it begins with.
"""

from __future__ import annotations

import math
from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from screening.report.safe import cell_text, display_width, is_formula_like

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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
    "time": "yyyy-mm-dd hh:mm",
}
_RIGHT = {"number", "money", "score", "integer"}
_PRINTED_WIDTH = 208
"""Characters across a printed landscape page at the smallest scale that is still read with ease."""
_FONT = "Calibri"
_LOWEST = 16.0
"""Points of a row of one line; the program's own default does then."""
_TALLEST = 150.0
"""Points; a longer text is read in the cell, not by filling the screen."""
_LONGEST = 2_000
"""Characters that are measured for a row's height."""


@dataclass(frozen=True, slots=True)
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
        self._footer = run_id.replace("&", "&&")
        self._styles: dict[tuple[str, str, bool], StyleArray] = {}

    def sheet(self, key: str, *, portrait: bool = False) -> Sheet:
        """A new sheet titled with the word for ``key``; an A4 page with page numbers and the run's id in the footer."""
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
        return Sheet(self, page)

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

    def _make(self, kind: str, fill: str) -> StyleArray:
        cell: Any = WriteOnlyCell(self.workbook.worksheets[0])
        back, ink = FILLS.get(fill, ("", "1F2A37"))
        size = {"title": 20, "section": 12, "big": 16, "name": 13}.get(kind, 10)
        cell.font = Font(name=_FONT, size=size, bold=kind in {"title", "section", "big", "name", "head", "strong"}, color=ink)
        if back:
            cell.fill = PatternFill("solid", fgColor=back)
        if kind in {"head", "text", "plain", "strong", "box", "big", "name", "middle", *_FORMATS}:
            line = Side(style="thin" if kind == "box" else "hair", color="6B7684" if kind == "box" else "AEB6C0")
            cell.border = Border(left=line, right=line, top=line, bottom=line) if kind == "box" else Border(bottom=line)
        cell.alignment = Alignment(
            wrap_text=kind not in {"plain", "title", "section"},
            vertical="center" if kind in {"head", "big", "name", "middle"} else "top",
            horizontal="center" if kind == "big" else "right" if kind in _RIGHT else "left",
            indent=1 if kind in {"name", "box", "text", "head", "strong", "plain", "middle"} else 0,
        )
        if kind in _FORMATS:
            cell.number_format = _FORMATS[kind]
        elif kind == "big":
            cell.number_format = _FORMATS["integer"]
        style: StyleArray = cell._style  # openpyxl has no public way to share a style
        return style


class Sheet:
    """One sheet, filled from top to bottom."""

    def __init__(self, book: Book, page: Any) -> None:
        self.book = book
        self.page = page
        self.height = 0

    def cell(self, value: object, kind: str = "text", fill: str = "") -> Any:
        """A cell that holds ``value`` and never computes: text that looks like a formula stays text."""
        cell: Any = WriteOnlyCell(self.page)
        if isinstance(value, str):
            text = cell_text(value)
            cell._value, cell.data_type = text, "s"
            cell._style = self.book.style(kind if kind not in _FORMATS else "text", fill, quoted=is_formula_like(text))
            return cell
        cell.value = None if isinstance(value, float) and not math.isfinite(value) else value
        cell._style = self.book.style(kind, fill)
        return cell

    def append(self, cells: Sequence[Any], height: float | None = None) -> None:
        """Add a row; ``height`` in points where the cells alone would not give it."""
        self.height += 1
        if height:
            self.page.row_dimensions[self.height].height = height
        self.page.append(cells)

    def append_wrapped(self, cells: Sequence[Any], columns: Sequence[Column]) -> None:
        """Add a row of a table, as high as its longest wrapped text needs, up to _TALLEST."""
        height = 0.0
        for cell, column in zip(cells, columns, strict=True):
            text = cell._value
            if isinstance(text, str) and column.kind == "text" and (len(text) * 2 > column.width or "\n" in text):
                height = max(height, row_height(text[:_LONGEST], column.width))
        self.append(cells, height=min(height, _TALLEST) if height > _LOWEST else None)

    def merge(self, first: int, last: int) -> None:
        """Merge the columns ``first`` to ``last`` (from 1) of the row just added."""
        self.page.merged_cells.add(f"{get_column_letter(first)}{self.height}:{get_column_letter(last)}{self.height}")

    def widths(self, widths: Sequence[float]) -> None:
        """Set column widths in characters; must come before the first row."""
        for index, width in enumerate(widths, start=1):
            self.page.column_dimensions[get_column_letter(index)].width = width

    def head(self, columns: Sequence[Column], *, frozen: int) -> None:
        """Begin a table: header row, widths, frozen panes, repeated header in print, and the columns that are printed."""
        self.widths([column.width for column in columns])
        self.page.freeze_panes = f"{get_column_letter(frozen + 1)}2"
        self.page.print_title_rows = "1:1"
        self.append(
            [self.cell(column.head, "head", "head") for column in columns],
            height=max(30, *(row_height(column.head, column.width) for column in columns)),
        )

    def finish(self, columns: Sequence[Column]) -> None:
        """End a table: filters over all of it, and a print area of the first columns that a page can hold."""
        last = get_column_letter(len(columns))
        self.page.auto_filter.ref = f"A1:{last}{max(self.height, 1)}"
        used, printed = 0, 0
        for column in columns:
            used += column.width
            if used > _PRINTED_WIDTH and printed:
                break
            printed += 1
        self.page.print_area = f"A1:{get_column_letter(printed)}{max(self.height, 1)}"

    def choices(self, column: int, choices: Iterable[str]) -> None:
        """Offer ``choices`` in the cells of ``column`` (from 1) below the header."""
        if self.height < 2:
            return
        listed = ",".join(choice.replace('"', "") for choice in choices)
        letter = get_column_letter(column)
        rule = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
        rule.add(f"{letter}2:{letter}{self.height}")
        self.page.data_validations.append(rule)


def row_height(text: str, width: float, size: float = 10) -> float:
    """Points that ``text`` needs when wrapped in ``width`` characters: neither merged cells nor all programs grow rows."""
    rows = 0
    for part in text.split("\n"):
        wide = len(part) if part.isascii() else display_width(part)
        rows += max(1, math.ceil(wide * 0.98 / max(width - 2, 1)))
    return rows * size * (1.3 if text.isascii() else 1.5) + 2
