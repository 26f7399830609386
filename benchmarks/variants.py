"""Measures what many more rules cost that have nothing to say: ten variants of every rule, with other ids, words and thresholds.

A variant asks for the same kind of facts by other words, beyond other limits, and for a mass that no line has, so that it never
hits and yet cannot be left out unseen. Both contents screen the same manifest, turn by turn, each in a process of its own.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Any

from screening.content.models import Group, ReferenceHs
from screening.content.snapshot import shipped
from screening.screener import Screener

if TYPE_CHECKING:
    from screening.content.factmodels import Words
    from screening.content.listmodels import Watchlist
    from screening.content.models import Content, Instrument, Item, Rule

_LIMITS = ("gt", "gte", "lt", "lte")
_BEYOND_KG = 1e9
"""No line of the manifest weighs a million tonnes."""
_TARGET = 2.0
_RUN = "run"


def with_variants(content: Content, count: int) -> Content:
    """``content`` with ``count`` variants of every rule, item and list beside it, none of which hits."""
    more = replace(
        content,
        terms=dict(content.terms),
        rules=dict(content.rules),
        instruments=dict(content.instruments),
        watchlists=dict(content.watchlists),
    )
    for number in range(1, count + 1):
        varied = _Variant(number)
        more.terms |= {varied.name(name): varied.words(words) for name, words in content.terms.items()}
        more.watchlists |= {varied.name(name): varied.listed(listed) for name, listed in content.watchlists.items()}
        more.rules |= {varied.name(name): varied.rule(rule) for name, rule in content.rules.items()}
        more.instruments |= {varied.name(name): varied.instrument(law) for name, law in content.instruments.items()}
    return more


class _Variant:
    """One of the variants of everything."""

    def __init__(self, number: int) -> None:
        self.number = number

    def name(self, name: str) -> str:
        return f"{name}-v{self.number}"

    def words(self, words: Words) -> Words:
        return replace(
            words, terms={language: [f"{t} zqx{self.number}" for t in group] for language, group in words.terms.items()}
        )

    def listed(self, listed: Watchlist) -> Watchlist:
        entries = [
            replace(entry, name=f"Zqx{self.number} {entry.name}", aliases=[f"Zqx{self.number} {name}" for name in entry.aliases])
            for entry in listed.entries
        ]
        return replace(listed, id=self.name(listed.id), entries=entries)

    def rule(self, rule: Rule) -> Rule:
        return replace(rule, id=self.name(rule.id), detect=self.detect(rule.detect), group=self.group(rule.group))

    def instrument(self, law: Instrument) -> Instrument:
        return replace(law, id=self.name(law.id), items=[self.item(item) for item in law.items])

    def item(self, item: Item) -> Item:
        codes = [ReferenceHs(code="99" + ref.code[2:], basket=ref.basket) for ref in item.reference_hs]
        return replace(item, code=f"{item.code}.v{self.number}", reference_hs=codes, detect=self.detect(item.detect))

    def detect(self, detect: dict[str, Any]) -> dict[str, Any]:
        if not detect:
            return detect
        selections = {name: self.selection(body) for name, body in detect.items() if name != "condition"}
        condition = detect.get("condition", next(iter(selections)))
        return {**selections, "beyond": {"net_kg": {"gt": _BEYOND_KG + self.number}}, "condition": f"({condition}) and beyond"}

    def selection(self, body: Any) -> Any:
        """The same comparisons with other words, lists and limits."""
        if isinstance(body, list):
            return [self.selection(part) for part in body]
        if not isinstance(body, dict):
            return body
        varied = {}
        for key, value in body.items():
            if key in ("terms", "party"):
                varied[key] = [self.name(name) for name in (value if isinstance(value, list) else [value])]
            elif key in _LIMITS and isinstance(value, (int, float)):
                varied[key] = value * (1 + self.number / 100)
            else:
                varied[key] = self.selection(value)
        return varied

    def group(self, group: Group | None) -> Group | None:
        if group is None:
            return None
        having = {name: {op: value * 1e6 for op, value in limits.items()} for name, limits in group.having.items()}
        never = [1e9, 2e9] if group.kind == "pass_through" else group.price_ratio
        return replace(group, having=having, at_least=1e15, z=1e9, price_ratio=never)


def _screened(manifest: str, count: int) -> dict[str, float]:
    """What one process tells of one content: seconds to prepare and to screen, rules and hits."""
    content = shipped()
    begun = perf_counter()
    screener = Screener.of(with_variants(content, count) if count else content)
    prepared, processor = perf_counter(), process_time()
    run = screener.screen(manifest)
    return {
        "prepare": prepared - begun,
        "screen": perf_counter() - prepared,
        "processor": process_time() - processor,
        "rules": run.rules.height,
        "hits": run.counts["hits"],
    }


def measure(lines: int, count: int, repeat: int, seed: int) -> None:
    """Print what screening ``lines`` lines takes with the shipped rules, and with ``count`` variants of each beside them."""
    with tempfile.TemporaryDirectory() as folder:
        manifest = str(Path(folder) / "big.csv")
        subprocess.run(
            [sys.executable, "-m", "benchmarks.generate", manifest, "--lines", str(lines), "--seed", str(seed)], check=True
        )
        results: dict[int, list[dict[str, float]]] = {0: [], count: []}
        for turn in range(repeat):
            for many in results if turn % 2 == 0 else reversed(results):
                command = [sys.executable, "-m", "benchmarks.variants", _RUN, manifest, str(many)]
                results[many].append(json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout))
    print(f"| {lines:,} lines, median of {repeat} | rules | hits | prepared, s | screened, s | processor, s |")
    print("|---|---|---|---|---|---|")
    for many, told in results.items():
        name = f"{many} variants of each" if many else "shipped"
        times = [f"{median(one[key] for one in told):.2f}" for key in ("prepare", "screen", "processor")]
        print(f"| {name} | {told[0]['rules']:,} | {told[0]['hits']:,} | {' | '.join(times)} |")
    ratio, processor = (
        median(one[key] for one in results[count]) / median(one[key] for one in results[0]) for key in ("screen", "processor")
    )
    verdicts = ["met" if value < _TARGET else "missed" for value in (ratio, processor)]
    print(f"\n{ratio:.2f} times as long ({verdicts[0]}), {processor:.2f} times the processor time ({verdicts[1]});", end=" ")
    print(f"target below {_TARGET:g}. On a busy machine only processor time means something.")


def main() -> None:
    """Measure, or be the process that is measured."""
    if sys.argv[1:2] == [_RUN]:
        print(json.dumps(_screened(sys.argv[2], int(sys.argv[3]))))
        return
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    parser.add_argument("--count", type=int, default=10, help="variants of each rule")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    measure(given.lines, given.count, given.repeat, given.seed)


if __name__ == "__main__":
    main()
