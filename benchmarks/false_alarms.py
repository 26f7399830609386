"""Counts what the shipped content flags in real innocent goods, and writes the table that is kept in docs/.

Comes in: a folder of public data sets (``docs/false-alarms.md`` names them). Their goods are screened as exports from China on
days that differ in law, and with less beside them (``corpora.MODES``). Every flagged text is read once and gets a verdict
(``judged.csv``); a flag is false where the text neither names a listed item nor leaves open what decides, and as long as no
verdict says that it is not. Goes out: tables as
Markdown, with ``--write`` also ``docs/false-alarms.csv`` (hits per 1,000 lines by rule, corpus, half and day),
``docs/false-alarms-by-rule.csv`` (every rule, hit or not) and the curve of ``tradeoff``.
"""

from __future__ import annotations

import argparse
import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

import screening
from benchmarks import tradeoff
from benchmarks.corpora import AS_EXPORT, HALVES, MODES, corpora, half_of, lines_of, workbooks
from screening.content.snapshot import shipped

if TYPE_CHECKING:
    from collections.abc import Iterable

_DAYS = (
    "2023-08-01",
    "2024-09-15",
    "2025-02-04",
    "2025-04-04",
    "2025-10-09",
    "2025-11-09",
    "2026-11-11",
    "2026-11-21",
    "2026-11-28",
)
"""Days on which the state of a Chinese notice on minerals differs from the day before."""
_BLOCK = 20_000
_FLAGS = ("hold", "review")
_RIGHT = {"hold": ("listed",), "review": ("listed", "open")}
"""Verdicts of a text under which a flag is right: a hold needs a listed item, a review at least an open question."""
_GOAL = {"hold": 0.1, "review": 2.0}
"""The most of innocent goods that may be flagged, in lines per 1,000."""
_HERE = Path(__file__).parent
_DOCS = _HERE.parent / "docs"
_PLACE = ("kind", "corpus", "half", "mode", "day")


class Tally:
    """What all runs found, in long frames: counts of lines, the flagged texts with theirs, and the hits with the text of each."""

    def __init__(self) -> None:
        self.counts: list[pl.DataFrame] = []
        self.texts: list[pl.DataFrame] = []
        self.hits: list[pl.DataFrame] = []
        self.laws: frozenset[str] = frozenset()
        """Rules that are items of law."""

    def add(self, corpus: str, kind: str, mode: str, day: str, run: screening.ScreeningRun) -> None:
        """Count a run by halves and keep its hits."""
        if not run.counts["lines"]:
            return
        lines = run.scan_lines().select("line", "description", "hs_code", "outcome", "score").collect()
        place = {"corpus": corpus, "kind": kind, "mode": mode, "day": day}
        lines = lines.with_columns(half_of(lines["description"]).alias("half"), **{k: pl.lit(v) for k, v in place.items()})
        self.counts.append(lines.group_by(*_PLACE, "outcome", "score").len("lines"))
        held = lines.filter(pl.col("outcome").is_in(_FLAGS))
        self.texts.append(held.group_by(*_PLACE, "outcome", "description").len("lines"))
        self.laws |= set(run.hits.filter(pl.col("family") == "control", pl.col("basis") == "law")["rule"])
        hits = run.hits.select("line", "rule", "action").unique()
        self.hits.append(hits.join(lines, on="line").drop("line"))


def run_all(folder: Path, days: list[str], modes: list[str], sample: int, only: str) -> Tally:
    """Screen every corpus in every mode on every day."""
    screener, tally = screening.Screener(), Tally()
    for name, kind, goods in corpora(folder, sample):
        if only and only.lower() not in name.lower():
            continue
        for mode in modes:
            lines, begun = lines_of(goods, mode), dt.datetime.now()
            for day in days:
                for start in range(0, lines.height, _BLOCK):
                    tally.add(name, kind, mode, day, screener.screen(lines.slice(start, _BLOCK), as_of=day))
            print(f"{name}, {mode}: {lines.height:,} lines, {len(days)} days, {dt.datetime.now() - begun}", file=sys.stderr)
    given = {column: value for column, value in AS_EXPORT.items() if column != "origin_country"}
    for name, path in workbooks(folder):
        if only and only.lower() not in name.lower():
            continue
        for day in days:
            try:
                tally.add(name, "declared", "export", day, screener.screen(path, as_of=day, defaults=given))
            except screening.ScreeningError:
                break  # a layout without lines or headers is of no interest here
    return tally


