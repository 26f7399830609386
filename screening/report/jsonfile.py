"""The JSON report: the whole run for other programs, written line by line so that memory stays bounded."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import polars as pl

from screening.report import view
from screening.report.hits import in_language
from screening.report.safe import json_value
from screening.report.words import Words
from screening.results import CITATION
from screening.terms import OUTCOMES

if TYPE_CHECKING:
    from pathlib import Path
    from typing import IO

    from screening.results import ScreeningRun

HIT_KEYS = (
    "id",
    "rule",
    "revision",
    "title",
    "family",
    "basis",
    "action",
    "confidence",
    "status",
    "confirmed_by",
    "waived_by",
    "regime",
    "foreign",
    "instrument",
    "item_code",
    "group",
    "reason",
    "next_step",
    "documents",
    "citations",
    "strength",
    "points",
    "status_note",
    "evidence",
)
"""Keys of a hit in the report, in order. ``points`` lets a reader redo the score."""

_ROWS = 2_000
"""Rows whose text is held at a time."""

EVIDENCE_KEYS = ("field", "given", "compared", "counterpart", "method", "score", "threshold")


def write_json(run: ScreeningRun, path: Path, words: Words) -> None:
    """Write the whole run to ``path`` as one JSON object (docs: "JSON report")."""
    with path.open("wb") as stream:
        _dump(run, stream, words)


def dump_json(run: ScreeningRun, stream: IO[bytes], *, language: str = "en") -> None:
    """Write the whole run as one JSON object to an open binary stream, such as standard output."""
    _dump(run, stream, Words(language))


def nested_hits(hits: pl.DataFrame, evidence: pl.DataFrame, words: Words) -> pl.DataFrame:
    """Hits as the report nests them: ``line`` and HIT_KEYS, texts in one language, their evidence as a list of structs."""
    told = (
        evidence.with_columns(finite("score"))
        .group_by("line", "hit", maintain_order=True)
        .agg(pl.struct(EVIDENCE_KEYS).alias("evidence"))
    )
    return (
        in_language(hits, words)
        .join(told, left_on=["line", "id"], right_on=["line", "hit"], how="left", maintain_order="left")
        .with_columns(
            pl.col("documents").fill_null(pl.lit([], dtype=pl.List(pl.String))),
            pl.col("citations").fill_null(pl.lit([], dtype=pl.List(CITATION))),
            pl.col("evidence").fill_null(pl.lit([], dtype=told.schema["evidence"])),
        )
        .select("line", *HIT_KEYS)
    )


def finite(name: str) -> pl.Expr:
    """The Float column ``name``, null where it is not finite: JSON knows no other numbers."""
    return pl.when(pl.col(name).is_finite()).then(pl.col(name)).alias(name)


def _dump(run: ScreeningRun, stream: IO[bytes], words: Words) -> None:
    stream.write(b'{"run": ')
    stream.write(_json(_head(run)))
    stream.write(b',\n"inputs": ')
    stream.write(_json(_inputs(run)))
    stream.write(b',\n"counts": ')
    stream.write(_json({name: run.counts.get(name, 0) for name in ("lines", *OUTCOMES, "rejects", "shipments")}))
    stream.write(b',\n"lines": [')
    _write_lines(run, stream, words)
    stream.write(b'\n],\n"shipments": [')
    _write_rows(run.shipments.select("id", "lines", "outcome", "containers"), stream)
    stream.write(b'\n],\n"rejects": [')
    cells = pl.col("cells").list.eval(pl.element().fill_null("")).fill_null(pl.lit([], dtype=pl.List(pl.String)))
    _write_rows(run.rejects.select(pl.struct("file", "sheet", "row").alias("source"), "reason", cells), stream)
    stream.write(b'\n],\n"rules": [')
    _write_rows(run.rules.select("id", "hits", "judged", "not_judged"), stream)
    stream.write(b'\n],\n"watchlists": [')
    _write_rows(run.watchlists.select("id", "title", "publisher", "date", "sha256", "entries"), stream)
    stream.write(b"\n]}\n")


def _head(run: ScreeningRun) -> dict[str, object]:
    keys = "id as_of started finished program_version content_version settings warnings digest law_known_to scope confirmations"
    names = keys.split()
    return {name: getattr(run.meta, name) for name in names}


def _inputs(run: ScreeningRun) -> list[dict[str, object]]:
    keys = ("name", "header_row", "columns", "unsure", "lines", "rejects", "skipped")
    return [
        {
            "path": manifest.path,
            "sha256": manifest.sha256,
            "sheets": [{key: getattr(sheet, key) for key in keys} for sheet in manifest.sheets],
        }
        for manifest in run.inputs
    ]


def _write_lines(run: ScreeningRun, stream: IO[bytes], words: Words) -> None:
    first = True
    for lines in view.pieces(run, ["line", "file", "sheet", "row", "shipment", "outcome", "score"]):
        hits = nested_hits(*run.hits_on(lines["line"]), words)
        of_hits = hits.group_by("line", maintain_order=True).agg(pl.struct(HIT_KEYS).alias("hits"))
        missing = run.not_judged_on(lines["line"]).with_columns(pl.col("missing").fill_null(pl.lit([], dtype=pl.List(pl.String))))
        of_missing = missing.group_by("line", maintain_order=True).agg(pl.struct("rule", "missing").alias("not_judged"))
        whole = (
            lines.join(of_hits, on="line", how="left", maintain_order="left")
            .join(of_missing, on="line", how="left", maintain_order="left")
            .select(
                "line",
                pl.struct("file", "sheet", "row").alias("source"),
                "shipment",
                "outcome",
                finite("score"),
                pl.col("hits").fill_null(pl.lit([], dtype=of_hits.schema["hits"])),
                pl.col("not_judged").fill_null(pl.lit([], dtype=of_missing.schema["not_judged"])),
            )
        )
        _write_rows(whole, stream, first=first)
        first = False


def _write_rows(frame: pl.DataFrame, stream: IO[bytes], *, first: bool = True) -> None:
    for some in frame.iter_slices(_ROWS):
        buffer = io.BytesIO()
        some.write_ndjson(buffer)
        stream.write(b"\n" if first else b",\n")
        stream.write(buffer.getvalue().rstrip(b"\n").replace(b"\n", b",\n"))
        first = False


def _json(value: object) -> bytes:
    return json.dumps(json_value(value), ensure_ascii=False, allow_nan=False).encode()
