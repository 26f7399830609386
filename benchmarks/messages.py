"""Reads every trade message in a data folder and prints what became of it: lines, rejects, filled columns, what no column holds.

    python -m benchmarks.messages DATA [--lines]

Comes in: a folder with XML, EDIFACT and zip files anywhere in it. Goes out: Markdown, one row per file (an archive counts as
one), then for each kind of goods item how often each canonical column is filled and which paths fill none. ``--lines`` also
prints the lines themselves.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import screening
from screening.errors import ManifestError
from screening.manifest import read_manifest
from screening.terms import COLUMNS, EXTRA, POSITION, InputReading

if TYPE_CHECKING:
    import polars as pl

_SUFFIXES = {".xml", ".edi", ".zip"}


def main() -> int:
    """Read the files and print the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--lines", action="store_true", help="print every line with its filled columns")
    args = parser.parse_args()
    words = screening.Screener().words
    filled: dict[str, Counter[str]] = {}
    rest: dict[str, Counter[str]] = {}
    print("| file | messages | lines | rejects | columns filled | paths without a column | s |\n|---|---|---|---|---|---|---|")
    for path in sorted(path for path in args.data.rglob("*") if path.suffix.lower() in _SUFFIXES):
        started = time.perf_counter()
        manifest = read_manifest(str(path), words)
        try:
            chunks = list(manifest.chunks())
        except ManifestError as error:
            print(f"| {path.name} | refused: {str(error).partition(': ')[2][:150]} | | | | | |")
            continue
        took = time.perf_counter() - started
        lines = [chunk.lines for chunk in chunks if chunk.lines.height]
        kinds = Counter[str]()
        for frame in lines:
            kind = frame[EXTRA + POSITION][0].split()[0]
            kinds[kind] += frame.height
            for column in COLUMNS:
                filled.setdefault(kind, Counter())[column] += frame.height - frame[column].null_count()
            for column in frame.columns:
                if column.startswith(EXTRA) and frame[column].null_count() < frame.height:
                    rest.setdefault(kind, Counter())[column.removeprefix(EXTRA)] += frame.height - frame[column].null_count()
            filled[kind]["lines"] += frame.height
            if args.lines:
                _show(frame)
        _row(path, manifest.inputs[0], lines, chunks, took)
        for chunk in chunks:
            for reject in chunk.rejects.iter_rows(named=True):
                print(f"  reject: {reject['sheet']}, row {reject['row']}: {reject['reason']}")
    for kind, counts in sorted(filled.items()):
        total = counts.pop("lines")
        print(f"\n## {kind}: {total} lines\n")
        print(", ".join(f"{column} {count}" for column, count in counts.items() if count))
        print("\nNo column: " + ", ".join(f"{name} {count}" for name, count in rest.get(kind, Counter()).most_common()))
    return 0


def _row(path: Path, reading: InputReading, lines: list[pl.DataFrame], chunks: list[object], took: float) -> None:
    columns = {column for frame in lines for column in COLUMNS if frame[column].null_count() < frame.height}
    rest = {name for frame in lines for name in frame.columns if name.startswith(EXTRA)}
    rejects = sum(sheet.rejects for sheet in reading.sheets)
    count = sum(sheet.lines for sheet in reading.sheets)
    print(f"| {path.name} | {len(reading.sheets)} | {count} | {rejects} | {len(columns)} | {len(rest)} | {took:.2f} |")
    unread = Counter(note for sheet in reading.sheets for note in sheet.notes if "not understood" in note)
    for note, number in unread.items():
        print(f"  {number} times: {note}")


def _show(frame: pl.DataFrame) -> None:
    for line in frame.iter_rows(named=True):
        print(
            "  "
            + "; ".join(f"{name}={value}" for name, value in line.items() if value is not None and not name.startswith("raw."))
        )


if __name__ == "__main__":
    sys.exit(main())
