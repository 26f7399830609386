"""Lints name what is allowed and most likely not meant, and stay quiet about the rest."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from screening.content.load import load
from screening.content.snapshot import shipped
from screening.tools.lint import lint

if TYPE_CHECKING:
    from pathlib import Path

    from screening.content.models import Content

RULE = """\
  - id: own.{name}
    title: {name}
    family: data
    action: {action}
    detect: {{ {detect} }}
    examples: [{examples}]
"""
BLUE = "{name: blue, expect: hit, line: {description: Blue paint, net_kg: 7}}"


def told(content: Content, day: dt.date | None = None) -> list[str]:
    return [p.message for p in lint(content, day) if p.path.endswith("own.yaml")]


@pytest.fixture
def own(tmp_path: Path):
    def written(*rules: tuple[str, str, str, str], facts: str = "") -> Content:
        text = "rules:\n" + "".join(
            RULE.format(name=name, action=action, detect=detect, examples=examples) for name, action, detect, examples in rules
        )
        (tmp_path / "own.yaml").write_text(text + facts, encoding="utf-8")
        return load([tmp_path], base=shipped(law=False))

    return written


PAINT = "paint: {description: {in: [Blue paint]}}"


def test_a_rule_without_a_fault_is_not_named(own) -> None:
    assert told(own(("paint", "review", PAINT, BLUE))) == []


def test_a_rule_that_is_true_of_no_example(own) -> None:
    content = own(("paint", "review", PAINT, BLUE), ("red", "review", "red: {description: {in: [Red paint]}}", ""))
    assert "own.red: own.red is true of none of 1 example lines" in told(content)
    assert all("own.red" in message for message in told(content))


def test_a_selection_that_no_example_meets(own) -> None:
    detect = f"{PAINT}, child: {{remarks: {{in: [toy]}}, exempts: true}}, condition: paint and not child"
    assert told(own(("paint", "review", detect, BLUE))) == [
        "own.paint: the selection 'child' of own.paint is true of none of 1 example lines"
    ]


def test_a_rule_that_is_true_of_every_line(own) -> None:
    lines = ", ".join(f"{{name: n{n}, expect: hit, line: {{description: Blue paint, net_kg: {n}}}}}" for n in range(1, 22))
    content = own(("mass", "review", "mass: {net_kg: {gt: 0}}", lines))
    assert told(content) == ["own.mass: own.mass is true of every line it could judge (21)"]


@pytest.mark.parametrize(
    ("first", "second", "said"),
    [
        ("note", "review", ["own.heavy: speaks only where own.paint speaks, which asks for no less"]),
        ("hold", "review", []),
    ],
)
def test_a_rule_that_another_makes_needless(own, first: str, second: str, said: list[str]) -> None:
    heavy = "paint: {description: {in: [Blue paint]}, net_kg: {gt: 5}}"
    assert told(own(("heavy", first, heavy, BLUE), ("paint", second, PAINT, BLUE))) == said


def test_the_same_rule_twice_is_told_once(own) -> None:
    content = own(("one", "review", PAINT, BLUE), ("two", "review", PAINT.replace("paint:", "p:"), BLUE))
    assert told(content) == ["own.two: asks for the same as own.one"]


def test_words_that_are_too_short_or_not_asked_for(own) -> None:
    facts = "terms: {tins: [罐], pots: [paint pots]}\n"
    content = own(("tins", "review", "tins: {goods: {terms: [tins]}}", BLUE.replace("Blue paint", "油漆罐")), facts=facts)
    assert told(content) == [
        "pots: no rule asks for this word list",
        "tins: the term '罐' is one character and is found inside any word",
    ]


def test_old_verifications_are_told_for_a_day(own) -> None:
    content = own(("paint", "review", PAINT, BLUE))
    assert told(content, dt.date(2030, 1, 1)) == []
    whole = [p.message for p in lint(shipped(), dt.date(2030, 1, 1)) if "was last verified" in p.message]
    assert len(whole) >= len(shipped().instruments)
    assert not [p for p in lint(shipped()) if "was last verified" in p.message]
