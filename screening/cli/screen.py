"""What ``screening screen`` and ``screening columns`` do."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from screening.screener import Screener

if TYPE_CHECKING:
    from screening.results import ScreeningRun


@dataclass(frozen=True, slots=True)
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


def run(request: Request) -> dict[str, int]:
    """Screen, write the reports, print the summary; returns the counts."""
    from screening.cli.app import colour
    from screening.report import check_targets, write
    from screening.report.terminal import summary

    files = [name for name in request.outputs if name != "-"]
    check_targets(files, request.manifests)
    screener = Screener(request.rules, request.watchlists, shipped=request.shipped)
    result = screener.screen(
        request.manifests if len(request.manifests) > 1 else request.manifests[0],
        as_of=request.as_of,
        columns=_mapping(request.columns),
        sheet=request.sheet,
        defaults=request.defaults,
        progress=_progress() if sys.stderr.isatty() else None,
    )
    written = [write(result, name, language=request.language) for name in files]
    if request.annotate:
        written.append(_annotated(request, result))
    if "-" in request.outputs:
        from screening.report.jsonfile import dump_json

        dump_json(result, sys.stdout.buffer, language=request.language)
    else:
        typer.echo(summary(result, written, request.language, colour=colour()))
    return result.counts


def show_columns(manifest: str, output: Path | None) -> None:
    """Print how the headers of a manifest were read, and write the mapping where asked."""
    from screening.content.reading import from_data
    from screening.content.snapshot import shipped
    from screening.manifest import ReadOptions, describe_columns, read_manifest, write_mapping

    reader = read_manifest(manifest, from_data(shipped().reading), ReadOptions())
    for _ in reader.chunks():
        pass
    typer.echo(describe_columns(reader.inputs))
    if output is not None:
        write_mapping(reader.inputs, output)
        typer.echo(f"\nWritten: {output}. Correct it and pass it on: screening screen {manifest} --columns {output}", err=True)


def _mapping(path: Path | None) -> Any:
    if path is None:
        return None
    from screening.manifest import read_mapping

    return read_mapping(path)


def _annotated(request: Request, result: ScreeningRun) -> Path:
    from screening.report.annotate import annotate

    assert request.annotate is not None
    for warning in annotate(result, request.manifests[0], request.annotate, request.language):
        typer.echo(f"screening: {warning}", err=True)
    return request.annotate


def _progress() -> Any:
    def tell(stage: str, lines: int) -> None:
        word = {"read": "Reading", "judge": "Judging"}[stage]
        sys.stderr.write(f"\r\033[K{word}: {lines:,} lines")
        sys.stderr.flush()

    return tell
