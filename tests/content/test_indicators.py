"""The page of indicators says which rules look for what: nothing is left out, and what has no rule lacks a field."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from screening.content.fields import FIELDS
from screening.content.snapshot import shipped

if TYPE_CHECKING:
    from screening.content.models import Content

PAGE = Path(__file__).parents[2] / "docs" / "indicators.md"
FAMILIES = {"V": 8, "P": 10, "L": 12, "R": 13, "F": 6, "Y": 6, "D": 5}
CODE = re.compile(r"`([^`]+)`")


@pytest.fixture(scope="module")
def content() -> Content:
    return shipped()


def indicators() -> dict[str, tuple[set[str], set[str], str]]:
    """Indicator to the rules it names, the names in its last column, and that column."""
    found = [line for line in PAGE.read_text(encoding="utf-8").splitlines() if re.match(r"\| [A-Z]\d\d \|", line)]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in found]
    assert len(cells) == len({row[0] for row in cells})
    return {row[0]: (set(CODE.findall(row[2])), set(CODE.findall(row[3])), row[3]) for row in cells}


def test_every_indicator_has_its_row() -> None:
    assert list(indicators()) == [f"{family}{n:02}" for family, count in FAMILIES.items() for n in range(1, count + 1)]


def test_a_row_names_the_rules_that_carry_its_indicator_and_no_others(content: Content) -> None:
    for name, (named, _, _) in indicators().items():
        assert named == {rule.id for rule in content.rules.values() if rule.indicator == name}, name


def test_an_indicator_without_a_rule_lacks_a_field_or_is_an_item_of_law(content: Content) -> None:
    items = {f"{ident}/{item.code}" for ident, law in content.instruments.items() for item in law.items}
    for name, (rules, beside, text) in indicators().items():
        lacking, law = {n for n in beside if "/" not in n}, {n for n in beside if "/" in n}
        assert rules or lacking or law, name
        assert law <= items, (name, law - items)
        assert not lacking & FIELDS.keys(), (name, "is a column of a manifest", lacking & FIELDS.keys())
        assert rules or text


def test_neighbouring_codes_name_rules_that_exist(content: Content) -> None:
    page = PAGE.read_text(encoding="utf-8").partition("## Neighbouring codes")[2]
    rows = [line for line in page.splitlines() if re.match(r"\| \d", line)]
    assert len(rows) >= 14
    for row in rows:
        named = set(CODE.findall(row))
        assert named, row
        assert named <= content.rules.keys(), row
