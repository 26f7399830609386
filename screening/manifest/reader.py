"""A manifest of any format to canonical lines, with an account of every row."""

from __future__ import annotations

import tempfile
from contextlib import nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.errors import ManifestError, UsageError
from screening.manifest.accounting import Account, cells_of
from screening.manifest.beside import OTHER, other_tables, tables
from screening.manifest.cleaning import Cleaner, unread_note
from screening.manifest.dates import date_order
from screening.manifest.ditto import Ditto
from screening.manifest.headerrows import HeaderRows, find_header, header_at
from screening.manifest.headers import lexicon_of
from screening.manifest.labels import read_labels, unit_above
from screening.manifest.mapping import IGNORE, ColumnMap, map_columns
from screening.manifest.refusals import EMPTY, NOT_READ, hidden_notes, no_header, reasons, refusal_of
from screening.manifest.sheets import MOST_COLUMNS, ROW, TOO_WIDE, Batch, Reject, Sheet, column_names
from screening.manifest.sources import Opened, open_source
from screening.plaindata import record
from screening.terms import COLUMNS, Chunk, InputReading, SheetReading

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from screening.terms import ReadingWords

    Records = Sequence[Mapping[str, Any]]
    Source = str | Path | pl.DataFrame | pl.LazyFrame | Records

_SAMPLE_VALUES = 500
"""Distinct values of a column that decide what its header leaves open."""

_TOGETHER = 10_000
"""Lines of several small sheets that are handed on as one chunk: judging costs by the chunk as well."""

REJECTS: dict[str, Any] = {
    "file": pl.String,
    "sheet": pl.String,
    "row": pl.UInt32,
    "reason": pl.String,
    "cells": pl.List(pl.String),
}
"""Columns of ``Chunk.rejects``."""


@record
class SheetMapping:
    """A person's word on how a sheet is to be read."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Header as written to canonical column, or to ``-`` to leave it out."""
    header_row: int | None = None
    """Row of the headers as the spreadsheet shows it; None to look for it."""


@record
class ReadOptions:
    """Settings of a reading."""

    sheet: str | None = None
    """Read only the sheet of this name."""
    mappings: Mapping[tuple[str, str], SheetMapping] = field(default_factory=dict)
    """By file name and sheet name; ``*`` stands for any."""
    defaults: Mapping[str, str] = field(default_factory=dict)
    """Canonical column to the value of its empty cells."""

    def mapping(self, file: str, sheet: str) -> SheetMapping:
        """The mapping given for a sheet; an empty one where none is."""
        names = dict.fromkeys((file, Path(file).name, "*"))
        found = (self.mappings.get((name, tab)) for name in names for tab in (sheet, "*"))
        return next((mapping for mapping in found if mapping), SheetMapping())


@dataclass(slots=True)
class Prepared:
    """A sheet whose header was found and whose columns were mapped."""

    sheet: Sheet
    header: HeaderRows | None
    """None where the format names the columns."""
    headers: Sequence[str]
    mapping: ColumnMap
    sample: list[list[str]]
    """Some values of each column."""
    cleaner: Cleaner
    batches: Iterator[Batch]
    refusal: str = ""
    """Why the sheet is not read, though its headers are known."""