def judged() -> pl.DataFrame:
    """The verdict of every text that was read: ``text`` (as `_plain` writes it), ``verdict``, ``why``."""
    return pl.read_csv(_HERE / "judged.csv", infer_schema=False)


def _plain(text: pl.Expr) -> pl.Expr:
    return text.str.to_lowercase().str.replace_all(r"\s+", " ").str.strip_chars()


def _with_verdict(flagged_ones: pl.DataFrame) -> pl.DataFrame:
    """With ``text``, its ``verdict`` and ``why``, and whether the flag is ``right`` (null: not read)."""
    plain = flagged_ones.with_columns(text=_plain(pl.col("description")))
    told = plain.join(judged(), on="text", how="left", maintain_order="left")
    right = pl.when(pl.col("outcome") == "hold").then(pl.col("verdict").is_in(_RIGHT["hold"]))
    return told.with_columns(right=right.otherwise(pl.col("verdict").is_in(_RIGHT["review"])))


def flagged(tally: Tally) -> pl.DataFrame:
    """One row a flagged line and rule: its place, text, outcome, rule, action, and whether the flag is right (null: not read)."""
    return _with_verdict(pl.concat(tally.hits).filter(pl.col("outcome").is_in(_FLAGS)))


def _with_totals(lines: pl.DataFrame) -> pl.DataFrame:
    return pl.concat([lines, lines.with_columns(corpus=pl.format("**all {}**", "kind"))])


def rates(tally: Tally) -> pl.DataFrame:
    """Of each corpus, mode and half the lines, and per 1,000 of them on its worst day those flagged and those flagged falsely.

    Columns ``kind, corpus, half, mode, lines``, ``hold, review, false_hold, false_review`` (shares of 1), and how many texts are
    ``false`` and how many not ``unread`` so far, which count as false in the shares.
    """
    keys = list(_PLACE[:-1])
    sizes = _with_totals(pl.concat(tally.counts)).group_by(*_PLACE, maintain_order=True).agg(of=pl.col("lines").sum())
    texts = _with_totals(_with_verdict(pl.concat(tally.texts)))
    is_false = pl.col("right").fill_null(False).not_()
    counted = [
        pl.col("lines").filter(pl.col("outcome") == flag, *also).sum().alias(name)
        for flag in _FLAGS
        for name, also in ((flag, ()), (f"false_{flag}", (is_false,)))
    ]
    days = sizes.join(texts.group_by(_PLACE).agg(counted), on=list(_PLACE), how="left", maintain_order="left").fill_null(0)
    shares = [(pl.col(name) / pl.col("of")).max() for flag in _FLAGS for name in (flag, f"false_{flag}")]
    worst = days.group_by(keys, maintain_order=True).agg(pl.col("of").max().alias("lines"), *shares)
    kinds = texts.group_by(keys).agg(
        false=pl.col("text").filter(pl.col("right").not_()).n_unique(),
        unread=pl.col("text").filter(pl.col("right").is_null()).n_unique(),
    )
    return worst.join(kinds, on=keys, how="left", maintain_order="left").with_columns(pl.col("false", "unread").fill_null(0))


