"""Reads everything tabular in a data folder and compares how each header was read with what a person judged.

Comes in: a folder of public files, and ``benchmarks/sheets.yaml``, in which each sheet was judged by looking at it. Goes out: a
table with a row per file and sheet, every header that was read otherwise than judged, and the shares of right, missing and wrong
mappings. A wrong mapping is worse than a missing one: the target is none.
"""

from __future__ import annotations

import argparse
import gzip
import shutil
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from screening.content.reading import from_data
from screening.content.snapshot import shipped
from screening.errors import ManifestError
from screening.manifest import describe_columns, read_manifest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from screening.manifest import SheetColumns
    from screening.terms import ReadingWords, SheetReading

LAYOUTS = Path(__file__).with_name("layouts.yaml")
JUDGED = Path(__file__).with_name("sheets.yaml")
TABULAR = frozenset({".xlsx", ".xls", ".csv"})
REFUSE, TABLE, NOTHING = "refuse", "table", "-"


@dataclass(slots=True)
class Verdict:
    """How one sheet was read, beside what was judged."""

    file: str
    sheet: str
    expected: list[Any] | str | None
    reading: SheetReading | None = None
    columns: SheetColumns | None = None
    refusal: str = ""
    marks: Counter[str] = field(default_factory=Counter)
    """Headers by verdict: ``right``, ``left`` (rightly unread), ``missing``, ``wrong``, ``unjudged``."""
    faults: list[str] = field(default_factory=list)


def files_of(folder: Path) -> list[Path]:
    """Everything tabular in the folder, packed or not."""
    return sorted(path for path in folder.rglob("*") if Path(path.name.removesuffix(".gz")).suffix in TABULAR)


def expectation(judged: Mapping[str, Any], file: str) -> Mapping[str, Any]:
    """What was judged of one file: sheet to judgement; a whole folder may be judged at once (``watchlists/*.csv.gz``)."""
    files: Mapping[str, Any] = judged["files"]
    return files.get(file) or next((value for name, value in files.items() if Path(file).match(name)), {})


def read(path: Path, file: str, judged: Mapping[str, Any], words: ReadingWords, workspace: Path) -> Iterator[Verdict]:
    """Read one file and judge each of its sheets."""
    if path.suffix == ".gz":
        unpacked = workspace / path.stem
        with gzip.open(path) as source, unpacked.open("wb") as target:
            shutil.copyfileobj(source, target)
        path = unpacked
    expected = expectation(judged, file)
    manifest = read_manifest(path, words)
    refusal = ""
    try:
        described = {sheet.sheet: sheet for sheet in describe_columns(path, words)}
        for _ in manifest.chunks():
            pass
    except ManifestError as error:
        refusal = str(error).replace(str(path), file)
        described = {}
    readings = {sheet.name: sheet for found in manifest.inputs for sheet in found.sheets}
    for sheet in dict.fromkeys([*readings, *expected]):
        verdict = Verdict(file, sheet, expected.get(sheet), readings.get(sheet), described.get(sheet), refusal)
        _judge(verdict, judged["layouts"])
        yield verdict


def _judge(verdict: Verdict, layouts: Mapping[str, Any]) -> None:
    """Compare; every fault is a sentence."""
    reading, expected = verdict.reading, verdict.expected
    is_read = reading is not None and (reading.header_row is not None or bool(reading.columns))
    if expected is None:
        verdict.faults.append("not judged: add it to benchmarks/sheets.yaml")
        return
    if expected == REFUSE or not is_read or reading is None:
        if is_read and reading:
            verdict.marks["wrong"] += len(reading.columns)
            verdict.faults.append(f"read, though there are no goods in it: {reading.columns}")
        elif expected != REFUSE and expected[0] != TABLE:
            verdict.marks["missing"] += 1
            verdict.faults.append("not read")
        return
    if expected[0] == TABLE:
        layout = layouts[expected[1]]
    else:
        layout = layouts[expected[0]]
        for what, got, wanted in (("header in row", reading.header_row, expected[1]), ("lines:", reading.lines, expected[2])):
            if got != wanted:
                verdict.faults.append(f"{what} {got}, judged {wanted}")
    for header in [found.header for found in verdict.columns.headers] if verdict.columns else []:
        mark = _mark(header, reading.columns.get(header, NOTHING), layout.get(header))
        verdict.marks[mark] += 1
        if mark in ("missing", "wrong", "unjudged"):
            verdict.faults.append(f"{mark}: '{header}' → {reading.columns.get(header, NOTHING)}, judged {layout.get(header)}")


