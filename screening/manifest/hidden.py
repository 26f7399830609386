"""Rows and columns that a workbook hides: they are read like all others, and this tells of them."""

from __future__ import annotations

import re
import zipfile
import zlib
from typing import TYPE_CHECKING
from xml.sax.saxutils import unescape

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_BLOCK = 1 << 20
_OVERLAP = 1 << 12
"""Bytes of a block that are looked at again with the next; no tag of a row or column is longer."""
_MOST = 1 << 25
"""Bytes of a sheet that are looked at, some 20,000 lines: enough to tell, and quick beside the reading."""
_ROW = re.compile(rb'<(?:x:)?row\b[^>]*\shidden="(?:1|true)"(?:[^>]*[^>/])?>')
"""A hidden row that holds something."""
_COLUMN = re.compile(rb'<(?:x:)?col\b[^>]*\shidden="(?:1|true)"[^>]*>')
_SPAN = re.compile(rb'\b(min|max)="(\d+)"')
_SHEET = re.compile(r'<(?:x:)?sheet\b[^>]*\sname="([^"]*)"[^>]*\b(?:r|\w+):id="([^"]*)"')
_RELATION = re.compile(r"<Relationship\b[^>]*>")
_ATTRIBUTE = re.compile(r'\b(Id|Target)="([^"]*)"')
_WIDEST = 1_000
"""Columns; a wider span is the empty rest of a sheet."""


def hidden_parts(path: Path) -> dict[str, str]:
    """What the sheets of an .xlsx or .xlsm file hide, by name of the sheet: ``2 hidden rows``, ``at least 1 hidden column``.

    Only sheets that hide something are there; of a file that is no such workbook, none.
    """
    try:
        with zipfile.ZipFile(path) as book:
            places = dict(_places(book))
            found = {name: _hidden(book, place) for name, place in places.items() if place in book.NameToInfo}
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        return {}
    return {name: told for name, told in found.items() if told}


def _places(book: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name of a sheet and the file that holds it."""
    workbook, relations = (_start(book, name) for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"))
    targets = {}
    for relation in _RELATION.findall(relations):
        attributes = dict(_ATTRIBUTE.findall(relation))
        target = attributes.get("Target", "")
        targets[attributes.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    for name, key in _SHEET.findall(workbook):
        yield unescape(name, {"&quot;": '"', "&apos;": "'"}), targets.get(key, "")


def _start(book: zipfile.ZipFile, name: str) -> str:
    with book.open(name) as file:
        return file.read(_BLOCK).decode("utf-8", errors="replace")


def _hidden(book: zipfile.ZipFile, place: str) -> str:
    rows, columns, end, done = 0, 0, 0, 0
    tail = b""
    with book.open(place) as file:
        while done < _MOST and (block := file.read(_BLOCK)):
            text = tail + block
            if b"hidden=" in text:
                for match in _ROW.finditer(text, end):
                    rows += 1
                    end = match.end()
                for match in _COLUMN.finditer(text) if not done else ():
                    span = {key: int(number) for key, number in _SPAN.findall(match[0])}
                    width = span.get(b"max", 1) - span.get(b"min", 1) + 1
                    columns += width if width <= _WIDEST else 0
            tail = text[-_OVERLAP:]
            end = max(0, end - (len(text) - len(tail)))
            done += len(block)
    parts = [f"{count:,} hidden {what}{'s' * (count != 1)}" for count, what in ((rows, "row"), (columns, "column")) if count]
    return f"{'at least ' if parts and done >= _MOST else ''}{' and '.join(parts)}"
