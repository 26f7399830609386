"""How right the verdicts are on goods texts that the content had never seen.

    python -m benchmarks.unseen [--batch 1] [--wrong]

Comes in: ``benchmarks/unseen.csv``, manifest lines whose outcome was decided by the law before the program saw them, and what
the program said of each at first sight. Goes out: Markdown, one row a batch and time, first sight beside now; with ``--wrong``
also each line that is wrong now, with the hits that made it so.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections import Counter
from pathlib import Path

import screening

_FILE = Path(__file__).with_name("unseen.csv")
_COLUMNS = (
    "description",
    "hs_code",
    "net_kg",
    "value",
    "currency",
    "export_country",
    "destination_country",
    "ship_date",
    "licence_no",
)
_WORST_FIRST = ("hold", "review", "not_judged", "clear")
_JUDGEMENTS = (
    "right",
    "allowed",
    "false hold",
    "false review",
    "false not_judged",
    "missed hold",
    "missed review",
    "missed not_judged",
)

Row = dict[str, str]


def read(path: Path = _FILE) -> list[Row]:
    """The lines of the corpus; ``allowed`` holds further outcomes that the law leaves open, ``first`` that of the first sight."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def judge(row: Row, outcome: str) -> str:
    """One of right, allowed, ``false <outcome>`` (too strict) and ``missed <expected>`` (too lenient)."""
    expected = row["expected"]
    if outcome == expected:
        return "right"
    if outcome in row["allowed"].split():
        return "allowed"
    if _WORST_FIRST.index(outcome) < _WORST_FIRST.index(expected):
        return f"false {outcome}"
    return f"missed {expected}"


def screen(rows: list[Row]) -> tuple[list[str], dict[int, list[str]]]:
    """Outcomes in the order of the rows, and the hits of each by its place, from 1; each row is a shipment of its own."""
    lines = [
        {name: row[name] for name in _COLUMNS if row[name]} | {"document_ref": f"{row['batch']}-{row['line']}"} for row in rows
    ]
    run = screening.Screener().screen(lines)
    hits: dict[int, list[str]] = {}
    for line, action, rule, reason in run.hits.select("line", "action", "rule", "reason").iter_rows():
        hits.setdefault(line, []).append(f"{action} {rule}: {reason}")
    return list(run.lines["outcome"]), hits


def main() -> int:
    """Screen the corpus and print what is right, first and now."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", help="only this batch")
    parser.add_argument("--wrong", action="store_true", help="print each line that is wrong now")
    args = parser.parse_args()
    rows = [row for row in read() if args.batch in (None, row["batch"])]
    outcomes, hits = screen(rows)
    print("| batch | lines | seen | " + " | ".join(_JUDGEMENTS) + " |\n|" + "---|" * (3 + len(_JUDGEMENTS)))
    for batch in dict.fromkeys(row["batch"] for row in rows):
        pairs = [(row, outcome) for row, outcome in zip(rows, outcomes, strict=True) if row["batch"] == batch]
        for seen, counted in (
            ("first", Counter(judge(row, row["first"]) for row, _ in pairs)),
            ("now", Counter(judge(row, outcome) for row, outcome in pairs)),
        ):
            print(f"| {batch} | {len(pairs)} | {seen} | " + " | ".join(str(counted[name]) for name in _JUDGEMENTS) + " |")
    if args.wrong:
        for place, (row, outcome) in enumerate(zip(rows, outcomes, strict=True), 1):
            judged = judge(row, outcome)
            if judged not in ("right", "allowed"):
                told = " | ".join(row[name] for name in ("description", "hs_code", "ship_date", "why"))
                print(f"\n{row['batch']}-{row['line']} {judged}: {told}")
                print("\n".join(f"    {hit}" for hit in hits.get(place, ())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
