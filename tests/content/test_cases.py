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


LANGUAGES = {"en", "zh", "ja", "ko", "de", "es", "fr"}


def named_in(content: Content, ident: str) -> set[str]:
    """The languages in which a material or substance has a name, its own or one formed from that of its element."""
    element, _, substance = ident.partition(".")
    material = content.materials[element]
    own = {language for language, names in material.names.items() if names}
    if substance in ("", "unspecified"):
        return own | {"en", "zh"}
    formed = own & set(content.naming.get(substance, {})) if len(material.symbol) in (1, 2) else set()
    return formed | {language for language, names in material.substances[substance].names.items() if names}


def test_what_items_of_goods_ask_for_has_a_name_in_every_language(content: Content) -> None:
    asked = {
        str(value)
        for instrument in content.instruments.values()
        if instrument.id.startswith("cn-mofcom-gac-")
        for item in instrument.items
        for atom in (parse_detect(item.detect).atoms() if item.detect else ())
        if atom.field == "material" and atom.op == "any_of"
        for value in atom.value
        if not str(value).startswith("group.")
    }
    assert len(asked) > 150
    # a Spanish first name stands with the substances only; denied goods need no more than their English and Chinese names
    speaking = {
        ident for ident in asked if ident.partition(".")[0] in content.materials and ident not in {"tm", "tm.unspecified"}
    }
    silent = {ident: LANGUAGES - named_in(content, ident) for ident in speaking if LANGUAGES - named_in(content, ident)}
    assert not silent, silent
