"""What a workbook says of its sheets besides their cells: what it hides, and which cells are merged downwards."""

from __future__ import annotations

import re
import zipfile
import zlib
from dataclasses import field
from typing import TYPE_CHECKING
from xml.sax.saxutils import unescape

from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path
    from typing import IO

CONTENT = "content.xml"
"""The part of an OpenDocument file that holds its sheets."""
MARKS = (b'visibility="collapse"', b'visibility="filter"', b"number-rows-spanned=")
"""What stands in it where it hides or merges anything (OpenDocument 1.2, part 1, attributes of tables)."""
_BLOCK = 1 << 20
_TAG = 1 << 12
"""Bytes; no tag of a row or column is longer."""
_MOST_MERGED = 1 << 25
"""Bytes below the cells of a sheet in which merges are looked for: some million merges."""
_HIDDEN = re.compile(rb'hidden="(?:1|true)"')
_ROW = re.compile(rb"<(?:x:)?row\s[^<>]*>")
_COLUMN = re.compile(rb"<(?:x:)?col\s[^<>]*>")
_SPAN = re.compile(rb'\b(min|max)="(\d+)"')
_CELLS_END = b"sheetData>"
_MERGE = re.compile(rb"<(?:\w+:)?mergeCell\s[^<>]{0,80}?ref\s*=\s*[\"']([A-Za-z]{1,3})(\d{1,7}):([A-Za-z]{1,3})(\d{1,7})[\"']")
_SHEET = re.compile(r"<(?:x:)?sheet\s[^<>]*>")
_RELATION = re.compile(r"<Relationship\s[^<>]*>")
_ATTRIBUTE = re.compile(r'(?<=[\s:])(Id|Target|name|id)="([^"]*)"')
"""A tag ends where another begins: then no text, however made, takes longer than it is long."""
WIDEST = 1_000
"""Columns; a wider span is the empty rest of a sheet."""
OLD = b"\xd0\xcf\x11\xe0"
"""How a compound file begins."""
ODD_ARCHIVES = (OSError, zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error)
"""What an archive that is not whole, or no archive, leads to."""


@record
class Layout:
    """What one sheet says besides its cells."""

    hides: str = ""
    """Its hidden rows and columns, in words."""
    merged: list[tuple[int, int, int]] = field(default_factory=list)
    """Cells merged over several rows: column from 0, first and last row from 1."""
    more_merged: bool = False
    """Whether there may be more of them than were looked at."""


def look(path: Path) -> tuple[dict[str, Layout], str]:
    """Go through a workbook once.

    Returns:
        The layouts of the sheets of an .xlsx, .xlsm, .xls or .ods file by name of the sheet, only of those that hide or merge
        something; of any other file none. And the first part of an archive whose content is not what was packed, by its sum;
        empty where all are or it is none.
    """
    found: dict[str, Layout] = {}
    with path.open("rb") as file:
        if file.read(len(OLD)) == OLD:
            from screening.manifest.oldlayout import old_layouts  # noqa: PLC0415 - only for these

            return _saying(old_layouts(path.read_bytes())), ""
    try:
        with zipfile.ZipFile(path) as book:
            sheets = dict(_places(book))
            marked = False
            for part in book.infolist():
                try:
                    with book.open(part) as file:
                        if part.filename in sheets.values():
                            found[part.filename] = _layout(file)
                        marked |= _drained(file, MARKS if part.filename == CONTENT else ())
                except zipfile.BadZipFile:
                    return {}, part.filename
            if marked:
                from screening.manifest.opendocument import open_layouts  # noqa: PLC0415 - only for these

                with book.open(CONTENT) as file:
                    return _saying(open_layouts(file)), ""
    except ODD_ARCHIVES:
        return {}, ""  # what its reader says of it is better
    return _saying({name: found[place] for name, place in sheets.items() if place in found}), ""


def _drained(file: IO[bytes], marks: Sequence[bytes]) -> bool:
    """Read a part to its end, where its sum is compared; whether one of the marks is in it."""
    found, tail = False, b""
    while block := file.read(_BLOCK):
        found = found or any(mark in tail + block for mark in marks)
        tail = block[-_TAG:]
    return found


