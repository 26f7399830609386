"""The examples inside rules are complete: each limit in its four cases, each distinction shown from both sides."""

from __future__ import annotations

from collections import defaultdict
from math import isclose
from typing import TYPE_CHECKING

import polars as pl
import pytest

from screening.content.conditions import Atom, Ref, parse_detect
from screening.content.fields import INTERVALS
from screening.content.snapshot import shipped
from screening.goods import Goods

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.content.models import Content, Example, Instrument, Item, Rule

Case = tuple[str, "Item", str, float]
"""Instrument, item, measure (``purity``, ``composition.dy``) and limit."""


@pytest.fixture(scope="module")
def content() -> Content:
    return shipped(examples=True)


def limits(content: Content) -> Iterator[Case]:
    """Every number that an item compares a measure with; a share above nothing is no limit."""
    for instrument in content.instruments.values():
        for item in instrument.items:
            for atom in parse_detect(item.detect).atoms() if item.detect else ():
                if atom.field in INTERVALS or atom.field.startswith("composition."):
                    for number in numbers(atom, content):
                        if number:
                            yield instrument.id, item, atom.field, number


def numbers(atom: Atom, content: Content) -> list[float]:
    if isinstance(atom.value, Ref):
        return [float(content.params[atom.value.name].value)]
    values = atom.value if isinstance(atom.value, (list, tuple)) else [atom.value]
    return [float(value) for value in values if isinstance(value, (int, float)) and not isinstance(value, bool)]


def test_every_limit_is_shown_above_below_at_it_and_not_stated(content: Content) -> None:
    cases = list(limits(content))
    shares = {tuple(field.partition(".")[2].split("+")) for _, _, field, _ in cases if field.startswith("composition.")}
    goods = Goods(content, {}, shares)
    missing: dict[str, list[str]] = defaultdict(list)
    for instrument, item, field, limit in cases:
        lines = [e.line for e in item.examples if e.line.get("description")]
        read = goods.facts_of(pl.Series([str(line["description"]) for line in lines]))
        pairs = list(zip(read[f"{field}.lo"], read[f"{field}.hi"], strict=True))
        stated = [(low, high) for low, high in pairs if low is not None and high is not None]
        shown = {
            "above": any(low > limit and not isclose(low, limit) for low, _ in stated),
            "below": any(high < limit and not isclose(high, limit) for _, high in stated),
            "at the limit": any(isclose(low, limit) and isclose(high, limit) for low, high in stated),
            "not stated": len(stated) < len(pairs),
        }
        missing[f"{instrument}/{item.code} {field} {limit:g}"] += [case for case, there in shown.items() if not there]
    wanting = {where: what for where, what in missing.items() if what}
    assert len(cases) > 40
    assert not wanting, "\n".join(f"{where}: {', '.join(what)}" for where, what in wanting.items())


def test_every_distinction_is_shown_from_both_sides(content: Content) -> None:
    assert set(content.distinctions) == {f"d{number:02}" for number in range(1, 30)}
    shown: dict[str, set[tuple[str, str | None, str | None]]] = defaultdict(set)
    for example in examples(content):
        if example.group:
            shown[example.group].add((example.expect, example.action, example.status))
    assert set(shown) == set(content.distinctions)
    one_sided = {group for group, outcomes in shown.items() if len(outcomes) < 2}
    assert not one_sided, one_sided
    silent = {group for group, outcomes in shown.items() if {expect for expect, _, _ in outcomes} >= {"hit", "clear"}}
    assert set(content.distinctions) - silent <= {"d19", "d22", "d28", "d29"}, "differ in what is asked, not in whether it is"


def examples(content: Content) -> Iterator[Example]:
    rules: list[Rule | Item] = [*content.rules.values()]
    instruments: list[Instrument] = [*content.instruments.values()]
    for each in [*rules, *(item for instrument in instruments for item in instrument.items)]:
        yield from each.examples


def test_every_item_that_speaks_of_goods_has_hits_and_silent_neighbours(content: Content) -> None:
    for instrument in content.instruments.values():
        for item in instrument.items:
            if item.status == "stable" and instrument.id.startswith("cn-mofcom-gac-"):
                told = [example.expect for example in item.examples]
                assert told.count("hit") >= 2, f"{instrument.id}/{item.code}"
                assert told.count("clear") >= 2, f"{instrument.id}/{item.code}"
