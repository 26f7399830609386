"""The workbook for the people who decide: ten sheets, the first one page to sign, the second to work through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import polars as pl

from screening.report import view
from screening.report.cover import write_method, write_summary
from screening.report.hits import all_ranked, first_reasons, in_language
from screening.report.sheets import ROW_LIMIT, Book, Column, Row, columns_of, table
from screening.terms import COLUMNS, EXTRA, Kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from screening.report.words import Words
    from screening.results import ScreeningRun

DECISION_COLUMNS = ("decision", "decided_by", "decided_at", "case_no", "comment")
"""Keys (``words.json``, ``head``) of the columns of the sheet Hits that people fill in."""

_WIDTHS = {
    "description": 38,
    "declaration_elements": 30,
    "remarks": 26,
    "marks": 20,
    "end_use": 24,
    "hs_code": 13,
    "container_no": 15,
}
_NUMBERS = {Kind.NUMBER: "number", Kind.DATE: "date"}


def write_workbook(run: ScreeningRun, path: Path, words: Words, *, row_limit: int = ROW_LIMIT) -> None:
    """Write ``run`` to ``path`` as a workbook; sheets hold at most ``row_limit`` rows and say so where that cuts them."""
    book = Book(words, run.meta.id)
    cuts = _cuts(run, words, row_limit)
    write_summary(book, run, cuts)
    _shipments(book, run, row_limit)
    _hits(book, run, row_limit)
    _lines(book, run, row_limit)
    _evidence(book, run, row_limit)
    _not_judged(book, run, row_limit)
    _rejects(book, run, row_limit)
    _rules(book, run)
    _watchlists(book, run)
    write_method(book, run)
    book.save(path)


def _cuts(run: ScreeningRun, words: Words, limit: int) -> list[str]:
    """Sentences on the sheets that cannot hold everything."""
    room = limit - 1
    totals = {
        "shipments": run.shipments.height,
        "hits": run.counts["hits"],
        "evidence": _evidence_rows(run),
        "rejects": run.rejects.height,
    }
    sentences = []
    if run.counts.get("lines", 0) > room:
        sentences.append(words("sentence.sheet_cut", shown=room, total=run.counts["lines"]))
    sentences += [
        f"{words(f'sheet.{sheet}')}: {words('sentence.rows_cut', shown=room, total=total)}"
        for sheet, total in totals.items()
        if total > room
    ]
    return sentences


def _evidence_rows(run: ScreeningRun) -> int:
    return sum(part.lazy().select(pl.len()).collect().item() for part in run.evidence_parts)


def _shipments(book: Book, run: ScreeningRun, limit: int) -> None:
    columns = columns_of(
        book.words,
        ("outcome", 13),
        ("score", 8, "score"),
        ("shipment", 24),
        ("lines", 8, "integer"),
        ("line_numbers", 40),
        ("containers", 40),
    )
    frame = run.shipments.select(
        "outcome",
        "score",
        pl.col("id").alias("shipment"),
        pl.col("lines").list.len().alias("lines"),
        pl.col("lines").cast(pl.List(pl.String)).list.join(", ").alias("line_numbers"),
        pl.col("containers").list.join(", "),
    ).sort(
        pl.col("outcome").replace_strict(view.OUTCOME_RANK, default=9, return_dtype=pl.UInt8),
        pl.col("score").fill_null(0) * -1,
        maintain_order=True,
    )
    table(book.sheet("shipments"), columns, [frame], frame.height, limit, frozen=3, filled="outcome")


def _hits(book: Book, run: ScreeningRun, limit: int) -> None:
    words = book.words
    columns = columns_of(
        words,
        ("action", 9),
        ("outcome", 11),
        ("line", 7, "integer"),
        ("document_ref", 13),
        ("description", 26),
        ("reason", 58),
        ("next_step", 34),
        ("decision", 11),
        ("decided_by", 12),
        ("decided_at", 11, "date"),
        ("case_no", 13),
        ("comment", 22),
        ("title", 30),
        ("parties", 48),
        ("route", 14),
        ("hs_code", 13),
        ("quantity", 11, "number"),
        ("quantity_unit", 8),
        ("net_kg", 12, "number"),
        ("value", 13, "money"),
        ("currency", 9),
        ("status", 13),
        ("status_note", 28),
        ("confirmed_by", 14),
        ("waived_by", 14),
        ("regime", 12),
        ("instrument", 22),
        ("item_code", 13),
        ("documents", 22),
        ("citations", 64),
        ("rule", 30),
        ("revision", 9, "integer"),
        ("family", 16),
        ("basis", 11),
        ("confidence", 11),
        ("strength", 11),
        ("points", 8, "score"),
        ("score", 8, "score"),
        ("group", 12),
        ("shipment", 18),
        ("file", 26),
        ("sheet", 14),
        ("row", 7, "integer"),
        ("hit", 19),
    )
    own = [
        "document_ref",
        "description",
        "hs_code",
        "quantity",
        "quantity_unit",
        "net_kg",
        "value",
        "currency",
        "file",
        "sheet",
        "row",
    ]
    decided = {key: pl.lit(words("decision.open") if key == "decision" else None, dtype=pl.String) for key in DECISION_COLUMNS}

    def frames() -> Iterator[pl.DataFrame]:
        for hits, lines in all_ranked(run, [*own, *view.party_columns(), *view.ROUTE_COLUMNS], limit - 1):
            context = lines.select("line", *own, view.parties(words), view.route())
            yield (
                in_language(hits, words)
                .join(context, on="line", how="left", maintain_order="left")
                .with_columns(
                    _documents(hits, run, words),
                    view.citation_text(words),
                    view.regime_text(words),
                    pl.col("line_score").alias("score"),
                    pl.col("id").alias("hit"),
                    **decided,
                )
            )

    sheet = book.sheet("hits")
    table(sheet, columns, frames(), run.counts["hits"], limit, frozen=4, filled="action outcome")
    keys = [column.key for column in columns]
    sheet.choices(keys.index("decision") + 1, words.table("decision").values())


def _lines(book: Book, run: ScreeningRun, limit: int) -> None:
    words = book.words
    held = view.filled_columns(run)
    lead = columns_of(
        words,
        ("line", 7, "integer"),
        ("outcome", 12),
        ("score", 8, "score"),
        ("description", 38),
        ("reason", 48),
        ("missing", 22),
    )
    own = [Column(name, words.field(name), _width(name), _kind(name)) for name in held if name != "description"]
    columns = [*lead, *own, *columns_of(words, ("shipment", 18), ("file", 26), ("sheet", 14), ("row", 7, "integer"))]
    places = {column.key: index for index, column in enumerate(columns)}
    outcomes = words.table("outcome")
    wanted = ["line", "outcome", "score", "shipment", "file", "sheet", "row", "description", *held]

    def rows() -> Iterator[Row]:
        left = limit - 1
        for frame in _gravest_first(run, wanted, limit):
            hits, evidence = run.hits_on(frame["line"])
            fills = _cell_fills(hits, evidence, places)
            reasons = first_reasons(hits, words).select("line", "reason")
            complete = frame.join(reasons, on="line", how="left", maintain_order="left").join(
                _missing_on(run, frame, words), on="line", how="left", maintain_order="left"
            )
            lists = [name for name, kind in complete.schema.items() if kind == pl.List(pl.String)]
            complete = complete.with_columns(pl.col(lists).list.join(", ")).select(column.key for column in columns)
            for values in complete.head(left).iter_rows():
                marked = fills.get(values[0], {})
                outcome = values[1]
                if outcome != "clear":
                    marked = marked | {1: outcome}
                yield [values[0], outcomes.get(outcome, outcome), *values[2:]], marked
            left -= min(left, complete.height)

    book.sheet("lines").table(columns, rows(), min(run.counts.get("lines", 0), limit - 1), frozen=3)


def _gravest_first(run: ScreeningRun, columns: Sequence[str], limit: int) -> Iterator[pl.DataFrame]:
    """The lines in order where all fit, else first the flagged and the not judged, then the others."""
    if run.counts.get("lines", 0) < limit:
        yield from view.pieces(run, columns)
        return
    clear = pl.col("outcome") == "clear"
    for condition in (~clear, clear):
        for frame in view.pieces(run, columns):
            yield frame.filter(condition)


def _cell_fills(hits: pl.DataFrame, evidence: pl.DataFrame, places: dict[str, int]) -> dict[int, dict[int, str]]:
    """Line to place of a column (from 0) to the gravest action whose evidence rests on that cell."""
    pairs = (
        evidence.select("line", "hit", "field")
        .join(hits.select("line", pl.col("id").alias("hit"), "action"), on=["line", "hit"])
        .unique(["line", "field", "action"])
        .sort("line", pl.col("action").replace_strict(view.RANK, default=3, return_dtype=pl.UInt8), descending=[False, True])
    )
    fills: dict[int, dict[int, str]] = {}
    for line, field, action in pairs.select("line", "field", "action").iter_rows():
        for name in view.INPUTS_OF.get(field, (field,)):
            if name in places:
                fills.setdefault(line, {})[places[name]] = action
    return fills


def _missing_on(run: ScreeningRun, lines: pl.DataFrame, words: Words) -> pl.DataFrame:
    """``line, missing``: the headings of what rules missed on the lines of a piece."""
    if not lines.height:
        return pl.DataFrame(schema={"line": pl.UInt32, "missing": pl.String})
    found = run.not_judged_on(lines["line"]).explode("missing").select("line", "missing").drop_nulls().unique()
    names = {name: words.field(name) for name in found["missing"].unique()}
    return (
        found.sort("line", "missing")
        .group_by("line", maintain_order=True)
        .agg(pl.col("missing").replace(names))
        .with_columns(pl.col("missing").list.join(", "))
    )


def _evidence(book: Book, run: ScreeningRun, limit: int) -> None:
    words = book.words
    columns = columns_of(
        words,
        ("line", 7, "integer"),
        ("field", 22),
        ("given", 38),
        ("compared", 30),
        ("counterpart", 34),
        ("method", 18),
        ("score", 9, "number"),
        ("threshold", 18),
        ("rule", 34),
        ("hit", 19),
    )

    def frames() -> Iterator[pl.DataFrame]:
        for part in run.evidence_parts:
            evidence = part.lazy().collect()
            names = {name: words.field(name) for name in evidence["field"].drop_nulls().unique()}
            yield evidence.with_columns(pl.col("field").replace(names), pl.col("method").replace(words.table("method")))

    table(book.sheet("evidence"), columns, frames(), _evidence_rows(run), limit, frozen=2)


def _not_judged(book: Book, run: ScreeningRun, limit: int) -> None:
    words = book.words
    columns = columns_of(words, ("rule", 38), ("title", 44), ("missing", 36), ("lines", 10, "integer"), ("line_numbers", 70))
    rows = view.coverage(run).with_columns(view.text_column("title", words))
    frame = rows.with_columns(
        pl.Series("missing", [words.fields(names or ()) for names in rows["missing"].to_list()], dtype=pl.String),
        pl.Series("line_numbers", view.line_numbers(run, rows["gaps"].to_list()), dtype=pl.String),
    )
    table(book.sheet("not_judged"), columns, [frame], frame.height, limit, frozen=1)


def _rejects(book: Book, run: ScreeningRun, limit: int) -> None:
    columns = columns_of(book.words, ("file", 32), ("sheet", 18), ("row", 8, "integer"), ("reason", 52), ("cells", 100))
    frame = run.rejects.with_columns(pl.col("cells").list.eval(pl.element().fill_null("")).list.join(" | "))
    table(book.sheet("rejects"), columns, [frame], frame.height, limit, frozen=3)


def _rules(book: Book, run: ScreeningRun) -> None:
    words = book.words
    columns = columns_of(
        words,
        ("rule", 36),
        ("title", 42),
        ("hits", 9, "integer"),
        ("judged", 10, "integer"),
        ("not_judged", 11, "integer"),
        ("action", 11),
        ("family", 18),
        ("basis", 11),
        ("instrument", 26),
        ("item_code", 14),
        ("regime", 10),
        ("verified_on", 13, "date"),
        ("revision", 9, "integer"),
        ("citations", 60),
    )
    frame = run.rules.sort(pl.col("hits").cast(pl.Int64) * -1, "id").with_columns(
        pl.col("id").alias("rule"), view.text_column("title", words), view.citation_text(words)
    )
    table(book.sheet("rules"), columns, [frame], frame.height, ROW_LIMIT, frozen=1)


def _watchlists(book: Book, run: ScreeningRun) -> None:
    columns = columns_of(
        book.words,
        ("list", 24),
        ("title", 44),
        ("publisher", 26),
        ("list_date", 12, "date"),
        ("age", 11, "integer"),
        ("entries", 10, "integer"),
        ("effect", 30),
        ("url", 40),
        ("sha256", 68, "plain"),
    )
    frame = view.watchlists(run)
    table(book.sheet("watchlists"), columns, [frame], frame.height, ROW_LIMIT, frozen=1)


def _documents(hits: pl.DataFrame, run: ScreeningRun, words: Words) -> pl.Expr:
    names = {name: words.document(name, run.meta.documents) for name in hits["documents"].explode().drop_nulls().unique()}
    return pl.col("documents").list.eval(pl.element().replace(names)).list.join(", ")


def _width(name: str) -> int:
    kind = COLUMNS.get(name)
    if name in _WIDTHS:
        return _WIDTHS[name]
    if name.startswith(EXTRA) or name.endswith("_address"):
        return 22
    return 26 if name.endswith("_name") else 12 if kind not in {Kind.TEXT} else 15


def _kind(name: str) -> str:
    kind = COLUMNS.get(name)
    if name in {"value", "value_usd"}:
        return "money"
    return _NUMBERS.get(kind, "text") if kind else "text"
