"""What ``screening columns`` does: prints how the headers of a manifest were read."""

# ruff: noqa: PLC0415 - a command imports what it needs, when it needs it
from __future__ import annotations

import shlex
import shutil
from collections import Counter
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from screening.manifest import SheetColumns

_NARROWEST, _WIDEST = 60, 140
"""Columns of a terminal that are used."""
_MARKS = {"unsure": "?", "left": "-", "unknown": "- unknown"}


def show_columns(manifest: str, output: Path | None, sheet: str | None) -> None:
    """Print how the headers of a manifest were read, and write the mapping where asked.

    Raises:
        ScreeningError: the manifest cannot be read, or the mapping cannot be written.
    """
    from screening.content.reading import from_data
    from screening.content.snapshot import shipped
    from screening.manifest import ReadOptions, describe_columns, write_mapping
    from screening.report.atomic import destination, whole
    from screening.terms import InputReading

    target = destination(output, [InputReading(manifest, "")]) if output is not None else None
    sheets = describe_columns(manifest, from_data(shipped().reading), ReadOptions(sheet=sheet))
    width = shutil.get_terminal_size().columns
    typer.echo(columns_text(sheets, min(max(width, _NARROWEST), _WIDEST)))
    if target is not None:
        with whole(target) as part:
            write_mapping(sheets, part)
        command = shlex.join(["screening", "screen", manifest, "--columns", str(output)])
        typer.echo(f"\nWritten: {output}. Correct it and pass it on: {command}", err=True)


def _end(header: str, width: int) -> str:
    """A header that fits; of a path, as trade messages have them, the end says most."""
    return f"…{header[1 - width :]}" if "/" in header and " " not in header and len(header) > width > 1 else header


def columns_text(sheets: Iterable[SheetColumns], width: int) -> str:
    """One paragraph per sheet, at most ``width`` columns wide.

    Beside each header stands the column it fills, ``?`` where that is unsure, ``-`` where it fills none; below it, why.
    """
    from screening.report.safe import display_width, fit, pad, plain, wrap

    lines = []
    for sheet in sheets:
        where = f"{sheet.file or 'the lines given'}{f', sheet {sheet.sheet!r}' if sheet.sheet else ''}"
        lines.append(plain(f"{where}: headers in row {sheet.header_row}" if sheet.header_row else where))
        first = min(max((display_width(reading.header) for reading in sheet.headers), default=0), width // 3)
        second = max((len(reading.column or _MARKS[reading.status]) for reading in sheet.headers), default=0)
        for reading in sheet.headers:
            head = (
                f"  {pad(fit(_end(reading.header, first), first), first)}  {reading.column or _MARKS[reading.status]:<{second}}  "
            )
            lines.append(f"{head}{fit(' | '.join(reading.examples) or '(empty)', width - first - second - 6)}")
            reason = f"unsure: {reading.reason}" if reading.status == "unsure" else reading.reason
            lines += [f"{' ' * (first + 4)}{text}" for text in wrap(reason, width - first - 4)]
        for note in sheet.notes:
            lines += [f"  {text}" if number else f"  note: {text}" for number, text in enumerate(wrap(note, width - 8))]
        if sheet.read and sheet.headers:
            count = Counter(reading.status for reading in sheet.headers)
            lines.append(f"  {count['mapped']} read, {count['unsure']} unsure, {count['left'] + count['unknown']} left out")
    return "\n".join(lines)
