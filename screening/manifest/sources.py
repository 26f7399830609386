"""Opens a manifest of any format as sheets of text."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import math
import re
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import polars as pl

from screening.errors import ManifestError, UsageError
from screening.manifest.delimited import open_delimited, spill, survey
from screening.manifest.messages.detect import ARCHIVES, HEAD, MESSAGES, form_of
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

    from screening.manifest.headers import Lexicon

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
TEXTS = frozenset({".csv", ".tsv", ".txt"})
TABLES = frozenset({".parquet", ".json", ".jsonl", ".ndjson"})
STDIN = "-"
_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"
_MOST_JSON = 300_000_000
"""Bytes of a JSON file."""
_FEW_CELLS, _SPARSE = 5_000_000, 20
"""Cells of lines given one by one, and how many to each that is filled: lines of ever other columns would multiply."""
_SLICE_ROWS = 78_000
"""Rows of a long table that are read at once, so that ten million lines stay within 1.5 GB."""
_NUMBERS = (int, float, Decimal)
_HALVES = re.compile(r"[\ud800-\udfff]")


@dataclass(slots=True)
class Opened:
    """One source with its sheets."""

    path: str
    hashing: Future[str] | None
    """Of a file; it goes on beside the reading."""
    sheets: list[Sheet]
    state: tuple[int, ...] | None = None
    """Of the file when it was opened: its size, when it was changed, and which file it is."""

    @property
    def sha256(self) -> str:
        """Of the file's bytes; empty for what is no file. Waits until it is known.

        Raises:
            ManifestError: The file can no longer be read.
        """
        try:
            return self.hashing.result() if self.hashing else ""
        except OSError as error:
            msg = f"{self.path}: cannot be read: {error.strerror or error}"
            raise ManifestError(msg) from error

    def check(self) -> None:
        """Refuse a file that was changed while it was read: part of it may be of before and part of after.

        Raises:
            ManifestError: It is another than when it was opened.
        """
        if self.state is not None and _state(Path(self.path)) not in (self.state, None):
            msg = f"{self.path}: the file was changed while it was read; screen it again when nobody writes to it"
            raise ManifestError(msg)


def open_source(source: object, lexicon: Lexicon, workspace: Path) -> Opened:
    """Open one source.

    Args:
        source: A path, ``-`` for CSV on standard input, a polars frame, or a list of mappings.
        lexicon: The header vocabulary, by which separators and encodings are told.
        workspace: A folder for copies that are needed while reading.

    Raises:
        ManifestError: The source cannot be read.
        UsageError: The source is of no kind that is known.
    """
    if isinstance(source, pl.DataFrame | pl.LazyFrame):
        return Opened("", None, [_frame_sheet(source, "the frame given cannot be read")])
    if isinstance(source, str | Path):
        return _open_file(str(source), lexicon, workspace)
    if isinstance(source, Sequence) and all(isinstance(line, Mapping) for line in source):
        if not source:
            raise ManifestError("the list given holds no lines; give a dict for every line of goods")
        return Opened("", None, [_records_sheet([(index, line) for index, line in enumerate(source, start=1)], [])])
    msg = f"a manifest is a path, a polars frame or a list of dicts, not {_what(source)}"
    raise UsageError(msg)


def _what(source: object) -> str:
    """What somebody gave in the place of a manifest, in words."""
    of = ""
    if isinstance(source, Sequence) and not isinstance(source, bytes | bytearray):
        of = next(
            (f" with {type(line).__name__} as element {n}" for n, line in enumerate(source) if not isinstance(line, Mapping)), ""
        )
    return f"{type(source).__name__}{of}"


def _open_file(shown: str, lexicon: Lexicon, workspace: Path) -> Opened:
    if "\0" in shown or not shown:
        msg = f"{shown!r} is no name of a file"
        raise ManifestError(msg)
    state = None if shown == STDIN else _state(Path(shown))
    opened = _opened(shown, lexicon, workspace)
    opened.state = state
    return opened


def _state(path: Path) -> tuple[int, ...] | None:
    """What tells a file from a changed one; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _opened(shown: str, lexicon: Lexicon, workspace: Path) -> Opened:
    if shown == STDIN and sys.stdin is None:
        msg = "there is no standard input to read; name a file"
        raise ManifestError(msg)
    path = spill(sys.stdin.buffer, workspace) if shown == STDIN else Path(shown)
    if path.is_dir():
        msg = f"{shown}: this is a folder; name the files in it"
        raise ManifestError(msg)
    suffix = path.suffix.lower()
    message = suffix in MESSAGES or (suffix not in WORKBOOKS | TABLES and form_of(_head(path)))
    if not message and suffix not in WORKBOOKS | TEXTS | TABLES | ARCHIVES:
        known = ", ".join(sorted(WORKBOOKS | TEXTS | TABLES | MESSAGES | ARCHIVES))
        msg = f"{shown}: '{suffix or path.name}' is no format of a manifest; give one of {known}"
        raise ManifestError(msg)
    try:
        if path.exists() and not path.is_file():  # a pipe cannot be read twice, a device has no end
            msg = f"{shown}: this is a pipe or a device; give a file, or - for CSV on standard input"
            raise ManifestError(msg)
        if message or suffix in ARCHIVES:
            from screening.manifest.messages.opening import open_archive, open_message  # noqa: PLC0415 - only for these

            table = cast("Mapping[str, Any]", lexicon.words.options["messages"])
            sheets = [open_message(path, shown, table)] if message else open_archive(path, shown, table)
            return Opened(shown, _hashing(path), sheets)
        if suffix in TEXTS:
            found = survey(path)
            if found.head.startswith((_OLE, _ZIP)):
                msg = f"{shown}: this is a workbook or an archive with the name of a text file; rename it to .xlsx or .xls"
                raise ManifestError(msg)
            return Opened(shown, _hashing(path), [open_delimited(path, shown, found, lexicon, workspace)])
        digest = _hashing(path)
        if path.stat().st_size == 0:
            msg = f"{shown}: the file is empty; give a file with a header row and goods"
            raise ManifestError(msg)
        if suffix in WORKBOOKS:
            from screening.manifest.workbooks import open_workbook  # noqa: PLC0415 - only workbooks need what it needs

            return Opened(shown, digest, open_workbook(path, shown, workspace))
        if suffix == ".parquet":
            return Opened(shown, digest, [_parquet(path, shown)])
        return Opened(shown, digest, [_json(path, shown, lines=suffix != ".json")])
    except FileNotFoundError as error:
        msg = f"{shown}: there is no such file"
        raise ManifestError(msg) from error
    except OSError as error:
        msg = f"{shown}: cannot be read: {error.strerror or error}"
        raise ManifestError(msg) from error


