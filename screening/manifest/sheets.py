"""A sheet as every format hands it on: a name, its first rows, and its rows in batches of text."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from screening.errors import ManifestError
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence
    from pathlib import Path

    from polars._typing import PolarsDataType

    from screening.manifest.headerrows import HeaderRows
    from screening.manifest.merges import Merges

BATCH_ROWS = 140_000
"""Rows that are read and cleaned together."""

HEAD_ROWS = 80
"""First rows of a sheet in which its headers are looked for, and some below them."""

MOST_COLUMNS = 16_384
"""Columns of a sheet (Microsoft, Excel specifications and limits)."""

ROW = "row"

TOO_WIDE = "has more cells than the header; a separator inside a text needs quotation marks"
"""Reason of a reject."""


@record
class Reject:
    """A row that cannot become a line."""

    row: int
    reason: str
    cells: list[str]


@record
class Batch:
    """Some rows of a sheet.

    ``frame`` has ``row`` (UInt32, as the spreadsheet shows it), then a String column per column of the sheet, ``c0``, ``c1``….
    """

    frame: pl.DataFrame
    rejects: list[Reject] = field(default_factory=list)


@dataclass(slots=True)
class Sheet:
    """One table of a manifest, before anything is known about it."""

    name: str
    batches: Callable[[], Iterator[Batch]]
    """Reads the sheet from its first row."""
    head: Sequence[Sequence[str | None]] = ()
    """The first rows, to find the header in; empty where the headers are known."""
    header: HeaderRows | None = None
    """Where the headers stand, if opening the file has shown that already."""
    headers: list[str] | None = None
    """Headers that the format itself names (a frame, Parquet, JSON); no row of the sheet holds them."""
    notes: list[str] = field(default_factory=list)
    hidden: bool = False
    hides: str = ""
    """Rows and columns of it that are hidden, in words."""
    merges: Merges | None = None
    """Cells of it that are merged over several rows."""
    table_of: str | None = None
    """Name of the sheet on which this table stands beside another one of goods."""
    above: Sequence[Sequence[str | None]] = ()
    """The rows of that whole sheet above its tables: what stands there holds for all of them."""
    numeric: frozenset[int] = frozenset()
    """Columns, from 0, that the format itself holds as numbers: what parts their decimals is a point."""
    is_text: bool = False
    """Whether all of it is text as a person or program wrote it, numbers too; in a workbook some are numbers."""
    overflow_from: int | None = None
    """Cells from this column on are more than the header has, and shift the row (delimited text only)."""
    given: Mapping[str, str] = field(default_factory=dict)
    """Header to canonical column or ``-``, where the format says what each means (messages only). Such numbers have a decimal
    point, such codes all their zeros, and every row is a line or a reject."""
    reasons: Mapping[str, str] = field(default_factory=dict)
    """Header to the reason why the format sends it to ``-``."""
    unsure: frozenset[str] = frozenset()
    """Headers of these that a person should look at."""


def uniquely_named(sheets: list[Sheet]) -> list[Sheet]:
    """The sheets, the second of a name called ``name (2)``: a line stands on one row of one sheet."""
    seen: dict[str, int] = {}
    for sheet in sheets:
        seen[sheet.name] = number = seen.get(sheet.name, 0) + 1
        if number > 1:
            sheet.name = f"{sheet.name} ({number})"
    return sheets


def no_room(shown: str, folder: Path | str, reason: str) -> ManifestError:
    """The error of a copy that could not be written while reading ``shown``."""
    return ManifestError(
        f"{shown}: no copy for reading can be put into {folder}: {reason}. Free space there, or set TMPDIR to a folder with more"
    )


def column_names(width: int) -> list[str]:
    """Names of the cell columns of a batch."""
    return [f"c{index}" for index in range(width)]


def in_batches(frame: pl.DataFrame) -> Iterator[Batch]:
    """A frame in memory, piece by piece."""
    for piece in frame.iter_slices(BATCH_ROWS):
        yield Batch(piece)


def as_text(frame: pl.LazyFrame, schema: pl.Schema) -> pl.LazyFrame:
    """A frame of any types as text: what a person would have typed, ``12`` for 12.0, ISO dates, lists joined by ``; ``.

    Its columns are named by position (see `column_names`): a name such as ``^a.*$`` would be read as a pattern.
    """
    names = column_names(len(schema))
    renamed = frame.rename(dict(zip(schema.names(), names, strict=True)))
    return renamed.select(_cell_text(pl.col(name), kind) for name, kind in zip(names, schema.dtypes(), strict=True))


def _cell_text(cell: pl.Expr, kind: pl.DataType) -> pl.Expr:
    if kind.is_float():
        return cell.cast(pl.String).str.strip_suffix(".0")
    if isinstance(kind, pl.List | pl.Array) and _castable(kind.inner):
        lists = cell.cast(pl.List(kind.inner)) if isinstance(kind, pl.Array) else cell
        return lists.cast(pl.List(pl.String)).list.join("; ", ignore_nulls=True)
    if isinstance(kind, pl.Struct):
        return cell.struct.json_encode()
    if kind == pl.Binary:
        return cell.bin.encode("hex")
    return cell.cast(pl.String, strict=False) if _castable(kind) else cell.map_batches(python_text, return_dtype=pl.String)


def _castable(kind: PolarsDataType) -> bool:
    """Whether polars itself can write a value of this type as text."""
    return not (kind.is_nested() or kind in (pl.Binary, pl.Duration, pl.Object))


def python_text(cells: pl.Series) -> pl.Series:
    """Values that polars itself cannot write as text, as Python writes them."""
    return pl.Series(cells.name, [None if value is None else str(value) for value in cells.to_list()], dtype=pl.String)
