"""A list of one's own: a table with a column of names, as CSV, TSV or XLSX. Headers are known by the words of the content."""

from __future__ import annotations

import hashlib
import io
import re
import zipfile
from typing import TYPE_CHECKING, Any

from screening.errors import ListError
from screening.folding import fold
from screening.parties.formats.draft import Countries, Draft, Reading, born, clean, day
from screening.parties.formats.raw import LARGEST

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from screening.content.models import Content
    from screening.parties.formats.raw import RawFile

CSV, XLSX = "own-csv", "own-xlsx"
_SEVERAL = re.compile(r"[;；|\n]")
_HEADER_ROWS = 20
_MOST_CELLS = 20_000_000
"""Cells of a workbook, empty ones between others too; the largest official list has some two million."""


def columns_of(rows: Sequence[Sequence[Any]], words: Mapping[str, Sequence[str]]) -> tuple[int, dict[int, str]] | None:
    """Row of the header and the field of each column that has one; None where no row heads a column of names."""
    fields = {fold(word): name for name, group in words.items() for word in [name, *group]}
    for index, row in enumerate(rows[:_HEADER_ROWS]):
        found: dict[int, str] = {}
        for place, cell in enumerate(row):
            name = fields.get(fold(str(cell or "")))
            if name and (name not in found.values() or name == "aliases"):
                found[place] = name
        if "name" in found.values():
            return index, found
    return None


def read_table(raw: RawFile, rows: list[list[Any]], content: Content, countries: Countries, form: str) -> Reading:
    """Read the rows of a table.

    Raises:
        ListError: no column is headed as the names.
    """
    words = content.list_columns
    kinds = {fold(word): kind for kind, group in content.list_kinds.items() for word in group}
    found = columns_of(rows, words)
    if found is None:
        raise ListError(
            f"{raw.name}: no column of the first {_HEADER_ROWS} rows is headed as the names; head it 'name' "
            f"(or {', '.join(words['name'][1:6])})."
        )
    start, columns = found
    reading = Reading(form, files=[raw])
    other = [str(cell) for place, cell in enumerate(rows[start]) if place not in columns and str(cell or "").strip()]
    if other:
        reading.unused[f"columns that are not known: {', '.join(other[:6])}"] += len(other)
    for number, row in enumerate(rows[start + 1 :], start + 2):
        cells: dict[str, list[str]] = {}
        for place, name in columns.items():
            cells.setdefault(name, []).append(_text(row[place]) if place < len(row) else "")
        name = clean(cells["name"][0])
        if not name:
            reading.unused["rows without a name"] += any(map(_text, row))
            continue
        ident = clean(" ".join(cells.get("id", []))) or f"row-{hashlib.sha256(name.casefold().encode()).hexdigest()[:10]}"
        if ident in reading.drafts and cells.get("id"):
            reading.unused[f"ids that stand twice (their rows are joined), such as {ident} in row {number}"] += 1
        _row(cells, reading.draft(ident), name, kinds, countries)
    return reading


def _row(cells: dict[str, list[str]], draft: Draft, name: str, kinds: Mapping[str, str], countries: Countries) -> None:
    def several(field: str) -> list[str]:
        return [text for cell in cells.get(field, []) for part in _SEVERAL.split(cell) if (text := clean(part))]

    said = [kinds[fold(text)] for text in several("kind") if fold(text) in kinds]
    draft.kind = said[0] if said else draft.kind  # type: ignore[assignment]
    draft.name(name, "name")
    for text in several("aliases"):
        draft.name(text)
    for text in several("former_names"):
        draft.name(text, "former")
    for text in several("weak_aliases"):
        draft.name(text, "weak")
    for text in several("addresses"):
        draft.address(text)
    draft.country(*(countries.code(text) for text in several("countries")))
    for label in ("imo", "registration", "tax"):
        for text in several(label):
            draft.identify(label, text)
    draft.born += [born(text) for text in several("born")]
    draft.programmes += several("programmes")
    draft.listed_on = next((found for text in several("listed_on") if (found := day(text))), draft.listed_on)
    draft.delisted_on = next((found for text in several("delisted_on") if (found := day(text))), draft.delisted_on)
    for text in cells.get("note", []):
        draft.note(text)


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def sheet_rows(raw: RawFile) -> list[list[Any]]:
    """The rows of the first sheet of a workbook that holds any.

    Raises:
        ListError: the workbook is damaged, or unpacks to more than any list has.
    """
    from openpyxl import load_workbook  # noqa: PLC0415 - only for workbooks

    try:
        with zipfile.ZipFile(io.BytesIO(raw.data)) as archive:
            if sum(member.file_size for member in archive.infolist()) > LARGEST:
                raise ListError(f"{raw.name} unpacks to more than {LARGEST:,} bytes; no list does.")
        book = load_workbook(io.BytesIO(raw.data), read_only=True, data_only=True)
    except ListError:
        raise
    except Exception as error:  # openpyxl raises whatever the damage leads it to
        raise ListError(
            f"{raw.name} is no workbook that can be read ({type(error).__name__}); save it again as .xlsx or .csv."
        ) from None
    try:
        for sheet in book.worksheets:
            sheet.reset_dimensions()  # what a sheet says of its size need not be so
            rows, cells = [], 0
            for row in sheet.iter_rows(values_only=True):
                rows.append(list(row))
                cells += len(row) + 10  # an empty row too takes room
                if cells > _MOST_CELLS:
                    raise ListError(f"{raw.name} spans more than {_MOST_CELLS:,} cells; no list does. Save the list as .csv.")
            if any(any(cell is not None for cell in row) for row in rows):
                return rows
    except ListError:
        raise
    except Exception as error:
        raise ListError(f"{raw.name} is damaged ({type(error).__name__}); save it again as .xlsx or .csv.") from None
    finally:
        book.close()
    raise ListError(f"{raw.name} holds no rows.")
