"""Opens a manifest of any format as sheets of text."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, cast

import polars as pl

from screening.errors import ManifestError, UsageError
from screening.manifest.delimited import open_delimited, spill, survey
from screening.manifest.messages.detect import ARCHIVES, HEAD, MESSAGES, form_of
from screening.manifest.pages import PAGES, is_page, open_page
from screening.manifest.records import frame_sheet, json_sheet, parquet_sheet, records_sheet

if TYPE_CHECKING:
    from screening.manifest.headers import Lexicon
    from screening.manifest.sheets import Sheet

WORKBOOKS = frozenset({".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"})
TEXTS = frozenset({".csv", ".tsv", ".txt"})
TABLES = frozenset({".parquet", ".json", ".jsonl", ".ndjson"})
PACKED = frozenset({".gz"})
LARGEST_UNPACKED = 1 << 32
"""Bytes that a packed file may unpack to."""
STDIN = "-"
_BOOKS = (b"\xd0\xcf\x11\xe0", b"PK\x03\x04", b"PK\x05\x06")
"""How workbooks begin: compound files and archives. "PKGS" begins a text."""


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
        return Opened("", None, [frame_sheet(source, "the frame given cannot be read")])
    if isinstance(source, str | Path):
        return _open_file(str(source), lexicon, workspace)
    if isinstance(source, Sequence) and all(isinstance(line, Mapping) for line in source):
        if not source:
            raise ManifestError("the list given holds no lines; give a dict for every line of goods")
        return Opened("", None, [records_sheet([(index, line) for index, line in enumerate(source, start=1)], [])])
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
    if shown == STDIN and sys.stdin is None:
        msg = "there is no standard input to read; name a file"
        raise ManifestError(msg)
    path = spill(sys.stdin.buffer, workspace, ".csv", "standard input") if shown == STDIN else Path(shown)
    state = None if shown == STDIN else _state(path)
    opened = _opened(path, shown, lexicon, workspace)
    opened.state = state
    return opened


def _state(path: Path) -> tuple[int, ...] | None:
    """What tells a file from a changed one; None where there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _opened(path: Path, shown: str, lexicon: Lexicon, workspace: Path) -> Opened:
    if os.path.isdir(path):  # which asks without complaint for names that are too long
        msg = f"{shown}: this is a folder; name the files in it"
        raise ManifestError(msg)
    suffix = path.suffix.lower()
    head = _head(path)
    page = suffix in PAGES or (suffix not in TABLES | ARCHIVES and is_page(head))
    message = not page and (suffix in MESSAGES or (suffix not in WORKBOOKS | TABLES and bool(form_of(head))))
    if not page and not message and suffix not in WORKBOOKS | TEXTS | TABLES | ARCHIVES | PACKED:
        known = ", ".join(sorted(WORKBOOKS | TEXTS | TABLES | MESSAGES | ARCHIVES | PAGES | PACKED))
        msg = f"{shown}: '{suffix or path.name}' is no format of a manifest; give one of {known}"
        raise ManifestError(msg)
    try:
        if path.exists() and not path.is_file():  # a pipe cannot be read twice, a device has no end
            msg = f"{shown}: this is a pipe or a device; give a file, or - for CSV on standard input"
            raise ManifestError(msg)
        digest = _hashing(path)
        kind = "page" if page else "message" if message else suffix
        return Opened(shown, digest, _sheets(path, shown, lexicon, workspace, kind))
    except FileNotFoundError as error:
        msg = f"{shown}: there is no such file"
        raise ManifestError(msg) from error
    except OSError as error:
        msg = f"{shown}: cannot be read: {error.strerror or error}"
        raise ManifestError(msg) from error


