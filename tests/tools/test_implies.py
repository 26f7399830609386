"""Whether one condition follows from another: what is claimed holds, and nothing is claimed that does not."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from screening.content.conditions import parse_detect
from screening.tools.implies import implies


def follows(given_: dict[str, Any], wanted: dict[str, Any]) -> bool:
    return implies(parse_detect(given_).condition, parse_detect(wanted).condition)


HEAVY, HEAVIER = {"a": {"net_kg": {"gt": 10}}}, {"b": {"net_kg": {"gte": 20}}}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (HEAVIER, HEAVY),
        ({"a": {"net_kg": {"between": [11, 12]}}}, HEAVY),
        ({"a": {"hs_code": {"prefix": ["2846"]}}}, {"b": {"hs_code": {"prefix": ["2805", "2846"]}}}),
        ({"a": {"net_kg": {"gt": 10}, "brand": {"exists": True}}}, HEAVY),
        ({"a": {"net_kg": {"gt": 10}}, "b": {"value": {"lt": 5}}, "condition": "a and not b"}, HEAVY),
        (HEAVY, {"a": {"net_kg": {"gt": 5}}, "b": {"value": {"lt": 5}}, "condition": "a or b"}),
        (HEAVY, {"b": {"net_kg": {"exists": True}}}),
    ],
)
def test_what_follows_does_not_follow_backwards(first: dict[str, Any], second: dict[str, Any]) -> None:
    assert follows(first, second)
    assert not follows(second, first)


def test_a_limit_that_is_left_out_is_not_the_limit() -> None:
    assert not follows({"a": {"net_kg": {"gte": 10}}}, HEAVY)
    assert follows(HEAVY, {"a": {"net_kg": {"gte": 10}}})


OPERATORS = {
    "gt": lambda x, v: x > v,
    "gte": lambda x, v: x >= v,
    "lt": lambda x, v: x < v,
    "lte": lambda x, v: x <= v,
    "is": lambda x, v: x == v,
}
COMPARISONS = st.tuples(st.sampled_from(sorted(OPERATORS)), st.integers(-3, 3))


@given(COMPARISONS, COMPARISONS)
def test_it_agrees_with_arithmetic(first: tuple[str, int], second: tuple[str, int]) -> None:
    points = [n / 2 for n in range(-10, 11)]
    true = all(OPERATORS[second[0]](x, second[1]) for x in points if OPERATORS[first[0]](x, first[1]))
    assert follows({"a": {"net_kg": {first[0]: first[1]}}}, {"b": {"net_kg": {second[0]: second[1]}}}) == true
