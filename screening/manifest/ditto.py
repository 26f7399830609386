"""Cells that stand for the one above: "ditto", ``同上``, ``〃``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from screening.manifest.sheets import ROW
from screening.terms import ROLES

if TYPE_CHECKING:
    from screening.manifest.headers import Lexicon
    from screening.manifest.mapping import ColumnMap


_READ = frozenset(
    {"description", "declaration_elements", "hs_code", "item_code", "origin_country", "destination_country", "end_use"}
    | {f"{role}_{part}" for role in ROLES for part in ("name", "address", "country")}
)
"""Columns in which a sign for the cell above would hide what the goods are or whose."""

_FEW = 200
"""Rows that are quicker looked at one by one."""


class Ditto:
    """Reads such cells of one sheet over its batches. An amount is never read so: it may be the same again, or the same one."""

    def __init__(self, mapping: ColumnMap, lexicon: Lexicon) -> None:
        self._signs = lexicon.ditto
        self._columns = {
            f"c{filling.index}": column for column, fillings in mapping.filled.items() if column in _READ for filling in fillings
        }
        self._above: dict[str, str | None] = {}
        self._found: dict[str, tuple[int, int, str]] = {}
        """Column to how many such cells it has, and row and text of the first."""

    def fill(self, frame: pl.DataFrame) -> pl.DataFrame:
        """The rows with what such cells stand for; one with nothing above it says nothing.

        Args:
            frame: ``row`` and cells as text, without blanks at their ends and null where empty.
        """
        changed = []
        for name, column in self._columns.items():
            cells = frame[name]
            marked = self._marked(cells)
            if marked is not None:
                said = cells.set(marked, None).forward_fill()
                if (above := self._above.get(name)) is not None:
                    said = said.fill_null(above)
                count, row, text = self._found.get(column, (0, 0, ""))
                if not count:
                    first = int(marked.arg_max() or 0)
                    row, text = frame[ROW][first], cells[first]
                self._found[column] = (count + int(marked.sum()), row, text)
                cells = said.zip_with(marked, cells)
                changed.append(cells.alias(name))
            there = cells if cells.len() and cells[-1] is not None else cells.drop_nulls()
            self._above[name] = there[-1] if there.len() else self._above.get(name)
        return frame.with_columns_seq(changed) if changed else frame

    def _marked(self, cells: pl.Series) -> pl.Series | None:
        """Which cells stand for the one above; None where none does. Most texts are too long to be looked at."""
        if cells.len() < _FEW:
            return pl.Series(hits) if any(hits := [text in self._signs for text in cells.to_list()]) else None
        short = cells.str.len_bytes() <= max(len(sign.encode()) for sign in self._signs or ("",))
        at = short.arg_true()
        if not at.len():
            return None
        found = cells.gather(at).is_in(sorted(self._signs))
        if not found.any():
            return None
        return pl.Series([False]).new_from_index(0, cells.len()).scatter(at.filter(found), True)

    def notes(self) -> list[str]:
        """What was read so."""
        return [
            f"{column}: '{text}' (row {row}) was read as the cell above" + (f"; so were {count - 1:,} more" if count > 1 else "")
            for column, (count, row, text) in self._found.items()
        ]