def _mark(header: str, got: str, wanted: object) -> str:
    """The verdict on one header."""
    if wanted is None:
        return "unjudged"
    choices = [str(choice) for choice in wanted] if isinstance(wanted, list) else [str(wanted)]
    choices = [choice.removesuffix("?") for choice in choices]
    if got in choices:
        return "left" if got == NOTHING else "right"
    return "missing" if got == NOTHING else "wrong"


def invented(words: ReadingWords) -> Iterator[Verdict]:
    """The layouts of ``benchmarks/layouts.yaml``, read as lists of lines."""
    for name, columns in yaml.safe_load(LAYOUTS.read_text(encoding="utf-8")).items():
        lines = [
            dict(zip([column[0] for column in columns], cells, strict=True))
            for cells in zip(*[column[2:] for column in columns], strict=True)
        ]
        manifest = read_manifest(lines, words)
        for _ in manifest.chunks():
            pass
        verdict = Verdict("layouts.yaml", name, None, manifest.inputs[0].sheets[0])
        for header, wanted, *_ in columns:
            got = manifest.inputs[0].sheets[0].columns.get(header, NOTHING)
            mark = _mark(header, got, wanted)
            verdict.marks[mark] += 1
            if mark in ("missing", "wrong"):
                verdict.faults.append(f"{mark}: '{header}' → {got}, judged {wanted}")
        yield verdict


def _row(verdict: Verdict) -> str:
    reading = verdict.reading
    place = f"{verdict.file}{f' [{verdict.sheet}]' if verdict.sheet else ''}"
    if verdict.columns is None and reading and reading.columns:
        return place
    if reading is None or (reading.header_row is None and not reading.columns):
        return f"{place}: refused"
    headers = verdict.columns.headers if verdict.columns else []
    status = Counter(header.status for header in headers)
    skipped = ", ".join(f"{count:,} {kind}" for kind, count in reading.skipped.items())
    return (
        f"{place}: headers in row {reading.header_row}; {status['mapped']} mapped, {status['unsure']} unsure, "
        f"{status['left'] + status['unknown']} unmapped; {reading.lines:,} lines, {reading.rejects:,} rejects"
        f"{f', {skipped}' if skipped else ''}"
    )


def _print(verdict: Verdict) -> None:
    print(_row(verdict))
    for fault in verdict.faults:
        print(f"    {fault}")


def main() -> int:
    """Read the folder, print the table; 1 where a mapping is wrong."""
    parser = argparse.ArgumentParser(description="Reads everything tabular in a folder and compares with what was judged.")
    parser.add_argument("folder", type=Path, help="the folder of public files")
    parser.add_argument("--faults", action="store_true", help="print only what was read otherwise than judged")
    arguments = parser.parse_args()
    judged = yaml.safe_load(JUDGED.read_text(encoding="utf-8"))
    words = from_data(shipped().reading)
    marks: Counter[str] = Counter()
    counts: Counter[str] = Counter()
    with tempfile.TemporaryDirectory() as workspace:
        for path in files_of(arguments.folder):
            file = path.relative_to(arguments.folder).as_posix()
            counts["files"] += 1
            for verdict in read(path, file, judged, words, Path(workspace)):
                marks += verdict.marks
                counts["sheets"] += 1
                counts["as judged"] += not verdict.faults
                if verdict.faults or not arguments.faults:
                    _print(verdict)
    made: Counter[str] = Counter()
    for verdict in invented(words):
        made += verdict.marks
        counts["layouts"] += 1
        if verdict.faults:
            _print(verdict)
    print(f"\n{counts['files']} files, {counts['sheets']} sheets, {counts['as judged']} exactly as judged")
    print(f"{counts['layouts']} layouts of our own\n")
    print("| headers | right | missing | wrong | rightly left unread | unjudged |\n|---|---|---|---|---|---|")
    for name, found in (("of the files", marks), ("of our own layouts", made)):
        meant = max(1, found["right"] + found["missing"] + found["wrong"])
        shares = " | ".join(f"{found[mark]} ({found[mark] / meant:.1%})" for mark in ("right", "missing", "wrong"))
        print(f"| {name} | {shares} | {found['left']} | {found['unjudged']} |")
    return 1 if (marks + made)["wrong"] or marks["unjudged"] else 0


if __name__ == "__main__":
    sys.exit(main())