class Manifest:
    """Reads sources one after the other. Nothing is read before `chunks` is iterated.

    Attributes:
        inputs: How each input was read, complete once `chunks` is exhausted.
    """

    def __init__(self, sources: Sequence[Source], words: ReadingWords, options: ReadOptions) -> None:
        for column in options.defaults:
            if column not in COLUMNS:
                msg = f"a default was given for '{column}', which is no column of a manifest; use one of: {', '.join(COLUMNS)}"
                raise UsageError(msg)
        self.inputs: list[InputReading] = []
        self._sources = sources
        self._words = words
        self._options = options
        self._lexicon = lexicon_of(words)
        self._line = 0

    def chunks(self) -> Iterator[Chunk]:
        """The lines and rejects of all sources, piece by piece, lines numbered through from 1.

        Raises:
            ManifestError: A source cannot be read, or none of its sheets has headers that can be read.
            UsageError: A mapping or a sheet name does not fit.
        """
        waiting: list[Chunk] = []
        for chunk in self._chunks():
            waiting.append(chunk)
            if sum(one.lines.height for one in waiting) > _TOGETHER:
                yield from _joined(waiting)
                waiting = []
        yield from _joined(waiting)

    def _chunks(self) -> Iterator[Chunk]:
        """The chunks of one sheet after the other."""
        self.inputs.clear()
        self._line = 0
        for opened in self._opened():
            reading = InputReading(opened.path, "")
            self.inputs.append(reading)
            for sheet in self._wanted(opened):
                yield from self._sheet(sheet, reading)
            reading.sha256 = opened.sha256
            opened.check()
            _require_header(opened, reading)

    def prepared(self) -> Iterator[tuple[str, str, Prepared | None, list[str]]]:
        """Path, sheet name, how the sheet would be read (None without headers) and notes, for every sheet of every source."""
        for opened in self._opened():
            for sheet in self._wanted(opened):
                prepared = self._prepare(sheet, opened.path)
                refusal = prepared.refusal if prepared else no_header(sheet)
                notes = [*hidden_notes(sheet, refusal), *sheet.notes]
                yield opened.path, sheet.name, prepared, [*notes, f"{NOT_READ}{refusal}"] if refusal else notes

    def _opened(self) -> Iterator[Opened]:
        files = any(isinstance(source, str | Path) for source in self._sources)
        workspace = tempfile.TemporaryDirectory(prefix="screening-", ignore_cleanup_errors=True) if files else nullcontext("")
        with workspace as folder:
            for source in self._sources:
                yield open_source(source, self._lexicon, Path(folder))

    def _wanted(self, opened: Opened) -> list[Sheet]:
        wanted = self._options.sheet
        every = wanted is None or (len(opened.sheets) == 1 and not opened.sheets[0].name)
        sheets = [table for sheet in opened.sheets if every or sheet.name == wanted for table in tables(sheet, self._lexicon)]
        if not sheets and not every:
            names = ", ".join(f"'{sheet.name}'" for sheet in opened.sheets)
            msg = f"{opened.path}: there is no sheet '{wanted}'; the workbook has {names}"
            raise UsageError(msg)
        return sheets

    def _prepare(self, sheet: Sheet, file: str) -> Prepared | None:
        """Find the header and map the columns; None where there is no header."""
        given = self._options.mapping(file, sheet.name)
        where = f"{file}, sheet '{sheet.name}'" if sheet.name else file
        header: HeaderRows | None = None
        if sheet.headers is None:
            if given.header_row is not None:
                if given.header_row > len(sheet.head):
                    msg = f"{where}: the mapping names row {given.header_row} as header; the first rows hold none such"
                    raise UsageError(msg)
                header = header_at(sheet.head, given.header_row - 1, self._lexicon)
            else:
                header = sheet.header or find_header(sheet.head, self._lexicon)
            if header is None:
                return None
        headers = header.texts if header else tuple(sheet.headers or ())
        if len(headers) > MOST_COLUMNS:
            msg = (
                f"{where or 'the lines given'}: more than the {MOST_COLUMNS:,} columns that a spreadsheet can have; "
                "leave out those that say nothing of the goods"
            )
            raise ManifestError(msg)
        batches = _stripped(sheet.batches())
        first = next(batches, None)
        below = first.frame if first else pl.DataFrame(schema={ROW: pl.UInt32})
        if header:
            below = below.filter(pl.col(ROW) > header.last + 1)
        headers = (*headers, *[""] * (below.width - 1 - len(headers)))
        below = _wide(below, len(headers))
        sample = _sample(below) if headers else []
        others = other_tables(headers, below, self._lexicon) if header else []
        decided = {**sheet.given, **dict.fromkeys(others, IGNORE), **given.columns}
        mapping = map_columns(headers, sample, self._lexicon, decided, where, below)
        for text, reason in {**sheet.reasons, **dict.fromkeys(others, OTHER)}.items():
            if text in mapping.left and text not in given.columns:
                del mapping.left[text]
                (mapping.unsure if text in sheet.unsure else mapping.left)[text] = reason
        mapping.notes += [f"another table stands beside the goods and is not read: {', '.join(others)}"] if others else []
        for index in [index for index, text in enumerate(headers) if not text and not sample[index] and index in mapping.extras]:
            del mapping.extras[index]
        if sheet.merges:
            sheet.merges.prepare(mapping, header.last + 1 if header else 0)
        above = sheet.above if sheet.table_of is not None else sheet.head[: header.first if header else 0]
        mapping.take_unit(unit_above(above, self._lexicon))
        labels = read_labels(above, self._lexicon, mapping.filled.keys())
        cleaner = Cleaner(mapping, self._words, below, self._options.defaults, labels, sheet.numeric, is_text=sheet.is_text)
        if sheet.given:
            cleaner.decided.settle()
        refusal = "" if given.columns or sheet.given or not file else refusal_of(headers, mapping, self._lexicon)
        return Prepared(sheet, header, headers, mapping, sample, cleaner, _chain(first, batches), refusal)

    def _sheet(self, sheet: Sheet, reading: InputReading) -> Iterator[Chunk]:
        prepared = self._prepare(sheet, reading.path)
        if prepared is None or prepared.refusal:
            refusal = prepared.refusal if prepared else no_header(sheet)
            notes = [*hidden_notes(sheet, refusal), *sheet.notes, f"{NOT_READ}{refusal}"]
            reading.sheets.append(SheetReading(sheet.name, None, {}, notes=notes))
            return
        mapping, header = prepared.mapping, prepared.header
        read = SheetReading(
            sheet.name,
            header.last + 1 if header else None,
            mapping.columns,
            mapping.unsure,
            [*hidden_notes(sheet), *sheet.notes, *mapping.notes, *prepared.cleaner.notes],
            table_of=sheet.table_of or "",
        )
        reading.sheets.append(read)
        for column in prepared.cleaner.decided.open_numbers:
            read.unsure[mapping.filled[column][0].header] = (
                f"its numbers read with thousands and with decimals alike; those cells of {column} stayed empty. "
                "Write 25000 or 25.0 instead of 25.000"
            )
        account = Account(mapping, prepared.headers if header else (), self._lexicon, every_row=bool(sheet.given))
        self._settle_dates(prepared, read)
        merges, ditto = sheet.merges, Ditto(mapping, self._lexicon) if not sheet.given else None
        for batch in prepared.batches:
            frame = _wide(batch.frame, len(prepared.headers))
            start, end = (frame[ROW][0], frame[ROW][-1]) if frame.height else (0, 0)
            if header and frame.height and frame[ROW][0] <= header.last + 1:
                frame = self._above(frame, header, account)
            frame, too_wide = _without_overflow(frame, sheet.overflow_from if header else None)
            frame, below = account.before(frame)
            whole = merges.fill(frame, start, end) if merges else frame
            whole = ditto.fill(whole) if ditto else whole
            lines, empty = account.after(frame, prepared.cleaner.clean(whole), merges.filled if merges else frozenset())
            if merges:
                lines = merges.without_shared(lines)
            rejects = [*batch.rejects, *too_wide, *below, *empty]
            read.lines += lines.height
            read.rejects += len(rejects)
            if lines.height or rejects:
                yield self._chunk(prepared.cleaner.fill(lines), rejects, reading.path, sheet.name)
        read.skipped = account.skipped
        read.notes += [*_closing_notes(prepared), *(merges.notes() if merges else ()), *(ditto.notes() if ditto else ())]

    def _above(self, frame: pl.DataFrame, header: HeaderRows, account: Account) -> pl.DataFrame:
        """Count the rows down to the header, and leave the ones below it."""
        above = frame.filter(pl.col(ROW) <= header.last + 1)
        texts = pl.any_horizontal(pl.exclude(ROW).is_not_null())
        titles = above.filter(pl.col(ROW) <= header.first)
        account.count("blank", titles.filter(~texts).height)
        account.count("title", titles.filter(texts).height)
        account.count("header", above.height - titles.height)
        return frame.filter(pl.col(ROW) > header.last + 1)

    def _settle_dates(self, prepared: Prepared, read: SheetReading) -> None:
        """Look through the whole sheet for a date that leaves no doubt, where its first batch has none."""
        cleaner = prepared.cleaner
        for column in list(cleaner.decided.open_dates):
            name = f"c{prepared.mapping.filled[column][0].index}"
            order = None
            for batch in prepared.sheet.batches():
                if name in batch.frame.columns and (order := date_order(batch.frame[name].drop_nulls().unique().to_list())):
                    break
            cleaner.set_order(column, order)
            if order is None:
                header = prepared.mapping.filled[column][0].header
                read.unsure[header] = (
                    f"its dates read in two ways (day, month or year first); those cells of {column} stayed empty. "
                    "Write the dates as 2026-03-31, or with the month's name"
                )

    def _chunk(self, lines: pl.DataFrame, rejects: list[Reject], file: str, sheet: str) -> Chunk:
        numbered = lines.select_seq(
            pl.int_range(self._line + 1, self._line + 1 + lines.height, dtype=pl.UInt32).alias("line"),
            pl.lit(file).alias("file"),
            pl.lit(sheet).alias("sheet"),
            pl.all(),
        )
        self._line += lines.height
        rejects = sorted(rejects, key=lambda reject: reject.row)
        rows = [(file, sheet, reject.row, reject.reason, reject.cells) for reject in rejects]
        return Chunk(numbered, pl.DataFrame(rows, schema=REJECTS, orient="row"))


