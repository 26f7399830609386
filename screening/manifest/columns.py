"""How each header was read, as a list to look at and as a mapping file that can be corrected and given back."""

from __future__ import annotations

from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from screening.errors import UsageError
from screening.manifest.mapping import IGNORE
from screening.manifest.reader import SheetMapping, read_manifest
from screening.plaindata import record
from screening.terms import COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from screening.manifest.reader import Prepared, ReadOptions, Source
    from screening.terms import ReadingWords

Status = Literal["mapped", "unsure", "left", "unknown"]

_EXAMPLES = 3
_EXAMPLE_LENGTH = 40
_HEAD = """\
# How the headers were read. Correct what is wrong and give the file back with --columns.
#
# Left of the colon stands the header as written, right of it the column it fills, or "-" to carry it through unread.
# Columns: {columns}
"""


@record
class HeaderReading:
    """How one header was read."""

    header: str
    column: str | None
    """The canonical column it fills, None where it fills none."""
    status: Status
    reason: str
    """Why it fills no column; empty where it does, or is simply unknown."""
    examples: tuple[str, ...]


@record
class SheetColumns:
    """How the headers of one sheet were read."""

    file: str
    sheet: str
    header_row: int | None
    read: bool = True
    """Whether there is anything to screen in it; the notes say why not."""
    headers: list[HeaderReading] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)


def describe_columns(
    sources: Source | Sequence[Source], words: ReadingWords, options: ReadOptions | None = None
) -> list[SheetColumns]:
    """Find the headers of manifests and say how each would be read, without reading the lines.

    Args:
        sources: As for `read_manifest`.
        words: How the trade writes, from rules/reading.
        options: Sheet and mappings.

    Returns:
        One entry per sheet, those without headers included.

    Raises:
        ManifestError: A source cannot be read.
        UsageError: A mapping or a sheet name does not fit.
    """
    return [
        SheetColumns(file, sheet, None, read=False, notes=notes)
        if prepared is None
        else SheetColumns(
            file,
            sheet,
            prepared.header.last + 1 if prepared.header else None,
            not prepared.refusal,
            _readings(prepared),
            [*notes, *prepared.mapping.notes, *prepared.cleaner.notes],
        )
        for file, sheet, prepared, notes in read_manifest(sources, words, options).prepared()
    ]


def _readings(prepared: Prepared) -> list[HeaderReading]:
    mapping = prepared.mapping
    named = {filling.index: filling.header for fillings in mapping.filled.values() for filling in fillings} | mapping.extras
    readings = []
    for index, header in sorted(named.items()):
        column = mapping.columns.get(header)
        status: Status = (
            "mapped" if column else "unsure" if header in mapping.unsure else "left" if header in mapping.left else "unknown"
        )
        reason = mapping.unsure.get(header) or mapping.left.get(header, "")
        examples = tuple(_short(text) for text in prepared.sample[index][:_EXAMPLES])
        readings.append(HeaderReading(header, column, status, "" if column else reason, examples))
    return readings


def _short(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _EXAMPLE_LENGTH else text[: _EXAMPLE_LENGTH - 1] + "…"


def mapping_text(sheets: Iterable[SheetColumns]) -> str:
    """The mapping file for what `describe_columns` found: YAML, with reasons and examples as comments."""
    lines = [_HEAD.format(columns=_wrapped())]
    file = None
    for sheet in sheets:
        if sheet.file != file:
            file = sheet.file
            lines.append(f"{_quoted(Path(file).name or '*')}:")
        lines.append(f"  {_quoted(sheet.sheet or '*')}:")
        lines += [f"    # {note}" for note in sheet.notes]
        if sheet.header_row is not None:
            lines.append(f"    header_row: {sheet.header_row}")
        lines.append("    columns:" if sheet.headers else "    columns: {}")
        for reading in sheet.headers:
            lines.append(f"      {_quoted(reading.header)}: {_quoted(reading.column or IGNORE)}  # {_said(reading)}")
    return "\n".join(lines) + "\n"


def write_mapping(sheets: Iterable[SheetColumns], path: Path) -> None:
    """Write the mapping file to ``path``.

    Raises:
        UsageError: The file cannot be written.
    """
    try:
        path.write_text(mapping_text(sheets), encoding="utf-8")
    except OSError as error:
        msg = f"{path}: the mapping file cannot be written: {error.strerror}"
        raise UsageError(msg) from error


def _said(reading: HeaderReading) -> str:
    """Why a header fills no column, and what stands under it."""
    said = {"unsure": f"unsure: {reading.reason}", "left": reading.reason, "unknown": "unknown", "mapped": ""}[reading.status]
    examples = " | ".join(reading.examples)
    return "; ".join(part for part in (said, f"such as {examples}" if examples else "empty") if part)


def _wrapped() -> str:
    lines = [""]
    for column in COLUMNS:
        if len(lines[-1]) + len(column) > 110:
            lines.append("")
        lines[-1] += f" {column}"
    return "\n#  ".join(line.strip() for line in lines)


def _quoted(text: str) -> str:
    """A YAML text in double quotes on one line."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\t", "\\t")
    return '"' + "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in escaped) + '"'


def read_mapping(path: Path) -> dict[tuple[str, str], SheetMapping]:
    """Read a mapping file.

    Returns:
        Mappings by file name and sheet name, for ``ReadOptions.mappings``.

    Raises:
        UsageError: The file cannot be read, is no mapping file, or names an unknown column.
    """
    import yaml  # noqa: PLC0415 - few runs bring a mapping

    if path.exists() and not path.is_file():
        msg = f"{path}: the mapping file cannot be read: it is a folder, a pipe or a device"
        raise UsageError(msg)
    try:
        # all scalars as texts: a header may be "No" or "010"
        data = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=yaml.BaseLoader)  # noqa: S506 - builds texts only
    except OSError as error:
        msg = f"{path}: the mapping file cannot be read: {error.strerror}"
        raise UsageError(msg) from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        msg = f"{path}: the mapping file is not valid YAML: {' '.join(str(error).split())}"
        raise UsageError(msg) from error
    mappings = {}
    for file, sheets in _entries(path, data, "files, as `screening columns` writes them"):
        for sheet, entry in _entries(path, sheets, f"the sheets of '{file}'"):
            known = dict(_entries(path, entry, f"header_row and columns of sheet '{sheet}'"))
            if unknown := known.keys() - {"header_row", "columns"}:
                msg = f"{path}: sheet '{sheet}' has the unknown key '{min(unknown)}'; known are header_row and columns"
                raise UsageError(msg)
            columns = {header: str(column) for header, column in _entries(path, known.get("columns") or {}, "headers")}
            for header, column in columns.items():
                if column != IGNORE and column.removesuffix(".unit") not in COLUMNS:
                    known_columns = ", ".join(COLUMNS)
                    msg = (
                        f"{path}: '{header}' is sent to '{column}', which is no column of a manifest; use one of: {known_columns}"
                    )
                    raise UsageError(msg)
            row = known.get("header_row")
            if row is not None and not (isinstance(row, str) and row.isdecimal() and len(row) < 9 and int(row) > 0):
                msg = f"{path}: header_row of sheet '{sheet}' must be the number of a row"
                raise UsageError(msg)
            mappings[(file, sheet)] = SheetMapping(columns, int(row) if row else None)
    return mappings


def _entries(path: Path, value: object, what: str) -> list[tuple[str, object]]:
    if not isinstance(value, dict):
        msg = f"{path}: the mapping file must hold {what}"
        raise UsageError(msg)
    return list(value.items())
