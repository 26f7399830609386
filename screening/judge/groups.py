"""Finishes rules over several lines from a narrow frame of their members: windows, surges, pass-throughs, outliers, firsts.

What comes in is one frame a rule: ``line`` (UInt32), ``day`` (Date, none for outliers), ``key`` (Categorical, null where a part
of it is not known), ``takes_part`` (Boolean, null where not known), for windows ``shipment`` (a hash of its name), and the
columns that the rule asks for. What goes out is MEMBERS for the members of every group that meets the rule. The order of the
lines changes nothing.
"""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from functools import reduce
from operator import and_
from typing import TYPE_CHECKING, cast

import polars as pl

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping

    from screening.content.models import Group

MEMBERS = {
    "line": pl.UInt32,
    "group": pl.String,
    "group.lines": pl.Int64,
    "group.shipments": pl.Int64,
    "group.total": pl.Float64,
    "group.ratio": pl.Float64,
    "group.first": pl.Date,
    "group.last": pl.Date,
    "group.key": pl.String,
}
SEPARATOR = "\x1f"
"""Between the parts of a group's key."""
_ROUNDING = 1 + 1e-9
"""Sums of the same numbers in another order differ by less."""
_FEW = 1_000
"""Lines up to which those of each key are counted first."""
_TESTS = {"gt": pl.Expr.gt, "gte": pl.Expr.ge, "lt": pl.Expr.lt, "lte": pl.Expr.le}


def columns_of(group: Group) -> list[str]:
    """The columns of a line, besides its key, that the rule needs."""
    wanted = [name.removeprefix("distinct.") for name in group.having if name not in ("lines", "shipments")]
    if group.kind != "window":
        wanted.append(group.of)
    if group.kind == "pass_through":
        wanted += ["leaves_from", "destination_country", "unit_price_usd_kg"]
    return list(dict.fromkeys(wanted))


def dated(group: Group) -> bool:
    """Whether a line without a day of its own can take no part."""
    return group.kind != "outlier" and not (group.kind == "window" and group.days is None)


