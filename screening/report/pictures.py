"""Geometry of the page's few pictures: what is drawn where, as plain numbers; the template turns them into SVG."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.plaindata import record
from screening.report import view
from screening.report.hits import counted
from screening.report.safe import fit
from screening.terms import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from screening.report.words import Words
    from screening.results import ScreeningRun

WIDTH = 640
"""Units across every picture; the page scales them."""

_BAR, _GAP, _LABEL = 18, 10, 270
_LABEL_COLUMNS = 34
"""Columns of a label (two for a wide character) that fit into _LABEL units at the page's letter size."""
_FLOW_PLACES = 8
_FLOW_HEIGHT, _NODE, _NODE_GAP, _SIDE = 220, 8, 10, 70
_DAYS_BY_DAY, _DAYS_BY_WEEK = 45, 330
_TIME_HEIGHT = 120


@record
class Piece:
    """A coloured part of a bar."""

    kind: str
    """Outcome or action that gives the colour."""
    start: float
    length: float
    count: int


@record
class Bar:
    """A labelled bar of several parts."""

    label: str
    short: str
    """The label as it fits beside the bar."""
    total: int
    offset: float
    pieces: list[Piece]


def outcome_bar(run: ScreeningRun) -> list[Piece]:
    """All lines by outcome, worst first, over the whole width; a part that exists stays visible."""
    counts = [(outcome, run.counts.get(outcome, 0)) for outcome in OUTCOMES if run.counts.get(outcome)]
    return _split(counts, WIDTH, least=6)


def family_bars(run: ScreeningRun, words: Words) -> list[Bar]:
    """Hits by family, split by action, most hits first."""
    return _bars(counted(run, "family", "action"), "family", words.table("family"), 7)


def rule_bars(run: ScreeningRun, words: Words) -> list[Bar]:
    """Hits of the twelve rules that hit most, split by action."""
    titles = {row["id"]: words.pick(row["title"], row["title_zh"]) for row in run.rules.iter_rows(named=True)}
    return _bars(counted(run, "rule", "action"), "rule", titles, 12)


def _bars(hits: pl.DataFrame, by: str, names: dict[str, str], most: int) -> list[Bar]:
    totals = hits.group_by(by).agg(pl.col("n").sum()).sort(pl.col("n").cast(pl.Int64) * -1, by).head(most)
    largest = max(totals["n"], default=1)
    by_action = {(key, action): n for key, action, n in hits.iter_rows()}
    bars = []
    for index, (key, total) in enumerate(totals.iter_rows()):
        parts = [(action, by_action[key, action]) for action in view.RANK if (key, action) in by_action]
        length = max((WIDTH - _LABEL - 50) * total / largest, 4)
        label = names.get(key) or str(key)
        bars.append(Bar(label, fit(label, _LABEL_COLUMNS), total, index * (_BAR + _GAP), _split(parts, length, start=_LABEL)))
    return bars


def _split(parts: Iterable[tuple[str, int]], length: float, *, start: float = 0, least: float = 2) -> list[Piece]:
    parts = list(parts)
    total = sum(count for _, count in parts)
    room = max(length - least * len(parts), 0)
    pieces = []
    for kind, count in parts:
        size = least + room * count / total
        pieces.append(Piece(kind, round(start, 2), round(size, 2), count))
        start += size
    return pieces


