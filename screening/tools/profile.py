"""What each rule costs on a manifest, and how often it hits."""

from __future__ import annotations

import datetime as dt
from time import perf_counter
from typing import TYPE_CHECKING

import polars as pl

from screening.judge import frame as frames
from screening.manifest import ReadOptions, read_manifest
from screening.parties.match import MATCHES
from screening.plaindata import record

if TYPE_CHECKING:
    from collections.abc import Sequence

    from screening.judge.plan import Plan
    from screening.screener import Screener

_REPEATS = 2
"""Times each rule is evaluated; the fastest counts, so that making it ready does not."""


@record
class Profile:
    """Where the time of a screening went."""

    lines: int
    stages: dict[str, float]
    """Seconds to ``read`` (and understand), to ``judge``, and the ``rest``, of one ordinary run."""
    rules: pl.DataFrame
    """``rule, seconds, hits, not_judged``, the dearest first. Seconds are those of the rule evaluated alone on the lines it may
    speak of, so that together they are more than the run took; null where no line could meet it and it was left out."""


def profile(screener: Screener, manifests: str | Sequence[str]) -> Profile:
    """Screen once, then evaluate every rule for single lines by itself.

    Raises:
        ManifestError: a manifest cannot be read.
    """
    started = perf_counter()
    ended: dict[str, float] = {}
    run = screener.screen(manifests, progress=lambda stage, _: ended.update({stage: perf_counter()}))
    finished = perf_counter()
    read = ended.get("read", finished)
    judged = ended.get("judge", read)
    stages = {"read": read - started, "judge": judged - read, "rest": finished - judged}
    seconds: dict[int, float] = {}
    words, plan = screener.words, screener.plan
    for chunk in read_manifest(manifests, words, ReadOptions()).chunks():
        if not chunk.lines.height:
            continue
        understood = frames.derive(chunk.lines, plan, words.ports, None, dt.date.today())
        for index, spent in _alone(plan, frames.prepare(understood, plan, pl.DataFrame(schema=MATCHES))).items():
            seconds[index] = seconds.get(index, 0.0) + spent
    timed = pl.DataFrame(
        [(rule.id, seconds.get(rule.index)) for rule in plan.rules],
        schema={"rule": pl.String, "seconds": pl.Float64},
        orient="row",
    )
    counted = run.rules.select(pl.col("id").alias("rule"), "hits", "not_judged")
    rules = timed.join(counted, on="rule", how="left").sort(pl.col("seconds").fill_null(0.0) * -1, "rule")
    return Profile(run.counts["lines"], stages, rules)


def _alone(plan: Plan, frame: pl.DataFrame) -> dict[int, float]:
    """Seconds of each rule for single lines that may speak on ``frame``."""
    survey, single = plan.survey(frame), [rule for rule in plan.rules if rule.group is None]
    early = [rule for rule in single if not rule.late and survey.may_speak(rule)]
    frame = survey.frame = plan._with_listed(frame, plan._run(early, frame)[0])
    spent = {}
    for rule in (*early, *(rule for rule in single if rule.late and survey.may_speak(rule))):
        times = []
        for _ in range(_REPEATS):
            begun = perf_counter()
            plan._run([rule], frame)
            times.append(perf_counter() - begun)
        spent[rule.index] = min(times)
    return spent
