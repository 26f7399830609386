"""How right the verdicts are on goods texts that the content had never seen.

    python -m benchmarks.unseen [--batch 1] [--wrong] [--first]

Comes in: ``benchmarks/unseen.csv``, manifest lines whose outcome was decided by the law before the program saw them, and what
the program said of each at first sight. Goes out: Markdown, one row a batch and time, first sight beside now, and the share
that is right of each kind of line; with ``--wrong`` also each line that is wrong now, with the hits that made it so. With
``--first`` what it says of lines it has not seen is written into the file: what stands there is never written again.
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
    "volume_m3",
    "packages",
    "package_type",
    "transport_mode",
)
_WORST_FIRST = ("hold", "review", "not_judged", "clear")
_KINDS = {"hold": "to be held", "review": "to be reviewed", "clear": "innocent"}
_FINE = ("right", "allowed")
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
    """The lines of the corpus.

    ``allowed`` holds further outcomes that the law leaves open, ``first`` that of the first sight: empty where the program has
    not seen the line yet.
    """
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


def write_first(outcomes: list[str], path: Path = _FILE) -> int:
    """Write the outcomes, in the order of the rows, as the first sight of lines that have none yet; how many those were."""
    rows = read(path)
    new = [(row, outcome) for row, outcome in zip(rows, outcomes, strict=True) if not row["first"]]
    for row, outcome in new:
        row["first"] = outcome
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    return len(new)


def by_kind(rows: list[Row], outcomes: list[str]) -> str:
    """Lines of each kind and batch, with the share that was right or allowed at first sight and now."""
    told = ["| batch | kind | lines | first | now |", "|---|---|---|---|---|"]
    for batch in dict.fromkeys(row["batch"] for row in rows):
        for expected, kind in _KINDS.items():
            pairs = [
                (row, outcome)
                for row, outcome in zip(rows, outcomes, strict=True)
                if (row["batch"], row["expected"]) == (batch, expected)
            ]
            if not pairs:
                continue
            first = sum(bool(row["first"]) and judge(row, row["first"]) in _FINE for row, _ in pairs) / len(pairs)
            now = sum(judge(row, outcome) in _FINE for row, outcome in pairs) / len(pairs)
            told.append(f"| {batch} | {kind} | {len(pairs)} | {first:.1%} | {now:.1%} |")
    return "\n".join(told)


def main() -> int:
    """Screen the corpus and print what is right, first and now."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--batch", help="only this batch")
    parser.add_argument("--wrong", action="store_true", help="print each line that is wrong now")
    parser.add_argument("--first", action="store_true", help="write what is said of lines not seen before into the file")
    args = parser.parse_args()
    if args.first:
        print(f"{write_first(screen(read())[0])} lines seen for the first time\n")
    rows = [row for row in read() if args.batch in (None, row["batch"])]
    outcomes, hits = screen(rows)
    print("| batch | lines | seen | " + " | ".join(_JUDGEMENTS) + " |\n|" + "---|" * (3 + len(_JUDGEMENTS)))
    for batch in dict.fromkeys(row["batch"] for row in rows):
        pairs = [(row, outcome) for row, outcome in zip(rows, outcomes, strict=True) if row["batch"] == batch]
        for seen, counted in (
            ("first", Counter(judge(row, row["first"]) for row, _ in pairs if row["first"])),
            ("now", Counter(judge(row, outcome) for row, outcome in pairs)),
        ):
            print(f"| {batch} | {len(pairs)} | {seen} | " + " | ".join(str(counted[name]) for name in _JUDGEMENTS) + " |")
    print("\n" + by_kind(rows, outcomes))
    if args.wrong:
        for place, (row, outcome) in enumerate(zip(rows, outcomes, strict=True), 1):
            judged = judge(row, outcome)
            if judged not in _FINE:
                told = " | ".join(row[name] for name in ("description", "hs_code", "ship_date", "why"))
                print(f"\n{row['batch']}-{row['line']} {judged}: {told}")
                print("\n".join(f"    {hit}" for hit in hits.get(place, ())))
    return 0


if __name__ == "__main__":
    sys.exit(main())
