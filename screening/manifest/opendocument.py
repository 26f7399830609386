"""What an OpenDocument spreadsheet (.ods) says of its sheets besides their cells: what it hides, and merged cells."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.parsers import expat

from screening.manifest.layout import WIDEST, Layout, told

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import IO

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_HIDDEN = ("collapse", "filter")
_BLOCK = 1 << 20


def open_layouts(file: IO[bytes]) -> dict[str, Layout]:
    """The layouts of the sheets by name of the sheet, from ``content.xml``; of a damaged document as far as it goes."""
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler, parser.EndElementHandler, parser.StartDoctypeDeclHandler = (
        reader.start,
        reader.end,
        reader.doctype,
    )
    try:
        while block := file.read(_BLOCK):
            parser.Parse(block)
    except (expat.ExpatError, ValueError):
        pass  # what the reader of the cells says of it is better
    return reader.layouts


class _Reader:
    """Counts the rows and columns of the outermost tables."""

    def __init__(self) -> None:
        self.layouts: dict[str, Layout] = {}
        self._name = ""
        self._depth = 0
        self._row, self._column, self._repeated = 0, 0, 1
        self._rows, self._columns = 0, 0
        self._merged: list[tuple[int, int, int]] = []
        self._is_hidden = self._is_filled = False

    def doctype(self, *_: object) -> None:
        """No spreadsheet declares a type of document."""
        raise ValueError

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        """An element begins."""
        space, _, tag = name.rpartition(" ")
        if f"{space} " != _TABLE:
            self._is_filled = self._is_filled or tag == "p"
            return
        self._depth += tag == "table"
        if self._depth != 1:
            return
        if tag == "table":
            self._name, self._row, self._rows, self._columns, self._merged = attributes.get(_TABLE + "name", ""), 1, 0, 0, []
        elif tag == "table-column":
            width = _number(attributes, "number-columns-repeated")
            self._columns += width if attributes.get(_TABLE + "visibility") in _HIDDEN and width <= WIDEST else 0
        elif tag == "table-row":
            self._column, self._repeated = 0, _number(attributes, "number-rows-repeated")
            self._is_hidden, self._is_filled = attributes.get(_TABLE + "visibility") in _HIDDEN, False
        elif tag in ("table-cell", "covered-table-cell"):
            if (span := _number(attributes, "number-rows-spanned")) > 1:
                self._merged.append((self._column, self._row, self._row + span - 1))
            self._column += _number(attributes, "number-columns-repeated")

    def end(self, name: str) -> None:
        """An element ends."""
        if not name.startswith(_TABLE):
            return
        tag = name[len(_TABLE) :]
        if self._depth == 1 and tag == "table-row":
            self._rows += self._repeated * (self._is_hidden and self._is_filled)
            self._row += self._repeated
        elif tag == "table":
            self._depth -= 1
            if not self._depth:
                self.layouts[self._name] = Layout(told(self._rows, self._columns), self._merged)


def _number(attributes: Mapping[str, str], name: str) -> int:
    return int(attributes.get(_TABLE + name, "1"))
