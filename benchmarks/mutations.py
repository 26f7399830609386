"""One small manifest, written in all the ways in which the trade writes: the same values must come out of each, or none.

Comes in: nothing; ``benchmarks/mutations.yaml`` holds headers, goods and countries in several languages. Goes out: `cases`, each
a file to write and the values that must be read from it. `compare` reads one and counts the cells that came out right, that
stayed empty and were spoken of, that vanished without a word, and that are wrong. The last two must be none.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import sys
import tempfile
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import openpyxl
import yaml

from screening.content.reading import from_data
from screening.content.snapshot import shipped
from screening.errors import ManifestError
from screening.manifest import read_manifest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from screening.terms import ReadingWords

    Row = dict[str, Any]
    Write = Callable[[Path], Path]

WORDS: dict[str, Any] = yaml.safe_load(Path(__file__).with_name("mutations.yaml").read_text(encoding="utf-8"))
HEADERS: dict[str, str] = WORDS["headers"]["en"]
_COLUMNS = ("description", "hs_code", "quantity", "net_kg", "gross_kg", "value", "currency", "origin_country")
_MORE = ("destination_country", "ship_date", "consignee_name")
LINES: list[Row] = [
    dict(zip((*_COLUMNS, *_MORE), values, strict=True))
    for values in (
        (
            "Neodymium oxide 99.9 %",
            "28469019",
            40,
            1000.0,
            1050.5,
            81234.56,
            "USD",
            "CN",
            "DE",
            dt.date(2026, 3, 1),
            "Neue Magnete GmbH",
        ),
        (
            "Tile adhesive, grey",
            "32149000",
            1000,
            25000.0,
            25600.0,
            15000.0,
            "USD",
            "CN",
            "FR",
            dt.date(2026, 3, 15),
            "Carrelages SA",
        ),
        (
            "Purebred breeding horse",
            "01012100",
            1,
            512.5,
            700.0,
            9800.5,
            "USD",
            "KR",
            "GB",
            dt.date(2026, 4, 12),
            "Hill Farm Ltd",
        ),
        (
            "Magnets for loudspeakers",
            "85051110",
            12500,
            87.25,
            93.0,
            1234.0,
            "USD",
            "JP",
            "ES",
            dt.date(2026, 12, 31),
            "Altavoces SA",
        ),
        ("Samples of paper", "48025590", 3, 0.75, 1.2, 12.4, "USD", "VN", "RU", dt.date(2026, 11, 9), "Bumaga OOO"),
    )
]
_TOLERANCE = 1e-6


@dataclass(slots=True)
class Table:
    """Headers, and cells as they are to stand in a file."""

    headers: list[str]
    rows: list[list[Any]]


@dataclass(slots=True)
class Case:
    """One mutation; ``expected`` are the lines with the values that must come out."""

    group: str
    name: str
    write: Write
    expected: Sequence[Row]
    noted: str = ""
    """What must be said about the file."""


@dataclass(slots=True)
class Outcome:
    """What came out of one mutation."""

    right: int = 0
    unread: list[str] = field(default_factory=list)
    """Cells that stayed empty, and whose column the reader spoke of."""
    faults: list[str] = field(default_factory=list)
    """Cells that are wrong or vanished without a word, lines that are missing."""


def table(lines: Sequence[Row] = LINES, headers: dict[str, str] | None = None, **shown: Callable[[Row], Any]) -> Table:
    """The lines under headers; ``shown`` says how a column is written where it is not as it is."""
    named = headers or HEADERS
    rows = [[shown[column](line) if column in shown else line[column] for column in named] for line in lines]
    return Table(list(named.values()), rows)


def plain(value: object) -> str:
    """A cell as a program would write it."""
    return "" if value is None else str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)


def grouped(thousands: str, decimals: str, places: int | None = None) -> Callable[[str], Callable[[Row], str]]:
    """How a column of numbers is written with these signs."""

    def of(column: str) -> Callable[[Row], str]:
        def write(line: Row) -> str:
            number = float(line[column])
            text = f"{number:,.{places}f}" if places is not None else f"{number:,.4f}".rstrip("0").rstrip(".")
            return text.replace(",", "\0").replace(".", decimals).replace("\0", thousands)

        return write

    return of


def as_csv(
    made: Table, separator: str = ",", encoding: str = "utf-8", above: Sequence[Sequence[str]] = (), newline: str = "\n"
) -> Write:
    """Writes a table as delimited text."""

    def write(folder: Path) -> Path:
        text = io.StringIO()
        rows = [[plain(cell) for cell in row] for row in made.rows]
        csv.writer(text, delimiter=separator, lineterminator=newline).writerows([*above, made.headers, *rows])
        path = folder / "mutation.csv"
        path.write_bytes(text.getvalue().encode(encoding))
        return path

    return write


def as_xlsx(made: Table, above: Sequence[Sequence[Any]] = (), then: Callable[[Any], None] | None = None) -> Write:
    """Writes a table as a workbook, which ``then`` may change."""

    def write(folder: Path) -> Path:
        book = openpyxl.Workbook()
        for row in [*above, made.headers, *made.rows]:
            book.worksheets[0].append(list(row))
        if then:
            then(book)
        path = folder / "mutation.xlsx"
        book.save(path)
        book.close()
        return path

    return write


def compare(case: Case, folder: Path, words: ReadingWords) -> Outcome:
    """Write one mutation, read it, and compare."""
    outcome = Outcome()
    manifest = read_manifest(case.write(folder), words)
    lines: list[Row] = []
    rejects = 0
    try:
        for chunk in manifest.chunks():
            lines += chunk.lines.rows(named=True)
            rejects += chunk.rejects.height
    except ManifestError as error:
        outcome.faults.append(f"refused: {error}")
        return outcome
    sheets = [sheet for found in manifest.inputs for sheet in found.sheets]
    notes = [note for sheet in sheets for note in [*sheet.notes, *sheet.unsure.values()]]
    if case.noted and not any(case.noted in note for note in notes):
        outcome.faults.append(f"nothing is said of '{case.noted}'")
    if len(lines) != len(case.expected) or rejects:
        outcome.faults.append(f"{len(lines)} lines and {rejects} rejects instead of {len(case.expected)} lines")
        return outcome
    for line, expected in zip(lines, case.expected, strict=True):
        for column, value in expected.items():
            got = line[column]
            if got == value or (
                isinstance(value, int | float) and isinstance(got, float) and abs(got - value) <= _TOLERANCE * abs(value)
            ):
                outcome.right += 1
            elif got is None and any(column in note for note in notes):
                outcome.unread.append(f"{column}: '{value}'")
            else:
                outcome.faults.append(f"{column}: {got!r} instead of {value!r}{'' if got else ', and nothing is said of it'}")
    return outcome


def only(*columns: str, lines: Sequence[Row] = LINES) -> list[Row]:
    """The lines with these columns alone, to be compared."""
    return [{column: line[column] for column in columns} for line in lines]


def without(*columns: str) -> list[Row]:
    """The lines without these columns."""
    return [{column: value for column, value in line.items() if column not in columns} for line in LINES]


def cases() -> Iterator[Case]:
    """Every mutation."""
    from benchmarks import mutations_layout, mutations_values  # noqa: PLC0415 - they build on this module

    yield from mutations_layout.cases()
    yield from mutations_values.cases()


def main() -> int:
    """Compare all mutations, print a table by group and every fault; 1 where a cell is wrong or vanished."""
    words = from_data(shipped().reading)
    counts: dict[str, Counter[str]] = {}
    with tempfile.TemporaryDirectory() as folder:
        for case in cases():
            outcome = compare(case, Path(folder), words)
            count = counts.setdefault(case.group, Counter())
            count += Counter(mutations=1, right=outcome.right, unread=len(outcome.unread), faults=len(outcome.faults))
            counts[case.group] = count
            for text in outcome.faults[:3]:
                print(f"{case.group}, {case.name}: {text}")
            if outcome.unread and "-v" in sys.argv:
                print(f"{case.group}, {case.name}: unread {outcome.unread[:2]} and {max(0, len(outcome.unread) - 2)} more")
    print("\n| mutations | files | cells right | unread, said | wrong or silent |\n|---|---|---|---|---|")
    total: Counter[str] = Counter()
    for group, count in counts.items():
        total += count
        print(f"| {group} | {count['mutations']} | {count['right']:,} | {count['unread']} | {count['faults']} |")
    print(f"| together | {total['mutations']} | {total['right']:,} | {total['unread']} | {total['faults']} |")
    return 1 if total["faults"] else 0


if __name__ == "__main__":
    sys.exit(main())
