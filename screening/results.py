"""What a finished run is, as plain data: frames, counts, provenance, digest. Reports are pure functions of it.

Frames (every one sorted as named, so that equal runs are equal byte for byte):

``lines`` by ``line``
    SOURCE_COLUMNS, the canonical columns as understood, ``raw.*`` and ``extra.*``, the derived columns of DERIVED,
    ``shipment``, ``outcome``, ``score``, ``stands_on`` (``law`` or ``red_flag`` where the line is held, else null).
``hits`` by ``line, rule, id``
    see HIT_COLUMNS; texts in English with a ``_zh`` twin.
``evidence`` by ``line, rule, hit, position``
    see EVIDENCE_COLUMNS; ``hit`` is the id of the hit it supports.
``not_judged`` by ``line, rule``
    ``line, rule, missing`` (List(String): the canonical columns or facts that were not known).
``rejects`` in input order
    ``file, sheet, row, reason, cells``.
``shipments`` by first line
    ``id, outcome, score, lines`` (List(UInt32)), ``containers`` (List(String)).
``rules`` by ``id``
    one row per rule applied, with its counts, zero included: see RULE_COLUMNS.
``watchlists`` by ``id``
    ``id, title, publisher, url, date, sha256, entries, effect``.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, cast

import polars as pl

from screening.plaindata import record
from screening.terms import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import date, datetime
    from pathlib import Path

    from screening.terms import InputReading, Text

Schema = dict[str, pl.DataType | type[pl.DataType]]
"""Columns of a frame and their types."""

DERIVED: Schema = {
    "line_date": pl.Date,
    "leaves_from": pl.String,
    "leaves_from_source": pl.String,
    "value_usd_source": pl.String,
    "hs6": pl.String,
    "materials": pl.List(pl.String),
    "label": pl.String,
    "unit_price_usd_kg": pl.Float64,
    "density_t_m3": pl.Float64,
    "kg_per_package": pl.Float64,
    "tare_ratio": pl.Float64,
}
"""Derived columns of a line and their types. ``line_date`` is the day on which law and lists are read;
``leaves_from`` the country whose export law applies, with the column it was taken from."""

CITATION = pl.Struct({"source": pl.String, "section": pl.String, "url": pl.String, "read_in": pl.String})

HIT_COLUMNS: Schema = {
    "line": pl.UInt32,
    "id": pl.String,
    "rule": pl.String,
    "revision": pl.UInt32,
    "title": pl.String,
    "title_zh": pl.String,
    "family": pl.String,
    "basis": pl.String,
    "action": pl.String,
    "confidence": pl.String,
    "strength": pl.String,
    "status": pl.String,
    "status_note": pl.String,
    "status_note_zh": pl.String,
    "confirmed_by": pl.String,
    "waived_by": pl.String,
    "regime": pl.String,
    "foreign": pl.Boolean,
    "instrument": pl.String,
    "item_code": pl.String,
    "group": pl.String,
    "points": pl.Float64,
    "reason": pl.String,
    "reason_zh": pl.String,
    "next_step": pl.String,
    "next_step_zh": pl.String,
    "documents": pl.List(pl.String),
    "citations": pl.List(CITATION),
}
"""Columns of ``hits``. ``status`` to ``item_code`` are null for a rule that rests on no legal instrument."""

EVIDENCE_COLUMNS: Schema = {
    "line": pl.UInt32,
    "hit": pl.String,
    "rule": pl.String,
    "position": pl.UInt32,
    "field": pl.String,
    "given": pl.String,
    "compared": pl.String,
    "counterpart": pl.String,
    "method": pl.String,
    "score": pl.Float64,
    "threshold": pl.String,
}

RULE_COLUMNS: Schema = {
    "id": pl.String,
    "revision": pl.UInt32,
    "title": pl.String,
    "title_zh": pl.String,
    "family": pl.String,
    "basis": pl.String,
    "action": pl.String,
    "instrument": pl.String,
    "regime": pl.String,
    "item_code": pl.String,
    "verified_on": pl.Date,
    "citations": pl.List(CITATION),
    "hits": pl.UInt32,
    "judged": pl.UInt32,
    "not_judged": pl.UInt32,
}


APART = pl.col(pl.String) + ""
"""Copies the texts of a few rows, which would keep those of their whole piece in memory."""
_GAP_OF: Schema = {"line": pl.UInt32, "gap": pl.UInt32}
SHIPMENT_PARTS: Schema = {
    "shipment": pl.String,
    "line": pl.UInt32,
    "outcome": pl.String,
    "score": pl.Float64,
    "container_no": pl.String,
}
"""What of a line makes its shipment."""


@record
class Meta:
    """The head of a run: what was run, when, with what."""

    id: str
    as_of: date | None
    """The day given with ``--as-of``; None where each line's own date was used."""
    started: datetime
    finished: datetime
    program_version: str
    content_version: str
    settings: dict[str, object]
    warnings: list[str]
    digest: str
    law_known_to: date | None = None
    """The oldest last verification among the instruments applied."""
    scope: list[str] = field(default_factory=list)
    """Sentences on what was not checked, printed wherever "no findings" is."""
    scope_zh: list[str] = field(default_factory=list)
    confirmations: list[str] = field(default_factory=list)
    """Sentences on the law that the user's own officer confirmed, lapsed ones included."""
    confirmations_zh: list[str] = field(default_factory=list)
    documents: dict[str, Text] = field(default_factory=dict)
    """Names of the documents that hits ask for, by their id in ``hits.documents``."""


