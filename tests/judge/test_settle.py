"""Looking at the values of a line and evaluating expressions on it come to the same, for every rule of the shipped content."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl
import pytest
from polars.testing import assert_frame_equal, assert_series_equal

from screening.content.snapshot import shipped
from screening.examples import run_examples
from screening.judge import plan as plans

if TYPE_CHECKING:
    from screening.judge.plan import Evaluated, Plan


@pytest.fixture(scope="module")
def prepared() -> tuple[Plan, pl.DataFrame, pl.DataFrame]:
    """All example lines as they are judged, and as they are asked for groups."""
    seen: dict[str, tuple[Plan, pl.DataFrame]] = {}
    with pytest.MonkeyPatch.context() as patch:
        for name in ("evaluate", "membership"):
            original = getattr(plans.Plan, name)

            def spy(plan: Plan, frame: pl.DataFrame, name: str = name, original=original) -> Evaluated:
                if frame.height > seen.get(name, (plan, frame.clear()))[1].height:
                    seen[name] = (plan, frame)
                return original(plan, frame)

            patch.setattr(plans.Plan, name, spy)
        run_examples(shipped(examples=True))
    (plan, judged), (_, grouped) = seen["evaluate"], seen["membership"]
    assert judged.height > 1000
    return plan, judged, grouped


def test_rules_on_single_lines(prepared: tuple[Plan, pl.DataFrame, pl.DataFrame]) -> None:
    plan, frame, _ = prepared
    expected = plan.evaluate(frame)
    settled = plan._settled(frame)
    assert_frame_equal(settled.hits, expected.hits)
    assert [settled.unjudged.sets[place] for place in settled.unjudged.which] == [
        expected.unjudged.sets[place] for place in expected.unjudged.which
    ]
    assert_frame_equal(settled.listed, expected.listed)


def test_members_of_groups(prepared: tuple[Plan, pl.DataFrame, pl.DataFrame]) -> None:
    plan, _, frame = prepared
    expected, settled = plan.membership(frame), plan._settled_membership(frame)
    for index, truth in expected.items():
        nobody = pl.repeat(False, frame.height, eager=True)
        assert_series_equal(settled.get(index, nobody), truth, check_names=False)
    assert settled.keys() <= expected.keys()
