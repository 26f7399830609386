"""What a threshold of the score costs: innocent lines at or above it against lines of documented cases found.

Comes in: from ``samples/`` an ordinary year of exports and the oracle of the documented cases. Both are screened as they stand,
and with columns taken away that manifests often lack; and how real innocent goods scored. Goes out: one row a threshold, and the
curves as SVG.
"""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import yaml

import screening
from screening.terms import COLUMNS, Kind

_SAMPLES = Path(__file__).parents[1] / "samples"
_TODAY = dt.date(2026, 11, 21)
_THRESHOLDS = (1, 2, 4, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 60, 80)
_VOLUMES = ("volume_m3", "packages", "package_type")
_VARIANTS = (
    ("every column", "#1e5fb3", ()),
    ("no volumes, packages", "#2f8f4e", _VOLUMES),
    ("nor values", "#b3541e", (*_VOLUMES, "value", "value_usd", "currency")),
)
"""Name, colour, and the columns taken away."""
_REAL = ("real goods", "#7a3fa0", ())
"""Lines of the cases with every column, against real innocent goods instead of the ordinary year."""
HEAD = ("score from", *(f"{name}: innocent per 1,000 / found" for name, _, _ in (*_VARIANTS, _REAL)))


@dataclass(frozen=True, slots=True)
class Point:
    """Shares of lines at or above a threshold; ``threshold`` None stands for the outcome itself (hold or review)."""

    variant: str
    threshold: float | None
    innocent: float
    found: float


def _year(screener: screening.Screener) -> pl.DataFrame:
    """The ordinary year as canonical columns of text."""
    lines = screener.screen(_SAMPLES / "innocent.csv", today=_TODAY).lines
    listed = [name for name, kind in COLUMNS.items() if kind is Kind.COUNTRIES]
    plain = [name for name in COLUMNS if name in lines.columns and name not in listed]
    return lines.select(*plain, *(pl.col(name).list.join(", ") for name in listed)).cast(pl.String)


def _cases() -> list[tuple[dict[str, Any], bool]]:
    """Every line of every case, and whether it is one to be found: not an ordinary line that a pattern is measured against."""
    cases = yaml.safe_load((_SAMPLES / "cases.yaml").read_text(encoding="utf-8"))["cases"]
    return [(line["columns"], line.get("role") != "baseline") for case in cases for line in case.get("lines", ())]


def points(real: pl.DataFrame | None = None) -> list[Point]:
    """One point a variant and threshold, the shipped outcome last.

    Args:
        real: ``outcome, score, lines`` of real innocent goods; without it their curve is left out.
    """
    screener = screening.Screener()
    year, cases = _year(screener), _cases()
    wanted = pl.Series([to_find for _, to_find in cases])
    made = []
    for name, _, dropped in _VARIANTS:
        innocent = screener.screen(year.drop(dropped, strict=False), today=_TODAY).lines
        lines = [{key: value for key, value in line.items() if key not in dropped} for line, _ in cases]
        found = screener.screen(lines, today=_TODAY).lines.filter(wanted)
        for threshold in (*_THRESHOLDS, None):
            flag = pl.col("outcome").is_in(["hold", "review"]) if threshold is None else pl.col("score") >= threshold
            made.append(Point(name, threshold, _share(innocent, flag), _share(found, flag)))
            if real is not None and not dropped:
                flagged = real.filter(flag)["lines"].sum() / real["lines"].sum()
                made.append(Point(_REAL[0], threshold, flagged, _share(found, flag)))
    return made


def _share(frame: pl.DataFrame, condition: pl.Expr) -> float:
    return float(frame.select(condition.mean()).item())


def rows(made: list[Point]) -> list[tuple[str, ...]]:
    """The points as cells of a table (``HEAD``), a row a threshold; empty where there is no point."""
    told: dict[float | None, dict[str, str]] = {}
    for point in made:
        told.setdefault(point.threshold, {})[point.variant] = f"{1000 * point.innocent:.2f} / {100 * point.found:.0f} %"
    named = [name for name, _, _ in (*_VARIANTS, _REAL)]
    return [
        ("outcome" if threshold is None else f"{threshold:g}", *(cells.get(name, "") for name in named))
        for threshold, cells in told.items()
    ]


