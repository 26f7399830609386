"""Flat reports for other programs: one row per hit (.jsonl, .csv, .parquet), one row per line (.lines.csv, .lines.parquet).

Parquet keeps types and nesting; CSV holds texts a spreadsheet program cannot take for formulas. Column names are the
canonical ones in every language. Tables are written piece by piece and never collected.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import polars as pl

from screening.report.hits import beside_lines
from screening.report.jsonfile import HIT_KEYS, finite, nested_hits
from screening.report.safe import csv_expression, csv_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from screening.report.words import Words
    from screening.results import ScreeningRun

_PIECE = 50_000
"""Hits that are put together in memory."""
_TOGETHER = 20_000
"""Hits of a row group of a longer Parquet file, which are in memory until it is written."""
_CONTEXT = (
    "file",
    "sheet",
    "row",
    "shipment",
    "outcome",
    "line_score",
    "document_ref",
    "description",
    "hs_code",
    "quantity",
    "quantity_unit",
    "net_kg",
    "value",
    "currency",
    "value_usd",
    "export_country",
    "destination_country",
    "consignee_name",
    "consignee_country",
)
"""What a row per hit says of its line."""


def write_hits_jsonl(run: ScreeningRun, path: Path, words: Words) -> None:
    """Write one JSON object per hit: ``line, source, shipment, outcome, score``, then the hit as in the JSON report."""
    with path.open("wb") as file:
        for hits, evidence, lines in beside_lines(run, ["file", "sheet", "row", "shipment", "outcome", "score"]):
            nested_hits(hits, evidence, words).join(lines, on="line", how="left", maintain_order="left").select(
                "line",
                pl.struct("file", "sheet", "row").alias("source"),
                "shipment",
                "outcome",
                finite("score") if lines.height else "score",
                *HIT_KEYS,
            ).write_ndjson(file)


def write_hits_csv(run: ScreeningRun, path: Path, words: Words) -> None:
    """Write one row per hit; documents, sources and evidence as texts with `` | `` between their parts."""
    evidence = pl.element().struct
    parts = [evidence.field(name) for name in ("field", "given", "compared", "counterpart", "method", "threshold")]
    shown = pl.concat_str([part.fill_null("") for part in parts], separator=" · ")
    cites = pl.concat_str(
        [pl.element().struct.field(name).fill_null("") for name in ("source", "section", "url", "read_in")], separator=" · "
    )
    with path.open("wb") as file:
        for hits in _pieces(run, words):
            flat = hits.with_columns(
                pl.col("documents").list.join(" | "),
                pl.col("citations").list.eval(cites).list.join(" | "),
                pl.col("evidence").list.eval(shown).list.join(" | "),
            )
            flat.with_columns(csv_expression(pl.col(pl.String))).write_csv(file, include_header=not file.tell())


def write_hits_parquet(run: ScreeningRun, path: Path, words: Words) -> None:
    """Write one row per hit with nested documents, citations and evidence; very many in pieces that are joined on disk."""
    if run.counts["hits"] <= _PIECE:
        pl.concat(_pieces(run, words)).write_parquet(path)
        return
    with tempfile.TemporaryDirectory(prefix="screening-") as folder:
        parts = []
        for number, hits in enumerate(_pieces(run, words)):
            parts.append(Path(folder) / f"{number:06d}.parquet")
            hits.write_parquet(parts[-1])
        pl.scan_parquet(parts).sink_parquet(path, row_group_size=_TOGETHER, maintain_order=True)


def write_lines_csv(run: ScreeningRun, path: Path, words: Words) -> None:
    """Write one row per line: every column of ``run.lines`` but those that are empty by design; lists joined by `` | ``."""
    if not run.line_parts:
        path.write_text("line\n", encoding="utf-8")
        return
    lines = run.scan_lines()
    texts = [
        pl.col(name).list.join(" | ") if kind == pl.List(pl.String) else pl.col(name)
        for name, kind in lines.collect_schema().items()
    ]
    names = {name: csv_text(name) for name in lines.collect_schema().names()}
    flat = lines.select(texts).with_columns(csv_expression(pl.col(pl.String)))
    flat.rename(names).sink_csv(path, maintain_order=True)


def write_lines_parquet(run: ScreeningRun, path: Path, words: Words) -> None:
    """Write one row per line with the types of ``run.lines``, streamed."""
    if not run.line_parts:
        pl.DataFrame(schema={"line": pl.UInt32}).write_parquet(path)
        return
    run.scan_lines().sink_parquet(path, compression="snappy", statistics=False, maintain_order=True)


def _pieces(run: ScreeningRun, words: Words) -> Iterator[pl.DataFrame]:
    """The hits with what is said of their lines, piece by piece."""
    wanted = [name for name in _CONTEXT if name != "line_score"]
    for hits, evidence, lines in beside_lines(run, [*wanted, "score"]):
        nested, context = nested_hits(hits, evidence, words), lines.rename({"score": "line_score"})
        yield nested.join(context, on="line", how="left", maintain_order="left").select("line", *_CONTEXT, *HIT_KEYS)