def _saying(layouts: dict[str, Layout]) -> dict[str, Layout]:
    return {name: layout for name, layout in layouts.items() if layout.hides or layout.merged or layout.more_merged}


def _places(book: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name of a sheet and the part that holds it; none where this is no workbook of these parts."""
    parts = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels")
    if not book.NameToInfo.keys() >= set(parts):
        return
    workbook, relations = (_start(book, name) for name in parts)
    targets = {}
    for relation in _RELATION.findall(relations):
        attributes = dict(_ATTRIBUTE.findall(relation))
        target = attributes.get("Target", "")
        targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    for sheet in _SHEET.findall(workbook):
        attributes = dict(_ATTRIBUTE.findall(sheet))
        yield unescape(attributes.get("name", ""), {"&quot;": '"', "&apos;": "'"}), targets.get(attributes.get("id", ""), "")


def _start(book: zipfile.ZipFile, name: str) -> str:
    with book.open(name) as file:
        return file.read(_BLOCK).decode("utf-8", errors="replace")


def _layout(file: IO[bytes]) -> Layout:
    """Look at the cells of a sheet for hidden rows, and at what follows them for merges."""
    text = file.read(_BLOCK)
    rows, columns, seen = 0, _hidden_columns(text), 0
    while True:
        end = _end_of_cells(text)
        more, seen = _hidden_rows(text, seen, len(text) if end < 0 else end)
        rows += more
        if end >= 0:
            rest = text[end:] + file.read(_MOST_MERGED)
            return Layout(told(rows, columns), list(_merged(rest)), len(rest) > _MOST_MERGED)
        kept = text[-_TAG:]
        seen = max(0, seen - (len(text) - len(kept)))
        if not (block := file.read(_BLOCK)):
            return Layout(told(rows, columns))
        text = kept + block


def told(rows: int, columns: int) -> str:
    """Hidden rows and columns in words."""
    counts = ((rows, "row"), (columns, "column"))
    return " and ".join(f"{count:,} hidden {what}{'s' * (count != 1)}" for count, what in counts if count)


def _end_of_cells(text: bytes) -> int:
    """Where the cells of a sheet end; -1 where they do not."""
    at = text.find(_CELLS_END)
    while at >= 0:
        if b"/" in text[text.rfind(b"<", max(0, at - _TAG), at) : at]:  # else they begin
            return at
        at = text.find(_CELLS_END, at + 1)
    return -1


def _hidden_rows(text: bytes, start: int, end: int) -> tuple[int, int]:
    """Count the hidden rows that hold something, between two places; also where the tag of the last of them ends."""
    rows, counted = 0, start
    while hidden := _HIDDEN.search(text, start, end):
        start = hidden.end()
        begin = text.rfind(b"<", max(0, start - _TAG), start)
        if begin >= 0 and (row := _ROW.match(text, begin, begin + _TAG)):
            rows += not (row[0].endswith(b"/>") or text[row.end() : row.end() + 2] == b"</")
            start = counted = row.end()
    return rows, counted


def _hidden_columns(text: bytes) -> int:
    columns = 0
    for column in filter(lambda tag: _HIDDEN.search(tag[0]), _COLUMN.finditer(text)):
        span = {key: int(number) for key, number in _SPAN.findall(column[0])}
        width = span.get(b"max", 1) - span.get(b"min", 1) + 1
        columns += width if width <= WIDEST else 0
    return columns


def _merged(text: bytes) -> Iterator[tuple[int, int, int]]:
    """The merges over several rows; of one over several columns too the first column, where its value stands."""
    for left, top, right, bottom in _MERGE.findall(text):
        first, last = sorted((int(top), int(bottom)))
        if first < last:
            yield min(number_of_column(left), number_of_column(right)) - 1, first, last


def number_of_column(letters: bytes) -> int:
    """The number of a column: A is 1, XFD 16,384; more letters than any column has make it large."""
    number = 0
    for letter in letters[:8].upper():
        number = number * 26 + letter - 64
    return number