def _head(path: Path) -> bytes:
    """How a file begins; empty where that cannot be read."""
    try:
        if not path.is_file():  # reading a pipe would empty it
            return b""
        with path.open("rb") as file:
            return file.read(HEAD)
    except OSError:
        return b""


def _hashing(path: Path) -> Future[str]:
    """The SHA-256 of a file, under way in a thread of its own."""
    with path.open("rb"):  # what cannot be read is told at once
        beside = ThreadPoolExecutor(1)
    under_way = beside.submit(_sha256, path)
    beside.shutdown(wait=False)
    return under_way


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


# -- frames, Parquet, JSON -----------------------------------------------------------------------------------------------


def _frame_sheet(frame: pl.DataFrame | pl.LazyFrame, trouble: str, *, sliced: bool = False) -> Sheet:
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


def _parquet(path: Path, shown: str) -> Sheet:
    return _frame_sheet(pl.scan_parquet(path, glob=False), f"{shown}: the Parquet file is damaged; write it again", sliced=True)


def _json(path: Path, shown: str, *, lines: bool) -> Sheet:
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
    if isinstance(data, dict):
        tables = [value for value in data.values() if isinstance(value, list) and value and isinstance(value[0], dict)]
        data = max(tables, key=len) if tables else [data]
    if not isinstance(data, list):
        msg = f"{shown}: the JSON holds no list of lines; give a list of objects, one per line of goods"
        raise ManifestError(msg)
    for row, value in enumerate(data, start=1):
        _record(row, value, records, rejects)
    return _named(shown, records, rejects)


def _named(shown: str, records: list[tuple[int, Mapping[str, object]]], rejects: list[Reject]) -> Sheet:
    try:
        return _records_sheet(records, rejects)
    except ManifestError as error:
        msg = f"{shown}: {error}"
        raise ManifestError(msg) from None


def _record(row: int, value: object, records: list[tuple[int, Mapping[str, object]]], rejects: list[Reject]) -> None:
    if isinstance(value, Mapping):
        records.append((row, value))
    else:
        cells = [_readable(json.dumps(value, ensure_ascii=False))]
        rejects.append(Reject(row, "this element is no object with named values", cells))


def _records_sheet(records: list[tuple[int, Mapping[str, object]]], rejects: list[Reject]) -> Sheet:
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