def summary(found: pl.DataFrame) -> str:
    """The :func:`rates` as a table, and whether the flags of innocent goods keep to the goal."""
    rows = []
    for (_, corpus, mode), group in found.sort("kind", maintain_order=True).group_by(
        "kind", "corpus", "mode", maintain_order=True
    ):
        cells = [str(corpus), str(mode)]
        for half in HALVES:
            mine = group.filter(pl.col("half") == half)
            if not mine.height:
                cells += ["0", "", ""]
                continue
            row = mine.row(0, named=True)
            flags, false = (" / ".join(_rate(row[lead + flag]) for flag in _FLAGS) for lead in ("", "false_"))
            named = str(row["false"]) + (f" + {row['unread']}?" if row["unread"] else "")
            cells += [f"{row['lines']:,}", flags, false if named == "0" else f"{false} ({named})"]
        rows.append(tuple(cells))
    head = ["corpus", "mode"]
    for half in HALVES:
        head += [f"lines, {half}", "held / reviewed", "of these false"]
    worst = {flag: 1000 * (found[f"false_{flag}"].max() or 0) for flag in _FLAGS}
    kept = all(worst[flag] <= most for flag, most in _GOAL.items())
    told = ", ".join(f"{worst[flag]:.2f} of at most {_GOAL[flag]:g} {flag}" for flag in _FLAGS)
    goal = f"Innocent lines flagged per 1,000, worst row: {told}: {'kept' if kept else 'not kept'}."
    return f"{_table(tuple(head), rows)}\n{goal}\n"


def table(tally: Tally) -> pl.DataFrame:
    """Hits per 1,000 lines of every rule by corpus, half, mode and action, one column a day; first of all its outcomes."""
    counts = pl.concat(tally.counts).group_by(*_PLACE, "outcome").agg(pl.col("lines").sum())
    size = counts.group_by(_PLACE).agg(pl.col("lines").sum().alias("of"))
    outcomes = counts.rename({"outcome": "action"}).with_columns(rule=pl.lit("(outcome)"))
    hits = pl.concat(tally.hits).group_by(*_PLACE, "rule", "action").len("lines")
    both = pl.concat([outcomes.select(hits.columns), hits]).filter(pl.col("action") != "clear").join(size, on=list(_PLACE))
    rates = both.with_columns(rate=(1000 * pl.col("lines") / pl.col("of")).round(2))
    keys = ["kind", "corpus", "half", "mode", "rule", "action"]
    wide = rates.sort("day").pivot("day", index=keys, values="rate", sort_columns=True)
    largest = size.group_by("kind", "corpus", "half", "mode").agg(pl.col("of").max().alias("lines"))
    days = sorted(counts["day"].unique())
    return wide.join(largest, on=keys[:4]).select(*keys, "lines", *(pl.col(day).fill_null(0.0) for day in days)).sort(keys)


def by_rule(tally: Tally, rules: Iterable[str]) -> pl.DataFrame:
    """A row for every rule and item: its most hits per 1,000 lines of each corpus on any day in any mode, or 0."""
    place = ["corpus", "mode", "day"]
    sizes = pl.concat(tally.counts).group_by(place).agg(of=pl.col("lines").sum())
    hits = pl.concat(tally.hits).group_by("rule", *place).len("lines").join(sizes, on=place)
    rates = hits.group_by("rule", "corpus").agg(rate=(1000 * pl.col("lines") / pl.col("of")).max().round(2))
    every = pl.DataFrame({"rule": sorted(rules)}).join(sizes.select(pl.col("corpus").unique().sort()), how="cross")
    known = every.join(rates, on=["rule", "corpus"], how="left").with_columns(pl.col("rate").fill_null(0.0))
    return known.sort("rule", "corpus").pivot("corpus", index="rule", values="rate", sort_columns=True)


def held_by_law(tally: Tally, found: pl.DataFrame) -> str:
    """Lines that items of law hold, on every day, and what their texts are."""
    held = found.filter(pl.col("rule").is_in(list(tally.laws)), pl.col("action") == "hold", pl.col("mode") != "text")
    days = sorted(held["day"].unique())
    rows = []
    for (corpus,), mine in held.group_by("corpus", maintain_order=True):
        texts = mine.unique("text")["verdict"].fill_null("?").value_counts().sort("verdict")
        told = ", ".join(f"{verdict} {count}" for verdict, count in texts.iter_rows())
        lines = mine.filter(pl.col("mode") == "export").unique(["day", "text", "hs_code"]).group_by("day").len()
        of_day = dict(lines.iter_rows())
        rows.append((str(corpus), *(str(of_day.get(day, 0)) for day in days), told))
    return _table(("corpus", *days, "texts by verdict"), rows)


