"""Hits as reports show them: in one language, beside their lines, the gravest first; piece by piece, never all at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from screening.report import view
from screening.results import APART, EVIDENCE_COLUMNS, HIT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from screening.report.words import Words
    from screening.results import ScreeningRun

_TEXTS = ("title", "status_note", "reason", "next_step")
_BATCH = 10_000
"""Ranked hits that are put together at a time."""


def in_language(hits: pl.DataFrame, words: Words) -> pl.DataFrame:
    """``hits`` with every text in one language; the ``_zh`` twins are gone."""
    return hits.with_columns(view.text_column(name, words) for name in _TEXTS).drop(f"{name}_zh" for name in _TEXTS)


def beside_lines(run: ScreeningRun, columns: Sequence[str]) -> Iterator[tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]]:
    """The hits piece by piece, with their evidence and their lines (``line`` and ``columns``); of no hits one empty piece."""
    for hits, evidence in run.iter_hits():
        yield hits, evidence, view.some_lines(run, hits["line"], columns)
    if not run.hit_parts:
        nothing = pl.DataFrame(schema=HIT_COLUMNS)
        yield nothing, pl.DataFrame(schema=EVIDENCE_COLUMNS), view.some_lines(run, nothing["line"], columns)


def in_line(hits: pl.DataFrame) -> pl.DataFrame:
    """``hits`` by line, those of a line the gravest first."""
    return hits.sort("line", _graveness(), _downwards("points"), "rule", "id")


def first_reasons(hits: pl.DataFrame, words: Words) -> pl.DataFrame:
    """One row per line of ``hits``: ``line, id, rule, action, reason`` of the gravest hit."""
    first = in_line(hits).unique("line", keep="first", maintain_order=True)
    return first.select("line", "id", "rule", "action", view.text_column("reason", words))


def ranked(hits: pl.DataFrame, lines: pl.DataFrame) -> pl.DataFrame:
    """``hits`` with ``outcome``, ``line_score`` and ``shipment``, gravest action first, then by the score of the line.

    Args:
        hits: as in results.py.
        lines: ``line, outcome, score, shipment`` of their lines.
    """
    beside = lines.select("line", "outcome", pl.col("score").alias("line_score"), "shipment")
    joined = hits.join(beside, on="line", how="left", maintain_order="left")
    return joined.sort(_graveness(), _downwards("line_score"), "line", _downwards("points"), "rule", "id")


def all_ranked(run: ScreeningRun, columns: Sequence[str], most: int) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
    """The ``most`` gravest hits of a run as ``ranked`` gives them, some thousand at a time, with their lines.

    Only where each hit stands is sorted; what is told of it is read when its turn comes.
    """
    places = []
    for number, part in enumerate(run.hit_parts):
        keys = part.lazy().select("line", "rule", "id", "action", "points").with_row_index("row").collect()
        scores = view.some_lines(run, keys["line"], ["score"])
        keys = in_line(keys).join(scores, on="line", how="left", maintain_order="left")
        places.append(keys.select(_graveness(), _downwards("score"), pl.lit(number, pl.UInt32).alias("piece"), "row"))
    if not places:
        return
    order = pl.concat(places).sort("action", "score", maintain_order=True).select("piece", "row").head(most)
    for batch in order.iter_slices(_BATCH):
        found = []
        for (number,), rows in batch.partition_by("piece", as_dict=True).items():
            piece = run.hit_parts[int(number)].lazy().collect()
            found.append(piece[rows["row"]].with_columns(APART))
        hits = pl.concat(found)
        lines = view.some_lines(run, hits["line"], ["outcome", "score", "shipment", *columns])
        yield ranked(hits, lines), lines


def first_ranked(run: ScreeningRun) -> tuple[str, str] | None:
    """Id and rule of the hit that ``all_ranked`` has first among those on lines held or to be reviewed, if there is one."""
    flagged = run.scan_lines().filter(pl.col("outcome").is_in(["hold", "review"])).select("line", "score")
    keys = run.scan_hits().select("line", "rule", "id", "action", "points").join(flagged, on="line")
    order = (_graveness(), _downwards("score"), "line", _downwards("points"), "rule", "id")
    first = view.over_pieces(run, keys.sort(*order).head(1).select("id", "rule"))
    return first.row(0) if first.height else None


def counted(run: ScreeningRun, *columns: str) -> pl.DataFrame:
    """The number of hits, ``n``, for each combination of ``columns``."""
    return view.over_pieces(run, run.scan_hits().group_by(columns).agg(pl.len().alias("n")))


def _graveness() -> pl.Expr:
    return pl.col("action").replace_strict(view.RANK, default=3, return_dtype=pl.UInt8)


def _downwards(name: str) -> pl.Expr:
    return pl.col(name).fill_null(0) * -1
