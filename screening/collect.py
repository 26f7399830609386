"""Collects what the chunks of a run come to: verdicts, hits, evidence, shipments, gaps, and the parts of the digest."""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import polars as pl

from screening.judge.missing import gap_row, rows_of
from screening.judge.verdict import shipment_of
from screening.results import DERIVED, SHIPMENT_PARTS
from screening.spill import Spill
from screening.terms import COLUMNS, EXTRA, OUTCOMES, RAW, SOURCE_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.judge.missing import Gaps
    from screening.judge.plan import Plan


class Collected:
    """Results of the chunks so far."""

    def __init__(self, understood: Spill, *, digest: bool = True) -> None:
        """Begin with nothing; ``digest=False`` spares the hashes where nobody asks for a digest."""
        self.understood = understood
        self._digest = digest
        self.lines = 0
        self._verdicts = Spill()
        self.outcomes: dict[str, int] = {}
        self.canonical = {name: hashlib.sha256() for name in ("lines", "hits", "not_judged")}
        self._hits, self._evidence = Spill(), Spill()
        self._gaps: dict[str, int] = {}
        """What lines lack, and its number."""
        self._gap_of = Spill()
        self._shipments = Spill()
        self.lacking: dict[int, int] = {}
        """Lines on which a rule was not judged, by the rule's index."""
        self.hits_of: Counter[str] = Counter()
        """Hits of every rule, by the rule's id."""

    def add(self, lines: pl.DataFrame, judged: Any) -> None:
        """Take a judged chunk (verdict.Judged) with ``line, container_no, shipment`` of its lines."""
        verdicts = judged.outcomes[["outcome", "score", "stands_on"]]
        self._verdicts.append(verdicts)
        self.lines += lines.height
        for outcome in OUTCOMES:
            self.outcomes[outcome] = self.outcomes.get(outcome, 0) + int((verdicts["outcome"] == outcome).sum())
        lines = lines.hstack(verdicts)
        self._add_gaps(lines["line"], judged.gaps)
        named = lines if lines["shipment"].null_count() == 0 else lines.filter(pl.col("shipment").is_not_null())
        self._shipments.append(named[list(SHIPMENT_PARTS)])
        self._count("lines", lines[["line", "outcome", "score"]])

    def _add_gaps(self, lines: pl.Series, found: Gaps) -> None:
        open_ = found.which.is_in([place for place, gap in enumerate(found.gaps) if gap])
        which = found.which.filter(open_)
        numbers: list[int | None] = [None] * len(found.gaps)
        for place, count in which.value_counts().sort(which.name).iter_rows():
            numbers[place] = self._gaps.setdefault(found.gaps[place], len(self._gaps))
            for rule, _ in rows_of(found.gaps[place]):
                self.lacking[rule] = self.lacking.get(rule, 0) + count
        number = pl.Series(numbers, dtype=pl.UInt32).gather(which)
        self._gap_of.append(pl.DataFrame({"line": lines.filter(open_), "gap": number}))
        if self._digest:
            told = pl.Series([hashlib.sha256(gap.encode()).hexdigest() for gap in found.gaps], dtype=pl.String)
            self._count("not_judged", pl.DataFrame({"line": lines.filter(open_), "gap": told.gather(which)}))

    def add_hits(self, hits: pl.DataFrame, evidence: pl.DataFrame) -> None:
        """Take a round of explained hits; all of a line come in one."""
        if not hits.height:
            return
        self._hits.append(hits)
        self._evidence.append(evidence)
        self.hits_of.update(hits["rule"].to_list())
        told = ("line", "id", "rule", "revision", "action", "confidence", "strength", "status", "group", "reason")
        self._count("hits", hits.select_seq(told))

    def _count(self, name: str, part: pl.DataFrame) -> None:
        """Let rows of the results enter the digest, one after the other, so that the cuts between chunks leave no trace."""
        if self._digest:
            self.canonical[name].update(part.write_csv(include_header=False).encode())

    def verdict(self, number: int) -> tuple[str, float, str | None]:
        """Outcome, score and ``stands_on`` of the first line of the piece ``number``."""
        return self._verdicts.frame(number).row(0)

    def not_judged(self, number: int, plan: Plan) -> list[dict[str, Any]]:
        """The rules that were not judged on the only line of the piece ``number``, and what was missing."""
        told = list(self._gaps)
        gaps = [told[gap] for gap in self._gap_of.frame(number)["gap"]]
        return [{"rule": plan.rules[rule].id, "missing": missing} for gap in gaps for rule, missing in rows_of(gap)]

    def line_parts(self) -> list[pl.LazyFrame]:
        """The ``lines`` frame in pieces: what was understood beside what was judged."""
        pieces = ([_reported(self.understood.scan(n)), self._verdicts.scan(n)] for n in range(len(self._verdicts)))
        return [pl.concat(both, how="horizontal") for both in pieces]

    def hits(self) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """The hits with their evidence, piece by piece."""
        for number in range(len(self._hits)):
            yield self._hits.frame(number), self._evidence.frame(number)

    def hit_parts(self) -> tuple[list[pl.LazyFrame], list[pl.LazyFrame]]:
        """The frames ``hits`` and ``evidence`` of results.py, in pieces."""
        return list(self._hits.scans()), list(self._evidence.scans())

    def gap_parts(self) -> list[pl.LazyFrame]:
        """``line, gap`` of lines on which something was not judged, in pieces."""
        return list(self._gap_of.scans())

    def gaps(self, plan: Plan) -> pl.LazyFrame:
        """The frame ``gaps`` of results.py."""
        told = pl.LazyFrame(
            {"gap": list(self._gaps.values()), "row": list(self._gaps)}, schema={"gap": pl.UInt32, "row": pl.String}
        )
        rows = told.with_columns(pl.col("row").str.split("\n")).explode("row")
        return rows.select("gap", *gap_row({str(index): plan.rules[index].id for index in self.lacking}))

    def shipment_parts(self) -> list[pl.LazyFrame]:
        """What of the lines makes their shipments, in pieces."""
        return list(self._shipments.scans())

    def shipments(self) -> int:
        """The number of shipments."""
        if len(self._shipments) == 1:
            return self._shipments.frame(0)["shipment"].n_unique()
        parts = [part.select("shipment") for part in self._shipments.scans()]
        return int(pl.concat(parts).select(pl.col("shipment").n_unique()).collect(engine="streaming").item()) if parts else 0


def _reported(lines: pl.LazyFrame) -> pl.LazyFrame:
    """The columns of the ``lines`` frame that do not come from judging, in order."""
    carried = [name for name in lines.collect_schema().names() if name.startswith((RAW, EXTRA))]
    derived = [
        pl.col("materials").str.split("|") if name == "materials" else pl.col(name).cast(kind) for name, kind in DERIVED.items()
    ]
    return lines.select_seq(*SOURCE_COLUMNS, *COLUMNS, *carried, *derived, shipment_of())
