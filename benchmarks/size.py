"""Any size: ten million lines in Parquet in bounded memory, lines of other shapes, a workbook beside the time of reading it.

Each measured thing is a process of its own, as in ``speed.py``. The reading of the workbook is fastexcel's, which is calamine.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.speed import _COMMAND, _FINISHED, measure, python, row, target, typical, workplace

_TARGET_MEMORY_MB = 1500.0
_TARGET_WORKBOOK = 3.0
_REPORTS = (".jsonl", ".csv", ".parquet", ".json", ".html", ".xlsx")
_READ_PARQUET = "import polars, sys; polars.scan_parquet(sys.argv[1]).sink_parquet(sys.argv[2])"
_READ_WORKBOOK = """
import fastexcel, sys
fastexcel.read_excel(sys.argv[1]).load_sheet(0, header_row=None, skip_rows=0, dtypes="string").to_polars()
"""


def long_manifest(folder: Path, lines: int) -> None:
    """A Parquet manifest of ``lines`` and one of a tenth: time, and how memory grows."""
    for count in (lines // 10, lines):
        manifest = folder / "long.parquet"
        python("-m", "benchmarks.generate", str(manifest), "--lines", str(count))
        floor = python("-c", _READ_PARQUET, str(manifest), str(folder / "copy.parquet"))
        outputs = ("-o", str(folder / "hits.parquet"), "-o", str(folder / "all.lines.parquet"))
        screened = measure(_COMMAND, "screen", str(manifest), *outputs).checked(*_FINISHED)
        row(f"{count:,} lines: copied by polars", f"{floor.seconds:.1f} s", f"{floor.peak_mb:,.0f} MB")
        row("screened", f"{screened.seconds:.1f} s", f"{count / screened.seconds:,.0f} lines/s, {screened.cpu_seconds:.0f} s CPU")
        row("peak memory", f"{screened.peak_mb:,.0f} MB", target(screened.peak_mb, _TARGET_MEMORY_MB, "MB"))


def workbook(folder: Path, lines: int, repeat: int) -> None:
    """A workbook of ``lines``: screening it against reading it."""
    manifest = folder / "lines.xlsx"
    python("-m", "benchmarks.generate", str(manifest), "--lines", str(lines))
    read = typical([python("-c", _READ_WORKBOOK, str(manifest)) for _ in range(repeat)])
    output = str(folder / "hits.parquet")
    screened = typical([measure(_COMMAND, "screen", str(manifest), "-o", output).checked(*_FINISHED) for _ in range(repeat)])
    row(f"workbook of {lines:,} lines: read", f"{read.seconds:.2f} s")
    row("screened", f"{screened.seconds:.2f} s", f"{screened.peak_mb:,.0f} MB")
    ratio = screened.seconds / read.seconds
    row("screened / read", f"{ratio:.1f} x", target(ratio, _TARGET_WORKBOOK, "x"))


def shapes(folder: Path, lines: int) -> None:
    """The lines of ``shapes.py``, the suspicious ones with each kind of report."""
    python("-m", "benchmarks.shapes", str(folder), "--lines", str(lines))
    two, towards, flagged = (folder / f"{name}.csv" for name in ("two", "towards", "flagged"))
    half, tenth = lines // 2, lines // 10
    _shape(f"{lines:,} lines of two columns", two, folder / "two.html")
    _shape(f"{half:,} lines under a measure", towards, folder / "towards.parquet")
    for suffix in _REPORTS:
        _shape(f"{tenth:,} suspicious lines", flagged, folder / f"hits{suffix}")


def _shape(name: str, manifest: Path, report: Path) -> None:
    screened = measure(_COMMAND, "screen", str(manifest), "-o", str(report)).checked(*_FINISHED)
    row(name, f"{screened.seconds:.1f} s", f"{screened.cpu_seconds:.1f} s CPU, {report.name}")
    row("peak memory", f"{screened.peak_mb:,.0f} MB", f"{manifest.stat().st_size / 1e6:,.0f} MB of CSV")


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--lines", type=int, default=10_000_000, help="length of the Parquet manifest; 0 leaves it out")
    parser.add_argument("--rows", type=int, default=100_000, help="rows of the workbook; 0 leaves it out")
    parser.add_argument("--shapes", type=int, default=1_000_000, help="lines of two columns; 0 leaves the other shapes out")
    parser.add_argument("--repeat", type=int, default=3, help="runs with the workbook; the median counts")
    parser.add_argument("--folder", type=Path, help="where files go, and stay; else a temporary folder")
    arguments = parser.parse_args()
    with workplace(arguments.folder) as folder:
        if arguments.rows:
            workbook(folder, arguments.rows, arguments.repeat)
        if arguments.shapes:
            shapes(folder, arguments.shapes)
        if arguments.lines:
            long_manifest(folder, arguments.lines)


if __name__ == "__main__":
    main()