@dataclass
class ScreeningRun:
    """A finished screening. ``write`` saves it in any report format by the suffix of the name.

    What grows with the lines and the hits stays in pieces, which may lie on disk; ``lines``, ``hits``, ``evidence``,
    ``not_judged`` and ``shipments`` put them together when they are asked for.
    """

    meta: Meta
    inputs: list[InputReading]
    counts: dict[str, int]
    """``lines``, one number per outcome, ``rejects``, ``shipments``, ``hits``."""
    rejects: pl.DataFrame
    rules: pl.DataFrame
    watchlists: pl.DataFrame
    line_parts: Sequence[pl.DataFrame | pl.LazyFrame]
    """The lines in order, in pieces, none empty: frames in memory, or what reads them from the run's own temporary folder."""
    hit_parts: Sequence[pl.DataFrame | pl.LazyFrame]
    """The hits in order, in pieces, none empty; those of a line stand in one piece."""
    evidence_parts: Sequence[pl.DataFrame | pl.LazyFrame]
    """The evidence of each piece of hits."""
    shipment_parts: Sequence[pl.DataFrame | pl.LazyFrame]
    """SHIPMENT_PARTS of every line that names its shipment, in the order of lines."""
    gap_parts: Sequence[pl.DataFrame | pl.LazyFrame]
    """``line, gap`` of every line on which a rule was not judged, in pieces, by line."""
    gap_rows: pl.DataFrame | pl.LazyFrame
    """``gaps``, or what works it out."""
    workspace: object = None
    """Keeps the temporary folder alive as long as the run."""

    def iter_lines(self) -> Iterator[pl.DataFrame]:
        """The lines frame piece by piece, so that a report of any size needs bounded memory."""
        for part in self.line_parts:
            yield part.lazy().collect()

    def scan_lines(self) -> pl.LazyFrame:
        """The lines as one lazy frame, in line order."""
        if not self.line_parts:
            return pl.LazyFrame(schema={"line": pl.UInt32, "outcome": pl.String, "score": pl.Float64, "stands_on": pl.String})
        return pl.concat([part.lazy() for part in self.line_parts], how="diagonal_relaxed")

    @property
    def lines(self) -> pl.DataFrame:
        """All lines, collected."""
        return self.scan_lines().collect().sort("line")

    @cached_property
    def hits(self) -> pl.DataFrame:
        """All hits, collected; of very many large, see ``iter_hits`` and ``hits_on``."""
        return _together(self.hit_parts, HIT_COLUMNS).collect()

    @cached_property
    def evidence(self) -> pl.DataFrame:
        """The evidence of all hits, collected."""
        return _together(self.evidence_parts, EVIDENCE_COLUMNS).collect()

    def scan_hits(self) -> pl.LazyFrame:
        """The hits as one lazy frame, by line."""
        return _together(self.hit_parts, HIT_COLUMNS)

    def iter_hits(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """The hits and their evidence piece by piece, so that a report of any size needs bounded memory."""
        for hits, evidence in zip(self.hit_parts, self.evidence_parts, strict=True):
            yield hits.lazy().collect(), evidence.lazy().collect()

    def hits_on(self, lines: pl.Series) -> tuple[pl.DataFrame, pl.DataFrame]:
        """``hits`` and ``evidence`` of some lines, by their numbers; only the pieces that can hold them are read."""
        near = _near(self.hit_starts, lines)
        hits, evidence = _on(self.hit_parts[near], lines), _on(self.evidence_parts[near], lines)
        return _together(hits, HIT_COLUMNS).collect(), _together(evidence, EVIDENCE_COLUMNS).collect()

    @cached_property
    def hit_starts(self) -> list[int]:
        """The first line of each piece of hits."""
        return _starts(self.hit_parts)

    def lines_on(self, lines: pl.Series) -> pl.LazyFrame:
        """Some lines, by their numbers; only the pieces that can hold them are read."""
        found = _on(self.line_parts[_near(self._line_starts, lines)], lines)
        return pl.concat(found, how="diagonal_relaxed") if found else self.scan_lines().limit(0)

    @cached_property
    def _line_starts(self) -> list[int]:
        return _starts(self.line_parts)

    def scan_gaps(self) -> pl.LazyFrame:
        """The gap of every line that has one: ``line, gap``, by line."""
        return _together(self.gap_parts, _GAP_OF)

    @cached_property
    def gaps(self) -> pl.DataFrame:
        """What the number of a gap stands for, ``gap, rule, missing``, by gap and rule.

        Lines that lack the same share a gap, since written out they can be two dozen rows a line.
        """
        return self.gap_rows.lazy().collect()

    @cached_property
    def not_judged(self) -> pl.DataFrame:
        """The rules that could not be judged on a line, and what they lacked; of many lines large, see ``not_judged_on``."""
        return self._not_judged(self.scan_gaps())

    def not_judged_on(self, lines: pl.Series) -> pl.DataFrame:
        """``not_judged`` of some lines, by their numbers."""
        if lines.is_empty():
            return self._not_judged(pl.LazyFrame(schema=_GAP_OF))
        near = slice_of(self._gap_of, cast("int", lines.min()), cast("int", lines.max()))
        return self._not_judged(near.filter(pl.col("line").is_in(lines.implode())).lazy())

    @cached_property
    def _gap_of(self) -> pl.DataFrame:
        """``scan_gaps``, read once: reports of many lines ask for some of them again and again."""
        return self.scan_gaps().collect()

    def _not_judged(self, lines: pl.LazyFrame) -> pl.DataFrame:
        joined = lines.join(self.gaps.lazy(), on="gap", maintain_order="left_right")
        return joined.select("line", "rule", "missing").collect()

    @cached_property
    def shipments(self) -> pl.DataFrame:
        """The shipments; the outcome of one is the worst of its lines."""
        rank = {outcome: place for place, outcome in enumerate(OUTCOMES)}
        return (
            _together(self.shipment_parts, SHIPMENT_PARTS)
            .with_columns(rank=pl.col("outcome").replace_strict(rank, return_dtype=pl.UInt8))
            .group_by("shipment", maintain_order=True)
            .agg(
                pl.col("rank").min(),
                pl.col("score").max(),
                pl.col("line").alias("lines"),
                pl.col("container_no").drop_nulls().unique(maintain_order=True).alias("containers"),
            )
            .with_columns(outcome=pl.col("rank").replace_strict(dict(enumerate(OUTCOMES)), return_dtype=pl.String))
            .select(pl.col("shipment").alias("id"), "outcome", "score", "lines", "containers")
            .collect()
        )

    def flagged_lines(self) -> pl.DataFrame:
        """The lines with outcome hold or review."""
        chosen = [part.lazy().filter(pl.col("outcome").is_in(["hold", "review"])) for part in self.line_parts]
        found = [part.with_columns(APART).collect() for part in chosen]
        return pl.concat(found, how="diagonal_relaxed").sort("line") if found else self.scan_lines().collect()

    @property
    def worst(self) -> str:
        """The worst outcome among the lines; ``clear`` for a run without lines."""
        return next((outcome for outcome in OUTCOMES if self.counts.get(outcome)), "clear")

    def write(self, path: str | Path, *, language: str = "en") -> Path:
        """Write the run as the report that the suffix of ``path`` names.

        Raises ReportError for an unknown suffix or an unwritable place; the file appears whole or not at all.
        """
        from screening.report import write  # noqa: PLC0415 - a report is rendered only when asked for

        return write(self, path, language=language)


def _together(parts: Sequence[pl.DataFrame | pl.LazyFrame], schema: Schema) -> pl.LazyFrame:
    return pl.concat([part.lazy() for part in parts]) if parts else pl.LazyFrame(schema=schema)


def _starts(parts: Sequence[pl.DataFrame | pl.LazyFrame]) -> list[int]:
    """The first line of each of ``parts``, none of which is empty."""
    return [int(part.lazy().select(pl.col("line").first()).collect().item()) for part in parts]


def _near(starts: list[int], lines: pl.Series) -> slice:
    """Which of the parts that begin with the lines ``starts`` can hold some of ``lines``."""
    if lines.is_empty():
        return slice(0, 0)
    first, last = cast("int", lines.min()), cast("int", lines.max())
    return slice(max(bisect_right(starts, first) - 1, 0), bisect_right(starts, last))


def _on(parts: Sequence[pl.DataFrame | pl.LazyFrame], lines: pl.Series) -> list[pl.LazyFrame]:
    """What ``parts`` say of some lines."""
    wanted = lines.unique().implode()
    return [part.lazy().filter(pl.col("line").is_in(wanted)) for part in parts]


def slice_of(frame: pl.DataFrame, first: int, last: int) -> pl.DataFrame:
    """The rows of ``frame`` (sorted by ``line``) whose line is between ``first`` and ``last``, both included."""
    begin = int(frame["line"].search_sorted(first, side="left"))
    return frame.slice(begin, int(frame["line"].search_sorted(last, side="right")) - begin)
