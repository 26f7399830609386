"""Measures how names are found: ``python -m benchmarks.names DATA [--names 50000] [--rivals]`` prints everything in one run.

DATA is the folder of public data with ``watchlists/``. The numbers of the last run stand in docs/names.md.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import random
import re
import resource
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl
from rapidfuzz import fuzz, process

from benchmarks.generate import Trade
from benchmarks.names import alter, ofac, rivals
from screening import compare_names
from screening.content.snapshot import shipped
from screening.parties import Parties

if TYPE_CHECKING:
    from benchmarks.names.ofac import Entry

_HERE = Path(__file__).parent
_SEED = 20261122
_ALTERED = 500
_HELD_OUT = (31, 32, 33, 34)
"""Seeds of names that nothing was set by."""
_PEOPLE = 500
_NO_PERSON = """LLC INC LTD CO CORP CORPORATION GROUP COMPANY LIMITED GMBH AIRLINES TRADING FZE FZC FZCO AVIATION SUPPLY SOLUTIONS
TECH TECHNOLOGY TECHNOLOGIES ENTERPRISES KAYALI NASER TECHNIK OPTICS PORTS ASSOCIATES ELECTRONICS INTERNATIONAL WINGS SYSTEMS"""
"""Words in the names of firms on lists that do not say who is a person."""
_BLOCK = 2000
_RIVALS_ASKED = 100
"""Names of each kind that rivals are asked about: they are slow."""


def _say(*cells: object) -> None:
    print("| " + " | ".join(str(cell) for cell in cells) + " |", flush=True)


def _head(title: str, *cells: str) -> None:
    print(f"\n## {title}\n")
    _say(*cells)
    _say(*("---" for _ in cells))


def _percent(part: float, whole: float) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


def _ranked(parties: Parties, names: list[str], kind: str = "unknown") -> dict[str, list[tuple[tuple[bool, float, float], str]]]:
    """For every name its matches, best first: rank and entry."""
    found: dict[str, list[tuple[tuple[bool, float, float], str]]] = {}
    for row in parties.match(names, kind).iter_rows(named=True):  # type: ignore[arg-type]
        rank = (row["level"] == "hit", row["score"], row["strength"])
        found.setdefault(row["name"], []).append((rank, row["entry"]))
    for matches in found.values():
        matches.sort(reverse=True)
    return found


def altered(parties: Parties, entries: list[Entry]) -> list[tuple[str, str, Entry]]:
    """500 listed names with one change each: found at all, found first; and others drawn in the same way."""
    cases = alter.altered(entries, _ALTERED, _SEED)
    hard = alter.altered(entries, _ALTERED // len(alter.KINDS), _SEED, alter.HARD)
    _head("Listed names, altered", "change", "names", "found", "first", "at level hit")
    for title, group in (
        ("all", cases),
        *((kind, [c for c in cases if c[0] == kind]) for kind in alter.KINDS),
        (f"apart: {hard[0][0]}", hard),
        *((f"held out: other {_ALTERED}, seed {seed}", alter.altered(entries, _ALTERED, seed)) for seed in _HELD_OUT),
    ):
        found = _ranked(parties, [name for _, name, _ in group])
        counts: Counter[str] = Counter()
        for _, name, entry in group:
            matches = found.get(name, [])
            mine = next((rank for rank, ident in matches if ident == entry.ident), None)
            counts["found"] += mine is not None
            counts["first"] += mine is not None and mine == matches[0][0]
            counts["hit"] += mine is not None and mine[0]
        _say(title, len(group), *(_percent(counts[c], len(group)) for c in ("found", "first", "hit")))
    return cases


def unlisted(parties: Parties, folder: Path, listed: set[frozenset[str]]) -> tuple[list[str], list[str]]:
    """Names nobody listed: alerts are false."""
    firms = (_HERE / "firms.txt").read_text(encoding="utf-8").splitlines()
    people = _people(folder, listed)
    _head("Names that are not listed", "names", "count", "with an alert", "at level hit")
    for title, names in (("ordinary firms", firms), ("people", people)):
        found = _ranked(parties, names)
        _say(title, len(names), len(found), sum(matches[0][0][0] for matches in found.values()))
        for name, matches in found.items():
            print(f"  {name}: {matches[0][1]} {matches[0][0]}", file=sys.stderr)
    return firms, people


def _people(folder: Path, listed: set[frozenset[str]]) -> list[str]:
    """500 persons whom OFAC does not list: those whose words are no listed name's.

    They stand on the Denied Persons List or among those debarred under ITAR. What is missing is made up of the given names of one
    and the family name of another.
    """
    firm = set(_NO_PERSON.split())
    given: list[str] = []
    for file in ("bis_dpl_2022-09.txt.gz", "bis_dpl_2019-06.txt.gz"):
        with gzip.open(folder / file, "rt", encoding="utf-8", errors="replace") as text:
            given += [row[0].strip() for row in list(csv.reader(text, delimiter="\t"))[1:]]
    for file in ("us_csl_sample_2016.csv.gz", "us_csl_sample_2019-12.csv.gz", "us_csl_sample_2025-06.csv.gz"):
        with gzip.open(folder / file, "rt", encoding="utf-8") as text:
            given += [row["name"] for row in csv.DictReader(text) if re.search("DPL|DTC", row["source"])]
    names: dict[frozenset[str], str] = {}
    for name in given:
        words = frozenset(name.replace(",", " ").replace(".", " ").upper().split())
        if 2 <= len(words) <= 4 and firm.isdisjoint(words) and words not in listed:
            names.setdefault(words, name.strip())
    real = [name for name in names.values() if "," not in name and "." not in name]
    for one, other in zip(real, real[7:], strict=False):  # neighbours are often of one family
        if len(names) >= _PEOPLE:
            break
        made = [*one.split()[:-1], other.split()[-1]]
        if not any(set(made) <= words for words in listed):
            names.setdefault(frozenset(made), " ".join(made))
    return list(names.values())[:_PEOPLE]


def aliases(parties: Parties, found: dict[str, Entry]) -> None:
    """Official aliases: is the entry found by an alias when only its main name is listed?"""
    draw = random.Random(_SEED)  # noqa: S311 - the same sample every time
    _head("Official aliases as names of documents (only main names listed)", "aliases", "pairs", "found", "at level hit")
    kinds = {"person": "persons", "company": "firms", "vessel": "vessels"}
    for kind, title in kinds.items():
        pairs = [(alias, e.ident) for e in found.values() if e.kind == kind for _, alias in e.aliases]
        pairs = draw.sample(pairs, min(500, len(pairs)))
        matches = _ranked(parties, [alias for alias, _ in pairs], kind)
        mine = [next((rank for rank, ident in matches.get(alias, []) if ident == entry), None) for alias, entry in pairs]
        _say(
            title,
            len(pairs),
            _percent(sum(m is not None for m in mine), len(pairs)),
            _percent(sum(bool(m and m[0]) for m in mine), len(pairs)),
        )


def scripts(folder: Path) -> None:
    """Names in their original script, when only the Latin main name is listed."""
    found = ofac.original_scripts(folder)
    listed = ofac.watchlist({entry.ident: entry for entry, _ in found})
    parties = Parties(replace(shipped(), watchlists={"ofac": listed}))
    _head("UN list: original script, only Latin names listed", "names", "pairs", "found", "first")
    for kind, title in (("person", "persons"), ("company", "firms and bodies")):
        asked = [(entry, original) for entry, original in found if entry.kind == kind]
        matches = _ranked(parties, [original for _, original in asked], kind)
        ranks = [next((r for r, i in matches.get(original, []) if i == entry.ident), None) for entry, original in asked]
        first = sum(r is not None and r == matches[original][0][0] for r, (_, original) in zip(ranks, asked, strict=True))
        _say(title, len(asked), _percent(sum(r is not None for r in ranks), len(asked)), _percent(first, len(asked)))


def pairs(with_rivals: bool) -> None:
    """Pairs as trade documents have them, judged before anything was scored."""
    with (_HERE / "pairs.csv").open(encoding="utf-8", newline="") as file:
        judged = list(csv.DictReader(file))
    same = [row for row in judged if row["same"] == "yes"]
    other = [row for row in judged if row["same"] == "no"]
    _head("Pairs as trade documents have them", "matcher", "same party: found", "another party: alerts")
    wrong = []
    counts = {"yes": 0, "no": 0}
    for row in judged:
        alert = compare_names(row["left"], row["right"], row["kind"]).level != "none"  # type: ignore[arg-type]
        counts[row["same"]] += alert
        if alert != (row["same"] == "yes"):
            wrong.append(f"{row['left']} | {row['right']}: {row['why']}")
    _say("this project", _percent(counts["yes"], len(same)), _percent(counts["no"], len(other)))
    for name, (scorer, least) in rivals.scorers().items() if with_rivals else ():
        hits = {
            what: sum(scorer(r["left"], r["right"], r["kind"]) >= least for r in rows)
            for what, rows in (("yes", same), ("no", other))
        }
        _say(name, _percent(hits["yes"], len(same)), _percent(hits["no"], len(other)))
    for line in wrong:
        print(f"  wrong: {line}", file=sys.stderr)


def beside(found: dict[str, Entry], cases: list[tuple[str, str, Entry]], firms: list[str], people: list[str]) -> None:
    """Rivals on a sample of the same names."""
    listed = [(name, e.ident, e.kind) for e in found.values() for name in (e.name, *(alias for _, alias in e.aliases))]
    _head(
        f"Rivals, {_RIVALS_ASKED} names of each kind",
        "matcher",
        "altered names: found",
        "first",
        "firms with alerts",
        "people with alerts",
        "seconds",
    )
    draw = random.Random(_SEED)  # noqa: S311 - the same sample every time
    asked, strangers, persons = (draw.sample(names, min(_RIVALS_ASKED, len(names))) for names in (cases, firms, people))
    for name, (scorer, least) in rivals.scorers().items():
        start = time.perf_counter()
        results = rivals.best([a for _, a, _ in asked], listed, scorer, least, ["unknown"] * len(asked))
        seen = [
            next((s for s, ident in result if ident == e.ident), None) for result, (_, _, e) in zip(results, asked, strict=True)
        ]
        first = sum(s is not None and s == result[0][0] for s, result in zip(seen, results, strict=True))
        alerts = [
            sum(map(bool, rivals.best(names, listed, scorer, least, ["unknown"] * len(names)))) for names in (strangers, persons)
        ]
        shares = (_percent(sum(s is not None for s in seen), len(asked)), _percent(first, len(asked)))
        _say(
            name,
            *shares,
            _percent(alerts[0], len(strangers)),
            _percent(alerts[1], len(persons)),
            f"{time.perf_counter() - start:.0f}",
        )


def speed(parties: Parties, found: dict[str, Entry], entries: list[Entry], count: int) -> None:
    """Many distinct names against all listed ones, beside one exhaustive pass of rapidfuzz over the same names."""
    listed = [name for e in found.values() for name in (e.name, *(alias for _, alias in e.aliases))]
    trade = Trade(1)
    strangers = pl.concat([trade.shippers["name"], trade.consignees["name"], trade.forwarders["name"]]).unique().sort().to_list()
    names = sorted({*(name for _, name, _ in alter.altered(entries, count // 2, _SEED)), *strangers})[:count]
    random.Random(_SEED).shuffle(names)  # noqa: S311 - the same order every time
    start = time.perf_counter()
    for place in range(0, len(names), _BLOCK):
        process.cdist(names[place : place + _BLOCK], listed, scorer=fuzz.token_sort_ratio, workers=-1)
    floor = time.perf_counter() - start
    start = time.perf_counter()
    matches = parties.match(names)
    taken = time.perf_counter() - start
    single = []
    for name in names[:50]:
        start = time.perf_counter()
        parties.match([name])
        single.append(time.perf_counter() - start)
    _head(f"Speed: {len(names)} distinct names, {len(listed)} listed names", "measured", "value")
    _say("one exhaustive token_sort_ratio pass", f"{floor:.1f} s")
    _say("matching", f"{taken:.1f} s, {taken / floor:.2f} times, {matches['name'].n_unique()} names with an alert")
    _say("one name, median", f"{sorted(single)[25] * 1000:.1f} ms")
    _say("peak memory", f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB")


def main() -> None:
    """Run all measurements."""
    options = argparse.ArgumentParser(description="Measures how names are found.")
    options.add_argument("data", type=Path, help="folder of public data with watchlists/")
    options.add_argument("--names", type=int, default=50_000, help="distinct names for speed")
    options.add_argument("--rivals", action="store_true", help="measure rapidfuzz and nomenklatura (where installed) as well")
    given = options.parse_args()
    folder = given.data / "watchlists"
    found = ofac.entries(folder)
    start = time.perf_counter()
    content = shipped()
    parties = Parties(replace(content, watchlists={"ofac": ofac.watchlist(found)}))
    print(f"{sum(1 + len(e.aliases) for e in found.values())} listed names, made ready in {time.perf_counter() - start:.1f} s")
    entries = [e for e in found.values() if e.kind in ("company", "person")]
    words = {frozenset(n.replace(",", " ").upper().split()) for e in found.values() for n in (e.name, *(a for _, a in e.aliases))}
    cases = altered(parties, entries)
    firms, people = unlisted(parties, folder, words)
    alone = {ident: replace(e, aliases=[], weak=[]) for ident, e in found.items()}
    aliases(Parties(replace(content, watchlists={"ofac": ofac.watchlist(alone)})), found)
    scripts(folder)
    pairs(given.rivals)
    if given.rivals:
        beside(found, cases, firms, people)
    speed(parties, found, entries, given.names)


if __name__ == "__main__":
    main()
