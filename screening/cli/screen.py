"""What ``screening screen`` does."""

# ruff: noqa: PLC0415 - a command imports what it needs, when it needs it
from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from screening.cli.progress import Bars, lines_in
from screening.errors import ReportError, UsageError
from screening.plaindata import record
from screening.screener import Screener

if TYPE_CHECKING:
    from screening.results import ScreeningRun

STDOUT = "-"
"""Name of an output that goes to standard output, as JSON."""
_READING, _JUDGING, _WRITING = "Reading", "Judging", "Writing"


@record
class Request:
    """The arguments of ``screening screen``."""

    manifests: list[str]
    outputs: list[str]
    annotate: Path | None
    as_of: str | None
    rules: list[Path]
    watchlists: list[Path]
    shipped: bool
    columns: Path | None
    sheet: str | None
    defaults: dict[str, str]
    language: str
    bound_by: str | None
    law: Path | None
    waivers: Path | None
    ownership: Path | None
    quiet: bool = False


def run(request: Request) -> dict[str, int]:
    """Screen, write the reports, print the summary; returns the counts.

    Raises:
        ScreeningError: anything that cannot be read, applied or written; outputs are looked at before the screening begins.
    """
    from screening.cli.app import colour
    from screening.report import check_targets, write
    from screening.report.terminal import summary

    files = [name for name in request.outputs if name != STDOUT]
    if STDOUT in request.outputs and sys.stdout is None:
        raise ReportError("There is no standard output to write the report to; name a file.")
    check_targets(files, request.manifests)
    _check_distinct(files, request)
    if request.annotate:
        from screening.report.annotate import check_copy

        check_copy(request.manifests, request.annotate)
    columns = _mapping(request.columns)
    screener = Screener(
        request.rules,
        request.watchlists,
        shipped=request.shipped,
        bound_by=request.bound_by,
        law=request.law,
        waivers=request.waivers,
        ownership=request.ownership,
    )
    stages = {_READING: "lines", _JUDGING: "lines", _WRITING: "reports"}
    with Bars(stages, quiet=request.quiet, whole=lambda: {_READING: lines_in(request.manifests)}) as bars:
        result = screener.screen(
            request.manifests if len(request.manifests) > 1 else request.manifests[0],
            as_of=request.as_of,
            columns=columns,
            sheet=request.sheet,
            defaults=request.defaults,
            progress=_Told(bars),
        )
        for number, name in enumerate(files):
            bars.tell(_WRITING, number, len(files))
            write(result, name, language=request.language)
    written = [Path(name) for name in files]  # as given: the summary's next command is there to be copied
    if request.annotate:
        written.append(_annotated(request.manifests[0], request.annotate, result, request.language))
    if STDOUT in request.outputs:
        from screening.report.jsonfile import dump_json

        dump_json(result, sys.stdout.buffer, language=request.language)
    else:
        typer.echo(summary(result, written, request.language, colour=colour()))
    return result.counts


def _check_distinct(files: list[str], request: Request) -> None:
    """Two reports of one name would overwrite each other without a word."""
    seen: set[Path] = set()
    for name in [*files, *([str(request.annotate)] if request.annotate else [])]:
        place = Path(name).resolve()
        if place in seen:
            raise UsageError(f"{name} is to be written twice; give each report a name of its own.")
        seen.add(place)


def _mapping(path: Path | None) -> Any:
    if path is None:
        return None
    from screening.manifest import read_mapping

    return read_mapping(path)


def _annotated(source: str, target: Path, result: ScreeningRun, language: str) -> Path:
    from screening.report.annotate import annotate

    for warning in annotate(result, source, target, language):
        typer.echo(f"screening: {warning}", err=True)
    return target


class _Told:
    """Hands on what a run tells of its progress; every line that was read will be judged."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._read = 0

    def __call__(self, stage: str, lines: int) -> None:
        if stage == "read":
            self._read = lines
            self._bars.tell(_READING, lines)
        else:
            self._bars.tell(_READING, self._read, self._read)
            self._bars.tell(_JUDGING, lines, self._read)
