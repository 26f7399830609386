"""Tables in markup: HTML, and the XML that spreadsheet programs wrote before .xlsx; both often bear the name .xls.

Programs write them for Excel, which opens them without a word. They are cut at their tags and never parsed as documents: nothing
is fetched, no entity is defined, and no text, however made, takes longer than it is long.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from functools import partial
from html import unescape
from typing import TYPE_CHECKING

import polars as pl

from screening.errors import ManifestError
from screening.manifest.merges import Merges
from screening.manifest.sheets import HEAD_ROWS, MOST_COLUMNS, ROW, Sheet, column_names, in_batches, uniquely_named

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PAGES = frozenset({".html", ".htm"})
_LARGEST = 300_000_000
"""Bytes of a file; it is held in memory, and its cells as well."""
_MOST_CELLS, _SPARSE = 5_000_000, 20
"""Cells of the rectangle that a table spans, and how many to each that is there: a span or an index may name any place."""
_MOST_ROWS = 1 << 20
_HTML = re.compile(
    rb"(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|title|body|table|meta|style|center|div|span|font)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_SPREADSHEET = b"urn:schemas-microsoft-com:office:spreadsheet"
_CHARSET = re.compile(rb"(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9._-]+)", re.IGNORECASE)
_ALIKE = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252", "unicode": "utf-16"}
"""What files say of their encoding, and the larger one in which such files are written."""
_LEFT_OUT = re.compile(r"<!--|<(?:script|style)\b", re.IGNORECASE)
_TAG = re.compile(r"<(/?)(?:[a-z]+:)?([a-z][a-z0-9]*)((?:[^<>\"]|\"[^\"<]*\")*)>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-z:]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_BREAKS = frozenset({"br", "p", "div", "li"})
_PARTS = frozenset({"tr", "row", "td", "th", "cell", "comment"})
"""Tags at which the text of a cell ends; a comment is a remark on the cell, not its text."""
_MIDNIGHT = re.compile(r"(\d{4}-\d\d-\d\d)T00:00:00(?:\.0+)?")


@dataclass(slots=True)
class _Table:
    """A table while it is read; rows and columns count from 0."""

    name: str
    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    """As `Merges` takes them."""
    row: int = -1
    column: int = 0
    cell: list[str] | None = None
    """Pieces of text of the open cell."""
    covered: dict[int, int] = field(default_factory=dict)
    """Column to the last row that a cell from above reaches down to."""
    widest: int = 0
    cells: int = 0


def is_page(head: bytes) -> bool:
    """Whether a file that begins so is HTML or a spreadsheet in XML."""
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16")):
        if head.startswith(mark):
            head = head[: len(head) // 2 * 2].decode(encoding, errors="ignore").encode()
    start = head.removeprefix(codecs.BOM_UTF8).lstrip()
    return start.startswith(b"<") and (_SPREADSHEET in start or bool(_HTML.match(start)))


def open_page(path: Path, shown: str) -> list[Sheet]:
    """The tables of a file as sheets.

    Args:
        path: The file.
        shown: How messages name it.

    Raises:
        ManifestError: The file holds no table, or one of no sensible size.
    """
    if path.stat().st_size > _LARGEST:
        raise ManifestError(f"{shown}: a table in markup of more than {_LARGEST:,} bytes; save it as .xlsx or .csv")
    data = path.read_bytes()
    text = _decoded(data)
    tables = [table for table in _tables(_without_scripts(text), shown) if table.rows]
    if not tables:
        raise ManifestError(f"{shown}: there is no table in it; give a file with a header row and goods")
    several = len(tables) > 1
    named = [table.name or (f"table {number}" if several else "") for number, table in enumerate(tables, start=1)]
    return uniquely_named([_sheet(table, name) for table, name in zip(tables, named, strict=True)])


def _decoded(data: bytes) -> str:
    for mark, encoding in ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (codecs.BOM_UTF8, "utf-8-sig")):
        if data.startswith(mark):
            return data.decode(encoding, errors="replace")
    declared = _CHARSET.search(data, 0, 4096)
    named = declared[1].decode().lower() if declared else "utf-8"
    for encoding in ("utf-8", _ALIKE.get(named, named), "gb18030"):  # many say another encoding than they are written in
        try:
            return data.decode(encoding)
        except (UnicodeDecodeError, LookupError):
            continue
    return data.decode("cp1252", errors="replace")


def _without_scripts(text: str) -> str:
    """The text without comments, scripts and styles; one that does not end takes the rest."""
    kept, at = [], 0
    while found := _LEFT_OUT.search(text, at):
        kept.append(text[at : found.start()])
        end = "-->" if found[0] == "<!--" else f"</{found[0][1:].lower()}"
        close = re.compile(end, re.IGNORECASE).search(text, found.end())
        if close is None:
            return "".join(kept)
        at = close.end()
    return "".join([*kept, text[at:]])


def _tables(text: str, shown: str) -> Iterator[_Table]:
    """Every table in the order in which they end; one inside a cell of another is one of its own."""
    open_ones: list[_Table] = []
    name, at = "", 0
    for tag in _TAG.finditer(text):
        table = open_ones[-1] if open_ones else None
        if table is not None and table.cell is not None:
            table.cell.append(text[at : tag.start()])
        at = tag.end()
        closes, kind = bool(tag[1]), tag[2].lower()
        if kind == "worksheet" and not closes:
            name = _attributes(tag[3]).get("name", "")
        elif kind == "table":
            if not closes:
                open_ones.append(_Table(name))
            elif table is not None:
                _end_cell(table)
                yield open_ones.pop()
        elif table is not None:
            _inside(table, kind, tag, shown)
    yield from reversed(open_ones)


def _inside(table: _Table, kind: str, tag: re.Match[str], shown: str) -> None:
    """Take in a tag that stands inside a table."""
    closes = bool(tag[1])
    if kind in _BREAKS:
        if table.cell is not None:
            table.cell.append("\n")
        return
    if kind not in _PARTS:
        return
    _end_cell(table)
    if kind in ("tr", "row") and not closes:
        _begin_row(table, _attributes(tag[3]), shown)
    elif kind in ("td", "th", "cell") and not closes:
        _begin_cell(table, _attributes(tag[3]), shown)
        if tag[3].endswith("/"):
            _end_cell(table)


def _attributes(text: str) -> dict[str, str]:
    found = _ATTRIBUTE.findall(text)
    return {name.rpartition(":")[2].lower(): unescape(first or second or third) for name, first, second, third in found}


def _number(attributes: dict[str, str], name: str, otherwise: int) -> int:
    text = attributes.get(name, "").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else otherwise


def _begin_row(table: _Table, attributes: dict[str, str], shown: str) -> None:
    table.row = max(table.row + 1, _number(attributes, "index", 0) - 1)
    table.column = 0
    _check(table, shown)


def _begin_cell(table: _Table, attributes: dict[str, str], shown: str) -> None:
    table.row = max(table.row, 0)
    while table.covered.get(table.column, -1) >= table.row:
        table.column += 1
    table.column = max(table.column, _number(attributes, "index", 0) - 1)
    right = max(_number(attributes, "colspan", 1) - 1, _number(attributes, "mergeacross", 0), 0)
    down = max(_number(attributes, "rowspan", 1) - 1, _number(attributes, "mergedown", 0), 0)
    table.rows.setdefault(table.row, {})[table.column] = ""
    table.cells += 1
    table.widest = max(table.widest, table.column + 1)
    _check(table, shown)
    if down:
        last = min(table.row + down, _MOST_ROWS)
        table.merged.append((table.column, table.row + 1, last + 1))
        reach = range(table.column, min(table.column + right + 1, MOST_COLUMNS))
        table.covered |= dict.fromkeys(reach, last)
    table.cell = []
    table.column += right


def _end_cell(table: _Table) -> None:
    if table.cell is None:
        return
    text = "\n".join(filter(None, (" ".join(line.split()) for line in unescape("".join(table.cell)).split("\n"))))
    whole = _MIDNIGHT.fullmatch(text)
    row = table.rows[table.row]
    row[next(reversed(row))] = whole[1] if whole else text
    table.cell = None
    table.column += 1


def _check(table: _Table, shown: str) -> None:
    """Refuse a table that names places far away: to lay it out would take more memory than any manifest."""
    spanned = (table.row + 1) * table.widest
    if table.widest > MOST_COLUMNS or table.row >= _MOST_ROWS or spanned > max(_MOST_CELLS, table.cells * _SPARSE):
        msg = f"{shown}: its table reaches over {table.row + 1:,} rows and {table.widest:,} columns; delete what stands far away"
        raise ManifestError(msg)


def _sheet(table: _Table, name: str) -> Sheet:
    height, blank = max(table.rows) + 1, dict[int, str]()
    columns = [
        pl.Series(label, [table.rows.get(row, blank).get(number) or None for row in range(height)], dtype=pl.String)
        for number, label in enumerate(column_names(table.widest))
    ]
    frame = pl.DataFrame(columns)
    sheet = Sheet(name, partial(in_batches, frame.with_row_index(ROW, offset=1)), frame.head(HEAD_ROWS).rows())
    sheet.is_text = not table.name  # a worksheet has a name, and numbers with a point
    if table.merged:
        sheet.merges = Merges(frame, 0, table.merged)
    return sheet
