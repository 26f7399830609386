"""Cells merged over several rows: what a cell says holds for each row it covers, an amount is one of all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from screening.manifest.sheets import ROW
from screening.terms import COLUMNS, Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.manifest.mapping import ColumnMap

_MEASURES = ("packages", "net_kg", "gross_kg", "volume_m3", "value", "value_usd")
"""Amounts that rules compare with each other."""
_ROWS = 1 << 24
"""More rows than a sheet can have."""


class Merges:
    """The cells of one sheet that are merged over several rows.

    Args:
        cells: The cells of the sheet as text, from its first row.
        first_column: Which column of the sheet is the first of ``cells``, from 0.
        merged: Column of the sheet from 0, first and last row from 1.
    """

    def __init__(self, cells: pl.DataFrame, first_column: int, merged: Sequence[tuple[int, int, int]]) -> None:
        self._cells, self._first_column, self._merged = cells, first_column, merged
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for column, first, last in sorted(merged):
            spans = self._spans.setdefault(column - first_column, [])
            if not spans or first > spans[-1][1]:  # of two that overlap, which no program writes, the upper one
                spans.append((first, last))
        self._texts: dict[str, pl.DataFrame] = {}
        """``first, last, text`` of merged cells, by the column of cells."""
        self._amounts: dict[str, pl.DataFrame] = {}
        """The same of amounts of several lines, by the canonical column."""
        self.filled: frozenset[str] = frozenset()
        """Canonical columns with texts in merged cells."""
        self._covered: dict[str, str] = {}
        self._shared: dict[str, int] = {}

    def part(self, start: int, stop: int | None) -> Merges:
        """The merges of some columns of the cells: from ``start`` to before ``stop``."""
        return Merges(self._cells[:, start:stop], self._first_column + start, self._merged)

    def prepare(self, mapping: ColumnMap, header: int) -> None:
        """Look at the merges below row ``header`` in columns that fill something, and note in ``mapping`` how they are read."""
        said: dict[bool, dict[str, pl.DataFrame]] = {False: {}, True: {}}
        for column, fillings in mapping.filled.items():
            amount = COLUMNS.get(column) is Kind.NUMBER
            for filling in fillings:
                table = self._table(filling.index, header)
                if amount and table.height:
                    table = table.filter(self._rows_in(table) > 1)
                if table.height:
                    said[amount][column] = table
                    self._texts |= {} if amount else {f"c{filling.index}": table}
        texts, amounts = said[False], said[True]
        whole = self._of_one_goods(mapping, texts, amounts)
        kept = {column: table.filter(_block().is_in(whole)) for column, table in amounts.items()}
        self._amounts = {column: table.filter(~_block().is_in(whole)) for column, table in amounts.items()}
        self._amounts = {column: table for column, table in self._amounts.items() if table.height}
        self.filled = frozenset(texts)
        for tables, meant in (
            (texts, "hold for each of them"),
            (kept, "are amounts of one goods, told with the first of them"),
            (self._amounts, "are one amount of all of these and of none by itself"),
        ):
            named = [column for column, table in tables.items() if table.height]
            if named:
                first, last, _ = tables[named[0]].row(0)
                such = f"cells merged over several rows (such as rows {first} to {last})"
                mapping.notes.append(f"{', '.join(named)}: {such} {meant}")

    def _of_one_goods(
        self, mapping: ColumnMap, texts: Mapping[str, pl.DataFrame], amounts: Mapping[str, pl.DataFrame]
    ) -> list[int]:
        """The blocks of rows that tell of one goods, all of whose measures are merged over the same rows (see `_block`).

        They have one description, or one number of a line and below its first row neither codes nor quantities.
        """
        if not amounts or not (texts.keys() & {"description", "line_no"}):
            return []
        spans = {column: set(table.select(_block()).to_series().to_list()) for column, table in {**texts, **amounts}.items()}
        asked = [column for column in (*_MEASURES, "hs_code", "quantity") if column in mapping.filled]
        until = {column: self._filled(mapping.filled[column][0].index) for column in asked}
        nothing: set[int] = set()

        def below(column: str, first: int, last: int) -> bool:
            return column in until and until[column][last] > until[column][first]

        def told(column: str, block: int, first: int, last: int) -> bool:
            of_all = block in spans.get(column, nothing) or until[column][first] == until[column][first - 1]
            return of_all and not below(column, first, last)

        whole = []
        for block in sorted(set().union(*(spans[column] for column in amounts))):
            first, last = divmod(block, _ROWS)
            one = block in spans.get("description", nothing) or (
                block in spans.get("line_no", nothing) and not below("quantity", first, last)
            )
            measures = (told(column, block, first, last) for column in _MEASURES if column in until)
            if one and not below("hs_code", first, last) and all(measures):
                whole.append(block)
        return whole

    def _filled(self, index: int) -> list[int]:
        """How many cells of a column hold something down to each row, from row 0, which there is not."""
        full = (self._cells[:, index].str.strip_chars() != "").fill_null(value=False)
        return [0, *full.cast(pl.UInt32).cum_sum().to_list()]

    def _table(self, index: int, header: int) -> pl.DataFrame:
        height = self._cells.height
        spans = [(first, min(last, height)) for first, last in self._spans.get(index, ()) if header < first < height]
        table = pl.DataFrame(spans, schema={"first": pl.UInt32, "last": pl.UInt32}, orient="row")
        if not spans or not 0 <= index < self._cells.width:
            return table.clear()
        return table.with_columns(text=self._cells[:, index].gather(table["first"] - 1).str.strip_chars()).filter(
            pl.col("text") != ""
        )

    def _rows_in(self, table: pl.DataFrame) -> pl.Series:
        """How many rows of each block hold anything: a block of two rows is often one tall line."""
        filled = self._cells.select(pl.any_horizontal(pl.all().str.strip_chars() != "").fill_null(value=False)).to_series()
        until = filled.cast(pl.UInt32).cum_sum()
        return until.gather(table["last"] - 1) - until.gather(table["first"] - 1) + 1  # the first holds the amount

    def fill(self, frame: pl.DataFrame, start: int, end: int) -> pl.DataFrame:
        """Give each row what its merged cells say.

        Args:
            frame: ``row`` and cells, of the rows of a batch that hold goods of their own. A merged cell that begins in another
                row of the batch, such as the word for the total, says nothing of goods.
            start: The first row of the batch.
            end: Its last row.
        """
        columns = []
        for name, merged in self._texts.items():
            table = merged.filter(~pl.col("first").is_between(start, end) | pl.col("first").is_in(frame[ROW].implode()))
            self._texts[name] = table
            if not table.height:
                continue
            at, inside = _within(frame[ROW], table)
            if not inside.any():
                continue
            said, own = table["text"].gather(at), frame[name]
            hidden = inside & (own != said).fill_null(value=False)
            if name not in self._covered and hidden.any():
                row = frame.row(hidden.arg_max() or 0, named=True)
                self._covered[name] = (
                    f"row {row[ROW]} has '{row[name]}' of its own under the merged cell above it, which no spreadsheet shows"
                )
            columns.append(said.zip_with(inside, own).alias(name))
        return frame.with_columns_seq(columns) if columns else frame

    def without_shared(self, lines: pl.DataFrame) -> pl.DataFrame:
        """The lines without the amounts that several of them have together."""
        columns = []
        for column, table in self._amounts.items():
            _, inside = _within(lines[ROW], table)
            if inside.any():
                self._shared[column] = self._shared.get(column, 0) + int(inside.sum())
                columns.append(lines[column].set(inside, None))
        return lines.with_columns_seq(columns) if columns else lines

    def notes(self) -> list[str]:
        """What the rows have shown."""
        shared = [f"{column} of {count:,} line{'s' * (count != 1)}" for column, count in self._shared.items()]
        told = [f"not known, because merged cells tell it for several lines together: {', '.join(shared)}"] if shared else []
        return [*self._covered.values(), *told]


def _block() -> pl.Expr:
    """First and last row of a block as one number."""
    return pl.col("first").cast(pl.Int64) * _ROWS + pl.col("last")


def _within(rows: pl.Series, table: pl.DataFrame) -> tuple[pl.Series, pl.Series]:
    """For each row the block that could hold it, and whether it does."""
    at = table["first"].search_sorted(rows, side="right").cast(pl.Int64) - 1
    before = at < 0
    at = at.set(before, 0)
    return at, ~before & (rows <= table["last"].gather(at))