def flow(run: ScreeningRun, other: str) -> dict[str, Any] | None:
    """From where to where the flagged lines go: nodes left and right, ribbons between them; None without routes."""
    if not run.line_parts:
        return None
    pairs = view.flagged_by(
        run,
        pl.coalesce("leaves_from", "export_country").fill_null("?").alias("from"),
        pl.coalesce("destination_country", "consignee_country").fill_null("?").alias("to"),
        "outcome",
    ).filter(~pl.all_horizontal(pl.col("from", "to") == "?"))
    if not pairs.height:
        return None
    for side in ("from", "to"):
        ranked = pairs.group_by(side).agg(pl.col("n").sum()).sort(pl.col("n").cast(pl.Int64) * -1, side)
        if ranked.height > _FLOW_PLACES:
            kept = ranked[side].head(_FLOW_PLACES - 1).to_list()
            pairs = pairs.with_columns(pl.when(pl.col(side).is_in(kept)).then(pl.col(side)).otherwise(pl.lit(other)).alias(side))
    routes = (
        pairs.group_by("from", "to", "outcome")
        .agg(pl.col("n").sum())
        .sort(pl.col("n").cast(pl.Int64) * -1, "from", "to", "outcome")
    )
    sides = {
        side: routes.group_by(side).agg(pl.col("n").sum()).sort(pl.col("n").cast(pl.Int64) * -1, side).rows()
        for side in ("from", "to")
    }
    places = max(len(nodes) for nodes in sides.values())
    scale = (_FLOW_HEIGHT - _NODE_GAP * (places - 1)) / routes["n"].sum()
    tops: dict[tuple[str, str], float] = {}
    nodes = []
    for side, x in (("from", _SIDE), ("to", WIDTH - _SIDE - _NODE)):
        top = 0.0
        for name, count in sides[side]:
            tops[side, name] = top
            nodes.append(
                {"side": side, "name": name, "count": count, "x": x, "y": round(top, 2), "height": round(count * scale, 2)}
            )
            top += count * scale + _NODE_GAP
    order = {name: index for index, (name, _) in enumerate(sides["to"])}
    ribbons = []
    for start, end, outcome, count in sorted(routes.iter_rows(), key=lambda row: (order[row[1]], row[2], row[0])):
        thick = count * scale
        left, right = tops["from", start] + thick / 2, tops["to", end] + thick / 2
        tops["from", start] += thick
        tops["to", end] += thick
        x1, x2 = _SIDE + _NODE, WIDTH - _SIDE - _NODE
        middle = (x1 + x2) / 2
        path = f"M{x1},{left:.2f} C{middle},{left:.2f} {middle},{right:.2f} {x2},{right:.2f}"
        ribbons.append(
            {"from": start, "to": end, "kind": outcome, "count": count, "path": path, "thick": round(max(thick, 1), 2)}
        )
    return {"nodes": nodes, "ribbons": ribbons, "height": _FLOW_HEIGHT, "node": _NODE}


def timeline(run: ScreeningRun) -> dict[str, Any] | None:
    """Flagged lines by day, week or month of shipment or declaration; None where fewer than two dates are known."""
    if not run.line_parts:
        return None
    day = pl.coalesce("ship_date", "declaration_date").cast(pl.Date).alias("day")
    days = view.flagged_by(run, day, "outcome").drop_nulls("day")
    if days["day"].n_unique() < 2:
        return None
    first, last = days["day"].min(), days["day"].max()
    if not isinstance(first, date) or not isinstance(last, date):
        return None
    span = (last - first).days
    step = "1d" if span <= _DAYS_BY_DAY else "1w" if span <= _DAYS_BY_WEEK else "1mo"
    steps = days.group_by(pl.col("day").dt.truncate(step), "outcome").agg(pl.col("n").sum()).sort("day", "outcome")
    between = pl.date_range(steps["day"][0], steps["day"][-1], step, eager=True)
    starts: list[date] = between.to_list()
    most = steps.group_by("day").agg(pl.col("n").sum())["n"].max()
    slot = WIDTH / len(starts)
    tops = dict.fromkeys(starts, float(_TIME_HEIGHT))
    columns = []
    for day, outcome, count in steps.iter_rows():
        size = (_TIME_HEIGHT - 16) * count / int(str(most))
        tops[day] -= size
        end = day + timedelta(days=6) if step == "1w" else day
        columns.append(
            {
                "kind": outcome,
                "count": count,
                "x": round(starts.index(day) * slot + slot * 0.1, 2),
                "y": round(tops[day], 2),
                "width": round(min(slot * 0.8, 40), 2),
                "height": round(size, 2),
                "label": day.strftime("%Y-%m") if step == "1mo" else f"{day}" if day == end else f"{day} – {end}",
            }
        )
    return {
        "columns": columns,
        "height": _TIME_HEIGHT,
        "first": starts[0].isoformat(),
        "last": starts[-1].isoformat(),
        "most": most,
    }
