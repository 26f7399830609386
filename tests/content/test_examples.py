"""Every example inside a rule holds, and every rule that is stable has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from screening.content.snapshot import shipped
from screening.examples import Outcome, run_examples

if TYPE_CHECKING:
    from screening.content.models import Content

LEAST = 800


@pytest.fixture(scope="module")
def content() -> Content:
    return shipped(examples=True)


@pytest.fixture(scope="module")
def outcomes(content: Content) -> list[Outcome]:
    return run_examples(content)


def test_every_example_holds(outcomes: list[Outcome]) -> None:
    failed = [f"{o.rule}: {o.example.name}: expected {o.example.expect}, got {o.got} ({o.detail})" for o in outcomes if not o.ok]
    assert not failed, "\n".join(failed)
    assert len(outcomes) >= LEAST


def test_an_example_that_does_not_hold_is_told(content: Content) -> None:
    rule = next(rule for rule in content.rules.values() if rule.group is None and rule.examples)
    hit = next(example for example in rule.examples if example.expect == "hit")
    object.__setattr__(hit, "expect", "clear")  # turn one expectation round
    try:
        assert not all(outcome.ok for outcome in run_examples(content, rule.id))
    finally:
        object.__setattr__(hit, "expect", "hit")


def test_the_snapshot_says_what_the_files_say(content: Content) -> None:
    restored = shipped()
    assert restored.version == content.version
    assert sorted(restored.rules) == sorted(content.rules)
    assert restored.labels == content.labels
    assert restored.materials == content.materials
    assert restored.hashes == content.hashes
    for ident, instrument in content.instruments.items():
        assert [item.code for item in restored.instruments[ident].items] == [item.code for item in instrument.items]
        assert restored.instruments[ident].dates == instrument.dates