def _sheets(path: Path, shown: str, lexicon: Lexicon, workspace: Path, kind: str) -> list[Sheet]:
    """The sheets of a file that is ``page``, ``message`` or what its suffix says."""
    if kind == "page":
        return open_page(path, shown)
    if kind == "message" or kind in ARCHIVES:
        from screening.manifest.messages.opening import open_archive, open_message  # noqa: PLC0415 - only for these

        table = cast("Mapping[str, Any]", lexicon.words.options["messages"])
        if kind == "message":
            return [open_message(path, shown, table)]
        return open_archive(path, shown, table, partial(_member_sheets, shown=shown, lexicon=lexicon, workspace=workspace))
    if kind in PACKED:
        return _packed(path, shown, lexicon, workspace)
    if kind in TEXTS:
        found = survey(path)
        if found.head.startswith(_BOOKS):
            return _noted(_workbook(path, shown, workspace), "read as a workbook, whatever its name says")
        return [open_delimited(path, shown, found, lexicon, workspace)]
    if path.stat().st_size == 0:
        msg = f"{shown}: the file is empty; give a file with a header row and goods"
        raise ManifestError(msg)
    if kind in WORKBOOKS:
        if not _head(path).startswith(_BOOKS) and (found := survey(path)).is_text:
            return _noted([open_delimited(path, shown, found, lexicon, workspace)], "read as text, whatever its name says")
        return _workbook(path, shown, workspace)
    if kind == ".parquet":
        return [parquet_sheet(path, shown)]
    return [json_sheet(path, shown, lines=kind != ".json")]


def _workbook(path: Path, shown: str, workspace: Path) -> list[Sheet]:
    from screening.manifest.workbooks import open_workbook  # noqa: PLC0415 - only workbooks need what it needs

    return open_workbook(path, shown, workspace)


def _noted(sheets: list[Sheet], note: str) -> list[Sheet]:
    for sheet in sheets:
        sheet.notes.append(note)
    return sheets


def _packed(path: Path, shown: str, lexicon: Lexicon, workspace: Path) -> list[Sheet]:
    """The sheets of a file that is packed by itself (.csv.gz)."""
    import gzip  # noqa: PLC0415 - only for these
    import zlib  # noqa: PLC0415

    try:
        with gzip.open(path) as stream:
            copy = spill(cast("IO[bytes]", _Bounded(stream, shown)), workspace, Path(path.stem).suffix.lower(), shown)
    except (gzip.BadGzipFile, zlib.error, EOFError) as error:
        msg = f"{shown}: it cannot be unpacked ({error}); ask for it again"
        raise ManifestError(msg) from error
    return _of_copy(copy, shown, lexicon, workspace)


def _member_sheets(name: str, stream: IO[bytes], *, shown: str, lexicon: Lexicon, workspace: Path) -> list[Sheet] | None:
    """The sheets of a file in an archive, each named after it; None where its name says that it is no manifest."""
    suffix = Path(name).suffix.lower()
    if suffix not in WORKBOOKS | TEXTS | TABLES | PAGES | MESSAGES or Path(name).name.startswith((".", "~$")):
        return None
    sheets = _of_copy(spill(stream, workspace, suffix, shown), f"{shown}, {name}", lexicon, workspace)
    for sheet in sheets:
        sheet.name = f"{name}: {sheet.name}" if sheet.name else name
    return sheets


def _of_copy(copy: Path, shown: str, lexicon: Lexicon, workspace: Path) -> list[Sheet]:
    """The sheets of an unpacked copy, which holds no packed file again."""
    suffix = copy.suffix
    if suffix in ARCHIVES | PACKED:
        msg = f"{shown}: an archive in an archive is not read; unpack it"
        raise ManifestError(msg)
    opened = _opened(copy, shown, lexicon, workspace)
    opened.sha256  # noqa: B018 - waits until nobody reads the copy any more
    return opened.sheets


class _Bounded:
    """A stream that ends with an error where it unpacks to more than any manifest."""

    def __init__(self, stream: Any, shown: str) -> None:
        self._stream, self._shown, self._left = stream, shown, LARGEST_UNPACKED

    def read(self, size: int) -> bytes:
        """The next bytes."""
        block = bytes(self._stream.read(size))
        self._left -= len(block)
        if self._left < 0:
            msg = f"{self._shown}: it unpacks to more than {LARGEST_UNPACKED >> 30} GB; give its content as .parquet, or in parts"
            raise ManifestError(msg)
        return block


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