def examples(found: pl.DataFrame, half: str, most: int) -> str:
    """The flagged texts of a half, those not yet read first: text, worst outcome, rules, verdict."""
    told = (
        found.filter(pl.col("half") == half, pl.col("action").is_in(_FLAGS))
        .group_by("text")
        .agg(
            pl.col("verdict").first().fill_null(""),
            worst=pl.col("outcome").min(),
            rules=pl.format("{} {}", "rule", "action").unique().sort().str.join("; "),
            corpora=pl.col("corpus").unique().sort().str.join(", "),
            hs=pl.col("hs_code").drop_nulls().first(),
        )
        .sort("verdict", "worst", "text")
        .head(most)
    )
    rows = [
        (r["verdict"], r["worst"], r["hs"] or "", r["text"][:160], r["rules"], r["corpora"]) for r in told.iter_rows(named=True)
    ]
    return _table(("verdict", "worst", "HS", "text", "rules", "corpora"), rows)


def _all_rules() -> list[str]:
    content = shipped()
    return [*content.rules, *(f"{law.id}/{item.code}" for law in content.instruments.values() for item in law.items)]


def _rate(share: float) -> str:
    return "0" if not share else f"{1000 * share:.2f}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    body = ["| " + " | ".join(cell.replace("|", "/").replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(["| " + " | ".join(head) + " |", "|" + "---|" * len(head), *body]) + "\n"


def main() -> None:
    """Screen, print, and write where asked. What is found never changes the exit status."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=Path, help="folder of the public data sets")
    parser.add_argument("--dates", nargs="+", default=list(_DAYS), metavar="DAY")
    parser.add_argument("--modes", nargs="+", default=list(MODES), choices=MODES)
    parser.add_argument("--sample", type=int, default=0, metavar="N", help="at most N different goods of each corpus")
    parser.add_argument("--corpus", default="", help="only corpora with this in their name")
    parser.add_argument("--examples", type=int, default=200, metavar="N", help="flagged texts shown")
    parser.add_argument(
        "--half", default=HALVES[0], choices=HALVES, help="whose flagged texts are shown; the second is not for tuning"
    )
    parser.add_argument("--write", action="store_true", help="write both tables docs/false-alarms*.csv and the curve")
    arguments = parser.parse_args()
    if not arguments.folder.is_dir():
        sys.exit(f"{arguments.folder} is no folder; give the folder that holds the data sets named in docs/false-alarms.md")
    tally = run_all(arguments.folder, arguments.dates, arguments.modes, arguments.sample, arguments.corpus)
    if not tally.counts:
        sys.exit(f"no data set was found in {arguments.folder}")
    found = flagged(tally)
    print("### Held / reviewed per 1,000 lines, worst day\n", summary(rates(tally)), "\n### Flagged texts\n", sep="\n")
    print(examples(found, arguments.half, arguments.examples))
    print("### Held by items of law, lines a day\n", held_by_law(tally, found), sep="\n")
    real = pl.concat(tally.counts).filter(pl.col("kind") == "declared", pl.col("mode") == "export")
    points = tradeoff.points(real.filter(pl.col("day") == real["day"].max()))
    print("### Score threshold\n", _table(tradeoff.HEAD, tradeoff.rows(points)), sep="\n")
    if arguments.write:
        table(tally).write_csv(_DOCS / "false-alarms.csv")
        by_rule(tally, _all_rules()).write_csv(_DOCS / "false-alarms-by-rule.csv")
        (_DOCS / "images" / "trade-off.svg").write_text(tradeoff.svg(points), encoding="utf-8")


if __name__ == "__main__":
    main()