def finish(rule: str, group: Group, members: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The members of every group that meets the rule, and the lines on which it is not judged.

    Returns:
        A frame of MEMBERS and a frame with ``line``; both sorted by line.
    """
    asked = ["key", "takes_part"]
    if dated(group):
        asked.append("day")
    if group.kind != "window":
        asked.append(group.of)
    if group.kind == "pass_through":
        asked += ["leaves_from", "destination_country"]
    able, unjudged = members["takes_part"], members["line"].clear().to_frame()
    if any(members[name].null_count() for name in asked):
        known = pl.all_horizontal(pl.col(name).is_not_null() for name in asked)
        could = pl.col("takes_part").fill_null(True)
        blind, able = members.select_seq(blind=could & ~known, able=known & pl.col("takes_part"))
        unjudged = members["line"].filter(blind).to_frame()
    lines = members.filter(able) if int(able.sum() or 0) >= _fewest(group) else None
    if lines is None or _falls_short(group, lines):
        return pl.DataFrame(schema=MEMBERS), unjudged.sort("line") if unjudged.height > 1 else unjudged
    judge = _JUDGES[group.kind]
    found, undecided = judge(group, lines)
    found = found.with_columns_seq(pl.col("key").cast(pl.String)) if found.height else found
    unjudged = pl.concat([unjudged, undecided]).unique().sort("line")
    if not found.height:
        return pl.DataFrame(schema=MEMBERS), unjudged
    names = {key: _name(rule, *key) for key in found.select_seq("key", "group.first").unique().iter_rows()}
    found = found.with_columns_seq(
        pl.Series("group", [names[key] for key in found.select_seq("key", "group.first").iter_rows()], dtype=pl.String),
        pl.col("key").str.replace_all(SEPARATOR, " · ").alias("group.key"),
    )
    missing = [pl.lit(None, dtype=kind).alias(name) for name, kind in MEMBERS.items() if name not in found.columns]
    result = found.with_columns_seq(missing).select_seq(pl.col(name).cast(kind) for name, kind in MEMBERS.items())
    result = result.sort("line", "group").unique("line", keep="first", maintain_order=True)
    return result, unjudged


def _fewest(group: Group) -> int:
    """The fewest lines of which the rule can say anything."""
    if group.kind in ("outlier", "first"):
        return group.min_lines
    counts = {name: bounds for name, bounds in group.having.items() if name in ("lines", "shipments") or "distinct." in name}
    return max(1, *map(_least, counts.values()), 2 if group.kind == "pass_through" else 1)


def _least(bounds: Mapping[str, float]) -> int:
    """The least count that may meet ``bounds``."""
    return math.ceil(bounds.get("gte", bounds.get("gt", 0)))


def _falls_short(group: Group, lines: pl.DataFrame) -> bool:
    """Whether all lines together, if they were one group, would not meet the rule: quickly told, and most often so of few."""
    if group.kind == "pass_through":
        return set(lines["leaves_from"].unique()).isdisjoint(lines["destination_country"].unique())
    least = {name: bounds.get("gte", bounds.get("gt")) for name, bounds in group.having.items() if name in lines.columns}
    if group.kind == "surge":
        least = {group.of: group.at_least}
    if any(bound is not None and _most(lines[name]) * _ROUNDING < bound for name, bound in least.items()):
        return True
    if lines.height > _FEW or group.kind not in ("window", "outlier"):
        return False
    keys = lines["key"].to_list()
    if max(Counter(keys).values()) < _fewest(group):
        return True
    for name, bounds in group.having.items():
        if name.startswith("distinct."):
            pairs = {*zip(keys, lines[name.removeprefix("distinct.")].to_list(), strict=True)}
            if max(Counter(key for key, _ in pairs).values()) < _least(bounds):
                return True
    return False


def _most(values: pl.Series) -> float:
    """The most that any of the values can add up to."""
    return float(values.clip(lower_bound=0).sum())


def _name(rule: str, key: str, first: object) -> str:
    return hashlib.sha256(f"{rule}\0{key}\0{first}".encode()).hexdigest()[:12]


def _totals(group: Group, lines: pl.DataFrame, by: list[str]) -> pl.DataFrame:
    sums = [
        pl.col(name).sum().alias(name)
        for name in dict.fromkeys([*group.having, group.of])
        if name in lines.columns and lines.schema[name].is_numeric()
    ]
    shipments = pl.col("shipment").n_unique().alias("shipments")
    return lines.group_by(by).agg(pl.len().cast(pl.Int64).alias("lines"), shipments, *sums).sort(by)


def _meets(group: Group) -> pl.Expr:
    tests = [_TESTS[op](pl.col(name), value) for name, bounds in group.having.items() for op, value in bounds.items()]
    return reduce(and_, tests, pl.lit(value=True))


def _distinct(group: Group) -> list[pl.Expr]:
    return [
        pl.col(name.removeprefix("distinct.")).n_unique().alias(name) for name in group.having if name.startswith("distinct.")
    ]


def _window(group: Group, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Totals over the whole run, or over every window of ``days``: a member lies in at least one window that meets them."""
    none = lines.select_seq("line").clear()
    if group.days is None:
        totals = _totals(group, lines, ["key"])
        if distinct := _distinct(group):
            totals = totals.join(lines.group_by("key").agg(distinct), on="key", how="left")
        good = totals.filter(_meets(group))
        if not good.height:
            return good, none
        span = lines.group_by("key").agg(pl.col("day").min().alias("group.first"), pl.col("day").max().alias("group.last"))
        good = good.join(span, on="key", how="left")
        return lines.select_seq("line", "key").join(good, on="key", how="inner").with_columns_seq(*_shown(group, good)), none
    daily = _totals(group, lines, ["key", "day"])
    numbers = [name for name in daily.columns if name not in ("key", "day")]
    period = f"{group.days}d"
    rolled = daily.rolling("day", period=period, group_by="key").agg(
        *(pl.col(name).sum().alias(name) for name in numbers), pl.col("day").min().alias("group.first")
    )
    if distinct := _distinct(group):
        counted = lines.sort("key", "day").rolling("day", period=period, group_by="key").agg(distinct).unique(["key", "day"])
        rolled = rolled.join(counted, on=["key", "day"], how="left")
    good = rolled.filter(_meets(group)).sort("key", "day")
    if not good.height:
        return good.with_columns_seq(line=pl.lit(0, dtype=pl.UInt32)), none
    # the first good window that ends on or after the line's day, if it reaches back to it
    ends = good.with_columns_seq(end=pl.col("day")).sort("day")
    joined = (
        lines.select_seq("line", "key", "day")
        .sort("day")
        .join_asof(
            ends.drop("lines").hstack([ends["lines"].alias("n")]), on="day", by="key", strategy="forward", check_sortedness=False
        )
        .filter(pl.col("end").is_not_null(), (pl.col("end") - pl.col("day")).dt.total_days() < group.days)
        .rename({"n": "lines", "end": "group.last"})
    )
    return joined.with_columns_seq(*_shown(group, joined)), none


def _shown(group: Group, frame: pl.DataFrame) -> list[pl.Expr]:
    total = group.total
    shown = [pl.col("lines").alias("group.lines"), pl.col("shipments").cast(pl.Int64).alias("group.shipments")]
    return [*shown, pl.col(total).cast(pl.Float64).alias("group.total")] if total in frame.columns else shown


def _surge(group: Group, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The total of the window that ends on a day over that of the same window ``back_days`` earlier.

    Where nothing was moved then, there is nothing to compare with, and the rule is not judged: a manifest is no register of all
    trade.
    """
    days = group.days or 90
    daily = lines.group_by("key", "day").agg(pl.col(group.of).sum().alias("total"), pl.len().alias("lines")).sort("key", "day")
    now = daily.rolling("day", period=f"{days}d", group_by="key").agg(
        pl.col("total").sum(), pl.col("lines").sum(), pl.col("day").min().alias("group.first")
    )
    much = now.filter(pl.col("total") >= group.at_least)
    if not much.height:
        return much, lines["line"].clear().to_frame()
    if _days(lines) < group.back_days:  # no line lies so far back
        return much.clear(), lines.join(much, on=["key", "day"], how="semi").select_seq("line")
    before = daily.with_columns_seq(day=pl.col("day") + pl.duration(days=group.back_days)).with_columns_seq(_was=True)
    both = pl.concat([daily.with_columns_seq(_was=pl.lit(value=False)), before], how="vertical_relaxed").sort("key", "day")
    then = (
        both.with_columns_seq(then=pl.when("_was").then("total").otherwise(0.0))
        .rolling("day", period=f"{days}d", group_by="key")
        .agg(pl.col("then").sum())
        .unique(["key", "day"], keep="last", maintain_order=True)
    )
    windows = now.join(then, on=["key", "day"], how="left").with_columns_seq(
        ratio=pl.when(pl.col("then") > 0).then(pl.col("total") / pl.col("then"))
    )
    tests = [_TESTS[op](pl.col("ratio"), value) for op, value in group.ratio.items()]
    good = windows.filter(reduce(and_, tests, pl.lit(value=True)), pl.col("total") >= group.at_least)
    joined = lines.select_seq("line", "key", "day").join(good, on=["key", "day"], how="inner")
    shown = joined.with_columns_seq(
        pl.col("day").alias("group.last"),
        pl.col("lines").cast(pl.Int64).alias("group.lines"),
        pl.col("total").alias("group.total"),
        pl.col("ratio").alias("group.ratio"),
    )
    blind = windows.filter(pl.col("ratio").is_null(), pl.col("total") >= group.at_least).select_seq("key", "day")
    return shown, lines.join(blind, on=["key", "day"], how="semi").select_seq("line")


def _days(lines: pl.DataFrame) -> int:
    """Days from the first line to the last."""
    first, last = cast("dt.date", lines["day"].min()), cast("dt.date", lines["day"].max())
    return (last - first).days


def _pass_through(group: Group, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Pairs a line into a country with a later line out of it that agrees in key and, nearly, in the number compared."""
    least, most = (*group.between_days, 3, 60)[:2] if group.between_days else (3, 60)
    columns = ["line", "day", "key", group.of, "leaves_from", "destination_country", "unit_price_usd_kg"]
    legs = lines.select_seq(list(dict.fromkeys(columns))).filter(pl.col("leaves_from") != pl.col("destination_country"))
    # only countries that goods both enter and leave under the key can be passed through
    hubs = (
        legs.select_seq("key", hub="destination_country")
        .unique()
        .join(legs.select_seq("key", hub="leaves_from").unique(), on=["key", "hub"], how="inner")
    )
    inward = legs.join(hubs, left_on=["key", "destination_country"], right_on=["key", "hub"], how="semi")
    outward = legs.join(hubs, left_on=["key", "leaves_from"], right_on=["key", "hub"], how="semi")
    pairs = (
        inward.join(outward, left_on=["key", "destination_country"], right_on=["key", "leaves_from"], suffix="_on")
        .with_columns_seq(days=(pl.col("day_on") - pl.col("day")).dt.total_days())
        .filter(pl.col("days").is_between(least, most), pl.col("leaves_from") != pl.col("destination_country_on"))
        .filter((pl.col(group.of) - pl.col(f"{group.of}_on")).abs() <= group.within * pl.col(group.of))
        .with_columns_seq(ratio=pl.col("unit_price_usd_kg_on") / pl.col("unit_price_usd_kg"))
    )
    if group.price_ratio:
        low, high = group.price_ratio
        pairs = pairs.filter(pl.col("ratio").is_between(low, high))
    shared = [
        pl.concat_str(
            pl.concat_str("key", "leaves_from", separator=SEPARATOR),
            "destination_country",
            "destination_country_on",
            separator=" → ",
        ).alias("key"),
        pl.col("day").alias("group.first"),
        pl.col("day_on").alias("group.last"),
        pl.lit(2, dtype=pl.Int64).alias("group.lines"),
        pl.col(group.of).alias("group.total"),
        pl.col("ratio").alias("group.ratio"),
    ]
    ends = [pairs.select_seq(pl.col(name).alias("line"), *shared) for name in ("line", "line_on")]
    return pl.concat(ends).sort("line", "group.first", "key"), lines.select_seq("line").clear()


def _outlier(group: Group, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Values far from the others of their key, by one of two measures.

    The modified z-score of the logarithm, 0.6745 (x - median) / MAD, of Iglewicz and Hoaglin (1993); or Tukey's fences, so many
    interquartile ranges beyond the quartiles (by linear interpolation) of the values themselves.
    """
    scored = (
        lines.filter(pl.col(group.of) > 0)
        .with_columns_seq(log=pl.col(group.of).log())
        .with_columns_seq(median=pl.col("log").median().over("key"), n=pl.len().over("key"))
    )
    if group.fence is None:
        scored = scored.with_columns_seq(mad=(pl.col("log") - pl.col("median")).abs().median().over("key"))
        z = pl.when(pl.col("mad") > 0).then(0.6745 * (pl.col("log") - pl.col("median")) / pl.col("mad"))
        far = z.abs() > group.z
    else:
        lower, upper = (pl.col(group.of).quantile(q, interpolation="linear").over("key") for q in (0.25, 0.75))
        reach = group.fence * (upper - lower)
        far = ~pl.col(group.of).is_between(lower - reach, upper + reach)
    # a group of few lines has no price of its own: the rule says nothing there
    good = scored.filter(pl.col("n") >= group.min_lines, far)
    if group.price_ratio:
        low, high = group.price_ratio
        good = good.filter(~(pl.col("log") - pl.col("median")).exp().is_between(low, high))
    shown = good.with_columns_seq(
        pl.col("n").cast(pl.Int64).alias("group.lines"),
        pl.col("median").exp().alias("group.total"),
        (pl.col("log") - pl.col("median")).exp().alias("group.ratio"),
        pl.lit(None, dtype=pl.Date).alias("group.first"),
    )
    return shown, lines.select_seq("line").clear()


def _first(group: Group, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The first line of its key in ``back_days`` that is heavier than the share ``at_least`` of all lines of its goods.

    The goods are the last part of the key. A line is not judged where the run's lines do not reach back so far.
    """
    goods = pl.col("key").cast(pl.String).str.split(SEPARATOR).list.last()
    since = (pl.col("day") - pl.col("day").shift(1).over("key")).dt.total_days()
    days = lines.select_seq("key", "day").unique().sort("key", "day").with_columns_seq(since=since)
    scored = lines.join(days, on=["key", "day"], how="left").with_columns_seq(
        known=(pl.col("day") - pl.col("day").min()).dt.total_days() >= group.back_days,
        usual=pl.col(group.of).quantile(group.at_least, interpolation="linear").over(goods),
        n=pl.len().over(goods),
    )
    heavy = scored.filter(pl.col("n") >= group.min_lines, pl.col(group.of) > pl.col("usual"))
    first = heavy.filter(pl.col("since").is_null() | (pl.col("since") > group.back_days))
    shown = first.filter("known").with_columns_seq(
        pl.col("n").cast(pl.Int64).alias("group.lines"),
        pl.col("usual").alias("group.total"),
        (pl.col(group.of) / pl.col("usual")).alias("group.ratio"),
        pl.col("day").alias("group.first"),
    )
    return shown, first.filter(~pl.col("known")).select_seq("line")


_JUDGES = {"window": _window, "surge": _surge, "pass_through": _pass_through, "outlier": _outlier, "first": _first}