_WIDTH, _HEIGHT, _LEFT, _TOP, _RIGHT, _BOTTOM = 720, 420, 60, 40, 190, 50
_LEAST, _MOST = 0.1, 200.0
"""Flags per 1,000 lines at the edges; what is below the least, nought too, is drawn there."""


def svg(made: list[Point]) -> str:
    """The curves: flags per 1,000 innocent lines (logarithmic) against the share of lines found, a point a threshold."""
    span = math.log10(_MOST / _LEAST)

    def x(share: float) -> float:
        return _LEFT + (_WIDTH - _LEFT - _RIGHT) * math.log10(max(1000 * share, _LEAST) / _LEAST) / span

    def y(share: float) -> float:
        return _HEIGHT - _BOTTOM - (_HEIGHT - _TOP - _BOTTOM) * share

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif" font-size="12">',
        f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="white"/>',
        f'<text x="{_LEFT}" y="22" font-size="14">Lines of documented cases found against innocent lines flagged</text>',
    ]
    for tick in range(0, 101, 20):
        at = y(tick / 100)
        parts.append(f'<line x1="{_LEFT}" x2="{_WIDTH - _RIGHT}" y1="{at:.1f}" y2="{at:.1f}" stroke="#ddd"/>')
        parts.append(f'<text x="{_LEFT - 6}" y="{at + 4:.1f}" text-anchor="end">{tick} %</text>')
    for exponent in range(round(math.log10(_LEAST)), math.floor(math.log10(_MOST)) + 1):
        at = x(10.0**exponent / 1000)
        text = f"0 to {_LEAST:g}" if 10.0**exponent <= _LEAST else f"{10.0**exponent:g}"
        parts.append(f'<line x1="{at:.1f}" x2="{at:.1f}" y1="{_TOP}" y2="{_HEIGHT - _BOTTOM}" stroke="#ddd"/>')
        parts.append(f'<text x="{at:.1f}" y="{_HEIGHT - _BOTTOM + 18}" text-anchor="middle">{text}</text>')
    middle = (_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{_HEIGHT - 10}" text-anchor="middle">innocent lines flagged, per 1,000</text>')
    labelled: set[tuple[int, int]] = set()
    drawn = [variant for variant in (*_VARIANTS, _REAL) if any(point.variant == variant[0] for point in made)]
    for number, (name, colour, _) in enumerate(drawn):
        mine = [point for point in made if point.variant == name]
        path = " ".join(f"{x(p.innocent):.1f},{y(p.found):.1f}" for p in mine if p.threshold is not None)
        parts.append(f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>')
        for point in mine:
            a, b = x(point.innocent), y(point.found)
            if point.threshold is None:
                parts.append(f'<rect x="{a - 5:.1f}" y="{b - 5:.1f}" width="10" height="10" fill="{colour}"/>')
                continue
            parts.append(f'<circle cx="{a:.1f}" cy="{b:.1f}" r="3" fill="{colour}"/>')
            if (place := (round(a), round(b / 9))) not in labelled:
                labelled.add(place)
                parts.append(f'<text x="{a + 8:.1f}" y="{b + 11:.1f}" fill="{colour}" font-size="9">{point.threshold:g}</text>')
        parts.append(f'<text x="{_WIDTH - _RIGHT + 12}" y="{_TOP + 16 + 20 * number}" fill="{colour}">{name}</text>')
    below = _TOP + 16 + 20 * len(drawn)
    parts.append(f'<text x="{_WIDTH - _RIGHT + 12}" y="{below}">squares: hold or review</text>')
    parts.append(f'<text x="{_WIDTH - _RIGHT + 12}" y="{below + 20}">figures: score from</text>')
    return "\n".join([*parts, "</svg>", ""])
