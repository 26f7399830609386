"""Identical hits are numbered over a whole run, wherever the rounds of telling end."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from screening.judge.identity import Before

KEYS = st.sampled_from([0, 1, 2, 2**63, 2**64 - 1])


@given(st.lists(st.lists(KEYS, max_size=6), max_size=8))
def test_what_came_before_is_counted_over_all_calls(rounds: list[list[int]]) -> None:
    before, seen = Before(), Counter[int]()
    for keys in rounds:
        expected = []
        for key in keys:
            expected.append(seen[key])
            seen[key] += 1
        assert before.count(keys) == expected
