"""Renders a finished run: one file per format, each a pure function of ``screening.results.ScreeningRun``.

    terminal   the summary on the screen            tables     .jsonl .csv .parquet, hits or lines
    workbook   .xlsx for the people who decide      jsonfile   .json, the whole run for other programs
    html       .html, one page to read and print    annotate   a copy of the user's own workbook, coloured

``view`` prepares what several formats show, ``words`` holds the reports' own wording, ``safe`` makes untrusted text
harmless, ``atomic`` lets a file appear whole or not at all.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from screening.errors import ReportError
from screening.report.atomic import destination, whole
from screening.terms import InputReading

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from screening.results import ScreeningRun

_FORMATS = {
    ".xlsx": ("workbook", "write_workbook"),
    ".html": ("html", "write_html"),
    ".json": ("jsonfile", "write_json"),
    ".jsonl": ("tables", "write_hits_jsonl"),
    ".csv": ("tables", "write_hits_csv"),
    ".parquet": ("tables", "write_hits_parquet"),
    ".lines.csv": ("tables", "write_lines_csv"),
    ".lines.parquet": ("tables", "write_lines_parquet"),
}
SUFFIXES = tuple(_FORMATS)
"""Suffixes of a report's name; each chooses a format."""


def suffix_of(path: str | Path) -> str | None:
    """The report suffix that ``path`` ends with (``.lines.csv`` before ``.csv``), or None."""
    name = str(path).lower()
    return max((suffix for suffix in SUFFIXES if name.endswith(suffix)), key=len, default=None)


def write(run: ScreeningRun, path: str | Path, *, language: str = "en") -> Path:
    """Write ``run`` in the format that the suffix of ``path`` names, and return the path written.

    Args:
        run: a finished screening.
        path: where to; an existing file is replaced, but never one of the run's manifests.
        language: ``en``, ``zh`` or ``both``, for the report's wording and the rules' texts.

    Raises:
        ReportError: unknown suffix or language, missing folder, unwritable place, or a manifest's own path.
            Nothing half-written is left, and an older file at ``path`` stays as it was.
    """
    from screening.report.words import Words  # noqa: PLC0415 - keeps `import screening.report` cheap

    module, function = _FORMATS[_format(path)]
    words = Words(language)
    target = destination(path, run.inputs)
    render: Callable[[ScreeningRun, Path, Words], None] = getattr(import_module(f"screening.report.{module}"), function)
    with whole(target) as part:
        render(run, part, words)
    return target


def check_targets(paths: Sequence[str | Path], manifests: Sequence[str]) -> None:
    """Refuse outputs that cannot be written before a long screening begins.

    Raises:
        ReportError: as ``write`` would.
    """
    readings = [InputReading(path=manifest, sha256="") for manifest in manifests]
    for path in paths:
        _format(path)
        destination(path, readings)


def _format(path: str | Path) -> str:
    suffix = suffix_of(path)
    if suffix is None:
        message = f"Cannot write the report {path}: its suffix names no format. Use one of: {' '.join(SUFFIXES)}."
        raise ReportError(message)
    return suffix
