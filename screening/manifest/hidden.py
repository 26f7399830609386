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
_ROW = re.compile(rb"<(?:x:)?row\s[^<>]*>")
_COLUMN = re.compile(rb"<(?:x:)?col\s[^<>]*>")
_IS_HIDDEN = re.compile(rb'\shidden="(?:1|true)"')
_SPAN = re.compile(rb'\b(min|max)="(\d+)"')
_SHEET = re.compile(r"<(?:x:)?sheet\s[^<>]*>")
_RELATION = re.compile(r"<Relationship\s[^<>]*>")
_ATTRIBUTE = re.compile(r'(?<=[\s:])(Id|Target|name|id)="([^"]*)"')
"""A tag ends where another begins: then no text, however made, takes longer than it is long."""
_WIDEST = 1_000
"""Columns; a wider span is the empty rest of a sheet."""


def hidden_parts(path: Path) -> dict[str, str]:
    """What the sheets of an .xlsx or .xlsm file hide, by name of the sheet: ``2 hidden rows``, ``at least 1 hidden column``.

    Only sheets that hide something are there; of a file that is no such workbook, none.
    """
    try:
        with zipfile.ZipFile(path) as book:
            places = dict(_places(book))
            told = {place: _hidden(book, place) for place in set(places.values()) & book.NameToInfo.keys()}
            found = {name: told.get(place, "") for name, place in places.items()}
    except (OSError, zipfile.BadZipFile, KeyError, ValueError, NotImplementedError, RuntimeError, EOFError, zlib.error):
        return {}
    return {name: hides for name, hides in found.items() if hides}


def _places(book: zipfile.ZipFile) -> Iterator[tuple[str, str]]:
    """Name of a sheet and the file that holds it."""
    workbook, relations = (_start(book, name) for name in ("xl/workbook.xml", "xl/_rels/workbook.xml.rels"))
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


def _hidden(book: zipfile.ZipFile, place: str) -> str:
    rows, columns, end, done = 0, 0, 0, 0
    tail = b""
    with book.open(place) as file:
        while done < _MOST and (block := file.read(_BLOCK)):
            text = tail + block
            if b"hidden=" in text:
                for match in _ROW.finditer(text, end):
                    if _IS_HIDDEN.search(match[0]):
                        empty = match[0].endswith(b"/>") or text[match.end() : match.end() + 2] == b"</"
                        rows += not empty
                        end = match.end()
                for match in filter(lambda tag: _IS_HIDDEN.search(tag[0]), _COLUMN.finditer(text) if not done else ()):
                    span = {key: int(number) for key, number in _SPAN.findall(match[0])}
                    width = span.get(b"max", 1) - span.get(b"min", 1) + 1
                    columns += width if width <= _WIDEST else 0
            tail = text[-_OVERLAP:]
            end = max(0, end - (len(text) - len(tail)))
            done += len(block)
    parts = [f"{count:,} hidden {what}{'s' * (count != 1)}" for count, what in ((rows, "row"), (columns, "column")) if count]
    return f"{'at least ' if parts and done >= _MOST else ''}{' and '.join(parts)}"
