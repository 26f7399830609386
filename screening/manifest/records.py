"""Frames, Parquet, JSON and lists of dicts as sheets: what a program hands over, with the names of its columns."""

from __future__ import annotations

import datetime as dt
import json
import math
import re
from collections.abc import Mapping
from contextlib import contextmanager
from decimal import Decimal
from enum import Enum
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.errors import ManifestError
from screening.manifest.sheets import (
    BATCH_ROWS,
    MOST_COLUMNS,
    ROW,
    Batch,
    Reject,
    Sheet,
    as_text,
    column_names,
    in_batches,
    python_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_MOST_JSON = 300_000_000
"""Bytes of a JSON file."""
_FEW_CELLS, _SPARSE = 5_000_000, 20
"""Cells of lines given one by one, and how many to each that is filled: lines of ever other columns would multiply."""
_SLICE_ROWS = 78_000
"""Rows of a long table that are read at once, so that ten million lines stay within 1.5 GB."""
_NUMBERS = (int, float, Decimal)
_HALVES = re.compile(r"[\ud800-\udfff]")


def frame_sheet(frame: pl.DataFrame | pl.LazyFrame, trouble: str, *, sliced: bool = False) -> Sheet:
    """A frame as a sheet; ``sliced`` where any of its rows can be read by themselves, so that polars need not read ahead."""
    with _one_sentence(trouble):
        if isinstance(frame, pl.DataFrame):  # objects of Python pass through no lazy frame
            frame = frame.with_columns(python_text(cells) for cells in frame if cells.dtype == pl.Object).lazy()
            sliced = True
        schema = frame.collect_schema()
        text = as_text(frame, schema)

    def batches() -> Iterator[Batch]:
        done = 0
        with _one_sentence(trouble):
            for piece in _slices(text) if sliced else text.collect_batches(chunk_size=BATCH_ROWS, maintain_order=True):
                yield Batch(piece.with_row_index(ROW, offset=done + 1))
                done += piece.height

    numeric = frozenset(index for index, kind in enumerate(schema.dtypes()) if kind.is_numeric())
    return Sheet("", batches, headers=schema.names(), numeric=numeric)


def _slices(frame: pl.LazyFrame) -> Iterator[pl.DataFrame]:
    """A frame piece by piece, each read when it is asked for."""
    for start in range(0, int(frame.select(pl.len()).collect().item()), _SLICE_ROWS):
        yield frame.slice(start, _SLICE_ROWS).collect()


@contextmanager
def _one_sentence(trouble: str) -> Iterator[None]:
    """What polars says about a frame or file that cannot be read, as one sentence behind ``trouble``."""
    try:
        yield
    except (pl.exceptions.PolarsError, OSError) as error:
        msg = f"{trouble}: {str(error).splitlines()[0]}"
        raise ManifestError(msg) from error


def parquet_sheet(path: Path, shown: str) -> Sheet:
    """A Parquet file as a sheet."""
    return frame_sheet(pl.scan_parquet(path, glob=False), f"{shown}: the Parquet file is damaged; write it again", sliced=True)


def json_sheet(path: Path, shown: str, *, lines: bool) -> Sheet:
    """A JSON file as a sheet, of ``lines`` where every line of it is an object."""
    if path.stat().st_size > _MOST_JSON:
        msg = f"{shown}: JSON of more than {_MOST_JSON:,} bytes would take ten times as much memory; give .parquet or .csv"
        raise ManifestError(msg)
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        msg = f"{shown}: this is not UTF-8 text (byte {error.start}); JSON is written in UTF-8"
        raise ManifestError(msg) from error
    rejects: list[Reject] = []
    records: list[tuple[int, Mapping[str, object]]] = []
    if lines:
        for row, line in enumerate(text.removesuffix("\n").split("\n"), start=1):
            if not line.strip():
                records.append((row, {}))  # counted as a blank row
                continue
            try:
                value = json.loads(line)
            except (ValueError, RecursionError) as error:
                rejects.append(Reject(row, f"this line is not valid JSON: {error}", [line.strip()]))
                continue
            _record(row, value, records, rejects)
        return _named(shown, records, rejects)
    try:
        data = json.loads(text)
    except (ValueError, RecursionError) as error:
        msg = f"{shown}: this is not valid JSON: {error}"
        raise ManifestError(msg) from error
    notes: list[str] = []
    if isinstance(data, dict):
        data = _lines_of(data, notes)
    if not isinstance(data, list):
        msg = f"{shown}: the JSON holds no list of lines; give a list of objects, one per line of goods"
        raise ManifestError(msg)
    for row, value in enumerate(data, start=1):
        _record(row, value, records, rejects)
    sheet = _named(shown, records, rejects)
    sheet.notes += notes
    return sheet


def _lines_of(data: dict[str, Any], notes: list[str]) -> list[Any]:
    """The lines of one JSON object: of its columns, or of the largest table in it, each with what stands beside that table."""
    values = list(data.values())
    lengths = {len(value) if isinstance(value, list) else -1 for value in values}
    if len(lengths) == 1 and lengths != {-1} and not any(isinstance(cell, dict | list) for value in values for cell in value):
        return [dict(zip(data, cells, strict=True)) for cells in zip(*values, strict=True)]
    indexes = {tuple(value) if isinstance(value, dict) else () for value in values}
    if len(indexes) == 1 and (index := indexes.pop()) and all(number.isdigit() for number in index):
        return [{name: column[number] for name, column in data.items()} for number in index]
    tables = {name: value for name, value in data.items() if isinstance(value, list) and value and isinstance(value[0], dict)}
    if not tables:
        return [data]
    table = max(tables, key=lambda name: (len(tables[name][0]), len(tables[name])))
    others = ", ".join(name for name in tables if name != table)
    notes += [f"read is '{table}'; the file holds other tables as well, which are not read: {others}"] if others else []
    beside = {name: value for name, value in data.items() if not isinstance(value, list)}
    return [{**beside, **line} if isinstance(line, dict) else line for line in tables[table]]


def _flat(record: Mapping[str, object]) -> Mapping[str, object]:
    """A record with the values of objects in it beside the others: ``{"consignee": {"name": …}}`` as ``consignee name``."""
    flat: dict[str, object] = {}
    for key, value in record.items():
        if isinstance(value, dict):
            flat |= {f"{key} {inner}": cell for inner, cell in value.items()}
        else:
            flat[key] = value
    return flat


def _named(shown: str, records: list[tuple[int, Mapping[str, object]]], rejects: list[Reject]) -> Sheet:
    try:
        return records_sheet(records, rejects)
    except ManifestError as error:
        msg = f"{shown}: {error}"
        raise ManifestError(msg) from None


def _record(row: int, value: object, records: list[tuple[int, Mapping[str, object]]], rejects: list[Reject]) -> None:
    if isinstance(value, Mapping):
        records.append((row, value))
    else:
        cells = [_readable(json.dumps(value, ensure_ascii=False))]
        rejects.append(Reject(row, "this element is no object with named values", cells))


def records_sheet(records: list[tuple[int, Mapping[str, object]]], rejects: list[Reject]) -> Sheet:
    """Rows with their names and values as a sheet, beside the rows that are none."""
    if any(type(value) is dict for _, record in records for value in record.values()):
        records = [(row, _flat(record)) for row, record in records]
    keys = list(dict.fromkeys(key for _, record in records for key in record))
    filled = sum(len(record) for _, record in records)
    if len(keys) > MOST_COLUMNS or len(keys) * len(records) > max(_FEW_CELLS, filled * _SPARSE):
        msg = f"the lines have {len(keys):,} different names of columns between them; give every line the same names"
        raise ManifestError(msg)
    columns: dict[str, pl.Series] = {ROW: pl.Series(ROW, [row for row, _ in records], dtype=pl.UInt32)}
    for name, key in zip(column_names(len(keys)), keys, strict=True):
        columns[name] = pl.Series(name, [cell_text(record.get(key)) for _, record in records], dtype=pl.String)
    frame = pl.DataFrame(columns)

    def batches() -> Iterator[Batch]:
        if rejects:
            yield Batch(frame.clear(), rejects)
        yield from in_batches(frame)

    return Sheet("", batches, headers=[_readable(str(key)) for key in keys], numeric=_numeric(keys, records))


def _numeric(keys: list[str], records: list[tuple[int, Mapping[str, object]]]) -> frozenset[int]:
    """The columns in which every value is a number of Python."""
    return frozenset(
        index
        for index, key in enumerate(keys)
        if all(isinstance(value, _NUMBERS) for _, record in records if (value := record.get(key)) is not None)
    )


def cell_text(value: object) -> str | None:
    """One value as a person would have typed it."""
    if isinstance(value, Enum):
        value = value.value
    if value is None:
        return None
    if isinstance(value, str):
        return value if value.isascii() else _readable(value)
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return str(int(value)) if math.isfinite(value) and value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, dt.date | dt.datetime):
        return value.isoformat()
    if isinstance(value, bytes | bytearray):
        return _readable(value.decode(errors="replace"))
    if isinstance(value, list | tuple | set):
        return "; ".join(text for item in value if (text := cell_text(item)))
    if isinstance(value, Mapping):
        return _readable(json.dumps({str(key): item for key, item in value.items()}, ensure_ascii=False, default=str))
    if isinstance(value, Decimal):
        return f"{value:f}" if value.is_finite() else str(value)
    return _readable(str(value))


def _readable(text: str) -> str:
    """``text`` with a mark in place of what no encoding can write: halves of characters."""
    return _HALVES.sub("\ufffd", text)
