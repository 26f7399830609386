"""What a change of rules does to a manifest: the lines whose outcome or hits differ between two contents."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from screening.plaindata import record
from screening.screener import Screener
from screening.terms import OUTCOMES

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Sequence

    from screening.content.models import Content
    from screening.results import ScreeningRun


@record
class Difference:
    """What differs between two runs over the same lines."""

    old: ScreeningRun
    new: ScreeningRun
    hits: pl.DataFrame
    """``line, rule, old, new``: what a rule asked for and asks for now, null for nothing; by line and rule, where they differ."""
    lines: pl.DataFrame
    """``line, file, sheet, row, old, new``: the outcomes of every line on which an outcome or a hit differs; by line."""

    @property
    def moved(self) -> list[tuple[str, str, int]]:
        """Old outcome, new outcome, and how many lines went that way; the gravest first."""
        counted = self.lines.filter(pl.col("old") != pl.col("new")).group_by("old", "new").len().rows()
        return sorted(counted, key=lambda row: (OUTCOMES.index(row[1]), OUTCOMES.index(row[0])))

    @property
    def rules(self) -> pl.DataFrame:
        """``rule, more, fewer, other``: lines on which a rule newly hits, no longer hits, or asks for something else; by rule."""
        old, new = pl.col("old"), pl.col("new")
        return (
            self.hits.group_by("rule")
            .agg(
                more=old.is_null().sum(),
                fewer=new.is_null().sum(),
                other=(old.is_not_null() & new.is_not_null()).sum(),
            )
            .sort("rule")
        )

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.lines.height)


def diff(
    old: Content,
    new: Content,
    manifests: str | Sequence[str],
    *,
    as_of: dt.date | str | None = None,
    bound_by: str | None = None,
) -> Difference:
    """Screen the same manifests with two contents and compare.

    Raises:
        ManifestError: a manifest cannot be read.
        UsageError: an argument makes no sense.
    """
    runs = [Screener.of(content, bound_by=bound_by).screen(manifests, as_of=as_of) for content in (old, new)]
    return compare(*runs)


def compare(old: ScreeningRun, new: ScreeningRun) -> Difference:
    """Compare two runs over the same lines, by number."""
    was, now = (
        run.hits.sort("line", "rule", "action").group_by("line", "rule", maintain_order=True).agg(pl.col("action").str.join("+"))
        for run in (old, new)
    )
    hits = (
        was.rename({"action": "old"})
        .join(now.rename({"action": "new"}), on=["line", "rule"], how="full", coalesce=True)
        .filter(pl.col("old").ne_missing(pl.col("new")))
        .select("line", "rule", "old", "new")
        .sort("line", "rule")
    )
    outcomes = (
        old.scan_lines()
        .select("line", "file", "sheet", "row", pl.col("outcome").alias("old"))
        .join(new.scan_lines().select("line", pl.col("outcome").alias("new")), on="line", how="inner")
    )
    touched = hits.lazy().select("line").unique().with_columns(touched=pl.lit(value=True))
    lines = (
        outcomes.join(touched, on="line", how="left")
        .filter((pl.col("old") != pl.col("new")) | pl.col("touched").fill_null(False))
        .drop("touched")
        .sort("line")
        .collect()
    )
    return Difference(old, new, hits, lines)