def read_manifest(sources: Source | Sequence[Source], words: ReadingWords, options: ReadOptions | None = None) -> Manifest:
    """Make ready to read one or several manifests.

    Args:
        sources: A path, ``-`` for CSV on standard input, a list of paths, a polars DataFrame or LazyFrame, or a list of
            dicts (one per line).
        words: How the trade writes, from rules/reading.
        options: Sheet, mappings and defaults.

    Returns:
        The manifest; iterate its ``chunks()``, then look at its ``inputs``.

    Raises:
        UsageError: A default is given for an unknown column.
    """
    several = isinstance(sources, list | tuple) and bool(sources) and all(isinstance(source, str | Path) for source in sources)
    return Manifest(sources if several else [sources], words, options or ReadOptions())  # type: ignore[arg-type, list-item]


def _joined(chunks: list[Chunk]) -> list[Chunk]:
    """Several chunks as one."""
    if len(chunks) < 2:
        return chunks
    lines, rejects = [chunk.lines for chunk in chunks], [chunk.rejects for chunk in chunks]
    return [Chunk(pl.concat(lines, how="diagonal"), pl.concat(rejects))]


def _sample(frame: pl.DataFrame) -> list[list[str]]:
    """Distinct values of every column, the first ones."""
    if frame.height <= _SAMPLE_VALUES:
        return [list(dict.fromkeys(v for v in frame[name].to_list() if v is not None)) for name in frame.columns if name != ROW]
    values = pl.exclude(ROW).drop_nulls().unique(maintain_order=True).head(_SAMPLE_VALUES).implode()
    return list(frame.select(values).row(0))


