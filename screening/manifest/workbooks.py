"""Opens workbooks as sheets of text.

The reader of workbooks lays out every cell between the first and the last of a sheet, and believes what a file says of its own
sizes: two kilobytes can ask for more memory than any machine has, and that ends the process. So a small .xlsx is gone through
first and read here where it holds nothing of the kind. Everything else is read in a process of its own (`apart`), which may take
so much memory and time and no more.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
import zipfile
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.errors import ManifestError
from screening.manifest.layout import ODD_ARCHIVES, Layout, look, number_of_column
from screening.manifest.merges import Merges
from screening.manifest.sheets import HEAD_ROWS, ROW, Sheet, column_names, in_batches, no_room

if TYPE_CHECKING:
    from collections.abc import Iterator

_OLE, _ZIP = b"\xd0\xcf\x11\xe0", b"PK"
SMALL_BYTES = 2_000_000
"""Bytes of a workbook, unpacked, up to which it is gone through: that takes 40 ms, a process of its own 200."""
SMALL_CELLS = 5_000_000
"""Cells of the rectangle that a sheet spans, up to which it is read here."""
LARGEST = 1_000_000_000
"""Bytes of text in all sheets together."""
MEMORY = 4_000_000_000
"""Bytes of addresses for a process of its own, one billion of them for the program itself."""
SECONDS = 300
"""Time for a process of its own."""
_PLACE = re.compile(rb"\sr\s*=\s*[\"']\s*([A-Za-z]+)(\d+)")
"""Where a cell says that it stands."""
_CELL = re.compile(rb"<(?:\w+:)?c[\s/>]")
_SHEET = re.compile(rb"<(?:\w+:)?sheet\s")
_COUNT = re.compile(rb"[cC]ount\s*=\s*[\"']\s*\d{8}")
"""A part that says it holds ten million things, which nothing small does."""


def open_workbook(path: Path, shown: str, workspace: Path) -> list[Sheet]:
    """The sheets of a workbook, empty and hidden ones too.

    Args:
        path: The file.
        shown: How messages name it.
        workspace: A folder for what is read apart.

    Raises:
        ManifestError: It is no workbook, is damaged, protected, or would take more memory or time than any manifest.
    """
    try:
        if is_small(path):
            found, (layouts, _) = list(read_sheets(path)), look(path)
        else:
            found, layouts = _read_apart(path, shown, workspace)
    except UnreadableError as error:
        raise ManifestError(_trouble(path, shown, str(error))) from error
    return [_sheet(*sheet, layouts.get(sheet[0], Layout())) for sheet in found]


class UnreadableError(Exception):
    """Why a workbook cannot be read."""


# -- looking ---------------------------------------------------------------------------------------------------------------


def is_small(path: Path) -> bool:
    """Whether a workbook is an .xlsx that unpacks to little and lays out little."""
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        return False
    try:
        with zipfile.ZipFile(path) as archive:
            parts = archive.infolist()
            names = {part.filename.lower() for part in parts}
            if len(names) < len(parts) or sum(part.file_size for part in parts) > SMALL_BYTES:
                return False
            texts = [_unpacked(archive, part) for part in parts]
    except ODD_ARCHIVES:
        return False
    return sum(len(_SHEET.findall(text)) for text in texts) <= len(parts) and all(map(_lays_out_little, texts))


def _unpacked(archive: zipfile.ZipFile, part: zipfile.ZipInfo) -> bytes:
    """A part, which is refused for its sum where it is longer than it says."""
    with archive.open(part) as file:
        return file.read(part.file_size + 1)


def _lays_out_little(part: bytes) -> bool:
    if _COUNT.search(part):
        return False
    if b"sheetData" not in part:
        return True
    places = _PLACE.findall(part)
    widest = max((number_of_column(letters) for letters in {letters for letters, _ in places}), default=0)
    lowest = max((int(digits[:12]) for digits in {digits for _, digits in places}), default=0)
    # cells and rows without a place follow the one before them
    rows = part.split(b"row")
    unplaced = max(len(_CELL.findall(row)) for row in rows) if len(_CELL.findall(part)) > len(places) else 0
    return (widest + unplaced) * (lowest + len(rows)) <= SMALL_CELLS


# -- reading ---------------------------------------------------------------------------------------------------------------

_Found = tuple[str, bool, "pl.DataFrame | None", int, str]
"""Name of a sheet, whether it is visible, its cells, which column of the sheet is the first of them, and why there are none."""


def read_sheets(path: Path) -> Iterator[_Found]:
    """Read a workbook, sheet by sheet.

    Raises:
        UnreadableError: It cannot be opened.
    """
    import fastexcel  # noqa: PLC0415 - only workbooks need it

    try:
        book = _opened(fastexcel, path)
        for name in book.sheet_names:
            try:
                loaded = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
            except fastexcel.FastExcelError as error:
                yield name, True, None, 0, str(error).splitlines()[0]
                continue
            first = min(
                (column.absolute_index for column in loaded.selected_columns), default=0
            )  # empty ones before are left out
            yield name, loaded.visible == "visible", loaded.to_polars(), first, ""
    except fastexcel.FastExcelError as error:
        raise UnreadableError(str(error).splitlines()[0].removeprefix("calamine error: ")) from error
    except BaseException as error:
        if type(error).__name__ != "PanicException":  # how the reader gives up on what it never thought of; no Exception
            raise
        raise UnreadableError("what it says of itself does not fit") from None


def _opened(fastexcel: Any, path: Path) -> Any:
    """The workbook, as what its name says or else as what its first bytes say."""
    try:
        return fastexcel.read_excel(path)
    except fastexcel.FastExcelError as error:
        try:
            return fastexcel.read_excel(path.read_bytes())
        except fastexcel.FastExcelError:
            raise error from None


def _sheet(name: str, visible: bool, frame: pl.DataFrame | None, first: int, trouble: str, layout: Layout) -> Sheet:
    if frame is None:
        return Sheet(name, lambda: iter(()), notes=[f"could not be read: {trouble}"])
    frame.columns = column_names(frame.width)
    numbered = frame.with_row_index(ROW, offset=1)
    sheet = Sheet(name, partial(in_batches, numbered), frame.head(HEAD_ROWS).rows(), hidden=not visible, hides=layout.hides)
    if layout.merged:
        sheet.merges = Merges(frame, first, layout.merged)
    if layout.more_merged:
        sheet.notes.append("there may be more merged cells than were looked for; the lower rows of those are read as empty")
    return sheet


def _trouble(path: Path, shown: str, reason: str) -> str:
    """One sentence on why a workbook does not open."""
    with path.open("rb") as file:
        start = file.read(1 << 16)
    protected = "EncryptedPackage".encode("utf-16-le")
    if (start.startswith(_OLE) and protected in path.read_bytes()) or "password" in reason.lower():
        return f"{shown}: the workbook is protected with a password; remove it and save again"
    if not start.startswith((_OLE, _ZIP)):
        return f"{shown}: this is no spreadsheet, whatever its name says; save it as .xlsx, or as .csv if it is text"
    return f"{shown}: the workbook is damaged ({reason}); open it in a spreadsheet program and save it again"


# -- apart -----------------------------------------------------------------------------------------------------------------


def _read_apart(path: Path, shown: str, workspace: Path) -> tuple[list[_Found], dict[str, Layout]]:
    """Read a workbook in a process of its own, which hands the sheets over as files, and their layouts."""
    folder = tempfile.mkdtemp(dir=workspace)
    command = [sys.executable, "-P", "-m", "screening.manifest.apart", str(path.absolute()), folder, str(MEMORY)]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "POLARS_MAX_THREADS": "1"}
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter and this program
            command, stdin=subprocess.DEVNULL, capture_output=True, timeout=SECONDS, env=environment, check=False
        )
    except subprocess.TimeoutExpired:
        raise UnreadableError(f"it was not read within {SECONDS} seconds") from None
    if done.returncode == 1 and b"memory" not in done.stderr.lower():  # an error of Python
        raise UnreadableError(done.stderr.decode(errors="replace").strip().rpartition("\n")[2] or "its reader gave up")
    if done.returncode or sum(file.stat().st_size for file in Path(folder).iterdir()) > LARGEST:
        msg = (
            f"{shown}: the workbook would take more memory than any manifest; delete what stands far away from the goods and "
            "save it again, or save the goods as .csv"
        )
        raise ManifestError(msg)
    told = json.loads(done.stdout)
    if "full" in told:
        raise no_room(shown, folder, told["full"])
    if "error" in told:
        raise UnreadableError(told["error"])
    found = [
        (name, visible, pl.read_parquet(file, glob=False) if file else None, first, trouble)
        for name, visible, file, first, trouble in told["sheets"]
    ]
    return found, {name: Layout(*layout) for name, layout in told["layouts"].items()}