def _stripped(batches: Iterator[Batch]) -> Iterator[Batch]:
    """The batches with cells without blanks at their ends, and none where nothing is left."""
    for batch in batches:
        if batch.frame.width == 1:  # rows without any column, such as an empty dict
            yield batch
            continue
        frame = batch.frame.with_columns_seq(pl.exclude(ROW).str.strip_chars())
        emptied = [name for name, found in frame.select_seq((pl.exclude(ROW) == "").any()).row(0, named=True).items() if found]
        yield Batch(frame.with_columns_seq(pl.col(emptied).replace("", None)) if emptied else frame, batch.rejects)


def _chain(first: Batch | None, rest: Iterator[Batch]) -> Iterator[Batch]:
    if first is not None:
        yield first
        yield from rest


def _wide(frame: pl.DataFrame, width: int) -> pl.DataFrame:
    """The frame with a column for every header."""
    there = set(frame.columns)
    missing = [name for name in column_names(width) if name not in there]
    return frame.with_columns_seq(pl.lit(None, pl.String).alias(name) for name in missing) if missing else frame


def _without_overflow(frame: pl.DataFrame, start: int | None) -> tuple[pl.DataFrame, list[Reject]]:
    """Take out the rows with cells beyond the header: something in them is shifted."""
    beyond = [] if start is None else [name for name in frame.columns if name != ROW and int(name[1:]) >= start]
    if not beyond or not frame.height:
        return frame, []
    shifted = frame.select_seq(pl.any_horizontal(pl.col(beyond).is_not_null())).to_series()
    if not shifted.any():
        return frame, []
    wide = frame.filter(shifted).iter_rows(named=True)
    return frame.filter(~shifted), [Reject(row[ROW], TOO_WIDE, cells_of(row)) for row in wide]


def _closing_notes(prepared: Prepared) -> list[str]:
    cleaner = prepared.cleaner
    notes = [unread_note(column, unread) for column, unread in cleaner.unread.items() if unread.count]
    for column, bare in cleaner.no_unit.items():
        if bare:
            unit = "cubic metres" if column == "volume_m3" else "kilograms"
            notes.append(f"{column}: '{prepared.mapping.filled[column][0].header}' names no unit; read as {unit}")
    if cleaner.zeros_given:
        notes.append("hs_code: codes one digit short were given back their leading zero")
    return notes


def _require_header(opened: Opened, reading: InputReading) -> None:
    """A manifest in which nothing can be read is an error, not an empty result."""
    if any(sheet.header_row is not None or sheet.columns for sheet in reading.sheets):
        return
    if not opened.path:
        msg = "none of the columns is known; name them as in a manifest, such as description, hs_code, net_kg, consignee_name"
        raise ManifestError(msg)
    told = reasons({sheet.name: sheet.notes[-1] for sheet in reading.sheets})
    way_out = "" if told == EMPTY else ". If it is a manifest, name its columns in a mapping (--columns)"
    msg = f"{opened.path}: nothing to screen in it: {told}{way_out}"
    raise ManifestError(msg)
